"""Which host is played by what."""

from __future__ import annotations

from collections.abc import Callable

from .chinanews import Chinanews
from .faults import Faults
from .gov_cn import GovCn
from .miit import Miit
from .most import Most
from .wire import Answer, Request
from .world import Stage

Serve = Callable[[Request], Answer]


def fault_site() -> Faults:
    """Return the fault server."""
    return Faults()


def sites(stage: Stage, faults: Faults) -> dict[str, Serve]:
    """Return every host name that is played here, with what answers for it."""
    played: dict[str, Serve] = dict.fromkeys(faults.hosts, faults)
    for site in (Miit(stage), Most(stage), GovCn(stage), Chinanews(stage)):
        played |= dict.fromkeys(site.hosts, site)
    return played
