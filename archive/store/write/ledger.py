"""Writing readings, and what follows from them: the document's current version, state and events."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from archive.model import Cause, Outcome
from archive.state import DerivedEvent
from archive.store.file.queue import Queue, was_given_later
from archive.store.write.documents import (
    CARD_CHANGED,
    TITLE_PUT_ASIDE,
    card_events,
    derive_current_version,
    note_look,
    note_sighting,
    set_current_version,
    title_events,
)
from archive.store.write.looks import RecordedLook, flags_of_page
from archive.store.write.states import States, add_missing_events, align_events
from archive.store.write.transitions import derive_changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A row of ``readings`` to be written. ``card``: the page's card, None when no page was read."""

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
    """The table ``readings`` and what is kept in step with it.

    Writes belong inside the caller's transaction.
    """

    def __init__(self, db: sqlite3.Connection, now: Callable[[], str]) -> None:
        self._db = db
        self._now = now
        self._queue = Queue(db)
        self.states = States(db, self._inherit)

    def add(self, reading: Reading) -> int:
        """Write a reading and return its number; its capture no longer waits."""
        # The number of a reading that was put aside is not given again: the log of readings only grows.
        (last,) = self._db.execute(
            "select max((select coalesce(max(id), 0) from readings), "
            "(select coalesce(max(reading), 0) from superseded_readings))"
        ).fetchone()
        made = self._db.execute(
            "insert into readings (id, capture, payload, document, reader, rules, outcome, reason, flags, version, "
            "visible_digest, found, card, again, read_at) values (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                last + 1,
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
        # A file stays in the queue: its capture is a sighting of its documents before its text is read.
        if reading.capture["kind"] != "attachment":
            self._queue.remove(reading.capture["id"])
        assert made.lastrowid is not None
        return made.lastrowid

    def finish(self, reading: Reading) -> None:
        """Write a reading of an article, and update its document and its story."""
        number = self.add(reading)
        if reading.document is None:
            return
        document, capture = reading.document, reading.capture
        if capture["kind"] == "article" and not reading.again:
            note_look(self._db, document, capture, reading.outcome)
        is_late = self.states.is_late(document, capture)
        # This comes before the fold: a page that alternates between two wordings is flagged so.
        if reading.outcome is Outcome.CHANGED or (reading.version is not None and is_late):
            self._align_changes_with(
                reading, is_learned=not reading.again or was_given_later(self._db, capture["id"])
            )
        self.states.settle(document, capture, number)
        if reading.version is not None:
            note_sighting(self._db, document, capture)
        if is_late:
            derive_current_version(self._db, document)
        elif reading.version is not None:
            set_current_version(self._db, document, reading.version)

    def rederive(self, document: int, before: Sequence[RecordedLook], hanging: set[int], *, by: int) -> None:
        """Derive everything of a document again after readings were put aside.

        ``before``: its looks before that; ``hanging``: the documents that depended on them.
        """
        derive_current_version(self._db, document)
        self._align_change_events(document, by, is_learned=True)
        self.states.refold(document, before, hanging, by=by)
        derive_current_version(self._db, document)

    def align_title_and_card_events(self, document: int, *, by: int) -> None:
        """Align the events of a document's titles and cards after an earlier look became known."""
        for kind, news in ((TITLE_PUT_ASIDE, title_events), (CARD_CHANGED, card_events)):
            align_events(self._db, document, news(self._db, document), kinds=(kind,), since="", by=by)

    def rederive_changes(self, document: int, capture: int) -> None:
        """Derive a document's changes again after a sighting of one of its files, and align their events."""
        self._align_change_events(document, capture, is_learned=True)

    def _align_changes_with(self, reading: Reading, *, is_learned: bool) -> None:
        assert reading.document is not None
        self._align_change_events(reading.document, reading.capture["id"], is_learned=is_learned)

    def _align_change_events(self, document: int, capture: int, *, is_learned: bool) -> None:
        """Align the events with a document's changes, and with the alternation of two wordings.

        An event whose change no longer exists is superseded only if the site showed more (``is_learned``),
        not when known captures are only read again.
        """
        changes, unstable = derive_changes(self._db, document)
        news = [self._event("edited", at, {"to_capture": at}) for at in changes]
        if unstable is not None:
            news.append(self._event("unstable", unstable, {}))
        if is_learned:
            align_events(self._db, document, news, kinds=("edited", "unstable"), since="", by=capture)
        else:
            add_missing_events(self._db, document, news)

    def _event(self, kind: str, capture: int, details: dict[str, object]) -> DerivedEvent:
        at = self._db.execute("select captured_at from captures where id = ?", (capture,)).fetchone()[0]
        return DerivedEvent(kind=kind, at=at, capture=capture, details=details)

    def _inherit(self, document: int, capture: int, base: RecordedLook, version: int) -> None:
        """Note what a 304 showed that was recorded before the page it repeats was known."""
        row = self._db.execute("select * from captures where id = ?", (capture,)).fetchone()
        self.add(
            Reading(
                capture=row,
                reader=base.reader,
                rules=base.rules,
                outcome=Outcome.NOT_MODIFIED,
                flags=flags_of_page(json.loads(base.flags)),
                document=document,
                version=version,
                again=True,
            )
        )
        note_sighting(self._db, document, row)
        self._align_change_events(document, capture, is_learned=True)


def cause_of_new(db: sqlite3.Connection, reading: Reading) -> Cause:
    """Return the cause of a version that would be new.

    The source changed only if this very reading says so of two captures.
    """
    compared = db.execute(
        "select 1 from readings where document = ? and reader = ? and rules = ? and version is not null "
        "and capture != ? limit 1",
        (reading.document, reading.reader, reading.rules, reading.capture["id"]),
    ).fetchone()
    was_read_late = reading.again and not was_given_later(db, reading.capture["id"])
    return Cause.SOURCE if compared and not was_read_late else Cause.READING
