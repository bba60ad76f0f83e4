"""From the frontier to requests: due rows are asked until neither they nor the queue has any left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from archive.clock import later
from archive.model import Kind, Site
from archive.store.schedule.frontier import TRIES, Due
from archive.urls import as_asked, is_attachment
from crawler.errors import Refused
from crawler.run import Run
from crawler.second_name import SecondLooks

# Requests of one site at the gate: enough that a hanging host does not hold up its sister.
AHEAD = 4
# A failed exchange is waited for within a run if its next try is within this time (seconds).
PATIENCE = 120.0
# 304 can lie: at every nth visit, and after this long without a full answer, an address is asked without
# conditions.
UNCONDITIONAL_EVERY, UNCONDITIONAL_AFTER = 10, 30 * 86400.0
PAUSE = 0.02
FORM = "application/x-www-form-urlencoded; charset=UTF-8"


class Feed:
    """Feeds one spider from the frontier."""

    def __init__(self, run: Run, site: str, declared: Site, second_looks: SecondLooks | None = None) -> None:
        self._run = run
        self._site = site
        self._declared = declared
        self._under_way: dict[int, Due] = {}
        self._articles = 0
        self._second_looks = second_looks
        # New and known addresses alternate: neither must wait for the end of the other.
        self._known_next = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Feed:
        spider = crawler.spider
        assert spider is not None
        run: Run = crawler.settings["ARCHIVE_RUN"]
        looks = SecondLooks(run=run, site=spider.name, crawler=crawler) if run.takes_second_looks else None
        return cls(run, spider.name, spider.site, looks)  # type: ignore[attr-defined]

    async def requests(self) -> AsyncIterator[Request]:
        """Yield requests as rows fall due; end when nothing is due, under way or waiting to be read.

        Also end when the site turns every request away: what is due stays due, for a later run.
        """
        while not self._run.is_over:
            if self._run.gives_up(self._site):
                self._leave("left_alone")
                return
            due = self._next()
            if due:
                yield self._request(due)
            elif self._is_over():
                if self._second_looks is not None:
                    looks, self._second_looks = self._second_looks, None
                    await looks.look()
                    continue
                if self._is_spent():
                    self._leave("left_for_later")
                return
            else:
                await asyncio.sleep(PAUSE)

    def _leave(self, kind: str) -> None:
        """Add an event with the number of rows that stay due."""
        archive = self._run.archive
        waiting = archive.frontier.count_due(self._site, archive.clock.now(), exclude=self._under_way)
        if waiting:
            crawl = self._run.crawls[self._site]
            archive.event(kind, site=self._site, crawl=crawl, details={"still_due": waiting})

    def _next(self) -> Due | None:
        if len(self._under_way) >= AHEAD:
            return None
        now, allowance = self._run.archive.clock.now(), self._run.allowances.get(self._site)
        for due in self._run.archive.frontier.due(
            self._site, now, exclude=self._under_way, only=self._run.only.get(self._site), kinds=self._kinds(),
            known_first=self._known_next, looks_again=allowance is None or allowance.may_look_again, limit=1,
        ):  # fmt: skip
            if due.kind == Kind.ARTICLE and due.part_of is None:
                self._articles += 1
                self._known_next = not self._known_next
            if allowance is not None:
                allowance.spend(due)
            return due
        return None

    def _is_spent(self) -> bool:
        allowance = self._run.allowances.get(self._site)
        return allowance is not None and (allowance.is_spent or not allowance.may_look_again)

    def _kinds(self) -> tuple[Kind, ...]:
        """Return the kinds that may still be asked: no article over the limit, a second try included."""
        allowance = self._run.allowances.get(self._site)
        if allowance is not None and allowance.is_spent:
            return ()
        limited = self._run.limit is not None and self._articles >= self._run.limit
        return (Kind.LISTING, Kind.ATTACHMENT) if limited else tuple(Kind)

    def _is_over(self) -> bool:
        archive = self._run.archive
        soon = later(archive.clock.now(), PATIENCE)
        if self._under_way or (self._run.drain.processes and archive.queue.can_go_on(self._site, until=soon)):
            return False
        if archive.frontier.next_time(self._site, within=soon, kinds=self._kinds()) is not None:
            return False
        # The run has seen everything it will see: changed pages are read again, and their files are asked
        # for.
        if archive.sample(self._run.crawls[self._site]):
            return False
        return archive.decide_changes(self._site) == 0

    def _request(self, due: Due) -> Request:
        self._under_way[due.id] = due
        method, url, body = as_asked(due.url)
        return Request(
            url,
            method=method,
            body=body,
            headers={**self._headers(due), **({"Content-Type": FORM} if body else {})},
            callback=partial(self._close_row, row=due.id),
            errback=partial(self._drop_row, row=due.id),
            dont_filter=True,
            meta={
                "kind": due.kind,
                "is_file": due.kind == Kind.ATTACHMENT or is_attachment(due.url, self._declared),
                "frontier": due.id,
                # An address that was looked for in vain before is tried once per run.
                "attempts": max(due.attempts, TRIES - 1 if due.missed else 0),
                "part_of": due.part_of,
                "asked": due.url,
                "domains": self._declared.domains,
            },
        )

    def _headers(self, due: Due) -> dict[str, str]:
        headers = {"Referer": self._declared.referer} if self._declared.referer else {}
        # A 304 for a page of an article would leave the article without that page; a further page of a list
        # must itself show how far its rows are known.
        if due.part_of is not None or (due.kind == Kind.LISTING and due.why.startswith("page of ")):
            return headers
        if due.visits % UNCONDITIONAL_EVERY == UNCONDITIONAL_EVERY - 1:
            return headers
        known = self._run.validators(due.url)
        now = self._run.archive.clock.now()
        if not known.captured_at or later(known.captured_at, UNCONDITIONAL_AFTER) <= now:
            return headers
        if known.etag:
            headers["If-None-Match"] = known.etag
        if known.last_modified:
            headers["If-Modified-Since"] = known.last_modified
        return headers

    def _close_row(self, response: Response, row: int) -> None:
        self._under_way.pop(row)
        if self._second_looks is not None:
            self._second_looks.note(response)

    def _drop_row(self, failure: Failure, row: int) -> None:
        """Release a row whose exchange ended otherwise; a request that we refused to send is an event."""
        due = self._under_way.pop(row)
        if isinstance(failure.value, Refused):
            refused = failure.value
            crawl = self._run.crawls[self._site]
            self._run.archive.refused(due, refused.reason, crawl=crawl, retry_in=refused.retry_in)
