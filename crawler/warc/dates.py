"""The times that records name: ISO 8601 with more or less of it, or the fourteen figures of ARC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from archive.clock import utc_text

_TIME = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)[T ]?(\d\d):?(\d\d)(?::?(\d\d)(?:[.,](\d+))?)?\s*(Z|[+-]\d\d:?\d\d)?",
    re.ASCII | re.IGNORECASE,
)


def captured_at(text: str) -> str | None:
    """Return the UTC text of a record's date, cut to milliseconds; a minute stands for its beginning.

    None for what names no moment: a year, a month or a day (WARC 1.1 allows them) is too long a time to say that
    something was seen *at* it. Without a zone it is UTC, as the standard has it.
    """
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    micro = int((found[7] or "").ljust(6, "0")[:6])
    try:
        at = datetime(year, month, day, hour, minute, min(second, 59), micro, tzinfo=UTC)
        return utc_text(at - _offset(found[8]))
    except (ValueError, OverflowError):
        return None


def _offset(zone: str | None) -> timedelta:
    if not zone or zone in "Zz":
        return timedelta()
    hours, minutes = int(zone[1:3]), int(zone[-2:])
    return timedelta(hours=hours, minutes=minutes) * (-1 if zone[0] == "-" else 1)
