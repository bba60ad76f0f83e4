"""How many articles a crawl missed and saw: what its verdict is worked out from."""

from __future__ import annotations

import sqlite3

from archive.models import Outcome
from archive.standing import PRESENT


def note_look(db: sqlite3.Connection, document: int, capture: sqlite3.Row, outcome: Outcome) -> None:
    """Count a look at an article for its crawl: the document was seen, or missed though the look before showed it."""
    is_missed = outcome is Outcome.GONE and _was_shown_before(db, document, capture["crawl"])
    if not (is_missed or outcome in PRESENT):
        return
    db.execute(
        "insert into crawl_looks (crawl, missed, seen) values (?, ?, ?) on conflict (crawl) "
        "do update set missed = missed + excluded.missed, seen = seen + excluded.seen",
        (capture["crawl"], int(is_missed), int(not is_missed)),
    )


def _was_shown_before(db: sqlite3.Connection, document: int, crawl: int) -> bool:
    row = db.execute(
        "select r.version from readings r join captures c on c.id = r.capture where r.document = ? and c.crawl < ? "
        "order by c.captured_at desc, r.id desc limit 1",
        (document, crawl),
    ).fetchone()
    return row is not None and row["version"] is not None
