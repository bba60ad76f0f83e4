"""``scrapy watch``: the main job.

``--notify`` passes the findings and changes of a run to a command, one JSON document at a time on its stdin.
"""

from __future__ import annotations

import json
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from dataclasses import asdict

from scrapy.commands import ScrapyCommand

from archive.cli.options import archive_path
from archive.clock import clock_from, later, moment
from archive.errors import BadInput
from archive.home import Home, home_of
from archive.model import Kind
from archive.store.file.connection import open_for_reading
from archive.store.read.news import News, news
from archive.store.schedule.frontier import Due, Frontier
from crawler import session
from crawler.commands.tell import line_of, notify_targets
from crawler.reading import sites, spiders
from crawler.run import Run
from crawler.site import PolicySpider

# The time limit of a command; its news is then reported as not delivered.
PATIENCE = 60.0
# People are notified of a new article only when a standing query matches; the feed has all of them.
_ONLY_WATCHED = "new"


def notify(run: Run, command: str) -> int:
    """Pass each finding and change of a run to a command, the weightiest first.

    Return how many could not be passed. A failure of the command is printed on stderr and kept as an event:
    what was not delivered can be read in the feed.
    """
    failed = 0
    db, crawls = run.archive.db, list(run.crawls.values())
    for one in noteworthy(news(db, crawls=crawls, limit=-1)):
        trouble = _hand_over(command, one)
        if trouble:
            failed += 1
            print(f"yuanben: --notify: {trouble} ({one.kind} {one.url or one.site})", file=sys.stderr)
            run.archive.event("notify_failed", site=one.site, details={"id": one.id, "reason": trouble})
    return failed


def noteworthy(found: Iterable[News]) -> list[News]:
    """Return the news for notifications, weightiest first; matches of a standing query come first."""
    chosen = [one for one in found if one.kind != _ONLY_WATCHED or one.watchwords]
    return sorted(chosen, key=lambda one: (not one.watchwords, -one.rank, one.at, one.id))


def as_json(one: News) -> str:
    """Return a piece of news as the JSON document for a command."""
    fields = asdict(one)
    del fields["text"]
    return json.dumps(fields, ensure_ascii=False)


def _hand_over(command: str, one: News) -> str | None:
    """Run the command once; return the error, if there was one."""
    try:
        done = subprocess.run(
            command, shell=True, input=as_json(one).encode(), stdout=2, timeout=PATIENCE, check=False
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"the command did not end within {PATIENCE:.0f} seconds"
    except OSError as error:
        return f"the command cannot be run: {error}"
    return f"the command ended with {done.returncode}" if done.returncode else None


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
        parser.add_argument(
            "--shard",
            metavar="I/N",
            type=session.shard,
            help="only the sites of part I of N, by their names; each part has an archive of its own",
        )
        parser.add_argument("--backfill", action="store_true", help="walk every list to its end")
        parser.add_argument(
            "--strict",
            action="store_true",
            help="exit 1 for every site that is BROKEN, not only for what is newly so or got worse",
        )
        parser.add_argument(
            "--second-name",
            action="store_true",
            help="ask for up to three articles of each site again under our other name; a difference is an event",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON document")
        parser.add_argument(
            "--notify",
            metavar="CMD",
            help="hand each finding and change to this command, as JSON on its stdin",
        )

    def run(self, args: list[str], opts: Namespace) -> None:
        self.exitcode = session.exit_code_of(lambda: self._watch(args, opts))

    def _watch(self, args: list[str], opts: Namespace) -> int:
        home = home_of(archive_path(opts))
        args = args or list(home.sites if home else ())
        names = [name for name in session.chosen(args) if session.is_in(opts.shard, name)]
        if opts.limit is not None and opts.limit < 0:
            raise BadInput(f"--limit {opts.limit} is no number of articles — give one from 0 on")
        if opts.dry_run:
            return _preview(names, opts)
        assert self.crawler_process is not None
        with session.opened(self, opts, backfill=opts.backfill) as run:
            run.limit = opts.limit
            run.watches_lists = not opts.due
            run.takes_second_looks = opts.second_name
            wanted = [spiders()[name] for name in names]
            if opts.due or opts.backfill:
                wanted = [spider for spider in wanted if is_open(spider, run.archive.clock.now())]
            if not args:
                wanted += [
                    session.declared_as(host)
                    for host in run.archive.frontier.sites()
                    if host not in spiders() and session.is_in(opts.shard, host)
                ]
            for spider in wanted:
                make_due(run, spider.name, spider.site.listings, due_only=opts.due)
                if opts.due:
                    run.ration(spider.name, spider.site.delay)
            session.crawl(self.crawler_process, run, wanted)
            reports = [run.end(spider.name, spider.site.expects) for spider in wanted]
            if opts.notify:
                notify(run, opts.notify)
            if home is not None and home.targets and run.stopped_by is None:
                notify_home(run, home)
            return session.report(reports, run, as_json=opts.json, strict=opts.strict)


def notify_home(run: Run, home: Home) -> None:
    """Notify the targets of a home; a failed delivery is printed, kept as an event, and due again."""
    # Opened as a reader: nobody is notified of what is withheld from readers.
    db = open_for_reading(home.archive)
    try:
        troubles = notify_targets(db, home, now=run.archive.clock.now())
    except BadInput as error:
        print(f"yuanben: {error}", file=sys.stderr)
        return
    finally:
        db.close()
    for trouble in troubles:
        print(line_of(trouble), file=sys.stderr)
        run.archive.event("notify_failed", details={"target": trouble.target, "reason": trouble.why})


def is_open(spider: type[PolicySpider], now: str) -> bool:
    """Return whether an automatic run may ask a site at this hour; print a line when it may not."""
    hours = spider.site.hours
    if hours is None or spider.site.is_open_at(moment(now)):
        return True
    print(f"{spider.name}: asked between {hours[0]} and {hours[1]} o'clock in Beijing only", file=sys.stderr)
    return False


def make_due(run: Run, site: str, listings: tuple[str, ...], *, due_only: bool) -> None:
    """Make a site's lists due now, or with ``due_only`` only those that are nearly due."""
    now = run.archive.clock.now()
    with run.archive.writing():
        run.archive.frontier.add(site=site, kind=Kind.LISTING, urls=listings, due_at=now, why="declared")
        if due_only:
            run.archive.frontier.bring_forward(site, now)
        else:
            run.archive.frontier.hurry(site=site, kind=Kind.LISTING, urls=listings, due_at=now)


def _preview(names: list[str], opts: Namespace) -> int:
    """Print the first requests of a watch. Articles that lists would lead to are not known before asking."""
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
