"""Findings open once, stay open, and close when somebody looked and saw that they healed."""

from __future__ import annotations

import json

import pytest

from archive.model import Kind, Role, Site, Verdict
from archive.store.read.health import ahead, longest_pause, paces
from archive.store.schedule.crawls import Finding, open_findings
from tests.archive.desk import HOST, LIST, SITE, Desk, html

EMPTY = Finding(reason="empty_list", url=LIST, says="no row leads to an article")


def end(desk: Desk, *found: Finding, judged: bool = True) -> Desk:
    """End a run that found something; return the desk of the next run."""
    desk.archive.end_crawl(
        desk.crawl,
        Verdict.WARN,
        [one.reason for one in found],
        findings=found,
        is_judged=lambda reason, url: judged,
    )
    return desk.reopened()


def test_a_finding_opens_once_and_stays_open() -> None:
    desk = Desk()
    for _ in range(3):
        desk = end(desk, EMPTY)
    (one,) = open_findings(desk.db)
    assert (one["reason"], one["url"], one["site"]) == ("empty_list", LIST, "bureau")
    assert len(desk.events("finding_opened")) == 1 and desk.events("finding_closed") == []


def test_a_run_that_did_not_look_closes_nothing() -> None:
    desk = end(end(Desk(), EMPTY), judged=False)
    assert len(open_findings(desk.db)) == 1


def test_what_healed_is_closed_and_may_open_again() -> None:
    desk = end(end(end(Desk(), EMPTY)), EMPTY)
    assert [len(desk.events(f"finding_{what}")) for what in ("opened", "closed")] == [2, 1]
    assert len(open_findings(desk.db, "bureau")) == 1 and open_findings(desk.db, "other") == []


def test_a_run_tells_what_it_opened_and_closed() -> None:
    desk = Desk()
    first = desk.crawl
    desk = end(desk, EMPTY)
    second = desk.crawl
    end(desk)
    told = [
        (event["crawl"], event["kind"])
        for kind in ("opened", "closed")
        for event in desk.events(f"finding_{kind}")
    ]
    assert told == [(first, "finding_opened"), (second, "finding_closed")]


def rows(*numbers: int, pages: int = 0) -> bytes:
    shown = "".join(f'<li><a href="/a/n{n}.html">通知{n}</a> 2026-03-{n:02d}</li>' for n in numbers)
    return f"<html><body><ul>{shown}</ul><script>createPageHTML({pages}, 0)</script></body></html>".encode()


@pytest.mark.parametrize(
    ("second", "repeats"),
    [
        pytest.param((1, 2, 3, 4, 5, 6), True, id="the same rows again"),
        pytest.param((1, 12, 13, 14, 15, 16), False, id="one row stands on top of every page"),
        pytest.param((7, 8, 9, 10, 11, 12), False, id="other rows"),
    ],
)
def test_a_further_page_with_the_first_rows_of_the_first_is_noticed(
    second: tuple[int, ...], repeats: bool
) -> None:
    desk = Desk()
    further = f"https://{HOST}/list_1.html"
    desk.archive.frontier.add(
        site="bureau", kind=Kind.LISTING, urls=[further], due_at="2026", why=f"page of {LIST}", depth=1
    )
    desk.see(rows(1, 2, 3, 4, 5, 6), "2026-04-01T00:00:00", url=LIST, kind="listing")
    desk.see(rows(*second), "2026-04-01T00:00:09", url=further, kind="listing")
    (one,), (page,) = desk.archive.crawls.lists(desk.crawl)
    assert (page["url"], page["repeats"]) == (further, repeats)
    assert (one["url"], one["further"], one["repeats"], one["links"]) == (LIST, 1, repeats, 6)


def test_rows_that_lead_elsewhere_are_an_event_when_they_become_more_or_fewer() -> None:
    desk = Desk()
    aside = b"<li><a href='https://other.example/1'>x</a></li>"
    for second, more in enumerate((0, 2, 2, 1), 1):
        page = rows(1, 2, 3).replace(b"</ul>", aside * more + b"</ul>")
        desk.see(page, f"2026-04-01T00:00:0{second}", url=LIST, kind="listing")
    told = [json.loads(event["details"]) for event in desk.events("rows_left_out")]
    assert [(one["before"], one["rows"], one["kept"]) for one in told] == [(0, 2, 3), (2, 1, 3)]
    assert {one["url"] for one in told} == {LIST}
    ((one,), _) = desk.archive.crawls.lists(desk.crawl)
    assert one["left_out"] == 1


OTHER = f"https://{HOST}/other.html"


