"""The parts of a spider: a declaration, and two readings of kept pages that most sites keep."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import ClassVar

import scrapy

from archive import extract
from archive.model import (
    Article,
    Earlier,
    Expect,
    Link,
    Listing,
    Page,
    Removed,
    Role,
    Rows,
    Rules,
    Site,
    Unreadable,
)
from archive.urls import posted
from crawler.cms import (
    JsonList,
    absolute,
    asked_for,
    at,
    count_of,
    day_of,
    epaper,
    general,
    gkmlpt,
    hanweb,
    jpaas,
    json_of,
    json_rows,
    no_list,
    pages_after,
    rows_of,
    rss,
    shanghai,
    substitute_page,
    text_of,
    trs,
    ucap,
    visible_text_of,
    with_query,
    xinhua,
)

__all__ = [
    "Article",
    "Earlier",
    "Expect",
    "JsonList",
    "Link",
    "Listing",
    "Page",
    "PolicySpider",
    "Removed",
    "Role",
    "Rows",
    "Rules",
    "Site",
    "Unreadable",
    "absolute",
    "asked_for",
    "at",
    "count_of",
    "day_of",
    "epaper",
    "general",
    "gkmlpt",
    "hanweb",
    "jpaas",
    "json_of",
    "json_rows",
    "no_list",
    "pages_after",
    "posted",
    "rows_of",
    "rss",
    "shanghai",
    "text_of",
    "trs",
    "ucap",
    "visible_text_of",
    "with_query",
    "xinhua",
]


class PolicySpider(scrapy.Spider):
    """One site. Both ``parse_…`` methods run in a reader process and see a kept page, never the network.

    ``like`` names a site of the same table with the same structure: its saved pages stand for this one's,
    too.
    """

    site: ClassVar[Site]
    like: ClassVar[str] = ""

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """Ask for what the frontier holds for this site."""
        # Imported here, because a reader process knows the sites and never asks: the import took half of its
        # start.
        from crawler.feed import Feed

        async for request in Feed.from_crawler(self.crawler).requests():
            yield request

    @classmethod
    def parse_listing(cls, page: Page) -> Rows | Unreadable:
        """Return the rows of a list page by the declared rules, or the trouble in its place."""
        rows = extract.read_rows(page, cls.site)
        return rows if rows.links else (substitute_page(page) or rows)

    @classmethod
    def parse_article(cls, page: Page) -> Article | Unreadable:
        """Return the article of a page by the declared rules, or Unreadable with the reason."""
        return extract.with_pictures(extract.read(page, cls.site), page, cls.site)
