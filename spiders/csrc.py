"""中国证券监督管理委员会, www.csrc.gov.cn (UCAP). As reported up to 2026-06:

- Lists are channels asked as JSON (``crawler.cms.ucap``); the channel stands in ``meta[name=channelid]`` of the column page.
- A burst of requests is answered 200 with the front page; one request in two seconds was borne. Such an answer holds no
  JSON, and is unreadable here.
- The text stands in ``.detail-news``.
- Unconfirmed: that a channel keeps its number when a column is moved.
"""

from crawler.site import Expect, Page, PolicySpider, Role, Rows, Rules, Site, Unreadable, ucap


class CsrcSpider(PolicySpider):
    name = "csrc"
    site = Site(
        publisher="中国证券监督管理委员会",
        role=Role.ORIGINAL,
        domains=("csrc.gov.cn",),
        listings=ucap.addresses(
            "https://www.csrc.gov.cn",
            "a1a078ee0bc54721ab6b148884c784a8 "
            "5dd8a3ce6b134e3c88d21dabf0b6d4a5 "
            "17d5ff2fe43e488dba825807ae40d63f "
            "28de6b87eda140cb93de4dd10d11867d "
            "cd11df89f5894c1eac37ae37cc11e369",
            word="searchList",
            size=18,
        ),
        articles=(ucap.articles(r"www[.]csrc[.]gov[.]cn"),),
        canonical=((r"^http:", "https:"), (r"\?.*$", "")),
        rules=Rules(body=ucap.BODIES, drop=ucap.DROPS),
        expects=Expect(articles=10, newest_within_days=30),
    )

    @classmethod
    def parse_listing(cls, page: Page) -> Rows | Unreadable:
        """Return the rows of a channel's answer."""
        return ucap.rows(page, cls.site)
