"""人民网, people.com.cn and its channels. As reported up to 2026-10:

- Articles are ``/n1/YYYY/MMDD/c<column>-<number>.html``; a long one goes on in ``…-2.html``, linked in ``div.zdfy``. The
  number is the identity. The twin under ``/BIG5/`` is a localised copy, never merged with the original.
- Pages declare GB2312 and hold what only GB18030 has. Rows of lists have ``href`` in SINGLE quotes.
- ``publishdate`` in the head has no hour, ``author`` and ``editor`` there are NUMBERS. The line under the headline writes
  ``2019年06月15日08:18`` without a space; 来源 follows in a link. ``div.edit`` holds （责编：…）.
- The body is ``#rwb_zw`` (2019), ``#rm_txt_zw`` (newer) or ``#p_content`` (older).
- Unconfirmed: the feeds (``/rss/politics.xml``, ``/rss/finance.xml``), that lists go on in ``index2.html`` as long as a
  page links it, and whether https answers on all channels: documents are known by http, as they are cited. The
  front page of the newspaper (paper.people.com.cn), too: where it names no sheet, the first one of the day is asked.
- 人民日报 as printed: ``/rmrb/pc/layout/YYYYMM/DD/node_NN.html`` leads to ``/rmrb/pc/content/YYYYMM/DD/content_N.html``; about two years
  answer (2026-10), older addresses (``/rmrb/html/…``) answer 403.
"""

import dataclasses
import re

from parsel import Selector

from crawler.site import (
    Expect,
    Listing,
    Page,
    PolicySpider,
    Role,
    Rows,
    Rules,
    Site,
    Unreadable,
    absolute,
    epaper,
    rss,
    text_of,
)

# index1.html is index.html once more.
_NEXT_LIST = re.compile(r"(?:^|/)index(?:[2-9]|[1-9]\d{1,2})\.html$")


_LAYOUT = "http://paper.people.com.cn/rmrb/pc/layout/{year}{month}/{day}/node_01.html"


class PeopleSpider(PolicySpider):
    name = "people"
    site = Site(
        publisher="人民网",
        role=Role.ORIGINAL,
        domains=("people.com.cn",),
        listings=(
            "http://www.people.com.cn/rss/politics.xml",
            "http://www.people.com.cn/rss/finance.xml",
            "http://politics.people.com.cn/GB/1024/index.html",
            "http://paper.people.com.cn/",
        ),
        articles=(
            r"^https?://[a-z0-9]+\.people\.com\.cn/n[12]?/\d{4}/\d{4}/c\d+-\d+(?:-\d+)?\.html(?:\?|$)",
            r"^https?://paper\.people\.com\.cn/\w+/(?:pc/)?(?:content/\d{6}/\d{2}/content_\d+\.html"
            r"|html/\d{4}-\d{2}/\d{2}/nw\.\w+-\d+\.htm)(?:\?|$)",
        ),
        parts=((r"/(c\d+-\d+)-\d+\.html$", r"/\1.html"),),
        canonical=((r"^https:", "http:"), (r"\?.*$", "")),
        gateways=(
            (r"^https?://([a-z0-9]+\.people\.com\.cn)/BIG5/(n[12]?/.*)$", r"http://\1/\2"),
            (r"^https?://(?:big5\.)?[a-z0-9.-]+/gate/big5/([a-z0-9.-]+)(/.*)$", r"http://\1\2"),
        ),
        listing=(
            Listing(rows="li:has(> a[href*='/n1/']), li:has(> a[href*='/n2/'])", date="em, i, span"),
            Listing(rows="li:has(a[href*='/c'])", date="em, i, span"),
            Listing(rows=""),
        ),
        rules=Rules(
            title=("div.text_title > h1", ".rm_txt h1", "div.text_c > h1"),
            body=("#rwb_zw", "#rm_txt_zw", ".rm_txt_con", "#p_content"),
            author=("div.text_title p.author", "p.author"),
            drop=("div.edit", ".otitle", "div.zdfy", ".page_n"),
            next_pages=("div.zdfy a[href]", "div.page_n a[href]"),
            title_suffixes=("--人民网", "_人民网"),
        ),
        expects=Expect(articles=20, newest_within_days=2),
        delay=2.0,
    )

    @classmethod
    def parse_listing(cls, page: Page) -> Rows | Unreadable:
        """Return the rows of a feed or a list, and the list pages that a list links to."""
        if page.url.endswith(".xml"):
            return rss.rows(page, cls.site)
        if page.url.startswith("http://paper."):
            return epaper.of_the_day(page, epaper.rows(page, cls.site), _LAYOUT)
        rows = super().parse_listing(page)
        if isinstance(rows, Unreadable):
            return rows
        hrefs = Selector(text=text_of(page) or " ", type="html").css("a::attr(href)").getall()
        further = dict.fromkeys(absolute(page, href) for href in hrefs if _NEXT_LIST.search(href))
        folder = page.url.rpartition("/")[0]
        return dataclasses.replace(
            rows, pages=tuple(u for u in further if u != page.url and u.rpartition("/")[0] == folder)
        )
