"""A document's state: one pure state machine over its looks, ordered by their time.

The input is the looks, each with what it showed, together with what else of the site was seen around then,
and the other addresses that showed the same text. The output is state, bounds and events. Everything that
decides the state of a document is here. The store writes the output, whether the looks come from a crawl or
from files, in any order.

``story`` holds the values and the tallies of a site, ``machine`` the transitions and the rules.
"""

from __future__ import annotations

from archive.state.machine import Folded, fold
from archive.state.story import (
    PRESENT,
    Absence,
    Around,
    Bound,
    CountedHours,
    DerivedEvent,
    Hours,
    Look,
    LookElsewhere,
    Sight,
    Story,
    Tally,
    hour_of,
    hourly_counts,
)

__all__ = [
    "PRESENT",
    "Absence",
    "Around",
    "Bound",
    "CountedHours",
    "DerivedEvent",
    "Folded",
    "Hours",
    "Look",
    "LookElsewhere",
    "Sight",
    "Story",
    "Tally",
    "fold",
    "hour_of",
    "hourly_counts",
]
