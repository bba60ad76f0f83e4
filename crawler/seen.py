"""A crawl's observations of one site: values for a verdict, the clock, and answers that refuse us.

``captured_at`` is this machine's word. Two things speak against it: a server whose own clock is more than
five minutes away, and a wall clock that did not advance as long as the machine ran. Neither says which clock
is wrong. The capture is marked ``suspect``, keeps its place by its number, and its headers keep what the
server said.

``turns_away`` decides while crawling, by the status or by the page that came instead. Pure.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime

from archive.attach.kinds import is_html
from archive.clock import Clock, seconds_between, utc_text
from archive.exchange import SECOND_NAME
from archive.extract.charset import decode
from archive.model import Exchange, KeptExchange, Outcome
from archive.trust import page_signature, page_title, visible_text

SUSPECT = "suspect"
MOST_SKEW = 300.0
# No challenge is longer; longer pages are left to the reader.
_LONGEST = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ListObservation:
    """One page of a list in a crawl: its links now, and at the sighting before (None: never).

    ``announced`` rows and ``counted`` pages are the totals that the list states. On a first page, ``further``
    is the number of other pages seen in this crawl and ``shown_further`` the number of their rows. A further
    page ``is_counted`` when the first states how many there are, so that it should be there. ``ever``: how
    many rows the list has shown in all its pages so far, None while it was not followed to known ground. Of
    the ``held`` articles among them, ``unasked`` have waited for long. It ``is_unfilled`` when it has never
    shown a row, and other lists of its site have. ``drafted`` is the rule that would give its rows, where the
    declared rule gave none and the general reading gave them.
    """

    url: str
    outcome: str
    reason: str | None
    links: int | None = None
    links_before: int | None = None
    newest: str = ""
    is_shell: bool = False
    pages: int = 0
    left_out: int = 0
    announced: int | None = None
    announced_before: int | None = None
    counted: int | None = None
    counted_before: int | None = None
    head: str = ""
    is_counted: bool = False
    further: int = 0
    shown_further: int = 0
    repeats: bool = False
    ever: int | None = None
    held: int = 0
    unasked: int = 0
    is_unfilled: bool = False
    drafted: str = ""

    @property
    def is_read(self) -> bool:
        """Whether the list was seen as a list."""
        return self.outcome in ("listing", "not_modified") and not self.is_shell and self.links is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlObservation:
    """What a crawl of one site saw.

    ``blocked_reasons``, ``failed_reasons`` and ``refused`` are the site's troubles: those of single articles
    are left out.
    """

    counts: Mapping[str, int]
    blocked_reasons: Sequence[str] = ()
    failed_reasons: Sequence[str] = ()
    refused: Sequence[str] = ()
    lists: Sequence[ListObservation] = ()
    further: Sequence[ListObservation] = ()
    missed_articles: int = 0
    gone_at_once: int = 0
    unreadable_articles: int = 0
    read_articles: int = 0
    today: str = ""
    waiting: int = 0
    full: bool = True
    pace: float | None = None
    paces: Sequence[float] = ()
    mass_changed: int = 0
    longest_pause: int | None = None
    newest_known: str = ""
    ahead: Sequence[str] = ()


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
        """Return both values of this moment."""
        return cls(clock.source, clock.now(), running())

    def word(self, exchange: Exchange) -> str:
        """Return the clock source of an exchange, or ``suspect``; a clock that was set is not judged."""
        if self.source != "wall":
            return self.source
        ran = self.elapsed() - self.began
        jumped = seconds_between(self.began_at, exchange.captured_at) - ran
        skew = server_skew(exchange)
        if abs(jumped) > MOST_SKEW or (skew is not None and abs(skew) > MOST_SKEW):
            return SUSPECT
        return self.source


def server_skew(exchange: Exchange) -> float | None:
    """Return the seconds that a server's clock is ahead of ours; None where it gives no time.

    An answer from a cache was dated when it was made: its ``Age`` is added.
    """
    try:
        dated = parsedate_to_datetime(exchange.header("date"))
    except (ValueError, TypeError):
        return None
    server_time = utc_text(dated.replace(tzinfo=UTC) if dated.tzinfo is None else dated)
    age = exchange.header("age").strip()
    aged = float(age) if age.isascii() and age.isdigit() and len(age) < 10 else 0.0
    return seconds_between(exchange.captured_at, server_time) + aged


def turns_away(exchange: Exchange, kept: KeptExchange) -> bool | None:
    """Return whether an answer refuses us or fails: 403, 412, 429, 521, a challenge with 200, nothing.

    None where it is no evidence: a hop of a redirect, robots.txt, an answer kept out by our own bounds. False
    does not prove that a page is an article: soft 404s and spam are the reader's.
    """
    if exchange.kind == "robots" or kept.outcome is Outcome.REDIRECTED or SECOND_NAME in exchange.flags:
        return None
    if kept.outcome in (Outcome.BLOCKED, Outcome.FAILED):
        return None if (kept.reason or "").startswith(("too_large", "decode_error", "redirect")) else True
    return _is_challenge(exchange)


def _is_challenge(exchange: Exchange) -> bool:
    body = exchange.body or b""
    if not body or len(body) > _LONGEST or (exchange.kind == "attachment" and not is_html(body)):
        return False
    text = decode(body, exchange.header("content-type")).text
    signature = page_signature(visible_text(text), page_title(text), text)
    return signature is not None and signature.outcome is Outcome.BLOCKED
