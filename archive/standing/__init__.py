"""How a document stands: one pure state machine over its looks, ordered by their time.

Looks go in, each with what it showed; beside them what else of the site was seen around then, and which other
addresses showed the same text. State, bounds and events come out. All that affects the state of a document lives here;
the store writes down what is said here, whether the looks come from a crawl or out of files, and in whatever order.

``looks`` and ``story`` hold the values, ``site`` what is asked of the rest of the site, ``machine`` the transitions and
the rules.
"""

from archive.standing.looks import PRESENT, Look, News, Sight, There
from archive.standing.machine import Telling, fold
from archive.standing.site import Around, Counted, Hours, Tally, hour_of, marks
from archive.standing.story import Absence, Bound, Story

__all__ = [
    "PRESENT",
    "Absence",
    "Around",
    "Bound",
    "Counted",
    "Hours",
    "Look",
    "News",
    "Sight",
    "Story",
    "Tally",
    "Telling",
    "There",
    "fold",
    "hour_of",
    "marks",
]
