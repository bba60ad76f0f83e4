"""黑龙江省人民政府, www.hlj.gov.cn (UCAP). As reported up to 2026-08:

- Lists are channels asked as JSON at ``/common/search/<channel>``; the rows carry number, days and the text itself
  (``contentHtml``). Here the article's own page is read: it is what a reader can be sent to.
- Unconfirmed: the form of the articles' addresses (both of the system's are taken), and the container of the text.
"""

from crawler.site import Expect, Page, PolicySpider, Role, Rows, Rules, Site, Unreadable, ucap


class HljSpider(PolicySpider):
    name = "hlj"
    site = Site(
        publisher="黑龙江省人民政府",
        role=Role.ORIGINAL,
        domains=("hlj.gov.cn",),
        listings=ucap.addresses(
            "https://www.hlj.gov.cn",
            "c947f2e53a7c471b8f51976dd0c6dd00 "
            "c7eb6a51b99845ea906d5ec83b0f8e27 "
            "846ad3c5e14b4c37a37f824dbedd3cd7 "
            "3353015959114703a571ccc3d27abb3c "
            "817052cbb3a94d0d8217824e7a3aca53 "
            "b9e6fb997e274f05a8f8b0f2b7582a1c "
            "6af535e7c17640ababf8f17adbaddac0",
            word="common/search",
            size=15,
        ),
        articles=(ucap.articles(r"www[.]hlj[.]gov[.]cn"),),
        canonical=((r"^http:", "https:"), (r"\?.*$", "")),
        rules=Rules(body=ucap.BODIES, drop=ucap.DROPS),
        expects=Expect(articles=10, newest_within_days=30),
    )

    @classmethod
    def parse_listing(cls, page: Page) -> Rows | Unreadable:
        """Return the rows of a channel's answer."""
        return ucap.rows(page, cls.site)
