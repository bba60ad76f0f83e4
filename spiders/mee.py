"""生态环境部, www.mee.gov.cn (TRS WCM). As reported up to 2026-08:

- Lists are ``index.shtml``, then ``index_<PAGEID>_<N>.shtml``: PAGEID stands in the page's script as the name that
  ``createPageHTML`` is given, beside ``countPage``.
- Articles end in ``.shtml`` or ``.html``, also below ``/xxgk2018/xxgk/``. No challenge was met from anywhere.
- Unconfirmed: that the further pages answer on every column; they are read off the script in the general way.
"""

from crawler.site import Expect, Page, PolicySpider, Role, Rows, Rules, Site, Unreadable, general, trs


class MeeSpider(PolicySpider):
    name = "mee"
    site = Site(
        publisher="生态环境部",
        role=Role.ORIGINAL,
        domains=("mee.gov.cn",),
        listings=(
            "https://www.mee.gov.cn/zcwj/zyygwj/",
            "https://www.mee.gov.cn/zcwj/gwywj/",
            "https://www.mee.gov.cn/zcwj/bwj/",
            "https://www.mee.gov.cn/zcwj/bgtwj/",
            "https://www.mee.gov.cn/zcwj/xzspwj/",
            "https://www.mee.gov.cn/ywdt/gsgg/",
        ),
        articles=(trs.articles(r"(?:[a-z]+[.])?mee[.]gov[.]cn"),),
        canonical=((r"\?.*$", ""),),
        listing=(
            trs.listing("li:has(span.date)", date="span.date", ending="shtml", total=""),
            trs.listing("li:has(> a.ll_xxgk_gsq_list_a)", date="span", ending="shtml", total=""),
        ),
        rules=Rules(
            body=(
                *trs.BODIES,
                ".content_body_box",
                ".neiright_JPZ_GK_CP",
            ),
            drop=trs.DROPS,
        ),
        issues=("生态环境部", "环"),
        expects=Expect(articles=15, newest_within_days=21),
    )

    @classmethod
    def parse_listing(cls, page: Page) -> Rows | Unreadable:
        """Return a list's rows, and the further pages that its script names."""
        return general.further(page, super().parse_listing(page))
