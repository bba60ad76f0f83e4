"""中国政府网, www.gov.cn. As reported up to 2026-10:

- List pages are empty shells; the lists are JSON arrays beside them, newest first, about 1,100 rows, no
  history. History, and documents that no list shows, are only in the library search on sousuo.www.gov.cn: it is
  asked as often as any list. Its answers have two shapes: rows in
  ``listVO``, or grouped in ``catMap`` with a top-level ``totalCount`` of 0. ``code`` 1001 means no match.
  ``type=gwyzcwjk`` must not be sent: it answers 200 without rows. Whether page one is ``p=0`` or ``p=1`` is
  unconfirmed.
- The list of ``/lianbo/`` rests on one report.
- Two templates: formal documents with a table (labels with full-width spaces inside) and articles with
  ``h1#ti``. Both keep the text in ``#UCAP-CONTENT``. There is no ArticleTitle or PubDate here.
- The number in ``content_N`` is the identity within gov.cn. Yet one document often has two numbers (formal
  and library copy), and a third address on the ministry's site: 发文字号 and title tell, never the address.
- The big5 gateway localises words: it is a copy, not a twin, and never merged with the original.
- 政策例行吹风会 are told word for word under ``…/wzsl/``: one line a turn, as on www.scio.gov.cn.
- Sitemaps (``/baidu.xml``, ``/google.xml``) are said to be stale; they are not asked.
- ``/zhengce/zhengceku/`` answers 403 as a directory although its articles answer 200.
"""

from collections.abc import Iterator
from typing import Any

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
    pages_after,
    rows_of,
    visible_text_of,
    with_query,
)

_LIBRARY = (
    "https://sousuo.www.gov.cn/search-gov/data?t=zhengcelibrary_gw&q=&sort=pubtime&timetype=timeqb&p=1&n=50",
    "https://sousuo.www.gov.cn/search-gov/data?t=zhengcelibrary_bm&q=&sort=pubtime&timetype=timeqb&p=1&n=50",
)


class GovCnSpider(PolicySpider):
    name = "gov_cn"
    site = Site(
        publisher="中国政府网",
        role=Role.ORIGINAL,
        domains=("www.gov.cn",),
        listings=(
            "https://www.gov.cn/zhengce/zuixin/ZUIXINZHENGCE.json",
            "https://www.gov.cn/zhengce/jiedu/ZCJD_QZ.json",
            "https://www.gov.cn/yaowen/liebiao/YAOWENLIEBIAO.json",
            "https://www.gov.cn/lianbo/YAOWENLIEBIAO.json",
            *_LIBRARY,
        ),
        articles=(r"^https?://www\.gov\.cn/[^?#]*/content_\d+\.html?(?:\?|$)",),
        canonical=((r"^http:", "https:"), (r"\?.*$", "")),
        transcripts=(r"/zccfh/[^?#]*/wzsl/",),
        rules=Rules(
            title=("h1#ti",),
            body=("#UCAP-CONTENT", ".pages_content"),
            published=("div.pages-date",),
            source=("div.pages-date span.font",),
            title_suffixes=("_中国政府网",),
        ),
        issues=("国务院", "中共中央", "国发", "国办", "国函", "国令"),
        expects=Expect(articles=40, newest_within_days=7),
        referer="https://www.gov.cn/",
    )

    @classmethod
    def parse_listing(cls, page: Page) -> Rows | Unreadable:
        """Return the rows of a JSON list, or of a page of the library search."""
        answer = json_of(page)
        if isinstance(answer, Unreadable):
            return answer
        if "/search-gov/" in page.url:
            return _library_rows(page, answer, cls.site)
        if not isinstance(answer, list):
            return Unreadable(reason="the list is no JSON array")
        return rows_of((_link(page, row) for row in answer), cls.site, announced=len(answer))


def _link(page: Page, row: Any) -> Link:
    return Link(
        url=absolute(page, visible_text_of(at(row, "URL"))),
        name=visible_text_of(at(row, "TITLE")),
        date=day_of(at(row, "DOCRELPUBTIME")),
    )


def _library_rows(page: Page, answer: Any, site: Site) -> Rows | Unreadable:
    if str(at(answer, "code")) == "1001":
        return Rows(links=(), announced=0)
    groups = list(_groups(at(answer, "searchVO")))
    if str(at(answer, "code")) != "200" or not groups:
        return Unreadable(reason=f"the library answered code={at(answer, 'code')}")
    totals = [count_of(at(group, "totalCount")) for group in groups]
    rest = pages_after(count_of(asked_for(page.url, "p")), max(totals), count_of(asked_for(page.url, "n")))
    return rows_of(
        (_library_link(page, row) for group in groups for row in at(group, "listVO") or ()),
        site,
        pages=(with_query(page.url, p=str(n)) for n in rest),
        announced=sum(totals),
    )


def _groups(found: Any) -> Iterator[Any]:
    grouped = at(found, "catMap")
    for group in (found, *(grouped.values() if isinstance(grouped, dict) else ())):
        if isinstance(at(group, "listVO"), list):
            yield group


def _library_link(page: Page, row: Any) -> Link:
    day = day_of(at(row, "pubtimeStr")) or day_of(at(row, "pubtime")) or day_of(at(row, "ptime"))
    return Link(
        url=absolute(page, visible_text_of(at(row, "url"))), name=visible_text_of(at(row, "title")), date=day
    )
