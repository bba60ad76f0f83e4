"""国家市场监督管理总局, www.samr.gov.cn (大汉版通 jpaas). As reported up to 2026-10:

- Everything that ``crawler.cms.jpaas`` says of the system holds: ``bulidstatic``, the list's tag is 内容区域, 20 rows a page.
- Link and day of a row are two ``li`` beside each other (``nav04Left02_content``, ``nav04Left02_contenttime``).
- The text stands in ``div.Three_xilan_07``; what is shared, printed and read aloud stands after it. Rows lead to gov.cn
  too; they are counted, not followed.
- Unconfirmed: the markup of columns other than 总局文件, 政策解读 and 新闻, and whether a Referer is wanted (one is sent).
"""

from crawler.site import Expect, Page, PolicySpider, Role, Rows, Rules, Site, Unreadable, jpaas


class SamrSpider(PolicySpider):
    name = "samr"
    site = Site(
        publisher="国家市场监督管理总局",
        role=Role.ORIGINAL,
        domains=("www.samr.gov.cn", "samr.gov.cn"),
        listings=(
            "https://www.samr.gov.cn/zw/zjwj/index.html",
            "https://www.samr.gov.cn/zw/zjwj/zcjd/index.html",
            "https://www.samr.gov.cn/xw/zj/index.html",
        ),
        articles=(jpaas.articles(r"www\.samr\.gov\.cn"),),
        canonical=((r"^http:", "https:"), (r"\?.*$", "")),
        rules=Rules(body=(".Three_xilan_07",), drop=("div.dw", "div.share", ".gwdshare_t")),
        issues=("国家市场监督管理总局", "市场监管总局", "国市监", "市监"),
        expects=Expect(articles=15, newest_within_days=14),
        referer="https://www.samr.gov.cn/",
    )

    @classmethod
    def parse_listing(cls, page: Page) -> Rows | Unreadable:
        """Return where a column's list is to be asked, or the rows of such an answer."""
        return jpaas.rows(page, cls.site)
