"""What a run of ``--due`` may ask of one site: an hour's worth, so that it ends and no site is stormed.

After a month of sleep everything is due at once. What the site's delay allows in an hour is asked, what is new and
what is known in turns, each by how long it has been due: what changes often was planned soonest, so it has waited
longest. The rest stays due for the next run. Of that, looks at what is known keep within a twentieth of what the delay
allows in a day, those of the runs before counted; lists, what is new and further pages are no such looks.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from archive.models import Kind
from archive.store.asking.frontier import BUDGET_SHARE, Due

HOUR, DAY = 3600.0, 86400.0
_SHORTEST_DELAY = 0.5


@dataclass(slots=True, kw_only=True)
class Allowance:
    """What is left of one site's share of a run: requests, looks at what is known among them, seconds."""

    requests: int
    looks: int
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)
    until: float = 0.0

    def __post_init__(self) -> None:
        self.until = self.clock() + HOUR

    @property
    def is_spent(self) -> bool:
        """Whether nothing more may be asked but the further pages of an article that was begun."""
        return self.requests <= 0 or self.clock() >= self.until

    @property
    def may_look_again(self) -> bool:
        """Whether what is known may still be looked at."""
        return self.looks > 0

    def spend(self, due: Due) -> None:
        """Count one request."""
        self.requests -= 1
        if due.visits and due.kind != Kind.LISTING and due.part_of is None:
            self.looks -= 1


def allowance(delay: float, looks_today: int) -> Allowance:
    """Return what a run may ask of a site with such a delay, at which what is known was looked at so often in a day."""
    hour = int(HOUR / max(delay, _SHORTEST_DELAY))
    a_day = max(1, int(BUDGET_SHARE * DAY / max(delay, _SHORTEST_DELAY)))
    return Allowance(requests=hour, looks=max(0, min(hour, a_day - looks_today)))
