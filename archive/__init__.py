"""What yuanben keeps, reads, versions and compares. No Scrapy and no network in here.

The functions below are for callers in Python: ``open`` gives an archive to read, ``read``, ``clean`` and ``compare``
work on what the caller has at hand. ``docs/python.md`` shows each of them. What they need is imported when they are
called, so ``import archive`` costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from os import PathLike

    from archive.collate.comparison import Comparison
    from archive.damage.repair import Cleaned
    from archive.face import Holding
    from archive.model import Article, Unreadable

from functools import cache

__version__ = "0.1.0"
# What the store knows of the reader stands here, not beside it: what only searches need not load the reader.
READER = "yuanben-reader"
READER_VERSION = "5"
# What a page is parsed and stripped by: another version of one may read the same page otherwise.
_READ_BY = ("trafilatura", "selectolax", "lxml")
# What else handles the bytes of an exchange, of a page or a file.
_HANDLED_BY = (
    "scrapy", "twisted", "cryptography", "brotli", "zstandard", "charset-normalizer", "opencc", "pypdf", "pypdfium2",
    "xlrd", "warcio",
)  # fmt: skip
ATTACHMENT_READER = "yuanben-attachment/2"
# The flag of a reading that was made in haste.
CHEAP = "cheap_reading"


@cache
def reader_name() -> str:
    """Return the reader as readings name it: its version, and those of the libraries that decide what it reads.

    An upgrade of one of them is another reader: ``scrapy reread`` reads again what the one before has read.
    """
    # Imported here: what only searches names no reader.
    from importlib.metadata import version

    return f"{READER}/{READER_VERSION} ({', '.join(f'{name} {version(name)}' for name in _READ_BY)})"


@cache
def software() -> str:
    """Return what a crawl ran on, as its row keeps it: yuanben, its reader, Python, SQLite and what touches bytes."""
    import platform
    import sqlite3
    from importlib.metadata import version

    from lxml import etree

    libraries = {"libxml2": etree.LIBXML_VERSION, "libxslt": etree.LIBXSLT_VERSION}
    said = {"yuanben": __version__, "Python": platform.python_version(), "SQLite": sqlite3.sqlite_version}
    said |= {name: ".".join(map(str, number)) for name, number in libraries.items()}
    said |= {name: version(name) for name in _HANDLED_BY}
    return f"{reader_name()} " + " ".join(f"{name}/{number}" for name, number in said.items())


def open(path: str | PathLike[str]) -> Holding:
    """Open an archive for reading: ``with archive.open("yuanben.db") as holding: …``.

    It shows one state of the file, and never writes. Raise ArchiveMissing or ArchiveForeign where there is no archive.
    """
    from pathlib import Path

    from archive.face import Holding

    return Holding(Path(path))


def read(body: bytes, *, url: str, content_type: str = "", captured_at: str = "") -> Article | Unreadable:
    """Return what the reader makes of a page or a file: an article, or why there is none.

    ``body`` is what the server sent, with content encodings undone. The rules that a spider declares for its site are
    not used, so a crawl may read the page better. Nothing in an article proves who wrote it.
    """
    from archive import face

    return face.read(body, url=url, content_type=content_type, captured_at=captured_at)


def clean(text: str | bytes) -> Cleaned:
    """Return a damaged text put right, with each step and what it changed.

    The result is likelier to be what was published; it is no proof of it. ``lost`` names every damaged place, those
    among them that could be filled because only one reading fits.
    """
    from archive import face

    return face.clean(text)


def compare(
    text: str | Article, holding: Holding, *, url: str | None = None, original: str | None = None
) -> Comparison:
    """Return a copy set against its original in an archive, with every difference.

    ``url`` is where the copy came from; ``original`` names the document to compare with, else the best one is sought.
    That none is found does not prove that there is none, and the best one held need not be the first published.
    """
    return holding.compare(text, url=url, original=original)
