"""A document's state: one pure state machine over its looks, ordered by their time.

Looks go in, each with what it showed; beside them what else of the site was seen around then, and which other
addresses showed the same text. State, bounds and events come out. All that decides the state of a document is here;
the store writes down what comes out, whether the looks come from a crawl or out of files, and in whatever order.

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
