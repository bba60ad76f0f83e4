"""One work at several addresses: documents of several sites or columns, tied as the same work.

The documents keep their own versions. ``ties`` holds pairs of documents that are one work. ``work_documents``
holds the groups that such ties form and the documents that the issuing body published itself. Both are
derived from the current versions, and are updated when a document gets another one.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import islice
from typing import Any

from archive.collate.sameness import LONGEST, Identity, may_be_same_work, sampled, shared_part, spellings
from archive.model import Role, Site
from archive.store.write.originals import declared_sites, sharing
from archive.text import fold
from archive.urls import gateway_origin

# A number such as 2026年第1号 is used by every issuer. This many documents of one number are considered, the
# newest first, and this many of them are measured: a site that prints one number on all its pages must not
# hold up the writer.
_MOST_ALIKE, _MOST_MEASURED = 500, 12
# Without a number, title, day and nearly every word must agree: yearly notices repeat each other.
_NEARLY_ALL, _MOST_DAYS = 0.95, 7
_CURRENT = (
    "select d.id, d.site, d.url, d.role, v.id as version, v.doc_number, v.title, v.published_at from documents d "
    "join versions v on v.id = d.current "
)


def tie(db: sqlite3.Connection, document: int, *, at: str) -> None:
    """Update the ties of a document to its current version, in the caller's transaction."""
    row = db.execute(_CURRENT + "where d.id = ?", (document,)).fetchone()
    before = _tied_to(db, document)
    alike = _alike(db, row) if row is not None else []
    if not before and not alike:
        return
    sites = declared_sites(db)
    now = _same_works(db, row, alike, sites)
    for other in before - now.keys():
        db.execute("delete from ties where document = ? and other = ?", _pair(document, other))
    db.executemany(
        "insert into ties (document, other, held, tied_at) values (?, ?, ?, ?) "
        "on conflict (document, other) do update set held = excluded.held",
        [(*_pair(document, other), round(share, 4), at) for other, share in now.items()],
    )
    group(db, {document} | before | now.keys(), sites)


def works(db: sqlite3.Connection, document: int) -> list[dict[str, Any]]:
    """Return the documents that are one work with this one, itself included, the issuing body's first.

    The result is empty for a document without ties. That no other address is known does not prove that there
    is none.
    """
    rows = db.execute(
        "select * from works where work = (select work from work_documents where document = ?) "
        "order by is_issuer desc, first_seen, document",
        (document,),
    )
    return [dict(row) for row in rows]


def addresses(db: sqlite3.Connection, document: int) -> list[dict[str, Any]]:
    """Return every address a document was seen at, followed by those of the same work elsewhere."""
    own = 'select url, "from", "to", document from addresses where document = ? order by "from", id'
    own_addresses = [dict(row) for row in db.execute(own, (document,))]
    elsewhere = db.execute(
        'select url, "from", "to", document from work_addresses where work = '
        "(select work from work_documents where document = :document) and document != :document "
        'order by "from", url',
        {"document": document},
    )
    return own_addresses + [dict(row) for row in elsewhere]


def _alike(db: sqlite3.Connection, row: sqlite3.Row) -> list[sqlite3.Row]:
    if not row["doc_number"]:
        return _reprints(db, row)
    numbers = spellings(row["doc_number"])
    marks = ", ".join("?" * len(numbers))
    return db.execute(
        f"{_CURRENT} where v.doc_number in ({marks}) and d.id != ? order by d.id desc limit {_MOST_ALIKE}",
        (*numbers, row["id"]),
    ).fetchall()


def _reprints(db: sqlite3.Connection, row: sqlite3.Row) -> list[sqlite3.Row]:
    """Return the documents of other sites without a number that share words and day with a document."""
    if row["role"] != Role.ORIGINAL or not row["published_at"]:
        return []
    sample = sampled(fold(_text_of(db, row)[:LONGEST]))
    likely = [number for number, count in sharing(db, sample, _MOST_MEASURED) if count * 2 >= len(sample)]
    rows = db.execute(
        f"{_CURRENT} where v.id in ({', '.join('?' * len(likely))}) and d.id != ? and d.site != ? "
        "and v.doc_number is null and v.published_at is not null order by d.id desc",
        (*likely, row["id"], row["site"]),
    )
    return [other for other in rows if _days_apart(row, other) <= _MOST_DAYS]


