"""北京市科委、中关村管委会, kw.beijing.gov.cn (TRS since about 2024-09, Hanweb before). As reported up to 2026-10:

- Rows are ``.title-list-box ul.list li`` in 政策 and ``.hot-news-list li`` in 动态, the day in the LAST ``span``.
  Unconfirmed: how lists are numbered (``index_N.html`` is tried where a script tells a number) and the markup of
  the other columns; rows are then sought as ``li``.
- Attachments of pages from 2022 and 2023 are named after a day in 2024-09: that of the migration, nothing more.
- Old addresses, ``/art/2020/1/16/art_736_472080.html`` and ``/col/col736/index.html``, answer 404; only web archives
  hold them. The former are recognised, so that such copies can be replayed; which new address an old one has
  become only title and day tell.
- A Referer is wanted (one report calls the site protected against crawlers). ``/xwdt/kcyx/`` is mostly reprints.
- The feed of the site's search (``/so/s?qt=rss``) is untested and not asked.
"""

from crawler.site import Expect, PolicySpider, Role, Rules, Site, trs


class KwBeijingSpider(PolicySpider):
    name = "kw_beijing"
    site = Site(
        publisher="北京市科学技术委员会、中关村科技园区管理委员会",
        role=Role.ORIGINAL,
        domains=("kw.beijing.gov.cn",),
        listings=(
            "https://kw.beijing.gov.cn/zwgk/zcwj/",
            "https://kw.beijing.gov.cn/zwgk/tzgg/",
            "https://kw.beijing.gov.cn/zwgk/zcjd/",
            "https://kw.beijing.gov.cn/zwgk/zwgksbrl/",
            "https://kw.beijing.gov.cn/xwdt/bmdt/",
            "https://kw.beijing.gov.cn/xwdt/",
        ),
        articles=(
            trs.articles(r"kw\.beijing\.gov\.cn"),
            r"^https?://kw\.beijing\.gov\.cn/art/\d{4}/\d{1,2}/\d{1,2}/art_\d+_\d+\.html(?:\?|$)",
        ),
        canonical=((r"^http:", "https:"), (r"\?.*$", "")),
        listing=(
            trs.listing(".title-list-box ul.list li, .hot-news-list li", date="span:last-of-type"),
            trs.listing("li:has(> a[href*='/t20'])", date="span:last-of-type"),
        ),
        rules=Rules(body=("#zoom", "#mainText", *trs.BODIES), drop=trs.DROPS),
        issues=("北京市科学技术委员会", "北京市科委", "京科", "中科园"),
        expects=Expect(articles=15, newest_within_days=14),
        referer="https://kw.beijing.gov.cn/zwgk/zcwj/",
    )
