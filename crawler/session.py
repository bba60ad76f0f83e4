"""Functions that the commands share: opening the archive, crawling, and closing it in any case."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import signal
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from types import FrameType
from typing import NoReturn

from scrapy.commands import ScrapyCommand
from scrapy.crawler import CrawlerProcessBase
from scrapy.settings import BaseSettings
from twisted.internet import task
from twisted.python.failure import Failure

from archive.cli.checkpoint import add_checkpoint, signer_in, state_run
from archive.cli.options import add_archive, archive_path, check_declared, seconds
from archive.cli.terminal import Progress, one_line
from archive.clock import clock_from
from archive.drain import Drain
from archive.errors import ArchiveError, ReaderBroken
from archive.model import Role, Site, Verdict
from archive.store.archive import Archive
from archive.store.file import connection
from archive.store.file.connection import refuse_without_room
from crawler.reading import PARSE, sites
from crawler.run import Report, Run
from crawler.site import PolicySpider

# How often the crawling process polls its readers (seconds).
BEAT = 0.002
# How often a person at a terminal sees the progress (seconds).
SIGHT = 1.0
GRACE = 10.0


def add_archive_options(parser: ArgumentParser, *, writes: bool = True) -> None:
    """Add the options of all commands, and report a wrong one in one line."""
    parser.error = partial(_refuse, parser)  # type: ignore[method-assign]
    add_archive(parser)
    if writes:
        parser.add_argument(
            "--wait", metavar="SECONDS", type=seconds, default=0.0, help="wait for another run"
        )
        add_checkpoint(parser)


def _refuse(parser: ArgumentParser, message: str) -> NoReturn:
    """End a command with invalid options; argparse would print its usage first."""
    parser.exit(2, f"yuanben: {message} — add --help to see what it takes\n")


def chosen(names: Sequence[str]) -> list[str]:
    """Return the named sites, or all; raise BadInput for a name that no spider has."""
    known = sites()
    check_declared(names, known)
    return list(dict.fromkeys(names)) or sorted(known)


@dataclass(frozen=True, slots=True)
class Shard:
    """One of several parts of all sites.

    0 and ``count`` are the same part: some count from zero, some from one.
    """

    number: int
    count: int

    def holds(self, site: str) -> bool:
        """Return whether a site belongs to this part, by nothing but its name."""
        digest = hashlib.sha256(site.encode()).digest()
        return int.from_bytes(digest[:8]) * self.count >> 64 == self.number % self.count


def shard(written: str) -> Shard:
    """Return the part ``I/N``, in the form of an argparse type."""
    match = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", written)
    number, count = map(int, match.groups()) if match else (1, 0)
    if number > count or count == 0:
        raise ArgumentTypeError(f'"{written}" is no part I/N — give which part and how many, like 3/8')
    return Shard(number, count)


def is_in(part: Shard | None, site: str) -> bool:
    """Return whether a site is asked here: it belongs to the part that was named, if one was."""
    return part is None or part.holds(site)


@contextmanager
def opened(
    command: ScrapyCommand, options: Namespace, *, create: bool = True, backfill: bool = False
) -> Iterator[Run]:
    """Hold an archive and its readers for a block; print a line when the archive is new."""
    assert command.settings is not None
    name, path = type(command).__module__.rpartition(".")[2], archive_path(options)
    if options.checkpoint_key:
        signer_in(options.checkpoint_key)
    new = not path.exists()
    archive = Archive.open(
        path, holder=f"scrapy {name}", sites=sites(), create=create, wait=options.wait, backfill=backfill
    )
    if new:
        print(f"made a new archive at {path}", file=sys.stderr)
    try:
        refuse_without_room(archive.db, path)
    except BaseException:
        archive.close()
        raise
    drain = Drain(archive, PARSE, processes=_readers(command.settings))
    try:
        yield Run(archive=archive, drain=drain, command=name)
    finally:
        drain.close()
        try:
            state_run(archive, options)
        finally:
            archive.close()


@contextmanager
def looking(command: ScrapyCommand, options: Namespace) -> Iterator[Run]:
    """Hold an archive for reading only, with its readers: nothing can be written, no lease is taken."""
    assert command.settings is not None
    name = type(command).__module__.rpartition(".")[2]
    db = connection.open_for_reading(archive_path(options))
    drain = Drain(Archive(db, clock=clock_from(), sites=sites()), PARSE, processes=_readers(command.settings))
    try:
        yield Run(archive=drain.archive, drain=drain, command=name)
    finally:
        drain.close()
        db.close()


def _readers(settings: BaseSettings) -> int:
    """Return the number of reader processes of a run: the option's, else one per core."""
    readers = settings["ARCHIVE_READERS"]
    return (os.cpu_count() or 1) if readers in (None, "") else int(readers)


