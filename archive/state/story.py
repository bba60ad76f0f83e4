"""The values of the state machine: looks, the story of a document, and the hourly tallies of its site.

A **look** is what one capture showed of a document. A **story** is what is known of it after some of its
looks, with the bounds of its presences and absences; it is enough to continue from.

The tallies count by the hour what else of a site was seen, so that no history is searched for a look. A site
is healthy when another of its documents was there within a day, and not more went missing than was seen in
the hours around. What a list shows is no evidence of that: a server can lose all articles and keep its lists.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from archive.clock import later, seconds_between
from archive.model import Outcome, State

PRESENT = (Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED, Outcome.NOT_MODIFIED)
# A withdrawal is claimed after this many absent sightings over this many seconds, while the site answers
# otherwise.
ABSENCES, ABSENT_FOR = 3, 72 * 3600.0
HOUR, DAY = 3600.0, 86400.0
# A sighting of another article shows that the site is there for this long, before and after.
HEALTHY_FOR = DAY
# This many articles missed within this time, and more than are seen, are the site's doing and not the
# articles'.
MOST_GONE, AT_ONCE = 5, 6 * HOUR
# When this much of a site is absent at once, the cause is first taken to be the site's failure or move, not
# withdrawals.
VANISHED_SHARE, VANISHED_LEAST, VANISHED_WITHIN, VANISHED_FOR = 0.2, 10, 3 * DAY, 14 * DAY


class Sight(StrEnum):
    """What a look saw, whichever reader read it and whatever was there before."""

    SHOWN = "shown"
    SAME = "same"
    GONE = "gone"
    SENT = "sent"
    QUARANTINED = "quarantined"
    UNREADABLE = "unreadable"
    BLOCKED = "blocked"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at a document.

    ``version`` is what it showed and ``key`` names its text and title; a 304 (``SAME``) shows what was shown
    before, so its own are not used. ``work`` numbers the works at one address, ``is_article`` says whether
    the page bears a date, a number or a source. ``sent_to`` is the address of another path that a permanent
    redirect led to. For a redirect that was not followed (``SENT``), ``key`` is the text that was seen at the
    target, and ``is_same_work`` says whether it is the same work, as far as that is known.
    ``asked_for_changes`` is None where nobody noted it; ``was_doubted`` holds the reason of a page that was
    quarantined first and is a version now.
    """

    at: str
    capture: int
    sight: Sight
    reason: str | None = None
    version: int | None = None
    key: str | None = None
    work: int = 0
    is_article: bool = True
    sent_to: str | None = None
    is_same_work: bool = False
    asked_for_changes: bool | None = None
    was_doubted: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LookElsewhere:
    """One look at another document of the site: whether it showed a text, and which."""

    at: str
    capture: int
    url: str
    key: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedEvent:
    """An event of a document: its kind, the look at which it was noticed, and its details."""

    kind: str
    at: str
    capture: int
    details: dict[str, object] = field(default_factory=dict)


