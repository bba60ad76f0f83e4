"""最高人民法院, www.court.gov.cn. As reported up to 2026-07:

- Lists are ``/fabu/gengduo/<N>.html``, then ``<N>_2.html``: 16 司法解释, 17 司法文件, 14, 15, 21, 108, 151 指导案例.
- Rows are ``li > a[title]`` with the day in ``i.date``. Articles are ``/fabu/xiangqing/N.html``, before ``/fabu-xiangqing-N.html``
  with the same N: one document, known by the newer address.
- Source and day stand in ``.detail_mes li``, the text in ``.txt_txt``.
- Unconfirmed: the words of the pager.
"""

from crawler.site import Expect, Listing, Page, PolicySpider, Role, Rows, Rules, Site, Unreadable, general


class CourtSpider(PolicySpider):
    name = "court"
    site = Site(
        publisher="最高人民法院",
        role=Role.ORIGINAL,
        domains=("court.gov.cn",),
        listings=(
            "https://www.court.gov.cn/fabu/gengduo/16.html",
            "https://www.court.gov.cn/fabu/gengduo/17.html",
            "https://www.court.gov.cn/fabu/gengduo/14.html",
            "https://www.court.gov.cn/fabu/gengduo/15.html",
            "https://www.court.gov.cn/fabu/gengduo/151.html",
        ),
        articles=(r"^https?://www\.court\.gov\.cn/fabu[/-]xiangqing[/-]\d+\.html(?:\?|$)",),
        canonical=((r"^http:", "https:"), (r"\?.*$", ""), (r"/fabu-xiangqing-", "/fabu/xiangqing/")),
        listing=(Listing(rows="li:has(> i.date)", date="i.date"),),
        rules=Rules(body=(".txt_txt",)),
        expects=Expect(articles=10, newest_within_days=30),
    )

    @classmethod
    def parse_listing(cls, page: Page) -> Rows | Unreadable:
        """Return a list's rows, and the further pages that its pager names."""
        return general.further(page, super().parse_listing(page))
