"""``yuanben watchword``: standing queries. Matches are marked in feeds and notifications."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace

from archive.cli.options import add_archive, add_json, archive_path, reading, seconds
from archive.cli.terminal import one_line, print_json
from archive.errors import BadInput, NotHeld
from archive.home import NAME, Home, add_mail, home_of, mail_address
from archive.store.archive import Archive
from archive.store.read.news import decide_watchword, watchwords
from archive.text import fold


def declare(parser: ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("action", type=str.lower, choices=("add", "list", "remove"), help="what to do")
    parser.add_argument("query", metavar="QUERY", nargs="?", help="the wording, in either script")
    parser.add_argument(
        "--mail", metavar="ADDRESS", help="with add: mail what holds the wording to this address"
    )
    parser.add_argument("--wait", metavar="SECONDS", type=seconds, default=0.0, help="wait for another run")
    add_json(parser)
    add_archive(parser)


def run(options: Namespace) -> int:
    """Add or remove a standing query, and print those in force."""
    home = _home(options) if options.mail else None
    if options.action != "list":
        _decide(options)
    if home:
        name = add_mail(home, " ".join(options.query.split()), options.mail)
        print(f'{home.path}: target "{name}" added — "scrapy tell --test" tries it', file=sys.stderr)
    with reading(options) as db:
        held = watchwords(db)
    if options.json:
        print_json(held)
    else:
        print("\n".join(one_line(word) for word in held) or "no standing query — yuanben watchword add QUERY")
    return 0


def _home(options: Namespace) -> Home:
    """Return the home with the mail settings; raise BadInput where there is none."""
    if options.action != "add":
        raise BadInput(f"--mail goes with add — a target is taken away in {NAME}")
    mail_address(options.mail, "--mail")
    home = home_of(archive_path(options))
    if home is None:
        raise BadInput(f'this archive has no {NAME} to write the mail down in — "yuanben new" makes one')
    return home


def _decide(options: Namespace) -> None:
    query = " ".join((options.query or "").split())
    if not fold(query):
        raise BadInput(f"no wording given — yuanben watchword {options.action} QUERY")
    path = archive_path(options)
    if not path.exists() and home_of(path):
        raise BadInput(
            f"no archive at {path} yet — run scrapy watch first, or write it into queries of a target in {NAME}"
        )
    archive = Archive.open(path, holder="yuanben watchword", sites={}, wait=options.wait)
    try:
        if options.action == "remove" and query not in watchwords(archive.db):
            raise NotHeld(f'"{query[:100]}" is no standing query — "yuanben watchword list" shows them')
        with archive.writing():
            decide_watchword(archive.db, query, options.action, at=archive.clock.now())
    finally:
        archive.close()
