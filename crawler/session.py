"""What the commands share: opening the archive, running crawlers over it, closing it whatever happened."""

from __future__ import annotations

import os
import signal
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType

from scrapy.commands import ScrapyCommand
from scrapy.crawler import CrawlerProcessBase
from scrapy.settings import BaseSettings
from twisted.internet import task
from twisted.python.failure import Failure

from archive.drain import Drain
from archive.errors import ArchiveError, BadInput
from archive.models import Role, Site
from archive.store import Archive
from crawler.reading import PARSE, sites, spiders
from crawler.run import Run
from crawler.site import PolicySpider

# How often the crawling process looks what its readers have found (seconds).
BEAT = 0.002
GRACE = 10.0


def add_archive_options(parser: ArgumentParser, *, writes: bool = True) -> None:
    """Add the options that all commands take."""
    parser.add_argument(
        "--archive", metavar="PATH", help="the archive (default: $YUANBEN_ARCHIVE, else yuanben.db)"
    )
    if writes:
        parser.add_argument("--wait", metavar="SECONDS", type=float, default=0.0, help="wait for another run")


def archive_path(options: Namespace) -> Path:
    """Return the path of the archive that a command works on."""
    return Path(options.archive or os.environ.get("YUANBEN_ARCHIVE") or "yuanben.db")


def chosen(names: Iterable[str]) -> list[str]:
    """Return the sites named, or all; raise BadInput for a name that no spider has."""
    known = spiders()
    for name in names:
        if name not in known:
            raise BadInput(f'no site "{name}" — "scrapy sites" lists them')
    return list(names) or sorted(known)


@contextmanager
def opened(
    command: ScrapyCommand, options: Namespace, *, create: bool = True, backfill: bool = False
) -> Iterator[Run]:
    """Hold an archive and its readers for the length of a block; say so when the archive is new."""
    assert command.settings is not None
    name, path = type(command).__module__.rpartition(".")[2], archive_path(options)
    new = not path.exists()
    archive = Archive.open(
        path, holder=f"scrapy {name}", sites=sites(), create=create, wait=options.wait, backfill=backfill
    )
    if new:
        print(f"made a new archive at {path}", file=sys.stderr)
    drain = Drain(archive, PARSE, processes=_readers(command.settings))
    try:
        yield Run(archive=archive, drain=drain, command=name)
    finally:
        drain.close()
        archive.close()


def _readers(settings: BaseSettings) -> int:
    """Return how many reader processes a run has: as told, else one per core."""
    told = settings["ARCHIVE_READERS"]
    return (os.cpu_count() or 1) if told in (None, "") else int(told)


def crawl(process: CrawlerProcessBase, run: Run, wanted: Iterable[type[PolicySpider]]) -> None:
    """Run crawlers to their end, the readers beside them, and then read what still waits."""
    process.settings.set("ARCHIVE_RUN", run, priority="cmdline")
    for spider in wanted:
        run.begin(spider.name)
        process.crawl(process.create_crawler(spider))
    faults: list[Failure] = []
    beat = task.LoopingCall(run.step)
    beat.start(BEAT, now=False).addErrback(partial(_halt, run, faults))
    with signals_noted(run, lambda: _stop(process)):
        process.start(install_signal_handlers=False)
    if beat.running:
        beat.stop()
    if faults:
        faults[0].raiseException()
    if run.broken:
        raise ArchiveError(run.broken)
    if run.stopped_by is None:
        with signals_noted(run):
            while run.stopped_by is None and not (run.drain.idle and not run.archive.decide_changes()):
                run.drain.step(0.5)


def _halt(run: Run, faults: list[Failure], fault: Failure) -> None:
    """End a run whose reading went wrong in a way nobody foresaw: it would wait for its readers for ever."""
    faults.append(fault)
    run.broken = "reading failed"


def _stop(process: CrawlerProcessBase) -> None:
    """End the crawlers: what is under way has ten seconds more."""
    from twisted.internet import reactor

    reactor.callFromThread(reactor.callLater, GRACE, process._stop_reactor)
    reactor.callFromThread(process._graceful_stop_reactor)


@contextmanager
def signals_noted(run: Run, stop: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Note a signal that asks us to stop; the second one is obeyed at once, and nothing kept is lost."""

    def note(number: int, frame: FrameType | None) -> None:
        if run.stopped_by is not None:
            os._exit(128 + number)
        run.stopped_by = number
        stop()

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def said_plainly(work: Callable[[], int]) -> int:
    """Return a command's exit code; what a person must put right is said in one line."""
    try:
        return work()
    except ArchiveError as error:
        print(f"yuanben: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        # Whoever read our output has seen enough; Python would complain once more when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def declared_as(host: str) -> type[PolicySpider]:
    """Return a spider for a host that has none of its own: default rules, unknown role."""
    site = Site(publisher=host, role=Role.UNKNOWN, domains=(host,))
    return type("HostSpider", (PolicySpider,), {"name": host, "site": site})
