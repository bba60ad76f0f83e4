"""Whether this machine's clock can be believed while it crawls.

``captured_at`` is this machine's word. Two things speak against it: a server whose own clock is more than five
minutes away, and a wall clock that did not advance as long as the machine ran. Neither says which clock is wrong;
the capture is marked ``suspect``, keeps its place by its number, and its headers keep what the server said.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime

from archive.clock import Clock, seconds_between, utc_text
from archive.models import Exchange

SUSPECT = "suspect"
MOST_SKEW = 300.0


def running() -> float:
    """Return how long this machine has been running, its sleep included where the system counts that."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(clock)


@dataclass(frozen=True, slots=True)
class WallClock:
    """The wall clock and the machine's running time, read at one moment."""

    source: str
    began_at: str
    began: float
    elapsed: Callable[[], float] = running

    @classmethod
    def started(cls, clock: Clock) -> WallClock:
        """Return what is known at this moment."""
        return cls(clock.source, clock.now(), running())

    def word(self, exchange: Exchange) -> str:
        """Return what is said of the clock that gave an exchange its time; a clock that was set is not judged."""
        if self.source != "wall":
            return self.source
        ran = self.elapsed() - self.began
        jumped = seconds_between(self.began_at, exchange.captured_at) - ran
        skew = server_skew(exchange)
        if abs(jumped) > MOST_SKEW or (skew is not None and abs(skew) > MOST_SKEW):
            return SUSPECT
        return self.source


def server_skew(exchange: Exchange) -> float | None:
    """Return the seconds that a server's clock is ahead of ours; None where it tells no time.

    An answer out of a cache was dated when it was made: its ``Age`` is added.
    """
    try:
        dated = parsedate_to_datetime(exchange.header("date"))
    except (ValueError, TypeError):
        return None
    told = utc_text(dated.replace(tzinfo=UTC) if dated.tzinfo is None else dated)
    age = exchange.header("age").strip()
    aged = float(age) if age.isascii() and age.isdigit() and len(age) < 10 else 0.0
    return seconds_between(exchange.captured_at, told) + aged
