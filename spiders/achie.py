"""高新院, achie.org: a republisher, in the role of a copy. As reported up to 2026-10, nearly all of it unconfirmed:

- No clean page of the site was seen; what is known was read off copies that hijacked mirrors made of it. The system
  is guessed to be DedeCMS: ``/news/<column>/<YYYYMMDD><number>.html``, whose digits are the day the page was made, NOT the
  day it shows.
- Under the headline stands one line: ``来源:高新院 achie.org 日期:2024-07-05 点击:次``. The number of hits is loaded by a
  script. 来源 names the site itself, whatever the source was: it is no evidence, and is kept as the page's claim.
- The text ends at ``相关文章推荐：``.
- Lists, charset, robots.txt and the scheme are unknown: the front page is the only list, links of the guessed grammar
  are taken from it, and an empty list is reported. The selectors are those of the system's default skin.
"""

from crawler.site import Expect, Listing, PolicySpider, Role, Rules, Site


class AchieSpider(PolicySpider):
    name = "achie"
    site = Site(
        publisher="高新院",
        role=Role.COPY,
        domains=("achie.org",),
        listings=("http://www.achie.org/",),
        articles=(r"^https?://(?:www\.|m\.)?achie\.org/news/\w+/\d{9,}(?:_\d+)?\.html(?:\?|$)",),
        parts=((r"/(\d{9,})_\d+\.html$", r"/\1.html"),),
        canonical=((r"^https?://(?:www\.|m\.)?", "http://www."), (r"\?.*$", "")),
        listing=(Listing(rows="li:has(a[href*='/news/'])"), Listing(rows="")),
        rules=Rules(
            body=(".article .content", ".viewbox .content", "div.content"),
            title_suffixes=("_高新院", "-高新院", "_achie.org"),
        ),
        expects=Expect(articles=5),
    )
