"""One run over some sites: its archive, its readers, and the requests under way.

The run is passed to the components in the setting ``ARCHIVE_RUN``. It lives as long as the process;
everything that must outlive it is in the archive.

Bodies are digested and compressed beside the crawling thread, one after the other. Level 9 takes some 20 ms
for a page and seconds for a large file; in the crawling thread every other site would wait for it. Only work
on bytes is moved to another thread. Queries of the archive, and the transaction that keeps capture and
payload, stay in the crawling thread. Turns are taken in the order in which answers came. Each lasts until
its answer is kept, so that no more answers wait here than the crawler has requests under way.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from math import inf
from statistics import median
from typing import Any

from archive.clock import later
from archive.drain import Drain
from archive.errors import ArchiveError, NotWritable
from archive.model import Exchange, Expect, KeptExchange, Verdict
from archive.store.archive import Archive
from archive.store.file.captures import Validators
from archive.store.file.payloads import Packed, payload_digest
from archive.store.read.health import learned
from archive.store.schedule.crawls import open_findings, troubles
from crawler.pace import DAY, Allowance, allowance
from crawler.report import findings, is_judged, is_worse, judge, newest_row_day, with_open_findings
from crawler.seen import CrawlObservation, ListObservation, turns_away

_ENOUGH_ANSWERS = 5
# A site that refuses or fails this many requests in a row will not accept the next thousand either: they stay
# due.
_ENOUGH_REFUSALS = 12
# Articles that were due for this long and were never asked for are missing.
_LONG_DUE = 2 * DAY


class Packing:
    """The only thread of a run that compresses."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="packing")
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def packed(self, archive: Archive, exchange: Exchange) -> AsyncIterator[Packed | None]:
        """Give the stored form of an exchange's body for a block; None where there is no body."""
        async with self._turn:
            yield await self._packed(archive, exchange) if exchange.body else None

    async def _packed(self, archive: Archive, exchange: Exchange) -> Packed:
        loop, body = asyncio.get_running_loop(), exchange.body or b""
        digest = await loop.run_in_executor(self._thread, payload_digest, body)
        if archive.payloads.held(digest):
            return Packed(digest=digest)
        plan = archive.payloads.plan(site=exchange.site, url=exchange.url, media_type=exchange.media_type)
        return await loop.run_in_executor(self._thread, plan.packed, body, digest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The result of a crawl of one site.

    ``is_worse``: the site is newly BROKEN, or for a reason more than before.
    """

    site: str
    verdict: Verdict
    reasons: Sequence[str]
    counts: Mapping[str, int]
    is_worse: bool = False


@dataclass(slots=True, kw_only=True)
class Run:
    """The state that the crawlers of one process share."""

    archive: Archive
    drain: Drain
    command: str
    limit: int | None = None
    watches_lists: bool = True
    takes_second_looks: bool = False
    crawls: dict[str, int] = field(default_factory=dict)
    only: dict[str, frozenset[str]] = field(default_factory=dict)
    broken: ArchiveError | None = None
    stopped_by: int | None = None
    seconds: dict[str, list[float]] = field(default_factory=dict)
    turned_away: dict[str, int] = field(default_factory=dict)
    allowances: dict[str, Allowance] = field(default_factory=dict)
    packing: Packing = field(default_factory=Packing)
    # The validators for an archive without captures of a site, and the time at which the run must end.
    offered: Mapping[str, Validators] = field(default_factory=dict)
    until: float = inf

    def __deepcopy__(self, memo: dict[int, Any]) -> Run:
        # Scrapy copies settings for every crawler; there is only one run.
        return self

    def begin(self, site: str) -> int:
        """Open the crawl of a site. Changes held back by an interrupted run are decided first."""
        self.archive.decide_changes(site)
        self.crawls[site] = self.archive.begin_crawl(site, self.command)
        return self.crawls[site]

    def ration(self, site: str, delay: float) -> None:
        """Let this run ask only an hour's worth of a site."""
        day_ago = later(self.archive.clock.now(), -DAY)
        self.allowances[site] = allowance(delay, self.archive.crawls.looks_since(site, day_ago))

    def keep(
        self, exchange: Exchange, seconds: float | None = None, packed: Packed | None = None
    ) -> KeptExchange | None:
        """Keep an exchange; None when it could not be kept, which ends the run."""
        if self.broken:
            return None
        if seconds is not None:
            self.seconds.setdefault(exchange.site, []).append(seconds)
        with self._noting_trouble():
            kept = self.archive.keep(exchange, self.crawls[exchange.site], packed)
            self._count_turned_away(exchange, kept)
            return kept
        return None

    @property
    def is_over(self) -> bool:
        """Whether nothing more may be asked.

        Reasons are an archive that cannot be written, a signal, or the end of its time.
        """
        return bool(self.broken) or self.stopped_by is not None or time.monotonic() > self.until

    def validators(self, url: str) -> Validators:
        """Return the validators for a conditional request to an address."""
        return self.offered.get(url) or self.archive.validators(url)

    def gives_up(self, site: str) -> bool:
        """Return whether a site refused so many requests in a row that it is left alone."""
        return self.turned_away.get(site, 0) >= _ENOUGH_REFUSALS

    def _count_turned_away(self, exchange: Exchange, kept: KeptExchange) -> None:
        if (is_refusal := turns_away(exchange, kept)) is not None:
            before = self.turned_away.get(exchange.site, 0)
            self.turned_away[exchange.site] = before + 1 if is_refusal else 0

    def end(self, site: str, expect: Expect) -> Report:
        """Close the crawl of a site: compare what it saw with what was expected and with the run before."""
        crawl = self.crawls[site]
        observed = self._observation(site)
        own, own_reasons = judge(observed, expect)
        verdict, reasons, before = own, own_reasons, None
        if self._watches:
            before = self.archive.crawls.before(crawl)
            unseen = [
                finding["reason"]
                for finding in open_findings(self.archive.db, site)
                if not is_judged(observed, finding["reason"], finding["url"])
            ]
            verdict, reasons = with_open_findings(own, own_reasons, before, unseen)
        self.archive.end_crawl(
            crawl,
            verdict,
            reasons,
            silent_since=newest_row_day(observed) or None if "silent" in own_reasons else None,
            pace=None if observed.pace is None else (observed.pace, len(self.seconds[site])),
            findings=findings(observed, expect, own_reasons),
            # Captures kept long ago say nothing of the site today.
            is_judged=None if self.command == "replay" else partial(is_judged, observed),
        )
        worse = is_worse(verdict, reasons, before)
        return Report(site=site, verdict=verdict, reasons=reasons, counts=observed.counts, is_worse=worse)

    @property
    def _watches(self) -> bool:
        """Whether a run looks at whole sites.

        Other runs look at addresses that somebody named, or at captures kept long ago.
        """
        return self.command in ("watch", "crawl")

    def _observation(self, site: str) -> CrawlObservation:
        crawl, crawls, now = self.crawls[site], self.archive.crawls, self.archive.clock.now()
        read, unreadable, missed = crawls.articles_read(crawl)
        lists, further = crawls.lists(crawl)
        if self._watches:
            long_due = later(now, -_LONG_DUE) if self.limit is None else None
            crawls.compare_lists(lists, due_before=long_due)
        met = troubles(self.archive.db, crawl, every=not self._watches or self.gives_up(site))
        past: dict[str, Any] = {} if self.command == "replay" else learned(self.archive.db, site, now)
        return CrawlObservation(
            counts=crawls.counts(crawl),
            blocked_reasons=met.blocked,
            failed_reasons=met.failed,
            refused=met.refused,
            lists=[ListObservation(**listing) for listing in lists],
            further=[ListObservation(**listing) for listing in further],
            read_articles=read,
            missed_articles=missed,
            unreadable_articles=unreadable,
            gone_at_once=crawls.gone_at_once(crawl),
            waiting=crawls.waiting(crawl),
            today=now,
            full=self.watches_lists,
            pace=self._pace(site),
            **past,
        )

    def _pace(self, site: str) -> float | None:
        """Return the median seconds per answer, None where there were too few."""
        seconds = self.seconds.get(site, [])
        return round(median(seconds), 3) if len(seconds) >= _ENOUGH_ANSWERS else None

    def step(self) -> None:
        """Let the readers continue, without waiting for them."""
        if self.broken:
            return
        with self._noting_trouble():
            self.drain.step(0)

    @contextmanager
    def _noting_trouble(self) -> Iterator[None]:
        try:
            yield
        except ArchiveError as error:
            self.broken = error
        except (sqlite3.Error, OSError) as error:
            self.broken = NotWritable(
                f"the archive cannot be written ({error}) — mend the disk, then run again"
            )
