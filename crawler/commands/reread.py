"""``scrapy reread``: read kept payloads again with today's reader and rules. Our change is never their change."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from itertools import chain

from scrapy.commands import ScrapyCommand
from tqdm import tqdm

from archive import ATTACHMENT_READER
from crawler import session
from crawler.reading import sites


class Command(ScrapyCommand):
    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "[SITE…] [options]"

    def short_desc(self) -> str:
        return "Read kept payloads again with today's reader and rules"

    def add_options(self, parser: ArgumentParser) -> None:
        super().add_options(parser)
        session.add_archive_options(parser)

    def run(self, args: list[str], opts: Namespace) -> None:
        self.exitcode = session.said_plainly(lambda: self._reread(args, opts))

    def _reread(self, args: list[str], opts: Namespace) -> int:
        if args:
            session.chosen([name for name in args if name not in _undeclared(args)])
        with session.opened(self, opts, create=False) as run, session.signals_noted(run):
            jobs = run.archive.jobs
            names = args or jobs.sites()
            before = run.archive.version_count()
            run.drain.rereads = chain(jobs.again(names), jobs.files_again(names, ATTACHMENT_READER))
            with tqdm(desc="read", unit="", disable=not sys.stderr.isatty()) as bar:
                while run.stopped_by is None and not run.drain.idle:
                    run.drain.step(0.5)
                    bar.update(sum(run.drain.outcomes.values()) - bar.n)
            for name in names:
                run.archive.settle(name)
            read = sum(run.drain.outcomes.values())
            print(
                f"{read} pages read again, {run.archive.version_count() - before} versions with cause reading"
            )
            return 128 + run.stopped_by if run.stopped_by else 0


def _undeclared(names: list[str]) -> list[str]:
    """Return the names that are hosts without a spider: what was kept of them can be read again, too."""
    return [name for name in names if name not in sites() and "." in name]
