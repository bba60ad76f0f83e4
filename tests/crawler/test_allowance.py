"""A run of ``--due`` ends in bounded time, takes turns between new and known, and keeps to a site's hours."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.model import Kind, Role, Site
from archive.model.site import site_from_json
from archive.store.schedule.frontier import Due
from crawler.pace import DAY, HOUR, Allowance, allowance
from tests.archive.desk import HOST, LIST, URL, Desk, answer, html
from tests.crawler.watching import HOME, Ground
from tests.replicas import Replicas

MOST = "www.most.gov.cn"


def row(kind: str = "article", visits: int = 0, part_of: int | None = None) -> Due:
    return Due(
        id=1, site="s", kind=kind, url=URL, why="", attempts=0, visits=visits, due_at="", part_of=part_of
    )


@pytest.mark.parametrize(
    ("delay", "looks_today", "requests", "looks"),
    [
        (3.0, 0, 1200, 1200),
        (3.0, 1000, 1200, 440),
        (3.0, 9999, 1200, 0),
        (30.0, 0, 120, 120),
        (0.0, 0, 7200, 7200),
    ],
    ids=[
        "an hour's worth",
        "a day half spent",
        "a day spent",
        "a slow site",
        "no delay is no licence",
    ],
)
def test_a_run_may_ask_an_hours_worth(delay: float, looks_today: int, requests: int, looks: int) -> None:
    given = allowance(delay, looks_today)
    assert (given.requests, given.looks) == (requests, looks)


def test_only_looks_at_what_is_known_count_against_a_sites_day() -> None:
    desk = Desk()
    page_2 = f"https://{HOST}/a/notice_2.html"
    for day in (1, 2, 3):
        at = f"2026-04-0{day}T08:00:00"
        desk.keep(answer(b"<ul></ul>", at, url=LIST, kind="listing"))
        first = desk.keep(answer(html(pages=[page_2]), at))
        desk.db.execute("insert into parts values (?, 2, ?, null)", (first.capture, page_2))
        part = desk.keep(answer(html(), at, url=page_2, part_of=first.capture))
        desk.db.execute("update parts set fetched = ? where capture = ?", (part.capture, first.capture))
        desk.keep(answer(html(), at, url=f"{URL}?new={day}"))
    assert desk.archive.crawls.looks_since("bureau", "2026-01-01T00:00:00.000Z") == 2
    assert desk.archive.crawls.looks_since("bureau", "2026-05-01T00:00:00.000Z") == 0


@pytest.mark.parametrize("delay", [0.5, 3.0, 30.0, 600.0])
def test_the_looks_of_a_days_runs_keep_within_a_twentieth_of_what_its_delay_allows(delay: float) -> None:
    looks = 0
    for _ in range(24):
        looks += allowance(delay, looks).looks
    assert looks == int(DAY / delay / 20)


def test_an_allowance_is_spent_by_requests_or_by_time() -> None:
    now = [0.0]
    given = Allowance(requests=3, looks=1, clock=lambda: now[0])
    given.spend(row())
    assert given.may_look_again and not given.is_spent
    given.spend(row(visits=2))
    given.spend(row(kind="listing", visits=9))
    assert not given.may_look_again and given.is_spent
    slow = Allowance(requests=99, looks=99, clock=lambda: now[0])
    now[0] += HOUR
    assert slow.is_spent


def test_what_is_known_and_what_is_new_take_turns_each_by_its_age() -> None:
    desk = Desk()
    for number in range(3):
        for name, day in (("new", 20), ("known", 10)):
            due_at = f"2026-03-{day + number}T00:00:00.000Z"
            url = f"{URL}?{name}{number}"
            desk.archive.frontier.add(
                site="bureau", kind=Kind.ARTICLE, urls=[url], due_at=due_at, why="listed"
            )
    desk.db.execute("update frontier set visits = 4 where url like '%known%'")
    at = "2026-04-01T00:00:00.000Z"

    def first(**more: bool | None) -> list[str]:
        return [one.url.partition("?")[2] for one in desk.archive.frontier.due("bureau", at, limit=9, **more)]

    new, known = ["new0", "new1", "new2"], ["known0", "known1", "known2"]
    assert first() == known + new
    assert first(known_first=False) == new + known
    assert first(known_first=True) == known + new
    assert first(looks_again=False) == new


@pytest.mark.parametrize(
    ("hours", "beijing", "is_open"),
    [
        (None, 3, True),
        ((22, 6), 23, True),
        ((22, 6), 5, True),
        ((22, 6), 6, False),
        ((22, 6), 12, False),
        ((1, 5), 1, True),
        ((1, 5), 5, False),
    ],
)
def test_a_site_is_asked_in_its_hours(hours: tuple[int, int] | None, beijing: int, is_open: bool) -> None:
    site = Site(publisher="示例局", role=Role.ORIGINAL, domains=("bureau.example",), hours=hours)
    assert site.is_open_at(datetime(2026, 4, 1, (beijing - 8) % 24, 30, tzinfo=UTC)) is is_open
    assert site_from_json(site.to_json()) == site
    assert ("hours" in site.to_json()) == (hours is not None)


def test_no_site_is_open_at_hours_that_are_none() -> None:
    with pytest.raises(ValueError, match="hours"):
        Site(publisher="示例局", role=Role.ORIGINAL, domains=("bureau.example",), hours=(22, 24))


def test_after_a_month_of_sleep_a_run_asks_its_share_and_leaves_the_rest(tmp_path: Path) -> None:
    with Replicas() as replicas:
        ground = Ground(replicas, tmp_path / "a.db")
        ground.run("watch", "most", "--limit", "5")
        known = ground.one("select count(*) from frontier where kind = 'article'")
        before = len(replicas.requests(MOST))
        # An hour of a minute, of a site whose day holds 2 looks at what is known: 20 requests, and so many of them.
        (tmp_path / "sitecustomize.py").write_text(
            "import crawler.pace as a; a.HOUR = 60.0; a.BUDGET_SHARE = 2.5 * 3 / a.DAY"
        )
        late = "2026-10-20T08:00:00.000Z"
        done = ground.run("watch", "most", "--due", "--json", now=late, PYTHONPATH=str(tmp_path))
        outcomes = done.crawl("most")["outcomes"]
        again = [outcomes.get(name, 0) for name in ("unchanged", "not_modified", "changed")]
        assert sum(again) == 2 and outcomes["new"] > 5
        assert len(replicas.requests(MOST)) - before <= 21, "robots.txt comes on top"
        told = ground.one(
            "select json_extract(details, '$.still_due') from events where kind = 'left_for_later'"
        )
        assert known > 40 and 20 < told < known


def test_a_site_outside_its_hours_is_left_in_peace(tmp_path: Path) -> None:
    with Replicas() as replicas:
        ground = Ground(replicas, tmp_path / "a.db")
        (tmp_path / "sitecustomize.py").write_text(
            "import dataclasses, spiders.most as m\n"
            "m.MostSpider.site = dataclasses.replace(m.MostSpider.site, hours=(22, 6))\n"
        )
        noon = "2026-09-15T04:00:00.000Z"
        done = ground.run("watch", "most", "--due", now=noon, PYTHONPATH=f"{tmp_path}:{HOME}")
        assert (done.code, done.out) == (0, "") and replicas.requests(MOST) == []
        assert "most: asked between 22 and 6 o'clock in Beijing only" in done.err
