"""What is kept but not yet read, and articles of several pages."""

from __future__ import annotations

import json

import pytest

from archive.clock import later
from archive.model import Kind, Link, Outcome, ReadingResult, Rows
from archive.store.schedule.frontier import wants_second_look
from tests.archive.desk import HOST, LIST, PARAGRAPHS, URL, Desk, answer, html, not_found, replaced

DAY = "2026-04-{:02d}T08:00:00".format
FIRST = html(*PARAGRAPHS[:2], pages=["/a/notice_2.html", "/a/notice_3.html"])
SECOND = html(PARAGRAPHS[2], pages=["/a/notice.html", "/a/notice_3.html"])
THIRD = html(*PARAGRAPHS[3:], pages=["/a/notice.html", "/a/notice_2.html"])
PAGES = {f"https://{HOST}/a/notice_2.html": SECOND, f"https://{HOST}/a/notice_3.html": THIRD}


@pytest.fixture
def desk() -> Desk:
    return Desk()


def fetch_pages(desk: Desk, at: str, pages: dict[str, bytes] = PAGES) -> list[int]:
    """Fetch what is due of an article's further pages, as the feed would; a page not given is not found."""
    kept = []
    for due in desk.ask(later(f"{at}.000Z", 1e9)):
        if due.part_of is None:
            continue
        told = answer(
            pages.get(due.url), at, url=due.url, frontier=due.id, part_of=due.part_of, asked=due.url
        )
        if due.url not in pages:
            told = not_found(at, url=due.url, frontier=due.id, part_of=due.part_of, asked=due.url)
        kept.append(desk.keep(told).capture)
    return kept


def see_all(desk: Desk, at: str, first: bytes = FIRST, pages: dict[str, bytes] = PAGES) -> Outcome | None:
    """Fetch an article and its further pages, and read them."""
    desk.see(first, at)
    capture = desk.one("select max(id) from captures")
    fetch_pages(desk, at, pages)
    desk.drain()
    return desk.outcome(capture)


def test_a_kept_page_waits_in_the_queue_until_it_is_read(desk: Desk) -> None:
    kept = desk.keep(answer(html(), DAY(1)))
    assert kept.outcome is None and desk.waiting() == [kept.capture]
    assert desk.archive.crawls.waiting(desk.crawl) == 1
    desk.drain()
    assert desk.waiting() == [] and desk.outcome(kept.capture) == "new"


def test_a_reading_and_the_end_of_the_wait_are_one_transaction(desk: Desk) -> None:
    kept = desk.keep(answer(html(), DAY(1)))
    desk.db.execute(
        "create temp trigger fault before insert on versions begin select raise(abort, 'full'); end"
    )
    with pytest.raises(Exception, match="full"):
        desk.drain()
    assert desk.waiting() == [kept.capture]
    assert desk.one("select count(*) from readings") == 0
    assert desk.one("select count(*) from documents") == 0
    desk.db.execute("drop trigger fault")
    desk.drain()
    assert desk.outcome(kept.capture) == "new"


def test_a_page_already_read_by_this_reader_does_not_wait_again(desk: Desk) -> None:
    desk.see(html(), DAY(1))
    kept = desk.keep(answer(html(), DAY(2)))
    assert kept.outcome == "unchanged" and desk.waiting() == []


def test_an_article_waits_for_its_further_pages(desk: Desk) -> None:
    assert desk.see(FIRST, DAY(1)) is None
    assert desk.archive.queue.ready() == [] and len(desk.waiting()) == 1
    assert [due.url for due in desk.ask(DAY(9) + ".000Z") if due.part_of] == list(PAGES)
    parts = fetch_pages(desk, DAY(1))
    desk.drain()
    assert desk.latest()["text"].splitlines() == list(PARAGRAPHS)
    first = desk.one("select min(id) from captures")
    assert json.loads(desk.one("select captures from versions")) == [first, *parts]
    assert [desk.outcome(capture) for capture in (first, *parts)] == ["new"] * 3
    assert [due for due in desk.ask(DAY(9) + ".000Z") if due.part_of] == []


def test_the_pages_of_an_article_are_one_document(desk: Desk) -> None:
    see_all(desk, DAY(1))
    assert desk.column("select url from documents") == [URL]


def test_an_edit_on_a_further_page_makes_a_version(desk: Desk) -> None:
    see_all(desk, DAY(1))
    edited = {**PAGES, f"https://{HOST}/a/notice_2.html": html(replaced("责令", "督促")[2])}
    assert see_all(desk, DAY(3), pages=edited) == "changed"
    assert desk.versions() == [(1, "first"), (2, "source")] and desk.changes() == [(1, 2)]


