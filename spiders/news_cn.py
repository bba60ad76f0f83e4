"""新华网, www.news.cn (before: www.xinhuanet.com; both names are the same documents). As reported up to 2026-10:

- Lists are JSON beside the sections (``ds_<32 hex>.json``): up to a thousand rows, no paging, HTML in titles. The hashes
  were seen in 2026; a section that is rebuilt gets another one, and its list then answers 404 (``redesigned``).
- Articles are ``/<section>/YYYYMMDD/<32 hex>/c.html``, the section sometimes absent; before, ``/<section>/YYYY-MM/DD/
  c_N.htm``. Provincial hosts (``bj.news.cn``) keep their own name.
- The body is ``#detailContent`` or ``#detail``, in old pages ``#p-detail``; a hidden ``div.seo`` is full of other
  headlines. New pages split the date over ``.year em``, ``.day`` and ``.time``. The tail (【纠错】【责任编辑:…】) is no text.
- Unconfirmed: the feeds (``/politics/news_politics.xml``), which are not asked, that provincial hosts have twins on
  xinhuanet.com under the same path, and which section a fourth hash (``751e4d15…``) belongs to.
"""

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
    at,
    day_of,
    json_of,
    rows_of,
    visible_text_of,
)

_HOST = r"^https?://[a-z0-9-]+\.(?:news\.cn|xinhuanet\.com)/"


class NewsCnSpider(PolicySpider):
    name = "news_cn"
    site = Site(
        publisher="新华网",
        role=Role.ORIGINAL,
        domains=("news.cn", "xinhuanet.com"),
        listings=(
            "https://www.news.cn/politics/zywj/ds_fa4d1c1ddde34b3eb63719d67879d727.json",
            "https://www.news.cn/tech/ds_fd79514d92f34849bc8baef7ce3d5aae.json",
            "https://www.news.cn/fortune/ds_b53aac3e4e6342f699a9e2acdd0ee8fd.json",
        ),
        articles=(
            _HOST + r"(?:[\w-]+/){0,4}\d{8}/[0-9a-f]{32}/c(?:_\d+)?\.html(?:\?|$)",
            _HOST + r"(?:[\w-]+/){0,4}\d{4}-\d{2}/\d{2}/c_\d+(?:_\d+)?\.htm(?:\?|$)",
        ),
        parts=((r"/c_(\d{6,})_\d{1,3}\.htm$", r"/c_\1.htm"), (r"/c_\d{1,3}\.html$", "/c.html")),
        canonical=(
            # Of the old grammar it is not confirmed that news.cn answers for xinhuanet.com: those keep their host.
            (
                r"^https?://([a-z0-9-]+)\.(?:news\.cn|xinhuanet\.com)/(.*/[0-9a-f]{32}/c)",
                r"https://\1.news.cn/\2",
            ),
            (r"^http:", "https:"),
            (r"\?.*$", ""),
        ),
        rules=Rules(
            title=("h1 .title", ".h-title", "div.head-line h1"),
            body=("#detailContent", "#detail", "#p-detail", ".content.clearfix"),
            published=(".h-time",),
            drop=("div.seo", ".tiyi1", "#articleEdit", ".editor", ".zan-wap", "span.tiyi1"),
            title_suffixes=("-新华网", "_新华网"),
        ),
        expects=Expect(articles=60, newest_within_days=2),
        delay=2.0,
    )

    @classmethod
    def parse_listing(cls, page: Page) -> Rows | Unreadable:
        """Return the rows of a section's data source."""
        answer = json_of(page)
        if isinstance(answer, Unreadable):
            return answer
        found = at(answer, "datasource")
        if not isinstance(found, list):
            return Unreadable(reason="the list has no datasource")
        return rows_of((_link(page, row) for row in found), cls.site, announced=len(found))


def _link(page: Page, row: Any) -> Link:
    name = visible_text_of(at(row, "showTitle")) or visible_text_of(at(row, "title"))
    return Link(
        url=absolute(page, visible_text_of(at(row, "publishUrl"))),
        name=name,
        date=day_of(at(row, "publishTime")),
    )
