"""When to look again: from what is known of an address to the seconds until the next look. Pure.

Pages change young. Beside that some change at a steady pace whatever their age. So the rate at which a page is
expected to change is a sum of two: one that falls with the time since it was published or last edited, and a steady
one; both start from a prior and are corrected by what its own looks showed. Looks come at ``rate ** -POWER``: in
proportion to the rate (1) rare pages starve, by its square root (1/2, least mean delay) young ones wait too long.

A rate is an expectation. That a page is not expected to change does not prove that it has not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

HOUR, DAY = 3600.0, 86400.0
# An edit that stands for a week is to be found within ten days of it, however old the page is: in a made-up year 91 % were
# with a month for the longest gap, 96 % with two weeks, all with nine days, for half as many looks more.
SHORTEST, LONGEST = 1800.0, 9 * DAY
# A site of which more falls due than it is to be asked waits longer.
LONGEST_OF_MANY = 30 * DAY
LONGEST_OF_LIST = DAY
POWER = 0.85
# Edits expected for each time a page's age grows e-fold, and how many such expectations the prior is worth.
EDITS, WEIGHT = 0.03, 0.5
# Pages younger than this are all equally young.
YOUNG = 600.0
# The steady part: so many edits in so long a time, before anything is known.
STEADY_EDITS, STEADY_TIME = 0.05, 365 * DAY
# An edit so soon after the one before belongs to the falling part, not to the steady one.
SOON = 2 * DAY
# At this rate, a new page's, looks would come so often; SHORTEST holds them back.
TOP, PACE = EDITS / YOUNG, 1000.0
# A list before anything is known of it: new rows twice a day, and that is worth one of them.
LIST_RATE, LIST_TIME = 2 / DAY, DAY / 2
LIST_GAP = 2 * HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What looks at one address have shown, in seconds since its publication (or its first sight).

    ``first`` and ``age``: the first look and now; ``changes``: when changes were seen, oldest first.
    """

    age: float
    first: float = 0.0
    changes: Sequence[float] = ()


def rate(past: Past) -> float:
    """Return how many changes a second are expected of a page now."""
    folds, late, since = 0.0, 0, 0.0
    start, known = 0.0, past.first
    for at in past.changes:
        folds += _folds(known - start, at - start)
        late += at - start > SOON
        start = known = at
    since = max(0.0, past.age - start)
    folds += _folds(max(0.0, known - start), since)
    early = len(past.changes) - late
    factor = (WEIGHT + early) / (WEIGHT + EDITS * folds)
    steady = (STEADY_EDITS + late) / (STEADY_TIME + max(0.0, past.age - past.first))
    return factor * EDITS / (since + YOUNG) + steady


def next_gap(past: Past, *, stretch: float = 1.0) -> float:
    """Return the seconds until a page should be looked at again; ``stretch`` makes all gaps longer alike.

    Never longer than we have known the page: an old page that is new to us has shown us nothing yet.
    """
    acquainted = max(0.0, past.age - past.first)
    return min(LONGEST, max(SHORTEST, min(wanted(rate(past)), acquainted) * stretch))


def wanted(changes_a_second: float) -> float:
    """Return the seconds between looks that a rate is worth, before bounds."""
    return PACE * math.exp(POWER * math.log(TOP / changes_a_second))


def list_gap(looks: int, changed: int, watched: float) -> float:
    """Return the seconds until a list should be looked at again: so many looks, so many of which showed new rows.

    Two changes between looks are seen as one; the estimate allows for that.
    """
    unseen = -math.log((looks - changed + 0.5) / (looks + 0.5)) * looks if looks else 0.0
    expected = (1.0 + unseen) / (LIST_TIME + watched)
    return min(LONGEST_OF_LIST, max(SHORTEST, LIST_GAP * math.sqrt(LIST_RATE / expected)))


def within_budget(gap: float, *, booked: int, a_day: float) -> float:
    """Return a gap, longer where more is booked for its time than a site is asked in it."""
    room = a_day * gap / DAY
    return min(LONGEST_OF_MANY, gap * max(1.0, booked / room)) if room > 0 else LONGEST_OF_MANY


def _folds(start: float, end: float) -> float:
    """Return by how many e-folds an age grew."""
    return math.log((max(start, end) + YOUNG) / (start + YOUNG))
