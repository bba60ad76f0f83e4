"""How an archive and its sites stand, as the views tell it."""

from __future__ import annotations

import json
import sqlite3
from typing import Any


def site_health(db: sqlite3.Connection) -> list[sqlite3.Row]:
    """Return a row of ``site_health`` for every site that a crawl of has ended, by name."""
    return db.execute("select * from site_health order by site").fetchall()


def economy(db: sqlite3.Connection, site: str) -> dict[str, Any]:
    """Return what the last thirty days of a site cost and brought.

    ``requests`` left for it, ``found`` articles were new or changed, ``requests_per_found`` is the one by the other
    (None: nothing was found); ``unchanged_share`` of the looks at what is known (articles, and lists where 304
    came) showed what stood before, and ``not_modified_share`` of them were answered with 304.
    """
    rows = db.execute(
        "select counts from crawls where site = :site and finished_at is not null and command != 'replay' and "
        "julianday(started_at) > (select julianday(max(started_at)) - 30 from crawls where site = :site)",
        {"site": site},
    )
    total: dict[str, int] = {}
    for row in rows:
        for name, count in json.loads(row["counts"]).items():
            total[name] = total.get(name, 0) + count
    requests, found = total.get("captures", 0), total.get("new", 0) + total.get("changed", 0)
    same = total.get("unchanged", 0) + total.get("not_modified", 0)
    again = same + total.get("changed", 0)
    return {
        "requests": requests,
        "found": found,
        "requests_per_found": round(requests / found, 1) if found else None,
        "unchanged_share": round(same / again, 3) if again else None,
        "not_modified_share": round(total.get("not_modified", 0) / again, 3) if again else None,
    }


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
