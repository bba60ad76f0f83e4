"""``sources_freshness``: how soon finds were made, counted by hand on small archives."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest

from archive.model import Verdict
from tests.archive.desk import HOST, LIST, URL, Desk, answer, clock, html, replaced

OTHER = f"https://{HOST}/a/other.html"
THIRD = f"https://{HOST}/a/third.html"


def rows(*urls: str) -> bytes:
    """Return a list page that leads to some articles."""
    links = "".join(f'<li><a href="{url}">关于某项工作的通知之{n}</a></li>' for n, url in enumerate(urls))
    return f'<html><body><ul class="list">{links}</ul></body></html>'.encode()


class Watched(Desk):
    """An archive in which runs begin and end at chosen moments."""

    def begin(self, at: str, command: str = "watch") -> None:
        if self.crawl:
            self.archive.end_crawl(self.crawl, Verdict.OK, [])
        self.archive.clock = clock(f"{at}.000Z")
        self.crawl = self.archive.begin_crawl("bureau", command)

    def shows(self, at: str, *urls: str) -> None:
        self.archive.clock = clock(f"{at}.000Z")
        self.see(rows(*urls), at, url=LIST, kind="listing")

    def freshness(self) -> sqlite3.Row:
        (row,) = self.rows("select * from sources_freshness")
        return row


@pytest.fixture
def desk() -> Watched:
    """Return an archive with the stock that a first run found: one document, of a list."""
    desk = Watched()
    desk.db.execute("drop trigger crawls_closed_once")
    desk.db.execute("update crawls set started_at = '2026-03-10T00:00:00.000Z'")
    desk.shows("2026-03-10T00:00:01", URL)
    desk.see(html(date="2026-03-10"), "2026-03-10T00:00:02")
    return desk


def test_what_stood_there_before_the_first_look_is_a_find_without_a_delay(desk: Watched) -> None:
    row = desk.freshness()
    assert (row["site"], row["finds"], row["timed_finds"]) == ("bureau", 1, 0)
    assert (row["median_delay_hours"], row["p95_delay_hours"]) == (None, None)
    assert (row["requests"], row["requests_per_find"], row["not_modified_share"]) == (2, 2.0, 0.0)


def test_an_empty_archive_has_no_row() -> None:
    assert Desk().rows("select * from sources_freshness") == []


@pytest.mark.parametrize(
    ("shown", "delay"),
    [
        pytest.param("2026-03-01", 30.0, id="an old date: since the last look at the list without it"),
        pytest.param("2026-03-11", 14.0, id="a later day: since its midnight in Beijing"),
        pytest.param("2026-03-12", 30.0, id="a day still to come: since the last look at the list"),
    ],
)
def test_a_new_document_is_timed_from_the_look_without_it_or_from_its_date(
    desk: Watched, shown: str, delay: float
) -> None:
    desk.begin("2026-03-11T05:00:00")
    desk.shows("2026-03-11T06:00:00", OTHER, URL)
    desk.see(html(title="另一份文件的通知", date=shown), "2026-03-11T06:00:01", url=OTHER)
    row = desk.freshness()
    assert (row["finds"], row["timed_finds"], row["median_delay_hours"]) == (
        2,
        1,
        pytest.approx(delay, abs=0.01),
    )


def test_a_further_look_at_the_list_in_the_same_run_is_no_look_without_it(desk: Watched) -> None:
    desk.begin("2026-03-11T05:00:00")
    desk.shows("2026-03-11T05:59:00", URL)
    desk.shows("2026-03-11T06:00:00", OTHER, URL)
    desk.see(html(title="另一份文件的通知", date="2026-03-01"), "2026-03-11T06:00:01", url=OTHER)
    assert desk.freshness()["median_delay_hours"] == pytest.approx(30.0, abs=0.01)


def test_a_document_that_waited_for_a_later_run_is_timed_from_before_its_list_showed_it(
    desk: Watched,
) -> None:
    desk.begin("2026-03-11T05:00:00")
    desk.shows("2026-03-11T06:00:00", OTHER, URL)
    desk.begin("2026-03-13T05:00:00")
    desk.shows("2026-03-13T06:00:00", OTHER, URL)
    desk.see(html(title="另一份文件的通知", date="2026-03-01"), "2026-03-13T06:00:01", url=OTHER)
    assert desk.freshness()["median_delay_hours"] == pytest.approx(78.0, abs=0.01)


def test_a_document_without_a_list_is_timed_from_its_date_where_the_site_was_watched(desk: Watched) -> None:
    desk.begin("2026-03-12T00:00:00")
    desk.see(html(title="另一份文件的通知", date="2026-03-11"), "2026-03-12T00:00:01", url=OTHER)
    desk.see(html(title="第三份文件的通知", date="2026-03-10"), "2026-03-12T00:00:02", url=THIRD)
    row = desk.freshness()
    assert (row["finds"], row["timed_finds"], row["median_delay_hours"]) == (
        3,
        1,
        pytest.approx(32.0, abs=0.01),
    )


def test_a_new_version_is_timed_from_the_last_look_that_showed_the_one_before(desk: Watched) -> None:
    desk.begin("2026-03-12T00:00:00")
    desk.keep(replace(answer(None, "2026-03-12T00:00:00"), status=304, conditional=True))
    desk.begin("2026-03-13T00:00:00")
    desk.see(html(*replaced("1.5万条", "15万条"), date="2026-03-10"), "2026-03-13T00:00:02", conditional=True)
    row = desk.freshness()
    assert (row["finds"], row["timed_finds"], row["median_delay_hours"]) == (
        2,
        1,
        pytest.approx(24.0, abs=0.01),
    )
    assert (row["requests"], row["not_modified_share"]) == (4, 0.25)


@pytest.mark.parametrize(
    ("delays", "median", "p95"),
    [
        pytest.param([5], 5, 5, id="one"),
        pytest.param([1, 4], 2.5, 4, id="two: between them"),
        pytest.param(list(range(1, 21)), 10.5, 19, id="twenty: the nineteenth"),
        pytest.param(list(range(1, 22)), 11, 20, id="twenty-one: the twentieth"),
    ],
)
def test_median_and_p95_are_by_rank(desk: Watched, delays: list[int], median: float, p95: float) -> None:
    desk.begin("2026-03-12T16:00:00")
    for number, hours in enumerate(delays):
        # The page says 2026-03-13: midnight in Beijing is when this run began.
        at = f"2026-03-{12 + (16 + hours) // 24}T{(16 + hours) % 24:02}:00:00"
        desk.see(html(f"第{number}号。", title=f"第{number}份通知", date="2026-03-13"), at, url=f"{OTHER[:-5]}{number}.html")  # fmt: skip
    row = desk.freshness()
    assert row["timed_finds"] == len(delays)
    assert (row["median_delay_hours"], row["p95_delay_hours"]) == (median, p95)


@pytest.mark.parametrize("command", ["replay", "merge", "keep"])
def test_what_was_not_watched_for_counts_nowhere(desk: Watched, command: str) -> None:
    desk.begin("2026-03-12T00:00:00", command)
    desk.see(html(title="另一份文件的通知", date="2026-03-11"), "2026-03-12T00:00:01", url=OTHER)
    row = desk.freshness()
    assert (row["finds"], row["requests"]) == (1, 2)


def test_a_reading_made_again_is_no_find(desk: Watched) -> None:
    later = desk.reopened(reader="another reader")
    later.reread()
    assert desk.freshness()["finds"] == 1


def test_a_run_that_did_not_end_counts_with_what_it_asked(desk: Watched) -> None:
    desk.begin("2026-03-12T00:00:00")
    desk.keep(replace(answer(None, "2026-03-12T00:00:00"), status=304, conditional=True))
    desk.keep(replace(answer(None, "2026-03-12T00:00:01", url=OTHER), status=None, error="timeout"))
    row = desk.freshness()
    assert (row["requests"], row["not_modified_share"]) == (4, 0.25)


def test_it_walks_the_finds_and_the_runs_and_never_all_captures() -> None:
    plan = [row["detail"] for row in Desk().rows("explain query plan select * from sources_freshness")]
    walked = {line.split()[1] for line in plan if line.startswith("SCAN")}
    assert "r" in walked and not walked & {"c", "e", "d", "n", "list_rows", "t"}
    assert any("readings_of_finds" in line for line in plan)
