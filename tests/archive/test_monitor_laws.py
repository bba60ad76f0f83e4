"""What a simulated year showed to be wrong, one law a test."""

from __future__ import annotations

import json

import pytest

from archive.clock import seconds_between
from archive.model import Kind, Link, ReadingResult, Rows, Verdict
from archive.store.read.review import reject, waiting
from archive.store.schedule.samples import SAMPLE
from archive.store.write.transitions import FEW
from tests.archive.desk import HOST, LIST, PARAGRAPHS, URL, Desk, answer, html, not_found, replaced

DAY = "2026-04-{:02d}T08:00:00".format
PAGES = tuple(f"https://{HOST}/list_{number}.html" for number in (1, 2))
ADDED = "本网站已支持无障碍浏览。"


def url(number: int) -> str:
    return f"https://{HOST}/a/n{number}.html"


def title(number: int) -> str:
    return f"关于第{number}批登记工作的通知"


def page(number: int, *more: str) -> bytes:
    return html(*PARAGRAPHS, *more, title=title(number))


@pytest.fixture
def desk() -> Desk:
    """A desk that has seen twelve documents, each in the frontier."""
    made = Desk()
    for number in range(12):
        assert made.see(page(number), DAY(1), url=url(number)) == "new"
    urls = [url(number) for number in range(12)]
    made.archive.frontier.add(site="bureau", kind=Kind.ARTICLE, urls=urls, due_at="2026-05-01", why="listed")
    made.archive.end_crawl(made.crawl, Verdict.OK, [])
    return made.reopened()


def decided(desk: Desk) -> None:
    """Let the run decide on what it held back, and read that."""
    desk.archive.decide_changes()
    desk.drain()


def show_list(desk: Desk, address: str, rows: Rows, day: int = 2) -> list[str]:
    """Show a list page with some rows; return the list pages that are due then."""
    asks = {row.url: row.id for row in desk.ask("9999")}
    kept = desk.keep(answer(b"<ul></ul>", DAY(day), url=address, kind="listing", frontier=asks.get(address)))
    desk.archive.record(desk.archive.jobs.of(kept.capture), ReadingResult(result=rows))
    return [row.url for row in desk.ask(f"{DAY(day)}.000Z") if row.kind == "listing"]


def test_empty_list_pages_that_name_each_other_are_asked_once() -> None:
    desk = Desk()
    assert show_list(desk, LIST, Rows(links=(), pages=PAGES)) == list(PAGES), "it may say where the list is"
    assert show_list(desk, PAGES[0], Rows(links=(), pages=PAGES)) == [PAGES[1]]
    assert show_list(desk, PAGES[1], Rows(links=(), pages=PAGES)) == []


def test_an_announced_list_without_rows_leads_nowhere() -> None:
    assert show_list(Desk(), LIST, Rows(links=(), pages=PAGES, announced=40)) == []


def test_no_page_of_a_list_is_asked_twice_in_a_crawl() -> None:
    desk = Desk()
    links = [Link(url=url(number), name="通知") for number in range(3)]
    assert show_list(desk, LIST, Rows(links=tuple(links[:1]), pages=PAGES)) == [PAGES[0]], "page by page"
    assert show_list(desk, PAGES[0], Rows(links=tuple(links[1:2]), pages=PAGES)) == [PAGES[1]]
    assert show_list(desk, PAGES[1], Rows(links=tuple(links[2:]), pages=PAGES)) == []


@pytest.mark.parametrize(
    ("days", "newest"),
    [
        pytest.param(("2026-03-30", "2026-04-02"), "2026-04-02", id="the newest"),
        pytest.param(("2026-03-30", "2062-04-01"), "2026-03-30", id="a slip in the year"),
        pytest.param(("2026-04-03",), "2026-04-03", id="in Beijing it is that day already"),
        pytest.param(("2026-04-04",), "", id="none has come yet"),
    ],
)
def test_a_row_from_the_future_does_not_let_a_list_look_alive(
    desk: Desk, days: tuple[str, ...], newest: str
) -> None:
    links = tuple(Link(url=url(number), date=day) for number, day in enumerate(days))
    kept = desk.keep(answer(b"<ul></ul>", "2026-04-02T16:30:00", url=LIST, kind="listing"))
    desk.archive.record(desk.archive.jobs.of(kept.capture), ReadingResult(result=Rows(links=links)))
    assert [one["newest"] for one in desk.archive.crawls.lists(desk.crawl)[0]] == [newest]


def test_a_server_that_loses_all_articles_withdraws_none(desk: Desk) -> None:
    for day in range(3, 9):
        desk = desk.reopened()
        desk.see(b"<ul></ul>", DAY(day), url=LIST, kind="listing")
        for number in range(12):
            desk.keep(not_found(DAY(day), url=url(number)))
    assert set(desk.column("select state from latest")) == {"live"} and desk.events("withdrawn") == []


