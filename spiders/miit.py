"""工业和信息化部, www.miit.gov.cn (大汉版通 jpaas behind a 知道创宇 CDN). As reported up to 2026-10:

- A column page holds no list. A script in it names, in ``queryData`` (a dict in single quotes, not JSON),
  the ids with which one GET endpoint gives the list as JSON whose ``data.html`` is a fragment. The ids are
  read from the page, never configured. POST is answered 500.
- Further pages need ``paramJson``; a bare ``pageNo`` is ignored, and page 1 comes back for ever.
- 文件发布 has no column any more; its list is the site search (category 51), whose rows come in two shapes.
- Both a browser-like User-Agent and a Referer are asked for, else 403; 521 in 2021-22, still on
  beian.miit.gov.cn.
- ``wap.`` carries the same articles under the same paths. The 32 hex digits are the identity; that one of
  them stands under several columns is unconfirmed. Paths from before 2020 (``/n1146295/…``) answer 403.
- Some attachments are linked on an authoring host (``jyhwzhq.``) that refuses outsiders; the same path on
  www works.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

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
    asked_for,
    at,
    count_of,
    day_of,
    json_of,
    no_list,
    pages_after,
    rows_of,
    shown,
    text_of,
    with_query,
)

_PAIR = re.compile(r"'(\w+)'\s*:\s*'([^']*)'")


class MiitSpider(PolicySpider):
    name = "miit"
    site = Site(
        publisher="工业和信息化部",
        role=Role.ORIGINAL,
        domains=("miit.gov.cn",),
        listings=(
            "https://www.miit.gov.cn/xwfb/szyw/index.html",
            "https://www.miit.gov.cn/xwfb/bldhd/index.html",
            "https://www.miit.gov.cn/jgsj/kjs/wjfb/index.html",
            "https://www.miit.gov.cn/gxsj/tjfx/rjy/index.html",
            "https://www.miit.gov.cn/gxsj/tjfx/txy/index.html",
            "https://www.miit.gov.cn/gzcy/yjzj/index.html",
            "https://www.miit.gov.cn/zwgk/wjgs/index.html",
            "https://www.miit.gov.cn/zwgk/zcjd/index.html",
            "https://www.miit.gov.cn/search-front-server/api/search/info?websiteid=110000000000000"
            "&category=51&q=&scope=basic&dateField=deploytime&group=distinct"
            "&sortFields=%5B%7B%22name%22%3A%22deploytime%22%2C%22type%22%3A%22desc%22%7D%5D&pg=15&p=1",
        ),
        articles=(r"^https?://(?:www|wap)\.miit\.gov\.cn/[^?#]*/art/\d{4}/art_[0-9a-f]{32}\.html(?:\?|$)",),
        canonical=((r"^https?://(?:www|wap)\.", "https://www."), (r"\?.*$", "")),
        rules=Rules(
            title=("h1#con_title",),
            body=("#con_con",),
            published=("#con_time",),
            source=("div.cinfo > span:not(#con_time)",),
            doc_number=("span.xxgk-fwzh",),
            drop=("div.article_fd", "#ewm"),
        ),
        expects=Expect(articles=20, newest_within_days=14),
        referer="https://www.miit.gov.cn/",
    )

    @classmethod
    def parse_listing(cls, page: Page) -> Rows | Unreadable:
        """Return where a column's list is to be asked, the rows of such an answer, or those of the search."""
        if "/search-front-server/" in page.url:
            return _search_rows(page, cls.site)
        return _column_rows(page, cls.site) if "/api-gateway/" in page.url else _list_address(page)


def _list_address(page: Page) -> Rows | Unreadable:
    column = Selector(text=text_of(page) or " ", type="html")
    for script in column.css(".clist_con [querydata], .lmy_main_rb [querydata]") or column.css("[querydata]"):
        asked = dict(_PAIR.findall(script.attrib["querydata"]))
        if "url" in script.attrib and asked.get("pageType") == "column":
            return Rows(links=(), pages=(with_query(absolute(page, script.attrib["url"]), **asked),))
    return no_list(page, "the column page names no list (no queryData)")


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
    paging = next((p.attrib for p in fragment.css(".pagination")), {})
    current, total = _page_asked(page.url), count_of(paging.get("count"))
    if "pageno" in paging and count_of(paging["pageno"]) != current:
        return Unreadable(reason=f"page {current} was asked, page {paging['pageno']} answered")
    rest = pages_after(current, total, count_of(paging.get("rows")))
    return rows_of(
        _column_links(page, fragment),
        site,
        pages=(with_query(page.url, paramJson=_param_json(n, paging["rows"])) for n in rest),
        announced=total if "count" in paging else None,
    )


def _column_links(page: Page, fragment: Selector) -> Iterator[Link]:
    for row in fragment.css(".page-content li"):
        for a in row.css("a[href]")[:1]:
            name = a.attrib.get("title") or a.xpath("string()").get("")
            url = absolute(page, a.attrib["href"])
            yield Link(url=url, name=name.strip(), date=day_of(row.css("span").xpath("string()").get()))


def _page_asked(url: str) -> int:
    found = re.search(r'"pageNo":"?(\d{1,6})', asked_for(url, "paramJson"))
    return int(found[1]) if found else 1


def _param_json(number: int, rows: str) -> str:
    return json.dumps({"pageNo": number, "pageSize": rows}, separators=(",", ":"))


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


def _hits(rows: Any) -> Iterator[Any]:
    for row in rows if isinstance(rows, list) else ():
        group = at(row, "groupData")
        for one in group if isinstance(group, list) else (row,):
            yield at(one, "data")


def _search_link(page: Page, hit: Any) -> Link:
    day = day_of(at(hit, "jsearch_date")) or day_of(at(hit, "deploytime")) or day_of(at(hit, "publishtime"))
    return Link(url=absolute(page, shown(at(hit, "url"))), name=shown(at(hit, "title")), date=day)