def crawl(
    process: CrawlerProcessBase, run: Run, wanted: Iterable[type[PolicySpider]], *, reads_on: bool = True
) -> None:
    """Run crawlers to their end, with the readers, and then (``reads_on``) read what still waits."""
    process.settings.set("ARCHIVE_RUN", run, priority="cmdline")
    for spider in wanted:
        run.begin(spider.name)
        process.crawl(process.create_crawler(spider))
    faults: list[Failure] = []
    beat = task.LoopingCall(run.step)
    beat.start(BEAT, now=False).addErrback(partial(_halt, run, faults))
    with signals_noted(run, lambda: _stop(process)), Progress("answers") as progress:
        sight = task.LoopingCall(_show, run, progress)
        if progress.is_shown:
            sight.start(SIGHT, now=False)
        process.start(install_signal_handlers=False)
    for call in (beat, sight):
        if call.running:
            call.stop()
    if faults:
        faults[0].raiseException()
    if run.broken:
        raise run.broken
    if run.stopped_by is None and reads_on:
        with signals_noted(run):
            while run.stopped_by is None and not (run.drain.idle and not run.archive.decide_changes()):
                run.drain.step(0.5)


def _show(run: Run, progress: Progress) -> None:
    """Show the progress of a run in a line: answers so far, pages read, requests still due."""
    now, frontier = run.archive.clock.now(), run.archive.frontier
    due = sum(frontier.count_due(site, now) for site in run.crawls)
    read = sum(run.drain.outcomes.values())
    progress.count(
        sum(map(len, run.seconds.values())), f"{read:,} read, {due:,} due, {len(run.crawls)} sites"
    )


def _halt(run: Run, faults: list[Failure], fault: Failure) -> None:
    """End a run whose reading failed unexpectedly: it would wait for its readers for ever."""
    faults.append(fault)
    run.broken = ReaderBroken("reading failed — run again, what is kept waits")


def _stop(process: CrawlerProcessBase) -> None:
    """End the crawlers: requests under way have ten seconds more."""
    from twisted.internet import reactor

    reactor.callFromThread(reactor.callLater, GRACE, process._stop_reactor)
    reactor.callFromThread(process._graceful_stop_reactor)


@contextmanager
def signals_noted(run: Run, stop: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Note a signal to stop; the second one is obeyed at once, and no kept capture is lost."""

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


def report(reports: list[Report], run: Run, *, as_json: bool, at_least: int = 0, strict: bool = True) -> int:
    """Print one line per site, or one JSON document, and return the exit code.

    1 when a site is BROKEN; without ``strict`` only when one is newly BROKEN, or worse than at the run
    before.
    """
    wrong = [
        site_report
        for site_report in reports
        if site_report.is_worse or (strict and site_report.verdict is Verdict.BROKEN)
    ]
    code = 128 + run.stopped_by if run.stopped_by else int(bool(wrong))
    code = max(code, at_least)
    if run.stopped_by:
        print("stopped before the end; nothing is lost, the next run goes on from here", file=sys.stderr)
    if as_json:
        print(
            json.dumps(
                {"crawls": [_as_json(site_report) for site_report in reports], "exit": code},
                ensure_ascii=False,
            )
        )
        return code
    for site_report in reports:
        counted = ", ".join(
            f"{n} {name}" for name, n in sorted(site_report.counts.items()) if name != "captures"
        )
        why = f" ({', '.join(site_report.reasons)})" if site_report.reasons else ""
        why += ", as before" if site_report.verdict is Verdict.BROKEN and not site_report.is_worse else ""
        print(
            f"{site_report.site:12} {site_report.verdict}{why}: {site_report.counts.get('captures', 0)} captures: {counted or 'none'}"
        )
    return code


def _as_json(site_report: Report) -> dict[str, object]:
    outcomes = {name: n for name, n in site_report.counts.items() if name != "captures"}
    return {
        "site": site_report.site,
        "verdict": site_report.verdict,
        "reasons": list(site_report.reasons),
        "outcomes": outcomes,
        "captures": site_report.counts.get("captures", 0),
        "worse": site_report.is_worse,
    }


def exit_code_of(work: Callable[[], int]) -> int:
    """Return a command's exit code; a user's mistake is reported in one line."""
    try:
        code = work()
        sys.stdout.flush()
        return code
    except ArchiveError as error:
        print(f"yuanben: {one_line(str(error))}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        # Between two writes: acknowledged captures are kept, others are asked for again.
        return 128 + signal.SIGINT
    except BrokenPipeError:
        # The reader of our output has enough; Python would complain once more when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        if error.errno != errno.ENOSPC or error.filename is not None:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        print(f"yuanben: the output cannot be used ({error.strerror}) — is there room?", file=sys.stderr)
        return 2


def declared_as(host: str) -> type[PolicySpider]:
    """Return a spider for a host without a spider of its own: default rules, unknown role."""
    site = Site(publisher=host, role=Role.UNKNOWN, domains=(host,))
    return type("HostSpider", (PolicySpider,), {"name": host, "site": site})
