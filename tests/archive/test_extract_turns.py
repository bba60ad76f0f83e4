"""Transcripts keep one line a turn; pages of pictures keep their pictures; neither happens where it was not declared."""

from __future__ import annotations

import pytest

from archive.extract import read, with_pictures
from archive.extract.forms import with_turns
from archive.model import Article, Page, Role, Rules, Site, Unreadable

SITE = Site(
    publisher="某办",
    role=Role.ORIGINAL,
    domains=("example.gov.cn",),
    articles=(r"^https://www\.example\.gov\.cn/live/\d+/", r"/t\d{8}_\d+\.html$"),
    transcripts=(r"/live/\d+/tw/",),
    rules=Rules(body=("#zoom",)),
)
LIVE = "https://www.example.gov.cn/live/7/tw/"
PLAIN = "https://www.example.gov.cn/tzgg/202609/t20260908_1.html"


def _article(text: str) -> Article:
    return Article(title="发布会", text=text)


@pytest.mark.parametrize(
    ("text", "turned"),
    [
        ("张三：\n大家好。\n李四记者：\n请问？", "张三：大家好。\n李四记者：请问？"),
        ("张三：大家好。\n下一步，抓落实。\n李四：谢谢。", "张三：大家好。\n下一步，抓落实。\n李四：谢谢。"),
        ("主持人 张三：\n上午好。\n李四：\n谢谢。", "主持人 张三：上午好。\n李四：谢谢。"),
        ("张三:\n大家好。\n李四:\n谢谢。", "张三:大家好。\n李四:谢谢。"),
        ("张三：\n女士们、先生们：\n上午好。\n李四：谢谢。", "张三：女士们、先生们：\n上午好。\n李四：谢谢。"),
        ("各位来宾：\n请就座。\n张三：开始。\n李四：好。", "各位来宾：\n请就座。\n张三：开始。\n李四：好。"),
        ("张三：\n我讲三点：一是落实。\n李四：好。", "张三：我讲三点：一是落实。\n李四：好。"),
    ],
    ids=[
        "name alone", "name before words", "host's title", "narrow colon", "salutation stays", "no speaker", "a colon in the words",
    ],
)  # fmt: skip
def test_a_speaker_stands_in_the_line_of_what_was_said(text: str, turned: str) -> None:
    assert with_turns(_article(text)).text == turned
    assert with_turns(with_turns(_article(text))).text == turned


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("张三：大家好。\n李四：谢谢。", "transcript"),
        ("会议今天上午举行。\n会上发布了报告。", "no_turns"),
        ("附件：报告\n来源：某网\n时间：今天上午", "no_turns"),
    ],
    ids=["turns", "prose", "labels are no speakers"],
)
def test_a_transcript_without_turns_says_so(text: str, flag: str) -> None:
    assert with_turns(_article(text)).flags == (flag,)


def _page(url: str, body: str) -> Page:
    html = f"<html><head><title>某某发布会实录全文</title></head><body><h1>某某发布会实录全文</h1>{body}</body></html>"
    return Page(url=url, body=html.encode(), content_type="text/html; charset=utf-8")


TURNS = (
    "<div id='zoom'><p><strong>张三：</strong></p><p>　　大家上午好，欢迎参加今天的新闻发布会。</p>"
    "<p><strong>李四：</strong><br>谢谢主持人，我先介绍三方面情况。</p></div>"
)


def test_turns_are_joined_only_where_transcripts_are_declared() -> None:
    told, plain = read(_page(LIVE, TURNS), SITE), read(_page(PLAIN, TURNS), SITE)
    assert isinstance(told, Article)
    assert isinstance(plain, Article)
    assert told.text.split("\n") == [
        "张三：大家上午好，欢迎参加今天的新闻发布会。",
        "李四：谢谢主持人，我先介绍三方面情况。",
    ]
    assert "transcript" in told.flags
    assert len(plain.text.split("\n")) == 4
    assert "transcript" not in plain.flags


PICTURES = "<div id='zoom'><p><img src='./W020260908.jpg' alt='图解'><img src='/images/logo.png'></p></div>"


def _shown(url: str, body: str, site: Site = SITE) -> Article | Unreadable:
    page = _page(url, body)
    return with_pictures(read(page, site), page, site)


def test_a_page_of_pictures_is_an_article_without_text_whose_pictures_are_kept() -> None:
    shown = _shown(PLAIN, PICTURES)
    assert isinstance(shown, Article)
    assert (shown.title, shown.text, shown.flags) == ("某某发布会实录全文", "", ("picture_only",))
    assert [(one.name, one.url) for one in shown.attachments] == [
        ("图解", "https://www.example.gov.cn/tzgg/202609/W020260908.jpg")
    ]
    assert shown.evidence["text"] == "pictures: div#zoom"


def test_a_page_with_a_text_keeps_its_pictures_out_of_its_files() -> None:
    text = "<p>" + "这是一段很长的正文，说明了办法的适用范围和施行日期，读者不需要看图。" * 2 + "</p>"
    shown = _shown(PLAIN, PICTURES.replace("<p>", text + "<p>"))
    assert isinstance(shown, Article)
    assert shown.attachments == ()
    assert "picture_only" not in shown.flags


@pytest.mark.parametrize(
    "body",
    [
        "<div id='zoom'></div>",
        "<div id='zoom'><img src='/images/icon_share.png'></div>",
        "<img src='./W1.jpg'>",
    ],
    ids=["nothing", "an ornament", "outside the container"],
)
def test_an_empty_page_is_still_unreadable(body: str) -> None:
    assert isinstance(_shown(PLAIN, body), Unreadable)
