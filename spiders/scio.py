"""国务院新闻办公室, www.scio.gov.cn (TRS). As reported up to 2026-10, and shaky:

- Unconfirmed: the markup of lists and bodies, and how lists are numbered. The declared selectors are guesses
  (``rule_missed`` says when none of them holds): rows are sought as ``li``, else every link of the page is taken;
  the body is left to the reader where no known container stands.
- A press conference is a directory, ``/live/<year>/<number>/``, with its parts in directories below: ``tw/`` the
  transcript (图文实录), ``fbyd/``, ``wjzc/`` (files and policies), ``qwxz/`` (PDF). ``index_m.html`` is the page for
  telephones, the same document. Lists lead to the conference; its transcript is asked for beside it, an
  address that the grammar gives and that no list shows. Before the conference it answers 404. The other parts are
  asked for when the conference's page links them; a PDF of ``qwxz/`` when it is linked there (a page of its own
  between the two would hide it: unconfirmed).
- A transcript is turns, ``姓名：…``, the speaker in bold, with or without a break after the name.
- Most citations are http; https answers too, and is what documents are known by.
- Old addresses (``/xwfbh/…/Document/1650050/1650050.htm``) are recognised, not sought.
"""

import dataclasses
import re
from collections.abc import Iterator

from crawler.site import (
    Expect,
    Link,
    Listing,
    Page,
    PolicySpider,
    Role,
    Rows,
    Rules,
    Site,
    Unreadable,
    trs,
)

_CONFERENCE = re.compile(r"/live/\d{4}/\d+/(?:index(?:_m)?\.html?)?(?:\?|$)")


class ScioSpider(PolicySpider):
    name = "scio"
    site = Site(
        publisher="国务院新闻办公室",
        role=Role.ORIGINAL,
        domains=("www.scio.gov.cn", "scio.gov.cn"),
        listings=(
            "https://www.scio.gov.cn/xwfb/gwyxwbgsxwfbh/index.html",
            "https://www.scio.gov.cn/xwfb/",
            "https://www.scio.gov.cn/zdgz/jj/",
        ),
        articles=(
            r"^https?://(?:www\.)?scio\.gov\.cn/live/\d{4}/\d+/(?:tw/|fbyd/|wjzc/)?(?:index(?:_m)?\.html?)?(?:\?|$)",
            trs.articles(r"(?:www\.)?scio\.gov\.cn"),
            r"^https?://(?:www\.)?scio\.gov\.cn/[^?#]*/Document/\d+/\d+(?:_\d+)?\.html?(?:\?|$)",
            r"^https?://(?:www\.)?scio\.gov\.cn/xwfbh/[^?#]*/\d+/\d+/index\.html?(?:\?|$)",
        ),
        canonical=(
            (r"^https?://(?:www\.)?", "https://www."),
            (r"\?.*$", ""),
            (r"(/live/\d{4}/\d+/(?:\w+/)?)index(?:_m)?\.html?$", r"\1"),
        ),
        transcripts=(r"/live/\d{4}/\d+/tw/",),
        branches=(r"/live/\d{4}/\d+/(?:tw|fbyd|wjzc)/",),
        listing=(
            trs.listing("li:has(a[href*='/t20']), li:has(a[href*='/live/'])", date="span"),
            Listing(rows="", total=trs.TOTAL, pages="index_{n}.html", first=0),
        ),
        rules=Rules(
            body=(*trs.BODIES, "div.pages_content"),
            drop=trs.DROPS,
            title_suffixes=("_中华人民共和国国务院新闻办公室", "_国务院新闻办公室网站"),
        ),
        issues=("国务院新闻办公室", "国新办"),
        expects=Expect(articles=10, newest_within_days=14),
    )

    @classmethod
    def parse_listing(cls, page: Page) -> Rows | Unreadable:
        """Return the rows of a list, after each press conference its transcript."""
        rows = super().parse_listing(page)
        if isinstance(rows, Unreadable):
            return rows
        return dataclasses.replace(rows, links=tuple(_with_transcripts(rows.links)))


def _with_transcripts(links: tuple[Link, ...]) -> Iterator[Link]:
    listed = {link.url for link in links}
    for link in links:
        yield link
        if found := _CONFERENCE.search(link.url):
            url = link.url[: found.start()] + re.sub(r"index.*", "", found[0].partition("?")[0]) + "tw/"
            if url not in listed:
                yield dataclasses.replace(link, url=url)
