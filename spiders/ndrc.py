"""国家发展和改革委员会, www.ndrc.gov.cn (TRS WCM, static pages). As reported up to 2026-10:

- ``/xxgk/zcfb/`` is a shell that a script leads on from: only its leaves are lists. Unconfirmed: that ``/fggz/…``
  columns are built alike (they are not asked), and whether every list shows days; one report of 2026-09 found none
  in its rows. Then the day in the address is taken, and the reading says so (``date_from_address``).
- Links that begin with ``../`` belong to other columns; they are articles all the same.
- 发文字号 stands at the end of the title, in brackets. Attachments stand in ``div.attachment`` AFTER the body, as
  ``P0…`` or ``U0…`` beside the article.
- Some pages come without a charset in the header; they are UTF-8.
"""

from crawler.site import Expect, PolicySpider, Role, Rules, Site, trs


class NdrcSpider(PolicySpider):
    name = "ndrc"
    site = Site(
        publisher="国家发展和改革委员会",
        role=Role.ORIGINAL,
        domains=("ndrc.gov.cn",),
        listings=(
            "https://www.ndrc.gov.cn/xxgk/zcfb/fzggwl/",
            "https://www.ndrc.gov.cn/xxgk/zcfb/ghxwj/",
            "https://www.ndrc.gov.cn/xxgk/zcfb/ghwb/",
            "https://www.ndrc.gov.cn/xxgk/zcfb/gg/",
            "https://www.ndrc.gov.cn/xxgk/zcfb/tz/",
            "https://www.ndrc.gov.cn/xwdt/tzgg/",
        ),
        articles=(trs.articles(r"(?:www\.)?ndrc\.gov\.cn"),),
        canonical=((r"^https?://(?:www\.)?", "https://www."), (r"\?.*$", "")),
        listing=(
            trs.listing("ul.u-list > li:not(.empty)", date="span"),
            trs.listing("li:has(> a[href*='/t20'])", date="span"),
        ),
        rules=Rules(body=("div.article_con", *trs.BODIES, ".article"), drop=trs.DROPS),
        issues=("国家发展和改革委员会", "国家发展改革委", "国家发改委", "发改"),
        expects=Expect(articles=20, newest_within_days=21),
    )
