"""中新网, www.chinanews.com.cn (before: www.chinanews.com). As reported up to 2026-07:

- RSS gives the latest rows only. The HTML lists show ``11-22 22:26`` without a year: the year stands in the
  address. The last page of ``/scroll-news/news{N}.html`` is unconfirmed; each page leads to the next while
  it has rows.
- Pages are UTF-8 now and GBK before about 2015. Long articles go on in ``_2.shtml``; the number is the
  identity.
- The page strips any ``?query`` from its address, so no such address is a document. Phones are sent to
  ``m.chinanews.com``, with the same number (its markup was not seen).
- Advertising tables with scripts, the editor's line and a toolbar stand INSIDE the body container. Two
  ``h1``. Comments ``<!--[…] published at …-->`` change daily without any change of the text.
- Copy of this agency ends ``(完)``: a mark of the wire, no part of the text.
"""

import dataclasses
import re
from collections.abc import Iterator

from parsel import Selector

from crawler.site import (
    Expect,
    Link,
    Page,
    PolicySpider,
    Role,
    Rows,
    Rules,
    Site,
    Unreadable,
    absolute,
    day_of,
    no_list,
    rows_of,
    rss,
    text_of,
)


class ChinanewsSpider(PolicySpider):
    name = "chinanews"
    site = Site(
        publisher="中国新闻网",
        role=Role.ORIGINAL,
        domains=("chinanews.com.cn", "chinanews.com"),
        listings=(
            "https://www.chinanews.com.cn/rss/scroll-news.xml",
            "https://www.chinanews.com.cn/rss/china.xml",
            "https://www.chinanews.com.cn/rss/finance.xml",
            "https://www.chinanews.com.cn/scroll-news/news1.html",
        ),
        articles=(
            r"^https?://www\.chinanews\.com(?:\.cn)?/[a-z]{2,8}/\d{4}/\d{2}-\d{2}/\d+(?:_\d+)?\.shtml(?:\?|$)",
        ),
        parts=((r"/(\d+)_\d+\.shtml$", r"/\1.shtml"),),
        canonical=(
            (r"^https?://www\.chinanews\.com(?:\.cn)?/", "https://www.chinanews.com.cn/"),
            (r"\?.*$", ""),
        ),
        rules=Rules(
            title=("div.content > h1", "h1.content_left_title", ".content_left_title"),
            body=("div.left_zw",),
            published=(".left-t", ".content_left_time", "#pubtime_baidu"),
            source=("#source_baidu", ".left-t", ".content_left_time"),
            author=("#author_baidu",),
            drop=("table.adInContent", "div.adEditor", "div.left_name", "#function_code_page"),
            next_pages=("#function_code_page a[href]", "div.left_zw ~ #page_next a[href]"),
            title_suffixes=("-中新网", "_中国新闻网"),
            closing=(r"[(（]完[)）]\s*\Z",),
        ),
        expects=Expect(articles=30, newest_within_days=2),
        delay=2.0,
    )

    @classmethod
    def parse_listing(cls, page: Page) -> Rows | Unreadable:
        """Return the rows of a feed or of an HTML list; the latter leads on to its next page."""
        if page.url.endswith(".xml"):
            return rss.rows(page, cls.site)
        rows = rows_of(_list_links(page), cls.site)
        if not rows.links and not rows.left_out:
            # Where its rows stand there is none: that is an empty list, not another page.
            if Selector(text=text_of(page) or " ", type="html").css(".content_list"):
                return rows
            return no_list(page, "no rows where the list's rows stand (.content_list li)")
        number = re.search(r"/news(\d{1,4})\.html$", page.url)
        further = (absolute(page, f"news{int(number[1]) + 1}.html"),) if number else ()
        return dataclasses.replace(rows, pages=further)


def _list_links(page: Page) -> Iterator[Link]:
    for row in Selector(text=text_of(page) or " ", type="html").css(".content_list li"):
        for a in row.css(".dd_bt a[href]")[:1]:
            url = absolute(page, a.attrib["href"])
            shown = row.css(".dd_time").xpath("string()").get("")
            yield Link(url=url, name=a.xpath("normalize-space()").get(""), date=_with_year(url, shown))


def _day_in(url: str) -> str:
    return day_of(url.replace("/", "-"))


def _with_year(url: str, shown: str) -> str:
    """Return the day shown (``11-22 22:26``) with the year of the address, or the address's own day."""
    filed, day = _day_in(url), re.match(r"\s*(\d{1,2})-(\d{1,2})\b", shown)
    if not filed or not day:
        return filed
    turned = int(day[1]) == 1 and filed[5:7] == "12"
    return f"{int(filed[:4]) + turned}-{int(day[1]):02}-{int(day[2]):02}"
