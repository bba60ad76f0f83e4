"""科学技术部, www.most.gov.cn (TRS WCM, static pages). As reported up to 2026-09:

- Lists come in two dialects: ``ul.info_list2`` in the news columns; in 信息公开 a table of
  ``a.list-main-li-item`` whose ``title`` stands in single quotes. Page 0 is the directory, then
  ``index_1.html`` … ``index_{N-1}.html``; N stands in a script. A page beyond the end is a 404 or a stub. A
  row may be a PDF.
- ``/tztg/`` and ``/kjbgz/`` articles hang for addresses outside China: a timeout there says nothing of the
  text.
- Articles before about 2020 end in ``.htm``, are GB2312, and mark the body by ``<meta
  name="ContentStart">`` inside it. They are still cited; whether they still answer, and on which of http
  and https, is unconfirmed.
- No robots.txt (one report). A column ``/xxgk/xinxifenlei/fdzdgknr/qtwj/`` is unconfirmed and not asked.
"""

from crawler.site import Expect, PolicySpider, Role, Rules, Site, trs


class MostSpider(PolicySpider):
    name = "most"
    site = Site(
        publisher="科学技术部",
        role=Role.ORIGINAL,
        domains=("most.gov.cn",),
        listings=(
            "https://www.most.gov.cn/tztg/",
            "https://www.most.gov.cn/kjbgz/",
            "https://www.most.gov.cn/xxgk/xinxifenlei/fdzdgknr/fgzc/gfxwj/",
            "https://www.most.gov.cn/xxgk/xinxifenlei/fdzdgknr/fgzc/bmgz/",
            "https://www.most.gov.cn/xxgk/xinxifenlei/fdzdgknr/fgzc/zcjd/",
        ),
        articles=(trs.articles(r"(?:www\.)?most\.gov\.cn"),),
        canonical=((r"^https?://(?:www\.)?", "https://www."), (r"\?.*$", "")),
        listing=(
            trs.listing("ul.info_list2 > li", date="span.date"),
            trs.listing(
                "*:has(> a.list-main-li-item), tr:has(a.list-main-li-item)",
                link="a.list-main-li-item[href]",
                date=".w_list_rq",
            ),
            trs.listing("td.STYLE30", ending="htm"),
        ),
        rules=Rules(
            body=(*trs.BODIES, "div.text.wide", "*:has(> meta[name=ContentStart])"),
            drop=(*trs.DROPS, ".xxgk_detail_table", ".chnldesc-correlation"),
        ),
        issues=("科学技术部", "科技部", "国科"),
        expects=Expect(articles=20, newest_within_days=14),
    )
