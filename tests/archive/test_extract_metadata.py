"""Title, date, source and numbers: what the page shows, with where, and nothing it does not show."""

from __future__ import annotations

import pytest

from archive.extract import read
from archive.model import Article
from tests.archive.extract_pages import METAS, SIGNED, TITLE, TOOLS, page

ZOOM = f'<div id="zoom">{SIGNED}</div>'


def article_with(inner: str, **changes: str) -> Article:
    found = read(page(inner, **changes))
    assert isinstance(found, Article), found
    return found


BYLINES = {
    "label and value in one text": (
        "发布时间：2024-05-07 15:30　来源：交通处　字号：大 中 小",
        "2024-05-07T15:30+08:00",
        "交通处",
    ),
    "value in its own element": (
        "<i>时间：</i><b>2024-05-07</b> <i>来源：</i><b>交通处</b><i>打印</i>",
        "2024-05-07",
        "交通处",
    ),
    "a date without a label": (
        "2024年05月07日 15:30　来源：<a>某市日报</a>",
        "2024-05-07T15:30+08:00",
        "某市日报",
    ),
    "source before the date": (
        "<span>信息来源：交通处</span><span>发布日期：2024-05-07</span>",
        "2024-05-07",
        "交通处",
    ),
    "in black brackets": (
        "【发布日期：2024-05-07】【信息来源：交通处】【字体：大 中 小】",
        "2024-05-07",
        "交通处",
    ),
    "two outlets": ("2024-05-07　来源：某市日报、某网", "2024-05-07", "某市日报、某网"),
    "a place inside the name": (
        "2024-05-07　来源：某市人社局 人才流动处　浏览次数：9",
        "2024-05-07",
        "某市人社局 人才流动处",
    ),
    "an empty source": ("发布时间：2024-05-07　来源：　作者：", "2024-05-07", None),
    "updated": ("更新时间：2024-05-07 15:30　浏览：12", "2024-05-07T15:30+08:00", None),
    "published beats updated": ("更新时间：2024-06-01　发布时间：2024-05-07", "2024-05-07", None),
    "Traditional labels": ("發佈時間：2024-05-07　來源：某通訊社", "2024-05-07", "某通訊社"),
    "an outlet that is a link": (
        "2024-05-07 15:30 <a href='/x'>某市晚报</a>",
        "2024-05-07T15:30+08:00",
        "某市晚报",
    ),
    "year, month and day in elements of their own": (
        "<span><em>2024</em></span> <span><em>05</em>/<em>07</em></span> <span>15:30:12</span><p>来源：交通处</p>",
        "2024-05-07T15:30+08:00",
        "交通处",
    ),
    "labels in square brackets": (
        "<ol><li>[发文机构] 某局</li><li>[发布日期] 2024-05-07</li></ol>",
        "2024-05-07",
        None,
    ),
    "the source of a picture is none": (
        "2024-05-07 15:30 <i>图片来源：某图库</i>",
        "2024-05-07T15:30+08:00",
        None,
    ),
    "the day it was made": ("创建时间：2024-05-07　浏览：12", "2024-05-07", None),
    "the day it was put in": ("加入时间：2024-05-07 15:30", "2024-05-07T15:30+08:00", None),
    "published beats made": ("创建时间：2024-05-01　发布时间：2024-05-07", "2024-05-07", None),
    "who wrote in": ("通讯员：甲乙 来源：某市日报 2024-05-07", "2024-05-07", "某市日报"),
    **{
        f"a name like {name}": (f"2024-05-07　来源：{name}{rest}", "2024-05-07", name)
        for name, rest in (
            ("青禾发布", ""),
            ("青禾发布", "　浏览次数：9"),
            ("“青禾发布”微信公众号", ""),
            ("某市日报评论", ""),
            ("青禾论坛", "　字号：大 中 小"),
            ("市作者协会", ""),
            ("关注青禾", ""),
            ("某市日报", "　审核：甲乙"),
            ("某市日报", "点击：120"),
            ("某市日报", " 打印本页"),
            ("某市日报", "　校对：甲"),
            ("某市日报", "　文号：青政发〔2024〕3号"),
            ("某市日报", "　视力保护色："),
            ("某市日报", " 我要纠错"),
        )
    },
    "no date at all": ("来源：交通处　责任编辑：某人", None, "交通处"),
    "nothing": ("", None, None),
}


@pytest.mark.parametrize(("line", "date", "source"), BYLINES.values(), ids=BYLINES.keys())
@pytest.mark.parametrize("head", [METAS.replace("ContentSource", "X"), ""], ids=["gov metas", "no metas"])
def test_date_and_source_are_those_of_the_line_under_the_headline(
    line: str, date: str | None, source: str | None, head: str
) -> None:
    found = article_with(f"<div><h1>{TITLE}</h1><div class='info'>{line}</div>{ZOOM}{TOOLS}</div>", head=head)
    assert (found.published_at, found.source_line) == (date, source)


