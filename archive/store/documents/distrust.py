"""Whether an article a reader brought may become the text of its document, by what the archive knows of it.

One weak sign only flags. Two independent ones quarantine, until a person releases that state; a text that shrank
to less than half is released by a second sighting that rests at least a day after the first.
"""

from __future__ import annotations

import sqlite3

from archive.clock import seconds_between
from archive.models import Found
from archive.store.documents.decisions import word_on_state

SHRUNKEN_REST = 24 * 3600.0


def reason_for_quarantine(
    db: sqlite3.Connection, document: int, captured_at: str, found: Found
) -> str | None:
    """Return why what was found must wait, or None when it may become a version."""
    if found.prepared is None or word_on_state(db, document, found.prepared.state_digest) == "accept":
        return None
    if not found.trusted:
        return ", ".join(found.signs)
    if "shrunken" not in found.signs:
        return None
    first = _first_quarantined(db, document, found.prepared.state_digest)
    rested = first is not None and seconds_between(first, captured_at) >= SHRUNKEN_REST
    return None if rested else "shrunken"


def _first_quarantined(db: sqlite3.Connection, document: int, state: str) -> str | None:
    row = db.execute(
        "select min(c.captured_at) from readings r join captures c on c.id = r.capture where r.document = ? "
        "and r.outcome = 'quarantined' and json_extract(r.found, '$.prepared.state_digest') = ?",
        (document, state),
    ).fetchone()
    at: str | None = row[0]
    return at