def test_what_is_missed_is_looked_for_daily_until_it_is_known_what_that_means(desk: Desk) -> None:
    def rest(day: int) -> float:
        desk.see(page(1), DAY(day), url=url(1))
        row = next(row for row in desk.ask("9999") if row.url == url(0))
        desk.keep(not_found(DAY(day), url=url(0), frontier=row.id, asked=url(0)))
        due = next(row for row in desk.ask("9999") if row.url == url(0)).due_at
        return seconds_between(f"{DAY(day)}.000Z", due)

    assert rest(20) <= 25 * 3600
    assert rest(22) <= 25 * 3600
    assert rest(24) > 5 * 86400 and desk.latest(url(0))["state"] == "withdrawn"


def test_few_looks_that_all_show_a_change_are_followed_by_more_once_a_run(desk: Desk) -> None:
    assert desk.see(page(0, ADDED), DAY(2), url=url(0)) is None
    assert desk.archive.sample(desk.crawl) == SAMPLE
    assert desk.archive.sample(desk.crawl) == 0
    assert len(desk.ask(desk.archive.clock.now())) == SAMPLE
    assert [event["site"] for event in desk.events("sampled")] == ["bureau"]


def test_one_change_among_many_looks_asks_for_nothing_more(desk: Desk) -> None:
    for number in range(12):
        desk.see(page(number, *([ADDED] if number == 5 else [])), DAY(2), url=url(number))
    assert desk.archive.sample(desk.crawl) == 0 and desk.events("sampled") == []


def test_the_same_lines_added_to_several_documents_wait_and_another_edit_passes(desk: Desk) -> None:
    for number in range(12):
        desk.see(page(number, *([ADDED] if number < FEW else [])), DAY(2), url=url(number))
    desk.see(html(*replaced("5%", "6%"), title=title(11)), DAY(2) + ".500Z", url=url(11))
    decided(desk)
    assert desk.column("select url from changes") == [url(11)]
    assert {one.url for one in waiting(desk.db)} == {url(number) for number in range(FEW)}


def test_a_run_that_decides_twice_knows_a_template_again(desk: Desk) -> None:
    for number in range(FEW):
        desk.see(page(number, ADDED), DAY(2), url=url(number))
    for number in range(6, 11):
        desk.see(page(number), DAY(2), url=url(number))
    decided(desk)
    # What was asked late: a second try, a page behind a redirect.
    assert desk.see(page(11, ADDED), DAY(2) + ".900Z", url=url(11)) is None
    decided(desk)
    assert {one.url for one in waiting(desk.db)} == {url(number) for number in (*range(FEW), 11)}


def test_what_a_person_refused_before_makes_no_later_edit_doubtful(desk: Desk) -> None:
    for number in range(11):
        desk.see(html(*replaced("5%", "8%"), title=title(number)), DAY(2), url=url(number))
    decided(desk)
    for one in waiting(desk.db):
        reject(desk.archive, one)
    later = desk.reopened()
    for number in range(11):
        later.see(html(*replaced("5%", "8%"), title=title(number)), DAY(3), url=url(number))
    assert later.see(html(*replaced("5%", "6%"), title=title(11)), DAY(3), url=url(11)) is None
    decided(later)
    assert later.column("select url from changes") == [url(11)]


@pytest.fixture
def refused(desk: Desk) -> Desk:
    """A desk at which a person has refused a line that three documents gained."""
    for number in range(12):
        desk.see(page(number, *([ADDED] if number < FEW else [])), DAY(2), url=url(number))
    decided(desk)
    for one in waiting(desk.db):
        reject(desk.archive, one)
    return desk.reopened()


@pytest.mark.parametrize("number", [0, 7], ids=["where it was refused", "where nobody decided on it"])
def test_a_document_beside_lines_that_were_refused_of_its_site_stands_as_it_did(
    refused: Desk, number: int
) -> None:
    assert refused.see(page(number, ADDED), DAY(3), url=url(number)) == "unchanged"
    latest = refused.latest(url(number))
    assert (latest["state"], latest["versions"], ADDED in latest["text"]) == ("live", 1, False)
    assert "refused_lines" in json.loads(latest["flags"])
    assert waiting(refused.db) == [] and refused.changes() == []
    # And it is seen to go like any other.
    for day in (10, 12, 14):
        refused.see(page(1, ADDED), DAY(day), url=url(1))
        refused.keep(not_found(DAY(day), url=url(number)))
    assert refused.latest(url(number))["state"] == "withdrawn"


def test_a_text_that_moves_under_a_new_template_has_moved(refused: Desk) -> None:
    for day in (10, 11, 12, 13, 14):
        refused.keep(not_found(DAY(day), url=url(7)))
        refused.see(page(1, ADDED), DAY(day), url=url(1))
    refused.see(page(7, ADDED), DAY(12), url=url(40))
    latest = refused.latest(url(7))
    assert (latest["state"], refused.latest(url(40))["versions"]) == ("moved", 1)
    told = refused.column(
        "select kind from events where document = 8 and kind in ('withdrawn', 'moved', 'taken_back')"
    )
    assert told[-1:] == ["moved"]


