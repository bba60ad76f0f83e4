"""How a document stood at a moment, by the rules that its row is kept by and by what had been captured then."""

from __future__ import annotations

import json
import sqlite3

from archive.models import Outcome, State
from archive.store.documents.absence import PRESENT, is_withdrawn
from archive.store.documents.documents import after_error, state_of_present


def stood(db: sqlite3.Connection, document: int, looks: list[sqlite3.Row]) -> tuple[State, set[str]]:
    """Return state and flags that a document had at a moment: after the last of its looks until then."""
    state, readable = State.UNREACHABLE, False
    present = [n for n, look in enumerate(looks) if look["outcome"] in PRESENT or look["seen"]]
    for look in looks[present[-1] if present else 0 :]:
        outcome = Outcome(look["outcome"])
        if outcome in PRESENT or look["seen"]:
            state, readable = state_of_present(db, document, look, outcome), True
        elif outcome is not Outcome.GONE:
            state = after_error(state, outcome)
        else:
            state = _stood_absent(db, document, look["captured_at"]) or state
            state = state if readable or state is State.WITHDRAWN else State.UNREACHABLE
    flags = set(json.loads(looks[-1]["flags"]))
    return state, flags | ({"absent"} if looks[-1]["outcome"] == Outcome.GONE else set())


def _stood_absent(db: sqlite3.Connection, document: int, at: str) -> State | None:
    """Return what a document's absence amounted to at a moment, None where it was absence and no more."""
    told = db.execute(
        "select kind from events where document = ? and happened_at <= ? and (kind in ('withdrawn', 'restored') or "
        "kind = 'moved' and json_extract(details, '$.first_absent') is not null) order by happened_at desc, id desc limit 1",
        (document, at),
    ).fetchone()
    if told is not None and told["kind"] == "moved":
        return State.MOVED
    is_told = told is not None and told["kind"] == "withdrawn"
    return State.WITHDRAWN if is_told and is_withdrawn(db, document, until=at) else None
