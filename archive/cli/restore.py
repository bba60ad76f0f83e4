"""``yuanben restore``: a backup into a new file, verified, and what it lacks."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from archive.cli.backup import end_at_sigterm, print_proved
from archive.cli.options import add_archive, add_json, add_public_key, archive_path
from archive.cli.terminal import Progress, one_line, print_json
from archive.cli.verify import print_report, stated_in
from archive.store.read.backup import restore


def declare(parser: ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("backup", metavar="BACKUP", type=Path, help="the copy; it is not changed")
    parser.add_argument(
        "target",
        metavar="TARGET",
        type=Path,
        nargs="?",
        help="the new file (default: the archive's place); nothing may be there yet",
    )
    parser.add_argument(
        "--checkpoint",
        metavar="FILE",
        action="append",
        default=[],
        help="hold it against the checkpoints in this file (- for standard input) and say what is missing",
    )
    add_public_key(parser)
    add_json(parser)
    add_archive(parser)


def run(options: Namespace) -> int:
    """Restore; 1 when checkpoints state more than the backup holds."""
    end_at_sigterm()
    stated = [one for place in options.checkpoint for one in stated_in(place, options.public_key)]
    target = options.target or archive_path(options)
    with Progress("verified") as progress:
        report = restore(options.backup, target, stated, progress.step)
    missing = report["missing"]
    if options.json:
        print_json({"file": str(target), **report})
        return int(bool(missing))
    print_report(report)
    print(f"{target}: restored, {target.stat().st_size:,} bytes")
    print_proved(report)
    for lack in missing:
        rows = f"rows {lack['from']} to {lack['to']}" if lack["count"] > 1 else f"row {lack['to']}"
        print(one_line(f"missing: {lack['table']} {rows} ({lack['count']}), which {lack['place']} states"))
    if not stated:
        print("no checkpoint was given: whether anything is missing since the backup is not known")
    elif not missing:
        print("nothing is missing that the checkpoints state")
    elif not report["checkpoints"]:
        print("not shown: that the rows are those stated; every checkpoint given is of after the backup")
    return int(bool(missing))
