"""The card of an official document is kept with each reading: it may change while the text stands."""

from __future__ import annotations

import json

import pytest

from archive.store.read.history import version_details
from archive.store.read.news import news
from crawler.commands.watch import noteworthy
from tests.archive.desk import Desk, html


def page(validity: str, aside: str = "", head: str = "") -> bytes:
    """Return a notice with a card above its text; ``aside`` is what changes by itself."""
    card = (
        "<table><tr><th>成文日期：</th><td>2026年3月1日</td><th>主题分类：</th><td>科技、数据</td></tr>"
        f"<tr><th>有效性：</th><td>{validity}</td><th>主题词：</th><td></td></tr></table>"
    )
    return html(aside=aside, head=head).replace(b'<div id="zoom">', f'{card}<div id="zoom">'.encode())


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_card_is_kept_with_its_reading_and_says_where_it_stood(desk: Desk) -> None:
    desk.see(page("有效"), "2026-04-01T08:00:00")
    kept = json.loads(desk.one("select card from readings"))
    assert {name: one["value"] for name, one in kept.items()} == {
        "written_at": "2026-03-01", "theme": "科技、数据", "validity": "有效",
    }  # fmt: skip
    assert all(one["where"].startswith("card ") for one in kept.values())


def test_a_card_that_changes_is_an_event_and_no_version(desk: Desk) -> None:
    desk.see(page("有效"), "2026-04-01T08:00:00")
    desk.see(page("废止"), "2026-04-02T08:00:00")
    assert desk.versions() == [(1, "first")] and desk.changes() == []
    (event,) = desk.events("card_changed")
    assert json.loads(event["details"]) == {"validity": ["有效", "废止"]}
    assert version_details(desk.db, 1, 1)["card"]["validity"] == "废止"
    assert version_details(desk.db, 1, 1, "2026-04-01T23:00:00.000Z")["card"]["validity"] == "有效"


def test_a_card_that_is_as_it_was_again_is_told_as_it_is(desk: Desk) -> None:
    for day, validity in enumerate(("有效", "废止", "有效"), 1):
        desk.see(page(validity), f"2026-04-0{day}T08:00:00")
    assert version_details(desk.db, 1, 1)["card"]["validity"] == "有效"
    assert len(desk.events("card_changed")) == 2


@pytest.mark.parametrize(
    ("before", "after"), [("有效", "废止"), ("有效", "失效"), ("有效", "部分失效"), ("失效", "有效")]
)
def test_that_a_document_is_no_longer_in_force_is_news_and_told(desk: Desk, before: str, after: str) -> None:
    desk.see(page(before), "2026-04-01T08:00:00")
    desk.see(page(after), "2026-04-02T08:00:00")
    one, first = news(desk.db)
    assert (one.kind, first.kind) == ("card_changed", "new")
    assert one.summary == f"有效性：{before} → {after}" and one.title == "关于做好公共数据资源登记工作的通知"
    assert [told.id for told in noteworthy([one, first])] == [one.id]


def test_another_theme_on_a_card_is_no_news(desk: Desk) -> None:
    desk.see(page("有效"), "2026-04-01T08:00:00")
    desk.see(page("有效").replace("科技、数据".encode(), "数据".encode()), "2026-04-02T08:00:00")
    assert len(desk.events("card_changed")) == 1 and [one.kind for one in news(desk.db)] == ["new"]


def test_noise_beside_a_card_is_no_event(desk: Desk) -> None:
    for day in (1, 2, 3):
        desk.see(page("有效", aside=f"浏览次数：{day * 17}"), f"2026-04-0{day}T08:00:00")
    assert desk.events("card_changed") == []


def test_both_dates_are_kept_where_they_differ(desk: Desk) -> None:
    desk.see(page("有效", head='<meta name="PubDate" content="2026-03-09 10:30">'), "2026-04-01T08:00:00")
    assert desk.latest()["published_at"] == "2026-03-05"
    seen = version_details(desk.db, 1, 1)
    assert seen["meta_published_at"] == "2026-03-09T10:30+08:00"
    assert "pubdate" in seen["evidence"]["meta_published_at"]
    assert seen["evidence"]["written_at"].startswith("card ")


def test_the_room_shows_the_card(desk: Desk) -> None:
    from archive.store.read.documents import read_document, read_document_at

    desk.see(page("有效"), "2026-04-01T08:00:00")
    desk.see(page("废止"), "2026-04-02T08:00:00")
    assert read_document(desk.db, 1).card["validity"]["value"] == "废止"
    then = read_document_at(desk.db, 1, "2026-04-01", "2026-04-01T15:59:59.999Z")
    assert then.card["validity"]["value"] == "有效"


def test_a_page_without_a_text_keeps_what_it_says_of_itself(desk: Desk) -> None:
    empty = html(date="2026-03-05 来源：示例局办公室").partition(b'<div id="zoom">')
    desk.see(empty[0] + b"<video src='a.mp4'></video></body></html>", "2026-04-01T08:00:00")
    assert desk.latest()["text"] is None
    unread = version_details(desk.db, 1, None)["unread"]
    assert (unread["published_at"], unread["source_line"]) == ("2026-03-05", "示例局办公室")
    assert unread["title"] == "关于做好公共数据资源登记工作的通知"
