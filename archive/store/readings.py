"""Recording what readers found: a reading, a version if the state is new, an event if something is odd.

Everything one capture leads to is written in the caller's one transaction, the search index included.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace

from archive import CHEAP
from archive.clock import seconds_between
from archive.models import Article, Cause, Exchange, Found, Job, Outcome, Prepared, Rows, Site, Unreadable
from archive.store.captures import asked_url
from archive.store.documents import bounds_of_absence, document_url, ensure_document, saw_address, settle
from archive.store.events import add_event
from archive.store.transitions import retell
from archive.store.versions import ensure_version

# A text that shrank to less than half becomes a version at a second sighting, this long after the first.
SHRUNKEN_REST = 24 * 3600.0
ONLY_CHEAP = "reader_time: read only cheaply, the version before stands"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One row of ``readings`` about to be written."""

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
    again: bool = False


class Readings:
    """The readings of one archive. Writes belong inside the caller's transaction."""

    def __init__(self, db: sqlite3.Connection, reader: str, now: Callable[[], str]) -> None:
        self._db = db
        self._reader = reader
        self._now = now

    def at_once(self, exchange: Exchange, capture: int, outcome: Outcome, reason: str | None,
                *, rules: int, declared: Site | None) -> None:  # fmt: skip
        """Record an outcome that needs no reader: hops, 304s, errors, robots.txt, refusals of the server."""
        row = self._capture(capture)
        reading = Reading(
            capture=row,
            reader=self._reader,
            rules=rules,
            outcome=outcome,
            reason=reason,
            flags=exchange.flags,
        )
        if exchange.kind != "article" or outcome is Outcome.REDIRECTED or exchange.part_of is not None:
            self._add(reading)
            return
        document = self.document_of(row, declared)
        if document is None:
            self._add(reading)
            return
        inherited = self._last_good(document, capture) if outcome is Outcome.NOT_MODIFIED else None
        if inherited:
            reading = replace(
                reading,
                reader=inherited["reader"],
                rules=inherited["rules"],
                version=inherited["version"],
                flags=tuple(json.loads(inherited["flags"])),
            )
        self._finish(replace(reading, document=document))

    def same_payload(self, capture: int, *, rules: int, declared: Site | None) -> Outcome | None:
        """Record a capture whose payload this reader has read by these rules already; None when it has not."""
        row = self._capture(capture)
        known = self._db.execute(
            "select r.* from readings r join captures c on c.id = r.capture left join documents d on d.id = r.document "
            "where r.payload = ? and r.reader = ? and r.rules = ? and c.url = ? and d.url is ? "
            "and r.outcome not in ('failed', 'quarantined') and coalesce(r.reason, '') not like 'reader\\_%' escape '\\' "
            "order by r.id desc limit 1",
            (row["payload"], self._reader, rules, row["url"], document_url(self._db, row, declared)),
        ).fetchone()
        if known is None or self.has_parts(row["url"]):
            return None
        reading = Reading(
            capture=row,
            document=known["document"],
            reader=self._reader,
            rules=rules,
            outcome=Outcome(known["outcome"]),
            reason=known["reason"],
            flags=tuple(json.loads(known["flags"])),
            version=known["version"],
            visible_digest=known["visible_digest"],
            found=known["found"],
        )
        if reading.version is not None:
            outcome = self._against_previous(reading.document, row, reading.version)
            reading = replace(reading, outcome=outcome)
        self._finish(reading)
        return reading.outcome

    def record(self, job: Job, found: Found, *, declared: Site | None) -> Outcome:
        """Record what a reader made of a capture, and return its outcome."""
        row = self._capture(job.capture)
        reading = Reading(
            capture=row,
            reader=self._reader,
            rules=job.rules,
            outcome=Outcome.LISTING,
            visible_digest=found.visible_digest,
            again=job.again,
        )
        result = found.result
        if isinstance(result, Rows):
            counted = {
                "links": len(result.links),
                "announced": result.announced,
                "left_out": result.left_out,
                "newest": max((link.date for link in result.links), default=""),
                "shell_of": list(result.pages) if result.is_shell else [],
            }
            self._add(replace(reading, flags=result.flags, found=json.dumps(counted)))
            return Outcome.LISTING
        if row["kind"] == "listing":
            assert isinstance(result, Unreadable)
            self._add(replace(reading, outcome=result.outcome, reason=result.reason, flags=result.flags))
            return result.outcome
        document = self.document_of(row, declared)
        assert document is not None, f"capture {job.capture} has an address that names no document"
        reading = replace(reading, document=document)
        outcome = self._article(reading, job, found)
        if not job.again and outcome in (
            Outcome.UNREADABLE,
            Outcome.QUARANTINED,
            Outcome.BLOCKED,
            Outcome.GONE,
        ):
            for part in self.part_captures(job.capture):
                why = f"a page of capture {job.capture}"
                self._add(replace(reading, capture=self._capture(part), outcome=outcome, reason=why))
        return outcome

    def _article(self, reading: Reading, job: Job, found: Found) -> Outcome:
        result = found.result
        if result is None:
            same = self._db.execute(
                "select version, flags from readings where document = ? and visible_digest = ? and reader = ? "
                "and rules = ? and version is not null order by id desc limit 1",
                (reading.document, found.visible_digest, reading.reader, reading.rules),
            ).fetchone()
            outcome = self._against_previous(reading.document, reading.capture, same["version"])
            flags = tuple(json.loads(same["flags"]))
            self._finish(replace(reading, version=same["version"], flags=flags, outcome=outcome))
            return outcome
        if isinstance(result, Unreadable):
            reading = replace(reading, outcome=result.outcome, reason=result.reason, flags=result.flags)
            self._finish(reading)
            return reading.outcome
        assert isinstance(result, Article) and found.prepared is not None
        if CHEAP in result.flags:
            # By its own name: it can be told from, and is never set against, what the full reader makes.
            reading = replace(reading, reader=f"{reading.reader} {CHEAP}")
            if self._is_read_in_full(reading.document):
                reading = replace(reading, outcome=Outcome.UNREADABLE, reason=ONLY_CHEAP, flags=result.flags)
                self._finish(reading)
                return reading.outcome
        reading = replace(reading, flags=tuple(dict.fromkeys((*result.flags, *found.signs))))
        reason = self._distrusted(reading, result, found)
        if reason:
            kept = json.dumps(
                {"article": asdict(result), "prepared": asdict(found.prepared)}, ensure_ascii=False
            )
            self._finish(replace(reading, outcome=Outcome.QUARANTINED, reason=reason, found=kept))
            return Outcome.QUARANTINED
        return self.accept(reading, result, found.prepared, parts=self.part_captures(job.capture))

    def accept(self, reading: Reading, article: Article, prepared: Prepared, *,
               parts: list[int] | None = None, cause: Cause | None = None) -> Outcome:  # fmt: skip
        """Make (or find) the version a trusted article is, and record the reading that says so."""
        assert reading.document is not None
        captures = [reading.capture["id"], *(parts or [])]
        version, _ = ensure_version(
            self._db,
            reading.document,
            article,
            prepared,
            captures=captures,
            cause=cause or self._cause(reading),
            reader=reading.reader,
            rules=reading.rules,
            at=self._now(),
        )
        outcome = self._against_previous(reading.document, reading.capture, version)
        self._finish(replace(reading, version=version, outcome=outcome))
        for part in parts or []:
            row = self._capture(part)
            self._add(replace(reading, capture=row, version=version, outcome=outcome, visible_digest=None))
        return outcome

    def _is_read_in_full(self, document: int | None) -> bool:
        row = self._db.execute(
            "select 1 from readings where document = ? and version is not null and reader not like ? limit 1",
            (document, f"% {CHEAP}"),
        ).fetchone()
        return row is not None

    def _cause(self, reading: Reading) -> Cause:
        """Return why a new version would exist: the source changed only if this very reading says so of two captures."""
        compared = self._db.execute(
            "select 1 from readings where document = ? and reader = ? and rules = ? and version is not null "
            "and capture != ? limit 1",
            (reading.document, reading.reader, reading.rules, reading.capture["id"]),
        ).fetchone()
        return Cause.SOURCE if compared and not reading.again else Cause.READING

    def _distrusted(self, reading: Reading, article: Article, found: Found) -> str | None:
        if not found.trusted:
            return ", ".join(found.signs)
        if "shrunken" not in found.signs or found.prepared is None:
            return None
        earlier = self._db.execute(
            "select c.captured_at from readings r join captures c on c.id = r.capture where r.document = ? "
            "and r.outcome = 'quarantined' and json_extract(r.found, '$.prepared.state_digest') = ? "
            "order by c.captured_at limit 1",
            (reading.document, found.prepared.state_digest),
        ).fetchone()
        rested = earlier and seconds_between(earlier[0], reading.capture["captured_at"]) >= SHRUNKEN_REST
        return None if rested else "shrunken"

    def _against_previous(self, document: int | None, capture: sqlite3.Row, version: int) -> Outcome:
        before = self._db.execute(
            "select r.version from readings r join captures c on c.id = r.capture where r.document = ? and "
            "r.version is not null and c.id != ? and c.captured_at <= ? order by c.captured_at desc, r.id desc limit 1",
            (document, capture["id"], capture["captured_at"]),
        ).fetchone()
        if before is None:
            later_ones = self._db.execute(
                "select 1 from readings where document = ? and version is not null and capture != ?",
                (document, capture["id"]),
            ).fetchone()
            return Outcome.CHANGED if later_ones else Outcome.NEW
        return Outcome.UNCHANGED if before["version"] == version else Outcome.CHANGED

    def _finish(self, reading: Reading) -> None:
        """Write a reading of an article, and bring its document and its story in step."""
        self._add(reading)
        if reading.document is None:
            return
        capture = reading.capture
        state_before = self._db.execute(
            "select state from documents where id = ?", (reading.document,)
        ).fetchone()[0]
        state = settle(self._db, reading.document, capture, reading.outcome)
        if reading.version is not None:
            self._saw_addresses(reading.document, capture)
        if reading.outcome is Outcome.CHANGED or reading.again or self._came_late(reading):
            for at in retell(self._db, reading.document):
                self._event("edited", reading, {"to_capture": at})
        if reading.outcome in (Outcome.QUARANTINED, Outcome.BLOCKED, Outcome.GONE):
            name = "absent" if reading.outcome is Outcome.GONE else str(reading.outcome)
            self._event(name, reading, {"reason": reading.reason})
        if state != state_before and state == "withdrawn":
            self._event("withdrawn", reading, bounds_of_absence(self._db, reading.document))
        if state != state_before and (state_before, state) == ("withdrawn", "live"):
            self._event("restored", reading, {})

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

    def _add(self, reading: Reading) -> None:
        self._db.execute(
            "insert into readings (capture, payload, document, reader, rules, outcome, reason, flags, version, "
            "visible_digest, found, again, read_at) values (?,?,?,?,?,?,?,?,?,?,?,?,?)",
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
                int(reading.again),
                self._now(),
            ),
        )
        self._db.execute("delete from queue where capture = ?", (reading.capture["id"],))

    def document_of(self, capture: sqlite3.Row, declared: Site | None) -> int | None:
        """Return the document a capture shows: that of the address asked first, whatever the page claims."""
        url = document_url(self._db, capture, declared)
        if url is None:
            return None
        return ensure_document(
            self._db, url=url, site=capture["site"], declared=declared, at=capture["captured_at"]
        )

    def has_parts(self, url: str) -> bool:
        """Return whether the last reading of an address found further pages of the article."""
        return (
            self._db.execute(
                "select 1 from parts p join captures c on c.id = p.capture where c.url = ? limit 1", (url,)
            ).fetchone()
            is not None
        )

    def part_captures(self, capture: int) -> list[int]:
        """Return the captures of an article's further pages, in order."""
        rows = self._db.execute(
            "select fetched from parts where capture = ? and fetched is not null order by number", (capture,)
        )
        return [row[0] for row in rows]

    def _last_good(self, document: int, capture: int) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._db.execute(
            "select r.* from readings r join captures c on c.id = r.capture where r.document = ? and "
            "r.version is not null and c.id != ? and c.captured_at <= (select captured_at from captures where id = ?) "
            "order by c.captured_at desc, r.id desc limit 1",
            (document, capture, capture),
        ).fetchone()
        return row

    def _capture(self, capture: int) -> sqlite3.Row:
        row: sqlite3.Row = self._db.execute("select * from captures where id = ?", (capture,)).fetchone()
        return row
