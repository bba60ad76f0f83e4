"""``yuanben backup``: a consistent copy, verified."""

from __future__ import annotations

import sqlite3
from argparse import ArgumentParser, Namespace
from pathlib import Path

from archive.cli.options import add_archive, add_json, archive_path
from archive.cli.terminal import Progress, print_json
from archive.cli.verify import print_report
from archive.store.file.connection import open_for_reading
from archive.store.read.backup import backup


def declare(parser: ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("file", metavar="FILE", type=Path, help="the copy; nothing may be there yet")
    add_json(parser)
    add_archive(parser)


def run(options: Namespace) -> int:
    """Make the copy. A damaged archive is not copied."""
    # VACUUM cannot run inside a transaction, so this is no ``reading`` block.
    db: sqlite3.Connection = open_for_reading(archive_path(options), whole=True)
    try:
        with Progress("verified") as progress:
            report = backup(db, options.file, progress.step)
    finally:
        db.close()
    if options.json:
        print_json({"file": str(options.file), **report})
        return 0
    print_report(report)
    print(f"{options.file}: a sound copy, {options.file.stat().st_size:,} bytes")
    return 0
