"""How an archive and its sites stand, as the views tell it."""

from __future__ import annotations

import sqlite3
from typing import Any


def site_health(db: sqlite3.Connection) -> list[sqlite3.Row]:
    """Return a row of ``site_health`` for every site that a crawl of has ended, by name."""
    return db.execute("select * from site_health order by site").fetchall()


def latest_of(db: sqlite3.Connection, document: int) -> dict[str, Any]:
    """Return a document's row of ``latest``."""
    return dict(db.execute("select * from latest where document = ?", (document,)).fetchone())


def document_count(db: sqlite3.Connection) -> int:
    """Return how many documents an archive holds, readable or not."""
    return int(db.execute("select count(*) from documents").fetchone()[0])


def last_holder(db: sqlite3.Connection) -> sqlite3.Row | None:
    """Return who wrote last: holder, pid and since. It does not prove that this run still holds the archive."""
    row: sqlite3.Row | None = db.execute(
        "select holder, pid, since from leases where name = 'writer'"
    ).fetchone()
    return row


def lacking_in_sqlite() -> str | None:
    """Return what the archive needs and this SQLite cannot do, None where nothing lacks."""
    db = sqlite3.connect(":memory:")
    try:
        db.execute(
            "create virtual table pieces using fts5 (grams, content='', detail='none', tokenize='ascii')"
        )
        db.execute("create table typed (row integer primary key, held text) strict")
        db.execute("select json_extract('{}', '$.a')").fetchone()
    except sqlite3.Error as error:
        return str(error)
    finally:
        db.close()
    return None
