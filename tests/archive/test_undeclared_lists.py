"""Lists without a declaration: rows in any layout, days in any form, how a list goes on, what kind of page it is."""

from __future__ import annotations

import json
import random
import re

import pytest

from archive.extract.tree import parse, select
from archive.lists import Reading, read_list
from archive.lists.days import day_in, filed_day
from archive.lists.drafting import draft_rule, family_of, grammar
from archive.model import Page
from tests.archive.layouts import LAYOUTS, Layout, made_articles, page

URL = "https://www.example.gov.cn/zwgk/tzgg/index.html"


def _read(html: str, url: str = URL, content_type: str = "text/html") -> Reading:
    return read_list(Page(url=url, body=html.encode(), content_type=content_type))


@pytest.mark.parametrize("layout", LAYOUTS, ids=[layout.__name__ for layout in LAYOUTS])
def test_every_row_is_read_whatever_the_layout(layout: Layout) -> None:
    for seed in range(5):
        dice = random.Random(f"{layout.__name__} {seed}")
        rows = made_articles(dice.randint(4, 22), dice)
        read = _read(page(layout(rows, dice), dice))
        assert [(r.href, r.title, r.date) for r in read.rows] == [(r.href, r.title, r.day) for r in rows], (
            seed
        )
        assert read.kind == "list", (seed, read.because)


@pytest.mark.parametrize("layout", LAYOUTS, ids=[layout.__name__ for layout in LAYOUTS])
def test_a_drafted_rule_gives_the_rows_it_was_drafted_from_and_names_no_position(layout: Layout) -> None:
    dice = random.Random(layout.__name__)
    read = _read(page(layout(made_articles(9, dice), dice), dice))
    assert read.group is not None
    root = read.group.elements[0].getroottree().getroot()
    rule = draft_rule(root, read.group)
    assert rule is not None and (rule.found, rule.strange) == (rule.of, 0)
    assert "nth" not in rule.rows and len(rule.rows) < 60
    assert set(select(root, rule.rows)) >= set(read.group.elements)


DAYS = [
    ("plain", "2026-03-01", "2026-03-01"),
    ("slashes", "[2026/3/1]", "2026-03-01"),
    ("points", "2026.03.01", "2026-03-01"),
    ("Chinese", "发布时间：2026年3月1日", "2026-03-01"),
    ("in words", "二〇二六年三月一日", "2026-03-01"),
    ("full-width", "２０２６－０３－０１", "2026-03-01"),
    ("with an hour", "2026-03-01 09:30:15", "2026-03-01"),
    ("the day first", "01 2026-03", "2026-03-01"),
    ("the day last", "2026-03 01", "2026-03-01"),
    ("the year last", "03-01 2026", "2026-03-01"),
    ("a short year", "26-03-01", "2026-03-01"),
    ("English", "On March 01,2026", "2026-03-01"),
    ("English, day first", "1 Mar 2026", "2026-03-01"),
    ("without a year", "03-01", "03-01"),
    ("without a year, Chinese", "(3月1日 05:06)", "03-01"),
    ("no day of the calendar", "2026-02-30", ""),
    ("a number of a document", "国办发〔2026〕61号", ""),
    ("a clock", "10:30", ""),
]


@pytest.mark.parametrize(("words", "day"), [row[1:] for row in DAYS], ids=[row[0] for row in DAYS])
def test_days_are_read_as_lists_write_them(words: str, day: str) -> None:
    assert day_in(words)[0] == day


FILED = [
    ("TRS", "https://a.gov.cn/x/202603/t20260301_12.html", "2026-03-01"),
    ("Hanweb", "https://a.gov.cn/art/2026/3/1/art_1_2.html", "2026-03-01"),
    ("a folder a day", "https://a.gov.cn/2026-03/01/content_1.htm", "2026-03-01"),
    ("a month alone", "https://a.gov.cn/202603/content_1.htm", ""),
    ("no day of the calendar", "https://a.gov.cn/x/t20261301_1.html", ""),
    ("in the query", "https://a.gov.cn/x?d=/20260301/", ""),
]


@pytest.mark.parametrize(("url", "day"), [row[1:] for row in FILED], ids=[row[0] for row in FILED])
def test_an_address_says_when_it_was_filed(url: str, day: str) -> None:
    assert filed_day(url) == day


