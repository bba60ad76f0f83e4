"""``scrapy replay``: keep and read exchanges out of WARC files."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from scrapy.commands import ScrapyCommand
from tqdm import tqdm

from archive.cli.terminal import one_line
from archive.errors import BadInput
from archive.model import Expect
from crawler import session
from crawler.reading import sites
from crawler.replay import exchanges
from crawler.run import Run
from crawler.warc import Damage

_MOST_LINES = 100


class Command(ScrapyCommand):
    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "FILE… [options]"

    def short_desc(self) -> str:
        return "Keep and read exchanges from WARC, ARC and WACZ files; nothing is asked of the network"

    def add_options(self, parser: ArgumentParser) -> None:
        super().add_options(parser)
        session.add_archive_options(parser)
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def run(self, args: list[str], opts: Namespace) -> None:
        self.exitcode = session.said_plainly(lambda: self._replay([Path(arg) for arg in args], opts))

    def _replay(self, paths: list[Path], opts: Namespace) -> int:
        if not paths:
            raise BadInput("no WARC file given — scrapy replay FILE.warc.gz")
        for path in paths:
            if not path.is_file():
                raise BadInput(f"no file {path} — give the path of a WARC file")
        with session.opened(self, opts) as run, session.signals_noted(run):
            run.watches_lists = False
            damage = _Damage()
            trouble = _keep_all(paths, run, damage)
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
    """Says of each damaged record, in a line, where it is and what became of it; of very many, how many there are."""

    def __init__(self) -> None:
        self.count = 0

    def told(self, damage: Damage) -> None:
        """Say it, unless much was said already."""
        self.count += 1
        if self.count <= _MOST_LINES:
            tqdm.write(f"yuanben: {one_line(f'{damage.place}: {damage.says}')}", file=sys.stderr)

    def sum_up(self) -> None:
        """Say how many records were damaged."""
        if self.count:
            print(
                f"{self.count} damaged places in what was read; the other records are kept", file=sys.stderr
            )


def _keep_all(paths: list[Path], run: Run, damage: _Damage) -> BadInput | None:
    """Keep what the files hold; what was kept before a file broke off stands, and the next file is read."""
    trouble, held, known = None, 0, sites()
    with tqdm(desc="kept", unit="", disable=not sys.stderr.isatty()) as bar:
        for path in paths:
            try:
                for exchange in exchanges(path, known, damage.told):
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
                    damage.told(Damage(place=path.name, says=str(error)))
                trouble = trouble or error
    if held:
        print(f"{held} records were kept before and are not kept again", file=sys.stderr)
    return trouble


def _read_all(run: Run) -> None:
    with tqdm(desc="read", unit="", total=run.archive.queue.length(), disable=not sys.stderr.isatty()) as bar:
        while run.stopped_by is None and not run.drain.idle:
            run.drain.step(0.5)
            bar.update(sum(run.drain.outcomes.values()) - bar.n)
