"""住房和城乡建设部, www.mohurd.gov.cn (大汉版通 jpaas). As reported up to 2026-10:

- Everything that ``crawler.cms.jpaas`` says of the system holds: ``bulidstatic``, the list's tag is 内容1 or 栏目-list, 20
  rows. The numbers of pages and rows stand in a script of the fragment (``oLayPageRender``), not in attributes.
- In 征求意见 a row's day is the one on which the consultation ENDS (截止日期): it dates nothing and is not taken.
- Attachments are ``/api-gateway/jpaas-web-server/front/document/download?fileUrl=…``: no ending tells what they are. They
  stand in ``.editorContent-download`` after the body ``.editor-content``.
- Parameters must be percent-encoded UTF-8; in GBK they are answered ``success: false``.
- Articles from before the migration are ``art_17339_762454.html``, newer ones have 32 hex digits.
- Unconfirmed: that ``paramJson`` turns pages here as on the sister sites; a list that answers page 1 for page 2 is
  reported as such.
"""

from crawler.site import Expect, Page, PolicySpider, Role, Rows, Rules, Site, Unreadable, jpaas


class MohurdSpider(PolicySpider):
    name = "mohurd"
    site = Site(
        publisher="住房和城乡建设部",
        role=Role.ORIGINAL,
        domains=("mohurd.gov.cn",),
        listings=(
            "https://www.mohurd.gov.cn/gongkai/zc/wjk/index.html",
            "https://www.mohurd.gov.cn/zhengcefabu/index.html",
            "https://www.mohurd.gov.cn/gongkai/fdzdgknr/zcjd/index.html",
            "https://www.mohurd.gov.cn/gongkai/fdzdgknr/zqyj/index.html",
        ),
        articles=(jpaas.articles(r"www\.mohurd\.gov\.cn"),),
        canonical=((r"^http:", "https:"), (r"\?.*$", "")),
        rules=Rules(body=(".editor-content",)),
        issues=("住房和城乡建设部", "住房城乡建设部", r"建(?!政)[^〔]{0,6}〔"),
        expects=Expect(articles=15, newest_within_days=21),
        referer="https://www.mohurd.gov.cn/",
    )

    @classmethod
    def parse_listing(cls, page: Page) -> Rows | Unreadable:
        """Return where a column's list is to be asked, or the rows of such an answer."""
        return jpaas.rows(page, cls.site)
