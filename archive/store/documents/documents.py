"""Where each document stands: state that follows from captures and readings, kept so that it need not be sought."""

from __future__ import annotations

import json
import sqlite3
from urllib.parse import urlsplit

from archive.classify import PERMANENT
from archive.errors import NotCanonical
from archive.models import Outcome, Role, Site, State
from archive.store.documents.absence import PRESENT, is_withdrawn, is_withheld
from archive.store.documents.elsewhere import elsewhere
from archive.store.documents.replacement import replacement
from archive.store.file.captures import asked_url
from archive.urls import canonical_url, first_part, is_attachment, role_of

_SAME = (Outcome.UNCHANGED, Outcome.NOT_MODIFIED)
STATE_AFTER = {
    Outcome.UNREADABLE: State.UNREADABLE,
    Outcome.QUARANTINED: State.QUARANTINED,
    Outcome.BLOCKED: State.BLOCKED,
    Outcome.FAILED: State.UNREACHABLE,
}
_MOST_HOPS = 20


def document_url(db: sqlite3.Connection, capture: sqlite3.Row, declared: Site | None) -> str | None:
    """Return the address of the document a capture shows, None where it names none.

    It is that of the address asked first, whatever the page claims and wherever it led.
    """
    asked = capture["url"]
    if capture["redirected_from"] is not None:
        asked = asked_url(db, capture["id"])
    try:
        return first_part(asked, declared) if declared else canonical_url(asked)
    except NotCanonical:
        return None


def ensure_document(db: sqlite3.Connection, *, url: str, site: str, declared: Site | None, at: str) -> int:
    """Return the document known by a canonical address, making it when it is not held."""
    row = db.execute("select id from documents where url = ?", (url,)).fetchone()
    if row:
        return int(row[0])
    made = db.execute(
        "insert into documents (site, publisher, url, role, kind, state, first_seen, last_seen) "
        "values (?, ?, ?, ?, ?, 'unreachable', ?, ?)",
        (
            site,
            declared.publisher if declared else site,
            url,
            role_of(url, declared) if declared else Role.UNKNOWN,
            "file" if declared and is_attachment(url, declared) else "article",
            at,
            at,
        ),
    )
    assert made.lastrowid is not None
    return made.lastrowid


def saw_address(db: sqlite3.Connection, document: int, url: str, at: str) -> None:
    """Note that a document was seen at an address, widening the time over which it was."""
    db.execute(
        'insert into addresses (document, url, "from", "to") values (?, ?, ?, ?) on conflict (document, url) '
        'do update set "from" = min("from", excluded."from"), "to" = max("to", excluded."to")',
        (document, url, at, at),
    )


def settle(db: sqlite3.Connection, document: int, capture: sqlite3.Row, outcome: Outcome) -> State:
    """Bring a document's row in step with one more look at it, and return the state it is in now.

    An older capture that arrives late (a replay) moves first_seen and may add versions, but not the state.
    """
    row = db.execute("select * from documents where id = ?", (document,)).fetchone()
    at: str = capture["captured_at"]
    state, flags = State(row["state"]), _kept_flags(db, document)
    if _is_latest_look(db, document, capture):
        state, noted = _state_after(db, row, capture, outcome)
        flags |= noted
    else:
        flags |= set(json.loads(row["flags"])) & {"absent"}
    if is_known_unstable(db, document):
        flags.add("unstable")
    db.execute(
        "update documents set state = :state, flags = :flags, first_seen = min(first_seen, :at), "
        "last_seen = case when :present then max(last_seen, :at) else last_seen end where id = :document",
        {
            "state": state,
            "flags": json.dumps(sorted(flags)),
            "at": at,
            "present": outcome in PRESENT,
            "document": document,
        },
    )
    stand(db, document)
    return state


def _is_latest_look(db: sqlite3.Connection, document: int, capture: sqlite3.Row) -> bool:
    latest: str | None = db.execute(
        "select max(c.captured_at) from readings r join captures c on c.id = r.capture "
        "where r.document = ? and r.capture != ? and c.kind = 'article'",
        (document, capture["id"]),
    ).fetchone()[0]
    return latest is None or bool(capture["captured_at"] >= latest)


