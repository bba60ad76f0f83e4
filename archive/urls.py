"""Addresses: which one a document has, whose it is, where a Location header leads. Pure.

The canonical address is the identity of a document. Without a declaration an address changes only where two
spellings cannot name two things: fragment, case of scheme and host, default port. Path and query stay as they
are, because on these sites ``cid`` and ``source`` choose the article. What is true of one site only (its mobile
twin, its https) stands in its ``Site``.

A Location header is read as browsers do (WHATWG URL). RFC 9110 wants ASCII there; servers send raw UTF-8 or
GBK, backslashes (IIS), blanks and tabs. Bytes outside of ASCII, UTF-8 or not, are escaped one by one, as they
came: the server knows its own code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Literal
from urllib.parse import quote, unquote, urljoin, urlsplit

from archive.errors import NotCanonical
from archive.model import Role, Site
from archive.model.files import leads_to_file
from archive.model.site import BIG5
from archive.patterns import regex

AddressKind = Literal["listing", "article", "transcript", "attachment", "gateway", "other"]

LONGEST = 2_083
"""Characters. Longer addresses are refused: no site of ours has them, and spider traps do."""

_POSTED = regex(r"[?&]__wb_method=POST&")

_SHAPE = regex(r"(https?)://[^/?#]*([^#]*)", re.IGNORECASE | re.DOTALL)
_LABEL = regex(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\Z")
_CONTROL = regex(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_DEFAULT_PORT = {"http": 80, "https": 443}
_SCHEME = regex(r"([A-Za-z][A-Za-z0-9+.-]*):")
_EDGES = "".join(map(chr, range(33)))
# What stands in an address as it is; everything else is escaped. A per cent sign may begin an escape already.
_AS_IT_IS = "%!$&'()*+,;=:@~-._"
_IN_PATH, _IN_QUERY = f"{_AS_IT_IS}/[]|", f"{_AS_IT_IS}/?[]|\\^`{{}}"


def canonical_url(url: str, site: Site | None = None) -> str:
    """Return the address a document is known by.

    With a declaration, an address of its article grammar is rewritten by ``site.canonical``; any other
    address is not. The result says nothing about whether the address answers, nor whose words stand there.
    Raises NotCanonical for what no document can be known by.
    """
    plain = _plain(url)
    if site is None or not _is_article(plain, site):
        return plain
    for pattern, replacement in site.canonical:
        plain = re.sub(pattern, replacement, plain)
    return _plain(plain)


def posted(url: str, body: str) -> str:
    """Return the address that what a form's POST answers is kept under: the form stands in the query.

    As pywb, Browsertrix and others write it (``?__wb_method=POST&…``): the body of the request is part of what the
    capture says it is, of its leaf in the log, and of every list made of it.
    """
    return f"{url}{'&' if '?' in url else '?'}__wb_method=POST&{body}"


def as_asked(url: str) -> tuple[str, str, bytes]:
    """Return how an address is asked: method, address, body. All but what ``posted`` made is asked by GET."""
    found = _POSTED.search(url)
    return ("POST", url[: found.start()], url[found.end() :].encode()) if found else ("GET", url, b"")


def first_part(url: str, site: Site) -> str:
    """Return the canonical address of the first page of the article that ``url`` is a page of.

    It is read off the address alone: that the first page exists is not proven.
    """
    page = canonical_url(url, site)
    if not _is_article(page, site):
        return page
    for pattern, replacement in site.parts:
        page = re.sub(pattern, replacement, page)
    return canonical_url(page, site)


def site_of(url: str, sites: Mapping[str, Site]) -> str | None:
    """Return the name of the site an address belongs to, by its host; the most particular domain wins."""
    host = host_of(url)
    claims = [
        (domain.count("."), name)
        for name, site in sites.items()
        for domain in site.domains
        if _is_within(host, domain)
    ]
    return max(claims)[1] if claims else None


def in_domains(url: str, domains: Iterable[str]) -> bool:
    """Tell whether the host is one of the domains or below one: labels count, not letters."""
    host = host_of(url)
    return any(_is_within(host, domain) for domain in domains)


@lru_cache(maxsize=4096)
def host_of(url: str) -> str:
    """Return the host of an address as it is asked (lower case, punycode); empty where there is none."""
    try:
        return urlsplit(_plain(url)).hostname or ""
    except NotCanonical:
        return ""


def is_article(url: str, site: Site) -> bool:
    """Tell whether an address has the form of the site's articles, further pages of one included."""
    try:
        return _is_article(_plain(url), site)
    except NotCanonical:
        return False


def is_attachment(url: str, site: Site) -> bool:
    """Tell whether an address has the form of the site's attached files. The file itself may be something else."""
    try:
        return leads_to_file(_plain(url), site.attachments)
    except NotCanonical:
        return False


def kind_of(url: str, site: Site) -> AddressKind:
    """Return what an address of a site leads to, as far as its form tells: what answers may be something else."""
    if url in site.listings:
        return "listing"
    if gateway_origin(url, site):
        return "gateway"
    if is_article(url, site):
        return "transcript" if is_transcript(url, site) else "article"
    return "attachment" if is_attachment(url, site) else "other"


def is_transcript(url: str, site: Site) -> bool:
    """Tell whether an address has the form of the site's transcripts of press conferences."""
    try:
        plain = canonical_url(url, site)
    except NotCanonical:
        return False
    return _is_article(plain, site) and any(re.search(pattern, plain) for pattern in site.transcripts)


