"""``./run bench revisit``: which looks find edits, and how late, at the same number of requests.

A year of made-up articles with known edits is replayed under four schedules. The rates are assumptions, named below
and printed: no measured history of these sites exists. Each schedule is scaled until it sends the same number of
requests; then its delays and misses are counted. An edit is missed when no look came before the next edit of the
same article, or before the year's end; among all edits it counts as infinitely late. The delays of the found ones
alone flatter a schedule that finds only what is easily found.

- fixed: every article at one interval;
- ladder: newsdiffs' steps by the time since the last edit that was seen (15 min, 1 h, 3 h, 3 d, 30 d, then never);
- ours: ``archive.revisit``, which knows only what its looks showed;
- oracle: the same rule, told each article's true rate at every moment.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from archive import revisit
from archive.revisit import DAY, HOUR, YOUNG, Past

YEAR = 365 * DAY
# Edits for each time an article's age grows e-fold: of the middle article, and how far articles differ (log-normal).
FALLING, SPREAD = 0.03, 1.0
# So many articles are kept up to date all the year, every so often.
LIVING, LIVING_DAYS = 0.05, (5.0, 120.0)
# So often an edit is followed by a second one, within minutes to two days.
FOLLOWED, FOLLOWED_BY = 0.25, (10 * 60.0, 2 * DAY)
LADDER = ((3 * HOUR, 900.0), (DAY, HOUR), (7 * DAY, 3 * HOUR), (30 * DAY, 3 * DAY), (360 * DAY, 30 * DAY))
NEVER = 10 * YEAR

Gap = Callable[["Story", float, Sequence[float]], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One article: its true rates, its edits, the first look and the end, in seconds since its publication."""

    falling: float
    steady: float
    edits: tuple[float, ...]
    first: float
    end: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a schedule came to."""

    name: str
    requests: int
    missed: int
    delays: tuple[float, ...]

    def line(self) -> dict[str, object]:
        """Return the figures of one line of the table."""
        return {
            "schedule": self.name,
            "requests": self.requests,
            "missed": self.missed,
            "median_of_all_h": round(self.median / HOUR, 1),
            "median_of_found_h": round(median(self.delays) / HOUR, 1),
            "p95_of_found_h": round(sorted(self.delays)[int(0.95 * len(self.delays))] / HOUR, 1),
        }

    @property
    def median(self) -> float:
        """The delay of the middle edit of all; infinite when most were missed."""
        return median([*self.delays, *[math.inf] * self.missed])


def stories(articles: int, seed: int) -> list[Story]:
    """Return a year of articles, published all through it, the same for the same seed."""
    rng = random.Random(seed)
    return [_story(rng) for _ in range(articles)]


def _story(rng: random.Random) -> Story:
    end = rng.uniform(DAY, YEAR)
    falling = FALLING * math.exp(rng.gauss(0.0, SPREAD))
    steady = 1 / (rng.uniform(*LIVING_DAYS) * DAY) if rng.random() < LIVING else 0.0
    edits = [*_falling(rng, falling, end), *_steady(rng, steady, end)]
    edits += [at + _between(rng, *FOLLOWED_BY) for at in edits if rng.random() < FOLLOWED]
    first = rng.uniform(60.0, 2 * HOUR)
    seen_anew = tuple(sorted(at for at in edits if first < at < end))
    return Story(falling=falling, steady=steady, edits=seen_anew, first=first, end=end)


def _falling(rng: random.Random, rate: float, end: float) -> list[float]:
    found, fold, last = list[float](), 0.0, math.log((end + YOUNG) / YOUNG)
    while (fold := fold + rng.expovariate(rate)) < last:
        found.append(YOUNG * (math.exp(fold) - 1))
    return found


def _steady(rng: random.Random, rate: float, end: float) -> list[float]:
    found, at = list[float](), 0.0
    while rate and (at := at + rng.expovariate(rate)) < end:
        found.append(at)
    return found


def _between(rng: random.Random, low: float, high: float) -> float:
    return math.exp(rng.uniform(math.log(low), math.log(high)))


def replay(told: Sequence[Story], gap: Gap, scale: float) -> tuple[int, int, list[float]]:
    """Return the requests a schedule sends, the edits it misses, and how late it sees the others."""
    requests, missed, delays = 0, 0, list[float]()
    for story in told:
        at, pending, seen = story.first, 0, list[float]()
        while at < story.end:
            requests += 1
            fresh = pending
            while pending < len(story.edits) and story.edits[pending] <= at:
                pending += 1
            if pending > fresh:
                missed += pending - fresh - 1
                delays.append(at - story.edits[pending - 1])
                seen.append(at)
            at += max(60.0, scale * gap(story, at, seen))
        missed += len(story.edits) - pending
    return requests, missed, delays


def _fixed(story: Story, at: float, seen: Sequence[float]) -> float:
    return DAY


def _ladder(story: Story, at: float, seen: Sequence[float]) -> float:
    since = at - (seen[-1] if seen else 0.0)
    return next((step for until, step in LADDER if since < until), NEVER)


def _ours(story: Story, at: float, seen: Sequence[float]) -> float:
    return revisit.wanted(revisit.rate(Past(age=at, first=story.first, changes=seen)))


def _as_it_is(story: Story, at: float, seen: Sequence[float]) -> float:
    return revisit.next_gap(Past(age=at, first=story.first, changes=seen))


def _oracle(story: Story, at: float, seen: Sequence[float]) -> float:
    followed = sum(_following(at - edit) for edit in story.edits if edit <= at)
    rate = story.falling / (at + YOUNG) + story.steady + followed + 1e-12
    return revisit.wanted(rate)


def _following(since: float) -> float:
    low, high = FOLLOWED_BY
    return FOLLOWED / (max(since, low) * math.log(high / low)) if since < high else 0.0


SCHEDULES: dict[str, Gap] = {"fixed": _fixed, "ladder": _ladder, "ours": _ours, "oracle": _oracle}


def at_budget(name: str, told: Sequence[Story], budget: int) -> Result:
    """Return a schedule scaled to send a number of requests, as near as it comes from below."""
    low, high = math.log(1e-3), math.log(1e4)
    for _ in range(22):
        middle = (low + high) / 2
        if replay(told, SCHEDULES[name], math.exp(middle))[0] > budget:
            low = middle
        else:
            high = middle
    requests, missed, delays = replay(told, SCHEDULES[name], math.exp(high))
    return Result(name=name, requests=requests, missed=missed, delays=tuple(delays))


def main(words: list[str]) -> int:
    """Print the tables; 1 when, at the requests ours sends by itself, it is not better than fixed and ladder."""
    parser = argparse.ArgumentParser(prog="./run bench revisit")
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument(
        "--looks", type=float, nargs="*", default=[10, 60], help="looks an article, besides ours"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(words)
    told = stories(options.articles, options.seed)
    edits = sum(len(story.edits) for story in told)
    natural = round(replay(told, _as_it_is, 1.0)[0] / len(told), 1)
    tables = {
        looks: [at_budget(name, told, int(looks * len(told))) for name in SCHEDULES]
        for looks in sorted({natural, *options.looks})
    }
    if options.json:
        lines = {f"{looks:g}": [one.line() for one in results] for looks, results in tables.items()}
        print(json.dumps({"articles": len(told), "edits": edits, "ours": natural, "looks": lines}, indent=2))
    else:
        _print(len(told), edits, natural, tables)
    return int(not is_better(tables[natural]))


def is_better(results: Sequence[Result]) -> bool:
    """Return whether ours misses no more than fixed and ladder, and is faster by the median of all edits."""
    named = {one.name: one for one in results}
    ours = named["ours"]
    others = [named["fixed"], named["ladder"]]
    return all(ours.missed <= one.missed and ours.median < one.median for one in others)


def _print(articles: int, edits: int, natural: float, tables: dict[float, list[Result]]) -> None:
    print(
        f"{articles} articles of one year, {edits} edits after the first look (rates assumed, see the module)"
    )
    print(
        "median of all: a missed edit is infinitely late; of found: of those that were seen at all, early or late"
    )
    for looks, results in tables.items():
        print(f"\n{looks:g} looks an article" + " (what ours sends by itself)" * (looks == natural))
        print("schedule   requests  missed  median of all h  of found h  p95 of found h")
        for one in results:
            line = one.line()
            print(
                f"{one.name:<9}{one.requests:>10}{one.missed:>8}{line['median_of_all_h']:>17}"
                f"{line['median_of_found_h']:>12}{line['p95_of_found_h']:>16}"
            )
