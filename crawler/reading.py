"""The sites as a reader process knows them: the drain gets the name of ``parse``, never a spider."""

from __future__ import annotations

import os
from functools import cache

from scrapy.utils.project import get_project_settings

from archive import extract
from archive.model import Article, Job, Rows, Site, Unreadable
from crawler.cms import general
from crawler.loading import Loader
from crawler.site import PolicySpider

PARSE = "crawler.reading:parse"


@cache
def spiders() -> dict[str, type[PolicySpider]]:
    """Return every declared site's spider by its name."""
    loader = Loader(get_project_settings())
    found = {name: loader.load(name) for name in loader.list()}
    return {name: cls for name, cls in found.items() if issubclass(cls, PolicySpider)}


def sites() -> dict[str, Site]:
    """Return every declaration by the name of its site."""
    return {name: spider.site for name, spider in spiders().items()}


def declared() -> dict[str, Site]:
    """Return every declaration by the name of its site, for a program that Scrapy did not start."""
    os.environ.setdefault("SCRAPY_SETTINGS_MODULE", "crawler.settings")
    return sites()


def then(spider: type[PolicySpider], captured_at: str) -> type[PolicySpider]:
    """Return a spider with its declaration of the time of a capture.

    This is the spider itself where no earlier form was valid then.
    """
    if not spider.site.earlier:
        return spider
    site = spider.site.at(captured_at)
    return type(spider.__name__, (spider,), {"__doc__": spider.__doc__, "site": site})


def parse(job: Job, cheap: bool) -> Article | Unreadable | Rows:
    """Return the reading of a job's page by the site's own rules, or by default ones without a spider.

    ``cheap`` asks for the reading that cannot take long; it is flagged.
    """
    declared = spiders().get(job.site)
    spider = then(declared, job.page.captured_at) if declared else None
    if job.kind == "listing":
        if spider is None or cheap:
            return Unreadable(reason="reader_time" if cheap else "a list of no declared site")
        return general.instead(job.page, spider.site, spider.parse_listing(job.page))
    if cheap:
        return extract.read_cheaply(job.page)
    return spider.parse_article(job.page) if spider else extract.read(job.page)
