"""What is to be fetched, and when."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from archive import extract, revisit
from archive.clock import later, seconds_between
from archive.model import Exchange, Kind
from archive.store.schedule.frontier import LONGEST_GAP, REST_AFTER_FAILURE, SECOND_LOOK, SHORTEST_GAP, Due
from spiders.miit import MiitSpider
from tests.archive.desk import HOST, LIST, URL, Desk, answer, html, replaced

T0 = "2026-04-01T08:00:00.000Z"


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    made.archive.frontier.add(site="bureau", kind=Kind.LISTING, urls=[LIST], due_at=T0, why="declared")
    made.archive.frontier.add(site="bureau", kind=Kind.ARTICLE, urls=[URL], due_at=T0, why="listed")
    return made


def due(desk: Desk, url: str = URL) -> Due:
    return next(row for row in desk.ask("9999") if row.url == url)


def asked(desk: Desk, exchange: Exchange) -> None:
    desk.keep(replace(exchange, frontier=due(desk, exchange.url).id, asked=exchange.url))


def seconds_until_due(desk: Desk, since: str = T0, url: str = URL) -> float:
    return seconds_between(since, due(desk, url).due_at)


def test_an_address_is_in_the_frontier_once(desk: Desk) -> None:
    added = desk.archive.frontier.add(
        site="bureau", kind=Kind.ARTICLE, urls=[URL, URL], due_at="2026-01-01T00:00:00.000Z", why="again"
    )
    assert added == 0 and due(desk).due_at == T0 and due(desk).why == "listed"


def test_lists_come_first_then_what_has_been_due_longest(desk: Desk) -> None:
    desk.archive.frontier.add(
        site="bureau", kind=Kind.ARTICLE, urls=[URL + "2"], due_at="2026-03-01T00:00:00.000Z", why="listed"
    )
    assert [row.url for row in desk.ask(T0)] == [LIST, URL + "2", URL]
    assert desk.ask("2026-03-31T00:00:00.000Z")[0].url == URL + "2"


def test_the_row_that_asked_is_closed_with_the_capture(desk: Desk) -> None:
    desk.db.execute(
        "create temp trigger fault before update on frontier begin select raise(abort, 'full'); end"
    )
    with pytest.raises(Exception, match="full"):
        asked(desk, answer(html(), T0))
    assert desk.one("select count(*) from captures") == 0, "nothing was kept"
    assert desk.one("select count(*) from payloads") == 0
    desk.db.execute("drop trigger fault")
    asked(desk, answer(html(), T0))
    assert desk.one("select count(*) from captures") == 1
    assert URL not in [row.url for row in desk.ask(T0)]


def rows(*numbers: int) -> bytes:
    shown = "".join(f'<li><a href="/a/n{n}.html">通知{n}</a> 2026-03-{n:02d}</li>' for n in numbers)
    return f"<html><body><ul>{shown}</ul></body></html>".encode()


def test_a_list_is_asked_again_after_two_hours(desk: Desk) -> None:
    asked(desk, answer(html(), T0, url=LIST, kind="listing"))
    assert seconds_until_due(desk, url=LIST) == revisit.LIST_GAP


def test_a_list_that_shows_new_rows_is_asked_sooner_than_one_that_does_not(desk: Desk) -> None:
    gaps = {}
    for name, moves in (("busy", True), ("still", False)):
        url, at = f"https://{HOST}/{name}.html", T0
        desk.archive.frontier.add(site="bureau", kind=Kind.LISTING, urls=[url], due_at=T0, why="declared")
        for look in range(12):
            asked(desk, answer(rows(*range(1 + look * moves, 6 + look * moves)), at, url=url, kind="listing"))
            desk.drain()
            gaps[name] = seconds_until_due(desk, at, url)
            at = later(at, 7200)
    assert SHORTEST_GAP <= gaps["busy"] < revisit.LIST_GAP < gaps["still"] <= revisit.LONGEST_OF_LIST


def test_a_page_new_to_us_is_looked_at_again_soon_however_old_it_is(desk: Desk) -> None:
    url = f"https://{HOST}/a/old.html"
    desk.archive.frontier.add(site="bureau", kind=Kind.ARTICLE, urls=[url], due_at=T0, why="listed")
    asked(desk, answer(html(date="2019-03-01"), T0, url=url))
    desk.drain()
    assert seconds_until_due(desk, T0, url) == SHORTEST_GAP


def test_an_old_page_that_is_known_is_left_alone_for_longer_than_a_new_one(desk: Desk) -> None:
    gaps, known = {}, later(T0, 5 * 86_400)
    for date in ("2026-04-01", "2026-03-01", "2019-03-01"):
        url = f"https://{HOST}/a/d{date.replace('-', '')}.html"
        desk.archive.frontier.add(site="bureau", kind=Kind.ARTICLE, urls=[url], due_at=T0, why="listed")
        for at in (T0, known):
            asked(desk, answer(html(date=date), at, url=url))
            desk.drain()
        gaps[date] = seconds_until_due(desk, known, url)
    assert SHORTEST_GAP < gaps["2026-04-01"] < gaps["2026-03-01"] <= gaps["2019-03-01"] <= 5 * 86_400


def test_a_page_that_was_edited_is_looked_at_again_sooner(desk: Desk) -> None:
    at, gaps = T0, []
    for page in (html(), html(), html(*replaced("1.5万条", "15万条"))):
        asked(desk, answer(page, at))
        desk.drain()
        gaps.append(seconds_until_due(desk, at))
        at = later(at, 40 * 86400)
    assert gaps[2] < gaps[1] / 10


def test_a_site_whose_days_are_booked_waits_longer(desk: Desk) -> None:
    asked(desk, answer(html(), T0))
    free, first = seconds_until_due(desk), due(desk)
    urls = [f"https://{HOST}/a/b{n}.html" for n in range(600)]
    desk.archive.frontier.add(
        site="bureau", kind=Kind.ARTICLE, urls=urls, due_at=later(T0, 900), why="listed"
    )
    desk.keep(replace(answer(html(), later(T0, 1)), frontier=first.id, asked=URL))
    (again,) = desk.archive.frontier.due("bureau", "9999", only=[URL])
    assert seconds_between(later(T0, 1), again.due_at) > 5 * free


def test_an_article_is_asked_again_at_growing_gaps(desk: Desk) -> None:
    gaps = []
    at = T0
    for _ in range(40):
        asked(desk, answer(html(), at))
        gaps.append(seconds_until_due(desk, at))
        at = later(at, gaps[-1])
    assert gaps[0] == SHORTEST_GAP and gaps[-1] == LONGEST_GAP
    assert gaps == sorted(gaps)


@pytest.mark.parametrize("status", [200, 304, 403, 404, 521])
def test_an_answer_of_any_kind_closes_the_row(desk: Desk, status: int) -> None:
    asked(desk, answer(html() if status == 200 else None, T0, status=status))
    assert seconds_until_due(desk) >= SHORTEST_GAP and due(desk).attempts == 0


def test_a_failure_is_tried_again_as_soon_as_told_and_counted(desk: Desk) -> None:
    asked(desk, answer(None, T0, status=None, error="timeout", retry_in=4.0))
    assert (seconds_until_due(desk), due(desk).attempts) == (4.0, 1)
    assert desk.archive.frontier.next_time("bureau", within=later(T0, 120)) == later(T0, 4)
    asked(desk, answer(None, later(T0, 4), status=503, retry_in=9.0))
    assert due(desk).attempts == 2
    asked(desk, answer(html(), later(T0, 13)))
    assert due(desk).attempts == 0


def test_a_failure_that_is_not_tried_again_rests_for_hours(desk: Desk) -> None:
    asked(desk, answer(None, T0, status=None, error="tls: expired"))
    assert seconds_until_due(desk) == REST_AFTER_FAILURE


def test_a_redirect_keeps_the_row_open_until_its_last_hop(desk: Desk) -> None:
    row = due(desk)
    hop = desk.keep(answer(None, T0, status=302, headers=(("Location", "/a/b.html"),), frontier=row.id))
    assert due(desk).due_at == T0
    desk.keep(answer(html(), T0, url=URL + "b", redirected_from=hop.capture, frontier=row.id))
    assert seconds_until_due(desk) == SHORTEST_GAP


def test_what_may_not_be_asked_rests_for_a_month_and_what_may_later_until_then(desk: Desk) -> None:
    with desk.archive.writing():
        desk.archive.frontier.drop(due(desk).id, T0)
    assert seconds_until_due(desk) == LONGEST_GAP
    with desk.archive.writing():
        desk.archive.frontier.drop(due(desk).id, T0, retry_in=REST_AFTER_FAILURE)
    assert seconds_until_due(desk) == REST_AFTER_FAILURE


def test_hurrying_moves_nothing_to_a_later_time(desk: Desk) -> None:
    desk.archive.frontier.hurry(site="bureau", kind=Kind.ARTICLE, urls=[URL], due_at=later(T0, 99))
    assert due(desk).due_at == T0
    asked(desk, answer(html(), T0))
    desk.archive.frontier.hurry(site="bureau", kind=Kind.ARTICLE, urls=[URL], due_at=later(T0, 99))
    assert seconds_until_due(desk) == 99


def test_rows_under_way_are_not_given_out_twice(desk: Desk) -> None:
    first, second = desk.ask(T0)
    assert [row.id for row in desk.archive.frontier.due("bureau", T0, exclude=[first.id], limit=9)] == [
        second.id
    ]


def test_only_the_addresses_wanted_are_given_out(desk: Desk) -> None:
    assert [row.url for row in desk.archive.frontier.due("bureau", T0, only=[URL], limit=9)] == [URL]


def test_a_file_has_a_time_of_its_own_by_what_its_own_looks_showed(desk: Desk) -> None:
    steady, edited = (f"https://{HOST}/files/{name}.pdf" for name in ("steady", "edited"))
    pdf = (("Content-Type", "application/pdf"),)
    desk.archive.frontier.add(
        site="bureau", kind=Kind.ATTACHMENT, urls=[steady, edited], due_at=T0, why="attachment of x"
    )
    rows = {
        row.url: row.id for row in desk.archive.frontier.due("bureau", "9999", kinds=["attachment"], limit=9)
    }
    for day, states in (("2026-04-01", "aa"), ("2026-04-20", "ab"), ("2026-04-25", "ac")):
        for url, state in zip((steady, edited), states, strict=True):
            body = b"%PDF-1.4 " + state.encode() * 50
            desk.keep(
                answer(
                    body,
                    f"{day}T08:00:00",
                    url=url,
                    kind="attachment",
                    headers=pdf,
                    frontier=rows[url],
                    asked=url,
                )
            )
    due = dict(map(tuple, desk.rows("select url, due_at from frontier where kind = 'attachment'")))
    since = "2026-04-25T08:00:00.000Z"
    assert 2 * seconds_between(since, due[edited]) < seconds_between(since, due[steady]) <= LONGEST_GAP


OLD = later(T0, -300 * 86400)[:10]


def known(desk: Desk) -> None:
    """Let an old document be known for a year, so that it is looked at rarely."""
    desk.see(html(date=OLD), later(T0, -200 * 86400))
    for days in (-100, -50, 0):
        asked(desk, answer(html(date=OLD), later(T0, days * 86400)))
        desk.drain()
    assert seconds_until_due(desk) > 5 * 86400


@pytest.mark.parametrize(
    "look",
    [
        pytest.param({"status": 404, "body": None}, id="absent"),
        pytest.param({"body": b"<html><title>404</title><body><p>\xe6\x82\xa8\xe8\xae\xbf\xe9\x97\xae\xe7\x9a\x84\xe9\xa1\xb5\xe9\x9d\xa2\xe4\xb8\x8d\xe5\xad\x98\xe5\x9c\xa8</p></body></html>"}, id="a soft 404"),
        pytest.param({"body": html("只剩下这一句话了，其余的都不见了。", date=OLD)}, id="shrunken"),
    ],
)  # fmt: skip
def test_what_must_be_seen_again_is_looked_at_again_in_a_day(desk: Desk, look: dict[str, object]) -> None:
    known(desk)
    at, gaps = later(T0, 30 * 86400), []
    for _ in range(7):
        asked(desk, replace(answer(html(), at), **look))
        desk.drain()
        gaps.append(seconds_until_due(desk, at))
        at = later(at, gaps[-1])
    assert gaps[0] == SECOND_LOOK
    if desk.latest()["versions"] == 1:
        assert gaps[-1] > 3 * SECOND_LOOK, "and not every day for ever"


def test_a_withdrawal_is_known_within_days_however_rarely_a_page_is_looked_at(desk: Desk) -> None:
    known(desk)
    other = f"https://{HOST}/a/other.html"
    at = later(T0, 30 * 86400)
    looks: list[str] = []
    while desk.latest()["state"] != "withdrawn":
        run = desk.reopened()
        run.see(html(title="关于另一事项的通知", aside=at), at, url=other)
        asked(run, replace(answer(None, at), status=404))
        looks.append(at)
        at = later(at, seconds_until_due(desk, at))
        assert len(looks) < 6
    assert len(looks) == 4 and seconds_between(looks[0], looks[-1]) == 3 * SECOND_LOOK


@pytest.mark.parametrize(
    ("status", "error"), [(403, None), (521, None), (412, None), (None, "timeout"), (429, None), (503, None)]
)
def test_a_look_that_saw_nothing_is_no_visit_and_is_made_up_for_within_a_day(
    desk: Desk, status: int | None, error: str | None
) -> None:
    at, rests = T0, []
    for _ in range(5):
        asked(desk, answer(None, at, status=status, error=error))
        rests.append(seconds_until_due(desk, at))
        at = later(at, rests[-1])
    assert (due(desk).visits, due(desk).missed) == (0, 5)
    assert rests == sorted(rests) and rests[0] >= REST_AFTER_FAILURE and rests[-1] == 86_400
    asked(desk, answer(html(), at))
    desk.drain()
    assert (due(desk).visits, due(desk).missed) == (1, 0)
    assert seconds_until_due(desk, at) == SHORTEST_GAP, "only now is it known, however long it was asked for"


CHALLENGES = [
    b"<html><script>document.cookie='__jsl_clearance=1';location.href=location.pathname</script></html>",
    b"<html><title>Just a moment...</title><body>Checking your browser<script>window._cf_chl_opt={}</script></body></html>",
    b"<html><head><script>var $_ts=window['$_ts'];</script></head><body></body></html>",
]


@pytest.mark.parametrize("body", CHALLENGES)
@pytest.mark.parametrize("kind", ["article", "listing"])
def test_a_challenge_with_status_200_is_no_visit_either(desk: Desk, body: bytes, kind: str) -> None:
    desk.parse = lambda job, cheap: (  # type: ignore[method-assign]
        MiitSpider.parse_listing(job.page) if job.kind == "listing" else extract.read(job.page, None)
    )
    url = URL if kind == "article" else LIST
    for look in range(3):
        at = later(T0, look * 90_000)
        asked(desk, answer(body, at, url=url, kind=kind))
        desk.drain()
        assert (due(desk, url).visits, due(desk, url).missed) == (0, look + 1)
        assert seconds_until_due(desk, at, url) <= 86_400
    assert {row[0] for row in desk.rows("select outcome from readings")} == {"blocked"}


def test_what_is_looked_for_in_vain_comes_last(desk: Desk) -> None:
    asked(desk, answer(None, T0, status=403))
    other = f"https://{HOST}/a/other.html"
    desk.archive.frontier.add(
        site="bureau", kind=Kind.ARTICLE, urls=[other], due_at=later(T0, 90_000), why="x"
    )
    urls = [row.url for row in desk.ask(later(T0, 90_001))]
    assert urls == [LIST, other, URL]


def test_an_article_that_hangs_is_an_event_of_its_own_once_until_it_comes(desk: Desk) -> None:
    for day in range(3):
        asked(desk, answer(None, later(T0, day * 90_000), status=None, error="timeout"))
    asked(desk, answer(html(), later(T0, 3 * 90_000)))
    desk.drain()
    asked(desk, answer(None, later(T0, 4 * 90_000), status=None, error="timeout"))
    told = [json.loads(event["details"]) for event in desk.events("unanswered")]
    assert told == [{"asked": URL, "reason": "timeout", "kind": "article"}] * 2


def test_what_is_too_large_for_us_is_asked_ever_more_rarely(desk: Desk) -> None:
    at, gap = T0, 0.0
    for _ in range(9):
        asked(desk, answer(None, at, error="too_large: more than 1 bytes"))
        gap = seconds_until_due(desk, at)
        at = later(at, gap)
    assert gap == LONGEST_GAP


@pytest.mark.parametrize(
    ("minutes", "days"),
    [
        pytest.param([0] * 10, [0, 1, 2, 4, 8], id="at the same minute"),
        pytest.param([7, 0, 50, 3, 3, 60, 0, 9, 0, 20], [0, 1, 2, 4, 8], id="within an hour"),
        pytest.param([60, 60, 0, 60, 0, 60, 60, 60, 0, 0], [0, 1, 2, 4, 8], id="now late, now early"),
    ],
)
def test_a_daily_timer_looks_after_one_two_four_and_eight_days(minutes: list[int], days: list[int]) -> None:
    """A page that is old and new to us is looked at again when we have known it twice as long."""
    desk, looked = Desk(), []
    for day, minute in enumerate(minutes):
        now = later(T0, day * 86_400 + minute * 60)
        if not day:
            desk.archive.frontier.add(site="bureau", kind=Kind.ARTICLE, urls=[URL], due_at=now, why="listed")
        desk.archive.frontier.bring_forward("bureau", now)
        desk.db.execute(
            "insert into crawls (site, command, started_at, software, rules_digest) values ('bureau', 'watch', ?, '', '')",
            [now],
        )
        for row in desk.ask(now):
            desk.keep(
                replace(answer(html(date="2019-03-05"), later(now, 40)), frontier=row.id, asked=row.url)
            )
            desk.drain()
            looked.append(day)
    assert looked == days


def test_an_hourly_timer_looks_hardly_earlier(desk: Desk) -> None:
    for url, seconds in ((URL, 500.0), (LIST, 400.0)):
        desk.db.execute("update frontier set due_at = ? where url = ?", [later(T0, seconds), url])
    desk.db.execute("update crawls set started_at = ?", [later(T0, -3600)])
    desk.archive.frontier.bring_forward("bureau", T0)
    assert [row.url for row in desk.ask(T0)] == [LIST], "an eighth of an hour"