def _items(count: int = 6, *, days: bool = True, year: bool = True) -> str:
    shown = "2026-{m:02d}-11" if year else "{m:02d}-11"
    return "<ul class=list>" + "".join(
        f"<li><a href='./2026{m:02d}/t2026{m:02d}11_{m}.html'>关于第{m}批名单的公告和说明</a>"
        + (f"<span>{shown.format(m=m)}</span>" if days else "") + "</li>"
        for m in range(1, count + 1)
    ) + "</ul>"  # fmt: skip


def _page(pager: str, **rows: bool) -> str:
    return page(_items(**rows), random.Random(1), pager=pager)


def test_a_day_without_a_year_takes_that_of_the_address_that_names_the_same_day() -> None:
    rows = _read(_page("", year=False)).rows
    assert [row.date for row in rows][:2] == ["2026-01-11", "2026-02-11"]


def test_the_day_of_an_address_is_no_day_of_the_row() -> None:
    row = _read(_page("", days=False)).rows[0]
    assert (row.date, row.filed) == ("", "2026-01-11")


def test_the_end_of_a_consultation_dates_no_row() -> None:
    html = page(_items().replace("<span>", "<span>截止日期："), random.Random(1))
    assert {row.date for row in _read(html).rows} == {""}


PAGERS = [
    ("next link", "<div class=page><a href=index_2.html>2</a><a href='index_2.html'>下一页</a></div>", "static", "index_2.html"),
    ("arrow", "<div class=pages><a class=prev href=#>&lt;</a><a class=next href=list2.htm>&gt;&gt;</a></div>", "static", "list2.htm"),
    ("numbers", "<div class=page><span class=cur>1</span><a href=?page=2>2</a><a href=?page=3>3</a></div>", "static", "?page=2"),
    ("onclick", "<div><a href=# onclick=\"location.href=encodeURI('index_2.jhtml');\">下一页</a></div>", "script", "index_2.jhtml"),
    ("createPageHTML", "<script>createPageHTML(7, 0, 'index', 'shtml');</script>", "script", "index_1.shtml"),
    ("createPage", '<script>createPage(12,0,"index","html")</script>', "script", "index_1.html"),
    ("rows and pages", "<script>createPageHTML(27, 2, 1, 'index', 'html');</script>", "script", "index_1.html"),
    ("countPage", "<script>var countPage = 50; var currentPage = 0;</script>", "script", "index_1.html"),
    ("a name of its own", "<script>createPageHTML(40, 0, 'index_7742', 'shtml');</script>", "script", "index_7742_1.shtml"),
    ("a count by name", "<script>var countPage = 12; createPageHTML(countPage, 0, 'index_7742', 'shtml');</script>", "script", "index_7742_1.shtml"),
    ("settings", "<script>Pager({size:4, current:0, prefix:'index', suffix:'html'})</script>", "script", "index_1.html"),
    ("form", "<div><a href=\"javascript:__doPostBack('p','2')\">下一页</a></div>", "form", ""),
    ("call", "<div class=page><a href='javascript:goPage(2)'>下一页</a></div>", "script", ""),
    ("data proxy", "<script>var u='/module/web/jpage/dataproxy.jsp?startrecord=1&perpage=20';</script>", "json", ""),
    ("unit script", "<script url='/x/unit' querydata=\"{'pageType':'column'}\"></script>", "json", ""),
    ("one page", "<script>createPageHTML(1, 0, 'index', 'html');</script>", "none", ""),
    ("named, no link", "<div>共6条 1/1页 <span>上一页</span><span>下一页</span></div>", "none", ""),
    ("nothing", "", "none", ""),
    ("of articles", "<div>下一篇：<a href=t20260101_9.html>关于另一件事的通知</a></div>", "none", ""),
    ("defined, not called", "<script>function createPageHTML(_nPageCount, _nCurrIndex, _sPageName){}</script>", "none", ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("markup", "kind", "following"), [row[1:] for row in PAGERS], ids=[row[0] for row in PAGERS]
)
def test_how_a_list_goes_on_is_read_off_the_page(markup: str, kind: str, following: str) -> None:
    pager = _read(_page(markup)).pager
    assert (pager.kind, pager.next) == (kind, following), pager.because


COUNTED = [
    ("page of pages", '<div class="page">1/25 <a href="index_2.html">下一页</a></div>', "index_2.html", 25),
    ("so many in all", '<div>共17页 第1页 <a href="list_2.htm">下页</a></div>', "list_2.htm", 17),
    ("numbers apart", '<p><em>1</em>/<em>69</em> <a href="p2.html">下 一 页</a></p>', "p2.html", 69),
    (
        "handed over",
        """<a tagname="/x/l-2.html" onclick="query(this,'/x/l-2.html')">下一页</a>""",
        "/x/l-2.html",
        None,
    ),
    (
        "a third argument",
        """<a href="#" onclick="toPage('c','/x/index_2.shtml',2)">下一页</a>""",
        "/x/index_2.shtml",
        None,
    ),
    ("a sum", """<a onclick="location.href='l.jsp?page='+2">下一页</a>""", "l.jsp?page=2", None),
    (
        "held beside",
        '<a href="javascript:;" data-href="index_1.html" onclick="go(this)">下一页＞</a>',
        "index_1.html",
        None,
    ),
    (
        "the mark in its item",
        '<ul class="pages"><li class="next"><a href="i_2.html">&gt;</a></li></ul>',
        "i_2.html",
        None,
    ),
    ("a day in a title", '<div>2026/03 <a href="index_2.html">下一页</a></div>', "index_2.html", None),
]


@pytest.mark.parametrize(
    ("markup", "following", "total"), [one[1:] for one in COUNTED], ids=[one[0] for one in COUNTED]
)
def test_how_many_pages_and_where_the_next_is(markup: str, following: str, total: int | None) -> None:
    pager = _read(_page(markup)).pager
    assert (pager.next, pager.total) == (following, total)


def test_what_a_script_says_in_a_comment_counts_no_pages() -> None:
    script = "<script>/* createPageHTML(99, 0, 'index', 'html'); */\n// createPageHTML(98,0,'a','html')\n"
    pager = _read(_page(script + "createPageHTML(25, 0, 'index', 'shtml');</script>")).pager
    assert pager.total == 25


def _blocks(sizes: int, titles: list[str]) -> str:
    rows = [
        f'<li><a href="/art/2026/3/{n}/art_1_{4000 + n}.html">{words}</a><span>2026-03-{n + 1:02}</span></li>'
        for n, words in enumerate(titles)
    ]
    return "".join(f"<ul>{''.join(rows[at : at + sizes])}</ul>" for at in range(0, len(rows), sizes))


@pytest.mark.parametrize("size", [2, 3, 4, 5])
def test_a_list_cut_into_short_blocks_keeps_every_row_and_its_day(size: int) -> None:
    for seed in range(12):
        dice = random.Random(seed)
        titles = [f"关于{'加强和改进' * dice.randint(0, 4)}第{n}号工作的通知" for n in range(size * 4)]
        read = _read(f"<html><body><div class='list'>{_blocks(size, titles)}</div></body></html>")
        assert [(r.title, r.date) for r in read.rows] == [
            (words, f"2026-03-{n + 1:02}") for n, words in enumerate(titles)
        ], seed


AROUND = [
    ("<a {}><span>甲乙任前公示</span><span>2026-09-{:02}</span></a>", "甲乙任前公示"),
    ("<a {}><i><b>{:02}</b>2026/09</i><em>关于开展安全检查的通知</em></a>", "关于开展安全检查的通知"),
    ("<a {}><div>2026-09-{:02}</div><div><p>关于开展安全检查的通知</p><p>为做好工作，现将有关事项通知如下。</p></div></a>",
     "关于开展安全检查的通知"),
    ("<a {}><span class='dept_name'>财政局</span><span>关于开展安全检查的通知</span><span>2026-09-{:02}</span></a>",
     "关于开展安全检查的通知"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "title"), AROUND)
def test_the_title_of_a_link_around_a_whole_row_is_its_heading(row: str, title: str) -> None:
    rows = "".join(f"<li>{row.format(f'href=/zw/t202609{n:02}_{n}0.html', n)}</li>" for n in range(1, 9))
    read = _read(f"<html><body><ul class='list'>{rows}</ul></body></html>")
    assert [(r.title, r.date) for r in read.rows] == [(title, f"2026-09-{n:02}") for n in range(1, 9)]


@pytest.mark.parametrize("name", ["photo_list", "slideTxtBox", "position-relative", "shareholder", "navjz"])
def test_a_part_whose_name_only_holds_that_of_another_is_no_part_beside(name: str) -> None:
    read = _read(f"<html><body><div class='{name}'><ul>{_items(12)}</ul></div></body></html>")
    assert (read.kind, len(read.rows)) == ("list", 12)


def test_rows_under_a_heading_of_others_are_not_the_list() -> None:
    own = _items(4).replace("/zwgk/", "/own/")
    box = "".join(
        f'<li><a href="/xw/t202602{n:02}_{n}7.html">关于第{n}次全市安全生产工作会议的报道</a><span>2026-02-{n:02}</span></li>'
        for n in range(1, 9)
    )
    read = _read(
        f"<html><body><div class='l'><ul>{own}</ul></div><div class='tjyd'><h3>推荐阅读</h3><ul>{box}</ul></div></body></html>"
    )
    assert len(read.rows) == 4 and not any("/xw/" in row.href for row in read.rows)


def test_a_page_in_the_middle_and_the_last_one_say_where_they_are() -> None:
    script = "<script>createPageHTML(7, {n}, 'index', 'html');</script>"
    third = _read(_page(script.replace("{n}", "3")), URL.replace("index", "index_3"))
    last = _read(_page(script.replace("{n}", "6")), URL.replace("index", "index_6"))
    assert (third.pager.next, third.pager.total) == ("index_4.html", 7)
    assert (last.pager.kind, last.pager.next) == ("script", "")


def _front() -> str:
    def block(number: int) -> str:
        rows = "".join(
            f"<li><a href='/c{number}/{900 + n}.html'>关于第{n}批{number}号名单的公告</a><span>2026-0{n}-11</span></li>"
            for n in range(1, 6)
        )
        return (
            f"<div class=b{number}><h3>栏目{number}<a href='/c{number}/'>更多</a></h3><ul>{rows}</ul></div>"
        )

    return page("".join(map(block, range(5))), random.Random(3)).replace("当前位置", "欢迎")


def _article() -> str:
    text = "".join(
        f"<p>为做好第{n}项工作，各地要加强领导，明确责任，按期报送进展，有关情况及时向主管部门报告。</p>"
        for n in range(12)
    )
    return page(
        f"<h1>关于一件事的通知</h1><p>来源：某部 责任编辑：某人</p><div>{text}</div>", random.Random(4)
    )


KINDS = [
    ("a list", _page(""), URL, "list"),
    ("a list without days", _page("<a href=index_2.html>下一页</a>", days=False), URL, "list"),
    ("a front page", _front(), "https://www.example.gov.cn/", "home"),
    ("an article", _article(), "https://www.example.gov.cn/x/202603/t20260301_7.html", "article"),
    ("an empty page", "", URL, "other"),
    ("a challenge", "<html><script>document.cookie='a=1';location.reload()</script></html>", URL, "other"),
]


@pytest.mark.parametrize(("html", "url", "kind"), [row[1:] for row in KINDS], ids=[row[0] for row in KINDS])
def test_what_a_page_is_can_be_told(html: str, url: str, kind: str) -> None:
    read = _read(html, url)
    assert read.kind == kind, read.because


def test_a_front_page_names_its_columns() -> None:
    read = _read(_front(), "https://www.example.gov.cn/")
    nav = [a.get("href") for a in parse(_front()).root.xpath("//div[@class='nav']//a")]
    assert list(read.columns) == list(dict.fromkeys(nav))


ANSWERS = [
    ("an array", [{"TITLE": "一件事的公告", "URL": "/a/content_1.htm", "DOCRELPUBTIME": "2026-09-11"}]),
    ("a search", {"data": {"total": 40, "results": [{"title": "<em>一件事</em>的公告", "url": "/a/content_1.htm", "publishedTimeStr": "2026-09-11 10:00:00"}]}}),
    ("milliseconds", {"list": [{"topic": "一件事的公告", "infourl": "//www.example.gov.cn/a/content_1.htm", "pubtime": 1789056000000}]}),
    ("nested", {"hits": [{"groupData": [{"data": {"title": "一件事的公告", "url": "/a/content_1.htm", "pubDate": "2026-09-11"}}]}]}),
    ("markup", {"data": {"html": "<ul><li><a href='/a/content_1.htm'>一件事的公告</a><span>2026-09-11</span></li><li><a href='/a/content_2.htm'>另一件事的公告</a><span>2026-09-10</span></li></ul>"}}),
]  # fmt: skip


@pytest.mark.parametrize("answer", [row[1] for row in ANSWERS], ids=[row[0] for row in ANSWERS])
@pytest.mark.parametrize("form", ["{}", "callback({})"], ids=["JSON", "JSONP"])
def test_an_answer_of_data_is_a_list(answer: object, form: str) -> None:
    body = form.replace("{}", json.dumps(answer, ensure_ascii=False))
    row = _read(body, "https://www.example.gov.cn/x.json", "application/json").rows[0]
    assert (row.url, row.title, row.date) == (
        "https://www.example.gov.cn/a/content_1.htm",
        "一件事的公告",
        "2026-09-11",
    )


WRITTEN = [
    ("records", "<script type='text/xml'><datastore><recordset>{}</recordset></datastore></script>", "<record><![CDATA[<li><a href='/art/2026/3/{n}/art_1_{n}.html' title='第{n}件事的公告'>第{n}件事的…</a><span>2026-03-0{n}</span></li>]]></record>"),
    ("written", "<script>{}</script>", "document.writeln(\"<li><a href='/art/2026/3/{n}/art_1_{n}.html'>第{n}件事的公告</a><span>2026-03-0{n}</span></li>\");"),
    ("a feed", "<?xml version='1.0'?><rss><channel>{}</channel></rss>", "<item><title>第{n}件事的公告</title><link>https://www.example.gov.cn/art/2026/3/{n}/art_1_{n}.html</link><pubDate>2026-03-0{n} 10:00</pubDate></item>"),
]  # fmt: skip


@pytest.mark.parametrize(("outer", "inner"), [row[1:] for row in WRITTEN], ids=[row[0] for row in WRITTEN])
def test_rows_that_stand_in_no_element_are_read(outer: str, inner: str) -> None:
    read = _read(outer.replace("{}", "".join(inner.replace("{n}", str(n)) for n in range(1, 7))))
    assert [(r.title, r.date) for r in read.rows] == [
        (f"第{n}件事的公告", f"2026-03-0{n}") for n in range(1, 7)
    ]


GRAMMARS = [
    ("TRS", "/zwgk/202603/t20260301_{n}.html", "trs"),
    ("jpaas", "/zwgk/art/2026/art_{h}.html", "jpaas"),
    ("Hanweb", "/art/2026/3/1/art_12_{n}.html", "hanweb"),
    ("gkmlpt", "/gkmlpt/content/4/123/post_{n}.html", "gkmlpt"),
    ("UCAP", "/csrc/c{n}/c7{n}/content.shtml", "ucap"),
    ("ccontent", "/n152/n165/c{n}/content.html", "ccontent"),
    ("no known one", "/abc/{n}.html", ""),
    ("an identity in the query", "/detail.jsp?id={n}&lang=zh", ""),
]


@pytest.mark.parametrize(("form", "family"), [row[1:] for row in GRAMMARS], ids=[row[0] for row in GRAMMARS])
def test_the_grammar_of_addresses_takes_articles_not_seen_and_no_columns(form: str, family: str) -> None:
    import re

    def url(number: int) -> str:
        return "https://www.example.gov.cn" + form.format(n=number, h=f"{number * 7919:032x}")

    seen, others = [url(90_000 + n) for n in range(9)], [url(41_777 + 13 * n) for n in range(9)]
    (pattern,), taken = grammar(seen, "www.example.gov.cn")
    assert taken == 9 and all(re.search(pattern, other) for other in others)
    for column in ("/", "/zwgk/index.html", "/zwgk/index_2.html", "/list.shtml"):
        assert not re.search(pattern, "https://www.example.gov.cn" + column)
    assert family_of(seen, "")[0] == family


def test_a_second_form_of_addresses_gets_an_expression_of_its_own() -> None:
    new = [f"https://www.example.cn/tech/2026090{n}/{n * 7919:032x}/c.html" for n in range(1, 9)]
    old = [f"https://www.example.cn/tech/2026-09/0{n}/c_110000{n}.htm" for n in range(1, 4)]
    patterns, taken = grammar([*new, *old, "https://www.example.cn/"], "www.example.cn")
    assert (len(patterns), taken) == (2, 11)


def test_a_page_made_to_be_slow_is_read_within_bounds() -> None:
    nested = "<div>" * 400 + "<a href=/1.html>一件事的公告</a>" + "</div>" * 400
    many = "".join(f"<li><a href='/{n}.html'>{n}号</a>" for n in range(9_000))
    assert _read(nested).kind != "list"
    assert len(_read(f"<ul>{many}</ul>").rows) <= 6_000


@pytest.mark.parametrize(
    ("ports", "other"), [((":8080",), ":9090"), (("", ":8080"), None)], ids=["one port", "with and without"]
)
def test_the_grammar_of_a_site_on_a_port_of_its_own_takes_its_articles(
    ports: tuple[str, ...], other: str | None
) -> None:
    urls = [
        f"http://www.example.gov.cn{port}/zwgk/202609/t202609{day}_{day}71.html"
        for day in range(10, 20)
        for port in ports
    ]
    (pattern,), taken = grammar(urls, "www.example.gov.cn")
    assert taken == len(urls)
    if other:
        assert not re.search(pattern, f"http://www.example.gov.cn{other}/zwgk/202609/t20260910_1071.html")
