"""工业和信息化部, www.miit.gov.cn (大汉版通 jpaas behind a 知道创宇 CDN). As reported up to 2026-10:

- A column page holds no list. A script in it names, in ``queryData`` (a dict in single quotes, not JSON),
  the ids with which one GET endpoint gives the list as JSON whose ``data.html`` is a fragment. The ids are
  read from the page, never configured. POST is answered 500.
- Further pages need ``paramJson``; a bare ``pageNo`` is ignored, and page 1 comes back for ever.
- 文件发布 has no column any more; its list is the site search (category 51), whose rows come in two shapes.
- A feed (RSS 2.0) gives the newest of two columns; whether it wants a Referer is unconfirmed, ours is sent.
- Both a browser-like User-Agent and a Referer are asked for, else 403; 521 in 2021-22, still on
  beian.miit.gov.cn.
- ``wap.`` carries the same articles under the same paths. The 32 hex digits are the identity; that one of
  them stands under several columns is unconfirmed. Paths from before 2020 (``/n1146295/…``) answer 403.
- Some attachments are linked on an authoring host (``jyhwzhq.``) that refuses outsiders; the same path on
  www works.
"""

from crawler.site import Expect, Page, PolicySpider, Role, Rows, Rules, Site, Unreadable, jpaas, rss

_FEED = (
    "https://www.miit.gov.cn/api-gateway/jpaas-plugins-web-server/front/rss/getinfo?webId=8d828e408d90447786ddbe128d495e9e"
    "&columnIds=925fa8f4afd44e53818794ed96d9876e,30f92eeafcfd4685984dfb793a2c5fff"
)


class MiitSpider(PolicySpider):
    name = "miit"
    site = Site(
        publisher="工业和信息化部",
        role=Role.ORIGINAL,
        domains=("miit.gov.cn",),
        listings=(
            "https://www.miit.gov.cn/xwfb/szyw/index.html",
            "https://www.miit.gov.cn/xwfb/bldhd/index.html",
            "https://www.miit.gov.cn/jgsj/kjs/wjfb/index.html",
            "https://www.miit.gov.cn/gxsj/tjfx/rjy/index.html",
            "https://www.miit.gov.cn/gxsj/tjfx/txy/index.html",
            "https://www.miit.gov.cn/gzcy/yjzj/index.html",
            "https://www.miit.gov.cn/zwgk/wjgs/index.html",
            "https://www.miit.gov.cn/zwgk/zcjd/index.html",
            "https://www.miit.gov.cn/search-front-server/api/search/info?websiteid=110000000000000"
            "&category=51&q=&scope=basic&dateField=deploytime&group=distinct"
            "&sortFields=%5B%7B%22name%22%3A%22deploytime%22%2C%22type%22%3A%22desc%22%7D%5D&pg=15&p=1",
            _FEED,
        ),
        articles=(jpaas.articles(r"(?:www|wap)\.miit\.gov\.cn"),),
        canonical=((r"^https?://(?:www|wap)\.", "https://www."), (r"\?.*$", "")),
        rules=Rules(
            title=("h1#con_title",),
            body=("#con_con",),
            published=("#con_time",),
            source=("div.cinfo > span:not(#con_time)",),
            doc_number=("span.xxgk-fwzh",),
            drop=("div.article_fd", "#ewm"),
        ),
        issues=("工业和信息化部", "工信部", "工信厅"),
        expects=Expect(articles=20, newest_within_days=14),
        referer="https://www.miit.gov.cn/",
    )

    @classmethod
    def parse_listing(cls, page: Page) -> Rows | Unreadable:
        """Return where a column's list is to be asked, the rows of such an answer, of the search or of the feed."""
        if page.url == _FEED:
            return rss.rows(page, cls.site)
        return jpaas.rows(page, cls.site)
