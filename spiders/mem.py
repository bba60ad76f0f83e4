"""应急管理部, www.mem.gov.cn (TRS WCM). As reported up to 2026-08:

- Rows hold the day inside the link: ``<a>title<span>day</span></a>``; ``countPage=25`` stands in a script.
- Page 2 is ``index_1.shtml``; ``index_1.html`` is a 404.
- Unconfirmed: the body's container (those of the system are tried), and the list ``/fw/flfgbz/fg/``.
"""

from crawler.site import Expect, PolicySpider, Role, Rules, Site, trs


class MemSpider(PolicySpider):
    name = "mem"
    site = Site(
        publisher="应急管理部",
        role=Role.ORIGINAL,
        domains=("mem.gov.cn",),
        listings=(
            "https://www.mem.gov.cn/gk/tzgg/",
            "https://www.mem.gov.cn/fw/flfgbz/fg/",
        ),
        articles=(trs.articles(r"(?:[a-z]+[.])?mem[.]gov[.]cn"),),
        canonical=((r"\?.*$", ""),),
        listing=(
            trs.listing("div.cont li", date="a span", ending="shtml", total=trs.COUNTED),
            trs.listing("li:has(> a[href*='/t20'])", date="a span", ending="shtml", total=trs.COUNTED),
        ),
        rules=Rules(body=trs.BODIES, drop=trs.DROPS),
        issues=("应急管理部", "应急"),
        expects=Expect(articles=15, newest_within_days=21),
    )
