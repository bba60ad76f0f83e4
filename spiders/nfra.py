"""国家金融监督管理总局, www.nfra.gov.cn. As reported up to 2026-04:

- Lists are JSON, ``SelectDocByItemIdAndChild`` with ``itemId`` (the column), ``pageSize`` and ``pageIndex`` (from 1):
  ``data.rows[]`` with ``docId``, ``docSubtitle``, ``publishDate``. So are the articles, ``SelectByDocId?docId=N``:
  ``data.docTitle``, ``docClob`` (HTML), ``publishDate``, ``docSource``, ``attachmentInfoVOList``.
- People are shown ``/cn/view/pages/ItemDetail.html?docId=N&itemId=M``, an empty page that a script fills. ``docId`` is the identity;
  both addresses name one document, known by the address that holds its text.
- Unconfirmed: the count beside the rows (``data.total``), and that a column keeps its number.
"""

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

_API = "https://www.nfra.gov.cn/cbircweb/DocInfo/"
_SIZE = 18
# 监管动态, 政策解读, 公告, 政策法规, 行政处罚 (总局机关、监管局本级、监管分局本级).
_COLUMNS = (915, 916, 925, 926, 4113, 4114, 4115)


class NfraSpider(PolicySpider):
    name = "nfra"
    site = Site(
        publisher="国家金融监督管理总局",
        role=Role.ORIGINAL,
        domains=("www.nfra.gov.cn", "nfra.gov.cn"),
        listings=tuple(
            f"{_API}SelectDocByItemIdAndChild?itemId={column}&pageSize={_SIZE}&pageIndex=1" for column in _COLUMNS
        ),
        articles=(
            r"^https?://www\.nfra\.gov\.cn/(?:cbircweb/DocInfo/SelectByDocId|cn/view/pages/ItemDetail\.html)"
            r"\?(?:[^#]*&)?docId=\d+(?:&|$)",
        ),
        canonical=(
            (r"^http:", "https:"),
            (r"/(?:cbircweb/DocInfo/SelectByDocId|cn/view/pages/ItemDetail\.html)\?(?:[^#]*&)?docId=(\d+).*$",
             r"/cbircweb/DocInfo/SelectByDocId?docId=\1"),
        ),
        rules=Rules(
            answer=(
                ("title", "data.docTitle"),
                ("body", "data.docClob"),
                ("published", "data.publishDate"),
                ("source", "data.docSource"),
                ("files", "data.attachmentInfoVOList:urlOtherName:attachmentName"),
            )
        ),
        issues=("国家金融监督管理总局", "金融监管总局", "中国银保监会"),
        expects=Expect(articles=18, newest_within_days=14),
        referer="https://www.nfra.gov.cn/",
    )  # fmt: skip

    @classmethod
    def parse_listing(cls, page: Page) -> Rows | Unreadable:
        """Return the rows of a column's answer and the pages that follow."""
        answer = json_of(page)
        if isinstance(answer, Unreadable):
            return answer
        found = at(answer, "data", "rows")
        if not isinstance(found, list):
            return Unreadable(reason="the column's answer holds no rows")
        total = count_of(at(answer, "data", "total"))
        rest = pages_after(count_of(asked_for(page.url, "pageIndex")) or 1, total, _SIZE)
        links = (
            Link(
                url=f"{_API}SelectByDocId?docId={number}" if (number := count_of(at(row, "docId"))) else "",
                name=visible_text_of(at(row, "docSubtitle")) or visible_text_of(at(row, "docTitle")),
                date=day_of(at(row, "publishDate")),
            )
            for row in found
        )
        further = (with_query(page.url, pageIndex=str(number)) for number in rest)
        return rows_of(links, cls.site, pages=further, announced=total or None)
