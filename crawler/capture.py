"""Capture first: the middleware nearest the network keeps every exchange before other code sees it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, IgnoreRequest, NotConfigured
from scrapy.http import Response

from archive.exchange import FILE_LIMIT, PAGE_LIMIT, SECOND_NAME
from archive.model import Exchange
from archive.store.file.captures import CLOSE_DELIMITED
from archive.store.file.payloads import Packed
from archive.store.schedule.frontier import REST_AFTER_FAILURE, TRIES
from archive.urls import posted
from crawler.address import allowed_hosts
from crawler.decode import content_encodings, decode
from crawler.errors import DecodeError, Refused, TooLarge, failure_text
from crawler.pace import Pace
from crawler.redirect import why_not_followed
from crawler.run import Run
from crawler.seen import WallClock
from crawler.tolerance import BAD_HEADER, BAD_STATUS_LINE, BROKEN_OFF, BYTES_AFTER_BODY

# Errors that a second try cannot mend.
FINAL = ("too_large", "tls:", "redirect")


class CaptureMiddleware:
    """Keeps every exchange, whatever it was. An exchange that could not be kept goes no further."""

    def __init__(self, run: Run, site: str, delay: float, allowed: frozenset[str] = frozenset()) -> None:
        self._run = run
        self._site = site
        self._delay = delay
        self._allowed = allowed
        self._wall = WallClock.started(run.archive.clock)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CaptureMiddleware:
        run = crawler.settings["ARCHIVE_RUN"]
        if run is None:
            raise NotConfigured("a crawl needs an archive: ARCHIVE_RUN is set by the commands")
        assert crawler.spider is not None
        pace = Pace.from_crawler(crawler)
        allowed = allowed_hosts(crawler.settings.getlist("ARCHIVE_ALLOW_HOSTS"))
        return cls(run, crawler.spider.name, pace.site if pace.replaced is None else pace.replaced, allowed)

    async def process_response(self, request: Request, response: Response) -> Response:
        """Keep an answer and let it pass on, its body decoded."""
        limit = FILE_LIMIT if request.meta.get("is_file") else PAGE_LIMIT
        error: str | None = None
        body: bytes = response.body
        flags: tuple[str, ...] = ()
        encodings = content_encodings(response.headers.getlist("Content-Encoding"))
        passed_on = body
        try:
            body, flags = _decoded(response.body, encodings, limit)
            passed_on = body
        except (DecodeError, TooLarge) as problem:
            # The decoded part is kept as evidence; nobody may take it for the page.
            error, passed_on = problem.reason, b""
            body = problem.body if isinstance(problem, DecodeError) else b""
        if request.meta["kind"] != "robots":
            error = error or why_not_followed(request, response, self._allowed)
        exchange = replace(
            self._asked(request),
            url=_kept_under(response.url, request),
            status=response.status,
            error=error,
            headers=_headers(response),
            body=body or None,
            flags=(
                *flags,
                *_oddities(response, is_proven=bool(encodings) and not flags),
                *_name_flag(request),
            ),
            peer=request.meta.get("peer"),
            tls_verified=request.meta.get("tls_verified"),
            truncated="disconnect" if "dataloss" in response.flags else None,
            retry_in=self._retry_in(request, error, request.meta.get("asked_rest", 0.0)),
        )
        exchange = replace(exchange, clock=self._wall.word(exchange))
        async with self._run.packing.packed(self._run.archive, exchange) as packed:
            self._keep(request, exchange, packed)
        return response.replace(body=passed_on) if encodings else response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Keep an exchange that ended without an answer.

        A request refused before it was sent is no exchange.
        """
        if isinstance(exception, Refused | IgnoreRequest | CloseSpider):
            return
        error = failure_text(exception)
        asked = self._asked(request)
        self._keep(request, replace(asked, error=error, retry_in=self._retry_in(request, error, 0.0)))

    def _keep(self, request: Request, exchange: Exchange, packed: Packed | None = None) -> None:
        kept = self._run.keep(exchange, request.meta.get("download_latency"), packed)
        if kept is None:
            raise IgnoreRequest("not kept")
        request.meta["capture"] = kept.capture
        request.meta["outcome"] = kept.outcome

    def _asked(self, request: Request) -> Exchange:
        """Return the fields of an exchange that are known from the request alone."""
        meta = request.meta
        return Exchange(
            url=_kept_under(request.url, request),
            kind=meta["kind"],
            site=self._site,
            method=request.method,
            captured_at=self._run.archive.clock.now(),
            clock=self._run.archive.clock.source,
            redirected_from=meta.get("redirected_from"),
            frontier=meta.get("frontier"),
            part_of=meta.get("part_of"),
            asked=meta.get("asked"),
            flags=_name_flag(request),
            conditional=b"If-None-Match" in request.headers or b"If-Modified-Since" in request.headers,
        )

    def _retry_in(self, request: Request, error: str | None, pause: float) -> float | None:
        """Return the seconds until a failed exchange is tried again.

        They grow with each try, and are spread at random.
        """
        attempts: int = request.meta.get("attempts", 0)
        if attempts + 1 >= TRIES or (error and error.startswith(FINAL)):
            return max(pause, REST_AFTER_FAILURE) if pause else None
        return max(pause, max(self._delay, 0.1) * 2.0 ** (attempts + 1) * random.uniform(1.0, 1.3))


def _decoded(body: bytes, encodings: Sequence[str], limit: int) -> tuple[bytes, tuple[str, ...]]:
    if not encodings:
        return body, ()
    decoded = decode(body, encodings, limit)
    return decoded.body, tuple(decoded.flags)


def _oddities(response: Response, *, is_proven: bool) -> tuple[str, ...]:
    """Return the oddities of an answer's delivery.

    ``is_proven``: its encoding shows that it is complete.
    """
    odd = [flag for flag in response.flags if flag in (BAD_HEADER, BAD_STATUS_LINE, BYTES_AFTER_BODY)]
    if "partial" in response.flags and "dataloss" not in response.flags and not is_proven:
        odd += [CLOSE_DELIMITED, *(flag for flag in response.flags if flag == BROKEN_OFF)]
    return tuple(odd)


def _name_flag(request: Request) -> tuple[str, ...]:
    return (SECOND_NAME,) if request.meta.get(SECOND_NAME) else ()


def _kept_under(url: str, request: Request) -> str:
    """Return the address of an exchange; the body of a POST is part of it."""
    return posted(url, request.body.decode("utf-8", "replace")) if request.method == "POST" else url


def _headers(response: Response) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values
    )
