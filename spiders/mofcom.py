"""商务部, www.mofcom.gov.cn (大汉版通 jpaas). As reported up to 2026-10:

- Everything that ``crawler.cms.jpaas`` says of the system holds: the column page has no list, it names one. ``parseType``
  is spelt ``bulidstatic`` here, the list's tag is 分页列表, a page has 15 rows.
- The text stands in ``div.art-con`` (with the attribute ``ergodic``). Metadata are those of the standard for
  government sites.
- Unconfirmed: the markup of a row beyond link and day, whether a Referer is wanted (one is sent), and which other
  columns there are. Embassies and departments (``gjs.``, ``aqygzj.``) are sites of their own and not asked.
"""

from crawler.site import Expect, Page, PolicySpider, Role, Rows, Rules, Site, Unreadable, jpaas


class MofcomSpider(PolicySpider):
    name = "mofcom"
    site = Site(
        publisher="商务部",
        role=Role.ORIGINAL,
        domains=("mofcom.gov.cn",),
        listings=(
            "https://www.mofcom.gov.cn/zwgk/zcfb/index.html",
            "https://www.mofcom.gov.cn/zcfb/dwmygl/index.html",
            "https://www.mofcom.gov.cn/xwfb/rcxwfb/index.html",
        ),
        articles=(jpaas.articles(r"www\.mofcom\.gov\.cn"),),
        canonical=((r"^http:", "https:"), (r"\?.*$", "")),
        rules=Rules(body=("div.art-con[ergodic]", "div.art-con")),
        issues=("商务部", r"商(?!政|丘|洛)[^〔]{0,6}〔"),
        expects=Expect(articles=15, newest_within_days=14),
        referer="https://www.mofcom.gov.cn/",
    )

    @classmethod
    def parse_listing(cls, page: Page) -> Rows | Unreadable:
        """Return where a column's list is to be asked, or the rows of such an answer."""
        return jpaas.rows(page, cls.site)
