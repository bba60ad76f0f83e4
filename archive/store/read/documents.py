"""Queries for the room's pages about one document. Each function is one look at the file.

``rows`` and ``first_row`` give rows as dictionaries, so that no ``sqlite3.Row`` reaches a template.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from archive.errors import NotHeld
from archive.store.file.withheld import not_held
from archive.store.read.history import IS_WHOLE, AsOf, Sightings, file_at, latest_row_at, sightings
from archive.store.read.history import as_of as looks_at
from archive.store.read.query import conditions
from archive.store.write.documents import card_at
from archive.store.write.works import works

Row = dict[str, Any]
_COPIES = (
    "select c.*, (select number from versions where id = k.copy_version) as copy_number, "
    "(select number from versions where id = k.original_version) as original_number "
    "from copies c join comparisons k on k.id = c.comparison where c.comparison in (select id from comparisons where copy_document = :document "
    "union all select id from comparisons where original_document = :document)"
)


def rows(db: sqlite3.Connection, sql: str, *values: object, **named: object) -> list[Row]:
    """Return all rows of a query."""
    cursor: Iterable[sqlite3.Row] = db.execute(sql, named or values)
    return [dict(row) for row in cursor]


def first_row(db: sqlite3.Connection, sql: str, *values: object) -> Row | None:
    """Return the first row of a query, or None."""
    matches = rows(db, sql, *values)
    return matches[0] if matches else None


def decoded(row: Row, *columns: str) -> Row:
    """Return a row with some of its columns parsed from JSON."""
    return row | {column: json.loads(row[column]) for column in columns}


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document and the version shown; ``version`` is None when no page of it could be read."""

    document: Row
    version: Row | None
    versions: list[Row]
    changes: list[Row]
    captures: list[Row]
    addresses: list[Row]
    attachments: list[Row]
    copies: list[Row]
    works: list[Row]
    card: Row
    present: str | None
    absent: str | None
    reason: str | None
    moved_to: Row | None
    seen: Sightings | None
    as_of: Row | None = None
    basis: AsOf | None = None

    @property
    def standing(self) -> str:
        """The document's state, or ``absent`` when it was there before but not at the last look."""
        return state_word(self.document["state"], self.document["flags"])

    @property
    def is_current(self) -> bool:
        """Whether the version shown is the one in ``latest``."""
        return self.version is None or self.version["id"] == self.document["current"]


def state_word(state: str, flags: list[str]) -> str:
    """Return a state in the words shown to people.

    A page that was missed once is not withdrawn, but is not online either.
    """
    return "absent" if state == "live" and "absent" in flags else state


def read_document(db: sqlite3.Connection, document: int, number: int | None = None) -> Document:
    """Return a document and its current version, or the version with a number. Raise NotHeld."""
    row = first_row(db, "select * from documents where id = ?", document)
    if row is None:
        raise not_held(db, f"no document {document} in this archive", document=document)
    if number is None:
        version = first_row(db, "select * from versions where id = ?", row["current"])
    else:
        version = version_of(db, document, number)
    return Document(
        document=decoded(row, "flags"),
        version=version and decoded(version, "flags", "evidence", "removed", "captures"),
        versions=_versions(db, document),
        changes=rows(
            db, "select * from changes where document = ? order by changed_at_latest desc", document
        ),
        captures=captures_of(db, document, limit=100),
        addresses=rows(db, "select * from addresses where document = ? order by id", document),
        attachments=attachments_of(db, version["id"]) if version else [],
        copies=rows(db, _COPIES, document=document),
        works=works(db, document),
        card=card_at(db, version["id"]) if version else {},
        present=_last_whole(db, document),
        absent=_first_absent(db, document),
        reason=_last_reason(db, document),
        moved_to=_moved_to(db, document) if row["state"] == "moved" else None,
        seen=sightings(db, document, version["id"]) if version else None,
    )


def read_document_at(db: sqlite3.Connection, document: int, day: str, at: str) -> Document:
    """Return a document as captures showed it by a moment, with the day asked for and its state then."""
    now = read_document(db, document)
    try:
        then = latest_row_at(db, document, at)
    except NotHeld:
        nothing: Row = {"day": day, "state": None, "version": None, "versions": 0, "flags": []}
        return replace(now, version=None, seen=None, attachments=[], card={}, as_of=nothing)
    as_of: Row = {"day": day} | {name: then[name] for name in ("state", "version", "versions", "flags")}
    if not then["version"]:
        return replace(now, version=None, seen=None, attachments=[], card={}, as_of=as_of)
    seen = read_document(db, document, then["version"])
    assert seen.version
    return replace(
        seen,
        card=card_at(db, seen.version["id"], until=at),
        attachments=[file_at(file, at) for file in seen.attachments],
        as_of=as_of,
        basis=looks_at(db, document, seen.version["id"], at),
    )


