"""States that take more than one look or more than one document: replaced, moved without a redirect, stood in for."""

from __future__ import annotations

import json

import pytest

from archive.model import Outcome, Verdict
from archive.reading_room.typeset import timeline
from archive.state.story import VANISHED_LEAST
from archive.store.read import documents
from archive.store.read.health import NO_RUN, gaps
from archive.store.read.history import history, latest_row_at
from archive.store.write.judging import _reason
from tests.archive.desk import HOST, LIST, PARAGRAPHS, SITE, URL, Desk, answer, html, not_found, replaced

DAY = "2026-04-{:02d}T08:00:00".format
OTHER_WORK = (
    "为加强城市轨道交通运营安全管理，防范运营突发事件，保障乘客生命财产安全，根据有关法规制定本办法。",
    "运营单位承担安全主体责任，应当建立健全隐患排查治理制度，每季度组织开展一次全面风险辨识评估工作。",
    "乘客进站乘车应当接受安全检查，携带易燃易爆危险物品的，工作人员有权拒绝其进站并报告公安机关处理。",
    "车站内设施设备应当符合国家标准，紧急情况下按照应急预案组织疏散，并及时向社会公布运营调整信息。",
)
NEW_TITLE = "城市轨道交通运营安全管理办法"


def other_work(*paragraphs: str) -> bytes:
    return html(*(paragraphs or OTHER_WORK), title=NEW_TITLE, date="2026-04-02")


def url(number: int) -> str:
    return f"https://{HOST}/a/n{number}.html"


def page(number: int, **more: str) -> bytes:
    return html(title=f"关于做好第{number}批公共数据资源登记工作的通知", **more)


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    made.see(html(), DAY(1))
    return made


def state(desk: Desk, address: str = URL) -> str:
    return str(desk.latest(address)["state"])


def events_of(desk: Desk, kind: str) -> list[dict[str, object]]:
    return [json.loads(event["details"]) for event in desk.events(kind)]


def test_another_work_that_stands_for_a_day_has_replaced_the_first(desk: Desk) -> None:
    assert desk.see(other_work(), DAY(3)) == "quarantined"
    assert desk.latest()["title"] != NEW_TITLE, "one look does not tell"
    assert desk.see(other_work(), "2026-04-03T20:00:00") == "quarantined", "nor do two of one day"
    assert desk.versions() == [(1, "first")] and desk.changes() == []
    assert desk.see(other_work(), DAY(4)) == "changed"
    assert state(desk) == "replaced" and desk.latest()["title"] == NEW_TITLE
    assert events_of(desk, "replaced") == [
        {"last_present": DAY(1) + ".000Z", "first_replaced": DAY(3) + ".000Z"}
    ]
    assert desk.versions() == [(1, "first"), (2, "source")]
    assert [latest_row_at(desk.db, 1, DAY(day) + ".000Z")["state"] for day in (1, 3, 4)] == [
        "live",
        "live",
        "replaced",
    ]


def test_a_replaced_document_stays_so_through_edits_and_errors_and_is_told_once(desk: Desk) -> None:
    for day in (3, 5):
        desk.see(other_work(), DAY(day))
    desk.see(other_work(*OTHER_WORK[:3], OTHER_WORK[3].replace("国家标准", "行业标准")), DAY(6))
    assert state(desk) == "replaced"
    desk.keep(answer(None, DAY(7), status=503))
    assert state(desk) == "unreachable"
    desk.see(other_work(), DAY(8))
    assert state(desk) == "replaced" and len(desk.events("replaced")) == 1


def test_the_first_work_back_at_its_address_is_restored(desk: Desk) -> None:
    for day in (3, 5):
        desk.see(other_work(), DAY(day))
    assert desk.see(html(), DAY(6)) == "changed"
    assert state(desk) == "live" and len(desk.events("restored")) == 1


@pytest.mark.parametrize(
    "later",
    [
        pytest.param(html(title=NEW_TITLE), id="another title over the same text"),
        pytest.param(html(*OTHER_WORK), id="another text under the same title"),
        pytest.param(
            html(*PARAGRAPHS[:3], *OTHER_WORK[:2], title=NEW_TITLE), id="a text that was rewritten in part"
        ),
        pytest.param(html(*OTHER_WORK, title=NEW_TITLE, date=""), id="a page without date or number"),
    ],
)
def test_what_is_no_other_work_is_an_edit(desk: Desk, later: bytes) -> None:
    for day in (3, 5):
        desk.see(later, DAY(day))
    assert state(desk) == "live" and desk.events("replaced") == [] and desk.changes() == [(1, 2)]


