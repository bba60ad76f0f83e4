"""How a document stood at a moment, by the rules that its row is kept by and by what had been captured then."""

from __future__ import annotations

import sqlite3

from archive.models import State
from archive.store.documents.looks import flags_of, looks_of
from archive.store.documents.standing import story_until


def stood(db: sqlite3.Connection, document: int, at: str) -> tuple[State, set[str]]:
    """Return state and flags that a document had at a moment: after the last of its looks until then."""
    story = story_until(db, document, at)
    flags = flags_of([one for one in looks_of(db, document) if one.look.at <= at])
    return story.state, flags | ({"absent"} if story.is_absent else set())
