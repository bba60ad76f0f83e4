"""A look at a site without an archive: requests as polite as a crawl's, of which nothing is kept.

Every request takes the one way out (robots.txt, gate, address, TLS, limits). What is left out is the capture, so
that nothing enters an archive; and no look asks more than it was allowed to.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import CrawlerProcessBase
from scrapy.exceptions import IgnoreRequest

from archive.exchange import PAGE_LIMIT
from archive.model import Page
from archive.urls import host_of
from crawler.cms import substitute_page, text_of
from crawler.decode import content_encodings, decode
from crawler.errors import FAILURES, DecodeError, Refused, TooLarge, failure_text


@dataclass(frozen=True, slots=True, kw_only=True)
class LookResult:
    """What one request came to: a page, or why there is none.

    ``trouble``: ``robots``, ``blocked``, ``challenge``, ``shell``, ``unreachable``, ``http 404``, ``left`` (the look
    had asked all it may) or "".
    """

    url: str
    page: Page | None = None
    status: int = 0
    trouble: str = ""
    reason: str = ""


@dataclass(slots=True, kw_only=True)
class Asking:
    """Asks for a look: at most ``most`` requests, robots.txt among them; every address once."""

    spider: Spider
    most: int
    asked: int = 0
    seen: dict[str, LookResult] = field(default_factory=dict)
    hosts: set[str] = field(default_factory=set)

    async def __call__(self, url: str, *, referer: str = "") -> LookResult:
        """Return what an address answers; what was asked before is not asked again."""
        key = f"{url} {referer}"
        if key not in self.seen:
            self.seen[key] = await self._ask(url, referer)
        return self.seen[key]

    async def _ask(self, url: str, referer: str) -> LookResult:
        # The first request to a server makes one more, for its robots.txt.
        server = url.split("/", 3)[2].lower() if url.count("/") >= 2 else ""
        cost = 1 if server in self.hosts else 2
        if self.asked + cost > self.most:
            return LookResult(url=url, trouble="left", reason=f"the look had made its {self.most} requests")
        self.hosts.add(server)
        self.asked += cost
        headers = {"Referer": referer} if referer else {}
        request = Request(url, headers=headers, dont_filter=True, meta={"kind": "article", "asked": url})
        engine = self.spider.crawler.engine
        assert engine is not None
        try:
            response = await engine.download_async(request)
        except Refused as refused:
            return LookResult(url=url, trouble=_refusal(refused.reason), reason=refused.reason)
        except (IgnoreRequest, TooLarge) as error:
            return LookResult(url=url, trouble="refused", reason=str(error))
        except FAILURES as error:
            return LookResult(url=url, trouble="unreachable", reason=failure_text(error))
        return _result_of(url, response)


def _refusal(reason: str) -> str:
    """Return what a request of ours was not sent for: rules that forbid it, or that nobody could say the rules."""
    if not reason.startswith("robots"):
        return "refused"
    if "challenge" in reason:
        return "challenge"
    return (
        "unreachable" if "no answer" in reason or re.search(r"answered \d|incomplete", reason) else "robots"
    )


def _result_of(url: str, response: Any) -> LookResult:
    """Return a response as what it is: a page, or what stands in its place."""
    try:
        encodings = content_encodings(response.headers.getlist("Content-Encoding"))
        body = decode(response.body, encodings, PAGE_LIMIT).body
    except (DecodeError, TooLarge) as error:
        return LookResult(url=url, status=response.status, trouble="unreachable", reason=error.reason)
    content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
    page = Page(url=response.url, body=body, content_type=content_type)
    if instead := substitute_page(page):
        status = f"{instead.outcome} {instead.reason}"
        kind = "challenge" if "challenge" in status else "blocked"
        return LookResult(url=url, page=page, status=response.status, trouble=kind, reason=instead.reason)
    if response.status in (401, 403, 405, 412, 418, 429, 521):
        return LookResult(
            url=url, status=response.status, trouble="blocked", reason=f"http {response.status}"
        )
    if not 200 <= response.status < 300:
        status = f"http {response.status}"
        return LookResult(url=url, status=response.status, trouble=status, reason=status)
    if why := needs_a_script(page):
        return LookResult(url=url, page=page, status=response.status, trouble="shell", reason=why)
    return LookResult(url=url, page=page, status=response.status)


def needs_a_script(page: Page) -> str:
    """Return why a page shows nothing without a script, "" when it shows something."""
    text = text_of(page)
    head = text.lstrip("\ufeff \r\n\t")[:200].lower()
    if not text.strip():
        return "an empty answer"
    if not head.startswith(("<!doctype html", "<html", "<head", "<body", "<script", "<!--")):
        return ""
    links = text.lower().count("<a ") + text.lower().count("<record")
    scripts = text.lower().count("<script")
    asks = any(mark in text.lower() for mark in ("querydata", "datasource:", "_config"))
    if links < 2 and scripts and not asks and len(_visible(text)) < 200:
        return (
            f"{len(page.body)} bytes with {scripts} scripts and hardly a word: the page is drawn by a script"
        )
    return ""


def _visible(text: str) -> str:
    from archive.trust import visible_text

    return "".join(visible_text(text).split())


Work = Callable[[Asking], Awaitable[None]]


def look(
    process: CrawlerProcessBase, works: Mapping[str, Work], *, most: int, sites: Mapping[str, Any] = {}
) -> None:
    """Run looks, one spider a site, until all have ended. Nothing is kept."""
    process.settings.set("DOWNLOADER_MIDDLEWARES", _without_capture(process), priority="cmdline")
    for name, work in works.items():
        process.crawl(_looker(name, work, most, sites.get(name)))
    process.start()


def _looker(name: str, work: Work, most: int, site: Any) -> type[Spider]:
    async def start(self: Spider) -> AsyncIterator[Request]:
        await work(Asking(spider=self, most=most))
        # What is asked goes out while this waits; nothing is left for the engine to ask.
        nothing: tuple[Request, ...] = ()
        for request in nothing:
            yield request

    # The pace of a declared site is its own.
    own = {"site": site} if site is not None else {}
    return type("LookingSpider", (Spider,), {"name": name or host_of(name) or "look", "start": start, **own})


def _without_capture(process: CrawlerProcessBase) -> dict[str, int | None]:
    wanted: dict[str, int | None] = process.settings.getdict("DOWNLOADER_MIDDLEWARES")
    return {**wanted, "crawler.capture.CaptureMiddleware": None}
