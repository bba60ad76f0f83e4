"""A second look under our other name: does a site show different texts to different visitors?

Both names say who we are and where the operator can be reached; we use nobody else's. The second answer is
kept as a capture of its own, ``quarantined`` for the reason ``second_name``: it shows no version, changes no
state and is no look at the document. A page that differs is asked for once more under the first name. Lines
that were there both times and are missing under the second name, or the other way round, are an event.

That two answers agree does not prove that everybody sees that page: a site can choose by address, country or
time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from archive.exchange import SECOND_NAME
from archive.model import Kind, Page
from archive.trust import visible_text
from crawler.cms import text_of
from crawler.errors import FAILURES, Refused, TooLarge
from crawler.run import Run

# The number of articles per site and run that are asked for again.
MOST = 3
# A shorter line is a date, a counter or a word of the menu.
_LEAST = 8
_QUOTED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What only one of two names was shown: lines of a page, or the status of an answer without a page."""

    first_only: tuple[str, ...] = ()
    second_only: tuple[str, ...] = ()
    status: int = 0


def difference(first: Iterable[str], again: Iterable[str], second: Iterable[str]) -> Difference | None:
    """Return how the lines under the second name differ from those shown twice to the first.

    None where they do not differ. A line shown to the first name only once changes by itself and is no
    evidence. Pure.
    """
    shown, shown_again, other = set(first), set(again), set(second)
    lost = tuple(dict.fromkeys(line for line in first if line in shown_again - other))
    gained = tuple(dict.fromkeys(line for line in second if line not in shown | shown_again))
    return Difference(first_only=lost, second_only=gained) if lost or gained else None


def lines_of(url: str, response: Response) -> list[str]:
    """Return the visible lines of a page, without blanks; short ones left out."""
    content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
    page = Page(url=url, body=response.body, content_type=content_type)
    lines = ("".join(line.split()) for line in visible_text(text_of(page)).splitlines())
    return [line for line in lines if len(line) >= _LEAST]


@dataclass(slots=True, kw_only=True)
class SecondLooks:
    """The second looks of one site in one run.

    The first articles that come are remembered, and asked for again at its end.
    """

    run: Run
    site: str
    crawler: Crawler
    _first: dict[str, Response] = field(default_factory=dict, init=False)

    def note(self, response: Response) -> None:
        """Remember an article that came whole, until ``MOST`` are remembered."""
        request = response.request
        if request is None or request.meta["kind"] != Kind.ARTICLE or request.method != "GET":
            return
        is_page = response.status == 200 and request.url == request.meta["asked"] and response.body
        if is_page and not request.meta["is_file"] and len(self._first) < MOST:
            self._first[request.url] = response

    async def look(self) -> None:
        """Ask for each remembered article under the second name, and add an event for a difference."""
        for url, first in self._first.items():
            if self.run.is_over:
                return
            second = await self._answer(first, is_second=True)
            if second is None:
                continue
            found = await self._compared(url, first, second)
            if found is not None:
                self._tell(url, found, second)
        self._first.clear()

    async def _compared(self, url: str, first: Response, second: Response) -> Difference | None:
        lines = lines_of(url, first)
        if second.status == 200 and difference(lines, lines, lines_of(url, second)) is None:
            return None
        again = await self._answer(first, is_second=False)
        if again is None or again.status != 200:
            return None
        if second.status != 200:
            return Difference(status=second.status)
        return difference(lines, lines_of(url, again), lines_of(url, second))

    async def _answer(self, first: Response, *, is_second: bool) -> Response | None:
        """Send the first request again under a name, without conditions; None where no answer came."""
        asked, engine = first.request, self.crawler.engine
        assert asked is not None and engine is not None
        referer = asked.headers.get("Referer")
        request = Request(
            asked.url,
            headers={"Referer": referer} if referer else {},
            dont_filter=True,
            meta={"kind": Kind.ARTICLE, "is_file": False, "asked": asked.url, SECOND_NAME: is_second},
        )
        try:
            return await engine.download_async(request)
        except (*FAILURES, Refused, IgnoreRequest, TooLarge):
            # Kept as it is; it shows no difference.
            return None

    def _tell(self, url: str, found: Difference, second: Response) -> None:
        assert second.request is not None
        details = {
            "url": url,
            "capture": second.request.meta["capture"],
            "status": found.status,
            "first_only": "；".join(line[:80] for line in found.first_only[:_QUOTED]),
            "second_only": "；".join(line[:80] for line in found.second_only[:_QUOTED]),
        }
        crawl = self.run.crawls[self.site]
        self.run.archive.event("names_differ", site=self.site, crawl=crawl, details=details)
