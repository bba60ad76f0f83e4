"""Which document an address means, in any spelling the archive knows.

For an address that is not held, ``leads`` gives the likely documents: for the address it wraps, and for the
same path on known hosts.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from rapidfuzz import fuzz, process

from archive.errors import BadInput, NotCanonical, NotHeld
from archive.model import Site, site_from_json
from archive.patterns import regex
from archive.store.file.withheld import not_held
from archive.store.write.originals import declared_sites
from archive.urls import canonical_url, first_part, gateway_origin, host_of, in_domains

_NUMBER = regex("[0-9]{1,15}")
# A mistyped address differs in a character or two; in a large archive only the newest addresses are examined.
_NEAR_ENOUGH, _MOST_ADDRESSES = 92.0, 50_000
_INNER = regex(r"https?:/{1,2}[^\s\"'<>]{4,2000}", re.IGNORECASE)
_MOST_HOSTS, _MOST_TAILS = 300, 5
_TELLING = regex(r"[0-9]{4}")


def find_document(db: sqlite3.Connection, url: str) -> int:
    """Return the document an address means: its own, one it was seen at, or its http or https twin.

    The number of a document, as the reading room's addresses have it, means that document. Raise NotHeld for
    an unknown address, with the nearest known one. That a document is held says nothing about what is at the
    address today.
    """
    if _NUMBER.fullmatch(url.strip()):
        address_of(db, int(url))
        return int(url)
    tried = []
    try:
        for spelling in _spellings(db, url):
            tried.append(spelling)
            document = known_by(db, spelling)
            if document is not None:
                return document
    except NotCanonical as error:
        raise BadInput(f"{error} — give the http or https address of a page") from None
    near = _nearest(db, url)
    raise not_held(
        db,
        f"{url[:200]} is not in this archive — "
        + (f"did you mean {near}? " if near else "")
        + '"scrapy keep" fetches it, "yuanben search" finds titles',
        urls=tried,
    )


def address_of(db: sqlite3.Connection, document: int) -> str:
    """Return the address a document is known by. Raise NotHeld for a number without a document."""
    row = db.execute("select url from documents where id = ?", (document,)).fetchone()
    if row is None:
        raise not_held(
            db,
            f'no document {document} in this archive — "yuanben search" finds documents by their words',
            document=document,
        )
    return str(row["url"])


def address_asked(db: sqlite3.Connection, url: str) -> str:
    """Return an address of which something is kept: a document's, or one that was requested.

    The number of a document will do. Raise NotHeld for an address that was never requested, with the nearest
    one.
    """
    if db.execute("select 1 from captures where url = ? limit 1", (url,)).fetchone():
        return url
    return address_of(db, find_document(db, url))


def _nearest(db: sqlite3.Connection, url: str) -> str | None:
    """Return the held address nearest to an unknown one, None where none is near."""
    text = url.strip()
    try:
        asked = canonical_url(text if "://" in text else f"https://{text}")
    except NotCanonical:
        return None
    newest = "select url from documents where url glob ? order by id desc limit ?"
    host = re.sub(r"[\[\]*?]", "?", host_of(asked))
    held = [row[0] for row in db.execute(newest, (f"http*://{host}/*", _MOST_ADDRESSES))]
    held = held or [row[0] for row in db.execute(newest, ("*", _MOST_ADDRESSES))]
    match = process.extractOne(asked, held, scorer=fuzz.ratio, score_cutoff=_NEAR_ENOUGH)
    return str(match[0]) if match else None


def _spellings(db: sqlite3.Connection, url: str) -> Iterator[str]:
    text = url.strip()
    given = [text] if "://" in text else [f"https://{text}", f"http://{text}"]
    plain = [canonical_url(address) for address in given]
    twins = [_twin(address) for address in plain]
    yield from (*given, *plain, *twins)
    declared = [site for site in _declarations(db) if in_domains(plain[0], site.domains)]
    for site in declared:
        for address in (*plain, *twins):
            try:
                yield canonical_url(address, site)
                yield first_part(address, site)
            except NotCanonical:
                continue


def _twin(url: str) -> str:
    scheme, rest = url.split("://", 1)
    return f"{'https' if scheme == 'http' else 'http'}://{rest}"


def _declarations(db: sqlite3.Connection) -> Iterator[Site]:
    for row in db.execute("select declaration from rules where declaration != '{}' order by id desc"):
        yield site_from_json(row[0])


def known_by(db: sqlite3.Connection, url: str) -> int | None:
    """Return the document that one spelling of an address means, None when it is not known."""
    row = db.execute(
        "select id from documents where url = :url "
        'union all select document from (select document from addresses where url = :url order by "to" desc) '
        "union all select document from (select r.document from captures c join readings r on r.capture = c.id "
        "  where c.url = :url and r.document is not null order by c.captured_at desc, r.id desc) "
        "union all select document from (select r.document from captures h join captures c "
        "  on c.redirected_from = h.id join readings r on r.capture = c.id "
        "  where h.url = :url and r.document is not null order by c.captured_at desc, r.id desc) limit 1",
        {"url": url},
    ).fetchone()
    return int(row[0]) if row else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """A document that an address leads to. ``how``: address, gateway, inside, or path.

    ``path`` says only that a known site keeps a document under the same path. Whether it is the same work,
    only the texts show.
    """

    document: int
    how: str


def leads(db: sqlite3.Connection, url: str) -> list[Lead]:
    """Return the documents an address may mean: only its own when held, else likely ones, best first."""
    exact = _held(db, url)
    if exact is not None:
        return [Lead(document=exact, how="address")]
    sites = declared_sites(db)
    titles: dict[int, str] = {}
    for how, address in [*_through_gateways(url, sites), *(("inside", inner) for inner in _inner(url))]:
        document = _held(db, address)
        if document is not None:
            titles.setdefault(document, how)
    if not titles:
        titles = dict.fromkeys(_same_path(db, url, sites), "path")
    return [Lead(document=document, how=how) for document, how in titles.items()]


def _held(db: sqlite3.Connection, url: str) -> int | None:
    try:
        return find_document(db, url)
    except (NotHeld, BadInput, NotCanonical):
        return None


def _through_gateways(url: str, sites: dict[str, Site]) -> Iterator[tuple[str, str]]:
    for site in sites.values():
        origin = gateway_origin(url, site)
        if origin:
            yield "gateway", origin


def _inner(url: str) -> Iterator[str]:
    """Yield the addresses that an address contains in its path or query (archives, translators, gateways)."""
    rest = url.partition("://")[2]
    for text in dict.fromkeys((rest, unquote(rest))):
        for match in _INNER.finditer(text):
            yield re.sub(r"^(https?):/+", r"\1://", match[0], flags=re.IGNORECASE)


def _same_path(db: sqlite3.Connection, url: str, sites: dict[str, Site]) -> Iterator[int]:
    try:
        split = urlsplit(canonical_url(url if "://" in url else f"https://{url}"))
    except NotCanonical:
        return
    query = f"?{split.query}" if split.query else ""
    hosts = _known_hosts(db, sites)
    for tail in _tails(split.path):
        for host in hosts:
            for scheme in ("https", "http"):
                document = known_by(db, f"{scheme}://{host}{tail}{query}")
                if document is not None:
                    yield document


def _tails(path: str) -> list[str]:
    """Return a path and its ends, as a mirror may have put it below a folder of its own.

    Each end must still contain a number.
    """
    parts = path.strip("/").split("/")
    tails = ["/" + "/".join(parts[at:]) for at in range(min(len(parts), _MOST_TAILS))]
    return [tail for tail in tails if _TELLING.search(tail) and len(tail) > 8]


def _known_hosts(db: sqlite3.Connection, sites: dict[str, Site]) -> list[str]:
    declared = [host_of(url) for site in sites.values() for url in site.listings]
    bare = [host for site in sites.values() for domain in site.domains for host in (f"www.{domain}", domain)]
    rows = db.execute(
        "with recursive one(site) as (select min(site) from documents union all "
        "select (select min(site) from documents where site > one.site) from one where one.site is not null) "
        "select site from one where site like '%.%' limit ?",
        (_MOST_HOSTS,),
    )
    return list(dict.fromkeys([*declared, *bare, *(row[0] for row in rows)]))[:_MOST_HOSTS]
