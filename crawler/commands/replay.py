"""``scrapy replay``: keep and read exchanges out of WARC files."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from scrapy.commands import ScrapyCommand
from tqdm import tqdm

from archive.cli.terminal import one_line
from archive.errors import BadInput
from archive.model import Exchange, Expect
from crawler import session
from crawler.reading import sites
from crawler.replay import exchange_of, exchanges, limit_of
from crawler.run import Run
from crawler.services import Index, NotPlayable
from crawler.warc import Damage

_MOST_LINES = 100
Source = Callable[[Run, Callable[[Damage], None]], Iterator[Exchange]]


class Command(ScrapyCommand):
    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "FILE… | --cdx INDEX URL… [options]"

    def short_desc(self) -> str:
        return "Keep and read exchanges from WARC, ARC and WACZ files, or from an archive that others keep"

    def add_options(self, parser: ArgumentParser) -> None:
        super().add_options(parser)
        session.add_archive_options(parser)
        parser.add_argument(
            "--cdx",
            metavar="INDEX",
            help="ask this CDX server for URLs (… *: all that begin so), and keep what it shows",
        )
        parser.add_argument(
            "--playback", metavar="ADDRESS", help="where it shows what it holds, if the index does not say"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def run(self, args: list[str], opts: Namespace) -> None:
        self.exitcode = session.exit_code_of(lambda: self._replay(args, opts))

    def _replay(self, args: list[str], opts: Namespace) -> int:
        sources = _pages(args, opts, self.settings) if opts.cdx else _files(args)
        with session.opened(self, opts) as run, session.signals_noted(run):
            run.watches_lists = False
            damage = _Damage()
            trouble = _keep_all(sources, run, damage)
            _read_all(run)
            reports = [run.end(site, Expect(articles=0)) for site in run.crawls]
            if trouble and not reports:
                raise trouble
            least = trouble.exit_code if trouble else int(damage.count > 0)
            code = session.report(reports, run, as_json=opts.json, at_least=least)
            damage.sum_up()
            if trouble:
                raise trouble
            return code


class _Damage:
    """Prints for each damaged record one line: its place and its fate; after many, only their number."""

    def __init__(self) -> None:
        self.count = 0

    def report(self, damage: Damage) -> None:
        """Print a damage, unless too many were printed already."""
        self.count += 1
        if self.count <= _MOST_LINES:
            tqdm.write(f"yuanben: {one_line(f'{damage.place}: {damage.says}')}", file=sys.stderr)

    def sum_up(self) -> None:
        """Print how many records were damaged."""
        if self.count:
            print(
                f"{self.count} damaged places in what was read; the other records are kept", file=sys.stderr
            )


def _files(args: list[str]) -> dict[str, Source]:
    """Return for each file, by name, the source of its exchanges."""
    if not args:
        raise BadInput("no WARC file given — scrapy replay FILE.warc.gz")
    for name in args:
        if not Path(name).is_file():
            raise BadInput(f"no file {name} — give the path of a WARC file")
    return {name: partial(_in_file, Path(name)) for name in args}


def _in_file(path: Path, run: Run, told: Callable[[Damage], None]) -> Iterator[Exchange]:
    return exchanges(path, sites(), told)


def _pages(args: list[str], opts: Namespace, settings: Any) -> dict[str, Source]:
    """Return for each address the source of the exchanges that another archive shows of it."""
    if not args:
        raise BadInput("no address given — scrapy replay --cdx INDEX URL")
    delay = settings["ARCHIVE_DELAY"]
    index = Index(opts.cdx, opts.playback, pause=None if delay in (None, "") else float(delay))
    return {wanted: partial(_in_index, index, wanted) for wanted in args}


def _in_index(index: Index, wanted: str, run: Run, told: Callable[[Damage], None]) -> Iterator[Exchange]:
    known = sites()
    for row in index.rows(wanted):
        place = index.place(row)
        sought = Exchange(
            url=row.url, kind="article", site="", captured_at=row.at, origin=place, record=place
        )
        # Not asked for again: the captures that are kept stay.
        if run.archive.holds(sought):
            yield sought
            continue
        found: Exchange | Damage
        try:
            found = exchange_of(index.record(row, limit_of(row.url, known)), known)
        except NotPlayable as error:
            found = Damage(place=place, says=str(error))
        if isinstance(found, Damage):
            told(found)
        else:
            yield found


def _keep_all(sources: dict[str, Source], run: Run, damage: _Damage) -> BadInput | None:
    """Keep the exchanges of the files.

    What was kept before a file broke off stays, and the next file is read.
    """
    trouble, held = None, 0
    with tqdm(desc="kept", unit="", disable=not sys.stderr.isatty()) as bar:
        for name, source in sources.items():
            try:
                for exchange in source(run, damage.report):
                    if run.stopped_by is not None:
                        return trouble
                    if run.archive.holds(exchange):
                        held += 1
                        continue
                    if exchange.site not in run.crawls:
                        run.begin(exchange.site)
                    run.archive.keep(exchange, run.crawls[exchange.site])
                    bar.update()
            except BadInput as error:
                if trouble is not None:
                    damage.report(Damage(place=Path(name).name, says=str(error)))
                trouble = trouble or error
    if held:
        print(f"{held} records were kept before and are not kept again", file=sys.stderr)
    return trouble


def _read_all(run: Run) -> None:
    with tqdm(desc="read", unit="", total=run.archive.queue.length(), disable=not sys.stderr.isatty()) as bar:
        while run.stopped_by is None and not run.drain.idle:
            run.drain.step(0.5)
            bar.update(sum(run.drain.outcomes.values()) - bar.n)
