"""交通运输部, www.mot.gov.cn and xxgk.mot.gov.cn (TRS WCM). As reported up to 2026-08:

- Rows are links in ``div.tab-pane``; the day stands INSIDE the link, in ``span.badge``.
- Documents lie on ``xxgk.mot.gov.cn/jigou/<司>/YYYYMM/t….html``.
- Unconfirmed: the table of numbers on pages of documents, and the further pages of the lists.
"""

from crawler.site import Expect, PolicySpider, Role, Rules, Site, trs


class MotSpider(PolicySpider):
    name = "mot"
    site = Site(
        publisher="交通运输部",
        role=Role.ORIGINAL,
        domains=("mot.gov.cn",),
        listings=(
            "https://www.mot.gov.cn/gongkai/zcjd/",
            "https://www.mot.gov.cn/xinwen/jiaotongyaowen/",
        ),
        articles=(trs.articles(r"(?:[a-z]+[.])?mot[.]gov[.]cn"),),
        canonical=((r"\?.*$", ""),),
        listing=(trs.listing("div.tab-pane a[title]", link="a[href]", date="span.badge", total=trs.COUNTED),),
        rules=Rules(body=trs.BODIES, drop=trs.DROPS),
        issues=("交通运输部", "交"),
        expects=Expect(articles=15, newest_within_days=21),
    )
