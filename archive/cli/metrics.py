"""``yuanben metrics``: the archive's state for Prometheus, printed or written for a node exporter."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from archive.cli.options import add_archive, archive_path, reading
from archive.errors import BadInput
from archive.metrics import exposition, write_textfile


def declare(parser: ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "--textfile", metavar="FILE", type=Path, help="write it there, whole at once, for a node exporter"
    )
    add_archive(parser)


def run(options: Namespace) -> int:
    """Print the metrics, or write them."""
    with reading(options) as db:
        text = exposition(db, archive_path(options))
    if options.textfile is None:
        print(text, end="")
        return 0
    if options.textfile.suffix != ".prom":
        raise BadInput(
            f"{options.textfile} would not be read — a node exporter takes files that end in .prom"
        )
    write_textfile(text, options.textfile)
    return 0
