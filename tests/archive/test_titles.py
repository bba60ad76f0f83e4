"""A title that does not belong to its text is put aside; the text is kept, and the last good title stays."""

from __future__ import annotations

import json

import pytest

from archive.model import Article, TitleEvidence
from archive.trust import STRANGE, TITLE_QUARANTINED, with_good_title
from tests.archive.desk import PARAGRAPHS, Desk, html, replaced

TITLE = "关于做好公共数据资源登记工作的通知"
TEXT = "\n".join(PARAGRAPHS)
DAY = "2026-04-{:02d}T08:00:00".format
SPAM = (
    "澳门新葡京真人百家乐注册送彩金",
    "国产精品久久_亚洲无码在线观看",
    f"{TITLE}_威尼斯人娱乐官网",
    "某某棋牌游戏平台下载手机版",
    "澳門新葡京|真人娛樂|老虎機遊戲",
)
HONEST = (
    "关于做好公共数据资源登记核对工作的通知",
    "公共数据资源登记",
    "【图解】一图读懂公共数据资源登记工作",
    "关于規範公共數據資源登記工作的通知",
)


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    made.see(html(), DAY(1))
    return made


def title_events(desk: Desk) -> list[dict[str, str]]:
    return [json.loads(event["details"]) for event in desk.events("title_quarantined")]


@pytest.mark.parametrize("spam", SPAM)
def test_spam_over_an_intact_text_never_becomes_the_title(desk: Desk, spam: str) -> None:
    for day in (2, 4, 9, 30):
        assert desk.see(html(title=spam), DAY(day)) == "unchanged"
    assert desk.latest()["title"] == TITLE and desk.latest()["state"] == "live"
    assert TITLE_QUARANTINED in json.loads(desk.latest()["flags"])
    assert desk.changes() == [] and desk.versions() == [(1, "first")]
    assert title_events(desk) == [{"said": spam, "kept": TITLE}], "told once, not at every look"


@pytest.mark.parametrize("spam", SPAM[:2])
def test_an_edit_below_a_spam_title_is_told_under_the_good_title(desk: Desk, spam: str) -> None:
    edited = replaced("1.5万条", "2.5万条")
    assert desk.see(html(*edited, title=spam), DAY(2)) == "changed"
    assert desk.latest()["title"] == TITLE and "2.5万条" in desk.latest()["text"]
    assert desk.changes() == [(1, 2)]


def test_the_good_title_back_is_no_change_and_a_second_hijack_is_told_again(desk: Desk) -> None:
    desk.see(html(title=SPAM[0]), DAY(2))
    assert desk.see(html(), DAY(3)) == "unchanged"
    assert json.loads(desk.latest()["flags"]) == []
    desk.see(html(title=SPAM[0]), DAY(4))
    assert len(title_events(desk)) == 2 and desk.changes() == []


@pytest.mark.parametrize("title", ["秋季新款女装清仓特卖会", "示例论坛用户注册页面", "天气预报与出行指南"])
def test_a_strange_title_is_believed_when_it_is_seen_again_a_day_later(desk: Desk, title: str) -> None:
    assert desk.see(html(title=title), DAY(2)) == "unchanged"
    assert desk.see(html(title=title), "2026-04-02T20:00:00") == "unchanged"
    assert desk.latest()["title"] == TITLE and title_events(desk) == [{"said": title, "kept": TITLE}]
    assert desk.see(html(title=title), DAY(3)) == "changed"
    assert desk.latest()["title"] == title and desk.changes() == [(1, 2)]


@pytest.mark.parametrize("title", HONEST)
def test_a_title_that_speaks_of_its_text_is_an_edit_at_once(desk: Desk, title: str) -> None:
    assert desk.see(html(title=title), DAY(2)) == "changed"
    assert desk.latest()["title"] == title and title_events(desk) == []


def test_a_page_first_met_with_a_spam_title_bears_the_one_its_list_gave() -> None:
    article = Article(title=SPAM[0], text=TEXT)
    shown = with_good_title(article, TitleEvidence(listed_as=TITLE))
    assert shown.title == TITLE and "list" in shown.evidence["title"]
    assert [(block.kind, block.text) for block in shown.removed] == [(STRANGE, SPAM[0])]
    assert with_good_title(article, TitleEvidence()).title == SPAM[0], (
        "nothing else names it: it is only flagged"
    )
    assert with_good_title(article, TitleEvidence(listed_as="更多>>")).title == SPAM[0]


@pytest.mark.parametrize(
    "title", ["公安机关打掉新葡京赌博网站团伙", "严查百家乐、老虎机等赌博活动", "六合彩投注诈骗案情通报"]
)
def test_an_honest_report_about_such_things_keeps_its_title(title: str) -> None:
    article = Article(
        title=title, text=f"近日，{title}。警方收缴百家乐、老虎机台桌，涉案投注金额巨大。" + TEXT
    )
    assert with_good_title(article, TitleEvidence(title=TITLE, text=TEXT)) == article


def test_a_reread_leaves_the_title_put_aside(desk: Desk) -> None:
    desk.see(html(title=SPAM[0]), DAY(2))
    later = desk.reopened(reader="yuanben/next")
    later.reread()
    assert later.latest()["title"] == TITLE and later.changes() == []
    assert len(title_events(later)) == 1, "what our reader does is no news"
