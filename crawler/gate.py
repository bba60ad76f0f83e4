"""One request at a time per host name, and a rest between two.

Scrapy's own limits are per crawler and per slot: with ``CONCURRENT_REQUESTS_PER_DOMAIN = 1`` and no delay, 11
of 12 requests were under way at once against a slow server, and two spiders on one host make two. So every
request of this process passes one gate, whatever spider, kind (robots.txt, redirect, retry) or proxy it has.

The rest is counted from the end of one request to the start of the next. Counted from start to start, the
first request's connection and TLS handshake would use it up from the server's view, and a host that answers
slowly would be asked again without any rest.

The gates are kept per event loop in a module global, the only one of the crawler. Crawlers of one process
share nothing else: settings are copied deeply for each, and none knows the process it belongs to.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from weakref import WeakKeyDictionary

from crawler.errors import Refused

LONGEST_PAUSE = 3_600.0
LONGEST_CRAWL_DELAY = 30.0


@dataclass(slots=True)
class _Host:
    """The state of one host: who has its turn, since when it rests, until when it asked for a pause."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    ended: float | None = None
    last_delay: float = 0.0
    paused_until: float = 0.0
    crawl_delay: float = 0.0

    def opens_at(self, delay: float) -> float:
        """Return when the next request may begin, in seconds of the gate's clock."""
        if self.ended is None:
            return self.paused_until
        return max(self.ended + max(delay, self.last_delay), self.paused_until)


class Gate:
    """The turns of all hosts of one process.

    ``patience``: a request whose host asked for a longer pause is refused and made later; it does not wait.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic, patience: float = 180.0) -> None:
        self._clock = clock
        self._patience = patience
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, host: str, delay: float) -> AsyncIterator[None]:
        """Hold the host's turn: wait until nobody else has it and ``delay`` seconds have passed since.

        The turn ends with the block, however it ends. Raise Refused where the host is paused for longer than
        anybody should wait.
        """
        known = self._host(host)
        async with known.turn:
            await self._rest(known, host, delay)
            try:
                yield
            finally:
                known.ended = self._clock()
                known.last_delay = delay

    def pause(self, host: str, seconds: float) -> None:
        """Leave a host alone for some seconds (an hour at most): Retry-After asks for it."""
        known = self._host(host)
        until = self._clock() + min(max(seconds, 0.0), LONGEST_PAUSE)
        known.paused_until = max(known.paused_until, until)

    def slow_down(self, host: str, seconds: float) -> None:
        """Remember the Crawl-delay of a host's robots.txt (half a minute at most)."""
        known = self._host(host)
        known.crawl_delay = max(known.crawl_delay, min(seconds, LONGEST_CRAWL_DELAY))

    def crawl_delay(self, host: str) -> float:
        """Return the delay a host's robots.txt asks for, 0 where it asks for none or was not read."""
        return self._host(host).crawl_delay

    def paused_for(self, host: str) -> float:
        """Return for how many more seconds a host asks to be left alone."""
        return max(0.0, self._host(host).paused_until - self._clock())

    def _host(self, host: str) -> _Host:
        return self._hosts.setdefault(host, _Host())

    async def _rest(self, known: _Host, host: str, delay: float) -> None:
        while True:
            paused = self.paused_for(host)
            if paused > self._patience:
                raise Refused(f"paused: the host asked for {paused:.0f} s of rest", retry_in=paused)
            rest = known.opens_at(delay) - self._clock()
            if rest <= 0:
                return
            await asyncio.sleep(rest)


_gates: WeakKeyDictionary[asyncio.AbstractEventLoop, Gate] = WeakKeyDictionary()


def process_gate() -> Gate:
    """Return the gate of this process (of the event loop that runs in it), made at first use."""
    return _gates.setdefault(asyncio.get_running_loop(), Gate())


def retry_after(value: str | None, date: str | None, now: float) -> float | None:
    """Return the seconds of a Retry-After header, None where it is missing or invalid.

    A date is compared with the answer's own Date header where there is one: the server's clock may be wrong.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    until = _timestamp(text)
    if until is None:
        return None
    sent = _timestamp(date or "")
    return max(0.0, until - (now if sent is None else sent))


def _timestamp(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
