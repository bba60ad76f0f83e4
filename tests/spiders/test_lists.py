"""What the spiders' own readings must stand, beyond the saved pages: strangers' JSON, pages without end, no order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.model import Article, Outcome, Page, Rows, Unreadable
from crawler.site import PolicySpider, day_of, pages_after, with_query
from spiders.achie import AchieSpider
from spiders.beijiang import BeijiangSpider
from spiders.beijing import BeijingSpider
from spiders.cac import CacSpider
from spiders.china_com_cn import ChinaComCnSpider
from spiders.chinanews import ChinanewsSpider
from spiders.chinatorch import ChinatorchSpider
from spiders.gov_cn import GovCnSpider
from spiders.kw_beijing import KwBeijingSpider
from spiders.miit import MiitSpider
from spiders.mofcom import MofcomSpider
from spiders.mohurd import MohurdSpider
from spiders.most import MostSpider
from spiders.ndrc import NdrcSpider
from spiders.news_cn import NewsCnSpider
from spiders.people import PeopleSpider
from spiders.samr import SamrSpider
from spiders.scio import ScioSpider
from spiders.zgc import ZgcSpider
from tests.conftest import Ends

PAGES = Path(__file__).parent.parent / "pages"
API = "https://www.miit.gov.cn/api-gateway/jpaas-publish-server/front/page/build/unit?pageId=a"
SEARCH = "https://www.miit.gov.cn/search-front-server/api/search/info?category=51&pg=15&p=1"
LIBRARY = "https://sousuo.www.gov.cn/search-gov/data?t=zhengce&p=1&n=50"
LATEST = "https://www.gov.cn/zhengce/zuixin/ZUIXINZHENGCE.json"
LISTS: list[tuple[type[PolicySpider], str]] = [
    (MiitSpider, "https://www.miit.gov.cn/xwfb/szyw/index.html"),
    (MiitSpider, API),
    (MiitSpider, SEARCH),
    (GovCnSpider, LATEST),
    (GovCnSpider, LIBRARY),
    (MostSpider, "https://www.most.gov.cn/tztg/"),
    (ChinanewsSpider, "https://www.chinanews.com.cn/rss/scroll-news.xml"),
    (ChinanewsSpider, "https://www.chinanews.com.cn/scroll-news/news1.html"),
    (MofcomSpider, API.replace("miit", "mofcom")),
    (SamrSpider, API.replace("miit", "samr")),
    (MohurdSpider, API.replace("miit", "mohurd")),
    (NdrcSpider, "https://www.ndrc.gov.cn/xxgk/zcfb/tz/"),
    (ScioSpider, "https://www.scio.gov.cn/xwfb/gwyxwbgsxwfbh/index.html"),
    (BeijingSpider, "https://www.beijing.gov.cn/zhengce/zhengcefagui/"),
    (KwBeijingSpider, "https://kw.beijing.gov.cn/zwgk/zcwj/"),
    (NewsCnSpider, NewsCnSpider.site.listings[0]),
    (PeopleSpider, "http://www.people.com.cn/rss/politics.xml"),
    (PeopleSpider, "http://politics.people.com.cn/GB/1024/index.html"),
    (CacSpider, "https://www.cac.gov.cn/index.htm"),
    (ChinaComCnSpider, "http://news.china.com.cn/"),
    (ChinatorchSpider, "https://www.chinatorch.gov.cn/"),
    (ZgcSpider, "https://zgcgw.beijing.gov.cn/zgc/zwgk/tzgg/index.html"),
    (AchieSpider, "http://www.achie.org/"),
    (BeijiangSpider, "https://www.imline.cn/"),
]
IDS = [
    *(
        "miit column",
        "miit list",
        "miit search",
        "gov_cn",
        "library",
        "most",
        "feed",
        "scroll",
        "mofcom",
        "samr",
    ),
    *("mohurd", "ndrc", "scio", "beijing", "kw_beijing", "news_cn", "people feed", "people list", "cac"),
    *("china_com_cn", "chinatorch", "zgc", "achie", "beijiang"),
]
KEYS = "datasource publishUrl showTitle publishTime success code data html searchResult dataResults groupData totalCount url title deploytime searchVO catMap listVO"
_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["200", 200, "http://["]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(KEYS.split()) | st.text(max_size=4), inner, max_size=5)
    ),
    max_leaves=25,
)


def _list(spider: type[PolicySpider], url: str, answer: Any) -> Rows | Unreadable:
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    return spider.parse_listing(Page(url=url, body=body, content_type="application/json"))


@pytest.mark.parametrize(("spider", "url"), LISTS, ids=IDS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(answer=st.binary(max_size=200) | _json)
def test_no_answer_makes_a_list_reading_raise(spider: type[PolicySpider], url: str, answer: Any) -> None:
    read = _list(spider, url, answer)
    assert isinstance(read, Rows | Unreadable)


@pytest.mark.parametrize(("spider", "url"), LISTS, ids=IDS)
@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"<li>" * 25_000,
        b"&" * 100_000,
        b"'a':" * 25_000,
        b"<a href='http://['>" * 9,
    ],
    ids=["deep array", "deep object", "tags", "ampersands", "quotes", "broken hosts"],
)
def test_a_hostile_list_ends_and_lists_nothing(
    spider: type[PolicySpider], url: str, body: bytes, ends: Ends
) -> None:
    with ends(20):
        read = _list(spider, url, body)
    assert isinstance(read, Unreadable) or read.links == ()


@pytest.mark.parametrize(("spider", "url"), LISTS, ids=IDS)
def test_a_challenge_in_a_lists_place_is_called_one(spider: type[PolicySpider], url: str) -> None:
    body = (PAGES / "miit" / "list_challenged" / "page.html").read_bytes()
    read = _list(spider, url, body)
    assert isinstance(read, Unreadable)
    assert read.outcome is Outcome.BLOCKED


@pytest.mark.parametrize(("spider", "url"), LISTS, ids=IDS)
def test_an_empty_answer_is_no_empty_list(spider: type[PolicySpider], url: str) -> None:
    read = _list(spider, url, b" \n")
    assert isinstance(read, Unreadable) or "empty" in read.flags or "no_rows" in read.flags


def test_the_ministrys_pages_are_asked_one_by_one_with_their_own_number() -> None:
    answer = json.loads((PAGES / "miit" / "list" / "answer.json").read_text())
    first = _list(MiitSpider, API, answer)
    assert isinstance(first, Rows)
    assert len(first.pages) == 2
    second = {**answer, "data": {"html": answer["data"]["html"].replace('pageno="1"', 'pageno="2"')}}
    read = _list(MiitSpider, first.pages[0], second)
    assert isinstance(read, Rows)
    assert read.pages == first.pages[1:]
    assert isinstance(_list(MiitSpider, first.pages[1], second), Unreadable)


def test_a_ministrys_list_without_rows_is_still_a_list() -> None:
    html = '<div><div class="page-content"><ul></ul></div><div class="pagination" rows="24" count="0" pageno="1"></div></div>'
    read = _list(MiitSpider, API, {"success": True, "code": 200, "data": {"html": html}})
    assert read == Rows(links=(), announced=0)


def test_a_million_announced_pages_are_not_believed() -> None:
    assert len(pages_after(1, 999_999_999, 1)) < 2_000
    assert list(pages_after(2, 49, 24)) == [3]
    assert list(pages_after(1, 24, 24)) == []
    assert list(pages_after(1, 24, 0)) == []


def test_a_parameter_is_set_and_the_others_stay_in_order() -> None:
    url = with_query("https://a.cn/x?t=%E4%B8%AD&p=1&q=&n=5", p="2")
    assert url == "https://a.cn/x?t=%E4%B8%AD&p=2&q=&n=5"
    assert with_query(url, p="2") == url


@pytest.mark.parametrize(
    ("shown", "day"),
    [
        ("2026.07.08", "2026-07-08"),
        ("2026年7月8日", "2026-07-08"),
        ("2026-09-18 08:30:00", "2026-09-18"),
        (1789056000000, "2026-09-11"),
        ("1789054200000", "2026-09-10"),
        (0, ""),
        (None, ""),
        ("", ""),
        (True, ""),
        ("11-22 22:26", ""),
        (10**40, ""),
    ],
)
def test_a_rows_day_is_the_day_in_beijing(shown: object, day: str) -> None:
    assert day_of(shown) == day


def test_the_first_page_of_a_long_article_names_the_next_ones() -> None:
    folder = PAGES / "chinanews" / "gbk_in_two_parts"
    url = "http://www.chinanews.com/gn/2009/06-30/12110.shtml"
    read = ChinanewsSpider.parse_article(Page(url=url, body=(folder / "page.html").read_bytes()))
    assert isinstance(read, Article)
    assert read.next_pages == ("http://www.chinanews.com/gn/2009/06-30/12110_2.shtml",)
    assert "第二代人" not in read.text


def test_the_wires_closing_mark_is_removed_and_recorded() -> None:
    body = (PAGES / "chinanews" / "wire" / "page.html").read_bytes()
    read = ChinanewsSpider.parse_article(
        Page(url="https://www.chinanews.com.cn/cj/2026/09-18/10990011.shtml", body=body)
    )
    assert isinstance(read, Article)
    assert read.text.endswith("压缩至20天。")
    assert "(完)" in [block.text for block in read.removed]
    assert "五折" not in read.text


def test_only_ads_and_comments_changing_change_no_text() -> None:
    body = (PAGES / "chinanews" / "wire" / "page.html").read_bytes()
    again = body.replace("五折起".encode(), "三折封顶".encode()).replace(
        b"12:29:22 from #10", b"18:40:01 from #7"
    )
    assert again != body
    url = "https://www.chinanews.com.cn/cj/2026/09-18/10990011.shtml"
    first, second = (ChinanewsSpider.parse_article(Page(url=url, body=b)) for b in (body, again))
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert (first.title, first.text, first.published_at) == (second.title, second.text, second.published_at)


def _fragment(spider: type[PolicySpider], host: str, html: str, query: str = "") -> Rows | Unreadable:
    url = API.replace("www.miit.gov.cn", host) + query
    return _list(spider, url, {"success": True, "code": "200", "data": {"html": html}})


HASH = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("row", "day"),
    [
        (f"<li><a href='/a/art/2026/art_{HASH}.html'>通知</a><span>[2026-09-14]</span></li>", "2026-09-14"),
        (
            f"<li><a href='/a/art/2026/art_{HASH}.html'>通知</a></li><li class='time'>2026-09-14</li>",
            "2026-09-14",
        ),
        (f"<li><a href='/a/art/2026/art_{HASH}.html'>通知<span>2026.09.14</span></a></li>", "2026-09-14"),
        (f"<li><a href='/a/art/2026/art_{HASH}.html'>通知</a><span>截止日期 2026-10-18</span></li>", ""),
        (f"<li><a href='/a/art/2026/art_{HASH}.html'>通知</a><span>2026-09-18至2026-10-18</span></li>", ""),
        (f"<li><a href='/a/art/2026/art_{HASH}.html'>关于2026-10-18到期的通知</a></li>", ""),
    ],
    ids=[
        "beside the link",
        "in the item after it",
        "inside the link",
        "the end of a consultation",
        "the time of a consultation",
        "in the title",
    ],
)
def test_a_row_of_the_system_is_dated_by_what_stands_beside_it(row: str, day: str) -> None:
    read = _fragment(SamrSpider, "www.samr.gov.cn", f"<div class='page-content'><ul>{row}</ul></div>")
    assert isinstance(read, Rows)
    assert [link.date for link in read.links] == [day]


@pytest.mark.parametrize(
    "pager",
    [
        '<div class="pagination" rows="20" count="45" pageNo="1"></div>',
        '<script>oLayPageRender("page", {rows:"20", count:"45", pageNo:"1"})</script>',
        "<script>var rows = 20, count = 45; pageNo: '1'</script>",
    ],
    ids=["attributes", "script", "script without quotes"],
)
def test_the_systems_pages_are_counted_from_attributes_or_a_script(pager: str) -> None:
    row = f"<li><a href='/a/art/2026/art_{HASH}.html'>通知</a></li>"
    read = _fragment(MohurdSpider, "www.mohurd.gov.cn", f"<ul>{row}</ul>{pager}")
    assert isinstance(read, Rows)
    assert (read.announced, len(read.pages)) == (45, 2)
    other = "&paramJson=%7B%22pageNo%22%3A3%2C%22pageSize%22%3A%2220%22%7D"
    assert isinstance(
        _fragment(MohurdSpider, "www.mohurd.gov.cn", f"<ul>{row}</ul>{pager}", other), Unreadable
    )


def test_of_several_blocks_built_by_script_the_list_is_asked_in_the_pages_own_spelling() -> None:
    body = (PAGES / "mofcom" / "column" / "page.html").read_bytes()
    assert body.count("天气".encode()) == 1
    read = MofcomSpider.parse_listing(Page(url=MofcomSpider.site.listings[0], body=body))
    assert isinstance(read, Rows)
    assert read.is_shell
    assert "parseType=bulidstatic" in read.pages[0]
    assert "tagId=%E5%88%86%E9%A1%B5%E5%88%97%E8%A1%A8" in read.pages[0]


def _page(spider: type[PolicySpider], url: str, body: str) -> Rows:
    read = spider.parse_listing(Page(url=url, body=body.encode(), content_type="text/html; charset=utf-8"))
    assert isinstance(read, Rows)
    return read


BJ = "https://www.beijing.gov.cn/zhengce/zhengcefagui/"
BJ_ROW = '<ul><li><a href="./202609/t20260909_1.html">办法</a><b class="u_time">2026-09-09</b></li></ul>'


@pytest.mark.parametrize(
    ("script", "pages"),
    [
        ("createPageHTML(327, 3, 1, 'index', 'html');", 2),
        ('createPageHTML(3, 0, "index", "html");', 2),
        ("createPageHTML('3', '0', 'index', 'html');", 2),
        ("createPageHTML('page-div', 3, 0, 'index', 'html', 45);", 2),
        ("var all = $('.default_news li'); createPageHTML(327, 3, 1, 'index', 'html');", 0),
        ("", 0),
    ],
    ids=["three numbers", "two numbers", "quoted", "named first", "cut up by script", "none"],
)
def test_the_city_counts_pages_in_more_than_one_way(script: str, pages: int) -> None:
    read = _page(BeijingSpider, BJ, f"{BJ_ROW}<script>{script}</script>")
    assert len(read.links) == 1
    assert [url.rpartition("/")[2] for url in read.pages] == [f"index_{n}.html" for n in range(1, pages + 1)]


def test_a_gateways_rows_are_no_articles_of_the_city() -> None:
    gate = "https://www.beijing.gov.cn/gate/big5/www.beijing.gov.cn/zhengce/202609/t20260909_1.html"
    read = _page(BeijingSpider, BJ, BJ_ROW.replace("./202609/t20260909_1.html", gate))
    assert (read.links, read.left_out) == ((), 1)


@pytest.mark.parametrize(
    ("href", "asked"),
    [
        ("/live/2026/39001/", ["/live/2026/39001/", "/live/2026/39001/tw/"]),
        ("/live/2026/39001/index.html", ["/live/2026/39001/index.html", "/live/2026/39001/tw/"]),
        ("/live/2026/39001/index_m.html", ["/live/2026/39001/index_m.html", "/live/2026/39001/tw/"]),
        ("/live/2026/39001/tw/", ["/live/2026/39001/tw/"]),
        ("/live/2026/39001/fbyd/202609/t20260909_1.html", ["/live/2026/39001/fbyd/202609/t20260909_1.html"]),
    ],
)
def test_a_conference_leads_to_its_transcript(href: str, asked: list[str]) -> None:
    url = ScioSpider.site.listings[0]
    read = _page(ScioSpider, url, f'<ul><li><a href="{href}">发布会</a><span>2026-09-10</span></li></ul>')
    assert [link.url.removeprefix("https://www.scio.gov.cn") for link in read.links] == asked
    assert {link.date for link in read.links} == {"2026-09-10"}


def test_the_papers_list_leads_on_to_the_pages_it_links_and_to_no_other() -> None:
    body = (
        "<ul><li><a href='/n1/2026/0909/c1024-1.html'>文章</a> <em>2026-09-09</em></li></ul>"
        "<a href='index1.html'>1</a><a href='index2.html'>2</a><a href='index3.html'>3</a>"
        "<a href='/GB/1026/index2.html'>别的</a><a href='index2.html'>下一页</a>"
    )
    read = _page(PeopleSpider, "http://politics.people.com.cn/GB/1024/index.html", body)
    assert [url.rpartition("/")[2] for url in read.pages] == ["index2.html", "index3.html"]
    assert read.links[0].date == "2026-09-09"


def test_the_administrations_front_page_is_a_shell_of_its_columns() -> None:
    column = '<a href="//www.cac.gov.cn/wxzw/zcfg/A0937index_1.htm">政策</a>'
    row = '<li><a href="//www.cac.gov.cn/2026-09/14/c_1712345678901234.htm">文章</a></li>'
    url = CacSpider.site.listings[0]
    read = _page(CacSpider, url, f"{column}<ul>{row}</ul>")
    assert read.is_shell
    assert read.pages == ("https://www.cac.gov.cn/wxzw/zcfg/A0937index_1.htm",)
    rows = _page(CacSpider, url, f"<ul>{row}</ul>").links
    assert [link.url for link in rows] == ["https://www.cac.gov.cn/2026-09/14/c_1712345678901234.htm"]


def test_a_list_of_a_data_source_has_plain_titles() -> None:
    rows = [
        {"title": "<font color='red'>标题</font>一", "publishUrl": f"/tech/20260914/{HASH}/c.html", "publishTime": "2026-09-14 08:00:00"},
        {"title": "旧", "showTitle": "<b>标题</b>&amp;二", "publishUrl": f"http://bj.news.cn/20260914/{HASH}/c.html"},
        {"title": "专题", "publishUrl": "https://www.news.cn/zt/index.html"},
        "no row",
    ]  # fmt: skip
    read = _list(NewsCnSpider, NewsCnSpider.site.listings[0], {"datasource": rows})
    assert isinstance(read, Rows)
    assert [(link.name, link.date) for link in read.links] == [("标题一", "2026-09-14"), ("标题&二", "")]
    assert (read.left_out, read.announced) == (2, 4)


def test_a_republishers_notice_is_removed_and_recorded() -> None:
    body = (PAGES / "beijiang" / "copied" / "page.html").read_bytes()
    url = json.loads((PAGES / "beijiang" / "copied" / "page.json").read_text())["url"]
    read = BeijiangSpider.parse_article(Page(url=url, body=body))
    assert isinstance(read, Article)
    assert "免责声明" not in read.text
    assert any("版权" in block.text for block in read.removed)


@pytest.mark.parametrize(
    ("told", "day"),
    [
        ("Mon, 14 Sep 2026 18:30:00 GMT", "2026-09-15"),
        ("Mon, 14 Sep 2026 18:30:00 +0800", "2026-09-14"),
        ("2026-09-14 18:30:00", "2026-09-14"),
        ("Mon, 99 Sep 99999 25:61:00 GMT", ""),
        ("", ""),
    ],
    ids=["evening in London", "with its zone", "as Chinese feeds write it", "no date", "nothing"],
)
def test_a_row_of_a_feed_is_dated_as_in_beijing(told: str, day: str) -> None:
    link = "https://www.miit.gov.cn/xwfb/szyw/art/2026/art_3f5a9c0b7d2e48168a4c6e0f1b2d3c4e.html"
    feed = f"<rss><channel><item><link>{link}</link><pubDate>{told}</pubDate></item></channel></rss>"
    url = next(one for one in MiitSpider.site.listings if "/rss/" in one)
    read = MiitSpider.parse_listing(Page(url=url, body=feed.encode(), content_type="text/xml"))
    assert isinstance(read, Rows) and [row.date for row in read.links] == [day]


def test_the_gazette_leads_to_its_newest_issues_and_an_issue_to_its_articles() -> None:
    issues = "".join(
        f"<a href='/gongbao/{y}/issue_{n}/'>{n}</a>"
        for y, n in ((2025, 12399), (2026, 9), (2026, 12426), (2026, 12425))
    )
    front = _page(
        GovCnSpider,
        "https://www.gov.cn/gongbao/",
        f"{issues}<a href='/gongbao/2026/issue_12426/index.htm'>x</a>",
    )
    assert front.links == ()
    assert [url.removeprefix("https://www.gov.cn/gongbao/") for url in front.pages] == [
        "2026/issue_12426/",
        "2026/issue_12425/",
        "2026/issue_9/",
    ]
    issue = _page(
        GovCnSpider, front.pages[0], "<ul><li><a href='202609/content_7080001.html'>国务院令</a></li></ul>"
    )
    assert [link.url for link in issue.links] == [f"{front.pages[0]}202609/content_7080001.html"]
    assert issue.pages == ()


@pytest.mark.parametrize(
    "front",
    ["", "<a href='/rmrb/pc/layout/202609/14/node_01.html'>今日</a>"],
    ids=["names none", "names one"],
)
def test_a_newspaper_is_asked_for_the_sheet_its_front_page_names_or_that_of_the_day(front: str) -> None:
    page = Page(
        url="http://paper.people.com.cn/",
        body=f"<html>{front}</html>".encode(),
        captured_at="2026-09-14T16:30:00.000Z",
    )
    read = PeopleSpider.parse_listing(page)
    assert isinstance(read, Rows) and read.is_shell
    day = "14" if front else "15"
    assert read.pages == (f"http://paper.people.com.cn/rmrb/pc/layout/202609/{day}/node_01.html",)
