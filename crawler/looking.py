"""A look at a site without an archive: requests as polite as a crawl's, of which nothing is kept.

Every request takes the one way out (robots.txt, gate, address, TLS, limits). Only the capture is left out, so
that nothing enters an archive. No look sends more requests than it was allowed.
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
from archive.urls import as_asked, host_of
from crawler.cms import substitute_page, text_of
from crawler.decode import content_encodings, decode
from crawler.errors import FAILURES, DecodeError, Refused, TooLarge, failure_text
from crawler.feed import FORM


@dataclass(frozen=True, slots=True, kw_only=True)
class LookResult:
    """The result of one request: a page, or the reason for having none.

    ``trouble``: ``robots``, ``blocked``, ``challenge``, ``shell``, ``unreachable``, ``http 404``, ``left``
    (the look had sent all its requests) or "".
    """

    url: str
    page: Page | None = None
    status: int = 0
    trouble: str = ""
    reason: str = ""


@dataclass(slots=True, kw_only=True)
class Asking:
    """The requests of a look: at most ``most``, robots.txt among them; every address once."""

    spider: Spider
    most: int
    asked: int = 0
    seen: dict[str, LookResult] = field(default_factory=dict)
    hosts: set[str] = field(default_factory=set)

    async def __call__(self, url: str, *, referer: str = "") -> LookResult:
        """Return the answer of an address; an address that was asked before is not asked again."""
        key = f"{url} {referer}"
        if key not in self.seen:
            self.seen[key] = await self._ask(url, referer)
        return self.seen[key]

    async def _ask(self, url: str, referer: str) -> LookResult:
        # The first request to a server causes one more, for its robots.txt.
        server = url.split("/", 3)[2].lower() if url.count("/") >= 2 else ""
        cost = 1 if server in self.hosts else 2
        if self.asked + cost > self.most:
            return LookResult(url=url, trouble="left", reason=f"the look had made its {self.most} requests")
        self.hosts.add(server)
        self.asked += cost
        headers = {"Referer": referer} if referer else {}
        method, target, body = as_asked(url)
        headers |= {"Content-Type": FORM} if body else {}
        request = Request(
            target,
            method=method,
            body=body,
            headers=headers,
            dont_filter=True,
            meta={"kind": "article", "asked": url},
        )
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
    """Return the trouble of a request that was not sent.

    The rules forbid it, or the rules could not be read.
    """
    if not reason.startswith("robots"):
        return "refused"
    if "challenge" in reason:
        return "challenge"
    return (
        "unreachable" if "no answer" in reason or re.search(r"answered \d|incomplete", reason) else "robots"
    )


def _result_of(url: str, response: Any) -> LookResult:
    """Return the result of a response: a page, or the trouble in its place."""
    try:
        encodings = content_encodings(response.headers.getlist("Content-Encoding"))
        body = decode(response.body, encodings, PAGE_LIMIT).body
    except (DecodeError, TooLarge) as error:
        return LookResult(url=url, status=response.status, trouble="unreachable", reason=error.reason)
    content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
    # The answer to a form is identified by the form.
    own = url if as_asked(url)[0] == "POST" else response.url
    page = Page(url=own, body=body, content_type=content_type)
    instead = substitute_page(page)
    if response.status in (404, 410) or (instead and "soft_404" in instead.reason):
        status_words = (
            f"http {response.status}" if response.status in (404, 410) else "a page that says it is not there"
        )
        return LookResult(
            url=url, status=response.status, trouble=status_words, reason="" if instead else status_words
        )
    if instead:
        status_words = f"{instead.outcome} {instead.reason}"
        kind = "challenge" if "challenge" in status_words else "blocked"
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
    """Run looks, one spider per site, until all have ended. Nothing is kept."""
    process.settings.set("DOWNLOADER_MIDDLEWARES", _without_capture(process), priority="cmdline")
    for name, work in works.items():
        process.crawl(_looker(name, work, most, sites.get(name)))
    process.start()


def _looker(name: str, work: Work, most: int, site: Any) -> type[Spider]:
    async def start(self: Spider) -> AsyncIterator[Request]:
        await work(Asking(spider=self, most=most))
        # The look sends its requests while this waits; the engine has none of its own.
        nothing: tuple[Request, ...] = ()
        for request in nothing:
            yield request

    # A declared site has its own pace.
    own = {"site": site} if site is not None else {}
    return type("LookingSpider", (Spider,), {"name": name or host_of(name) or "look", "start": start, **own})


def _without_capture(process: CrawlerProcessBase) -> dict[str, int | None]:
    wanted: dict[str, int | None] = process.settings.getdict("DOWNLOADER_MIDDLEWARES")
    return {**wanted, "crawler.capture.CaptureMiddleware": None}
