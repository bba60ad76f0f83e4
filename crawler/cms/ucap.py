"""UCAP (开普): lists as JSON by channel, at an address whose middle differs from site to site.

As reported up to 2026-08:

- ``{base}/{searchList|search|common/search}/<channel: 32 hex>`` with the query
  ``?_isAgg=true&_isJson=true&_pageSize=N&_template=index&page=N`` answers
  ``{"data": {"total", "page", "rows", "results": [{"title", "url", "publishedTime" (ms),
  "publishedTimeStr", "content", "domainMetaList": …}]}}``. The channel is in ``meta[name=channelid]`` of the
  column page.
- ``url`` may be relative. The text is in the list on some sites, and empty on others; it is not taken from
  there.
- Some sites demand a token that a script makes: a challenge, which is not solved.
- A burst may be answered with the front page and 200: then there is no JSON, and the answer is unreadable.
"""

from __future__ import annotations

from archive.lists.drafting import BY_NAME
from archive.model import Page, Rows, Site, Unreadable
from crawler.cms import JsonList, json_rows

_CHANNEL = JsonList(
    rows="data.results",
    total="data.total",
    page="page",
    size="_pageSize",
    date=("publishedTimeStr", "publishedTime"),
    stated="data.page",
)
BODIES = ("ucapcontent", "#UCAP-CONTENT", ".detail-news", "#cmsArticleContent", "#zoom")
DROPS = ("#cmsArticlezzzqContent", "#div_qrcode")


def address(base: str, channel: str, *, word: str = "searchList", size: int = 18) -> str:
    """Return the address of a channel's first page, with the parameters in the sites' own order."""
    asked = f"_isAgg=true&_isJson=true&_pageSize={size}&_template=index&_rangeTimeGte=&_channelName=&page=1"
    return f"{base}/{word}/{channel}?{asked}"


def addresses(base: str, channels: str, *, word: str, size: int) -> tuple[str, ...]:
    """Return the addresses of the first pages of some channels, whose names are separated by spaces."""
    return tuple(address(base, channel, word=word, size=size) for channel in channels.split())


def articles(host: str) -> str:
    """Return the grammar of the articles on a host, given as a regular expression."""
    return BY_NAME["ucap"].on(host)


def rows(page: Page, site: Site) -> Rows | Unreadable:
    """Return the rows of a channel's answer and the pages that follow."""
    return json_rows(page, site, _CHANNEL)
