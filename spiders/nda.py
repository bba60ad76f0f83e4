"""国家数据局, www.nda.gov.cn. As reported up to 2026-08:

- Lists are ``…/list/index_pc_N.html``, N from 1; a script names ``totalData`` and ``showData`` (15).
- Rows are ``ul.u-list > li > a[title]`` with the day as ``YYYY.MM.DD``; a nested ``div.popbox`` is no row.
- Articles end in ``/MMDD/<23 digits>_pc.html``; the first 14 digits are day and hour. The text stands in ``div.article``.
- www.sic.gov.cn is on the same system and not asked. Unconfirmed: the container of attached files on every form.
"""

from crawler.site import Expect, Listing, Page, PolicySpider, Role, Rows, Rules, Site, Unreadable, general


class NdaSpider(PolicySpider):
    name = "nda"
    site = Site(
        publisher="国家数据局",
        role=Role.ORIGINAL,
        domains=("nda.gov.cn",),
        listings=(
            "https://www.nda.gov.cn/sjj/zwgk/zcfb/list/index_pc_1.html",
            "https://www.nda.gov.cn/sjj/zwgk/tzgg/list/index_pc_1.html",
            "https://www.nda.gov.cn/sjj/zwgk/zcjd/list/index_pc_1.html",
            "https://www.nda.gov.cn/sjj/zwgk/zjjd/list/index_pc_1.html",
            "https://www.nda.gov.cn/sjj/swdt/xwfb/list/index_pc_1.html",
        ),
        articles=(r"^https?://www\.nda\.gov\.cn/(?:[^?#]*/)?\d{4}/\d{20,24}_pc\.html(?:\?|$)",),
        canonical=((r"^http:", "https:"), (r"\?.*$", "")),
        listing=(Listing(rows="ul.u-list > li", link="a[title]", date="span"),),
        rules=Rules(body=("div.article",)),
        expects=Expect(articles=10, newest_within_days=30),
    )

    @classmethod
    def parse_listing(cls, page: Page) -> Rows | Unreadable:
        """Return a list's rows, and the further pages that its pager names."""
        return general.further(page, super().parse_listing(page))
