"""Documents kept in step with their attached files: a replaced file makes a version, seen at its own capture.

Everything is worked out from the sightings, so that a file that arrives late (a replay) gives the same versions
as one that came in its time: only the later sightings of the document are then told anew.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from typing import Any

from archive.models import Cause, Outcome
from archive.store.documents.attached import files_at, state_with_files, urls_of
from archive.store.documents.documents import stand
from archive.store.documents.ledger import Ledger, Reading
from archive.store.documents.superseded import put_readings_aside
from archive.store.documents.transitions import summarise
from archive.store.documents.versions import article_of, ensure_version, prepared_of


class Editions:
    """The versions that attached files make. Writes belong inside the caller's transaction."""

    def __init__(self, db: sqlite3.Connection, ledger: Ledger, now: Callable[[], str]) -> None:
        self._db = db
        self._ledger = ledger
        self._now = now

    def version(self, version: int, capture: sqlite3.Row, cause: Cause) -> int:
        """Return the version that a page's version is with the files as they were at a capture."""
        urls = urls_of(self._db, version)
        if not urls:
            return version
        row = self._db.execute("select * from versions where id = ?", (version,)).fetchone()
        files = files_at(self._db, urls, capture["captured_at"])
        page = row["page_digest"] or row["state_digest"]
        if state_with_files(page, files.replaced) == row["state_digest"]:
            return version
        captures = list(dict.fromkeys([*json.loads(row["captures"]), capture["id"]]))
        found, _ = ensure_version(
            self._db,
            row["document"],
            article_of(self._db, row),
            prepared_of(row, page),
            captures=captures,
            cause=cause,
            reader=row["reader"],
            rules=row["rules"],
            at=self._now(),
            files=files,
        )
        return found

    def tell(self, document: int) -> None:
        """Tell a document's changes anew: the text of a file that changed has become known."""
        summarise(self._db, document)

    def narrow(self, document: int, capture: int) -> None:
        """Tell a document's changes anew: a file that was seen late bounds them, though it changed nothing."""
        self._ledger.tell(document, capture)

    def after_page(self, document: int, capture: sqlite3.Row, cause: Cause) -> None:
        """Tell the sightings of its files that follow a page anew, when the page came late or was read after them."""
        later = self._db.execute(
            "select 1 from attachments a join versions v on v.id = a.version "
            "join attachment_sightings s on s.url = a.url join captures c on c.id = s.capture "
            "where v.document = ? and c.captured_at > ? limit 1",
            (document, capture["captured_at"]),
        ).fetchone()
        if later:
            self.bring_in_step(
                document, capture["captured_at"], cause=cause, until=self._next_page(document, capture)
            )

    def bring_in_step(self, document: int, since: str, *, cause: Cause, until: str = "9") -> None:
        """Set the sightings of a document from a moment on, and up to another, against the files of their time."""
        base: dict[str, Any] | None = None
        standing: int | None = None
        news: int | None = None
        for sighting in self._sightings(document):
            if sighting["captured_at"] >= until:
                break
            if sighting["kind"] == "article":
                base = sighting
            if base is None:
                continue
            if sighting["captured_at"] < since:
                standing = sighting["version"] or standing
                continue
            capture = self._capture(sighting["capture"])
            version = self.version(base["version"], capture, cause)
            if _is_news(sighting, base, version, standing):
                self._ledger.add(_reading(base, capture, document, version))
                news = capture["id"]
            standing = version
        if news is not None:
            stand(self._db, document)
            self._ledger.tell(document, news)

    def set_aside(self, document: int, *, by: int) -> None:
        """Set the sightings of a document's files against its pages anew, after readings of pages were put aside."""
        rows = self._db.execute(
            "select r.id from readings r join captures c on c.id = r.capture where r.document = ? "
            "and c.kind = 'attachment' and r.version is not null",
            (document,),
        ).fetchall()
        put_readings_aside(self._db, rows, by=by)
        if rows:
            self.bring_in_step(document, "", cause=Cause.SOURCE)

    def _next_page(self, document: int, capture: sqlite3.Row) -> str:
        row = self._db.execute(
            "select min(c.captured_at) from readings r join captures c on c.id = r.capture where r.document = ? "
            "and r.version is not null and c.kind = 'article' and c.captured_at > ?",
            (document, capture["captured_at"]),
        ).fetchone()
        return row[0] or "9"

    def _sightings(self, document: int) -> list[dict[str, Any]]:
        """Return the captures that showed a version, each by its last reading, and those of its files; in order."""
        rows = self._db.execute(
            "select r.capture, r.version, r.reader, r.rules, r.flags, c.captured_at, c.kind from readings r "
            "join captures c on c.id = r.capture where r.id in (select max(s.id) from readings s "
            "  where s.document = ? and s.version is not null group by s.capture)",
            (document,),
        ).fetchall()
        sightings = {row["capture"]: dict(row) for row in rows}
        for row in self._db.execute(
            "select distinct c.id, c.captured_at from attachments a join versions v on v.id = a.version "
            "join attachment_sightings s on s.url = a.url join captures c on c.id = s.capture where v.document = ?",
            (document,),
        ):
            unread = {"capture": row["id"], "captured_at": row["captured_at"], "kind": "attachment"}
            unread |= {"version": None, "reader": None, "rules": None, "flags": "[]"}
            sightings.setdefault(row["id"], unread)
        return sorted(sightings.values(), key=lambda one: (one["captured_at"], one["capture"]))

    def _capture(self, capture: int) -> sqlite3.Row:
        row: sqlite3.Row = self._db.execute("select * from captures where id = ?", (capture,)).fetchone()
        return row


def _is_news(sighting: dict[str, Any], base: dict[str, Any], version: int, standing: int | None) -> bool:
    if sighting["version"] is None:
        return version != standing
    by_another = (sighting["reader"], sighting["rules"]) != (base["reader"], base["rules"])
    return version != sighting["version"] or by_another


def _reading(base: dict[str, Any], capture: sqlite3.Row, document: int, version: int) -> Reading:
    return Reading(
        capture=capture,
        reader=base["reader"],
        rules=base["rules"],
        outcome=Outcome.CHANGED,
        flags=tuple(json.loads(base["flags"])),
        document=document,
        version=version,
        again=True,
    )
