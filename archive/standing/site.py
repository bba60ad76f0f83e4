"""What else of a site was seen around a time: counted by the hour, so that no history is gone through for a look.

A site is healthy when another of its documents was there within a day, and not more went missing than was seen in
the hours around. What a list shows says nothing of that: a server can lose all articles and keep its lists.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from archive.clock import later, seconds_between
from archive.standing.looks import Look, Sight

HOUR, DAY = 3600.0, 86400.0
# That another article was seen says for so long, before and after, that the site is there.
HEALTHY_FOR = DAY
# So many articles missed within so long, and more than are seen, tell of the site and not of the articles.
MOST_GONE, AT_ONCE = 5, 6 * HOUR
# When so much of a site is absent at once, that is the site's failure or its move before it is so many withdrawals.
VANISHED_SHARE, VANISHED_LEAST, VANISHED_WITHIN, VANISHED_FOR = 0.2, 10, 3 * DAY, 14 * DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many documents were seen, were missed after they had been seen, came back, and were seen for the first time."""

    seen: int = 0
    missed: int = 0
    back: int = 0
    first: int = 0


class Hours(Protocol):
    """The tallies of a site by the hour."""

    def between(self, first: str, last: str) -> Tally:
        """Return the sum of the hours from one to another, both included."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Hours that are held here: for tests, and for the looks of one document."""

    hours: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def between(self, first: str, last: str) -> Tally:
        """Return the sum of the hours from one to another, both included."""
        summed = Counter[str]()
        for (hour, name), count in self.hours.items():
            if first <= hour <= last:
                summed[name] += count
        return Tally(**summed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What the site showed beside one document: its hours, and of those the document's own."""

    site: Hours
    own: Counted

    def is_healthy(self, at: str) -> bool:
        """Return whether the site was there at a moment, by what was seen of it beside this document."""
        first, last = hour_of(later(at, -HEALTHY_FOR)), hour_of(later(at, HEALTHY_FOR))
        if self.site.between(first, last).seen <= self.own.between(first, last).seen:
            return False
        first, last = hour_of(later(at, -AT_ONCE)), hour_of(later(at, AT_ONCE))
        found = self.site.between(first, last)
        return not (found.missed >= MOST_GONE and found.missed > found.seen)

    def is_vanishing(self, since: str, until: str) -> bool:
        """Return whether so much of the site went with this document, and not long ago, that it may be the site's doing."""
        if seconds_between(since, until) >= VANISHED_FOR:
            return False
        now = hour_of(until)
        found = self.site.between(hour_of(later(since, -VANISHED_WITHIN)), now)
        lost = found.missed - found.back
        return lost >= VANISHED_LEAST and lost > VANISHED_SHARE * self.site.between("", now).first


def hour_of(at: str) -> str:
    """Return the hour that a UTC text lies in."""
    return at[:13]


def marks(looks: Iterable[Look], was_there: bool | None = None) -> Counter[tuple[str, str]]:
    """Count what the looks at one document add to the tallies of its site, by hour and name.

    ``was_there``: whether the look before the first of them showed it, None where there was none. An error, a doubt
    and a redirect that nobody followed count for nothing.
    """
    counted = Counter[tuple[str, str]]()
    for look in looks:
        hour = hour_of(look.at)
        if look.sight in (Sight.SHOWN, Sight.SAME):
            counted[hour, "seen"] += 1
            counted[hour, "back"] += was_there is False
            counted[hour, "first"] += was_there is None
            was_there = True
        elif look.sight is Sight.GONE and was_there is not None:
            counted[hour, "missed"] += was_there
            was_there = False
    return +counted
