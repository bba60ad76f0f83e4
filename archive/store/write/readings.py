"""Recording readings: a version if the state is new, an event if something is odd.

Everything that follows from one capture is written in the caller's one transaction, the search index
included.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace

from archive import CHEAP
from archive.errors import NotCanonical
from archive.exchange import SECOND_NAME, is_unfollowed, target_of
from archive.model import (
    Article,
    Cause,
    Exchange,
    Job,
    Outcome,
    Prepared,
    ReadingResult,
    Rows,
    Site,
    Unreadable,
)
from archive.relations import Connections
from archive.store.file.queue import was_given_later
from archive.store.schedule.listings import counted
from archive.store.write import breaker, works
from archive.store.write.attachments import Editions
from archive.store.write.comparisons import compare_new
from archive.store.write.connections import keep as keep_connections
from archive.store.write.documents import (
    card_json,
    document_url,
    doubted_title,
    ensure_document,
    note_card_change,
    note_doubted_title,
    title_put_aside,
)
from archive.store.write.judging import (
    OTHER_TEXT,
    Judging,
    known_soft_404_reason,
    looks_that_waited,
    quarantined_json,
    reason_for_quarantine,
    soft_404_reason,
)
from archive.store.write.ledger import Ledger, Reading, cause_of_new
from archive.store.write.looks import (
    flags_of_page,
    has_parts,
    is_read_in_full,
    known_reading,
    last_good,
    outcome_against_previous,
    part_captures,
)
from archive.store.write.versions import ensure_version, file_url, files_at
from archive.trust.judgement import WAITS
from archive.trust.signs import change_signs
from archive.urls import canonical_url, first_part

ONLY_CHEAP = "reader_time: read only cheaply, the version before stands"
# The page shows its version, and beside it lines that a person refused for the whole site.
REFUSED_LINES = "refused_lines"
_WITHOUT_VERSION = (Outcome.UNREADABLE, Outcome.QUARANTINED, Outcome.BLOCKED, Outcome.GONE)


class Readings:
    """The readings of one archive. Writes belong inside the caller's transaction."""

    def __init__(self, db: sqlite3.Connection, reader: str, now: Callable[[], str]) -> None:
        self._db = db
        self._reader = reader
        self._now = now
        self._ledger = Ledger(db, now)
        self.states = self._ledger.states
        self.editions = Editions(db, self._ledger, now)
        self._judging = Judging(db, self._ledger, self.editions, now)
        self.breaker = breaker.Breaker(db, now)

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
        if (
            exchange.kind != "article"
            or outcome is Outcome.REDIRECTED
            or exchange.part_of is not None
            or SECOND_NAME in exchange.flags
        ):
            self._ledger.add(reading)
            if is_unfollowed(exchange):
                self._sent(exchange, row, declared)
            return
        document = self.document_of(row, declared)
        if document is None:
            self._ledger.add(reading)
            return
        inherited = last_good(self._db, document, capture) if outcome is Outcome.NOT_MODIFIED else None
        if inherited:
            reading = replace(
                reading,
                reader=inherited["reader"],
                rules=inherited["rules"],
                version=inherited["version"],
                flags=self._flags_again(inherited),
            )
        self._finish(replace(reading, document=document))

    def end_of(self, capture: int) -> tuple[Outcome | None, str | None]:
        """Return the outcome of a capture and its reason; None while it waits to be read."""
        row = self._db.execute(
            "select outcome, reason from readings where capture = ? and again = 0", (capture,)
        ).fetchone()
        return (Outcome(row["outcome"]), row["reason"]) if row else (None, None)

    def _sent(self, exchange: Exchange, capture: sqlite3.Row, declared: Site | None) -> None:
        """Note where an article's address led, and fold its looks again if it is a document's."""
        target = target_of(exchange)
        try:
            asked = document_url(self._db, capture, declared)
            led = first_part(target or "", declared) if declared else canonical_url(target or "")
        except NotCanonical:
            return
        if asked is None or asked == led:
            return
        self._db.execute(
            "insert into redirects (url, captured_at, capture, status, target) values (?, ?, ?, ?, ?)",
            (asked, exchange.captured_at, capture["id"], exchange.status, led),
        )
        self.states.note_redirect(asked, capture["id"], exchange.captured_at)

    def same_payload(self, capture: int, *, rules: int, declared: Site | None) -> Outcome | None:
        """Record a capture whose payload this reader has read by these rules; None when it has not."""
        row = self._capture(capture)
        url = document_url(self._db, row, declared)
        known = known_reading(self._db, row, url, reader=self._reader, rules=rules)
        if known is None or has_parts(self._db, row["url"]) or doubted_title(known["found"]):
            return None
        if known["version"] is not None and (
            # A change to be counted with the others, or a page that has turned out to stand in for articles.
            self.breaker.would_hold(row, known["document"], known["version"])
            or known_soft_404_reason(self._db, row, known, declared)
        ):
            return None
        reading = Reading(
            capture=row,
            document=known["document"],
            reader=self._reader,
            rules=rules,
            outcome=Outcome(known["outcome"]),
            reason=known["reason"],
            flags=self._flags_again(known),
            version=known["version"],
            visible_digest=known["visible_digest"],
            found=known["found"],
            card=known["card"],
        )
        if reading.version is not None:
            reading = self._with_files(reading, reading.version)
        self._finish(reading)
        return reading.outcome

    def record(self, job: Job, reading_result: ReadingResult, *, declared: Site | None) -> Outcome | None:
        """Record the result of a reader, and return the outcome; None while the breaker holds it back."""
        row = self._capture(job.capture)
        reading = Reading(
            capture=row,
            reader=self._reader,
            rules=job.rules,
            outcome=Outcome.LISTING,
            visible_digest=reading_result.visible_digest,
            again=job.again,
        )
        if row["kind"] == "listing":
            assert isinstance(reading_result.result, Rows | Unreadable)
            return self._list(reading, reading_result.result)
        document = self.document_of(row, declared)
        assert document is not None, f"capture {job.capture} has an address that names no document"
        reading = replace(reading, document=document)
        outcome = self._article(reading, job, reading_result, declared)
        if not job.again and outcome in _WITHOUT_VERSION:
            for part in part_captures(self._db, job.capture):
                why = f"a page of capture {job.capture}"
                self._ledger.add(replace(reading, capture=self._capture(part), outcome=outcome, reason=why))
        return outcome

    def _list(self, reading: Reading, result: Rows | Unreadable) -> Outcome:
        if isinstance(result, Rows):
            counts = counted(result, reading.capture["captured_at"])
            reading = replace(reading, flags=result.flags, found=json.dumps(counts))
        else:
            reading = replace(reading, outcome=result.outcome, reason=result.reason, flags=result.flags)
        self._ledger.add(reading)
        return reading.outcome

    def _article(
        self, reading: Reading, job: Job, reading_result: ReadingResult, declared: Site | None
    ) -> Outcome | None:
        result, document = reading_result.result, reading.document
        assert document is not None
        if result is None:
            return self._as_read_before(reading, reading_result, declared)
        if isinstance(result, Unreadable):
            reading = replace(reading, flags=result.flags, found=result.claims_json)
            return self._without_text(reading, result.outcome, result.reason)
        assert isinstance(result, Article) and reading_result.prepared is not None
        if CHEAP in result.flags:
            # Kept under another name, so that it differs from, and is never compared with, the full reader's.
            reading = replace(reading, reader=f"{reading.reader} {CHEAP}", flags=result.flags)
            if is_read_in_full(self._db, document):
                return self._without_text(reading, Outcome.UNREADABLE, ONLY_CHEAP)
        if not job.again and (reason := soft_404_reason(self._db, reading.capture, reading_result, declared)):
            return self._without_text(replace(reading, flags=()), Outcome.GONE, reason)
        return self._judged(reading, job, result, reading_result)

    def _judged(
        self, reading: Reading, job: Job, article: Article, reading_result: ReadingResult
    ) -> Outcome | None:
        """Record an article as a version, as quarantined until a person decides, or as waiting."""
        document, capture = reading.document, reading.capture
        assert document is not None and reading_result.prepared is not None
        flags = tuple(dict.fromkeys((*article.flags, *reading_result.signs)))
        reading = replace(reading, flags=flags, found=title_put_aside(article))
        parts = part_captures(self._db, job.capture)
        reason = reason_for_quarantine(self._db, document, capture["captured_at"], reading_result)
        edit = None if reason else breaker.edit_alone(self._db, document, article)
        version = self.breaker.version_beside_refused(document, edit)
        if version is not None:
            reading = replace(reading, flags=(*reading.flags, REFUSED_LINES))
            return self._shows(self._with_files(reading, version), card_json(article), parts)
        state = reading_result.prepared.state_digest
        # A different text at one address may be one of many. That is decided first, on the whole run.
        may_be_many = reason in (None, OTHER_TEXT)
        if may_be_many and self.breaker.is_doubted(capture["id"], document, state, edit):
            reason, may_be_many = breaker.REASON, False
        if may_be_many and not job.again and self.breaker.holds(capture, document, state, edit):
            return None
        if reason:
            reading = replace(reading, found=quarantined_json(article, reading_result.prepared))
            return self._without_text(reading, Outcome.QUARANTINED, reason)
        if not job.again and not set(WAITS).isdisjoint(reading_result.signs):
            return self._confirmed(reading, article, reading_result.prepared, parts)
        return self.accept(
            reading, article, reading_result.prepared, parts=parts, connections=reading_result.connections
        )

    def _confirmed(self, reading: Reading, article: Article, prepared: Prepared, parts: list[int]) -> Outcome:
        """Record a state that had to be seen twice: the looks that waited for this one showed it, too."""
        assert reading.document is not None
        capture = reading.capture
        waited = looks_that_waited(self._db, reading.document, capture["captured_at"], prepared.state_digest)
        for look in {row["capture"]: row for row in waited}.values():
            earlier = replace(reading, capture=self._capture(look["capture"]), again=True, found=None,
                              reader=look["reader"], rules=look["rules"], outcome=Outcome.CHANGED)  # fmt: skip
            parts_shown = part_captures(self._db, look["capture"])
            self.accept(earlier, article, prepared, parts=parts_shown, cause=Cause.SOURCE)
        outcome = Outcome.CHANGED if waited else None
        return self.accept(reading, article, prepared, parts=parts, cause=Cause.SOURCE, outcome=outcome)

    def _as_read_before(
        self, reading: Reading, reading_result: ReadingResult, declared: Site | None
    ) -> Outcome:
        """Record a page that repeats a reading by the same rules."""
        same = self._db.execute(
            "select document, version, flags, card, visible_digest from readings where document = ? and visible_digest = ? and reader = ? "
            "and rules = ? and version is not null order by id desc limit 1",
            (reading.document, reading_result.visible_digest, reading.reader, reading.rules),
        ).fetchone()
        if reason := known_soft_404_reason(self._db, reading.capture, same, declared):
            return self._without_text(reading, Outcome.GONE, reason)
        reading = self._with_files(reading, same["version"])
        self._finish(replace(reading, flags=self._flags_again(same), card=same["card"]))
        return reading.outcome

    def _flags_again(self, known: sqlite3.Row) -> tuple[str, ...]:
        """Return the flags of a look that repeats a known reading.

        They are the flags of its page, and those of the change it now shows.
        """
        if known["version"] is None:
            return tuple(json.loads(known["flags"]))
        texts = self._db.execute(
            "select v.text, n.text as now from versions v, documents d, versions n where v.id = ? and d.id = ? "
            "and n.id = d.current and n.id != v.id",
            (known["version"], known["document"]),
        ).fetchone()
        of_page = flags_of_page(json.loads(known["flags"]))
        return (*of_page, *change_signs(texts["text"], texts["now"])) if texts else of_page

    def _without_text(self, reading: Reading, outcome: Outcome, reason: str | None) -> Outcome:
        self._finish(replace(reading, outcome=outcome, reason=reason))
        return outcome

    def accept(self, reading: Reading, article: Article, prepared: Prepared, *,
               parts: list[int] | None = None, cause: Cause | None = None, outcome: Outcome | None = None,
               connections: Connections | None = None) -> Outcome:  # fmt: skip
        """Find or add the version of a trusted article, and record the reading that shows it."""
        assert reading.document is not None
        captures = [reading.capture["id"], *(parts or [])]
        urls = [file_url(link.url) for link in article.attachments]
        version, is_new = ensure_version(
            self._db,
            reading.document,
            article,
            prepared,
            captures=captures,
            cause=cause or cause_of_new(self._db, reading),
            reader=reading.reader,
            rules=reading.rules,
            at=self._now(),
            files=files_at(self._db, urls, reading.capture["captured_at"]),
        )
        outcome = outcome or outcome_against_previous(self._db, reading.document, reading.capture, version)
        self._shows(replace(reading, version=version, outcome=outcome), card_json(article), parts or [])
        if is_new and connections is not None:
            keep_connections(self._db, version, connections)
        if is_new:
            compare_new(self._db, version, at=self._now())
        return outcome

    def _shows(self, reading: Reading, card: str | None, parts: list[int]) -> Outcome:
        """Record an article that shows a version, and its further pages."""
        if reading.found and reading.document is not None and not reading.again:
            title = self._db.execute(
                "select title from versions where id = ?", (reading.version,)
            ).fetchone()[0]
            note_doubted_title(self._db, reading.document, reading.capture, reading.found, title)
        self._finish(replace(reading, card=card))
        for part in parts:
            self._ledger.add(replace(reading, capture=self._capture(part), visible_digest=None, card=None))
        return reading.outcome

    def _finish(self, reading: Reading) -> None:
        if reading.card is not None and reading.document is not None and not reading.again:
            note_card_change(self._db, reading.document, reading.capture, reading.card)
        if reading.again and reading.version is not None:
            self._with_not_modified(reading)
        is_learned = self._is_learned_late(reading)
        self._ledger.finish(reading)
        if reading.document is not None and reading.version is not None:
            cause = Cause.READING if reading.again else Cause.SOURCE
            self.editions.after_page(reading.document, reading.capture, cause)
            if reading.again or reading.outcome in (Outcome.NEW, Outcome.CHANGED):
                works.tie(self._db, reading.document, at=self._now())

        if is_learned and reading.document is not None:
            self._judging.rejudge(reading.document, by=reading.capture["id"])
            self._ledger.align_title_and_card_events(reading.document, by=reading.capture["id"])

    def _is_learned_late(self, reading: Reading) -> bool:
        """Return whether a reading is of an article that came before a known one."""
        capture = reading.capture
        if reading.document is None or capture["kind"] != "article" or capture["payload"] is None:
            return False
        if reading.again:
            return was_given_later(self._db, capture["id"])
        return self._ledger.states.is_late(reading.document, capture)

    def _with_not_modified(self, reading: Reading) -> None:
        """Let the 304s that followed a page show today's reading of it: the server said it was the same."""
        rows = self._db.execute(
            "select c.* from captures c join readings r on r.capture = c.id where r.document = :document "
            "and c.kind = 'article' and c.status = 304 and r.version is not null and c.captured_at >= :at "
            "and c.captured_at < coalesce((select min(n.captured_at) from captures n join readings m on m.capture = n.id "
            "  where m.document = :document and n.kind = 'article' and n.payload is not null and n.id != :capture "
            "  and m.version is not null and n.captured_at > :at), '9') group by c.id order by c.captured_at, c.id",
            {
                "document": reading.document,
                "at": reading.capture["captured_at"],
                "capture": reading.capture["id"],
            },
        ).fetchall()
        flags = flags_of_page(reading.flags)
        for row in rows:
            self._ledger.add(
                replace(reading, capture=row, outcome=Outcome.NOT_MODIFIED, card=None, flags=flags)
            )

    def _with_files(self, reading: Reading, version: int) -> Reading:
        """Return a reading of a page that shows what a version says, with the attached files of that time."""
        with_files = self.editions.version(version, reading.capture, Cause.SOURCE)
        outcome = outcome_against_previous(self._db, reading.document, reading.capture, with_files)
        return replace(reading, version=with_files, outcome=outcome)

    def document_of(self, capture: sqlite3.Row, declared: Site | None) -> int | None:
        """Return the document a capture shows: that of the address asked first, whatever the page claims."""
        url = document_url(self._db, capture, declared)
        if url is None:
            return None
        return ensure_document(
            self._db, url=url, site=capture["site"], declared=declared, at=capture["captured_at"]
        )

    def _capture(self, capture: int) -> sqlite3.Row:
        row: sqlite3.Row = self._db.execute("select * from captures where id = ?", (capture,)).fetchone()
        return row
