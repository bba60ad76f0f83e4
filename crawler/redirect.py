"""Redirects, one hop at a time: each is a request with its own robots check, gate and capture."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware as ScrapyRedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from archive.exchange import MOST_HOPS, REDIRECTS
from archive.urls import in_domains, target_of
from crawler.address import host_name, refusal
from crawler.errors import Refused

TOO_MANY = "redirect: too many hops"
# Fields of one exchange only: its capture and its measurements; and the proxy, which is chosen again for each
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
    """Scrapy's redirect middleware, except that a forbidden hop ends as a visible refusal.

    Scrapy raises on the way back, where no other middleware notices it, or passes the 302 to the spider as a
    page. Here such a hop is a request like any other, and is refused when its turn comes.
    """

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RedirectMiddleware:
        """Return the middleware for a crawler; no Referer is made up for hops, so nothing else is needed."""
        middleware = cls(crawler.settings)
        middleware.crawler = crawler
        return middleware

    def process_request(self, request: Request) -> None:
        """Raise Refused for a hop that was marked unfit when its redirect came."""
        reason = request.meta.get("refused_hop")
        if reason is not None:
            raise Refused(reason)

    def process_response(self, request: Request, response: Response) -> Any:  # type: ignore[override]
        """Return the next hop of a redirect, anything else as it came."""
        hop = hop_of(request, response)
        if hop is None:
            return response
        target, reason = hop
        if reason is not None:
            return self._unfit(request, target, reason)
        # Scrapy escapes an address in its own way: it gets one in which nothing is left to escape.
        told = response.replace(headers={**response.headers, "Location": target.encode()})
        try:
            onward = super().process_response(request, told)
        except IgnoreRequest:
            return self._unfit(request, target, TOO_MANY)
        return self._onward(request, onward) if isinstance(onward, Request) else response

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
            # An address no request can have (javascript:…): the redirected request stands for it.
            hop = request.replace()
        hop = self._onward(request, hop)
        hop.meta["refused_hop"] = reason
        return hop


def hop_of(request: Request, response: Response) -> tuple[str, str | None] | None:
    """Return where an answer redirects to, and why that is not followed, if so; None without a redirect.

    Whether the new address may be asked is decided when its turn comes: its robots.txt and the addresses of
    its name are not known here.
    """
    location = response.headers.get("Location")
    if location is None or not location.strip() or response.status not in REDIRECTS:
        return None
    shown = location.decode("utf-8", "backslashreplace").strip()[:200]
    try:
        target = target_of(location, request.url)
    except ValueError:
        return "", f"redirect: {shown!r} is no address"
    if urlsplit(target).scheme not in ("http", "https"):
        return target, f"redirect: to {shown!r}: only http and https are asked"
    domains = request.meta.get("domains")
    if domains and not in_domains(target, domains):
        return target, f"redirect.offsite: to {host_name(target) or shown}"
    if request.meta.get("redirect_times", 0) >= MOST_HOPS:
        return target, TOO_MANY
    return target, None


def why_not_followed(request: Request, response: Response, allowed: frozenset[str]) -> str | None:
    """Return why a redirect leads nowhere, as far as the answer alone shows it."""
    hop = hop_of(request, response)
    if hop is None or hop[1] is not None:
        return hop and hop[1]
    through_proxy = bool(request.meta.get("proxy"))
    reason = refusal(hop[0], through_proxy=through_proxy, allowed=allowed)
    return None if reason is None else f"redirect: {reason}"
