"""Writing readings down, and all that follows from one: where its document stands, what is told of it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from archive.models import Outcome, State
from archive.store.asking.pasts import IS_LOOK
from archive.store.asking.queue import Queue
from archive.store.documents.absence import PRESENT, bounds_of_absence, note_look
from archive.store.documents.documents import is_known_unstable, saw_address, settle, settle_absent
from archive.store.documents.elsewhere import absent_with_text_of, elsewhere
from archive.store.documents.replacement import replacement
from archive.store.documents.transitions import retell
from archive.store.file.captures import asked_url
from archive.store.file.events import add_event


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One row of ``readings`` about to be written. ``card``: what the page's card said, None when no page was read."""

    capture: sqlite3.Row
    reader: str
    rules: int
    outcome: Outcome
    reason: str | None = None
    flags: tuple[str, ...] = ()
    document: int | None = None
    version: int | None = None
    visible_digest: str | None = None
    found: str | None = None
    card: str | None = None
    again: bool = False


class Ledger:
    """The table ``readings`` and what is kept in step with it. Writes belong inside the caller's transaction."""

    def __init__(self, db: sqlite3.Connection, now: Callable[[], str]) -> None:
        self._db = db
        self._now = now
        self._queue = Queue(db)

    def add(self, reading: Reading) -> None:
        """Write one reading; its capture waits no longer."""
        self._db.execute(
            "insert into readings (capture, payload, document, reader, rules, outcome, reason, flags, version, "
            "visible_digest, found, card, again, read_at) values (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                reading.capture["id"],
                reading.capture["payload"],
                reading.document,
                reading.reader,
                reading.rules,
                reading.outcome,
                reading.reason,
                json.dumps(reading.flags, ensure_ascii=False),
                reading.version,
                reading.visible_digest,
                reading.found,
                reading.card,
                int(reading.again),
                self._now(),
            ),
        )
        # A file that waits to be read waits on: it is a sighting of its documents before.
        if reading.capture["kind"] != "attachment":
            self._queue.remove(reading.capture["id"])

    def finish(self, reading: Reading) -> None:
        """Write a reading of an article, and bring its document and its story in step."""
        self.add(reading)
        if reading.document is None:
            return
        capture = reading.capture
        if capture["kind"] == "article" and not reading.again:
            note_look(self._db, reading.document, capture, reading.outcome)
        if reading.outcome is Outcome.CHANGED or reading.again or self._came_late(reading):
            self._retell(reading)
        state = settle(self._db, reading.document, capture, reading.outcome)
        if reading.version is not None:
            self._saw_addresses(reading.document, capture)
        if reading.outcome in (Outcome.BLOCKED, Outcome.GONE) or self._is_newly_doubted(reading):
            name = "absent" if reading.outcome is Outcome.GONE else str(reading.outcome)
            self._event(name, reading, {"reason": reading.reason})
        self._tell_standing(reading, state)
        if reading.outcome is Outcome.NEW:
            for absent in absent_with_text_of(self._db, reading.document):
                before, now = settle_absent(self._db, absent)
                if before != now:
                    self._tell_standing(replace(reading, document=absent, outcome=Outcome.GONE), now)

    def _is_newly_doubted(self, reading: Reading) -> bool:
        """Return whether a page was quarantined that was not at the look before, or for another reason."""
        if reading.outcome is not Outcome.QUARANTINED:
            return False
        before = self._db.execute(
            f"select outcome, reason from readings where document = ? and capture != ? and {IS_LOOK} "
            "order by id desc limit 1",
            (reading.document, reading.capture["id"]),
        ).fetchone()
        return before is None or (before["outcome"], before["reason"]) != (reading.outcome, reading.reason)

    def _tell_standing(self, reading: Reading, state: State) -> None:
        """Make an event of what a document's state says that was not the last thing said of it."""
        assert reading.document is not None
        last, said = self._last_told(reading.document)
        was_away = last in ("withdrawn", "replaced") or (last == "moved" and "first_absent" in said)
        if was_away and reading.outcome in PRESENT and state in (State.LIVE, State.MOVED):
            self._event("restored", reading, {})
        details: dict[str, object] = {}
        if state is State.WITHDRAWN:
            details = dict(bounds_of_absence(self._db, reading.document))
        elif state is State.REPLACED and (other := replacement(self._db, reading.document)):
            details = dict(other.bounds)
        elif state is State.MOVED and reading.outcome in PRESENT:
            details = {"to": reading.capture["url"]}
        elif state is State.MOVED and (there := elsewhere(self._db, reading.document)):
            details = {"to": there["url"], **bounds_of_absence(self._db, reading.document)}
        if details and (last, said) != (str(state), details):
            self._event(str(state), reading, details)

    def _last_told(self, document: int) -> tuple[str | None, dict[str, object]]:
        row = self._db.execute(
            "select kind, details from events where document = ? and kind in ('withdrawn', 'replaced', 'moved', 'restored') "
            "order by id desc limit 1",
            (document,),
        ).fetchone()
        return (row["kind"], json.loads(row["details"])) if row else (None, {})

    def tell(self, document: int) -> None:
        """Work out a document's story anew, and make an event of each change that was not known."""
        for at in retell(self._db, document)[0]:
            capture = self._db.execute("select * from captures where id = ?", (at,)).fetchone()
            add_event(
                self._db,
                "edited",
                at=capture["captured_at"],
                site=capture["site"],
                document=document,
                capture=at,
                crawl=capture["crawl"],
                details={"to_capture": at},
            )

    def _retell(self, reading: Reading) -> None:
        """Tell of the changes that a reading shows, and once that a page shows two wordings by turns."""
        assert reading.document is not None
        new, is_unstable = retell(self._db, reading.document)
        for at in new:
            self._event("edited", reading, {"to_capture": at})
        if is_unstable and not is_known_unstable(self._db, reading.document):
            self._event("unstable", reading, {})

    def _came_late(self, reading: Reading) -> bool:
        """Return whether a sighting stands between two that are known: it narrows the bounds of a change."""
        later = self._db.execute(
            "select 1 from readings r join captures c on c.id = r.capture where r.document = ? "
            "and r.version is not null and c.captured_at > ? limit 1",
            (reading.document, reading.capture["captured_at"]),
        ).fetchone()
        return reading.version is not None and later is not None

    def _event(self, kind: str, reading: Reading, details: Mapping[str, object]) -> None:
        add_event(
            self._db,
            kind,
            at=reading.capture["captured_at"],
            site=reading.capture["site"],
            document=reading.document,
            capture=reading.capture["id"],
            crawl=reading.capture["crawl"],
            details=details,
        )

    def _saw_addresses(self, document: int, capture: sqlite3.Row) -> None:
        saw_address(self._db, document, capture["url"], capture["captured_at"])
        if capture["redirected_from"] is not None:
            saw_address(self._db, document, asked_url(self._db, capture["id"]), capture["captured_at"])
