"""What the commands take, and how a wrong word is answered: in one line, never with a block of usage."""

from __future__ import annotations

import os
import re
import sqlite3
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from archive.clock import day_text, until_text
from archive.errors import BadInput, NotCanonical
from archive.urls import canonical_url

if TYPE_CHECKING:
    from archive.face import Holding

_BELOW_ZERO = re.compile("-[0-9０-９].*", re.DOTALL)


class Parser(ArgumentParser):
    """A parser whose complaints are errors of the family, and to which -5℃ is a wording, no option."""

    def __init__(self, **declared: Any) -> None:
        super().__init__(**declared)
        self._negative_number_matcher = _BELOW_ZERO

    def error(self, message: str) -> NoReturn:
        """Raise what is wrong instead of printing a block of usage."""
        raise BadInput(f'{message} — "{self.prog} --help" says what it takes')


def add_archive(parser: ArgumentParser) -> None:
    """Add ``--archive``."""
    parser.add_argument(
        "--archive", metavar="PATH", help="the archive (default: $YUANBEN_ARCHIVE, else yuanben.db)"
    )


def add_json(parser: ArgumentParser) -> None:
    """Add ``--json``."""
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def archive_path(options: Namespace) -> Path:
    """Return the path of the archive that a command works on. That it can be asked for does not prove it is there."""
    path = Path(options.archive or os.environ.get("YUANBEN_ARCHIVE") or "yuanben.db")
    try:
        path.exists()
    except OSError as error:
        raise BadInput(
            f"{str(path)[:200]} cannot be reached ({error.strerror}) — check the path and its rights"
        ) from None
    return path


def address(url: str) -> str:
    """Return an address as it was given; raise BadInput where no page can stand at it."""
    try:
        canonical_url(url)
    except NotCanonical as error:
        raise BadInput(f"{error} — give the http or https address of a page") from None
    return url


@contextmanager
def reading(options: Namespace, *, whole: bool = False) -> Iterator[sqlite3.Connection]:
    """Hold the archive open for reading during a block, as it was when the block began.

    ``whole``: with what is withheld, for what shows none of it.
    """
    from archive.store.file.connection import open_for_reading

    db = open_for_reading(archive_path(options), whole=whole)
    try:
        # One state of the file for all that is asked of it, whatever a crawl adds meanwhile.
        db.execute("begin")
        yield db
    finally:
        db.close()


def holding(options: Namespace) -> Holding:
    """Open the archive for reading, as callers in Python do."""
    from archive.face import Holding

    return Holding(archive_path(options))


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
