"""Where each document stands: state that follows from captures and readings, kept so that it need not be sought."""

from __future__ import annotations

import json
import sqlite3
from urllib.parse import urlsplit

from archive.classify import PERMANENT
from archive.clock import seconds_between
from archive.errors import NotCanonical
from archive.models import Outcome, Role, Site, State
from archive.store.captures import asked_url
from archive.urls import canonical_url, first_part, role_of

PRESENT = (Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED, Outcome.NOT_MODIFIED)
_SAME = (Outcome.UNCHANGED, Outcome.NOT_MODIFIED)
STATE_AFTER = {
    Outcome.UNREADABLE: State.UNREADABLE,
    Outcome.QUARANTINED: State.QUARANTINED,
    Outcome.BLOCKED: State.BLOCKED,
    Outcome.FAILED: State.UNREACHABLE,
}
# A withdrawal is claimed after so many absent sightings over so many seconds, while the site answers otherwise.
ABSENCES, ABSENT_FOR = 3, 72 * 3600.0
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
        "insert into documents (site, publisher, url, role, state, first_seen, last_seen) "
        "values (?, ?, ?, ?, 'unreachable', ?, ?)",
        (
            site,
            declared.publisher if declared else site,
            url,
            role_of(url, declared) if declared else Role.UNKNOWN,
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
    looks = db.execute(
        "select max(c.captured_at) from readings r join captures c on c.id = r.capture "
        "where r.document = ? and r.capture != ? and c.kind = 'article'",
        (document, capture["id"]),
    ).fetchone()[0]
    state, flags = State(row["state"]), _kept_flags(db, document)
    if looks is None or at >= looks:
        state, noted = _state(db, document, row, outcome)
        if outcome in _SAME and has_moved(db, capture["id"]):
            state = State.MOVED
        flags |= noted
    else:
        flags |= set(json.loads(row["flags"])) & {"absent"}
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


def _state(
    db: sqlite3.Connection, document: int, row: sqlite3.Row, outcome: Outcome
) -> tuple[State, set[str]]:
    if outcome in PRESENT:
        return State.LIVE, set()
    if outcome is not Outcome.GONE:
        state = after_error(State(row["state"]), outcome)
        return state, {"absent"} if state is State.WITHDRAWN else set()
    if is_withdrawn(db, document):
        return State.WITHDRAWN, {"absent"}
    return (State(row["state"]) if row["versions"] else State.UNREACHABLE), {"absent"}


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


def is_withdrawn(db: sqlite3.Connection, document: int, *, until: str | None = None) -> bool:
    """Return whether a document's absence, as far as it was known at a moment, amounts to a withdrawal."""
    # A sighting while the whole site was away says nothing, neither for a withdrawal nor against it.
    absences = [
        at for at, crawl in absent_since(db, document, until=until) if _site_was_healthy(db, crawl, document)
    ]
    return len(absences) >= ABSENCES and seconds_between(absences[0], absences[-1]) >= ABSENT_FOR


def bounds_of_absence(db: sqlite3.Connection, document: int) -> dict[str, str | None]:
    """Return when a document was last present and first absent: it was taken down between the two."""
    absences = absent_since(db, document)
    first_absent = absences[0][0] if absences else None
    last_present = db.execute(
        "select max(c.captured_at) from readings r join captures c on c.id = r.capture "
        "where r.document = ? and r.version is not null and c.kind = 'article' "
        "and c.captured_at <= coalesce(?, c.captured_at)",
        (document, first_absent),
    ).fetchone()[0]
    return {"last_present": last_present, "first_absent": first_absent}


def absent_since(db: sqlite3.Connection, document: int, *, until: str | None = None) -> list[tuple[str, int]]:
    """Return time and crawl of the absent sightings since the document was last present, oldest first."""
    rows = db.execute(
        "select c.captured_at, c.crawl, r.outcome from readings r join captures c on c.id = r.capture "
        "where r.document = ? and r.again = 0 and (r.outcome = 'gone' or r.version is not null) "
        "and c.captured_at <= coalesce(?, c.captured_at) order by c.captured_at, c.id",
        (document, until),
    ).fetchall()
    absences: list[tuple[str, int]] = []
    for row in rows:
        if row["outcome"] == Outcome.GONE:
            absences.append((row["captured_at"], row["crawl"]))
        else:
            absences.clear()
    return absences


def _site_was_healthy(db: sqlite3.Connection, crawl: int, document: int) -> bool:
    """Return whether the crawl that missed the document saw others of its site, so that the site was there."""
    marks = ",".join("?" * len(PRESENT))
    row = db.execute(
        f"select 1 from captures c join readings r on r.capture = c.id where c.crawl = ? "
        f"and (r.outcome in ({marks}) or r.outcome = 'listing') and r.document is not ? limit 1",
        (crawl, *PRESENT, document),
    ).fetchone()
    return row is not None
