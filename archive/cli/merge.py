"""``yuanben merge``: merge archives, and the archives of older programs into a new one."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from archive.cli.checkpoint import add_checkpoint, state_run
from archive.cli.options import add_archive, add_json, archive_path, seconds
from archive.cli.terminal import Progress, one_line, print_json
from archive.errors import BadInput
from archive.model import Site
from archive.store.archive import Archive
from archive.store.file.connection import open_whatever_age
from archive.store.read.merging import Merged, merge


def declare(parser: ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument(
        "files", metavar="FILE", nargs="+", type=Path, help="an archive; nothing in it is changed"
    )
    parser.add_argument("--wait", metavar="SECONDS", type=seconds, default=0.0, help="wait for another run")
    add_checkpoint(parser)
    add_json(parser)
    add_archive(parser)


def run(options: Namespace) -> int:
    """Take over the captures of the files; 1 when something in them could not be read."""
    target = archive_path(options)
    for file in options.files:
        if file.exists() and target.exists() and file.samefile(target):
            raise BadInput(f"{file} is the archive itself — give another with --archive")
    sources = [(file.name, open_whatever_age(file)) for file in options.files]
    sites: dict[str, Site] = {}
    archive = Archive.open(target, holder="yuanben merge", sites=sites, create=True, wait=options.wait)
    try:
        with Progress("merged") as progress:
            found = {name: merge(archive, sites, source, name, progress.step) for name, source in sources}
        state_run(archive, options)
    finally:
        archive.close()
        for _, source in sources:
            source.close()
    if options.json:
        print_json(
            {name: {"kept": one.kept, "held": one.held, "lost": one.lost} for name, one in found.items()}
        )
    else:
        for name, one in found.items():
            _print(name, one)
    return int(any(one.lost for one in found.values()))


def _print(name: str, one: Merged) -> None:
    print(f"{name}: {one.kept} captures taken over, {one.held} were held")
    for line in one.lost:
        print(one_line(f"{name}: {line}; not taken over"))
