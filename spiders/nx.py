"""宁夏回族自治区人民政府, www.nx.gov.cn (TRS WCM). As reported up to 2026-08:

- Static pages; articles are named by the day on which they were put there (``tYYYYMMDD_ID``). One crawl of 2026-08 read its
  lists by that form alone: any link of it, and the day beside it.
- Unconfirmed: the markup of a row beyond link and day, the script of the pager, the body's container (those of the
  system are tried).
"""

from crawler.site import Expect, PolicySpider, Role, Rules, Site, trs


class NxSpider(PolicySpider):
    name = "nx"
    site = Site(
        publisher="宁夏回族自治区人民政府",
        role=Role.ORIGINAL,
        domains=("nx.gov.cn",),
        listings=(
            "https://www.nx.gov.cn/zwgk/zc/",
            "https://www.nx.gov.cn/zwxx_11337/zcjd/",
        ),
        articles=(trs.articles(r"www[.]nx[.]gov[.]cn"),),
        canonical=((r"\?.*$", ""),),
        listing=trs.ROWS_BY_ADDRESS,
        rules=Rules(body=trs.BODIES, drop=trs.DROPS),
        expects=Expect(articles=15, newest_within_days=21),
    )
