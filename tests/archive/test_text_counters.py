"""Counters and clocks in the forms that templates write them: never an edit; a figure of the text always is one."""

from __future__ import annotations

import os
import random
from datetime import timedelta

import pytest

from archive.clock import moment, utc_text
from archive.text import canon
from tests.archive.desk import PARAGRAPHS, Desk, html

THOUSAND = 1000 if os.environ.get("YUANBEN_SOAK") else 100

AROUND = "本通知自发布之日起施行。\n{}\n特此通知。"
COUNTERS = [
    ("阅读量：1.2万", "阅读量：1.3万"),
    ("浏览 123 次", "浏览 124 次"),
    ("已有1234人阅读", "已有1235人阅读"),
    ("本文已被浏览 123 次", "本文已被浏览 124 次"),
    ("点击数【123】", "点击数【124】"),
    ("1,234次浏览", "1,235次浏览"),
    ("浏览人数: 123", "浏览人数: 124"),
    ("Views: 12", "Views: 13"),
    ("阅读(123)", "阅读(124)"),
    ("阅读 123", "阅读 124"),
    ("123 阅读", "124 阅读"),
    ("点击：一百二十三次", "点击：一百二十四次"),
    ("浏览次数：１２３", "浏览次数：１２４"),
    ("浏览量: 00123", "浏览量: 00124"),
    ("Hits：33", "Hits：34"),
    ("围观：12", "围观：13"),
    ("已浏览：12次", "已浏览：13次"),
    ("本页浏览量：12", "本页浏览量：13"),
    ("【浏览次数】123", "【浏览次数】124"),
    ("浏览次数\n123", "浏览次数\n124"),
    ("浏览：123\u3000字号：大 中 小", "浏览：124\u3000字号：大 中 小"),
    ("发布时间：2026-03-01 浏览次数：12 来源：示例局", "发布时间：2026-03-01 浏览次数：13 来源：示例局"),
    ("文章点击数: 5", "文章点击数: 6"),
    ("总浏览：5", "总浏览：6"),
    ("累计访问量：5次", "累计访问量：6次"),
    ("当前浏览人数：5", "当前浏览人数：6"),
    ("今日访问：5", "今日访问：6"),
    ("阅读数 5", "阅读数 6"),
    ("阅读：5 评论：3", "阅读：6 评论：3"),
    ("人气：5℃", "人气：6℃"),
    ("浏览次数：5次 | 打印 | 关闭", "浏览次数：6次 | 打印 | 关闭"),
    ("被阅览数：5次", "被阅览数：6次"),
    ("阅览数：5", "阅览数：6"),
    ("閱讀次數：5", "閱讀次數：6"),
    ("瀏覽人次：5", "瀏覽人次：6"),
    ("点击量：5", "点击量：6"),
    ("点击率：5", "点击率：6"),
    ("(浏览次数: 5)", "(浏览次数: 6)"),
    ("浏览次数：5k", "浏览次数：6k"),
    ("浏览：1.2w", "浏览：1.3w"),
    ("浏览次数：10万+", "浏览次数：9.8万"),
    ("您是第5位访问者", "您是第6位访问者"),
    ("本页已被访问5次", "本页已被访问6次"),
    ("共有5人浏览过本页", "共有6人浏览过本页"),
    ("点赞 5", "点赞 6"),
    ("收藏(5)", "收藏(6)"),
    ("转发：5 评论：6 赞：7", "转发：6 评论：6 赞：8"),
    ("已阅：5", "已阅：6"),
    ("点击次数:五次", "点击次数:六次"),
    ("阅读次数:5次 更新时间:2026-03-01", "阅读次数:6次 更新时间:2026-03-01"),
    ("在线人数：5", "在线人数：6"),
    ("今天是2026年11月30日 星期一", "今天是2026年12月1日 星期二"),
    ("2026年11月30日 星期一 12:00:05", "2026年11月30日 星期一 12:00:06"),
    ("浏览量：5人次", "浏览量：6人次"),
    ("读者数：5", "读者数：6"),
    ("热度:5", "热度:6"),
    ("下载(5)", "下载(6)"),
]
EDITS = [
    ("全年浏览量：5万次以上", "全年浏览量：6万次以上"),
    ("图书馆阅读人数123人", "图书馆阅读人数124人"),
    ("已有1234人报名", "已有1235人报名"),
    ("接待游客浏览5次", "接待游客浏览6次"),
    ("网站总访问量\t5", "网站总访问量\t6"),
    ("访问量达5万次。", "访问量达6万次。"),
    ("阅读5本书", "阅读6本书"),
    ("共有5人参加", "共有6人参加"),
    ("点击率不低于5%", "点击率不低于6%"),
    ("评论员5名", "评论员6名"),
    ("人气：旺5", "人气：旺6"),
    ("收藏文物5件", "收藏文物6件"),
    ("下载量\t12", "下载量\t13"),
    ("浏览\t12", "浏览\t13"),
    ("阅读 12分", "阅读 13分"),
    ("阅读（12分）", "阅读（13分）"),
    ("三、阅读 15", "三、阅读 16"),
    ("访问 12 家企业", "访问 13 家企业"),
    ("已有12人阅读过的材料须上交", "已有13人阅读过的材料须上交"),
    ("访问量 123", "访问量 124"),
    ("访问人数：12人", "访问人数：13人"),
    ("读者：300人", "读者：350人"),
    ("热度：35℃", "热度：38℃"),
    ("在线学习人数：500人", "在线学习人数：600人"),
    ("页面更新时间：2026-11-30 12:00", "页面更新时间：2026-11-30 12:01"),
]
HOSTILE = [
    "浏览" * 50_000,
    "浏览 " * 30_000,
    "1," * 50_000,
    "共累计已被" * 20_000,
    "浏览:" + "十" * 100_000,
    "阅读 12\n" * 15_000,
]


@pytest.mark.parametrize(("before", "after"), COUNTERS, ids=[a for a, _ in COUNTERS])
def test_a_counter_makes_no_version(before: str, after: str) -> None:
    assert canon(AROUND.format(before)) == canon(AROUND.format(after))


@pytest.mark.parametrize(("before", "after"), EDITS, ids=[a for a, _ in EDITS])
def test_a_figure_of_the_text_is_an_edit(before: str, after: str) -> None:
    assert canon(AROUND.format(before)) != canon(AROUND.format(after))


@pytest.mark.parametrize("text", HOSTILE, ids=[t[:6] for t in HOSTILE])
def test_no_text_holds_it_up(text: str) -> None:
    assert canon(canon(text)) == canon(text)


@pytest.mark.loop
def test_a_thousand_visits_to_a_page_that_counts_them_make_one_version() -> None:
    """A seeded hundred here: a counter, a clock and other links beside the text at every visit."""
    chance, desk = random.Random(21), Desk()
    for visit in range(THOUSAND):
        at = utc_text(moment("2026-04-01T08:00:00.000Z") + timedelta(hours=visit))
        counted = (
            f"浏览次数：{visit * 7}",
            f"已有{visit:,}人阅读",
            f"现在是2026年4月{1 + visit % 28}日 {visit % 24}:05",
        )
        aside = "".join(f'<a href="/a/n{chance.randrange(99)}.html">推荐{visit}</a>' for _ in range(3))
        desk.see(html(*PARAGRAPHS, *counted, aside=aside), at)
    assert desk.versions() == [(1, "first")] and desk.changes() == [] and desk.events("edited") == []
