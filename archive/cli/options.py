"""The options that commands share. A wrong word is answered in one line, never with a usage block.

``yuanben completion``: a script that teaches a shell the commands, their options, and the names of the sites.
"""

from __future__ import annotations

import os
import re
import sqlite3
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from archive.clock import day_text, until_text
from archive.errors import BadInput, NotCanonical, did_you_mean
from archive.home import home_here
from archive.patterns import regex
from archive.urls import canonical_url

if TYPE_CHECKING:
    from archive.face import Holding
    from archive.model import Site

_BELOW_ZERO = regex("-[0-9０-９].*", re.DOTALL)
# ``yuanben completion``: the options of the commands, for a shell.
SHELLS = ("bash", "zsh", "fish")
_FILES = {"FILE", "PATH", "COPY", "TARGET", "HOME"}
_FOLDERS = {"DIR", "FOLDER"}
_SITES = {"SITE", "S", "SITE|URL"}


class Parser(ArgumentParser):
    """A parser that reports mistakes as ``BadInput``, and that takes -5℃ for a wording, not an option."""

    def __init__(self, **declared: Any) -> None:
        super().__init__(**declared)
        self._negative_number_matcher = _BELOW_ZERO

    def error(self, message: str) -> NoReturn:
        """Raise the error instead of printing a usage block."""
        raise BadInput(f'{message} — "{self.prog} --help" says what it takes')


def add_archive(parser: ArgumentParser) -> None:
    """Add ``--archive``."""
    parser.add_argument(
        "--archive",
        metavar="PATH",
        help="the archive (default: $YUANBEN_ARCHIVE, else the home's, else yuanben.db)",
    )


def add_document(parser: ArgumentParser) -> None:
    """Add the argument for the address of a document."""
    parser.add_argument("url", metavar="URL", help="any address the document was seen at")


def add_public_key(parser: ArgumentParser) -> None:
    """Add the option for the keys that must have signed the given checkpoints."""
    parser.add_argument(
        "--public-key",
        metavar="KEY",
        action="append",
        default=[],
        help="let every checkpoint be signed by this key",
    )


def add_json(parser: ArgumentParser) -> None:
    """Add ``--json``."""
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def archive_path(options: Namespace) -> Path:
    """Return the archive's path: the option's, else the environment's, else the home's.

    A path does not prove that an archive is there.
    """
    given = options.archive or os.environ.get("YUANBEN_ARCHIVE")
    home = None if given else home_here()
    path = Path(given or "yuanben.db") if home is None else home.archive
    try:
        path.exists()
    except OSError as error:
        raise BadInput(
            f"{str(path)[:200]} cannot be reached ({error.strerror}) — check the path and its rights"
        ) from None
    return path


def address(url: str) -> str:
    """Return an address as it was given; raise BadInput where no page can have it."""
    try:
        canonical_url(url)
    except NotCanonical as error:
        raise BadInput(f"{error} — give the http or https address of a page") from None
    return url


@contextmanager
def reading(options: Namespace, *, whole: bool = False) -> Iterator[sqlite3.Connection]:
    """Hold the archive open for reading during a block, as it was when the block began.

    ``whole``: including what is withheld, for commands that show none of it.
    """
    from archive.store.file.connection import open_for_reading

    db = open_for_reading(archive_path(options), whole=whole)
    try:
        # One state of the file for all queries, whatever a crawl adds meanwhile.
        db.execute("begin")
        yield db
    finally:
        db.close()


def holding(options: Namespace) -> Holding:
    """Open the archive for reading, as callers in Python do."""
    from archive.face import Holding

    return Holding(archive_path(options))


def declared_sites() -> dict[str, Site]:
    """Return the declared sites by name; they come from the crawler's entry point.

    The result is empty where no crawler is installed beside the archive. It takes a second: Scrapy and every
    spider are imported.
    """
    from importlib.metadata import entry_points

    found: dict[str, Site] = {}
    for point in entry_points(group="yuanben.sites"):
        found |= point.load()()
    return found


def check_declared(names: Iterable[str], declared: Mapping[str, Site], kept: Iterable[str] = ()) -> None:
    """Raise BadInput, with the nearest names, for a site neither declared nor in ``kept``."""
    known = [*declared, *kept]
    for name in names:
        if declared and name not in known:
            near = did_you_mean(name, known)
            raise BadInput(f'no site "{name}" — {near + " " if near else ""}"scrapy sites" lists them')


def whole_number(text: str) -> int:
    """Return a number from 1 on."""
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) < 1:
        raise ArgumentTypeError(f'"{text}" is no whole number from 1 on')
    return int(text)


def whole_number_or_none(text: str) -> int:
    """Return a number from 0 on."""
    return 0 if text == "0" else whole_number(text)


def day(text: str) -> str:
    """Return a day as it was written, ``YYYY-MM-DD``, if there is such a day."""
    try:
        return day_text(text)
    except BadInput as error:
        raise ArgumentTypeError(str(error)) from None


def until(text: str) -> str:
    """Return the UTC text of a moment: a UTC time, or the last millisecond of a Beijing day."""
    try:
        return until_text(text)
    except BadInput as error:
        raise ArgumentTypeError(str(error)) from None


def seconds(text: str) -> float:
    """Return a number of seconds from 0 on."""
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", text):
        raise ArgumentTypeError(f'"{text}" is no number of seconds')
    return float(text)


def port(text: str) -> int:
    """Return the number of a port."""
    if not re.fullmatch(r"[0-9]{1,5}", text) or int(text) > 65_535:
        raise ArgumentTypeError(f'"{text}" is no port — ports run from 1 to 65535')
    return int(text)


def declare_completion(parser: ArgumentParser) -> None:
    """Declare the options of ``yuanben completion``."""
    parser.add_argument("shell", choices=SHELLS, help="the shell to write a script for")


def run_completion(options: Namespace) -> int:
    """Print the script. It has the sites declared today: print it again after an upgrade."""
    import shtab

    parser = whole_parser(sorted(declared_sites()))
    sys.stdout.write(shtab.complete(parser, shell=options.shell))
    return 0


def whole_parser(sites: list[str]) -> ArgumentParser:
    """Return one parser for all commands, from which the shells' scripts are made."""
    from archive.cli import COMMANDS, command_named  # it imports this module

    parser = ArgumentParser(prog="yuanben", description="the commands that need only the file")
    parser.add_argument("--version", action="store_true", help="say which version this is")
    commands = parser.add_subparsers(parser_class=Parser)
    for name, what in COMMANDS.items():
        command = commands.add_parser(name, help=what, description=what)
        command_named(name)[0](command)
        _hint(command, sites)
    return parser


def _hint(command: ArgumentParser, sites: list[str]) -> None:
    """Set for each argument of a command what a shell may offer for it."""
    import shtab

    for action in command._actions:
        name = action.metavar if isinstance(action.metavar, str) else ""
        if name in _FILES:
            action.complete = shtab.FILE  # type: ignore[attr-defined]
        elif name in _FOLDERS:
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
        elif name in _SITES:
            action.choices = sites
