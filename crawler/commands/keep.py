"""``scrapy keep URL…``: keep, read and version some addresses now, and monitor them from now on."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections import defaultdict

from scrapy.commands import ScrapyCommand

from archive.errors import BadInput
from archive.model import Kind
from archive.urls import canonical_url, host_of, site_of
from crawler import session
from crawler.reading import sites, spiders
from crawler.run import Run
from crawler.site import PolicySpider


class Command(ScrapyCommand):
    requires_project = True

    def syntax(self) -> str:
        return "URL… [options]"

    def short_desc(self) -> str:
        return "Keep, read and version these addresses now and monitor them from now on"

    def add_options(self, parser: ArgumentParser) -> None:
        super().add_options(parser)
        session.add_archive_options(parser)
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def run(self, args: list[str], opts: Namespace) -> None:
        self.exitcode = session.exit_code_of(lambda: self._keep(args, opts))

    def _keep(self, args: list[str], opts: Namespace) -> int:
        wanted = _by_site(args)
        assert self.crawler_process is not None
        with session.opened(self, opts) as run:
            run.watches_lists = False
            crawled = [_make_due(run, site, urls) for site, urls in wanted.items()]
            session.crawl(self.crawler_process, run, crawled)
            reports = [run.end(spider.name, spider.site.expects) for spider in crawled]
            return session.report(reports, run, as_json=opts.json)


def _by_site(urls: list[str]) -> dict[str, list[str]]:
    if not urls:
        raise BadInput("no address given — scrapy keep URL…")
    known, wanted = sites(), defaultdict(list)
    for url in urls:
        site = site_of(url, known)
        wanted[site or host_of(url)].append(canonical_url(url, known.get(site) if site else None))
    return wanted


def _make_due(run: Run, site: str, urls: list[str]) -> type[PolicySpider]:
    now = run.archive.clock.now()
    with run.archive.writing():
        run.archive.frontier.add(site=site, kind=Kind.ARTICLE, urls=urls, due_at=now, why="kept by hand")
        run.archive.frontier.hurry(site=site, kind=Kind.ARTICLE, urls=urls, due_at=now)
    run.only[site] = frozenset(urls)
    return spiders().get(site) or session.declared_as(site)
