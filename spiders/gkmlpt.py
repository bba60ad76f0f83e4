"""Offices of 广东 on one catalogue of open information (gkmlpt), a row each in ``gkmlpt.txt``. As reported up to 2026-08:

- What ``crawler.cms.gkmlpt`` says of the system holds for all of them; they differ in name, publisher and address.
- Rows of a list carry number, issuer and validity of the document; here the article's own page is read.
- ``www.gd.gov.cn`` was reported to refuse callers without a browser's name; ours is given as it is. The hosts below
  ``sz.gov.cn`` answered on http alone. foshan, dongguan, huizhou, yangjiang (blocked) and meizhou (521) do not
  answer callers from abroad: they are listed as known and closed, and nothing is expected of them.
- Unconfirmed: that every office has a column whose name says rules, files, notices or plans, the body's container
  on pages outside ``/gkmlpt/``, and the addresses of the closed hosts.
"""

import re
from pathlib import Path

from crawler.site import Expect, Page, PolicySpider, Role, Rows, Rules, Site, Unreadable, gkmlpt


class _Office(PolicySpider):
    """One office: what differs stands in its row."""

    like = "gd"

    @classmethod
    def parse_listing(cls, page: Page) -> Rows | Unreadable:
        """Return where the catalogue's columns are to be asked, or the rows of such an answer."""
        return gkmlpt.rows(page, cls.site)


def _site(publisher: str, base: str, *, closed: bool) -> Site:
    host = base.partition("://")[2]
    return Site(
        publisher=publisher,
        role=Role.ORIGINAL,
        domains=(host,),
        listings=(f"{base}/gkmlpt/index",),
        articles=(gkmlpt.articles(re.escape(host)),),
        canonical=((r"^https?:", base.partition("/")[0]), *gkmlpt.CANONICAL),
        rules=Rules(body=gkmlpt.BODIES),
        expects=Expect(articles=0 if closed else 5),
    )


for _line in Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").splitlines():
    if _line and not _line.startswith("#"):
        _name, _publisher, _base, *_closed = _line.split()
        _class = "".join(word.title() for word in _name.split("_")) + "Spider"
        globals()[_class] = type(
            _class,
            (_Office,),
            {"__module__": __name__, "name": _name, "site": _site(_publisher, _base, closed=bool(_closed))},
        )
