"""国家互联网信息办公室, 中国网信网, www.cac.gov.cn. As reported up to 2026-10:

- Articles are ``/YYYY-MM/DD/c_N.htm``, in the form of old 新华网 addresses; the long number is the identity.
- The front page leads to columns (``/wxzw/zcfg/A…index_1.htm``) whose names change; a list's rows are ``#loadingInfoPage li``
  with ``.times``. So the front page is asked for the columns it names; only where it names none its own rows are read.
- History: ``POST /cms/JsonList`` with ``channelCode``, ``perPage``, ``pageno`` answers ``{"totalRec", "list": [{"topic", "infourl",
  "pubtime"}]}``; the form is part of the capture (its address: ``?__wb_method=POST&…``). The codes are those of 2026-08; that GET
  is accepted is not known, and it is not tried. One test suite takes ``/wxzf/`` for forbidden: robots.txt decides.
- The title stands in ``.main-title h1.title``, the text in ``#BodyLabel`` (``#content`` in 2018), day and source in ``#pubtime`` and
  ``#source``; ``.set_font`` and ``#dyjc`` are no text. Unconfirmed: that all columns are named so on the front page.
- Links are http and https; documents are known by https, as they are cited since 2023.
"""

import re

from parsel import Selector

from crawler.site import (
    Expect,
    JsonList,
    Listing,
    Page,
    PolicySpider,
    Role,
    Rows,
    Rules,
    Site,
    Unreadable,
    absolute,
    json_rows,
    posted,
    text_of,
)

_COLUMN = re.compile(r"^https?://www\.cac\.gov\.cn/(?:\w+/){1,3}A\w{1,20}index_1\.htm$")
_MOST_COLUMNS = 12
_SIZE = 20
# 网信发布, 政策法规, 网信执法, 报告发布, 数据治理法规, 网信@你 (征求意见), 时政要闻.
_CHANNEL = JsonList(
    rows="list",
    total="totalRec",
    page="pageno",
    size=_SIZE,
    url=("infourl",),
    name=("topic",),
    date=("pubtime",),
)
_CHANNELS = ("A093702", "A093703", "A093704", "A093706", "A09370805", "A093802", "A093601")


class CacSpider(PolicySpider):
    name = "cac"
    site = Site(
        publisher="国家互联网信息办公室",
        role=Role.ORIGINAL,
        domains=("www.cac.gov.cn", "cac.gov.cn"),
        listings=(
            "https://www.cac.gov.cn/index.htm",
            *(
                posted("https://www.cac.gov.cn/cms/JsonList", f"channelCode={code}&perPage={_SIZE}&pageno=1")
                for code in _CHANNELS
            ),
        ),
        articles=(r"^https?://www\.cac\.gov\.cn/\d{4}-\d{2}/\d{2}/c_\d+(?:_\d+)?\.htm(?:\?|$)",),
        parts=((r"/c_(\d{6,})_\d{1,3}\.htm$", r"/c_\1.htm"),),
        canonical=((r"^http:", "https:"), (r"\?.*$", "")),
        listing=(
            Listing(rows="#loadingInfoPage li", date=".times"),
            Listing(rows="li:has(a[href*='/c_'])"),
            Listing(rows=""),
        ),
        rules=Rules(
            title=(".main-title h1.title", ".title h1", "#title", "h1.title"),
            body=("#BodyLabel", "#content"),
            published=("#pubtime",),
            source=("#source",),
            drop=(".set_font", "#dyjc"),
            title_suffixes=("_中央网络安全和信息化委员会办公室", "-中共中央网络安全和信息化委员会办公室"),
        ),
        issues=("国家互联网信息办公室", "国家网信办", "国信办"),
        expects=Expect(articles=10, newest_within_days=7),
        referer="https://www.cac.gov.cn/",
    )

    @classmethod
    def parse_listing(cls, page: Page) -> Rows | Unreadable:
        """Return the rows of a list or a channel, of the front page the columns it names (its own rows where it names none)."""
        if "/cms/JsonList" in page.url:
            return json_rows(page, cls.site, _CHANNEL)
        if page.url.endswith(".cn/index.htm"):
            hrefs = Selector(text=text_of(page) or " ", type="html").css("a::attr(href)").getall()
            named = dict.fromkeys(re.sub(r"^http:", "https:", absolute(page, href)) for href in hrefs)
            columns = [url for url in named if _COLUMN.match(url)]
            if columns:
                return Rows(links=(), pages=tuple(columns[:_MOST_COLUMNS]))
        return super().parse_listing(page)
