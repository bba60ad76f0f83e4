"""A list is walked until it shows only rows that it showed before: over made-up lists, nothing it showed is missing."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from archive.clock import later
from archive.model import Kind, Listing
from tests.archive.desk import HOST, SITE, Desk, answer

START = "2026-04-01T08:00:00.000Z"
DAY = 86_400.0


def listed(name: str) -> str:
    return f"https://{HOST}/{name}/index.html"


def article(number: int) -> str:
    return f"https://{HOST}/a/n{number}.html"


@dataclass
class Column:
    """A list of several pages: its rows, newest first, so many a page, and those kept on top of every page."""

    name: str
    size: int = 5
    rows: list[int] = field(default_factory=list)
    pinned: list[int] = field(default_factory=list)

    def page(self, number: int) -> bytes | None:
        shown = self.rows[number * self.size : (number + 1) * self.size]
        if number and not shown:
            return None
        total = -(-len(self.rows) // self.size)
        rows = "".join(
            f'<li><a href="/a/n{n}.html">关于第{n}号事项的通知</a> 2026-03-01</li>'
            for n in (*self.pinned, *shown)
        )
        return f"<html><ul>{rows}</ul><script>createPageHTML({total}, {number})</script></html>".encode()


@dataclass
class Ground:
    """A site of such lists and an archive that looks at it, a run at a time."""

    columns: list[Column]
    fails: Callable[[str], int] = lambda url: 0
    desk: Desk = field(default_factory=Desk)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        site = replace(
            SITE,
            listings=tuple(listed(one.name) for one in self.columns),
            listing=(Listing(rows="li", total=r"createPageHTML\((\d+)", pages="index_{n}.html", first=0),),
        )
        self.desk = Desk(sites={"bureau": site})
        self.desk.archive.frontier.add(
            site="bureau", kind=Kind.LISTING, urls=site.listings, due_at=START, why="declared"
        )

    def run(self, at: str, *, most: int = 400) -> list[str]:
        """Look at all lists and at what they lead to; return what was asked."""
        self.desk = self.desk.reopened()
        frontier, self.asked = self.desk.archive.frontier, []
        frontier.hurry(
            site="bureau", kind=Kind.LISTING, urls=[listed(one.name) for one in self.columns], due_at=at
        )
        while due := frontier.due("bureau", at, kinds=[Kind.LISTING]):
            assert len(self.asked) < most, self.asked
            self._ask(due[0].url, due[0].id, at)
        return self.asked

    def _ask(self, url: str, row: int, at: str) -> None:
        self.asked.append(url)
        told = {"url": url, "kind": "listing", "frontier": row, "asked": url}
        moment = later(at, len(self.asked))
        status = self.fails(url)
        name, _, file = url.removeprefix(f"https://{HOST}/").partition("/")
        column = next(one for one in self.columns if one.name == name)
        number = int(file.removeprefix("index").removeprefix("_").removesuffix(".html") or 0)
        body = None if status else column.page(number)
        self.desk.keep(answer(body, moment, status=status or (200 if body else 404), **told))
        self.desk.drain()

    @property
    def missing(self) -> set[int]:
        """Rows of any list that the frontier does not know."""
        known = set(self.desk.column("select url from frontier where kind = 'article'"))
        return {n for one in self.columns for n in one.rows if article(n) not in known}


def days(number: float) -> str:
    return later(START, number * DAY)


def pages(ground: Ground, name: str) -> int:
    return sum(url.startswith(f"https://{HOST}/{name}/") for url in ground.asked)


def test_a_list_is_walked_to_its_end_at_first_and_then_only_to_known_ground() -> None:
    ground = Ground([Column("tz", rows=list(range(30, 0, -1)))])
    ground.run(START)
    assert pages(ground, "tz") == 6 and not ground.missing
    ground.run(days(1))
    assert pages(ground, "tz") == 1
    ground.columns[0].rows.insert(0, 31)
    ground.run(days(2))
    assert pages(ground, "tz") == 2 and not ground.missing


@pytest.mark.parametrize("new", [5, 12, 23])
def test_rows_known_from_a_feed_stop_nothing(new: int) -> None:
    ground = Ground([Column("tz", rows=list(range(30, 0, -1))), Column("feed", size=40, rows=[])])
    ground.run(START)
    numbers = list(range(30 + new, 30, -1))
    ground.columns[1].rows = numbers[:3]
    ground.run(days(0.5))
    ground.columns[0].rows = numbers + ground.columns[0].rows
    ground.run(days(20))
    assert not ground.missing


def test_rows_known_from_another_column_and_from_a_search_stop_nothing() -> None:
    """All of the first page is known elsewhere; behind it stand rows that only this list shows."""
    other = Column("other", rows=list(range(1, 11)))
    search = Column("search", size=50, rows=list(range(11, 21)))
    ground = Ground([other, search, Column("tz", rows=[])])
    ground.run(START)
    ground.columns[2].rows = [*range(1, 21), *range(40, 52)]
    ground.run(days(1))
    assert not ground.missing


def test_a_pinned_row_stops_nothing() -> None:
    ground = Ground([Column("tz", rows=list(range(20, 0, -1)), pinned=[3, 4])])
    ground.run(START)
    ground.columns[0].rows = [*range(40, 20, -1), *ground.columns[0].rows]
    ground.run(days(30))
    assert not ground.missing


def test_a_page_that_is_the_first_page_again_ends_the_walk() -> None:
    column = Column("tz", rows=list(range(50, 0, -1)))
    ground = Ground([column])
    column.page = lambda number: Column("tz", rows=list(range(50, 0, -1))).page(0)  # type: ignore[method-assign]
    ground.run(START)
    assert pages(ground, "tz") == 2
    ground.run(days(1))
    assert pages(ground, "tz") == 1


@pytest.mark.parametrize("status", [403, 521, 503])
def test_a_walk_that_was_cut_short_goes_on_past_what_it_had_shown(status: int) -> None:
    """While a further page is refused, as many rows as a page holds are new: what stood behind it has moved down."""
    column = Column("tz", rows=list(range(30, 0, -1)))
    ground = Ground([column], fails=lambda url: status * url.endswith("index_1.html"))
    ground.run(START)
    assert ground.missing == set(range(1, 26))
    column.rows = [*range(35, 30, -1), *column.rows]
    ground.fails = lambda url: 0
    ground.run(days(1))
    assert not ground.missing
    ground.run(days(2))
    assert pages(ground, "tz") == 1


def test_a_page_that_is_never_to_be_had_does_not_let_the_rest_be_walked_for_ever() -> None:
    column = Column("tz", rows=list(range(30, 0, -1)))
    ground = Ground([column], fails=lambda url: 503 * url.endswith("index_3.html"))
    for day in range(12):
        ground.run(days(day * 1.1))
    assert pages(ground, "tz") <= 2
    assert ground.missing == {11, 12, 13, 14, 15}, "what stands behind it was seen all the same"


def test_rows_that_lead_elsewhere_are_no_end_of_a_list() -> None:
    column = Column("tz", rows=list(range(15, 0, -1)))
    ground = Ground([column])
    drawn = column.page
    away = b'<html><ul><li><a href="https://elsewhere.example/1">x</a></li></ul><script>createPageHTML(3, 1)</script></html>'
    column.page = lambda number: away if number == 1 else drawn(number)  # type: ignore[method-assign]
    ground.run(START)
    assert pages(ground, "tz") == 3 and not {1, 2, 3, 4, 5} & ground.missing


def test_a_page_that_a_list_counts_and_that_is_gone_is_passed_over_and_asked_again() -> None:
    column = Column("tz", rows=list(range(30, 0, -1)))
    ground = Ground([column], fails=lambda url: 404 * url.endswith("index_2.html"))
    for day in range(3):
        ground.run(days(day * 1.1))
    assert ground.missing == set(range(16, 21))
    ground.fails = lambda url: 0
    ground.run(days(5))
    assert not ground.missing
    ground.run(days(6))
    assert pages(ground, "tz") == 1


@pytest.mark.loop
@pytest.mark.parametrize("seed", range(60 if os.environ.get("YUANBEN_SOAK") else 2))
def test_whatever_lists_do_nothing_they_showed_is_missing(seed: int) -> None:
    """New rows in bursts, pins, overlaps, re-ordered pages, pauses, refused days; then one whole run in peace."""
    dice = random.Random(seed)
    columns = [Column(name, size=dice.choice((4, 7, 15))) for name in ("tz", "gg", "search")]
    ground, number, at = Ground(columns), 0, 0.0
    for _ in range(10):
        at += dice.choice((0.3, 1.0, 1.0, 7.0, 45.0))
        for _ in range(dice.choice((0, 1, 3, 20))):
            number += 1
            for column in dice.sample(columns, dice.randint(1, 2)):
                column.rows.insert(0, number)
        for column in columns:
            column.pinned = dice.sample(column.rows, min(2, len(column.rows))) if dice.random() < 0.3 else []
            if dice.random() < 0.3:
                head = column.rows[: column.size]
                column.rows[: column.size] = dice.sample(head, len(head))
        sick = dice.random() < 0.25
        ground.fails = (
            (lambda url: 403 * url.endswith(("index_1.html", "index_2.html"))) if sick else lambda url: 0
        )
        ground.run(days(at))
    ground.fails = lambda url: 0
    ground.run(days(at + 2))
    assert not ground.missing


def test_what_a_list_shows_beside_what_it_announces_is_compared() -> None:
    """A list that names more pages than can be had is known to fall short when it was walked to where it ends."""
    column = Column("tz", rows=list(range(30, 0, -1)))
    ground = Ground([column])
    ground.run(START)
    (one,), _ = ground.desk.archive.crawls.lists(ground.desk.crawl)
    ground.desk.archive.crawls.compare_lists([one], due_before=None)
    assert (one["ever"], one["unasked"]) == (30, 0)
    ground.desk.archive.crawls.compare_lists([one], due_before=days(3))
    assert (one["held"], one["unasked"]) == (30, 30), "nobody asked for what it leads to"
