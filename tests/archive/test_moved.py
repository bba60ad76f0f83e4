"""Where redirects lead: to the same text at another address, to the home page, to a page for what is gone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from archive.model import Outcome
from archive.store.read.history import latest_row_at
from tests.archive.desk import HOST, URL, Desk, answer, html, replaced
from tests.archive.holding import URL as ONE
from tests.archive.holding import Holding, article
from tests.archive.visit import see

DAY = "2026-04-{:02d}T08:00:00".format
NEW = f"https://{HOST}/b/notice.html"


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    made.see(html(), DAY(1))
    return made


def led(desk: Desk, day: int, to: str, *, status: int = 301, body: bytes | None = None) -> Outcome | None:
    """Ask for the article and be sent elsewhere; return what became of the page that came in the end."""
    hop = desk.keep(answer(None, DAY(day), status=status, headers=(("Location", to),), asked=URL))
    return desk.see(body or html(), DAY(day), url=to, redirected_from=hop.capture, asked=URL)


def test_the_same_text_behind_a_permanent_redirect_has_moved(desk: Desk) -> None:
    assert led(desk, 2, NEW) == "unchanged"
    assert desk.latest()["state"] == "moved" and [e["document"] for e in desk.events("moved")] == [1]
    assert NEW in desk.column("select url from addresses")
    assert latest_row_at(desk.db, 1, DAY(2) + ".000Z")["state"] == "moved"
    assert latest_row_at(desk.db, 1, DAY(1) + ".000Z")["state"] == "live"
    led(desk, 3, NEW)
    assert len(desk.events("moved")) == 1 and desk.versions() == [(1, "first")]
    desk.see(html(), DAY(4))
    assert desk.latest()["state"] == "live"


@pytest.mark.parametrize(
    ("to", "status", "body"),
    [
        pytest.param(NEW, 302, html(), id="a temporary redirect"),
        pytest.param(URL.replace("www.", "m."), 301, html(), id="the same path under another name"),
        pytest.param(NEW, 301, html(*replaced("应当", "可以")), id="another text"),
    ],
)
def test_what_has_not_moved_is_live(desk: Desk, to: str, status: int, body: bytes) -> None:
    led(desk, 2, to, status=status, body=body)
    assert desk.latest()["state"] == "live" and desk.events("moved") == []


@pytest.mark.parametrize("status", [301, 302])
@pytest.mark.parametrize(
    "path", ["/", "", "/index.html", "/default.aspx", "/404.html", "/error", "/common/404.html"]
)
def test_being_sent_home_is_absence_and_never_a_text(desk: Desk, path: str, status: int) -> None:
    home = html("欢迎访问示例局网站，这里是首页的导航和要闻，请选择栏目浏览。", title="示例局")
    assert led(desk, 2, f"https://{HOST}{path}", status=status, body=home) is Outcome.GONE
    assert desk.versions() == [(1, "first")] and desk.latest()["state"] == "live"
    assert desk.latest()["flags"] == '["absent"]'


def test_being_sent_home_again_and_again_over_days_is_a_withdrawal(desk: Desk) -> None:
    other = f"https://{HOST}/a/other.html"
    for day in (2, 4, 6):
        desk.see(html(title="关于另一事项的通知"), DAY(day), url=other)
        led(desk, day, f"https://{HOST}/", status=302)
    assert desk.latest()["state"] == "withdrawn"
    led(desk, 7, NEW)
    assert desk.latest()["state"] == "moved" and len(desk.events("restored")) == 1


def test_page_of_what_moved_leads_to_where_its_text_was_found(tmp_path: Path) -> None:
    holding, there = Holding(tmp_path / "held.db"), ONE.replace("one", "there")
    moved = article("本市支持企业开展技术改造，具体办法由主管部门另行制定。" * 6, title="关于技术改造的通知")
    holding.show(moved, "2026-03-01T00:00:00.000Z")
    for day in range(2, 8):
        holding.look(f"2026-03-0{day}T00:00:00.000Z", status=404)
        holding.show(article("另一篇文章的正文，说的是别的事情。" * 3, title="别的"), f"2026-03-0{day}T00:00:01.000Z",
                     url=ONE.replace("one", "two"))  # fmt: skip
    holding.show(moved, "2026-03-08T00:00:00.000Z", url=there)
    holding.archive.settle("bureau")
    holding.close()
    page = see(holding.path, "/doc/1")
    assert re.search(
        r'The same text was found at <a href="/doc/\d+">www\.bureau\.example/a/there\.html</a>', page
    )
