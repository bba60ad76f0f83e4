"""Feeds and site maps: RSS 2.0 as these sites write it, not always well-formed; maps of addresses."""

from __future__ import annotations

import re
from datetime import UTC
from email.utils import parsedate_to_datetime

from lxml import etree

from archive.clock import BEIJING
from archive.model import Link, Page, Rows, Site, Unreadable
from archive.patterns import regex
from crawler.cms import absolute, day_of, no_list, rows_of

_MOST_MAPS = 12
_DAY_IN_ADDRESS = regex(r"/(20\d\d)[-/]?(\d\d)[-/]?(\d\d)/")


def rows(page: Page, site: Site) -> Rows | Unreadable:
    """Return the rows of a feed, or the addresses of a site map.

    A row is dated by its address, or else by ``pubDate``. A map says when an address last changed
    (``lastmod``): that orders its parts, and dates no article.
    """
    # Titles with a bare "&" occur in feeds; other files have no <rss> even when recovered.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    body = re.sub(rb"&(?![#\w]+;)", b"&amp;", page.body.strip())
    try:
        feed = etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        feed = None
    kind = etree.QName(feed).localname if feed is not None and isinstance(feed.tag, str) else ""
    if feed is not None and kind in ("urlset", "sitemapindex"):
        return _map(page, feed, site, is_index=kind == "sitemapindex")
    if feed is None or kind != "rss":
        return no_list(page, "no feed where a feed was asked")
    return rows_of((_link(page, row) for row in feed.iter("item")), site)


def _map(page: Page, feed: etree._Element, site: Site, *, is_index: bool) -> Rows:
    entries = [(_child(one, "loc"), _child(one, "lastmod")) for one in feed if isinstance(one.tag, str)]
    if is_index:
        newest = sorted(entries, key=lambda entry: entry[1], reverse=True)[:_MOST_MAPS]
        return Rows(links=(), pages=tuple(url for loc, _ in newest if (url := absolute(page, loc))))
    urls = [absolute(page, loc) for loc, _ in entries]
    return rows_of((Link(url=url, name="", date=_day(url, "")) for url in urls), site)


def _child(entry: etree._Element, name: str) -> str:
    found = (
        child.text or ""
        for child in entry
        if isinstance(child.tag, str) and etree.QName(child).localname == name
    )
    return next(found, "").strip()


def _link(page: Page, row: etree._Element) -> Link:
    url = absolute(page, row.findtext("link", ""))
    return Link(url=url, name=row.findtext("title", "").strip(), date=_day(url, row.findtext("pubDate", "")))


def _day(url: str, told: str) -> str:
    filed = _DAY_IN_ADDRESS.search(url)
    return "-".join(filed.groups()) if filed else day_of(told) or _beijing_day(told)


def _beijing_day(told: str) -> str:
    """Return the Beijing day of an RSS date (``Mon, 14 Sep 2026 18:30:00 GMT``), "" for other text."""
    try:
        return f"{(parsedate_to_datetime(told[:60]).astimezone(UTC) + BEIJING).date()}"
    except (ValueError, TypeError, OverflowError):
        return ""
