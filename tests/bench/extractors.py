"""The extractors that are set side by side: ours, whole and by halves, trafilatura in its three tempers, GNE."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader

from archive import extract
from archive.extract.stripping import BOTH, OURS, THEIRS
from archive.model import Article, Outcome, Page, Unreadable
from archive.trust import KINDS, verdict
from archive.urls import site_of
from crawler.site import PolicySpider
from tests.bench.measures import Reading

Extractor = Callable[[Page], Reading]


@cache
def declared() -> dict[str, type[PolicySpider]]:
    """Return the spiders, each with what it declares about its site, by name."""
    loader = SpiderLoader.from_settings(Settings({"SPIDER_MODULES": ["spiders"]}))
    loaded = {name: loader.load(name) for name in sorted(loader.list())}
    return {name: spider for name, spider in loaded.items() if issubclass(spider, PolicySpider)}


def extractors(*, families: bool = True) -> dict[str, Extractor]:
    """Return the extractors by name; ours without ``families`` knows neither a site nor a publishing system.

    ``unknown`` is ours read as if each page's site and system were left out of what the reader knows; ``rules`` is
    ours without trafilatura, ``inside`` is trafilatura in the container that ours chooses.
    """
    return {
        "ours": partial(ours, families=families),
        "unknown": partial(ours, families=False),
        "rules": partial(ours, families=families, by=OURS),
        "inside": partial(ours, families=families, by=THEIRS),
        "trafilatura": trafilatura,
        "precision": partial(trafilatura, favor_precision=True),
        "recall": partial(trafilatura, favor_recall=True),
        "gne": gne,
    }


def ours(page: Page, *, families: bool = True, by: str = BOTH) -> Reading:
    """Read a page as the archive does: by the site's rules where its address belongs to a declared site."""
    name = site_of(page.url, {name: spider.site for name, spider in declared().items()}) if families else None
    if by != BOTH:
        read = extract.read(page, declared()[name].site if name else None, families=families, by=by)
    else:
        read = declared()[name].parse_article(page) if name else extract.read(page, families=families)
    if isinstance(read, Unreadable):
        doubted = read.outcome is not Outcome.UNREADABLE
        return Reading(how=f"{read.outcome}: {read.reason}", facts={"title": read.title}, distrusted=doubted)
    return Reading(
        text=read.text,
        facts=_facts(read),
        how=read.evidence["text"],
        stripped=read.evidence.get("stripped", ""),
        distrusted=_quarantined(read),
    )


def _facts(read: Article) -> dict[str, str | None]:
    return {
        "title": read.title,
        "date": read.published_at,
        "source": read.source_line,
        "author": read.author,
        "doc_number": read.doc_number,
    }


def _quarantined(read: Article) -> bool:
    """Say whether the archive would quarantine a page at first sight: as ``archive.reader`` decides."""
    return verdict(flag for flag in read.flags if flag in KINDS) == "quarantined"


def trafilatura(page: Page, **options: Any) -> Reading:
    """Extract with plain trafilatura."""
    from trafilatura import bare_extraction
    from trafilatura.settings import Document

    found = bare_extraction(page.body, with_metadata=True, **options)
    if not isinstance(found, Document):
        return Reading(knows=("title", "date", "author"))
    facts = {"title": found.title, "date": found.date, "author": found.author}
    return Reading(text=found.text or "", facts=facts, knows=("title", "date", "author"))


def gne(page: Page) -> Reading:
    """Extract with GNE, which wants text: it is given the characters that our reader found."""
    from gne import GeneralNewsExtractor
    from gne.exceptions import NoContentException

    knows = ("title", "date", "author")
    try:
        found = GeneralNewsExtractor().extract(extract.decode(page.body, page.content_type).text)
    except NoContentException:
        return Reading(knows=knows)
    facts = {"title": found["title"], "date": found["publish_time"], "author": found["author"]}
    return Reading(text=found["content"], facts=facts, knows=knows)
