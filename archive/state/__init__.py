"""How a document stands: one pure state machine over its looks, ordered by their time.

Looks go in, each with what it showed; beside them what else of the site was seen around then, and which other
addresses showed the same text. State, bounds and events come out. All that affects the state of a document lives here;
the store writes down what is said here, whether the looks come from a crawl or out of files, and in whatever order.

``looks`` and ``story`` hold the values, ``site`` what is asked of the rest of the site, ``machine`` the transitions and
the rules.
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
