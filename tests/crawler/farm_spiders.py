"""The declared sites of a farm: as many as it may ever have hosts."""

import os

from archive.model import Expect, Role, Rules, Site
from crawler.site import PolicySpider

MOST = 60


def _spider(number: int) -> type[PolicySpider]:
    host = f"h{number:02}.farm.example"
    site = Site(
        publisher=f"第{number}号农场",
        role=Role.ORIGINAL,
        domains=(host,),
        listings=(f"http://{host}/list.html",),
        articles=(r"/a/\d+\.html$",),
        rules=Rules(body=("#zoom",), title=(os.environ.get("FARM_TITLE", "h1"),), published=(".date",)),
        expects=Expect(articles=1),
    )
    return type(
        f"Farm{number}Spider",
        (PolicySpider,),
        {"name": f"h{number:02}", "site": site, "__module__": __name__},
    )


globals().update({f"Farm{number}Spider": _spider(number) for number in range(MOST)})
