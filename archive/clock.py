"""The time a run lives in.

All times the archive writes are UTC text of one width, ``YYYY-MM-DDTHH:MM:SS.mmmZ``, so that text order is time
order. ``YUANBEN_NOW`` starts a run's clock at another moment; from there it advances with monotonic time, and
what is captured under it is marked ``clock='set'``. Neither clock proves when something happened: it is this
machine's word.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from archive.errors import BadInput
from archive.patterns import regex

# What Beijing's clocks are ahead of UTC, since 1991 without a summer time.
BEIJING = timedelta(hours=8)
_DAY = regex(r"\d{4}-\d\d-\d\d", re.ASCII)


def utc_text(moment: datetime) -> str:
    """Return a moment as the archive writes it, cut (not rounded) to milliseconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def moment(text: str) -> datetime:
    """Return the moment a UTC text names; the fraction may be missing. Raise BadInput for anything else."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        parsed = None
    if parsed is None or parsed.tzinfo is None:
        raise BadInput(f"{text!r} is no UTC time — write it as 2026-11-21T08:00:00.000Z")
    return parsed.astimezone(UTC)


def day_text(text: str) -> str:
    """Return a day as it was written, ``YYYY-MM-DD``. Raise BadInput where there is no such day."""
    _parsed_day(text)
    return text


def until_text(text: str) -> str:
    """Return the UTC text of a moment: a UTC time, or the last millisecond of a Beijing day."""
    try:
        if not re.match(r"\d{4}-\d\d-\d\dT", text):
            return utc_text(_parsed_day(text) + timedelta(days=1) - BEIJING - timedelta(milliseconds=1))
        return utc_text(moment(text))
    except (BadInput, OverflowError):
        raise BadInput(
            f'"{text}" is no time — write 2026-11-21T08:00:00.000Z (UTC) or 2026-11-21 (Beijing)'
        ) from None


def _parsed_day(text: str) -> datetime:
    try:
        if not _DAY.fullmatch(text):
            raise ValueError(text)
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise BadInput(f'"{text}" is no day — write it as 2026-11-21') from None


def later(text: str, seconds: float) -> str:
    """Return the UTC text ``seconds`` after (or, negative, before) another."""
    return utc_text(moment(text) + timedelta(seconds=seconds))


def beijing_day(text: str) -> str:
    """Return the day, ``YYYY-MM-DD``, that it is in Beijing at a UTC text."""
    return later(text, BEIJING.total_seconds())[:10]


def beijing_minute(text: str) -> str:
    """Return a UTC text as people in China read it: Beijing time to the minute, ``YYYY-MM-DD HH:MM``."""
    return later(text, BEIJING.total_seconds())[:16].replace("T", " ")


def seconds_between(earlier: str, later_: str) -> float:
    """Return the seconds from one UTC text to another."""
    return (moment(later_) - moment(earlier)).total_seconds()


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock that started at ``start`` when the monotonic clock stood at ``zero``."""

    start: datetime
    zero: float
    source: str

    def now(self) -> str:
        """Return the present moment as UTC text."""
        if self.source == "wall":
            return utc_text(datetime.now(UTC))
        return utc_text(self.start + timedelta(seconds=time.monotonic() - self.zero))


def clock_from(environ: Mapping[str, str] = os.environ) -> Clock:
    """Return this run's clock: the machine's, or the one that ``YUANBEN_NOW`` sets."""
    told = environ.get("YUANBEN_NOW")
    if told:
        return Clock(moment(told), time.monotonic(), "set")
    return Clock(datetime.now(UTC), time.monotonic(), "wall")