@pytest.mark.parametrize(
    ("before", "beside", "is_unfilled"),
    [
        pytest.param((), (1, 2, 3), True, id="never a row, and another list shows rows"),
        pytest.param((), (), False, id="no list of the site has ever shown a row"),
        pytest.param((4, 5), (1, 2, 3), False, id="it showed rows before"),
        pytest.param((4,), (), False, id="both are empty, and one showed a row before"),
    ],
)
def test_a_list_that_never_had_a_row_is_told_from_one_that_lost_them(
    before: tuple[int, ...], beside: tuple[int, ...], is_unfilled: bool
) -> None:
    desk = Desk()
    desk.archive.frontier.add(site="bureau", kind=Kind.LISTING, urls=[LIST, OTHER], due_at="2026", why="")
    desk.see(rows(*before), "2026-04-01T00:00:00", url=LIST, kind="listing")
    desk.see(rows(*beside), "2026-04-01T00:00:01", url=OTHER, kind="listing")
    for day in (2, 3):
        desk.see(rows(), f"2026-04-0{day}T00:00:00", url=LIST, kind="listing")
    lists, _ = desk.archive.crawls.lists(desk.crawl)
    desk.archive.crawls.compare_lists(lists, due_before=None)
    assert {one["url"]: one["is_unfilled"] for one in lists}[LIST] is is_unfilled
    noted = [json.loads(event["details"])["url"] for event in desk.events("list_unfilled")]
    assert noted.count(LIST) == (not before), "noted once, however often it is seen"


def test_a_page_that_says_it_is_another_repeats() -> None:
    desk = Desk()
    further = f"https://{HOST}/list_1.html"
    why = {"site": "bureau", "kind": Kind.LISTING, "due_at": "2026", "depth": 1}
    desk.archive.frontier.add(urls=[further], why=f"page of {LIST}", **why)
    deeper = f"https://{HOST}/list_2.html"
    desk.archive.frontier.add(urls=[deeper], why=f"page of {further}", **why)
    desk.see(rows(1, 2, 3, 4), "2026-04-01T00:00:00", url=LIST, kind="listing")
    desk.see(rows(5, 6, 7, 8), "2026-04-01T00:00:09", url=further, kind="listing")
    desk.see(rows(1, 2, 3, 4), "2026-04-01T00:00:19", url=deeper, kind="listing")
    (one,), pages = desk.archive.crawls.lists(desk.crawl)
    assert (one["further"], one["shown_further"], one["repeats"]) == (2, 8, True)
    assert [page["repeats"] for page in pages] == [False, True]


def test_a_site_must_be_known_for_a_month_before_it_has_a_habit() -> None:
    desk = Desk()
    for day in (1, 3, 5, 7, 9, 11, 13, 15, 18):
        page = html(title=f"关于第{day}号事项的通知", date=f"2026-03-{day:02d}")
        desk.see(page, f"2026-04-01T00:00:{day:02d}", url=f"https://{HOST}/a/d{day}.html")
    assert longest_pause(desk.db, "bureau", "2026-04-20T00:00:00.000Z") is None
    assert longest_pause(desk.db, "bureau", "2026-05-20T00:00:00.000Z") == 9, (
        "three times the pause of three days"
    )


def test_the_pace_of_a_run_is_remembered() -> None:
    desk = Desk()
    desk.archive.end_crawl(desk.crawl, Verdict.OK, [], pace=(0.8, 12))
    assert paces(desk.db, "bureau") == [0.8]


COPIER = Site(publisher="示例转载网", role=Role.COPY, domains=("copier.example",), rules=SITE.rules)


@pytest.mark.parametrize(
    ("source", "is_held", "expected"),
    [
        pytest.param("示例局", False, 1, id="no original is held"),
        pytest.param("示例局", True, 0, id="the original is held"),
        pytest.param("本网", False, 0, id="it names nobody we watch"),
    ],
)
def test_a_copy_that_names_a_source_without_the_text_is_ahead(
    source: str, is_held: bool, expected: int
) -> None:
    desk = Desk(sites={"bureau": SITE, "copier": COPIER})
    if is_held:
        desk.see(html(), "2026-04-02T00:00:00")
    page = html(date=f"2026-04-01 来源：{source}")
    desk.see(page, "2026-04-01T00:00:00", url="https://www.copier.example/1.html", site="copier")
    assert desk.latest("https://www.copier.example/1.html")["source_line"] == source
    assert len(ahead(desk.db, "bureau", "2026-04-05T00:00:00.000Z")) == expected
    assert ahead(desk.db, "bureau", "2026-04-02T00:00:00.000Z") == [], "two days are given"
    assert ahead(desk.db, "copier", "2026-04-05T00:00:00.000Z") == []
