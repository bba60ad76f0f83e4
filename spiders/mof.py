"""财政部, www.mof.gov.cn (TRS WCM). As reported up to 2026-09:

- Pages end in ``.htm``: ``index.htm``, ``index_1.htm``; the total stands in ``createPageHTML(`` or ``countPage``.
- Rows lead to the hosts of departments (``gks.``, ``gss.``, ``szs.`` …), partly on http; a row of 财政文告 may be a PDF. The
  day stands in a span or as bare text: it is the day of the column, not the document's.
- Unconfirmed: which of the three body containers holds on which host, and how far back the lists go.
"""

from crawler.site import Expect, PolicySpider, Role, Rules, Site, trs


class MofSpider(PolicySpider):
    name = "mof"
    site = Site(
        publisher="财政部",
        role=Role.ORIGINAL,
        domains=("mof.gov.cn",),
        listings=(
            "https://www.mof.gov.cn/zhengwuxinxi/zhengcefabu/",
            "https://www.mof.gov.cn/zhengwuxinxi/caizhengxinwen/",
            "https://www.mof.gov.cn/gkml/caizhengwengao/",
        ),
        articles=(trs.articles(r"(?:[a-z]+[.])?mof[.]gov[.]cn"),),
        canonical=((r"\?.*$", ""),),
        listing=(
            trs.listing("ul.liBox > li", ending="htm", total=trs.COUNTED),
            trs.listing("li:has(> a[href*='/t20'])", ending="htm", total=trs.COUNTED),
        ),
        rules=Rules(
            body=(
                "div.my_conboxzw",
                "div.my_doccontent",
                *trs.BODIES,
            ),
            drop=trs.DROPS,
        ),
        issues=("财政部", "财"),
        expects=Expect(articles=15, newest_within_days=21),
    )
