"""Newspapers as printed: a directory for each day, a page for each sheet.

As reported on 2026-10-02:

- The sheets of a day are ``…/layout/YYYYMM/DD/node_NN.html``, ``node_01`` every day, the others as many as
  were printed. A sheet links to its articles (``…/content/YYYYMM/DD/content_N.html``) and to the other
  sheets.
- No address leads to the newest day for certain. A front page that names a sheet is followed. Where it names
  none, the first sheet of the day (in Beijing) on which it was asked is used. Before that day's paper is
  there it answers 404.
- Unconfirmed: that every sheet names the others; that the front pages answer.
"""

from __future__ import annotations

from dataclasses import replace

from parsel import Selector

from archive.clock import beijing_day
from archive.model import Link, Page, Rows, Site
from archive.patterns import regex
from archive.urls import in_domains
from crawler.cms import absolute, rows_of, text_of

_SHEET = regex(r"/layout/(\d{4}-?\d{2})/(\d{2})/node_(\w+)\.html?$")
_MOST_SHEETS = 60


def rows(page: Page, site: Site) -> Rows:
    """Return the articles of a sheet and the day's other sheets; for a front page the newest sheet."""
    anchors = Selector(text=text_of(page) or " ", type="html").css("a[href], area[href]")
    links = [(absolute(page, a.attrib["href"]).partition("#")[0], a) for a in anchors]
    sheets = list(
        dict.fromkeys(url for url, _ in links if _SHEET.search(url) and in_domains(url, site.domains))
    )
    own = _SHEET.search(page.url)
    if own is None:
        return Rows(links=(), pages=tuple(sorted(sheets, key=_day)[-1:]))
    day = "-".join((own[1].replace("-", "")[:4], own[1][-2:], own[2]))
    found = rows_of((Link(url=url, name=_words(a), date=day) for url, a in links if "/content" in url), site)
    beside = [url for url in sheets if url != page.url and _day(url) == _day(page.url)]
    return replace(found, pages=tuple(beside[:_MOST_SHEETS]))


def of_the_day(page: Page, found: Rows, layout: str) -> Rows:
    """Return the sheet that a front page names, else the first sheet of the day on which it was asked."""
    if found.pages or _SHEET.search(page.url) or not page.captured_at:
        return found
    year, month, day = beijing_day(page.captured_at).split("-")
    return replace(found, pages=(layout.format(year=year, month=month, day=day),))


def _day(url: str) -> str:
    sheet = _SHEET.search(url)
    return sheet[1].replace("-", "") + sheet[2] if sheet else ""


def _words(anchor: Selector) -> str:
    return " ".join((anchor.attrib.get("title") or anchor.xpath("string()").get("")).split())
