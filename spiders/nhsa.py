"""国家医疗保障局, www.nhsa.gov.cn (older Hanweb). As reported up to 2026-08:

- About 45 rows stand as records in the column page; the last span of a row is its day, another may hold a number (索引号
  ``YYYY-MM-NNNNN`` looks like a day and is none).
- Further pages go through an encrypted proxy and are not asked: what was on page 1 is what is seen.
- Unconfirmed: the container of the text (those of the system are tried).
"""

from crawler.site import Expect, Page, PolicySpider, Role, Rows, Rules, Site, Unreadable, hanweb


class NhsaSpider(PolicySpider):
    name = "nhsa"
    site = Site(
        publisher="国家医疗保障局",
        role=Role.ORIGINAL,
        domains=("nhsa.gov.cn",),
        listings=(
            "https://www.nhsa.gov.cn/col/col104/index.html",
            "https://www.nhsa.gov.cn/col/col105/index.html",
        ),
        articles=(hanweb.articles(r"www[.]nhsa[.]gov[.]cn"),),
        canonical=((r"^http:", "https:"), (r"\?.*$", "")),
        rules=Rules(body=(*hanweb.BODIES,)),
        expects=Expect(articles=10, newest_within_days=30),
    )

    @classmethod
    def parse_listing(cls, page: Page) -> Rows | Unreadable:
        """Return the records of a column page or of the proxy's answer."""
        return hanweb.rows(page, cls.site)
