"""北京市人民政府, 首都之窗, www.beijing.gov.cn (TRS, static pages). As reported up to 2026-10:

- Several columns give ALL their rows on page one and cut them up in a script (``.default_news li``, 15 a page): then
  no page 2 exists. Elsewhere ``createPageHTML(rows, pages, current, …)`` counts pages in its SECOND number.
- A row may carry ``<i class="flag">``: ``是`` marks a real one, an empty flag a test or a row for search engines,
  which is left out and counted. Some columns show cards (``p.c-bt-t``) instead, with the day inside brackets.
- Metadata stand beside the text as ``th``/``td`` or ``dt``/``dd``: 发文字号, 发文机关, 成文日期, 发布日期, 索引号.
- The big5 gateway (``/gate/big5/www.beijing.gov.cn/…``) localises words (互联网 becomes 網際網路, 支持 支援): it is a
  copy under this host, is cited as if it were the original, and is never merged with it.
- Sub-hosts in other languages are other documents; departments (``kw.``, ``zgcgw.``) are other sites.
- Unconfirmed: which columns are cards, and that ``/gongkai/zfxxgk/zc/gz/`` is built like the others.
"""

import dataclasses
import re

from crawler.site import (
    Expect,
    Page,
    PolicySpider,
    Role,
    Rows,
    Rules,
    Site,
    Unreadable,
    text_of,
    trs,
)

_CUT_UP_BY_SCRIPT = re.compile(r"['\"(]\s?\.default_news\s+li\b")


class BeijingSpider(PolicySpider):
    name = "beijing"
    site = Site(
        publisher="北京市人民政府",
        role=Role.ORIGINAL,
        domains=("www.beijing.gov.cn",),
        listings=(
            "https://www.beijing.gov.cn/zhengce/zfwj/zfwj2016/szfwj/",
            "https://www.beijing.gov.cn/zhengce/zfwj/zfwj2016/bgtwj/",
            "https://www.beijing.gov.cn/zhengce/gfxwj/",
            "https://www.beijing.gov.cn/zhengce/zhengcefagui/",
            "https://www.beijing.gov.cn/zhengce/zcjd/",
            "https://www.beijing.gov.cn/gongkai/zfxxgk/zc/gz/",
            "https://www.beijing.gov.cn/ywdt/gzdt/",
            "https://www.beijing.gov.cn/fuwu/lqfw/gggs/",
        ),
        articles=(trs.articles(r"www\.beijing\.gov\.cn"),),
        canonical=((r"^http:", "https:"), (r"\?.*$", "")),
        listing=(
            trs.listing(
                "li:has(> a[href]):has(> b.u_time), li:has(> a[href]):has(> i.flag), li:has(> a[href]):has(> span)",
                date="b.u_time, span",
                mark="i.flag",
            ),
            trs.listing("li:has(p.c-bt-t)", link="p.c-bt-t > a[href]", date="p.c-bt-c"),
            trs.listing("div:has(> p.c-bt-t)", link="p.c-bt-t > a[href]", date="p.c-bt-c"),
        ),
        rules=Rules(
            body=(
                "#mainText",
                ".view-content",
                ".article",
                ".TRS_Editor",
                ".trs_editor_view",
                "#UCAP-CONTENT",
            ),
            drop=trs.DROPS,
        ),
        issues=("北京市人民政府", "京政"),
        expects=Expect(articles=30, newest_within_days=7),
        referer="https://www.beijing.gov.cn/",
    )

    @classmethod
    def parse_listing(cls, page: Page) -> Rows | Unreadable:
        """Return the rows of a list; one that its script cuts up has no further pages."""
        rows = super().parse_listing(page)
        if isinstance(rows, Rows) and _CUT_UP_BY_SCRIPT.search(text_of(page)):
            return dataclasses.replace(rows, pages=(), counted=None)
        return rows
