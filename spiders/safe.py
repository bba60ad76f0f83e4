"""国家外汇管理局, www.safe.gov.cn. As reported up to 2026-07:

- Rows stand in ``div.list_conr``: ``dt a[title]`` with the day in ``dd``. Pages are ``index.html``, ``index_N.html``.
- Articles are ``/safe/YYYY/MMDD/<id>.html``; the id is the identity. robots.txt answered 404 (nothing is forbidden).
- Regional bureaus on the same host are taken where a list leads to them. Unconfirmed: whether they are, and the pager.
"""

from crawler.site import Expect, Listing, Page, PolicySpider, Role, Rows, Rules, Site, Unreadable, general


class SafeSpider(PolicySpider):
    name = "safe"
    site = Site(
        publisher="国家外汇管理局",
        role=Role.ORIGINAL,
        domains=("safe.gov.cn",),
        listings=(
            "https://www.safe.gov.cn/safe/zcfg/index.html",
            "https://www.safe.gov.cn/safe/zcfgjd/index.html",
            "https://www.safe.gov.cn/safe/whxw/index.html",
            "https://www.safe.gov.cn/safe/xwfb/index.html",
            "https://www.safe.gov.cn/safe/sjjd/index.html",
        ),
        articles=(r"^https?://www\.safe\.gov\.cn/(?:[^?#]*/)?\d{4}/\d{4}/\d+\.html(?:\?|$)",),
        canonical=((r"^http:", "https:"), (r"\?.*$", "")),
        listing=(Listing(rows="div.list_conr li", link="dt a[href]", date="dd"),),
        rules=Rules(body=(".detail-content",)),
        expects=Expect(articles=10, newest_within_days=30),
    )

    @classmethod
    def parse_listing(cls, page: Page) -> Rows | Unreadable:
        """Return a list's rows, and the further pages that its pager names."""
        return general.further(page, super().parse_listing(page))
