"""Asking what was seen before: the sightings of a document, in the order they were captured."""

from __future__ import annotations

import sqlite3

from archive import CHEAP
from archive.models import Outcome


def outcome_against_previous(
    db: sqlite3.Connection, document: int | None, capture: sqlite3.Row, version: int
) -> Outcome:
    """Return whether a version is new, changed or unchanged against what was captured before."""
    before = db.execute(
        "select r.version from readings r join captures c on c.id = r.capture where r.document = ? and "
        "r.version is not null and c.id != ? and c.captured_at <= ? order by c.captured_at desc, r.id desc limit 1",
        (document, capture["id"], capture["captured_at"]),
    ).fetchone()
    if before is None:
        later_ones = db.execute(
            "select 1 from readings where document = ? and version is not null and capture != ?",
            (document, capture["id"]),
        ).fetchone()
        return Outcome.CHANGED if later_ones else Outcome.NEW
    return Outcome.UNCHANGED if before["version"] == version else Outcome.CHANGED


def last_good(db: sqlite3.Connection, document: int, capture: int) -> sqlite3.Row | None:
    """Return the last reading before a capture that found a version of the document."""
    # Mostly that of the last sighting that is known: then no other look is gone through.
    last: sqlite3.Row | None = db.execute(
        "select * from readings where document = ? and version is not null order by id desc limit 1",
        (document,),
    ).fetchone()
    if last is None or _is_last_sighting(db, last, capture):
        return last
    row: sqlite3.Row | None = db.execute(
        "select r.* from readings r join captures c on c.id = r.capture where r.document = ? and "
        "r.version is not null and c.id != ? and c.captured_at <= (select captured_at from captures where id = ?) "
        "order by c.captured_at desc, r.id desc limit 1",
        (document, capture, capture),
    ).fetchone()
    return row


def _is_last_sighting(db: sqlite3.Connection, reading: sqlite3.Row, capture: int) -> bool:
    """Return whether a reading is of the last page that was seen of its document, and that page came before a capture."""
    row = db.execute(
        "select 1 from captures c join documents d on d.id = ? join captures n on n.id = ? where c.id = ? "
        "and c.kind = 'article' and c.captured_at = d.last_seen and c.captured_at < n.captured_at",
        (reading["document"], capture, reading["capture"]),
    ).fetchone()
    return row is not None


def is_read_in_full(db: sqlite3.Connection, document: int | None) -> bool:
    """Return whether a full reader has made a version of the document."""
    row = db.execute(
        "select 1 from readings where document = ? and version is not null and reader not like ? limit 1",
        (document, f"% {CHEAP}"),
    ).fetchone()
    return row is not None


def has_parts(db: sqlite3.Connection, url: str) -> bool:
    """Return whether the last reading of an address found further pages of the article."""
    return (
        db.execute(
            "select 1 from parts p join captures c on c.id = p.capture where c.url = ? limit 1", (url,)
        ).fetchone()
        is not None
    )


def part_captures(db: sqlite3.Connection, capture: int) -> list[int]:
    """Return the captures of an article's further pages, in order."""
    rows = db.execute(
        "select fetched from parts where capture = ? and fetched is not null order by number", (capture,)
    )
    return [row[0] for row in rows]


def known_reading(
    db: sqlite3.Connection, capture: sqlite3.Row, url: str | None, *, reader: str, rules: int
) -> sqlite3.Row | None:
    """Return what a reader made, by the same rules, of the bytes of a capture when they came from its address before."""
    row: sqlite3.Row | None = db.execute(
        "select r.* from readings r join captures c on c.id = r.capture left join documents d on d.id = r.document "
        "where r.payload = ? and r.reader = ? and r.rules = ? and c.url = ? and d.url is ? "
        "and r.outcome not in ('failed', 'quarantined') and coalesce(r.reason, '') not like 'reader\\_%' escape '\\' "
        "order by r.id desc limit 1",
        (capture["payload"], reader, rules, capture["url"], url),
    ).fetchone()
    return row
