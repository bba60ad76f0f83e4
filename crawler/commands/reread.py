"""``scrapy reread``: read kept payloads again with today's reader and rules.

A change of our own is never counted as a change of the source.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from itertools import chain

from scrapy.commands import ScrapyCommand
from tqdm import tqdm

from archive import ATTACHMENT_READER
from archive.cli.options import check_declared
from archive.cli.terminal import clipped, safe
from archive.errors import BadInput
from archive.store.read.review import Rereads, Template, jobs_for_looking
from crawler import session
from crawler.fleet import Cluster, read_elsewhere, scheduler_address
from crawler.reading import sites
from crawler.run import Run

# The number of lines of each kind per template in the terminal; JSON has them all.
MOST = 10


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
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="say what would change, by site and template; write nothing",
        )
        parser.add_argument(
            "--fleet",
            metavar="SCHEDULER",
            help="let the workers of this Dask cluster read; what they find is kept here",
        )
        parser.add_argument("--json", action="store_true", help="with --dry-run: print one JSON document")

    def run(self, args: list[str], opts: Namespace) -> None:
        work = self._look if opts.dry_run else self._reread
        self.exitcode = session.exit_code_of(lambda: work(args, opts))

    def _reread(self, args: list[str], opts: Namespace) -> int:
        cluster = Cluster(scheduler_address(opts.fleet)) if opts.fleet else None
        if cluster:
            cluster.connected()
        with session.opened(self, opts, create=False) as run, session.signals_noted(run):
            jobs = run.archive.jobs
            names = _chosen(args, jobs.sites())
            before = run.archive.version_count()
            again = chain(jobs.again(names), jobs.files_again(names, ATTACHMENT_READER))
            read = (
                read_elsewhere(cluster, again, run.archive, lambda: run.stopped_by is not None)
                if cluster
                else 0
            )
            run.drain.rereads = None if cluster else again
            read += _drained(run)
            for name in names:
                run.archive.settle(name)
            run.archive.settle_connections()
            print(
                f"{read} pages read again, {run.archive.version_count() - before} versions with cause reading"
            )
            return 128 + run.stopped_by if run.stopped_by else 0

    def _look(self, args: list[str], opts: Namespace) -> int:
        """Read as the command would, record nothing, and print which texts would change."""
        if opts.fleet:
            raise BadInput("--dry-run reads here, without --fleet — leave one of them out")
        with session.looking(self, opts) as run, session.signals_noted(run):
            rereads, jobs = Rereads(run.archive.db), jobs_for_looking(run.archive.db, run.archive.sites)
            names = _chosen(args, jobs.sites())
            run.drain.looking = rereads.note
            run.drain.rereads = chain(jobs.again(names), jobs.files_again(names, ATTACHMENT_READER))
            read = _drained(run)
            if opts.json:
                templates = [_as_json(one) for one in rereads.templates]
                print(json.dumps({"read": read, "templates": templates}, ensure_ascii=False))
            else:
                print("\n".join([*map(_as_text, rereads.templates), f"{read} pages read, nothing written"]))
            return 128 + run.stopped_by if run.stopped_by else 0


def _drained(run: Run) -> int:
    """Read until nothing is left or a signal asks to stop; return how many pages were read."""
    with tqdm(desc="read", unit="", disable=not sys.stderr.isatty()) as bar:
        while run.stopped_by is None and not run.drain.idle:
            run.drain.step(0.5)
            bar.update(sum(run.drain.outcomes.values()) - bar.n)
    return sum(run.drain.outcomes.values())


def _as_json(one: Template) -> dict[str, object]:
    counted = {"read": one.read, "changed": one.changed, "unreadable": one.unreadable}
    lines = [{"op": op, "line": line, "pages": n} for op, found in _lines(one) for line, n in found]
    return {
        "site": one.site,
        "template": one.template,
        **counted,
        "fields": dict(one.fields),
        "lines": lines,
        "examples": one.examples,
    }


def _as_text(one: Template) -> str:
    lost = f", {one.unreadable} could no longer be read" if one.unreadable else ""
    head = f"{one.site}  {one.template}: {one.changed} of {one.read} would change{lost}"
    lines = [
        f"  {op} {n} × {clipped(safe(line), 100)}" for op, found in _lines(one) for line, n in found[:MOST]
    ]
    fields = [f"  {name}: {n}" for name, n in one.fields.most_common()]
    return "\n".join([head, *fields, *lines])


def _lines(one: Template) -> list[tuple[str, list[tuple[str, int]]]]:
    return [("-", one.gone.most_common()), ("+", one.come.most_common())]


def _chosen(names: list[str], kept: list[str]) -> list[str]:
    """Return the named sites, or all with kept pages; hosts without a spider can be read again, too."""
    check_declared(names, sites(), kept)
    return names or kept
