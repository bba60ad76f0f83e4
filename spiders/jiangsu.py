"""江苏省人民政府, www.jiangsu.gov.cn (older Hanweb). As reported up to 2026-08:

- A column page holds its first rows as records in a script, and names how further ones are asked of a proxy
  (``crawler.cms.hanweb``); the day of a row is broken over lines.
- The text stands in ``.artile_zw`` (so spelt), with ``#zoom``.
- Unconfirmed: the table with the number on pages of open information; the bureaus, which are built alike, are not asked.
"""

from crawler.site import Expect, Page, PolicySpider, Role, Rows, Rules, Site, Unreadable, hanweb


class JiangsuSpider(PolicySpider):
    name = "jiangsu"
    site = Site(
        publisher="江苏省人民政府",
        role=Role.ORIGINAL,
        domains=("jiangsu.gov.cn",),
        listings=(
            "https://www.jiangsu.gov.cn/col/col84242/index.html",
            "https://www.jiangsu.gov.cn/col/col84725/index.html",
            "https://www.jiangsu.gov.cn/col/col84239/index.html",
            "https://www.jiangsu.gov.cn/col/col81677/index.html",
        ),
        articles=(hanweb.articles(r"www[.]jiangsu[.]gov[.]cn"),),
        canonical=((r"^http:", "https:"), (r"\?.*$", "")),
        rules=Rules(
            body=(
                ".artile_zw",
                *hanweb.BODIES,
            )
        ),
        expects=Expect(articles=10, newest_within_days=30),
    )

    @classmethod
    def parse_listing(cls, page: Page) -> Rows | Unreadable:
        """Return the records of a column page or of the proxy's answer."""
        return hanweb.rows(page, cls.site)
