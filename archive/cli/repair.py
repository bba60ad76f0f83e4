"""``yuanben repair``: rebuild derived rows, and take damaged bodies from a second copy."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from archive.cli.options import add_archive, add_json, archive_path, reading, seconds
from archive.cli.terminal import Progress, print_json
from archive.store.archive import Archive
from archive.store.evidence.repairing import Repaired, differing, repair
from archive.store.file.connection import open_whatever_age
from archive.store.read.verify import expected_shapes


def declare(parser: ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument(
        "--from", dest="copy", metavar="COPY", type=Path, help="a backup to take damaged bodies from"
    )
    parser.add_argument("--wait", metavar="SECONDS", type=seconds, default=0.0, help="wait for another run")
    add_json(parser)
    add_archive(parser)


def run(options: Namespace) -> int:
    """Repair the archive; 1 when damaged bodies remain that no copy could give."""
    copy = open_whatever_age(options.copy) if options.copy else None
    archive = Archive.open(archive_path(options), holder="yuanben repair", sites={}, wait=options.wait)
    try:
        with Progress("repaired") as progress:
            with reading(options, whole=True) as db:
                documents = differing(db, progress.step)
            with archive.writing():
                done = repair(
                    archive.db, expected_shapes(), documents, copy, archive.clock.now, progress.step
                )
    finally:
        archive.close()
        if copy is not None:
            copy.close()
    _report(done, options)
    return int(bool(done.lost))


def _report(done: Repaired, options: Namespace) -> None:
    if options.json:
        print_json(
            {
                "made_anew": done.shapes,
                "index_entries": done.entries,
                "documents": done.documents,
                "bodies": done.payloads,
                "lost": done.lost,
            }
        )
        return
    print(f"search indexes: {done.entries} entries made anew")
    print(f"documents derived again: {len(done.documents)}")
    if done.shapes:
        print(f"views, triggers and indexes made anew: {', '.join(done.shapes)}")
    for digest in done.payloads:
        print(f"{digest}: taken from the copy")
    for digest in done.lost:
        print(f"{digest}: damaged, and no copy has it — restore a backup, or give one with --from")
    print('what was witnessed is as it was — "yuanben verify" says whether that holds')
