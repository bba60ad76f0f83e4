"""``yuanben feed``: what happened, as an Atom file."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from archive.atom import feed
from archive.cli.options import add_archive, archive_path, reading, whole_number
from archive.cli.terminal import Working
from archive.errors import BadInput
from archive.home import home_of, room_address
from archive.store.read.lookup import address_of, find_document
from archive.store.read.news import news
from archive.store.read.query import site_named


def declare(parser: ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("file", metavar="FILE", help="where the feed is written; - prints it")
    of = parser.add_mutually_exclusive_group()
    of.add_argument("--site", metavar="S", help="only of this site")
    of.add_argument("--url", metavar="URL", help="only of this document, by its address or number")
    of.add_argument("--query", metavar="Q", help="only of articles that hold this wording, in either script")
    parser.add_argument(
        "--limit", metavar="N", type=whole_number, default=100, help="the newest N (default 100)"
    )
    parser.add_argument(
        "--room", metavar="ADDRESS", help="where the reading room is served: entries lead to it"
    )
    parser.add_argument(
        "--language", choices=("zh", "en"), help="of the entries (default: the home's, else en)"
    )
    add_archive(parser)


def run(options: Namespace) -> int:
    """Write the feed; a reader never gets half a feed."""
    with reading(options) as db, Working("reading"):
        document = find_document(db, options.url) if options.url else None
        site = site_named(db, options.site) if options.site else None
        pieces = news(db, site=site, document=document, query=options.query, limit=options.limit)
        url = address_of(db, document) if document is not None else None
    home = home_of(archive_path(options))
    room = room_address(options.room, "--room") if options.room else home.room if home else None
    language = options.language or (home.language if home else "en")
    body = feed(site or url or options.query or "all", pieces, room=room, language=language)
    if options.file == "-":
        sys.stdout.buffer.write(body)
        return 0
    path = Path(options.file)
    # A device or a pipe of that name would be replaced by a file.
    if not path.name or (path.exists() and not path.is_file()):
        raise BadInput(f'"{path}" is no file — give the path of one, or - to print the feed')
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(body)
        beside.replace(path)
    except OSError as error:
        raise BadInput(f"{path} cannot be written ({error.strerror}) — give the path of a file") from None
    print(f"{len(pieces)} entries written to {path}")
    return 0
