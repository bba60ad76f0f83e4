"""大汉版通 (Hanweb jpaas), the publishing system of 工信部, 商务部, 住建部, 市场监管总局 and many others.

As reported up to 2026-10:

- A column page holds no list. A script in it names, in ``queryData`` (a dict in single quotes, not JSON), the
  ids with which one GET endpoint gives the list as JSON whose ``data.html`` is a fragment. The ids are read
  from the page, never configured; ``parseType`` is ``buildstatic`` on one site and ``bulidstatic`` on the
  others: what the page says is sent.
- Further pages need ``paramJson``; a bare ``pageNo`` is ignored, and page 1 comes back for ever. Rows, count
  and page number stand in attributes of ``.pagination``, on some sites in a script.
- A row is ``li`` with link and date; on 市场监管总局 link and date are two ``li`` beside each other; on 住建部 the
  date in a row may be the day on which a consultation ends (截止日期), which dates nothing.
- Attached files are addresses with an ending, or ``…/document/download?fileUrl=…`` without one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from parsel import Selector

from archive.lists.drafting import BY_NAME
from archive.model import Link, Page, Rows, Site, Unreadable
from archive.patterns import regex
from crawler.cms import (
    absolute,
    asked_for,
    at,
    count_of,
    day_of,
    json_of,
    no_list,
    pages_after,
    rows_of,
    text_of,
    visible_text_of,
    with_query,
)

_PAIR = regex(r"'(\w+)'\s*:\s*'([^']*)'")
_COUNTED = regex(r"\b(rows|count|pageNo)['\"]?\s{0,3}[:=]\s{0,3}['\"]?(\d{1,9})\b", re.IGNORECASE)
# 截止日期, 起至止, or one day to another: the period of a consultation.
_PERIOD = regex(r"截止|起.{0,2}止|\d\s*日?\s*(?:至|到|—|~)\s*20\d\d")
_NAMES_A_LIST = regex(r"list|列表|右侧|内容|分页", re.IGNORECASE)


def articles(host: str) -> str:
    """Return the grammar of the articles on a host, given as a regular expression.

    Their addresses have 32 hex digits, older ones have ids.
    """
    return BY_NAME["jpaas"].on(host)


def rows(page: Page, site: Site) -> Rows | Unreadable:
    """Return the address of a column's list, or the rows of such an answer or of the site's search."""
    if "/search-front-server/" in page.url:
        return _search_rows(page, site)
    return _column_rows(page, site) if "/api-gateway/" in page.url else _list_address(page)


def _list_address(page: Page) -> Rows | Unreadable:
    column = Selector(text=text_of(page) or " ", type="html")
    told = column.css(".clist_con [querydata], .lmy_main_rb [querydata]") or column.css("[querydata]")
    asks = [
        (script.attrib.get("url", ""), dict(_PAIR.findall(script.attrib["querydata"]))) for script in told
    ]
    lists = [(url, asked) for url, asked in asks if url and asked.get("pageType") == "column"]
    if not lists:
        return no_list(page, "the column page names no list (no queryData)")
    # A page may have other blocks of this kind; the list's tag identifies it.
    url, asked = min(lists, key=lambda one: _NAMES_A_LIST.search(one[1].get("tagId", "")) is None)
    return Rows(links=(), pages=(with_query(absolute(page, url), **asked),))


def _column_rows(page: Page, site: Site) -> Rows | Unreadable:
    answer = json_of(page)
    if isinstance(answer, Unreadable):
        return answer
    html = at(answer, "data", "html")
    if at(answer, "success") is not True or str(at(answer, "code")) != "200" or not isinstance(html, str):
        return Unreadable(
            reason=f"the list answered success={at(answer, 'success')}, code={at(answer, 'code')}"
        )
    fragment = Selector(text=html or " ", type="html")
    paging = _paging(fragment, html)
    current, total = _page_asked(page.url), count_of(paging.get("count"))
    if "pageno" in paging and count_of(paging["pageno"]) != current:
        said = f"page {current} was asked, page {paging['pageno']} answered"
        return Unreadable(reason=said, flags=("repeated_page",))
    rest = pages_after(current, total, count_of(paging.get("rows")))
    return rows_of(
        _column_links(page, fragment),
        site,
        pages=(with_query(page.url, paramJson=_param_json(n, paging["rows"])) for n in rest),
        announced=total if "count" in paging else None,
    )


def _paging(fragment: Selector, html: str) -> Mapping[str, str]:
    """Return rows, count and page number from the pager's attributes, else from the fragment's script."""
    for pager in fragment.css(".pagination"):
        if "count" in pager.attrib:
            return dict(pager.attrib)
    said: dict[str, str] = {}
    for name, value in _COUNTED.findall(html[-20_000:]):
        said.setdefault(name.lower(), value)
    return said


def _column_links(page: Page, fragment: Selector) -> Iterator[Link]:
    lists = fragment.css(".page-content li") or fragment.css("li")
    for row in lists:
        for a in row.css("a[href]:not([href^='javascript'])")[:1]:
            title = a.css(".title-info").xpath("string()").get("")
            name = a.attrib.get("title") or title or a.xpath("string()").get("")
            yield Link(url=absolute(page, a.attrib["href"]), name=" ".join(name.split()), date=_day(row))


def _day(row: Selector) -> str:
    """Return the day beside a row's link, or in the ``li`` after it; a consultation's period is no date."""
    beside = "".join(row.xpath(".//text()[not(ancestor::a)]").getall())
    after = "".join(row.xpath("following-sibling::li[1][not(.//a)]//text()").getall())
    inside = "".join(row.css("a span").xpath("string()").getall())
    return next((d for t in (beside, after, inside) if not _PERIOD.search(t) and (d := day_of(t))), "")


def _page_asked(url: str) -> int:
    found = re.search(r'"pageNo":"?(\d{1,6})', asked_for(url, "paramJson"))
    return int(found[1]) if found else 1


def _param_json(number: int, size: str) -> str:
    return json.dumps({"pageNo": number, "pageSize": size}, separators=(",", ":"))


def _search_rows(page: Page, site: Site) -> Rows | Unreadable:
    answer = json_of(page)
    if isinstance(answer, Unreadable):
        return answer
    if str(at(answer, "code")) != "200":
        return Unreadable(reason=f"the search answered code={at(answer, 'code')}")
    found = at(answer, "data", "searchResult")
    total = count_of(at(found, "totalCount"))
    rest = pages_after(count_of(asked_for(page.url, "p")), total, count_of(asked_for(page.url, "pg")))
    return rows_of(
        (_search_link(page, hit) for hit in _hits(at(found, "dataResults"))),
        site,
        pages=(with_query(page.url, p=str(n)) for n in rest),
        announced=total,
    )


def _hits(found: Any) -> Iterator[Any]:
    for row in found if isinstance(found, list) else ():
        group = at(row, "groupData")
        for one in group if isinstance(group, list) else (row,):
            yield at(one, "data")


def _search_link(page: Page, hit: Any) -> Link:
    day = day_of(at(hit, "jsearch_date")) or day_of(at(hit, "deploytime")) or day_of(at(hit, "publishtime"))
    return Link(
        url=absolute(page, visible_text_of(at(hit, "url"))), name=visible_text_of(at(hit, "title")), date=day
    )
