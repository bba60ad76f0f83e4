"""Which document an address means, in any spelling the archive knows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from archive.errors import BadInput, NotCanonical, NotHeld
from archive.models import Site, site_from_json
from archive.urls import canonical_url, first_part, in_domains


def find_document(db: sqlite3.Connection, url: str) -> int:
    """Return the document an address means: its own, one it was seen at, the http or https twin of either.

    Raise NotHeld for an address the archive does not know. That a document is held says nothing about what
    stands at the address today.
    """
    try:
        for spelling in _spellings(db, url):
            document = known_by(db, spelling)
            if document is not None:
                return document
    except NotCanonical as error:
        raise BadInput(f"{error} — give the http or https address of a page") from None
    raise NotHeld(
        f'{url[:200]} is not in this archive — "scrapy keep" fetches it, "yuanben search" finds titles'
    )


def address_of(db: sqlite3.Connection, document: int) -> str:
    """Return the address a document is known by. Raise NotHeld for a number that none has."""
    row = db.execute("select url from documents where id = ?", (document,)).fetchone()
    if row is None:
        raise NotHeld(f"no document {document} in this archive")
    return str(row["url"])


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
    """Return the document that one spelling of an address is known to mean, None when it is not known."""
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