# The state after a look that did not show a document that was there; an error cannot revoke these.
STATE_AFTER = {
    Sight.UNREADABLE: State.UNREADABLE,
    Sight.QUARANTINED: State.QUARANTINED,
    Sight.BLOCKED: State.BLOCKED,
    Sight.FAILED: State.UNREACHABLE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """The last sightings: at any look, and at a look that gave the whole page. A 304 may be a lie."""

    at: str | None = None
    whole: str | None = None

    def before(self, look: Look) -> str | None:
        """Return the last sighting that bounds a look which saw otherwise."""
        return self.whole if look.asked_for_changes is False else self.at

    def after(self, look: Look) -> Bound:
        """Return the bound after another sighting."""
        return Bound(at=look.at, whole=self.whole if look.sight is Sight.SAME else look.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """The absent sightings since a document was there: all of them, and those of a healthy site."""

    first: str
    last: str
    present: str | None
    counted: int = 0
    counted_first: str | None = None
    counted_last: str | None = None
    counted_present: str | None = None

    @property
    def is_long(self) -> bool:
        """Whether the absence amounts to a withdrawal, if the site as a whole is not vanishing."""
        if self.counted < ABSENCES or self.counted_first is None or self.counted_last is None:
            return False
        return seconds_between(self.counted_first, self.counted_last) >= ABSENT_FOR

    @property
    def bounds(self) -> dict[str, object]:
        """Return the looks between which the document was taken down.

        An absence together with the whole site has no bounds.
        """
        if self.counted_first is None:
            return {"last_present": self.present, "first_absent": self.first}
        return {"last_present": self.counted_present, "first_absent": self.counted_first}


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What is known of a document after some of its looks: enough to continue from.

    ``settled`` is its state without errors and doubts; ``home`` bounds its presence at its own address,
    ``present`` its presence at any address; ``told`` is the last claim, with its details. ``shown`` are its
    versions in the order in which they were seen. ``run`` says since when the current work has been at its
    address, and how often it was seen. ``seen_hours`` are the hours of its sightings of the last day; they
    are subtracted from what the site showed beside it.
    """

    state: State = State.UNREACHABLE
    settled: State = State.UNREACHABLE
    first_seen: str | None = None
    last_seen: str | None = None
    present: Bound = field(default_factory=Bound)
    home: Bound = field(default_factory=Bound)
    version: int | None = None
    key: str | None = None
    shown: tuple[int, ...] = ()
    was_there: bool | None = None
    absence: Absence | None = None
    doubt: str | None = None
    told: str | None = None
    details: dict[str, object] = field(default_factory=dict)
    moved_since: str | None = None
    moved_bound: str | None = None
    first_work: int | None = None
    work: int | None = None
    run_first: str | None = None
    run_before: str | None = None
    run_looks: int = 0
    is_article: bool = True
    seen_hours: tuple[str, ...] = ()

    @property
    def is_absent(self) -> bool:
        """Whether the last sighting of the document shows its absence."""
        return self.absence is not None and self.state not in STATE_AFTER.values()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Numbers of documents: seen, missed after they had been seen, come back, and seen for the first time."""

    seen: int = 0
    missed: int = 0
    back: int = 0
    first: int = 0


class Hours(Protocol):
    """The tallies of a site by the hour."""

    def between(self, first: str, last: str) -> Tally:
        """Return the sum of the hours from one to another, both included."""


@dataclass(frozen=True, slots=True)
class CountedHours:
    """Hours held in memory: for tests, and for the looks of one document."""

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
    """What the site showed beside one document: the site's hours, and the document's own."""

    site: Hours
    own: CountedHours

    def is_healthy(self, at: str) -> bool:
        """Return whether the site was there at a moment, by its other documents."""
        first, last = hour_of(later(at, -HEALTHY_FOR)), hour_of(later(at, HEALTHY_FOR))
        if self.site.between(first, last).seen <= self.own.between(first, last).seen:
            return False
        first, last = hour_of(later(at, -AT_ONCE)), hour_of(later(at, AT_ONCE))
        tally = self.site.between(first, last)
        return not (tally.missed >= MOST_GONE and tally.missed > tally.seen)

    def is_vanishing(self, since: str, until: str) -> bool:
        """Return whether so much of the site disappeared with this document that the site may be the cause.

        Only recent disappearances count.
        """
        if seconds_between(since, until) >= VANISHED_FOR:
            return False
        now = hour_of(until)
        tally = self.site.between(hour_of(later(since, -VANISHED_WITHIN)), now)
        lost = tally.missed - tally.back
        return lost >= VANISHED_LEAST and lost > VANISHED_SHARE * self.site.between("", now).first


def hour_of(at: str) -> str:
    """Return the hour of a UTC text."""
    return at[:13]


def hourly_counts(looks: Iterable[Look], was_there: bool | None = None) -> Counter[tuple[str, str]]:
    """Count what the looks at one document add to the tallies of its site, by hour and name.

    ``was_there``: whether the look before the first of them showed it, None where there was none. Errors,
    doubts and redirects that were not followed are not counted.
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
