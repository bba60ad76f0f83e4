"""Redirects, one hop at a time: each is a request of its own, with its own robots check, gate and capture."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware as ScrapyRedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from archive.urls import in_domains
from crawler.address import host_name
from crawler.errors import Refused

TOO_MANY = "redirect: too many hops"
# What belongs to one exchange only: its capture and its measurements; and the proxy, chosen anew for each
# address.
_OF_ONE_EXCHANGE = (
    "capture",
    "outcome",
    "peer",
    "tls_verified",
    "asked_rest",
    "download_latency",
    "download_slot",
    "download_maxsize",
    "download_timeout",
    "proxy",
    "_scheme_proxy",
    "_auth_proxy",
)


class RedirectMiddleware(ScrapyRedirectMiddleware):
    """Scrapy's, except that a hop that must not be followed ends as a refusal that can be seen.

    Scrapy raises on the way back, where no other middleware hears of it, or hands the 302 to the spider as if
    it were a page. Here such a hop is a request like any other, and is refused when its turn comes.
    """

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RedirectMiddleware:
        """Return the middleware for a crawler; no Referer is made up for hops, so nothing else is needed."""
        middleware = cls(crawler.settings)
        middleware.crawler = crawler
        return middleware

    def process_request(self, request: Request) -> None:
        """Raise Refused for a hop found unfit when its redirect came."""
        reason = request.meta.get("refused_hop")
        if reason is not None:
            raise Refused(reason)

    def process_response(self, request: Request, response: Response) -> Any:  # type: ignore[override]
        """Return the next hop of a redirect, anything else as it came."""
        location = response.headers.get("Location")
        if location is None or response.status not in (301, 302, 303, 307, 308):
            return response
        target, reason = _target(request, location)
        if reason is not None:
            return self._unfit(request, target, reason)
        try:
            hop = super().process_response(request, response)
        except IgnoreRequest:
            return self._unfit(request, target, TOO_MANY)
        return self._onward(request, hop) if isinstance(hop, Request) else hop

    def handle_referer(self, request: Request, response: Response) -> None:
        """Keep the declared Referer within a host, drop it for another one."""
        if host_name(request.url) != host_name(response.url):
            request.headers.pop("Referer", None)

    def _onward(self, request: Request, hop: Request) -> Request:
        for name in ("If-None-Match", "If-Modified-Since", "Proxy-Authorization"):
            hop.headers.pop(name, None)
        for name in _OF_ONE_EXCHANGE:
            hop.meta.pop(name, None)
        hop.meta["redirected_from"] = request.meta.get("capture")
        return hop.replace(dont_filter=True)

    def _unfit(self, request: Request, target: str, reason: str) -> Request:
        try:
            hop = request.replace(url=target)
        except ValueError:
            # An address no request can have (javascript:…): the one that was redirected stands for it.
            hop = request.replace()
        hop = self._onward(request, hop)
        hop.meta["refused_hop"] = reason
        return hop


def _target(request: Request, location: bytes) -> tuple[str, str | None]:
    """Return where a redirect leads and why it must not be followed, if so."""
    shown = location.decode("latin-1").strip()
    try:
        target = urljoin(request.url, shown)
        scheme = urlsplit(target).scheme
    except ValueError:
        return "", f"redirect: {shown[:200]!r} is no address"
    if scheme not in ("http", "https"):
        return target, f"redirect: to {shown[:200]!r}: only http and https are asked"
    domains = request.meta.get("domains")
    if domains and not in_domains(target, domains):
        return target, f"redirect.offsite: to {host_name(target) or shown[:200]}"
    return target, None
