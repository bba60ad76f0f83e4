"""``scrapy fleet SCHEDULER``: ``watch`` with its requests sent by the workers of a Dask cluster.

With ``--carry`` it is the other end: the process that a worker starts for one bundle. It asks for what its
baton lists and keeps the answers in a delta beside it. Nothing else it does leaves its machine.
"""

from __future__ import annotations

import sys
import time
from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path

from scrapy.commands import ScrapyCommand

from archive.cli.options import archive_path, seconds
from archive.drain import Drain
from archive.errors import BadInput
from archive.home import home_of
from archive.store.archive import Archive
from archive.store.read.bundles import Baton, take_up
from crawler import session
from crawler.commands.watch import is_open, make_due, notify_home
from crawler.fleet import MARGIN, RUN_MAX, START, Cluster, Fleet, Times, scheduler_address
from crawler.pace import allowance
from crawler.reading import PARSE, sites, spiders
from crawler.remote import die_with_worker
from crawler.run import Run
from crawler.site import PolicySpider

# The part of the kernel's time limit that is kept for requests under way: a share, and at most this many
# seconds.
_CLOSING, _MOST_CLOSING = 0.3, 60.0


def times(written: str) -> Times:
    """Return the three times of a lease, as argparse wants its types."""
    parts = written.split(",")
    if len(parts) != 3:
        raise ArgumentTypeError(f'"{written}" is not START,RUN,MARGIN — give three numbers of seconds')
    start, run_max, margin = map(seconds, parts)
    if not (start and run_max):
        raise ArgumentTypeError(f'"{written}" leaves no time to start or to run')
    return Times(start=start, run_max=run_max, margin=margin)


class Command(ScrapyCommand):
    requires_project = True

    def syntax(self) -> str:
        return "SCHEDULER [SITE…] [options]"

    def short_desc(self) -> str:
        return "Watch sites from the workers of a Dask cluster"

    def add_options(self, parser: ArgumentParser) -> None:
        super().add_options(parser)
        session.add_archive_options(parser)
        parser.add_argument("--due", action="store_true", help="ask lists, too, only when they are due")
        parser.add_argument(
            "--shard", metavar="I/N", type=session.shard, help="only the sites of part I of N"
        )
        parser.add_argument("--strict", action="store_true", help="exit 1 for every site that is BROKEN")
        parser.add_argument("--json", action="store_true", help="print one JSON document")
        parser.add_argument(
            "--times",
            metavar="START,RUN,MARGIN",
            type=times,
            default=Times(),
            help="seconds in which a bundle of sites must be started, may run, and by which two clocks may differ "
            f"(default {START:.0f},{RUN_MAX:.0f},{MARGIN:.0f})",
        )
        parser.add_argument("--carry", type=Path, help=SUPPRESS)
        parser.add_argument("--run-max", type=seconds, help=SUPPRESS)

    def run(self, args: list[str], opts: Namespace) -> None:
        if opts.carry:
            die_with_worker()
            self.exitcode = session.exit_code_of(lambda: self._carry(opts))
        else:
            self.exitcode = session.exit_code_of(lambda: self._coordinate(args, opts))

    def _coordinate(self, args: list[str], opts: Namespace) -> int:
        if not args:
            raise BadInput("no scheduler given — scrapy fleet tcp://HOST:8786")
        cluster = Cluster(scheduler_address(args[0]))
        home = home_of(archive_path(opts))
        named = args[1:] or list(home.sites if home else ())
        names = [name for name in session.chosen(named) if session.is_in(opts.shard, name)]
        cluster.connected()
        with session.opened(self, opts) as run, session.signals_noted(run):
            run.command, run.watches_lists = "watch", not opts.due
            wanted = {name: spiders()[name] for name in names}
            if opts.due:
                now = run.archive.clock.now()
                wanted = {name: spider for name, spider in wanted.items() if is_open(spider, now)}
            if not named:
                hosts = [one for one in run.archive.frontier.sites() if one not in spiders()]
                wanted |= {one: session.declared_as(one) for one in hosts if session.is_in(opts.shard, one)}

            def prepare(spider: type[PolicySpider]) -> None:
                make_due(run, spider.name, spider.site.listings, due_only=opts.due)

            fleet = Fleet(
                run,
                archive_path(opts),
                cluster,
                wanted,
                is_rationed=opts.due,
                prepare=prepare,
                times=opts.times,
            )
            fleet.work()
            for site in fleet.unreached:
                print(f"{site}: no worker came home with it; it stays due", file=sys.stderr)
            if home is not None and home.targets and run.stopped_by is None:
                notify_home(run, home)
            return session.report(
                fleet.reports, run, as_json=opts.json, at_least=int(bool(fleet.unreached)), strict=opts.strict
            )

    def _carry(self, opts: Namespace) -> int:
        """Ask for what a baton lists, and keep the answers in an archive beside it."""
        assert self.crawler_process is not None and self.settings is not None
        until = time.monotonic() + opts.run_max - min(_CLOSING * opts.run_max, _MOST_CLOSING)
        taken = Baton.from_json(opts.carry.read_text("utf-8"))
        archive = Archive.open(
            opts.carry.with_suffix(".db"), holder="scrapy fleet", sites=sites(), create=True
        )
        drain = Drain(archive, PARSE, processes=1)
        try:
            run = Run(
                archive=archive, drain=drain, command="fleet", offered=taken.validators_of(), until=until
            )
            wanted = [spiders().get(name) or session.declared_as(name) for name in taken.sites]
            crawls = {site: archive.begin_crawl(site, "baton") for site in taken.sites}
            with archive.writing():
                take_up(archive.db, taken, crawls)
            for spider in wanted if taken.looks is not None else []:
                run.allowances[spider.name] = allowance(spider.site.delay, (taken.looks or {})[spider.name])
            session.crawl(self.crawler_process, run, wanted, reads_on=False)
        finally:
            drain.close()
            archive.close()
        return 0
