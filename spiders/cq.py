"""重庆市人民政府, www.cq.gov.cn (TRS WCM, forms of its own). As reported up to 2026-08:

- Rows are ``tr.zcwjk-list-c`` with ``p.tit`` (发文字号 and 成文日期 beside it), or links ``a.listpc-item`` with ``.pub-time``.
- The total stands in ``createPage(N,0,"index","html")``; pages are ``index_N.html``.
- Forty and more bureaus ``*.cq.gov.cn`` use the same templates; they are not asked here.
- Unconfirmed: whether the day of a table row is always that of the document.
"""

from crawler.site import Expect, PolicySpider, Role, Rules, Site, trs


class CqSpider(PolicySpider):
    name = "cq"
    site = Site(
        publisher="重庆市人民政府",
        role=Role.ORIGINAL,
        domains=("cq.gov.cn",),
        listings=(
            "https://www.cq.gov.cn/zwgk/zfxxgkml/szfwj/xzgfxwj/szf/",
            "https://www.cq.gov.cn/zwgk/zfxxgkml/szfwj/xzgfxwj/szfbgt/",
            "https://www.cq.gov.cn/zwgk/zfxxgkml/szfwj/zfgz/zfgz/",
        ),
        articles=(trs.articles(r"www[.]cq[.]gov[.]cn"),),
        canonical=((r"\?.*$", ""),),
        listing=(
            trs.listing("tr.zcwjk-list-c", link="p.tit a[href]", total=trs.COUNTED),
            trs.listing(
                "a.listpc-item", link="a[href]", title=".file-title", date=".pub-time", total=trs.COUNTED
            ),
        ),
        rules=Rules(
            body=(
                *trs.BODIES,
                ".zwxl-content",
            ),
            drop=trs.DROPS,
        ),
        issues=("重庆市人民政府", "渝府"),
        expects=Expect(articles=15, newest_within_days=21),
    )