def test_unchanged_pages_make_no_version(desk: Desk) -> None:
    see_all(desk, DAY(1))
    assert see_all(desk, DAY(3)) == "unchanged"
    assert len(desk.versions()) == 1
    assert desk.archive.validators(URL).etag == "", "a 304 would say nothing of the other pages"


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        pytest.param(None, "missing", id="not found"),
        pytest.param(b"<html><body><div id=zoom></div></body></html>", "cannot be read", id="without text"),
    ],
)
def test_an_article_without_one_of_its_pages_is_unreadable(
    desk: Desk, second: bytes | None, reason: str
) -> None:
    pages = {url: body for url, body in PAGES.items() if url.endswith("_3.html")}
    if second:
        pages[f"https://{HOST}/a/notice_2.html"] = second
    assert see_all(desk, DAY(1), pages=pages) == "unreadable"
    assert desk.versions() == []
    assert reason in desk.one(
        "select reason from readings where outcome = 'unreadable' order by capture limit 1"
    )


def test_every_page_of_an_unreadable_article_has_an_outcome(desk: Desk) -> None:
    see_all(desk, DAY(1), pages={k: v for k, v in PAGES.items() if k.endswith("_3.html")})
    outcomes = [desk.outcome(capture) for capture in desk.column("select id from captures")]
    assert None not in outcomes
    counts = desk.archive.crawls.counts(desk.crawl)
    assert sum(n for name, n in counts.items() if name != "captures") == counts["captures"] == 3


def test_a_lost_page_of_an_article_leaves_its_version_as_it_was(desk: Desk) -> None:
    see_all(desk, DAY(1))
    assert see_all(desk, DAY(3), pages={}) == "unreadable"
    assert desk.latest()["text"].splitlines() == list(PARAGRAPHS)


def test_pages_that_stay_in_quarantine_are_told_once_and_wanted_again_by_looks(desk: Desk) -> None:
    see_all(desk, DAY(1))
    short = html("只剩下这一句话。", pages=["/a/notice_2.html", "/a/notice_3.html"])
    pages = dict.fromkeys(PAGES, html("不见了。"))
    for hour in range(1, 6):
        assert see_all(desk, f"2026-04-02T{hour:02d}:00:00", short, pages) == "quarantined"
        desk.reread()
        look = desk.one("select max(capture) from readings where reason not like 'a page of %'")
        assert wants_second_look(desk.db, look)
    assert len(desk.events("quarantined")) == 1
    assert see_all(desk, "2026-04-02T06:00:00", short, pages) == "quarantined"
    look = desk.one("select max(capture) from readings where reason not like 'a page of %'")
    assert not wants_second_look(desk.db, look), "five are enough"


def test_a_further_page_that_was_moved_is_a_page_of_the_article(desk: Desk) -> None:
    desk.see(FIRST, DAY(1))
    for due in [due for due in desk.ask(DAY(9) + ".000Z") if due.part_of]:
        asked = {"frontier": due.id, "part_of": due.part_of, "asked": due.url}
        hop = desk.keep(answer(None, DAY(1), url=due.url, status=301, headers=(("Location", "/x"),), **asked))
        moved = due.url.replace("notice", "moved")
        desk.keep(answer(PAGES[due.url], DAY(1), url=moved, redirected_from=hop.capture, **asked))
    desk.drain()
    assert desk.latest()["text"].splitlines() == list(PARAGRAPHS)
    assert desk.waiting() == []


def test_a_further_page_that_fails_for_good_is_missing(desk: Desk) -> None:
    desk.see(FIRST, DAY(1))
    for due in [due for due in desk.ask(DAY(9) + ".000Z") if due.part_of]:
        asked = {"frontier": due.id, "part_of": due.part_of, "asked": due.url}
        desk.keep(answer(None, DAY(1), url=due.url, status=None, error="timeout", **asked))
    desk.drain()
    assert desk.latest()["state"] == "unreadable" and desk.waiting() == []


def test_an_article_whose_page_must_wait_long_holds_up_no_run(desk: Desk) -> None:
    desk.see(FIRST, DAY(1))
    due = next(due for due in desk.ask(DAY(9) + ".000Z") if due.part_of)
    asked = {"frontier": due.id, "part_of": due.part_of, "asked": due.url}
    desk.keep(answer(None, DAY(1), url=due.url, status=503, retry_in=3600.0, **asked))
    assert not desk.archive.queue.can_go_on("bureau", until=f"{DAY(1)[:-8]}08:02:00.000Z")
    assert desk.archive.queue.can_go_on("bureau", until=DAY(2) + ".000Z")
    assert desk.archive.queue.length("bureau") == 1, "it waits for the next run"


def test_further_pages_are_asked_for_although_the_limit_of_articles_is_reached(desk: Desk) -> None:
    desk.see(FIRST, DAY(1))
    due = desk.archive.frontier.due("bureau", DAY(9) + ".000Z", kinds=("listing",), limit=9)
    assert [row.url for row in due] == list(PAGES)


