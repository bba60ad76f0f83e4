"""``yuanben serve``: the reading room."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path

from archive.cli.options import add_archive, archive_path, port
from archive.errors import BadInput


def declare(parser: ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("--port", metavar="N", type=port, default=8001, help="(default: 8001)")
    parser.add_argument("--public", action="store_true", help="for strangers: no SQL of their own")
    parser.add_argument(
        "--desk",
        action="store_true",
        help="people mark changes as reviewed, in a file of their own beside the archive",
    )
    parser.add_argument(
        "--host",
        metavar="NAME",
        action="append",
        default=[],
        help="answer for this host name, too, as a web server in front passes it on; may be given more than once",
    )
    parser.add_argument(
        "--metadata",
        metavar="FILE",
        type=Path,
        help="write the file by which a plain Datasette describes the archive (datasette yuanben.db -m FILE), and end",
    )
    add_archive(parser)


def run(options: Namespace) -> int:
    """Serve until stopped; or write the metadata for a Datasette without the reading room."""
    if options.metadata:
        return _write_metadata(options.metadata, archive_path(options).stem)
    from archive.reading_room import launch

    return launch(archive_path(options), options.port, options.public, options.host, desk=options.desk)


def _write_metadata(target: Path, name: str) -> int:
    from archive.reading_room.words import plain_metadata

    text = json.dumps(plain_metadata(name), ensure_ascii=False, indent=1)
    try:
        target.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{target} cannot be written ({error.strerror}) — give another path") from None
    print(f"{target} written — datasette {name}.db -m {target}")
    return 0
