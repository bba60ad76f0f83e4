"""What the systems of the tables do beyond their saved pages: directions, leads, maps of addresses, forms."""

from __future__ import annotations

import pytest

from archive.model import Page, Rows, Unreadable
from archive.urls import as_asked, canonical_url, posted, site_of
from crawler.reading import spiders

SASAC = "http://www.sasac.gov.cn/n2588035/n2588320/n2588335/"
ROW = '<div class="zsy_conlist"><ul><li><a href="/n2588035/n2588320/n2588335/c34120300/content.html">通知</a></li></ul></div>'


def _read(name: str, url: str, body: str) -> Rows:
    read = spiders()[name].parse_listing(
        Page(url=url, body=body.encode(), content_type="text/html; charset=utf-8")
    )
    assert isinstance(read, Rows)
    return read


def _links(*numbers: int) -> str:
    return "".join(f'<a href="index_2603340_{n}.html">{n}</a> ' for n in numbers)


@pytest.mark.parametrize(
    ("page", "named", "following"),
    [
        ("index.html", _links(29, 28, 27), "29"),
        ("index.html", _links(2, 3, 4), "2"),
        ("index_2603340_28.html", _links(29, 28, 27, 26), "27"),
        ("index_2603340_3.html", _links(2, 3, 4, 5), "4"),
        ("index_2603340_1.html", _links(3, 2, 1), ""),
        ("index.html", _links(29, 1) + '<a href="index_2603340_29.html">下一页</a>', "29"),
        ("index.html", "<script>var maxPageNum = 30;</script>", ""),
    ],
    ids=["down, first", "up, first", "down, within", "up, within", "down, last", "a link that says so", "none named"],
)  # fmt: skip
def test_a_list_is_followed_in_the_direction_in_which_its_pages_are_named(
    page: str, named: str, following: str
) -> None:
    pages = _read("sasac", SASAC + page, ROW + named).pages
    assert pages == ((f"{SASAC}index_2603340_{following}.html",) if following else ())


def test_a_table_of_contents_leads_to_its_years_and_issues() -> None:
    years = "".join(
        f'<li class="booktitle"><a href="/qs/mulu{y}.htm">{y}</a></li>' for y in range(2026, 2000, -1)
    )
    read = _read("qstheory", "http://www.qstheory.cn/qs/mulu.htm", f"<ul>{years}</ul>")
    assert read.links == () and len(read.pages) == 12
    assert read.pages[0] == "http://www.qstheory.cn/qs/mulu2026.htm"
    issue = (
        '<div class="highlight"><a href="/20260914/0123456789abcdef0123456789abcdef/c.html">文章</a></div>'
    )
    assert len(_read("qstheory", read.pages[0], issue).links) == 1


def test_a_front_page_leads_to_the_columns_it_names() -> None:
    column = "/columns/01234567-89ab-4cde-8f01-23456789abcd/index.html"
    read = _read(
        "hebei", "https://www.hebei.gov.cn/", f'<a href="{column}">文件</a><a href="/x.html">别的</a>'
    )
    assert read.is_shell and read.pages == (f"https://www.hebei.gov.cn{column}",)


def test_an_index_of_site_maps_leads_to_its_newest_parts() -> None:
    parts = "".join(
        f"<sitemap><loc>https://www.stdaily.com/map{n}.xml</loc><lastmod>2026-09-{n:02}</lastmod></sitemap>"
        for n in range(1, 20)
    )
    read = _read("stdaily", "https://www.stdaily.com/sitemap.xml", f"<sitemapindex>{parts}</sitemapindex>")
    assert len(read.pages) == 12 and read.pages[0].endswith("map19.xml")


@pytest.mark.parametrize("body", [b"", b"<html>404</html>", b"<rss", b"\xff\xfe<urlset>"], ids=repr)
def test_what_is_no_map_is_no_empty_list(body: bytes) -> None:
    read = spiders()["stdaily"].parse_listing(Page(url="https://www.stdaily.com/sitemap.xml", body=body))
    assert isinstance(read, Unreadable) or read.links == ()


def test_of_a_law_base_the_number_in_the_query_is_the_identity() -> None:
    site = spiders()["xzfg"].site
    url = "http://xzfg.moj.gov.cn/front/law/detail?from=list&LawID=1890&x=1"
    assert canonical_url(url, site) == "https://xzfg.moj.gov.cn/front/law/detail?LawID=1890"


@pytest.mark.parametrize("url", ["https://a.cn/list", "https://a.cn/list?x=1"])
def test_a_form_in_an_address_is_asked_as_it_was_given(url: str) -> None:
    form = "channelCode=A09&name=%E4%B8%AD&page=1"
    assert as_asked(posted(url, form)) == ("POST", url, form.encode())
    assert as_asked(url) == ("GET", url, b"")


def test_no_site_is_built_that_robots_txt_refuses() -> None:
    sites = {name: spider.site for name, spider in spiders().items()}
    assert site_of("https://flk.npc.gov.cn/detail?id=1", sites) is None
    assert site_of("http://www.pbc.gov.cn/rmyh/index.html", sites) is None


def test_what_is_closed_is_known_and_nothing_is_expected_of_it() -> None:
    closed = {name: s for name, s in spiders().items() if getattr(s, "table", "") == "closed"}
    assert {"nhc", "customs", "mps", "mohrss", "nmpa", "chinatax", "moj", "hubei", "gansu", "chengdu"} <= set(
        closed
    )
    assert all(spider.site.expects.articles == 0 for spider in closed.values())
