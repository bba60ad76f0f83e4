"""The only way out: every request passes here and is refused, or sent politely and within bounds.

Our name is the same for every server, with an address where the operator can be reached.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

from scrapy import Request, signals
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler, _ScrapyAgent
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, DownloadFailedError, DownloadTimeoutError
from scrapy.http import Response
from scrapy.utils._download_handlers import wrap_twisted_exceptions
from twisted.web.client import Agent
from twisted.web.iweb import IAgentEndpointFactory

from archive.exchange import FILE_LIMIT, SECOND_NAME
from crawler import address, plain_user_agent, user_agent
from crawler.connection import (
    CONNECT_SECONDS,
    BoundedFactory,
    HandshakeTimeout,
    HeadersTooLarge,
    PublicEndpoints,
    VerifiedTls,
    system_trust,
)
from crawler.errors import ExchangeFailed, Refused, TlsInvalid, TooLarge, causes_of
from crawler.gate import LONGEST_PAUSE, process_gate, retry_after
from crawler.pace import Pace

# A file of 20 MB from a slow county server takes longer than a page may; the least rate applies to it, too.
_FILE_SECONDS = 300.0
# Below 1 KB/s over this many seconds an answer is a trickle meant, or able, to hold a slot for hours.
_LEAST_RATE = 1024


class PoliteHandler(HTTP11DownloadHandler):
    """Refuses forbidden requests, waits for the host's turn, and downloads with limits of time and size.

    On return ``request.meta`` says who answered (``peer``, the proxy's address where there is one) and
    whether TLS was verified (``tls_verified``, None for http). ``meta['is_file']``: the request has the
    limits of files.
    """

    # Built at the first request: by then the middlewares, whose errors Scrapy lets through, have reported
    # errors in the settings; errors of a handler it logs and turns into "no handler for that scheme".
    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        from twisted.internet import reactor

        self._allowed = address.allowed_hosts(crawler.settings.getlist("ARCHIVE_ALLOW_HOSTS"))
        self._pace = Pace.from_crawler(crawler)
        self._window = crawler.settings.getfloat("ARCHIVE_SLOW_SECONDS", 20.0)
        tls: Any = VerifiedTls(system_trust())
        self._contextFactory = tls
        self._endpoints: Any = PublicEndpoints(
            reactor, tls, lambda host, port: address.system_lookup(host, port), self._allowed
        )
        self._pool._factory = BoundedFactory
        # A second try by the pool itself would pass neither the gate nor the capture.
        self._pool.retryAutomatically = False
        self._received: dict[Request, int] = {}
        crawler.signals.connect(self._headers_came, signals.headers_received)
        crawler.signals.connect(self._bytes_came, signals.bytes_received)

    async def download_request(self, request: Request) -> Response:
        """Return the answer to a request. Raise Refused, with nothing sent, where it must not be asked."""
        proxy = request.meta.get("proxy")
        reason = address.refusal(request.url, through_proxy=bool(proxy), allowed=self._allowed)
        if reason is not None:
            raise Refused(reason)
        host = address.host_name(request.url)
        gate = process_gate()
        delay = self._pace.delay(request, host, gate.crawl_delay(host))
        async with gate.turn(host, delay):
            response = await self._exchange(request)
            rest = request.meta["asked_rest"] = _asked_pause(response)
            if rest:
                gate.pause(host, rest)
        if "dataloss" in response.flags:
            # One word for the capture: a body shorter than its stated length is just as partial.
            response.flags.append("partial")
        request.meta["peer"] = None if response.ip_address is None else str(response.ip_address)
        request.meta["tls_verified"] = True if request.url.startswith("https:") else None
        return response

    async def _exchange(self, request: Request) -> Response:
        request.meta["download_maxsize"] = self._default_maxsize
        if request.meta.get("is_file"):
            request.meta.update(download_maxsize=FILE_LIMIT, download_timeout=_FILE_SECONDS)
        try:
            with wrap_twisted_exceptions():
                return await self._watched(request)
        except DownloadCancelledError as error:
            raise TooLarge(f"too_large: more than {request.meta['download_maxsize']} bytes") from error
        except (HeadersTooLarge, DownloadFailedError) as error:
            raise _named(error) from error

    async def _watched(self, request: Request) -> Response:
        loop = asyncio.get_running_loop()
        download = self._agent().download_request(request).asFuture(loop)
        try:
            while not download.done():
                before = self._received.get(request)
                await asyncio.wait({download}, timeout=self._window)
                if before is None or download.done():
                    continue
                if self._received[request] - before < _LEAST_RATE * self._window:
                    raise DownloadTimeoutError(f"less than 1 KB/s for {self._window:g} s")
            return download.result()
        finally:
            self._received.pop(request, None)
            download.cancel()

    def _agent(self) -> _ScrapyAgent:
        return _PoliteAgent(
            self._endpoints,
            contextFactory=self._contextFactory,
            pool=self._pool,
            maxsize=self._default_maxsize,
            fail_on_dataloss=self._fail_on_dataloss,
            crawler=self._crawler,
        )

    def _headers_came(self, request: Request) -> None:
        self._received.setdefault(request, 0)

    def _bytes_came(self, data: bytes, request: Request) -> None:
        if request in self._received:
            self._received[request] += len(data)


class _PoliteAgent(_ScrapyAgent):
    """Scrapy's agent, with our connections where there is no proxy, and less time to connect."""

    def __init__(self, endpoints: IAgentEndpointFactory, **rest: object) -> None:
        super().__init__(**rest)  # type: ignore[arg-type]
        self._endpoints = endpoints

    def _get_agent(self, request: Request, timeout: float) -> Agent:
        if request.meta.get("proxy"):
            return super()._get_agent(request, min(timeout, CONNECT_SECONDS))
        from twisted.internet import reactor

        agent: Agent = Agent.usingEndpointFactory(reactor, self._endpoints, self._pool)  # type: ignore[no-untyped-call]
        return agent

    def _cb_bodydone(self, result: Any, url: str) -> Response:
        """Return the answer, flagged with the oddities of its delivery."""
        response = super()._cb_bodydone(result, url)
        response.flags += list(getattr(result["txresponse"], "oddities", ()))
        return response


def _asked_pause(response: Response) -> float:
    """Return the seconds of the pause that a server asked for, at most an hour."""
    if response.status not in (429, 503):
        return 0.0
    told, date = ((response.headers.get(name) or b"").decode("latin-1") for name in ("Retry-After", "Date"))
    return min(LONGEST_PAUSE, retry_after(told, date, time.time()) or 0.0)


def _named(error: Exception) -> Exception:
    """Return the exception that describes the failure, from those it is wrapped in."""
    for cause in causes_of(error):
        if isinstance(cause, HeadersTooLarge):
            return TooLarge(f"too_large: {cause}")
        if isinstance(cause, HandshakeTimeout):
            return DownloadTimeoutError(str(cause))
        if type(cause).__module__.startswith(("OpenSSL", "service_identity")):
            return TlsInvalid(str(cause) or type(cause).__name__)
    return ExchangeFailed(error)


class IdentityMiddleware:
    """Sets our identity on every request, whatever a spider or a setting says."""

    def __init__(self, contact: str) -> None:
        self._name = user_agent(contact)
        self._second = plain_user_agent(contact)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> IdentityMiddleware:
        """Return the middleware for a crawler, with the contact of its settings."""
        return cls(crawler.settings.get("ARCHIVE_CONTACT") or "")

    def process_request(self, request: Request) -> None:
        """Set the User-Agent."""
        is_second = request.meta.get(SECOND_NAME)
        request.headers[b"User-Agent"] = self._second if is_second else self._name
