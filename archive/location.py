"""Where a Location header leads, read as browsers do (WHATWG URL). Pure.

RFC 9110 wants ASCII there; servers send raw UTF-8 or GBK, backslashes (IIS), blanks and tabs. Bytes that are
UTF-8 are escaped as such, others one by one, as they came: the server knows its own code.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urljoin, urlsplit

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_EDGES = "".join(map(chr, range(33)))
# What stands in an address as it is; everything else is escaped. A per cent sign may begin an escape already.
_AS_IT_IS = "%!$&'()*+,;=:@~-._"
_IN_PATH, _IN_QUERY = f"{_AS_IT_IS}/[]|", f"{_AS_IT_IS}/?[]|\\^`{{}}"


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
