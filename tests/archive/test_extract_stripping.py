"""trafilatura strips every article; what it and our rules differ in is decided line by line, and told."""

from __future__ import annotations

import pytest

from archive.extract import read
from archive.extract.stripping import BOTH, OURS, THEIRS
from archive.model import Article, Page

PROSE = (
    "<p>为规范全市沿海渔港船舶停泊秩序，保障船舶和人员安全，根据有关规定，现就有关事项通知如下。</p>"
    "<p>一、各渔港应当建立值班制度，每日登记进出港船舶，遇有大风预警应当及时通知船主并做好记录。</p>"
    "<p>二、船舶进港后应当按照指定泊位停泊，不得占用航道，不得妨碍其他船舶正常通行和作业。</p>"
)
SIGNED = "<p>望海市渔业局</p><p>2026年3月2日</p>"
TABLE = (
    "<table><tr><td><p>序号</p></td><td><p>渔港</p></td><td><p>泊位</p></td></tr>"
    "<tr><td><p>1</p></td><td><p>望海港</p></td><td><p>36</p></td></tr>"
    "<tr><td><p>2</p></td><td><p>南屿港</p></td><td><p>18</p></td></tr></table>"
)


def article(inner: str, around: str = "") -> Article:
    html = (
        "<html><head><title>关于规范渔港停泊秩序的通知</title></head><body><h1>关于规范渔港停泊秩序的通知</h1>"
        f"<div class='xl_body'>{inner}</div>{around}</body></html>"
    )
    got = read(
        Page(url="https://a.example/art/1.html", body=html.encode(), content_type="text/html; charset=utf-8")
    )
    assert isinstance(got, Article), got
    return got


KEPT = {
    "a table of data": (PROSE + TABLE + SIGNED, "南屿港\t18"),
    "the names of attached files": (
        PROSE + SIGNED + "<p><a href='/f/1.doc'>附件：渔港停泊登记表.doc</a></p>",
        "附件：渔港停泊登记表.doc",
    ),
    "a file under a bare name": (PROSE + SIGNED + "<p><a href='/f/2.xls'>登记表</a></p>", "登记表"),
    "items of a list": (PROSE + "<ul><li>望海港</li><li>南屿港</li></ul>" + SIGNED, "南屿港"),
    "short headings": (PROSE + "<p><b>附则</b></p>" + PROSE.replace("渔港", "码头") + SIGNED, "附则"),
    "the signature and its date": (PROSE + SIGNED, "望海市渔业局\n2026年3月2日"),
    "a sentence in a part named as another": (
        PROSE
        + "<div class='related_tips'><p>本通知自发布之日起施行，此前有关停泊秩序的规定与本通知不一致的，以本通知为准。</p></div>"
        + SIGNED,
        "此前有关停泊秩序的规定",
    ),
}


@pytest.mark.parametrize("inner, held", KEPT.values(), ids=KEPT)
def test_what_trafilatura_loses_of_official_texts_is_kept(inner: str, held: str) -> None:
    assert held in article(inner).text


DROPPED = {
    "links to other articles": "<div class='x'><a href='/art/9.html'>全市渔业工作会议在望海召开</a></div>",
    "a heading of related links": "<p>相关链接：</p><p><a href='/art/9.html'>全市渔业工作会议召开</a></p>",
    "an editor's line": "<p>责任编辑：编辑部</p>",
    "share boxes": "<div class='bdsharebuttonbox'>分享到：<a href='#'>微博</a><a href='#'>微信</a></div>",
}


@pytest.mark.parametrize("extra", DROPPED.values(), ids=DROPPED)
def test_what_is_no_text_goes_and_it_is_told_who_dropped_it(extra: str) -> None:
    found = article(PROSE + SIGNED + extra)
    assert found.text.endswith("2026年3月2日")
    assert found.removed and {block.by for block in found.removed} <= {OURS, THEIRS, BOTH}


def test_evidence_of_every_article_names_trafilatura_and_counts_the_lines() -> None:
    told = article(PROSE + SIGNED + DROPPED["an editor's line"]).evidence["stripped"]
    assert told.startswith("trafilatura ") and " lines " in told and "by it alone" in told


def test_one_side_alone_strips_where_it_is_measured() -> None:
    html = f"<html><head><title>t</title></head><body><div class='TRS_Editor'>{PROSE}{TABLE}{SIGNED}</div></body></html>"
    page = Page(url="https://a.example/1.html", body=html.encode(), content_type="text/html; charset=utf-8")
    texts = {}
    for by in (BOTH, OURS, THEIRS):
        got = read(page, by=by)
        assert isinstance(got, Article)
        texts[by] = got.text
    assert "南屿港\t18" in texts[BOTH] and texts[BOTH] == texts[OURS]
    assert "各渔港应当建立值班制度" in texts[THEIRS]


NOTHING = {
    "a list of links": "".join(
        f"<li><a href='/art/{n}.html'>第{n}次渔业工作会议召开</a></li>" for n in range(30)
    ),
    "a shell of a script": "<div id='app'></div><script>load()</script>",
    "a menu and a footer": "<ul><li><a href='/'>首页</a></li></ul><p>主办单位：望海市渔业局 版权所有</p>",
}


@pytest.mark.parametrize("body", NOTHING.values(), ids=NOTHING)
def test_no_text_is_said_only_where_no_reading_finds_any(body: str) -> None:
    html = f"<html><head><title>望海市渔业局</title></head><body>{body}</body></html>"
    got = read(Page(url="https://a.example/", body=html.encode(), content_type="text/html; charset=utf-8"))
    assert not isinstance(got, Article), got


def test_a_container_beyond_what_trafilatura_is_given_is_read_by_our_rules() -> None:
    found = article(PROSE + "<p>渔港泊位登记应当每日更新，并报所在地主管部门备案。</p>" * 21_000)
    assert "各渔港应当建立值班制度" in found.text and "too large" in found.evidence["stripped"]