def test_in_a_replay_pages_come_from_the_same_crawl_and_nothing_is_asked(desk: Desk) -> None:
    told = {"origin": "a.warc+0", "clock": "warc"}
    for url, body in (*PAGES.items(), (URL, FIRST)):
        desk.keep(answer(body, DAY(1), url=url, **told))
    desk.drain()
    assert desk.latest()["text"].splitlines() == list(PARAGRAPHS)
    assert desk.one("select count(*) from frontier") == 0 and desk.waiting() == []
    assert {row[0] for row in desk.rows("select outcome from readings")} == {"new"}


def test_a_list_leads_to_articles_in_the_transaction_of_its_reading(desk: Desk) -> None:
    rows = "".join(
        f'<li><a href="/a/n{n}.html">关于第{n}批试点单位名单的通知</a> 2026-03-0{n}</li>' for n in range(1, 6)
    )
    page = f"<html><head><meta charset=utf-8></head><body><ul>{rows}</ul></body></html>".encode()
    kept = desk.keep(answer(page, DAY(1), url=LIST, kind="listing"))
    assert desk.one("select count(*) from frontier") == 0
    desk.drain()
    assert desk.outcome(kept.capture) == "listing"
    found = desk.column("select url from frontier where kind = 'article' order by url")
    assert found == [f"https://{HOST}/a/n{n}.html" for n in range(1, 6)]
    assert desk.column("select distinct why from frontier where kind = 'article'") == [f"listed by {LIST}"]


def test_a_file_among_the_rows_of_a_list_does_not_make_its_ground_known(desk: Desk) -> None:
    """Everything in it is new, so the list is followed; the file, which no article links, is asked for as one."""
    kept = desk.keep(answer(b"<ul></ul>", DAY(1), url=LIST, kind="listing"))
    links = (Link(url=URL, name="通知"), Link(url=f"https://{HOST}/f/1.pdf", name="名单"))
    further = f"https://{HOST}/list_1.html"
    desk.archive.record(
        desk.archive.jobs.of(kept.capture), ReadingResult(result=Rows(links=links, pages=(further,)))
    )
    asked = desk.rows("select kind, url from frontier order by id")
    assert [tuple(row) for row in asked] == [
        ("article", URL),
        ("article", f"https://{HOST}/f/1.pdf"),
        ("listing", further),
    ]
    assert [tuple(row) for row in desk.rows("select url, name from list_names")] == [
        (f"https://{HOST}/f/1.pdf", "名单")
    ]


@pytest.mark.parametrize("origin", ["network", "old.warc+0"])
def test_a_file_is_called_what_its_list_calls_it_whether_fetched_or_imported(desk: Desk, origin: str) -> None:
    """A table of figures has no title of its own. An import fills no schedule, and its lists say the same."""
    url = f"https://{HOST}/f/W020260310001.csv"
    for words, day in (("县域统计表（表格）", 1), ("改过的叫法", 3)):
        page = f'<ul><li><a href="{url}">{words}</a></li></ul>'.encode()
        kept = desk.keep(answer(page, DAY(day), url=LIST, kind="listing", origin=origin))
        shown = Rows(links=(Link(url=url, name=words),))
        desk.archive.record(desk.archive.jobs.of(kept.capture), ReadingResult(result=shown))
    table = "地区,项目数\n甲县,12\n乙县,30\n".encode()
    desk.see(table, DAY(4), url=url, origin=origin, headers=(("content-type", "text/csv"),))
    assert desk.column("select title from latest") == ["县域统计表（表格）"]
    assert bool(desk.column("select url from frontier where kind = 'article'")) is (origin == "network")


def test_a_list_that_counts_nothing_is_walked_until_no_page_is_there(desk: Desk) -> None:
    """It names a next page without knowing of one: that there is none is its end, and it is known ground from then on."""
    second = f"https://{HOST}/list_2.html"
    links = (Link(url=URL, name="通知"),)
    told = []
    desk.archive.frontier.add(
        site="bureau", kind=Kind.LISTING, urls=[LIST], due_at=f"{DAY(1)}.000Z", why="declared"
    )
    for day in (1, 2):
        desk = desk.reopened()
        (row,) = [one.id for one in desk.ask("9999") if one.url == LIST]
        kept = desk.keep(answer(b"<ul></ul>", DAY(day), url=LIST, kind="listing", frontier=row, asked=LIST))
        desk.archive.record(
            desk.archive.jobs.of(kept.capture), ReadingResult(result=Rows(links=links, pages=(second,)))
        )
        asked = [one for one in desk.ask(f"{DAY(day)[:10]}T23:00:00.000Z") if one.url == second]
        told.append(len(asked))
        for one in asked:
            desk.keep(
                answer(None, DAY(day), url=second, kind="listing", status=404, frontier=one.id, asked=second)
            )
    assert told == [1, 0]
