"""北疆新闻, www.imline.cn: a republisher, in the role of a copy. As reported up to 2026-10:

- Articles are ``/article/<token>.html``; the token hides a number. Letters count: two tokens that differ in the case of a
  letter are two articles.
- From 北疆新闻版权与免责声明 on there is only the site's own furniture; its legal footer (蒙ICP备16001043号) tells a real
  page of the site from a hijacked mirror of it.
- Unconfirmed: lists, selectors, and whether http answers. The front page is the only list and links of the grammar are
  taken from it; the reader finds the body by itself.
"""

from crawler.site import Expect, Listing, PolicySpider, Role, Rules, Site


class BeijiangSpider(PolicySpider):
    name = "beijiang"
    site = Site(
        publisher="北疆新闻",
        role=Role.COPY,
        domains=("imline.cn",),
        listings=("https://www.imline.cn/",),
        articles=(r"^https?://(?:www\.|m\.)?imline\.cn/article/[A-Za-z0-9_=-]+\.html(?:\?|$)",),
        canonical=((r"^https?://(?:www\.|m\.)?", "https://www."), (r"\?.*$", "")),
        listing=(Listing(rows="li:has(a[href*='/article/'])"), Listing(rows="")),
        rules=Rules(
            title_suffixes=("-北疆新闻", "_北疆新闻", "-北疆新闻网"),
            closing=(r"^.{0,30}版权与免责声明.{0,10}$",),
        ),
        expects=Expect(articles=5),
    )
