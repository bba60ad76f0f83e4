"""中国网, news.china.com.cn and its sister hosts under china.com.cn. As reported up to 2026-10:

- Articles are ``/YYYY-MM/DD/content_N.htm`` (also ``.shtml``) on every host; ``/m/`` is the page for telephones, with
  other markup (``.d_title``, ``.d_time``) and the same number: the same document.
- PC pages: ``h1.articleTitle``, ``#pubtime_baidu``, ``#source_baidu``, ``#articleBody`` with a video area to drop.
- Press conferences that are told live are ``www.china.com.cn/zhibo/content_N.htm``; lists are ``/zhibo/node_N.htm``. The turns are
  not in the page: ``#content_data`` names a script file, which assigns ``ciic_webcast['characters']`` a list of ``speaker``,
  ``content`` (HTML) and ``date``. It is asked as a further page, and is no document of its own. One report of 2026 says so; that
  the list is written as JSON is unconfirmed: where it is not, the page is unreadable.
- Unconfirmed: the charset (it is sniffed), every list (front pages of the hosts are asked and links of the grammar
  taken), and whether https answers on all hosts (documents are known by http, as they are cited).
"""

from crawler.site import Expect, Listing, PolicySpider, Role, Rules, Site


class ChinaComCnSpider(PolicySpider):
    name = "china_com_cn"
    site = Site(
        publisher="中国网",
        role=Role.ORIGINAL,
        domains=("china.com.cn",),
        listings=(
            "http://news.china.com.cn/",
            "http://www.china.com.cn/",
            # 国务院新闻办公室发布会, 吹风会, 其他发布会.
            *(
                f"http://www.china.com.cn/zhibo/node_{number}.htm"
                for number in (7245314, 7243162, 7243161, 7243165, 7243166)
            ),
        ),
        articles=(
            r"^https?://[a-z0-9.]+\.china\.com\.cn/(?:[a-z]\w*/){0,3}\d{4}-\d{2}/\d{2}/content_\d+(?:_\d+)?\.s?html?(?:\?|$)",
            r"^https?://www\.china\.com\.cn/zhibo/content_\d+\.htm(?:\?|$)",
        ),
        parts=((r"/content_(\d+)_\d+(\.s?html?)$", r"/content_\1\2"),),
        canonical=((r"^https:", "http:"), (r"\?.*$", ""), (r"(\.china\.com\.cn)/m/", r"\1/")),
        listing=(Listing(rows="li:has(a[href*='content_'])"), Listing(rows="")),
        rules=Rules(
            title=("h1.articleTitle", "h1.d_title", ".d_title"),
            body=("#articleBody", ".articleInfo", ".d_cont"),
            published=("#pubtime_baidu", ".d_time span", ".d_time"),
            source=("#source_baidu", ".d_time"),
            author=("#author_baidu",),
            drop=("#videoarea",),
            title_suffixes=("_中国网", "-中国网"),
            script=(
                ("address", "#content_data"),
                ("turns", "ciic_webcast['characters']"),
                ("speaker", "speaker"),
                ("words", "content"),
            ),
        ),
        expects=Expect(articles=20, newest_within_days=2),
        delay=2.0,
    )
