"""最高人民检察院, www.spp.gov.cn (TRS WCM). As reported up to 2026-08:

- Lists ``/spp/flfgk/`` and ``/spp/sfjs/index.shtml``: rows ``li > a`` and ``span``; articles end in ``.shtml``.
- The text stands in ``#fontzoom``; what follows from ``#xgxw`` on are related articles.
- Unconfirmed: the script of the pager, and how many pages there are.
"""

from crawler.site import Expect, PolicySpider, Role, Rules, Site, trs


class SppSpider(PolicySpider):
    name = "spp"
    site = Site(
        publisher="最高人民检察院",
        role=Role.ORIGINAL,
        domains=("spp.gov.cn",),
        listings=(
            "https://www.spp.gov.cn/spp/flfgk/",
            "https://www.spp.gov.cn/spp/sfjs/index.shtml",
        ),
        articles=(trs.articles(r"(?:[a-z]+[.])?spp[.]gov[.]cn"),),
        canonical=((r"\?.*$", ""),),
        listing=(
            trs.listing("ul.li_line > li", date="span", ending="shtml", total=trs.COUNTED),
            trs.listing("li:has(> a[href*='/t20'])", date="span", ending="shtml", total=trs.COUNTED),
        ),
        rules=Rules(
            body=(
                "#fontzoom",
                *trs.BODIES,
            ),
            drop=(*trs.DROPS, "#xgxw"),
        ),
        issues=("最高人民检察院", "高检"),
        expects=Expect(articles=15, newest_within_days=21),
    )