def test_a_text_that_left_its_address_for_a_new_one_has_moved(desk: Desk) -> None:
    desk.keep(not_found(DAY(2)))
    assert state(desk) == "live"
    desk.see(html(), DAY(3), url=url(2))
    assert state(desk) == "moved" and state(desk, url(2)) == "live"
    assert events_of(desk, "moved") == [
        {"to": url(2), "last_present": DAY(1) + ".000Z", "first_absent": DAY(2) + ".000Z"}
    ]
    for day in (4, 6, 9):
        desk.keep(not_found(DAY(day)))
        desk.see(html(), DAY(day), url=url(2))
    assert state(desk) == "moved" and desk.events("withdrawn") == [] and len(desk.events("moved")) == 1
    assert latest_row_at(desk.db, 1, DAY(9) + ".000Z")["state"] == "moved"
    desk.see(html(), DAY(10))
    assert state(desk) == "live" and len(desk.events("restored")) == 1


def test_what_was_withdrawn_and_appears_elsewhere_has_moved(desk: Desk) -> None:
    for day in (2, 4, 6):
        desk.see(page(9, aside=str(day)), DAY(day), url=url(9))
        desk.keep(not_found(DAY(day)))
    assert state(desk) == "withdrawn"
    desk.see(html(), DAY(7), url=url(2))
    assert state(desk) == "moved"


@pytest.mark.parametrize(
    "there",
    [
        pytest.param(page(3), id="another title"),
        pytest.param(html(*replaced("应当", "可以")), id="another wording"),
    ],
)
def test_something_alike_elsewhere_is_no_move(desk: Desk, there: bytes) -> None:
    for day in (2, 4, 6):
        desk.see(there, DAY(day), url=url(2))
        desk.keep(not_found(DAY(day)))
    assert state(desk) == "withdrawn" and desk.events("moved") == []


@pytest.mark.parametrize(
    ("asked", "path", "outcome"),
    [
        ("/a/notice.html", "/a/", "gone"),
        ("/a/notice.html", "/a/index.html", "gone"),
        ("/a/notice.html", "/list.html", "gone"),
        ("/a/notice.html", "/a/notice/", "unchanged"),
        ("/a/notice.html", "/b/", "unchanged"),
        ("/a/notice.html", "/a/?id=3", "unchanged"),
    ],
    ids=["column", "its index", "a declared list", "below", "another directory", "a directory with a query"],
)
def test_being_sent_to_a_list_is_absence(desk: Desk, asked: str, path: str, outcome: str) -> None:
    to = f"https://{HOST}{path}"
    hop = desk.keep(
        answer(None, DAY(2), status=302, headers=(("Location", to),), asked=f"https://{HOST}{asked}")
    )
    assert (
        desk.see(html(), DAY(2), url=to, redirected_from=hop.capture, asked=f"https://{HOST}{asked}")
        == outcome
    )


LOST = html(
    "您可以返回示例局的网站首页，从栏目导航重新进入，或者使用站内的检索功能来寻找所需要的文件和办事指南。"
    * 4,
    title="示例局门户网站",
    date="",
)


def test_the_same_page_at_three_addresses_stands_in_for_articles() -> None:
    desk = Desk()
    for number in range(12):
        desk.see(page(number), DAY(1), url=url(number))
    desk.archive.end_crawl(desk.crawl, Verdict.OK, [])
    run = desk.reopened()
    for number in range(12):
        run.see(LOST if number < 3 else page(number), DAY(2), url=url(number))
    run.archive.decide_changes()
    run.drain()
    assert [run.latest(url(number))["flags"] for number in range(3)] == ['["absent"]'] * 3
    assert run.changes() == [] and {e["reason"] for e in events_of(run, "absent")} == {
        "soft_404: the same page at 3 addresses"
    }
    assert run.see(LOST, DAY(3), url=url(0)) is Outcome.GONE, "known bytes are judged anew"


def test_a_short_page_that_says_nothing_of_itself_stands_in_from_the_third_address_on() -> None:
    desk = Desk()
    lost = html(
        "这里暂时没有您要找的东西，请从网站首页的栏目导航重新进入，或者稍后再来看看吧。" * 3,
        title="示例局门户网站",
        date="",
    )
    seen = [desk.see(lost, DAY(1), url=url(number)) for number in range(4)]
    assert seen == [Outcome.NEW, Outcome.NEW, Outcome.GONE, Outcome.GONE]
    assert desk.see(lost, DAY(2), url=url(0)) is Outcome.GONE, "known bytes are judged anew"