def gateway_origin(url: str, site: Site) -> str | None:
    """Return the address of the original that an address of a site's gateways names, None where it is no gateway's."""
    return behind_gateway(url, site.gateways)


def behind_gateway(url: str, gateways: tuple[tuple[str, str], ...] = (BIG5,)) -> str | None:
    """Return the address of the original that a gateway's address names, None where it is no gateway's.

    The gateway's page is a localised copy (互联网 becomes 網際網路): it is not the original in other
    characters, so the two are never one document.
    """
    try:
        plain = _plain(url)
    except NotCanonical:
        return None
    for pattern, replacement in gateways:
        if match := re.search(pattern, plain):
            return match.expand(replacement)
    return None


def role_of(url: str, site: Site) -> Role:
    """Return the role of a document known by this address: what comes through a gateway is a copy."""
    return Role.COPY if gateway_origin(url, site) else site.role


def _is_article(plain: str, site: Site) -> bool:
    if any(re.search(pattern, plain) for pattern, _ in site.gateways):
        return False
    return any(re.search(pattern, plain) for pattern in site.articles)


def _is_within(host: str, domain: str) -> bool:
    host, domain = host.rstrip("."), domain.lower()
    return host == domain or host.endswith("." + domain)


def _plain(url: str) -> str:
    text = url.strip()
    if len(text) > LONGEST:
        raise NotCanonical(f"an address of {len(text)} characters: at most {LONGEST} are kept")
    shape = _SHAPE.fullmatch(text.partition("#")[0])
    if shape is None or _CONTROL.search(text):
        raise NotCanonical(f"{text[:80]!a} is no http or https address")
    scheme = shape[1].lower()
    plain = f"{scheme}://{_authority(text, scheme)}{shape[2]}"
    if len(plain) > LONGEST:
        raise NotCanonical(f"an address of {len(plain)} characters: at most {LONGEST} are kept")
    return plain


def _authority(text: str, scheme: str) -> str:
    try:
        split = urlsplit(text)
        host, port = split.hostname or "", split.port
    except ValueError as error:
        raise NotCanonical(f"{text[:80]!a} has a broken host ({error})") from None
    if "@" in split.netloc:
        raise NotCanonical("an address that carries a user name is no document's")
    name = f"[{host}]" if ":" in host else _punycode(host)
    return name if port in (None, _DEFAULT_PORT[scheme]) else f"{name}:{port}"


def _punycode(host: str) -> str:
    try:
        name = host.encode("idna").decode("ascii").lower() if not host.isascii() else host.lower()
    except UnicodeError:
        raise NotCanonical(f"{host[:80]!a} is no host name") from None
    labels = name.removesuffix(".").split(".")
    if len(name) > 254 or not all(_LABEL.match(label) for label in labels):
        raise NotCanonical(f"{host[:80]!a} is no host name")
    return name


def is_further_page(url: str, declared: Site | None) -> bool:
    """Return whether an address is, by a site's declaration, that of a further page of an article."""
    return declared is not None and first_part(url, declared) != canonical_url(url, declared)


def target_of(location: bytes, base: str) -> str:
    """Return the address that a Location header leads to from ``base``, escaped so that it can be asked for.

    An address of another scheme comes back as it was written. Raise ValueError for what is no address.
    """
    text = re.sub(r"[\t\r\n]", "", _text(location).strip(_EDGES))
    scheme = _SCHEME.match(text)
    if scheme is not None and scheme[1].lower() not in ("http", "https"):
        return text
    path, tail = _split(text)
    path = path.replace("\\", "/")
    if scheme is not None:
        path = _with_slashes(path, scheme, urlsplit(base).scheme)
    elif path.startswith("//"):
        path = "//" + path.lstrip("/")
    if re.fullmatch(r"(?:https?:)?//", path, re.IGNORECASE):
        raise ValueError("no host")
    return _escaped(urljoin(base, path + tail)) + ("?" if tail == "?" else "")


def _text(location: bytes) -> str:
    """Return a header's characters, those outside of ASCII as escapes of the bytes that stood there."""
    try:
        return location.decode("ascii")
    except UnicodeDecodeError:
        return "".join(chr(byte) if byte < 128 else f"%{byte:02X}" for byte in location)


def _split(text: str) -> tuple[str, str]:
    """Return what comes before the query or fragment, and the rest: backslashes there are no slashes."""
    found = re.search(r"[?#]", text)
    return (text, "") if found is None else (text[: found.start()], text[found.start() :])


def _with_slashes(path: str, scheme: re.Match[str], of_base: str) -> str:
    """Return an absolute address with two slashes, however many there are.

    ``http:a`` and ``http:/a`` are relative to a base of the same scheme.
    """
    rest = path[scheme.end() :]
    if scheme[1].lower() == of_base and not rest.startswith("//"):
        return rest
    return f"{scheme[1]}://{rest.lstrip('/')}"


def _escaped(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError("no address")
    escaped = parts._replace(
        # Names of hosts know no escapes.
        netloc=unquote(parts.netloc, errors="strict"),
        path=quote(parts.path or "/", safe=_IN_PATH),
        query=quote(parts.query, safe=_IN_QUERY),
        fragment=quote(parts.fragment, safe=_IN_QUERY),
    )
    return escaped.geturl()
