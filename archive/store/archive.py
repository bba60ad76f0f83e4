"""``Archive``: one archive held for writing.

What is acknowledged (a method that returned) has been committed with ``synchronous=FULL``: it survives the end of the
process and of the machine's power, as far as the disk does what it promises.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from archive import software
from archive.clock import Clock, clock_from
from archive.evidence.note import Note, Signer, parsed
from archive.exchange import immediate_outcome
from archive.model import (
    Article,
    Exchange,
    Job,
    KeptExchange,
    Kind,
    Outcome,
    ReadingResult,
    Rows,
    Site,
    Unreadable,
    Verdict,
)
from archive.store import READER_NAME
from archive.store.evidence import logs
from archive.store.file import connection
from archive.store.file.captures import (
    Validators,
    add_capture,
    add_event,
    asked_url,
    at_its_own_time,
    ensure_declaration,
    same_exchange,
    validators,
    with_completeness,
)
from archive.store.file.connection import MOST_LOG, log_size
from archive.store.file.lease import Lease
from archive.store.file.payloads import Packed, Payloads
from archive.store.file.queue import REASON as REPEATED_UNHELD
from archive.store.file.queue import Queue, Repeats
from archive.store.schedule.crawls import Crawls, Finding, keep_findings, note_peers
from archive.store.schedule.frontier import BUDGET_DELAY, Due, Frontier
from archive.store.schedule.listings import Listings
from archive.store.write.attachments import Attachments
from archive.store.write.connections import settle_some, unsettle
from archive.store.write.jobs import Jobs, Parts
from archive.store.write.looks import has_parts
from archive.store.write.readings import Readings
from archive.urls import is_further_page


class Archive:
    """One archive held for writing. Use ``Archive.open`` and close it: it holds the lease."""

    def __init__(self, db: sqlite3.Connection, *, clock: Clock, sites: Mapping[str, Site],
                 lease: Lease | None = None, backfill: bool = False, path: Path | None = None) -> None:  # fmt: skip
        self.db = db
        self.path = path
        self._log_alarm = MOST_LOG
        self.clock = clock
        self.sites = sites
        self._lease = lease
        self._rules: dict[tuple[str, Site | None], int] = {}
        self.crawls = Crawls(db)
        self.payloads = Payloads(db)
        self.frontier = Frontier(db, self._delay_of)
        self.readings = Readings(db, READER_NAME, clock.now)
        self.queue = Queue(db)
        self.repeats = Repeats(db, self.queue)
        self.jobs = Jobs(db, self.payloads, READER_NAME, self.ensure_rules, sites)
        self.parts = Parts(db, self.frontier, self.queue)
        self.listings = Listings(db, self.frontier, sites, backfill=backfill)
        self.attachments = Attachments(
            db, self.frontier, self.queue, self.readings.editions, sites, clock.now
        )

    @classmethod
    def open(cls, path: Path, *, holder: str, sites: Mapping[str, Site], create: bool = False,
             wait: float = 0, clock: Clock | None = None, backfill: bool = False) -> Archive:  # fmt: skip
        """Open an archive for writing and take its lease. Raise ArchiveMissing, ArchiveForeign or ArchiveBusy."""
        if not create and not path.exists():
            raise connection.missing(path)
        if not path.resolve().parent.is_dir():
            raise connection.missing(path)
        lease = Lease(path, wait=wait)
        try:
            db = connection.open_for_writing(path, create=create)
            clock = clock or clock_from()
            with connection.transaction(db):
                lease.sign(db, holder, clock.now())
        except BaseException:
            lease.release()
            raise
        return cls(db, clock=clock, sites=sites, lease=lease, backfill=backfill, path=path)

    def close(self) -> None:
        """Close the file and give the lease back."""
        self.db.close()
        if self._lease:
            self._lease.release()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Run a block as one transaction, or as a part of the one that is open."""
        if self.db.in_transaction:
            yield
            return
        try:
            with connection.transaction(self.db):
                yield
                settle_some(self.db)
        except BaseException:
            self.payloads.forget_dictionaries()
            self._rules.clear()
            raise

    def state_log(self, origin: str, signer: Signer | None = None) -> Note | None:
        """State what the archive holds, remember it and return it; None where nothing came since the last time."""
        with self.writing():
            logs.keep_tiles(self.db)
            stated = logs.state(self.db, signer.name if signer else origin)
            made = Note(stated.text())
            last = logs.last_checkpoint(self.db)
            if not stated.size or (last is not None and parsed(last).text == made.text):
                return None
            made = signer.signed(made) if signer else made
            logs.keep_checkpoint(self.db, stated, str(made), at=self.clock.now())
        return made

    def begin_crawl(self, site: str, command: str) -> int:
        """Open a crawl of one site and return its number."""
        with self.writing():
            rules, _ = self.ensure_rules(site)
            digest = self.db.execute("select digest from rules where id = ?", (rules,)).fetchone()[0]
            now = self.clock.now()
            return self.crawls.begin(site, command, at=now, software=software(), rules_digest=digest)

    def watch_log(self, site: str) -> None:
        """Make an event of a write-ahead log that outgrew its bound, once each time it doubles.

        A reader holds on to an old state of the file: it keeps nobody from writing, and the log from shrinking.
        """
        size = log_size(self.path) if self.path else 0
        if size > self._log_alarm:
            self._log_alarm = 2 * size
            self.event("log_grows", site=site, details={"megabytes": size >> 20})

    def end_crawl(self, crawl: int, verdict: Verdict, reasons: Iterable[str], *,
                  silent_since: str | None = None, pace: tuple[float, int] | None = None,
                  findings: Iterable[Finding] = (),
                  is_judged: Callable[[str, str | None], bool] | None = None) -> None:  # fmt: skip
        """Close a crawl with its verdict and what it found wrong. A crawl is closed once.

        ``pace``: the median seconds of its answers and their number. Without ``is_judged`` no finding opens or closes.
        """
        with self.writing():
            at = self.clock.now()
            site = self.db.execute("select site from crawls where id = ?", (crawl,)).fetchone()[0]
            if pace is not None:
                measured = {"median_seconds": pace[0], "exchanges": pace[1]}
                add_event(self.db, "pace", at=at, site=site, crawl=crawl, details=measured)
            note_peers(self.db, crawl, site, at=at)
            self.readings.states.settle_site(site)
            if is_judged is not None:
                keep_findings(self.db, site, crawl, findings, is_judged, at=at)
            self.crawls.end(
                crawl,
                verdict,
                reasons,
                self.crawls.counts(crawl),
                at=at,
                silent_since=silent_since,
            )

    def ensure_rules(self, site: str, captured_at: str = "") -> tuple[int, Site | None]:
        """Return the row of ``rules`` that holds a site's declaration (made if need be), and the declaration.

        It is the form by which what was captured at a moment is read; without a moment, today's.
        """
        declared = self.sites.get(site)
        form = declared.at(captured_at) if declared else None
        # Hashing a declaration takes long, and few have more than one form.
        key = site, form if declared and declared.earlier else None
        if key not in self._rules:
            self._rules[key] = ensure_declaration(self.db, site, form, at=self.clock.now())
        return self._rules[key], form

    def holds(self, exchange: Exchange) -> bool:
        """Return whether the record of a file that an exchange was read from is kept already."""
        return self.repeats.holds(exchange)

    def keep(self, exchange: Exchange, crawl: int, packed: Packed | None = None) -> KeptExchange:
        """Keep one exchange: its capture, its body, the outcome it has at once, and the frontier row that asked.

        ``packed`` is the body as it was compressed beforehand. One transaction. When this returns, the exchange will not be lost; when it raises, nothing was kept.
        """
        with self.writing():
            if exchange.led_by and exchange.redirected_from is None:
                exchange = self._led(exchange)
            exchange = with_completeness(self.db, self.payloads, exchange)
            known = same_exchange(self.db, exchange, crawl)
            if known is not None:
                outcome, reason = self.readings.end_of(known)
                return KeptExchange(capture=known, outcome=outcome, reason=reason)
            exchange = at_its_own_time(self.db, exchange, crawl)
            payload = self.repeats.payload(exchange.repeats) if exchange.repeats else None
            if payload:
                exchange = replace(exchange, body=self.payloads.get(payload))
            elif exchange.body:
                payload = self.payloads.keep(
                    exchange.body,
                    site=exchange.site,
                    url=exchange.url,
                    media_type=exchange.media_type,
                    at=exchange.captured_at,
                    packed=packed,
                )
            capture = add_capture(self.db, exchange, crawl, payload)
            given = self.repeats.note(exchange, capture, payload)
            outcome, reason = self._outcome_at_once(exchange, capture)
            is_first_miss = self.frontier.close(exchange, capture, outcome)
            if exchange.kind == Kind.LISTING and exchange.frontier is not None:
                self._after_list(exchange, outcome)
            if is_first_miss and outcome is Outcome.FAILED and exchange.kind == Kind.ARTICLE:
                self._note_unanswered(exchange, capture, crawl, reason)
            if exchange.kind == Kind.ATTACHMENT and outcome is not None:
                if reason != REPEATED_UNHELD:
                    self.attachments.note_exchange(exchange, capture, outcome, reason)
            elif outcome is not None:
                self.attachments.follow(capture)
            self.attachments.note_given(given)
        self.watch_log(exchange.site)
        return KeptExchange(capture=capture, outcome=outcome, reason=reason)

    def _led(self, exchange: Exchange) -> Exchange:
        """Return an exchange out of a file with the redirect that led to it, and the address that was asked."""
        hop = self.repeats.led_by(exchange)
        if hop is None:
            return exchange
        return replace(exchange, redirected_from=hop, asked=exchange.asked or asked_url(self.db, hop))

    def _outcome_at_once(self, exchange: Exchange, capture: int) -> tuple[Outcome | None, str | None]:
        rules, declared = self.ensure_rules(exchange.site, exchange.captured_at)
        known = immediate_outcome(exchange, declared.listings if declared else ())
        if known and known[0] is Outcome.UNREADABLE and exchange.repeats and not exchange.body:
            known = Outcome.UNREADABLE, REPEATED_UNHELD
        if known:
            self.readings.at_once(exchange, capture, *known, rules=rules, declared=declared)
            return known
        if exchange.part_of is not None:
            return None, None
        if exchange.kind == Kind.ARTICLE:
            same = self.readings.same_payload(capture, rules=rules, declared=declared)
            if same:
                return same, None
        self.queue.add(capture, later=is_further_page(exchange.url, declared))
        return None, None

    def record(self, job: Job, reading_result: ReadingResult) -> Outcome | None:
        """Record what a reader made of a job, in one transaction.

        Return the capture's outcome, or None when it waits on: for the further pages of its article, or for the
        end of a run in which much may have changed.
        """
        with self.writing():
            if job.kind == Kind.ATTACHMENT:
                return self.attachments.record(job, reading_result)
            _, declared = self.ensure_rules(job.site, job.page.captured_at)
            if job.before and reading_result.before:
                self.readings.record(job.before, reading_result.before, declared=declared)
            if isinstance(reading_result.result, Article) and not job.again:
                if self.parts.ask(job, reading_result.result, at=self.clock.now()):
                    return None
                lack = self._lack(job, reading_result.result)
                reading_result = ReadingResult(result=Unreadable(reason=lack)) if lack else reading_result
            if (outcome := self.readings.record(job, reading_result, declared=declared)) is None:
                return None
            if job.kind == Kind.LISTING and outcome in (Outcome.GONE, Outcome.UNREADABLE):
                self.listings.lost(job.page.url, at=self.clock.now())
            elif not job.again:
                self.frontier.note_reading(
                    job.capture, nothing=self._shows_nothing(job, reading_result, outcome)
                )
            if outcome in (Outcome.NEW, Outcome.CHANGED, Outcome.GONE, Outcome.QUARANTINED):
                self.frontier.plan(job.capture)
            if isinstance(reading_result.result, Rows | Article):
                self.listings.follow(job, reading_result.result, at=self.clock.now())
            self.attachments.follow(job.capture)
        return outcome

    def _delay_of(self, site: str) -> float:
        declared = self.sites.get(site)
        return declared.delay if declared else BUDGET_DELAY

    def _after_list(self, exchange: Exchange, outcome: Outcome | None) -> None:
        """Go on from a list page that did not have to be read: it is as it was, or not there."""
        if outcome is Outcome.NOT_MODIFIED:
            self.listings.repeat(exchange.url, at=exchange.captured_at)
        elif outcome in (Outcome.GONE, Outcome.UNREADABLE):
            self.listings.lost(exchange.asked or exchange.url, at=exchange.captured_at)

    def _note_unanswered(self, exchange: Exchange, capture: int, crawl: int, reason: str | None) -> None:
        """Make an event of an article that did not come, once until it comes again. It says nothing of its site."""
        details = {"asked": exchange.asked or exchange.url, "reason": reason, "kind": exchange.kind}
        add_event(
            self.db,
            "unanswered",
            at=exchange.captured_at,
            site=exchange.site,
            capture=capture,
            crawl=crawl,
            details=details,
        )

    def _shows_nothing(self, job: Job, reading_result: ReadingResult, outcome: Outcome) -> bool:
        """Return whether an answer, now that it is read, shows nothing of what was asked for: that is no look."""
        if outcome in (Outcome.BLOCKED, Outcome.FAILED):
            return True
        if not isinstance(reading_result.result, Unreadable) or outcome is not Outcome.UNREADABLE:
            return False
        return reading_result.result.reason.startswith("truncated") or self.parts.lacks_refused_part(
            job.capture
        )

    def _lack(self, job: Job, article: Article) -> str | None:
        missing = self.parts.missing(job.capture)
        if missing:
            return f"a page of it is missing: {missing}"
        return "a page of it cannot be read" if "part_unreadable" in article.flags else None

    def sample(self, crawl: int) -> int:
        """Make more documents due where a crawl saw too few to tell what befell them; return how many."""
        with self.writing():
            return self.readings.breaker.sample(crawl)

    def decide_changes(self, site: str | None = None) -> int:
        """Release or doubt the changes that waited for the end of their run; return how many are to be read now."""
        if not self.queue.is_held_back(site):
            return 0
        with self.writing():
            return self.readings.breaker.decide(site)

    def settle(self, site: str) -> None:
        """Decide what absences of a site amount to, by all that was seen of it by now."""
        with self.writing():
            self.readings.states.settle_site(site)

    def settle_connections(self) -> int:
        """Work out anew what an earlier reader made of the texts; return how many documents that were."""
        with self.writing():
            unsettle(self.db)
        settled = 0
        while count := self._settled_some():
            settled += count
        return settled

    def _settled_some(self) -> int:
        with connection.transaction(self.db):
            return settle_some(self.db)

    def refused(self, due: Due, reason: str, *, crawl: int, retry_in: float | None) -> None:
        """Take in that a row was not asked: it rests, and the refusal is an event. No capture comes of it."""
        with self.writing():
            at = self.clock.now()
            self.frontier.drop(due.id, at, retry_in)
            if due.kind == Kind.ATTACHMENT:
                self.attachments.note_refusal(due.url, reason, site=due.site)
            details = {"asked": due.url, "reason": reason, "kind": due.kind}
            add_event(self.db, "refused", at=at, site=due.site, crawl=crawl, details=details)

    def version_count(self) -> int:
        """Return how many versions the archive holds."""
        return int(self.db.execute("select count(*) from versions").fetchone()[0])

    def event(self, kind: str, *, site: str | None = None, crawl: int | None = None,
              details: Mapping[str, object]) -> None:  # fmt: skip
        """Add an event of a crawl, in a transaction of its own."""
        with self.writing():
            add_event(self.db, kind, at=self.clock.now(), site=site, crawl=crawl, details=details)

    def validators(self, url: str) -> Validators:
        """Return what a conditional request for an address may offer; nothing for articles of several pages."""
        return Validators() if has_parts(self.db, url) else validators(self.db, url)
