"""Which host is played by what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from .beijing import beijing
from .cac import Cac
from .china_com_cn import ChinaComCn
from .chinanews import Chinanews
from .families import families
from .faults import Faults
from .gov_cn import GovCn
from .jpaas import MINISTRIES, Jpaas
from .kw_beijing import kw_beijing
from .miit import Miit
from .mirror import Mirror
from .most import Most
from .ndrc import ndrc
from .news_cn import NewsCn
from .people import People
from .scio import scio
from .smaller import smaller
from .systems import systems
from .wire import Answer, Request
from .world import Stage

Serve = Callable[[Request], Answer]


class Played(Protocol):
    """What answers for the hosts of a site."""

    @property
    def hosts(self) -> Sequence[str]: ...

    def __call__(self, request: Request) -> Answer: ...


def fault_site() -> Faults:
    """Return the fault server."""
    return Faults()


def sites(stage: Stage, faults: Faults) -> dict[str, Serve]:
    """Return every host name that is played here, with what answers for it."""
    played: dict[str, Serve] = dict.fromkeys(faults.hosts, faults)
    kinds: tuple[Played, ...] = (
        *(Miit(stage), Most(stage), GovCn(stage), Chinanews(stage)),
        *(ndrc(stage), scio(stage), beijing(stage), kw_beijing(stage)),
        *(NewsCn(stage), People(stage), ChinaComCn(stage), Cac(stage)),
        *(Jpaas(stage, ministry) for ministry in MINISTRIES),
        *smaller(stage),
        *families(stage),
        *systems(stage),
    )
    for site in kinds:
        played |= dict.fromkeys(site.hosts, site)
    mirror = Mirror(dict(played))
    return played | dict.fromkeys(mirror.hosts, mirror)
