"""火炬中心, www.chinatorch.gov.cn (科技部's until 2023, now 工业和信息化部火炬高技术产业开发中心). As reported up to 2026-10:

- Only addresses are known: ``/<column>/YYYYMM/<32 hex>.shtml``, a month and no day, and attachments at
  ``/<column>/YYYYMM/<32 hex>/files/<32 hex>.pdf``. In older pages the link is relative to the page's directory.
- Unconfirmed: lists, their numbering, metadata and every selector; ``#allStyleDIV`` rests on one sample of 2016. So the
  front page is the only list, every link of its grammar is taken where no ``li`` holds one, and the reader finds
  the body by itself where the container is missing (``rule_missed`` says so).
- Several networks report that they cannot reach the host.
"""

from crawler.site import Expect, Listing, PolicySpider, Role, Rules, Site


class ChinatorchSpider(PolicySpider):
    name = "chinatorch"
    site = Site(
        publisher="工业和信息化部火炬高技术产业开发中心",
        role=Role.ORIGINAL,
        domains=("chinatorch.gov.cn",),
        listings=("https://www.chinatorch.gov.cn/",),
        articles=(r"^https?://(?:www\.)?chinatorch\.gov\.cn/[^?#]*/\d{6}/[0-9a-f]{32}\.s?html?(?:\?|$)",),
        canonical=((r"^https?://(?:www\.)?", "https://www."), (r"\?.*$", "")),
        listing=(Listing(rows="li:has(a[href*='.shtml'])"), Listing(rows="")),
        rules=Rules(body=("#allStyleDIV",), title_suffixes=("-火炬中心", "_火炬中心")),
        issues=("工业和信息化部火炬高技术产业开发中心", "科技部火炬", "国科火", "工信火炬"),
        expects=Expect(articles=5),
    )
