"""What the spiders' own readings must stand, beyond the saved pages: strangers' JSON, pages without end, no order."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.models import Article, Outcome, Page, Rows, Unreadable
from crawler.site import PolicySpider, day_of, pages_after, with_query
from spiders.chinanews import ChinanewsSpider
from spiders.gov_cn import GovCnSpider
from spiders.miit import MiitSpider
from spiders.most import MostSpider

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
]
IDS = ["miit column", "miit list", "miit search", "gov_cn", "library", "most", "feed", "scroll"]
KEYS = "success code data html searchResult dataResults groupData totalCount url title deploytime searchVO catMap listVO"
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
def test_a_hostile_list_costs_little_and_lists_nothing(
    spider: type[PolicySpider], url: str, body: bytes
) -> None:
    started = time.process_time()
    read = _list(spider, url, body)
    assert time.process_time() - started < 2
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