@pytest.mark.parametrize(
    "line", ["本通知有效期三年。", "示例局负责解释。"], ids=["a sentence", "another line"]
)
def test_a_text_with_a_line_that_nobody_refused_is_another_text(refused: Desk, line: str) -> None:
    for day in (10, 11, 12, 13, 14):
        refused.keep(not_found(DAY(day), url=url(7)))
        refused.see(page(1, ADDED), DAY(day), url=url(1))
        refused.see(page(7, line), DAY(day), url=url(40))
    assert refused.latest(url(7))["state"] == "withdrawn"


@pytest.mark.parametrize(
    "shown",
    [
        pytest.param(html(*replaced("5%", "6%"), ADDED, title=title(7)), id="another wording"),
        pytest.param(page(7, ADDED, "本通知有效期三年。"), id="one line more"),
        pytest.param(html(*PARAGRAPHS, ADDED, title=f"{title(7)}（修订）"), id="another title"),
    ],
)
def test_beside_lines_that_were_refused_an_edit_is_an_edit(refused: Desk, shown: bytes) -> None:
    refused.see(shown, DAY(3), url=url(7))
    decided(refused)
    assert refused.column("select url from changes") == [url(7)] and waiting(refused.db) == []


def test_what_was_refused_of_one_document_says_nothing_of_another(desk: Desk) -> None:
    for number in range(FEW):
        desk.see(page(number, f"第{number}号补充说明。"), DAY(2), url=url(number))
    decided(desk)
    assert len(waiting(desk.db)) == FEW
    for one in waiting(desk.db):
        reject(desk.archive, one)
    later = desk.reopened()
    assert later.see(page(0, "第0号补充说明。"), DAY(3), url=url(0)) == "quarantined"


def test_who_edits_a_text_on_the_day_of_a_new_template_is_told(desk: Desk) -> None:
    for number in range(12):
        words = PARAGRAPHS if number != 5 else replaced("5%", "6%")
        desk.see(html(*words, ADDED, title=title(number)), DAY(2), url=url(number))
    decided(desk)
    assert desk.column("select url from changes") == [url(5)]
    assert len(waiting(desk.db)) == 11


@pytest.mark.parametrize(
    ("conditional", "earliest"),
    [
        pytest.param(True, 3, id="we asked for changes and got one: the 304 before bounds it"),
        pytest.param(False, 1, id="we asked for the whole page: the 304 before may have lied"),
        pytest.param(None, 3, id="kept by somebody else"),
    ],
)
def test_a_304_bounds_only_what_was_seen_by_asking_for_changes(
    conditional: bool | None, earliest: int
) -> None:
    desk = Desk()
    desk.see(html(), DAY(1))
    desk.keep(answer(None, DAY(3), status=304, conditional=True))
    desk.see(html(*replaced("5%", "6%")), DAY(5), conditional=conditional)
    told = desk.rows("select changed_at_earliest as a, changed_at_latest as b from changes")
    assert [(row["a"], row["b"]) for row in told] == [(f"{DAY(earliest)}.000Z", f"{DAY(5)}.000Z")]


def test_a_page_of_two_wordings_by_turns_is_told_so_and_its_turns_are_folded() -> None:
    desk = Desk()
    pages = (html(), html(*replaced("5%", "6%")))
    for look in range(24):
        desk.see(pages[look % 2], f"2026-04-01T{look:02d}:00:00")
    assert len(desk.versions()) == 2 and len(desk.changes()) == 4
    assert len(desk.events("unstable")) == 1 and "unstable" in desk.latest()["flags"]
    desk.see(html(*replaced("5%", "7%")), DAY(3))
    assert len(desk.versions()) == 3 and len(desk.changes()) == 5, "a wording that is new stays a change"


def test_pages_of_two_wordings_by_turns_are_no_new_template() -> None:
    desk = Desk()
    wordings = replaced("5%", "6%"), PARAGRAPHS
    # Of so small a site nothing is held back.
    for number in range(9):
        for look in range(10):
            shown = html(*wordings[look % 2], title=title(number))
            desk.see(shown, f"2026-04-01T{look:02d}:00:00", url=url(number))
    desk.see(page(9), DAY(1), url=url(9))
    assert len(desk.events("unstable")) == 9
    desk = desk.reopened()
    turned = [desk.see(html(*wordings[0], title=title(n)), DAY(2), url=url(n)) for n in range(9)]
    assert turned == ["changed"] * 9 and desk.events("mass_change") == []
    assert desk.see(html(*replaced("5%", "7%"), title=title(0)), DAY(3), url=url(0)) is None, (
        "this one is new"
    )


def test_a_text_that_goes_back_and_forth_over_months_is_no_unstable_one() -> None:
    desk = Desk()
    for month in range(1, 10):
        desk.see((html(), html(*replaced("5%", "6%")))[month % 2], f"2026-{month:02d}-01T08:00:00", url=URL)
    assert len(desk.changes()) == 8 and desk.events("unstable") == []