def looks(db: sqlite3.Connection, document: int) -> list[Row]:
    """Return every look at a document, oldest first, with the version it showed; a 304 shows none."""
    return rows(
        db,
        "select c.captured_at, r.outcome, max(case when r.outcome != 'not_modified' then v.number end) as version, "
        "c.id as capture, (select media_type from payloads p where p.digest = c.payload) like '%html%' as has_page "
        "from readings r join captures c on c.id = r.capture left join readings s on s.capture = r.capture "
        "and s.document = r.document left join versions v on v.id = s.version "
        "where r.document = ? and r.again = 0 and c.kind = 'article' group by r.id order by c.captured_at, c.id",
        document,
    )


def read_capture(db: sqlite3.Connection, capture: int) -> tuple[Row, list[Row], Row | None]:
    """Return a capture, its readings, and what is known about its payload. Raise NotHeld."""
    row = first_row(db, "select * from captures where id = ?", capture)
    if row is None:
        raise NotHeld(f"no capture {capture} in this archive")
    readings = rows(
        db,
        "select r.id, r.document, r.outcome, r.reason, r.reader, r.read_at, r.again, v.number as version "
        "from readings r left join versions v on v.id = r.version where r.capture = ? order by r.id",
        capture,
    )
    payload = first_row(
        db, "select digest, length, media_type from payloads where digest = ?", row["payload"]
    )
    return decoded(row, "headers", "flags"), readings, payload


def version_of(db: sqlite3.Connection, document: int, number: int) -> Row:
    """Return a version of a document by its number. Raise NotHeld."""
    row = first_row(db, "select * from versions where document = ? and number = ?", document, number)
    if row is None:
        raise NotHeld(f"document {document} has no version {number}")
    return row


def _versions(db: sqlite3.Connection, document: int) -> list[Row]:
    return rows(
        db,
        "select v.id, v.number, v.cause, v.title, v.published_at, "
        f"min(case when {IS_WHOLE} then c.captured_at end) as first_captured_at, "
        f"max(case when {IS_WHOLE} then c.captured_at end) as last_captured_at, "
        "count(distinct c.id) as sightings from versions v "
        "left join readings r on r.version = v.id left join captures c on c.id = r.capture "
        "where v.document = ? group by v.id order by v.number desc",
        document,
    )


def captures_of(db: sqlite3.Connection, document: int, *, limit: int = -1) -> list[Row]:
    """Return the looks at a document with their outcomes, newest first; all of them without a limit."""
    return rows(
        db,
        "select c.id, c.captured_at, c.status, c.error, c.url, c.payload, r.outcome, r.reason, v.number as version "
        "from readings r join captures c on c.id = r.capture left join versions v on v.id = r.version "
        "where r.document = ? and r.again = 0 order by c.captured_at desc, c.id desc limit ?",
        document,
        limit,
    )


def listed(db: sqlite3.Connection, site: str | None = None) -> Iterator[Row]:
    """Yield each document's row of ``latest`` without its text, of one site if asked."""
    asked = conditions(db, site=site)
    where = "".join(f" and {name} = :{name}" for name in asked)
    listed_rows = db.execute(
        "select document, site, publisher, role, url, title, published_at, doc_number, issuer, version, versions, "
        f"state, first_seen, last_seen, flags from latest where true{where} order by document",
        asked,
    )
    return (decoded(dict(row), "flags") for row in listed_rows)


def attachments_of(db: sqlite3.Connection, version: int) -> list[Row]:
    """Return the files of a version (by its row)."""
    return rows(db, "select * from files where version_id = ? order by position", version)


def _last_whole(db: sqlite3.Connection, document: int) -> str | None:
    return _last(db, document, f"r.version is not null and {IS_WHOLE}")


def _last(db: sqlite3.Connection, document: int, which: str) -> str | None:
    last: str | None = db.execute(
        "select max(c.captured_at) from readings r join captures c on c.id = r.capture "
        f"where r.document = ? and c.kind = 'article' and {which}",
        (document,),
    ).fetchone()[0]
    return last


def _first_absent(db: sqlite3.Connection, document: int) -> str | None:
    # A 304 also ends an absence; the bound before it is the last whole page.
    present = _last(db, document, "r.version is not null") or ""
    absent_since: str | None = db.execute(
        "select min(c.captured_at) from readings r join captures c on c.id = r.capture "
        "where r.document = ? and r.outcome = 'gone' and c.captured_at > ?",
        (document, present),
    ).fetchone()[0]
    return absent_since


def _moved_to(db: sqlite3.Connection, document: int) -> Row | None:
    """Return the address at which a moved document's text was found, and the document held of it, if any."""
    return first_row(
        db,
        "select e.details ->> '$.to' as url, (select d.id from documents d where d.url = e.details ->> '$.to') as document "
        "from events e where e.document = ? and e.kind = 'moved' and e.details ->> '$.to' is not null "
        "order by e.happened_at desc, e.id desc limit 1",
        document,
    )


def _last_reason(db: sqlite3.Connection, document: int) -> str | None:
    row = first_row(
        db,
        "select r.reason from readings r join captures c on c.id = r.capture where r.document = ? "
        "order by c.captured_at desc, r.id desc limit 1",
        document,
    )
    return row["reason"] if row else None
