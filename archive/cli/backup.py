"""``yuanben backup``: a consistent copy, verified; made or updated."""

from __future__ import annotations

import signal
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from archive.cli.options import add_archive, add_json, archive_path
from archive.cli.terminal import Progress, one_line, print_json
from archive.cli.verify import print_report
from archive.errors import BadInput
from archive.store.file.connection import open_for_reading
from archive.store.read.backup import Report, backup, update


def declare(parser: ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("file", metavar="FILE", type=Path, help="the copy; nothing may be there yet")
    parser.add_argument(
        "--update", action="store_true", help="FILE is a copy: write only what is new, verify all of it"
    )
    add_json(parser)
    add_archive(parser)


def run(options: Namespace) -> int:
    """Make the copy. A damaged archive is not copied."""
    end_at_sigterm()
    path = archive_path(options)
    if options.update and path.exists() and options.file.exists() and path.samefile(options.file):
        raise BadInput(f"{options.file} is the archive itself — give the path of its copy")
    with Progress("verified") as progress:
        if options.update:
            report = update(options.file, path, progress.step)
        else:
            # VACUUM cannot run inside a transaction, so this is no ``reading`` block.
            db = open_for_reading(path, whole=True)
            try:
                report = backup(db, options.file, progress.step)
            finally:
                db.close()
    if options.json:
        print_json({"file": str(options.file), **report})
        return 0
    print_report(report)
    for name, count in report.get("written", {}).items():
        print(f"{name}: {count} rows written")
    print(f"{options.file}: a sound copy, {options.file.stat().st_size:,} bytes")
    print_proved(report)
    return 0


def print_proved(report: Report) -> None:
    """Print by which checks a copy was found sound, and what that does not prove."""
    proved = report["proved"]
    last = proved["last_capture"]
    until = f", the last of {last['captured_at']} ({last['url']})" if last else ""
    print(one_line(f"proved: {proved['captures']} captures{until}, root {proved['root']}"))
    if proved["withheld"]:
        print(f"withheld documents: {proved['withheld']}; the copy holds their texts as the archive does")
    print("not proved: that texts were read rightly, and that the archive itself lacks nothing")


def end_at_sigterm() -> None:
    """Let SIGTERM end a command as an error does, so that nothing incomplete is left."""
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
