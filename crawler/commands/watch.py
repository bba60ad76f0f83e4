"""``scrapy watch``: the main job."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace

from scrapy.commands import ScrapyCommand

from archive.cli.options import archive_path
from archive.clock import clock_from, later, moment
from archive.errors import BadInput
from archive.models import Kind
from archive.store.asking.frontier import Due, Frontier
from archive.store.file.connection import open_for_reading
from crawler import session
from crawler.notify import notify
from crawler.reading import sites, spiders
from crawler.run import Run
from crawler.site import PolicySpider


class Command(ScrapyCommand):
    requires_project = True

    def syntax(self) -> str:
        return "[SITE…] [options]"

    def short_desc(self) -> str:
        return "Ask the lists and every document that is due; read, compare, report"

    def add_options(self, parser: ArgumentParser) -> None:
        super().add_options(parser)
        session.add_archive_options(parser)
        parser.add_argument("--due", action="store_true", help="ask lists, too, only when they are due")
        parser.add_argument("--limit", metavar="N", type=int, help="fetch at most N articles a site")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be asked; send and write nothing"
        )
        parser.add_argument("--backfill", action="store_true", help="walk every list to its end")
        parser.add_argument(
            "--strict",
            action="store_true",
            help="exit 1 for every site that is BROKEN, not only for what is newly so or got worse",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON document")
        parser.add_argument(
            "--notify",
            metavar="CMD",
            help="hand each finding and change to this command, as JSON on its stdin",
        )

    def run(self, args: list[str], opts: Namespace) -> None:
        self.exitcode = session.said_plainly(lambda: self._watch(args, opts))

    def _watch(self, args: list[str], opts: Namespace) -> int:
        names = session.chosen(args)
        if opts.limit is not None and opts.limit < 0:
            raise BadInput(f"--limit {opts.limit} is no number of articles — give one from 0 on")
        if opts.dry_run:
            return _foretell(names, opts)
        assert self.crawler_process is not None
        with session.opened(self, opts, backfill=opts.backfill) as run:
            run.limit = opts.limit
            run.watches_lists = not opts.due
            wanted = [spiders()[name] for name in names]
            if opts.due or opts.backfill:
                wanted = [spider for spider in wanted if _is_open(spider, run.archive.clock.now())]
            if not args:
                wanted += [
                    session.declared_as(host)
                    for host in run.archive.frontier.sites()
                    if host not in spiders()
                ]
            for spider in wanted:
                _make_due(run, spider.name, spider.site.listings, due_only=opts.due)
                if opts.due:
                    run.ration(spider.name, spider.site.delay)
            session.crawl(self.crawler_process, run, wanted)
            reports = [run.end(spider.name, spider.site.expects) for spider in wanted]
            if opts.notify:
                notify(run, opts.notify)
            return session.report(reports, run, as_json=opts.json, strict=opts.strict)


def _is_open(spider: type[PolicySpider], now: str) -> bool:
    """Return whether a site may be asked at this hour by what runs on its own; say so when it may not."""
    hours = spider.site.hours
    if hours is None or spider.site.is_open_at(moment(now)):
        return True
    print(f"{spider.name}: asked between {hours[0]} and {hours[1]} o'clock in Beijing only", file=sys.stderr)
    return False


def _make_due(run: Run, site: str, listings: tuple[str, ...], *, due_only: bool) -> None:
    now = run.archive.clock.now()
    with run.archive.writing():
        run.archive.frontier.add(site=site, kind=Kind.LISTING, urls=listings, due_at=now, why="declared")
        if due_only:
            run.archive.frontier.bring_forward(site, now)
        else:
            run.archive.frontier.hurry(site=site, kind=Kind.LISTING, urls=listings, due_at=now)


def _foretell(names: list[str], opts: Namespace) -> int:
    """Print what a watch would ask first. Articles that lists would lead to are not known before asking."""
    path = archive_path(opts)
    frontier = Frontier(open_for_reading(path)) if path.exists() else None
    asked = [row for name in names for row in _asked_first(name, frontier, opts)]
    if opts.json:
        print(json.dumps({"asks": asked}, ensure_ascii=False))
        return 0
    for row in asked:
        print(f"{row['site']:12} {row['kind']:8} {row['url']}  ({row['why']})")
    print(f"{len(asked)} requests would be sent first; nothing was sent or written")
    return 0


def _asked_first(site: str, frontier: Frontier | None, opts: Namespace) -> list[dict[str, str]]:
    now = clock_from().now()
    until = later(now, frontier.slack(site, now)) if frontier and opts.due else now
    due: list[Due] = frontier.due(site, until, limit=-1) if frontier else []
    lists = {row.url: row.why for row in due if row.kind == Kind.LISTING}
    if not (opts.due and frontier):
        lists |= dict.fromkeys(sites()[site].listings, "declared")
    articles = [row for row in due if row.kind == Kind.ARTICLE][: opts.limit]
    articles += [row for row in due if row.kind == Kind.ATTACHMENT]
    asked = [{"site": site, "kind": "listing", "url": url, "why": why} for url, why in lists.items()]
    return asked + [{"site": site, "kind": row.kind, "url": row.url, "why": row.why} for row in articles]
