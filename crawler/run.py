"""One run over some sites: the archive it holds, the readers beside it, and what is under way.

The run is handed to the components in the setting ``ARCHIVE_RUN``. It lives as long as the process; all that must
outlive it is in the archive.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from statistics import median
from typing import Any

from archive.clock import later
from archive.drain import Drain
from archive.errors import ArchiveError, NotWritable
from archive.models import Exchange, Expect, Kept, Outcome, Verdict
from archive.store import Archive
from archive.store.answers.expectations import learned
from archive.store.file.payloads import Packed
from crawler.allowance import DAY, Allowance, allowance
from crawler.packing import Packing
from crawler.report import findings, is_judged, judge, newest_shown
from crawler.seen import ListSeen, Seen

_ENOUGH_ANSWERS = 5
# A site that refuses or fails so many requests in a row will not take the next thousand either: they stay due.
_ENOUGH_REFUSALS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a crawl of one site came to."""

    site: str
    verdict: Verdict
    reasons: Sequence[str]
    counts: Mapping[str, int]


@dataclass(slots=True, kw_only=True)
class Run:
    """What the crawlers of one process share."""

    archive: Archive
    drain: Drain
    command: str
    limit: int | None = None
    watches_lists: bool = True
    crawls: dict[str, int] = field(default_factory=dict)
    only: dict[str, frozenset[str]] = field(default_factory=dict)
    broken: ArchiveError | None = None
    stopped_by: int | None = None
    seconds: dict[str, list[float]] = field(default_factory=dict)
    turned_away: dict[str, int] = field(default_factory=dict)
    allowances: dict[str, Allowance] = field(default_factory=dict)
    packing: Packing = field(default_factory=Packing)

    def __deepcopy__(self, memo: dict[int, Any]) -> Run:
        # Scrapy copies settings for every crawler; a run is one.
        return self

    def begin(self, site: str) -> int:
        """Open the crawl of a site. What a run that was cut short held back is decided on first."""
        self.archive.decide_changes(site)
        self.crawls[site] = self.archive.begin_crawl(site, self.command)
        return self.crawls[site]

    def ration(self, site: str, delay: float) -> None:
        """Let this run ask no more of a site than an hour's worth."""
        day_ago = later(self.archive.clock.now(), -DAY)
        self.allowances[site] = allowance(delay, self.archive.crawls.looks_since(site, day_ago))

    def keep(
        self, exchange: Exchange, seconds: float | None = None, packed: Packed | None = None
    ) -> Kept | None:
        """Keep an exchange; None when it could not be kept, and then the run is broken and goes no further."""
        if self.broken:
            return None
        if seconds is not None:
            self.seconds.setdefault(exchange.site, []).append(seconds)
        with self._noting_trouble():
            kept = self.archive.keep(exchange, self.crawls[exchange.site], packed)
            self._count_turned_away(exchange, kept)
            return kept
        return None

    def gives_up(self, site: str) -> bool:
        """Return whether a site has turned so many requests away, one after the other, that it is left alone."""
        return self.turned_away.get(site, 0) >= _ENOUGH_REFUSALS

    def _count_turned_away(self, exchange: Exchange, kept: Kept) -> None:
        if kept.outcome in (Outcome.BLOCKED, Outcome.FAILED) and not _is_of_our_making(kept.reason):
            self.turned_away[exchange.site] = self.turned_away.get(exchange.site, 0) + 1
        elif exchange.kind != "robots":
            self.turned_away[exchange.site] = 0

    def end(self, site: str, expect: Expect) -> Report:
        """Close the crawl of a site: what it saw, set against what was expected."""
        crawl = self.crawls[site]
        crawls = self.archive.crawls
        read, unreadable, missed = crawls.articles_read(crawl)
        lists, further = crawls.lists(crawl)
        now = self.archive.clock.now()
        # What was kept long ago says nothing of how a site is today.
        is_live = self.command != "replay"
        past: dict[str, Any] = learned(self.archive.db, site, now) if is_live else {}
        seen = Seen(
            counts=crawls.counts(crawl),
            blocked_reasons=crawls.blocked_reasons(crawl),
            refused=crawls.refused(crawl),
            lists=[ListSeen(**one) for one in lists],
            further=[ListSeen(**one) for one in further],
            read_articles=read,
            missed_articles=missed,
            unreadable_articles=unreadable,
            gone_at_once=crawls.gone_at_once(crawl),
            waiting=crawls.waiting(crawl),
            failed_files=crawls.failed_files(crawl),
            today=now,
            full=self.watches_lists,
            pace=self._pace(site),
            **past,
        )
        verdict, reasons = judge(seen, expect)
        self.archive.end_crawl(
            crawl,
            verdict,
            reasons,
            silent_since=newest_shown(seen) if "silent" in reasons else None,
            pace=None if seen.pace is None else (seen.pace, len(self.seconds[site])),
            findings=findings(seen, expect, reasons),
            is_judged=partial(is_judged, seen) if is_live else None,
        )
        return Report(site=site, verdict=verdict, reasons=reasons, counts=seen.counts)

    def _pace(self, site: str) -> float | None:
        """Return the median seconds an answer took, None where too few came to tell."""
        seconds = self.seconds.get(site, [])
        return round(median(seconds), 3) if len(seconds) >= _ENOUGH_ANSWERS else None

    def step(self) -> None:
        """Let the readers go on, without waiting for them."""
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


def _is_of_our_making(reason: str | None) -> bool:
    """Return whether an answer came and only our own bounds, or its encoding, kept it from being kept."""
    return (reason or "").startswith(("too_large", "decode_error", "redirect"))