def is_known_unstable(db: sqlite3.Connection, document: int) -> bool:
    """Return whether it was told of a document that it shows two wordings by turns."""
    row = db.execute("select 1 from events where document = ? and kind = 'unstable' limit 1", (document,))
    return row.fetchone() is not None


def stand(db: sqlite3.Connection, document: int) -> None:
    """Let a document stand at the version of its last sighting: its page's or an attached file's."""
    db.execute(
        "update documents set current = (select r.version from readings r join captures c on c.id = r.capture "
        "  where r.document = :document and r.version is not null order by c.captured_at desc, r.id desc limit 1), "
        "versions = (select count(*) from versions where document = :document) where id = :document",
        {"document": document},
    )


def _kept_flags(db: sqlite3.Connection, document: int) -> set[str]:
    row = db.execute(
        "select r.flags from readings r join captures c on c.id = r.capture where r.document = ? "
        "order by c.captured_at desc, r.id desc limit 1",
        (document,),
    ).fetchone()
    return set(json.loads(row[0])) if row else set()


def _state_after(
    db: sqlite3.Connection, row: sqlite3.Row, capture: sqlite3.Row, outcome: Outcome
) -> tuple[State, set[str]]:
    """Return the state of a document after its latest look, and the flags that go with it."""
    if outcome in PRESENT:
        return state_of_present(db, row["id"], capture, outcome), set()
    if outcome is Outcome.GONE:
        return _state_of_absent(db, row), {"absent"}
    state = after_error(State(row["state"]), outcome)
    return state, {"absent"} if state is State.WITHDRAWN else set()


def _state_of_absent(db: sqlite3.Connection, row: sqlite3.Row) -> State:
    document: int = row["id"]
    withdrawn = is_withdrawn(db, document) and not is_withheld(db, document)
    there = elsewhere(db, document)
    if there is not None and (withdrawn or there["first_seen"] >= row["last_seen"]):
        return State.MOVED
    if withdrawn:
        return State.WITHDRAWN
    return State(row["state"]) if row["versions"] else State.UNREACHABLE


def state_of_present(db: sqlite3.Connection, document: int, capture: sqlite3.Row, outcome: Outcome) -> State:
    """Return the state of a document that a capture showed: live, moved, or replaced by another work."""
    other = replacement(db, document, until=capture["captured_at"])
    if other is not None:
        return State.REPLACED if other.is_settled else State.LIVE
    return State.MOVED if outcome in _SAME and has_moved(db, capture["id"]) else State.LIVE


def settle_absent(db: sqlite3.Connection, document: int) -> tuple[State, State]:
    """Bring an absent document in step with what became known of others; return its state before and now."""
    row = db.execute("select * from documents where id = ?", (document,)).fetchone()
    state = _state_of_absent(db, row)
    db.execute("update documents set state = ? where id = ?", (state, document))
    return State(row["state"]), state


def has_moved(db: sqlite3.Connection, capture: int) -> bool:
    """Return whether a capture was come to by permanent redirects only, and at another path than was asked.

    Another scheme or host before the same path is the same address under another name.
    """
    row = db.execute("select url, redirected_from from captures where id = ?", (capture,)).fetchone()
    shown = urlsplit(row["url"])
    asked, hops = shown, 0
    while row["redirected_from"] is not None and hops < _MOST_HOPS:
        row = db.execute(
            "select url, redirected_from, status from captures where id = ?", (row["redirected_from"],)
        ).fetchone()
        if row["status"] not in PERMANENT:
            return False
        asked, hops = urlsplit(row["url"]), hops + 1
    return bool(hops) and (asked.path, asked.query) != (shown.path, shown.query)


def after_error(state: State, outcome: Outcome) -> State:
    """Return the state after a look that showed neither the document nor its absence."""
    if state is State.WITHDRAWN and outcome in (Outcome.FAILED, Outcome.BLOCKED):
        # An error takes nothing back: the document was not seen again.
        return state
    return STATE_AFTER.get(outcome, state)
