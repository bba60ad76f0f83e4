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
    JsonList,
    Page,
    PolicySpider,
    Role,
    Rows,
    Rules,
    Site,
    Unreadable,
    json_rows,
)

_API = "https://www.nfra.gov.cn/cbircweb/DocInfo/"
_SIZE = 18
_COLUMN = JsonList(
    rows="data.rows",
    total="data.total",
    page="pageIndex",
    size=_SIZE,
    url=("docId",),
    name=("docSubtitle", "docTitle"),
    date=("publishDate",),
)
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
        return json_rows(page, cls.site, _COLUMN, leads=f"{_API}SelectByDocId?docId={{}}")
