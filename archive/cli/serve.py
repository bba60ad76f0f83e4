"""``yuanben serve``: the reading room."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from archive.cli.options import add_archive, archive_path, port


def declare(parser: ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--port", metavar="N", type=port, default=8001, help="(default: 8001)")
    parser.add_argument("--public", action="store_true", help="for strangers: no SQL of their own")
    parser.add_argument(
        "--host",
        metavar="NAME",
        action="append",
        default=[],
        help="answer for this host name, too, as a web server in front passes it on; may be given more than once",
    )
    add_archive(parser)


def run(options: Namespace) -> int:
    """Serve until stopped."""
    from archive.reading_room import launch

    return launch(archive_path(options), options.port, options.public, options.host)