def _days_apart(one: sqlite3.Row, other: sqlite3.Row) -> int:
    days = [date.fromisoformat(row["published_at"][:10]) for row in (one, other)]
    return abs((days[0] - days[1]).days)


def _text_of(db: sqlite3.Connection, row: sqlite3.Row) -> str:
    stored = db.execute("select text from versions where id = ?", (row["version"],)).fetchone()
    return str(stored[0])


def _same_works(
    db: sqlite3.Connection, row: sqlite3.Row, alike: Iterable[sqlite3.Row], sites: Mapping[str, Site]
) -> dict[int, float]:
    """Return the documents of the same work, with the share of the shorter text that the other contains."""
    if row is None or not _is_official(row, sites):
        return {}
    identity = _identity_of(db, row)
    likely = (
        other
        for other in alike
        if _is_official(other, sites) and may_be_same_work(identity, _identity_of(None, other))
    )
    shares = {
        other["id"]: shared_part(identity, _identity_of(db, other))
        for other in islice(likely, _MOST_MEASURED)
    }
    least = 0.0 if row["doc_number"] else _NEARLY_ALL
    return {document: share for document, share in shares.items() if share is not None and share >= least}


def _identity_of(db: sqlite3.Connection | None, row: sqlite3.Row) -> Identity:
    """Return what a document says of itself; without a connection, all but its text."""
    text = _text_of(db, row) if db else ""
    return Identity(number=row["doc_number"] or "", title=row["title"], text=text)


def _is_official(row: sqlite3.Row, sites: Mapping[str, Site]) -> bool:
    """Return whether a document is on a site that publishes originals, or behind that site's gateway."""
    declared = sites.get(row["site"])
    if declared is None or declared.role is not Role.ORIGINAL:
        return False
    return row["role"] == Role.ORIGINAL or gateway_origin(row["url"], declared) is not None


def _tied_to(db: sqlite3.Connection, document: int) -> set[int]:
    rows = db.execute(
        "select other from ties where document = :one union select document from ties where other = :one",
        {"one": document},
    )
    return {row[0] for row in rows}


def _pair(one: int, other: int) -> tuple[int, int]:
    return min(one, other), max(one, other)


def group(db: sqlite3.Connection, touched: set[int], sites: Mapping[str, Site]) -> None:
    """Write the groups of some documents again. A work has the number of its first document."""
    left = set(touched)
    while left:
        work = _together(db, left.pop())
        left -= work
        marks = ", ".join("?" * len(work))
        db.execute(f"delete from work_documents where document in ({marks})", list(work))
        if len(work) > 1:
            issuers = _issuing(db, work, sites)
            db.executemany(
                "insert into work_documents (document, work, is_issuer) values (?, ?, ?)",
                [(document, min(work), int(document == issuers)) for document in sorted(work)],
            )


def _together(db: sqlite3.Connection, document: int) -> set[int]:
    together, ahead = {document}, [document]
    while ahead:
        further = _tied_to(db, ahead.pop()) - together
        together |= further
        ahead += further
    return together


def _issuing(db: sqlite3.Connection, work: set[int], sites: Mapping[str, Site]) -> int | None:
    """Return the document of a work that the issuing body published, None when its site is not held.

    Of several documents on that site, the document with an index number is returned. The document number
    names the issuer; without one, the issuer's name on a page does.
    """
    marks = ", ".join("?" * len(work))
    rows = db.execute(
        "select d.id, d.site, d.role, v.doc_number, v.issuer from documents d join versions v on v.id = d.current "
        f"where d.id in ({marks}) order by v.index_number is null, d.first_seen, d.id",
        list(work),
    ).fetchall()
    names = [row["doc_number"] for row in rows if row["doc_number"]] + [
        row["issuer"] for row in rows if row["issuer"]
    ]
    issuing = next((site for name in names if (site := _site_issuing(name, sites))), None)
    own = (row["id"] for row in rows if row["site"] == issuing and row["role"] == Role.ORIGINAL)
    return next(own, None)


def _site_issuing(name: str, sites: Mapping[str, Site]) -> str | None:
    """Return the site whose publisher issues what bears a number or a name; the longest match wins."""
    known = [
        (len(match[0]), site)
        for site, declared in sites.items()
        for pattern in (*declared.issues, re.escape(declared.publisher))
        if (match := re.match(pattern, name))
    ]
    return max(known)[1] if known else None
