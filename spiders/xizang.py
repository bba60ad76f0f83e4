"""西藏自治区人民政府, www.xizang.gov.cn (TRS WCM). As reported up to 2026-08:

- Static pages; articles are named by the day on which they were put there (``tYYYYMMDD_ID``). One crawl of 2026-08 read its
  lists by that form alone: any link of it, and the day beside it.
- Unconfirmed: the markup of a row beyond link and day, the script of the pager, the body's container (those of the
  system are tried).
"""

from crawler.site import Expect, PolicySpider, Role, Rules, Site, trs


class XizangSpider(PolicySpider):
    name = "xizang"
    site = Site(
        publisher="西藏自治区人民政府",
        role=Role.ORIGINAL,
        domains=("xizang.gov.cn",),
        listings=("https://www.xizang.gov.cn/zwgk/zfxxgk/fdzdgknr/zc/gz/index.html",),
        articles=(trs.articles(r"www[.]xizang[.]gov[.]cn"),),
        canonical=((r"\?.*$", ""),),
        listing=trs.ROWS_BY_ADDRESS,
        rules=Rules(body=trs.BODIES, drop=trs.DROPS),
        expects=Expect(articles=15, newest_within_days=21),
    )
