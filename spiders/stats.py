"""国家统计局, www.stats.gov.cn (TRS WCM). As reported up to 2026-08:

- Each row has two links, one for computers (``a.pchide``) and one for telephones; taken blindly they double the list.
- Articles: title ``div.detail-title h1``, day in ``div.detail-title-des``. The body repeats its tables for computers in
  ``.pchide``; the other copy is kept. Attachments carry their true address in ``a[oldsrc]``.
- A cookie ``wzws_sessionid`` is set and not needed. robots.txt answered 404 in 2026-07.
- Unconfirmed: whether a text that stands in ``.pchide`` alone exists.
"""

from crawler.site import Expect, PolicySpider, Role, Rules, Site, trs


class StatsSpider(PolicySpider):
    name = "stats"
    site = Site(
        publisher="国家统计局",
        role=Role.ORIGINAL,
        domains=("stats.gov.cn",),
        listings=(
            "https://www.stats.gov.cn/sj/zxfb/",
            "https://www.stats.gov.cn/sj/sjjd/",
            "https://www.stats.gov.cn/xw/tjxw/tzgg/",
        ),
        articles=(trs.articles(r"(?:[a-z]+[.])?stats[.]gov[.]cn"),),
        canonical=((r"\?.*$", ""),),
        listing=(
            trs.listing(".list-content li", link="a.pchide[href]", date="span", total=trs.COUNTED),
            trs.listing(".list-content li", date="span", total=trs.COUNTED),
        ),
        rules=Rules(body=trs.BODIES, drop=(*trs.DROPS, ".pchide")),
        issues=("国家统计局", "国统字"),
        expects=Expect(articles=15, newest_within_days=21),
    )
