"""中关村管委会 before it was merged with 市科委, zgcgw.beijing.gov.cn (EasySite CMS). Frozen, as reported up to 2026-10:

- The TLS handshake fails (one test of 2026): the site is declared so that its addresses are recognised and web
  archives of it can be replayed. Nothing is expected of it; what took its place is kw.beijing.gov.cn.
- An article is a DIRECTORY, ``/zgc/zwgk/tzgg/10870021/``: a number, no day. Rows are ``.w_ul_list ul .clearfix``, title
  and ``.fr`` day, opened by a click: whether they hold addresses is unconfirmed, as is the markup of articles
  and the year of the merger (2021).
- Unlike elsewhere the scheme is not rewritten: all citations are http.
"""

from crawler.site import Expect, Listing, PolicySpider, Role, Rules, Site


class ZgcSpider(PolicySpider):
    name = "zgc"
    site = Site(
        publisher="中关村科技园区管理委员会",
        role=Role.ORIGINAL,
        domains=("zgcgw.beijing.gov.cn",),
        listings=("https://zgcgw.beijing.gov.cn/zgc/zwgk/tzgg/index.html",),
        articles=(r"^https?://zgcgw\.beijing\.gov\.cn/zgc/[^?#]*/\d{5,}/(?:index\.html?)?(?:\?|$)",),
        canonical=((r"^https:", "http:"), (r"\?.*$", ""), (r"index\.html?$", "")),
        listing=(
            Listing(rows=".w_ul_list .clearfix", date=".fr"),
            Listing(rows="li:has(a[href])", date="span"),
        ),
        rules=Rules(body=(".easysiteText", "#easysiteText", ".easysite-news-text")),
        expects=Expect(articles=0),
    )