def test_judging_a_page_costs_no_more_for_all_the_addresses_it_was_given_at(desk: Desk) -> None:
    capture = desk.rows("select * from captures")[0]
    columns = ", ".join(name for name in capture.keys() if name not in ("id", "url"))  # noqa: SIM118
    steps: list[int] = []
    for number in (1000, 4000):
        desk.db.execute(
            f"insert into captures (url, {columns}) with recursive n (i) as (select 1 union all select i + 1 from n "
            f"limit ?) select url || '?of={number}&id=' || i, {columns} from n join captures c on c.id = ?",
            (number, capture["id"]),
        )
        steps.append(0)

        def step(of: int = len(steps) - 1) -> None:
            steps[of] += 1

        desk.db.set_progress_handler(step, 100)
        assert _reason(desk.db, capture, None, SITE, is_bare=True) is None
        desk.db.set_progress_handler(None, 100)
    assert 0 < steps[1] < 1.2 * steps[0]


def test_the_page_of_a_list_is_no_article(desk: Desk) -> None:
    desk.keep(answer(LOST, DAY(2), url=LIST, kind="listing"))
    assert desk.see(LOST, DAY(2)) is Outcome.GONE and desk.changes() == []


@pytest.mark.parametrize(
    ("body", "addresses"),
    [
        pytest.param(html(), [url(number) for number in range(4)], id="three columns"),
        pytest.param(html(date=""), [url(number) for number in range(4)], id="and no date is shown"),
        pytest.param(
            html(PARAGRAPHS[0], date=""),
            [f"{url(1)}?from={number}" for number in range(4)],
            id="a short one, by queries",
        ),
    ],
)
def test_an_article_posted_at_three_addresses_is_one_at_each(body: bytes, addresses: list[str]) -> None:
    desk = Desk()
    assert [desk.see(body, DAY(1), url=address) for address in addresses] == [Outcome.NEW] * 4
    assert [desk.see(body, DAY(2), url=address) for address in addresses] == [Outcome.UNCHANGED] * 4


def test_a_mass_change_back_to_known_bytes_trips_the_breaker_too() -> None:
    desk = Desk()
    template = {True: replaced("1.5万条", "15万条"), False: PARAGRAPHS}
    for day, is_new in ((1, False), (2, True)):
        for number in range(12):
            desk.see(html(*template[is_new], title=f"第{number}批"), DAY(day), url=url(number))
            desk.archive.decide_changes()  # one by one, so that none is doubted
            desk.drain()
        desk.archive.end_crawl(desk.crawl, Verdict.OK, [])
        desk = desk.reopened()
    assert len(desk.changes()) == 12
    for number in range(12):
        assert desk.see(html(title=f"第{number}批"), DAY(3), url=url(number)) is None
    desk.archive.decide_changes()
    desk.drain()
    assert len(desk.changes()) == 12 and [e["changed"] for e in events_of(desk, "mass_change")] == [12]


def test_what_vanishes_with_much_of_its_site_is_not_withdrawn_before_two_weeks() -> None:
    desk = Desk()
    for number in range(30):
        desk.see(page(number), DAY(1), url=url(number))
    for day in (2, 4, 8):
        for number in range(VANISHED_LEAST):
            desk.keep(not_found(DAY(day), url=url(number)))
        desk.see(page(29, aside=str(day)), DAY(day), url=url(29))
    assert desk.events("withdrawn") == []
    desk.see(page(29, aside="17"), DAY(17), url=url(29))
    for number in range(VANISHED_LEAST):
        desk.keep(not_found(DAY(17), url=url(number)))
    assert state(desk, url(0)) == "withdrawn" and len(desk.events("withdrawn")) >= 1


def test_an_absence_in_a_run_that_missed_most_articles_bounds_no_withdrawal() -> None:
    desk = Desk()
    for number in range(20):
        desk.see(page(number), DAY(1), url=url(number))
    lost = desk.reopened()
    for number in range(6):
        lost.keep(not_found(DAY(2), url=url(number)))
    for day in (3, 5, 7):
        run = desk.reopened()
        for number in range(1, 10):
            run.see(page(number), DAY(day), url=url(number))
        run.keep(not_found(DAY(day), url=url(0)))
    assert events_of(desk, "withdrawn") == [
        {"last_present": DAY(1) + ".000Z", "first_absent": DAY(3) + ".000Z"}
    ]
    assert state(desk, url(1)) == "live"


def losing_six_of_twenty() -> Desk:
    """Return a desk whose second run found six articles gone and one there; they stayed gone."""
    desk = Desk()
    for day in (1, 2, 3, 5, 7, 9):
        run = desk.reopened()
        for number in range(20):
            if number < 6 and day > 1:
                run.keep(not_found(DAY(day), url=url(number)))
            elif day != 2 or number == 19:
                run.see(page(number), DAY(day), url=url(number))
    return desk


