"""How a run ends: what it saw and what is known of the site, to a verdict and findings in the file."""

from __future__ import annotations

from typing import Any, cast

import pytest

from archive.model import Expect, Verdict
from archive.store.read.health import paces
from archive.store.read.review import accept, waiting
from archive.store.schedule.crawls import open_findings
from crawler.run import Run
from tests.archive.desk import HOST, LIST, Desk, html, replaced

FEW = Expect(articles=1)
LISTED = "".join(f'<li><a href="/a/n{n}.html">通知{n}</a> 2026-03-{n + 1:02d}</li>' for n in range(20))
ROWS = f"<html><body><ul>{LISTED}</ul></body></html>".encode()


def run_over(desk: Desk, command: str = "watch", **more: Any) -> Run:
    run = Run(archive=desk.archive, drain=cast(Any, None), command=command, **more)
    run.crawls["bureau"] = desk.crawl
    return run


def looked(desk: Desk, day: int, *, edited: int = 0, listed: bytes | None = ROWS) -> Desk:
    """Look at the list and at twenty articles, so many of which were edited, and decide what that means."""
    if listed is not None:
        desk.see(listed, f"2026-04-{day:02d}T07:00:00", url=LIST, kind="listing")
    for number in range(20):
        page = html(
            *(replaced("应当", "可以") if number < edited else ()), title=f"关于第{number}批登记工作的通知"
        )
        desk.see(page, f"2026-04-{day:02d}T08:00:00", url=f"https://{HOST}/a/n{number}.html")
    desk.archive.decide_changes("bureau")
    desk.drain()
    return desk


@pytest.fixture
def first() -> Desk:
    desk = looked(Desk(), 1)
    assert run_over(desk).end("bureau", FEW).verdict is Verdict.OK
    return desk


def test_a_mass_change_breaks_the_run_until_a_person_has_decided(first: Desk) -> None:
    second = looked(first.reopened(), 2, edited=15)
    report = run_over(second).end("bureau", FEW)
    assert (report.verdict, list(report.reasons)) == (Verdict.BROKEN, ["mass_change"])
    assert report.counts["quarantined"] == 15 and second.changes() == []
    (one,) = open_findings(second.db)
    assert one["says"].startswith("15 documents")
    for state in waiting(second.db):
        accept(second.archive, state)
    third = looked(second.reopened(), 3, edited=15)
    assert run_over(third).end("bureau", FEW).verdict is Verdict.OK
    assert open_findings(third.db) == [] and third.changes() == [(1, 2)] * 15


def test_an_empty_list_is_found_once_and_heals(first: Desk) -> None:
    desk = first
    for day in (2, 3):
        desk = looked(desk.reopened(), day, listed=b"<html><body><ul></ul></body></html>")
        assert run_over(desk).end("bureau", FEW).verdict is Verdict.BROKEN
    assert [(one["reason"], one["url"]) for one in open_findings(desk.db)] == [("empty_list", LIST)]
    desk = looked(desk.reopened(), 4, listed=None)
    run_over(desk, watches_lists=False).end("bureau", FEW)
    assert len(open_findings(desk.db)) == 1, "the list was not looked at"
    desk = looked(desk.reopened(), 5)
    run_over(desk).end("bureau", FEW)
    assert open_findings(desk.db) == [] and len(desk.events("finding_opened")) == 1


def test_a_replay_of_the_past_opens_and_closes_nothing(first: Desk) -> None:
    desk = looked(first.reopened(), 2, listed=b"<html><body><ul></ul></body></html>")
    run_over(desk, "replay").end("bureau", FEW)
    assert open_findings(desk.db) == []


def test_the_pace_of_answers_is_kept_and_a_slow_site_is_found(first: Desk) -> None:
    desk = first
    for day, seconds in ((2, 0.3), (3, 0.4), (4, 0.5), (5, 4.0)):
        desk = looked(desk.reopened(), day)
        run = run_over(desk)
        run.seconds["bureau"] = [seconds] * 9
        reasons = list(run.end("bureau", FEW).reasons)
        assert reasons == (["slow"] if day == 5 else [])
    assert paces(desk.db, "bureau") == [4.0, 0.5, 0.4, 0.3]
