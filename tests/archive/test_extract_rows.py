"""List pages: rows by the declared dialects, further pages, and what is left out."""

from __future__ import annotations

import dataclasses

import pytest

from archive.extract import read_rows
from archive.model import Link, Listing, Page, Role, Site

TOTAL = r"(?:total\s*:\s*['\"]?|createPageHTML\(\s*)(\d+)"
SITE = Site(
    publisher="某部",
    role=Role.ORIGINAL,
    domains=("example.gov.cn",),
    articles=(r"/t\d{8}_\d+\.html?$",),
    listing=(
        Listing(rows="ul.info > li", date="span.date", total=TOTAL, pages="index_{n}.html", first=0),
        Listing(
            rows="tr:has(a.item)",
            link="a.item[href]",
            date=".rq",
            total=TOTAL,
            pages="index_{n}.html",
            first=0,
        ),
    ),
)
URL = "https://www.example.gov.cn/tztg/"


def rows(body: str) -> Page:
    return Page(
        url=URL, body=f"<html><body>{body}</body></html>".encode(), content_type="text/html; charset=utf-8"
    )


def test_rows_are_absolute_titled_and_dated() -> None:
    found = read_rows(
        rows(
            "<ul class=info><li><a href='./202609/t20260908_12.html' title='关于某事的完整标题的通知'>关于某事的…</a>"
            "<span class='date'>2026-09-08</span></li></ul><script>createPageHTML(3, 0, 'index', 'html')</script>"
        ),
        SITE,
    )
    assert found.links == (
        Link(url=URL + "202609/t20260908_12.html", name="关于某事的完整标题的通知", date="2026-09-08"),
    )
    assert found.pages == (URL + "index_1.html", URL + "index_2.html")
    assert (found.counted, found.announced) == (3, None)


def test_the_dialect_that_gives_rows_is_used() -> None:
    found = read_rows(
        rows(
            "<table><tr><td><a class=item href='202606/t20260601_5.html'>某办法</a></td><td class=rq>2026年6月1日</td></tr></table>"
        ),
        SITE,
    )
    assert [(link.name, link.date) for link in found.links] == [("某办法", "2026-06-01")]


def test_rows_off_the_site_or_its_grammar_are_counted_and_files_are_kept() -> None:
    found = read_rows(
        rows(
            "<ul class=info><li><a href='https://other.example/t20260101_1.html'>别处</a></li><li><a href='/zt/index.html'>专题</a></li>"
            "<li><a href='javascript:void(0)'>无</a></li><li><a href='http://['>坏</a></li>"
            "<li><a href='W020260101.pdf'>名单.pdf</a></li><li><a href='t20260102_2.html'>通知</a></li></ul>"
        ),
        SITE,
    )
    assert [link.url for link in found.links] == [URL + "W020260101.pdf", URL + "t20260102_2.html"]
    assert found.left_out == 4


def test_a_row_without_a_date_takes_the_day_in_its_address_and_says_so() -> None:
    found = read_rows(rows("<ul class=info><li><a href='t20260102_2.html'>通知</a></li></ul>"), SITE)
    assert found.links[0].date == "2026-01-02" and "date_from_address" in found.flags


def test_a_list_without_rows_says_so_and_a_broken_base_is_ignored() -> None:
    found = read_rows(rows("<base href='http://['><p>没有列表</p>"), SITE)
    assert found.links == () and "no_rows" in found.flags


def test_an_announced_million_pages_is_believed_for_two_thousand() -> None:
    found = read_rows(
        rows(
            "<ul class=info><li><a href='t20260102_2.html'>通</a></li></ul><script>createPageHTML(1000000,0)</script>"
        ),
        SITE,
    )
    assert len(found.pages) == 1_999 and found.counted == 1_000_000


MARKED = dataclasses.replace(
    SITE,
    listing=(Listing(rows="li:has(a)", mark="i.flag"), Listing(rows="", total=TOTAL, pages="index_{n}.html")),
)


def test_a_row_with_an_empty_mark_is_counted_and_left_out() -> None:
    found = read_rows(
        rows(
            "<ul><li><i class=flag>是</i><a href='t20260908_1.html'>真的一行</a></li>"
            "<li><i class=flag> </i><a href='t20260908_2.html'>测试的一行</a></li>"
            "<li><a href='t20260908_3.html'>没有标记的一行</a></li></ul>"
        ),
        MARKED,
    )
    assert [link.name for link in found.links] == ["真的一行", "没有标记的一行"]
    assert found.left_out == 1


def test_every_link_is_taken_only_where_no_row_is_found_and_the_reading_says_so() -> None:
    body = "<div><a href='t20260908_1.html'><img></a><a href='t20260908_1.html'>标题</a><em>2026-09-07</em></div>"
    found = read_rows(rows(body + "<script>createPageHTML(2, 0)</script>"), MARKED)
    assert [(link.name, link.date) for link in found.links] == [("标题", "2026-09-07")]
    assert "rule_missed" in found.flags
    rowed = read_rows(rows(f"<ul><li>{body}</li></ul>"), MARKED)
    assert "rule_missed" not in rowed.flags
    assert len(rowed.links) == 1


def test_a_row_is_named_by_the_link_that_leads_to_its_article() -> None:
    found = read_rows(
        rows(
            "<ul><li><a href='/col/7/'>通知</a><a href='t20260908_1.html'><img></a>"
            "<a href='t20260908_1.html'>关于某事的通知</a><span>2026-09-08</span></li></ul>"
        ),
        MARKED,
    )
    assert [(link.name, link.date) for link in found.links] == [("关于某事的通知", "2026-09-08")]
    assert found.left_out == 0


@pytest.mark.parametrize(
    ("address", "day"),
    [
        ("/n1/2026/0908/c1-2.html", "2026-09-08"),
        ("/gn/2026/09-08/1.shtml", "2026-09-08"),
        ("/2026-09/08/content_1.htm", "2026-09-08"),
        ("/202609/t20260908_1.html", "2026-09-08"),
        ("/20260908/0a1b/c.html", "2026-09-08"),
        ("/kjfw/202609/0a1b.shtml", ""),
        ("/1998/13/45/1.html", ""),
    ],
)
def test_the_day_in_an_address_dates_a_row_that_shows_none(address: str, day: str) -> None:
    site = dataclasses.replace(SITE, articles=(r"html?$",), listing=(Listing(rows="li"),))
    found = read_rows(rows(f"<ul><li><a href='{address}'>标题</a></li></ul>"), site)
    assert found.links[0].date == day
    assert ("date_from_address" in found.flags) == bool(day)