def test_what_became_of_others_later_does_not_move_the_bounds_of_a_withdrawal() -> None:
    desk = losing_six_of_twenty()
    bounds = {"last_present": DAY(1) + ".000Z", "first_absent": DAY(3) + ".000Z"}
    assert events_of(desk, "withdrawn") == [bounds] * 6
    numbers = desk.column("select id from documents where state = 'withdrawn'")
    assert [latest_row_at(desk.db, number, DAY(6) + ".000Z")["state"] for number in numbers] == ["live"] * 6


COUNTED_ANEW = """
insert into crawl_looks (crawl, missed, seen)
select c.crawl, sum(r.outcome = 'gone'), sum(r.outcome != 'gone') from captures c
join readings r on r.capture = c.id and r.again = 0
where c.kind = 'article' and r.document is not null and not exists (select 1 from parts p where p.fetched = c.id)
and (r.outcome in ('new', 'changed', 'unchanged', 'not_modified') or r.outcome = 'gone' and (
    select b.version from readings b join captures e on e.id = b.capture where b.document = r.document
    and e.crawl < c.crawl order by e.captured_at desc, b.id desc limit 1) is not null)
group by c.crawl
"""


def test_what_a_crawl_missed_and_saw_can_be_worked_out_again() -> None:
    desk = losing_six_of_twenty()
    desk.reread()
    counted = [tuple(row) for row in desk.rows("select missed, seen from crawl_looks order by crawl")]
    assert counted == [(0, 20), (6, 1), *[(0, 14)] * 4]
    desk.db.execute("delete from crawl_looks")
    desk.db.executescript(COUNTED_ANEW)
    assert [tuple(row) for row in desk.rows("select missed, seen from crawl_looks order by crawl")] == counted


def test_an_outage_between_absences_neither_counts_nor_takes_back(desk: Desk) -> None:
    for day, is_there in ((2, True), (3, False), (4, True), (5, False), (6, True)):
        run = desk.reopened()
        if is_there:
            run.see(page(9, aside=str(day)), DAY(day), url=url(9))
            run.keep(not_found(DAY(day)))
        else:
            run.keep(answer(None, DAY(day), status=502))
        assert state(desk) == ("withdrawn" if day == 6 else "unreachable" if not is_there else state(desk))
    assert events_of(desk, "withdrawn") == [
        {"last_present": DAY(1) + ".000Z", "first_absent": DAY(2) + ".000Z"}
    ]


def ran(desk: Desk, *days: int, missing: tuple[int, ...] = ()) -> None:
    """Let runs over the site come and go; each looks at the document unless it is said to miss it."""
    for day in days:
        at = DAY(day) + ".000Z"
        desk.db.execute(
            "insert into crawls (site, command, started_at, finished_at, software, rules_digest) "
            "values ('bureau', 'watch', ?, ?, 'x', 'x')",
            (at, at),
        )
        if day not in missing:
            desk.see(html(aside=str(day)), DAY(day))


def test_an_outage_a_block_and_a_run_that_never_came_are_gaps(desk: Desk) -> None:
    desk.db.execute("update crawls set started_at = ? where id = 1", (DAY(1) + ".000Z",))
    ran(desk, *range(2, 8))
    desk.keep(answer(None, DAY(8), status=503))
    ran(desk, 9)
    desk.keep(answer(None, DAY(10), status=403))
    ran(desk, 11, 12, 19, 20)
    assert [(gap["from"][8:10], gap["to"][8:10], gap["reason"]) for gap in gaps(desk.db, 1)] == [
        ("07", "09", "failed: http 503"),
        ("09", "11", "blocked: http 403"),
        ("12", "19", NO_RUN),
    ]
    line = timeline(documents.looks(desk.db, 1), gaps(desk.db, 1))
    assert line is not None and [gap.reason for gap in line.gaps][-1] == NO_RUN
    assert history(desk.db, 1)["gaps"] == gaps(desk.db, 1)


def test_runs_at_their_usual_pace_leave_no_gap(desk: Desk) -> None:
    desk.db.execute("update crawls set started_at = ? where id = 1", (DAY(1) + ".000Z",))
    ran(desk, 2, 3, 4, 5, 6, 7, 9, 10, missing=(6, 7))
    assert gaps(desk.db, 1) == [], "that the document was not due is no gap"


def test_a_page_that_stays_in_quarantine_is_told_once(desk: Desk) -> None:
    short = html("只剩下这一句话了，其余的都不见了。")
    for hour in (8, 12, 16):
        assert desk.see(short, f"2026-04-03T{hour:02d}:00:00") is Outcome.QUARANTINED
    assert len(desk.events("quarantined")) == 1
