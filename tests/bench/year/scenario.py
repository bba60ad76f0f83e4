"""A made-up year of five sites, from a seed: every document, all that happens to it, all that goes wrong. The truth.

Times are seconds since the year's start; a negative one lies before it. Nothing happens in the first quarter of an
hour after a full hour: runs begin then, and what happens meanwhile would have no one moment. Rates and manners are
assumptions; no measured history of these sites exists.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

HOUR, DAY = 3600.0, 86400.0
SITES = ("ndrc", "kw_beijing", "most", "gov_cn", "chinanews")
COLUMNS = {
    "ndrc": ("xxgk/zcfb/tz", "xwdt/tzgg", "xxgk/zcfb/gg", "xxgk/zcfb/fzggwl", "xxgk/zcfb/ghxwj", "xxgk/zcfb/ghwb"),
    "kw_beijing": ("zwgk/zcwj", "zwgk/tzgg", "xwdt/bmdt", "zwgk/zcjd", "zwgk/zwgksbrl"),
    "most": (
        "tztg", "kjbgz", "xxgk/xinxifenlei/fdzdgknr/fgzc/gfxwj", "xxgk/xinxifenlei/fdzdgknr/fgzc/bmgz",
        "xxgk/xinxifenlei/fdzdgknr/fgzc/zcjd",
    ),
    # The library search shows what stands under zhengce/, and alone what stands in the last of these.
    "gov_cn": ("zhengce", "yaowen/liebiao", "zhengce/jiedu", "lianbo", "zhengce/wenjian"),
    # Its three feeds and its list of several pages overlap.
    "chinanews": ("gn", "cj", "sh"),
}  # fmt: skip
WEIGHTS = {"chinanews": 3}
"""How many documents a site has for one of each other site."""
QUIET_DAYS = {"ndrc": 21, "kw_beijing": 14, "most": 14, "gov_cn": 7, "chinanews": 2}
"""After so many days without a new row a site is declared to be silent."""
# ndrc sends validators, some of them lies; the pages of the others are never twice the same bytes.
VALIDATING = "ndrc"
TEMPLATES = {"kw_beijing": 0.4, "most": 0.6}
"""When a site gets a new template."""
ADDING = "kw_beijing"
"""The site whose new template adds a sentence to every text; that of the other only changes markup."""
STOCK, STOCK_OF_NEWS = 0.4, 0.15
PAUSE, PAUSED_AT, PAUSED_FROM = 14 * DAY, 0.55, 90
"""How long nobody runs anything, at which part of the year, and of how many days a year has such a pause."""
LATE = 6 * DAY
"""How long a document that moves without a redirect is nowhere."""
ABSENT = ("404", "410", "soft404", "home", "error_page")
WHOLE = {
    "500": "unreachable", "close": "unreachable", "403": "blocked", "521": "challenge", "200challenge": "challenge",
}  # fmt: skip
"""Troubles in which nothing of a site is seen, and the reason that should be found."""
TROUBLES: dict[str, tuple[str, ...]] = {
    **{name: (reason,) for name, reason in WHOLE.items()},
    "robots_disallow": ("robots",),
    "empty_list": ("empty_list",),
    "new_markup": ("redesigned", "empty_list"),
    "articles_gone": ("redesigned", "mass_change"),
    "frozen": ("silent",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that happens to a document: edit, revert, withdraw, restore, flicker, unflicker, move, hang or unhang."""

    at: float
    kind: str
    manner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doc:
    """One document: where it stands, when it was published, its nature and its story.

    ``nature``: plain; ``ab`` (two wordings by turns); ``lies`` (validators never change) and ``always304`` (any
    condition is met), both only where the site sends validators.
    """

    site: str
    number: int
    column: str
    born: float
    nature: str
    story: tuple[Happening, ...]

    def edition(self, at: float) -> int:
        """Return which wording stands at a moment: 0 as published, back to one lower after a reversal."""
        now = newest = 0
        for one in self.story:
            if one.at > at:
                break
            if one.kind == "edit":
                now = newest = newest + 1
            elif one.kind == "revert":
                now = max(0, now - 1)
        return now

    def absent(self, at: float) -> str:
        """Return how the document is absent at a moment, empty where it is there."""
        manner = ""
        for one in self.story:
            if one.at <= at and one.kind in ("withdraw", "flicker"):
                manner = one.manner
            elif one.at <= at and one.kind in ("restore", "unflicker"):
                manner = ""
        return manner

    def times(self, *kinds: str) -> list[float]:
        """Return when something of these kinds happens."""
        return [one.at for one in self.story if one.kind in kinds]

    def hangs(self, at: float) -> bool:
        """Return whether its page never ends to come at a moment."""
        before = [one.kind for one in self.story if one.at <= at and one.kind in ("hang", "unhang")]
        return bool(before) and before[-1] == "hang"

    @property
    def is_late(self) -> bool:
        """Whether it moves without a redirect, and stands at its new address only days later."""
        return any(one.kind == "move" and one.manner == "late" for one in self.story)

    @property
    def shown_at(self) -> float:
        """When its new address begins to answer."""
        return self.moved_at + LATE * self.is_late

    @property
    def moved_at(self) -> float:
        """When it moves to another address; infinite where it stays."""
        return next(iter(self.times("move")), math.inf)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A time in which something is wrong with a site."""

    site: str
    kind: str
    start: float
    end: float

    def holds(self, at: float) -> bool:
        """Say whether it is so at a moment."""
        return self.start <= at < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """All that is true."""

    days: int
    docs: tuple[Doc, ...]
    troubles: tuple[Trouble, ...]
    sites: tuple[str, ...]

    @property
    def pause(self) -> tuple[float, float]:
        """Return when nobody runs anything; infinitely late where the year is too short for that."""
        start = quiet(PAUSED_AT * self.days * DAY) if self.days >= PAUSED_FROM else math.inf
        return start, start + PAUSE

    def trouble(self, site: str, at: float) -> str:
        """Return what is wrong with a site at a moment, empty when nothing is."""
        return next((one.kind for one in self.troubles if one.site == site and one.holds(at)), "")

    def is_quiet(self, site: str, at: float) -> bool:
        """Return whether the newest row of a site is older than its declaration allows."""
        born = [one.born for one in self.docs if one.site == site and one.born <= at and not one.absent(at)]
        day = [(moment + 8 * HOUR) // DAY for moment in (at, max(born, default=-math.inf))]
        return day[0] - day[1] > QUIET_DAYS[site]

    def template(self, site: str) -> float:
        """Return when a site gets its new template."""
        share = TEMPLATES.get(site)
        return math.inf if share is None else quiet(share * self.days * DAY)


def quiet(at: float) -> float:
    """Return a time near another at which no run begins."""
    hour, rest = divmod(at, HOUR)
    return hour * HOUR + max(rest, 900.0)


def scenario(*, documents: int, days: int, seed: int, sites: Sequence[str] = SITES) -> Scenario:
    """Return the year of a seed."""
    dice = random.Random(f"{seed}/{documents}/{days}")
    part = documents / sum(WEIGHTS.get(site, 1) for site in sites)
    sizes = {site: int(part * WEIGHTS.get(site, 1)) for site in sites}
    docs = tuple(
        _doc(dice, site, number, sizes[site], days) for site in sites for number in range(sizes[site])
    )
    troubles = tuple(one for place, site in enumerate(sites) for one in _troubles(site, place, days))
    return Scenario(days=days, docs=docs, troubles=troubles, sites=tuple(sites))


def _doc(dice: random.Random, site: str, number: int, each: int, days: int) -> Doc:
    columns = COLUMNS[site]
    stock = int((STOCK_OF_NEWS if site in WEIGHTS else STOCK) * each)
    if number < stock:
        # Spread over the columns, the newest last; each list shows a hundred rows when first walked.
        born = quiet(-DAY * (1 + 0.9 * (stock - number)))
        column = columns[number % len(columns)]
    else:
        born = quiet((number - stock + dice.random()) / (each - stock) * days * DAY)
        column = columns[0] if dice.random() < 0.6 else dice.choice(columns[1:])
    nature = dice.choices(("plain", "ab"), (0.98, 0.02))[0]
    if site == VALIDATING and nature == "plain":
        nature = dice.choices(("plain", "lies", "always304"), (0.9, 0.05, 0.05))[0]
    story = () if nature == "ab" else tuple(_story(dice, born, days * DAY))
    return Doc(site=site, number=number, column=column, born=born, nature=nature, story=story)


def _story(dice: random.Random, born: float, end: float) -> Iterator[Happening]:
    """Yield what happens to a document between its first day in sight and the end; to most, nothing."""
    kinds = ("none", "edits", "living", "withdraw", "flicker", "move", "late move", "hang")
    kind = dice.choices(kinds, (34, 32, 6, 9, 7, 4, 5, 3))[0]
    first = max(born, 0.0) + (2 * DAY if "move" in kind else 6 * HOUR)
    if first >= end - DAY:
        return
    if kind == "edits":
        # As likely in each e-fold of its age: what was old when the year began changes seldom.
        folds = math.log(first - born), math.log(end - born)
        times = sorted(born + math.exp(dice.uniform(*folds)) for _ in range(dice.randint(1, 3)))
        yield from _edits(dice, times)
    elif kind == "living":
        step = dice.uniform(8, 40) * DAY
        yield from _edits(dice, [first + step * n for n in range(1, int((end - first) / step) + 1)])
    elif kind in ("withdraw", "flicker"):
        yield from _absences(dice, kind, dice.uniform(first, end), end)
    elif kind == "move":
        yield Happening(at=quiet(dice.uniform(first, end)), kind="move")
    elif kind == "late move":
        yield Happening(at=quiet(dice.uniform(first, end)), kind="move", manner="late")
    elif kind == "hang":
        at = dice.uniform(first, end)
        yield Happening(at=quiet(at), kind="hang")
        yield Happening(at=quiet(at + dice.uniform(1, 9) * DAY), kind="unhang")


def _edits(dice: random.Random, times: list[float]) -> Iterator[Happening]:
    last = -math.inf
    for place, at in enumerate(quiet(at) for at in times):
        if at - last > HOUR:
            yield Happening(at=at, kind="revert" if place and dice.random() < 0.1 else "edit")
            last = at


def _absences(dice: random.Random, kind: str, at: float, end: float) -> Iterator[Happening]:
    manner = dice.choice(ABSENT)
    yield Happening(at=quiet(at), kind=kind, manner=manner)
    back = at + (dice.uniform(20, 70) * DAY if kind == "withdraw" else dice.uniform(2, 60) * HOUR)
    if back < end and (kind == "flicker" or dice.random() < 0.4):
        yield Happening(at=quiet(back), kind="restore" if kind == "withdraw" else "unflicker")


def _troubles(site: str, place: int, days: int) -> Iterator[Trouble]:
    """Yield what goes wrong with a site, one thing after the other with days of peace between."""
    orders = (
        ("500", "empty_list", "521", "articles_gone", "200challenge", "frozen"),
        ("403", "new_markup", "500", "articles_gone", "robots_disallow"),
        ("close", "articles_gone", "403", "200challenge", "521", "frozen"),
        ("200challenge", "403", "500", "close"),
        ("521", "200challenge", "new_markup", "500", "frozen", "close"),
    )
    dice = random.Random(f"{site}/{days}")
    at, lasting = (0.09 + 0.02 * place) * days, {"frozen": 45.0, "articles_gone": 4.5}
    for number, kind in enumerate(orders[place % len(orders)]):
        # The second outage of each year is a long one.
        length = lasting.get(kind, 12.0 if number == 2 else dice.uniform(1.3, 3.5))
        if at + length > days - 3:
            return
        yield Trouble(site=site, kind=kind, start=quiet(at * DAY), end=quiet((at + length) * DAY))
        at += length + max(4.0, 0.08 * days) * dice.uniform(0.9, 1.3)