def test_a_source_left_to_a_script_is_taken_from_the_meta_element_and_says_so() -> None:
    found = article_with(
        f"<div><h1>{TITLE}</h1><div>日期：2024-05-07　<span>来源：<script>w('x')</script></span></div>{ZOOM}</div>"
    )
    assert found.source_line == "公共交通处"
    assert found.evidence["source_line"].startswith("meta[ContentSource]")


def test_dates_of_effect_signature_and_other_articles_are_no_publication() -> None:
    table = "<ul><li>实施日期：2024年6月1日</li><li>失效日期：2029年6月1日</li><li>成文日期：2024年4月30日</li></ul>"
    other = '<ul><li><a href="1.html">另一件事情的通知 2024-01-01</a></li></ul>'
    found = article_with(f"<div>{table}<h1>{TITLE}</h1>{ZOOM}{other}</div>", head="")
    assert found.published_at is None


def test_the_shown_date_is_told_apart_from_the_meta_date() -> None:
    found = article_with(f"<div><h1>{TITLE}</h1><p>发布时间：2024-05-07</p>{ZOOM}</div>")
    assert (found.published_at, found.meta_published_at) == ("2024-05-07", "2024-05-09T08:00+08:00")


def test_the_table_of_an_official_document_gives_its_fields() -> None:
    rows = (
        ("索　引　号：", "000000000/2024-00012"),
        ("发文机关：", "某市交通运输局"),
        ("成文日期：", "2024年04月30日"),
        ("标　　题：", TITLE),
        ("发文字号：", "某交发〔2024〕12号"),
        ("发布日期：", "2024年05月07日"),
    )
    table = "<table>" + "".join(f"<tr><td><b>{k}</b></td><td>{v}</td></tr>" for k, v in rows) + "</table>"
    found = article_with(f'<div class="wrap">{table}<div id="UCAP-CONTENT">{SIGNED}</div></div>', head="")
    assert found.title == TITLE
    assert found.index_number == "000000000/2024-00012"
    assert found.issuer == "某市交通运输局"
    assert found.doc_number == "某交发〔2024〕12号"
    assert found.published_at == "2024-05-07"
    assert "发文字号" not in found.text


def test_an_official_document_without_a_shown_date_takes_the_declared_one_and_is_flagged() -> None:
    table = "<ul><li>文　　号：<b>某交发〔2024〕12号</b></li><li>实施日期：2024年6月1日</li></ul>"
    found = article_with(f"<div>{table}<h1>{TITLE}</h1>{ZOOM}</div>")
    assert found.published_at == "2024-05-09T08:00+08:00"
    assert found.evidence["published_at"] == "meta[PubDate]" and "date_not_shown" in found.flags


TITLES = {
    "the heading": (f"<h1>{TITLE}</h1>", f"{TITLE}_某市交通运输局", TITLE),
    "a heading in two lines": ("<h1>关于做好公共自行车<br>站点布局工作的通知</h1>", f"{TITLE}-某网", TITLE),
    "no heading element": (f'<div class="tt"><b>{TITLE}</b></div>', f"{TITLE}_通知公告_某市政府网", TITLE),
    "only the column in the title": (f"<h1>{TITLE}</h1>", "通知公告-某市交通运输局", TITLE),
    "the heading of the site comes first": (
        f"<h1>某市交通运输局</h1><h2>{TITLE}</h2>",
        f"{TITLE}_某市交通运输局",
        TITLE,
    ),
    "a bullet before it": (f"<div class='title'>》{TITLE}</div>", f"{TITLE} - 某网", TITLE),
    "date and source inside the heading": (
        f"<h2>{TITLE}<span>2024-05-07</span><span>来源：某处</span></h2>",
        TITLE,
        TITLE,
    ),
    "nothing shown, site and column stripped": ("", f"{TITLE}_通知公告_某市政府网", TITLE),
    "nothing shown, two hyphens": ("", f"{TITLE}--社会--人民网", TITLE),
    "an underline in the shown title stays": (
        "<h1>A_B标准的发布与实施要求</h1>",
        "A_B标准的发布与实施要求_某网",
        "A_B标准的发布与实施要求",
    ),
}


@pytest.mark.parametrize(("heading", "head_title", "title"), TITLES.values(), ids=TITLES.keys())
def test_the_title_is_the_headline_shown(heading: str, head_title: str, title: str) -> None:
    found = article_with(f"<div>{heading}<p>发布时间：2024-05-07</p>{ZOOM}</div>", title=head_title, head="")
    assert found.title == title


def test_a_title_element_of_spam_does_not_become_the_title() -> None:
    found = article_with(
        f"<div><h1>{TITLE}</h1>{ZOOM}</div>", title="某某娱乐下载,某某棋牌官网|注册送彩金", head=""
    )
    assert found.title == TITLE
    assert "title_disagrees" in found.flags


def test_a_canonical_link_or_site_name_of_somebody_else_changes_nothing() -> None:
    spoof = '<link rel="canonical" href="https://www.miit.gov.cn/x.html"><meta property="og:site_name" content="工信部">'
    found = article_with(f"<div><h1>{TITLE}</h1><p>发布时间：2024-05-07</p>{ZOOM}</div>", head=spoof)
    assert found.source_line is None and found.issuer is None
