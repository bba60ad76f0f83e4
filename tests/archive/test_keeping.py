"""Capture first: what came is kept whatever it was, ends as exactly one outcome, and is never changed again."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.model import Exchange
from archive.store.schema import APPEND_ONLY
from tests.archive.desk import HOST, LIST, URL, Desk, answer, html, replaced
from tests.archive.histories import OTHER_WORK

AT = "2026-04-01T08:00:00"


@pytest.fixture
def desk() -> Desk:
    return Desk()


CASES = [
    pytest.param({"kind": "robots", "url": f"https://{HOST}/robots.txt"}, "robots", id="robots.txt"),
    pytest.param(
        {
            "kind": "robots",
            "url": f"https://{HOST}/robots.txt",
            "status": None,
            "error": "timeout",
            "body": None,
        },
        "robots",
        id="no robots.txt",
    ),
    pytest.param({"status": 302, "headers": (("location", "/b"),), "body": None}, "redirected", id="302"),
    pytest.param({"status": 302, "headers": (), "body": None}, "failed", id="302 to nowhere"),
    pytest.param({"status": 304, "body": None}, "not_modified", id="304"),
    pytest.param({"status": 404}, "gone", id="404"),
    pytest.param({"status": 410}, "gone", id="410"),
    pytest.param({"status": 403}, "blocked", id="403"),
    pytest.param({"status": 412}, "blocked", id="412"),
    pytest.param({"status": 521}, "blocked", id="521"),
    pytest.param({"status": 500}, "failed", id="500"),
    pytest.param({"status": 429}, "failed", id="429"),
    pytest.param({"status": None, "error": "unreachable: refused", "body": None}, "failed", id="refused"),
    pytest.param({"error": "too_large: 17 MiB", "body": None}, "failed", id="too large"),
    pytest.param({"error": "decode_error: gzip cut", "body": None}, "failed", id="cut gzip"),
    pytest.param({"truncated": "disconnect"}, "failed", id="cut"),
    pytest.param({"body": None}, "unreadable", id="empty"),
    pytest.param({}, "new", id="an article"),
    pytest.param({"url": LIST, "kind": "listing"}, "listing", id="a list"),
    pytest.param(
        {"kind": "attachment", "url": f"https://{HOST}/f.pdf", "body": b"%PDF-1.4"}, "attachment", id="a file"
    ),
]


@pytest.mark.parametrize(("told", "outcome"), CASES)
def test_every_exchange_is_a_capture_with_one_outcome(desk: Desk, told: dict[str, Any], outcome: str) -> None:
    kept = desk.keep(answer(**{"body": html(), "at": AT, **told}))
    desk.drain()
    assert desk.column("select outcome from readings where capture = ?", kept.capture) == [outcome]
    counts = desk.archive.crawls.counts(desk.crawl)
    assert counts == {"captures": 1, outcome: 1}
    assert desk.waiting() == []


def test_a_capture_holds_what_was_handed_over(desk: Desk) -> None:
    headers = (
        ("Content-Type", "text/html"),
        ("ETag", '"x"'),
        ("Last-Modified", "yesterday"),
        ("X", "1"),
        ("X", "2"),
    )
    told = answer(html(), AT, headers=headers, peer="192.0.2.7", tls_verified=True, flags=("plain",))
    kept = desk.keep(told)
    (row,) = desk.rows("select * from captures")
    assert row["id"] == kept.capture
    assert tuple(tuple(pair) for pair in json.loads(row["headers"])) == headers
    assert (row["etag"], row["last_modified"]) == ('"x"', "yesterday")
    assert (row["peer"], row["tls_verified"], json.loads(row["flags"])) == ("192.0.2.7", 1, ["plain"])
    assert (row["captured_at"], row["origin"], row["clock"]) == (f"{AT}.000Z", "network", "wall")
    assert desk.archive.payloads.get(row["payload"]) == html()


def test_the_body_of_a_refusal_is_kept_too(desk: Desk) -> None:
    page = "<h1>当前访问疑似攻击</h1>".encode()
    desk.keep(answer(page, AT, status=403))
    assert desk.archive.payloads.get(desk.one("select payload from captures")) == page


def test_hops_are_captures_of_their_own_and_the_text_belongs_to_the_address_asked(desk: Desk) -> None:
    first = desk.keep(answer(None, AT, status=301, headers=(("Location", "/a/x.html"),)))
    second = desk.keep(
        answer(None, AT, url=f"https://{HOST}/a/x.html", status=302, headers=(("Location", "/a/y.html"),),
               redirected_from=first.capture)
    )  # fmt: skip
    desk.see(html(), AT, url=f"https://{HOST}/a/y.html", redirected_from=second.capture)
    assert desk.column("select redirected_from from captures order by id") == [
        None,
        first.capture,
        second.capture,
    ]
    assert desk.column("select url from documents") == [URL]
    assert desk.column("select url from addresses order by url") == [URL, f"https://{HOST}/a/y.html"]


def test_a_page_that_claims_another_address_belongs_to_the_one_asked(desk: Desk) -> None:
    claim = '<link rel="canonical" href="https://www.ministry.example/a/b.html"><meta property="og:site_name" content="部">'
    desk.see(html(head=claim), AT)
    row = desk.latest()
    assert (row["publisher"], row["site"]) == ("示例局", "bureau")


def test_a_page_behind_a_gateway_is_a_document_of_its_own_and_a_copy(desk: Desk) -> None:
    """The site it stands on issues originals; what its gateway makes of them has other words."""
    desk.see(html(), AT)
    desk.see(html(), AT, url=f"https://big5.bureau.example/gate/big5/{HOST}/a/notice.html")
    assert desk.column("select role from latest order by document") == ["original", "copy"]


def test_an_exchange_is_not_kept_twice_for_one_request(desk: Desk) -> None:
    kept = desk.keep(answer(html(), AT))
    assert desk.keep(answer(html(), AT)) == kept
    assert desk.one("select count(*) from captures") == 1


def test_what_cannot_be_kept_whole_is_not_kept_at_all(desk: Desk) -> None:
    desk.db.execute(
        "create temp trigger fault before insert on readings begin select raise(abort, 'full'); end"
    )
    with pytest.raises(sqlite3.IntegrityError, match="full"):
        desk.keep(answer(None, AT, status=404))
    assert [desk.one(f"select count(*) from {table}") for table in ("captures", "documents", "events")] == [
        0,
        0,
        0,
    ]
    desk.db.execute("drop trigger fault")
    desk.keep(answer(None, AT, status=404))
    assert desk.one("select count(*) from captures") == 1


def test_a_capture_without_an_outcome_makes_the_sums_disagree(desk: Desk) -> None:
    kept = desk.keep(answer(html(), AT))
    crawls = desk.archive.crawls
    assert (crawls.counts(desk.crawl), crawls.waiting(desk.crawl)) == ({"captures": 1}, 1)
    desk.db.execute("delete from queue where capture = ?", (kept.capture,))
    assert crawls.waiting(desk.crawl) == 0, "nothing will ever read it: the crawl must fail loudly"


STATUSES = st.sampled_from([200, 200, 200, 301, 304, 403, 404, 410, 429, 500, 503, 521, None])


@given(st.lists(st.tuples(STATUSES, st.integers(0, 3), st.sampled_from("abcd")), max_size=15))
@settings(max_examples=40, deadline=None)
def test_captures_are_as_many_as_outcomes_whatever_comes(story: list[tuple[int | None, int, str]]) -> None:
    desk = Desk()
    for second, (status, page, text) in enumerate(story):
        body = html(aside=text, title=f"关于第{text}批试点工作有关事项的通知") if status == 200 else None
        told: dict[str, Any] = {"status": status, "url": f"https://{HOST}/a/p{page}.html"}
        told |= {"error": "timeout"} if status is None else {}
        told |= {"headers": (("Location", URL),)} if status == 301 else {}
        desk.keep(answer(body, f"2026-04-01T08:00:{second:02d}", **told))
    desk.drain()
    counts = desk.archive.crawls.counts(desk.crawl)
    assert counts.pop("captures") == len(story) == sum(counts.values())
    assert desk.one("select count(*) from captures") == len(story)
    assert desk.archive.crawls.waiting(desk.crawl) == 0
    for row in desk.rows("select d.*, count(v.id) as held from documents d left join versions v on v.document = d.id "
                         "group by d.id"):  # fmt: skip
        assert row["versions"] == row["held"]
        assert (row["current"] is None) == (row["held"] == 0)


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("verb", ["update", "delete"])
def test_what_was_kept_is_never_changed(desk: Desk, table: str, verb: str) -> None:
    page = html(*(["附件见后。"] * 4), aside="").replace(
        b"</div>", b'<p><a href="/f.pdf">\xe9\x99\x84\xe4\xbb\xb6</a></p></div>', 2
    )
    desk.see(page, AT)
    desk.see(b"%PDF-1.4", AT, url=URL.replace("/a/notice.html", "/f.pdf"), kind="attachment")
    desk.keep(answer(None, "2026-04-02T08:00:00", status=404))
    # A look that comes late moves the change to where it was first seen: what was told of it is set aside.
    for day, body in ((3, html()), (7, html(*replaced("5%", "6%"))), (5, html(*replaced("5%", "6%")))):
        desk.see(body, f"2026-04-0{day}T08:00:00", url=URL.replace("notice", "other"))
    # What a file shows before that came before another text: the version it made is put aside.
    told = {"origin": "a.warc+1", "clock": "warc", "url": URL.replace("notice", "third")}
    desk.see(html(*OTHER_WORK), "2026-04-07T08:00:00", **told)
    desk.see(html(), "2026-04-05T08:00:00", **told)
    assert desk.one(f"select count(*) from {table}") > 0, "there is something to change"
    statement = f"update {table} set id = id" if verb == "update" else f"delete from {table}"
    with pytest.raises(sqlite3.IntegrityError, match=f"{table} is only ever added to"):
        desk.db.execute(statement)


def test_a_crawl_is_closed_once(desk: Desk) -> None:
    desk.archive.end_crawl(desk.crawl, "OK", [])  # type: ignore[arg-type]
    with pytest.raises(sqlite3.IntegrityError, match="closed once"):
        desk.archive.end_crawl(desk.crawl, "OK", [])  # type: ignore[arg-type]
    with pytest.raises(sqlite3.IntegrityError, match="only ever added to"):
        desk.db.execute("delete from crawls")


def test_no_zero_character_enters_a_text(desk: Desk) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        desk.keep(answer(html(), AT, url=URL + "\0"))
    page = html().replace("通知".encode(), "通\0知".encode())
    assert desk.see(page, AT) == "new"
    assert "\0" not in desk.latest()["text"] + desk.latest()["title"]


def test_a_header_is_found_in_any_case() -> None:
    told = Exchange(url=URL, kind="article", site="bureau", captured_at=AT, headers=(("LOCATION", "/x"),))
    assert told.header("location") == "/x" and told.header("etag") == ""


def test_an_exchange_handed_over_twice_is_one_capture() -> None:
    desk = Desk()
    first, again = (desk.keep(answer(html(), "2026-04-01T08:00:00")) for _ in range(2))
    assert first == again and desk.one("select count(*) from captures") == 1
    assert desk.keep(answer(None, "2026-04-01T09:00:00", status=404)) == desk.keep(
        answer(None, "2026-04-01T09:00:00", status=404)
    )
    desk.drain()
    assert desk.one("select count(*) from captures") == desk.one("select count(*) from readings") == 2


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"redirected_from": 1}, id="a hop to itself"),
        pytest.param({"status": 503}, id="another answer"),
        pytest.param({"status": None, "error": "timeout"}, id="no answer"),
    ],
)
def test_two_exchanges_of_one_moment_are_two_captures(other: dict[str, Any]) -> None:
    desk = Desk()
    kept = [desk.keep(answer(None, "2026-04-01T08:00:00", **{"status": 500, **more})) for more in ({}, other)]
    assert kept[0].capture != kept[1].capture
    assert [row[0] for row in desk.rows("select captured_at from captures order by id")] == [
        "2026-04-01T08:00:00.000Z",
        "2026-04-01T08:00:00.001Z",
    ]


def test_the_same_page_kept_in_another_crawl_is_another_capture() -> None:
    desk = Desk()
    desk.keep(answer(html(), "2026-04-01T08:00:00"))
    desk.crawl = desk.archive.begin_crawl("bureau", "watch")
    desk.keep(answer(html(), "2026-04-01T08:00:00"))
    assert desk.one("select count(*) from captures") == 2
