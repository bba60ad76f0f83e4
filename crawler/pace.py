"""The delay between two requests to a host, and the requests that one run may send to a site.

The delay of a host is the site's, robots.txt's, or the operator's.

A run of ``--due`` may ask an hour's worth of one site, so that it ends and no site is stormed: after a month
without runs everything is due at once. The run asks what the site's delay allows in an hour. New and known
addresses alternate, each by how long it has been due: an address that changes often was planned soonest, so
it has waited longest. The rest stays due for the next run. Within the hour's worth, looks at known addresses
keep within a twentieth of what the delay allows in a day, those of earlier runs counted. Lists, new addresses
and further pages are no such looks.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from urllib.request import getproxies

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings

from archive.errors import BadInput
from archive.model import Kind
from archive.store.schedule.frontier import BUDGET_SHARE, Due
from crawler.address import allowed_hosts, is_loopback

# Anything shorter is no delay: it is for servers on this machine.
_LEAST = 0.5
_DEFAULT = 3.0
HOUR, DAY = 3600.0, 86400.0
_SHORTEST_DELAY = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The delays of one crawl. ``replaced`` is ARCHIVE_DELAY, None where the site's own delay holds."""

    site: float
    replaced: float | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Pace:
        """Return the pace of a crawler's site. Raise BadInput for an invalid ARCHIVE_DELAY."""
        declared = getattr(crawler.spidercls, "site", None)
        site = declared.delay if declared is not None else _DEFAULT
        return cls(site=site, replaced=delay_setting(crawler.settings))

    def delay(self, request: Request, host: str, crawl_delay: float) -> float:
        """Return the seconds of rest for the host of one request.

        A delay of (next to) nothing applies only where the peer or the proxy is this machine; elsewhere the
        site's own delay stays in force.
        """
        polite = max(self.site, crawl_delay)
        if self.replaced is None:
            return polite
        if self.replaced >= _LEAST:
            return max(self.replaced, crawl_delay)
        proxy = request.meta.get("proxy")
        peer = urlsplit(proxy).hostname or "" if proxy else host
        return self.replaced if is_loopback(peer) else polite


def delay_setting(settings: BaseSettings, proxies: Mapping[str, str] | None = None) -> float | None:
    """Return ARCHIVE_DELAY, None where it is not set.

    Raise BadInput where it is not a number of seconds, or next to nothing although neither a proxy of this
    process nor a host the operator allows is this machine.
    """
    text = settings.get("ARCHIVE_DELAY")
    if text is None or text == "":
        return None
    try:
        seconds = float(text)
    except ValueError:
        raise BadInput(f"ARCHIVE_DELAY: {text!r} is no number of seconds") from None
    if not 0 <= seconds < 86_400:
        raise BadInput(f"ARCHIVE_DELAY: {text!r} is no delay — give seconds from 0 to 86399")
    peers = _peers((getproxies() if proxies is None else proxies).values())
    peers |= allowed_hosts(settings.getlist("ARCHIVE_ALLOW_HOSTS"))
    if seconds < _LEAST and not any(is_loopback(peer) for peer in peers):
        raise BadInput(
            f"ARCHIVE_DELAY: {seconds:g} is for servers on this machine — set HTTP_PROXY and HTTPS_PROXY to "
            "a loopback proxy, or name a loopback host in ARCHIVE_ALLOW_HOSTS"
        )
    return seconds


def _peers(proxies: Iterable[str]) -> set[str]:
    peers = set()
    for proxy in proxies:
        try:
            peers.add(urlsplit(proxy if "//" in proxy else f"http://{proxy}").hostname or "")
        except ValueError:
            continue
    return peers


@dataclass(slots=True, kw_only=True)
class Allowance:
    """The rest of one site's share of a run: requests, looks at known addresses among them, seconds."""

    requests: int
    looks: int
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)
    until: float = 0.0

    def __post_init__(self) -> None:
        self.until = self.clock() + HOUR

    @property
    def is_spent(self) -> bool:
        """Whether only the further pages of an article already begun may still be asked."""
        return self.requests <= 0 or self.clock() >= self.until

    @property
    def may_look_again(self) -> bool:
        """Whether known addresses may still be looked at."""
        return self.looks > 0

    def spend(self, due: Due) -> None:
        """Count one request."""
        self.requests -= 1
        if due.visits and due.kind != Kind.LISTING and due.part_of is None:
            self.looks -= 1


def allowance(delay: float, looks_today: int) -> Allowance:
    """Return what a run may ask of a site, by its delay and its looks at known addresses in a day."""
    hour = int(HOUR / max(delay, _SHORTEST_DELAY))
    a_day = max(1, int(BUDGET_SHARE * DAY / max(delay, _SHORTEST_DELAY)))
    return Allowance(requests=hour, looks=max(0, min(hour, a_day - looks_today)))
