"""The invented articles as values, and the plain-text form in which they are written down.

A text file holds pieces parted by lines of ``=====``: header lines ``name: value``, an empty line, then one
block a line. ``# `` opens a heading, ``| a | b`` a table row, ``- `` a list entry, ``> `` a signature or date
line set to the right; any other line is a paragraph.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that opens a part of the text."""

    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A list entry."""

    text: str


@dataclass(frozen=True, slots=True)
class Signature:
    """A line set to the right at the end: who signs, and when."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table; its first row is the head."""

    rows: tuple[tuple[str, ...], ...]


Block = str | Heading | Entry | Signature | Table


@dataclass(frozen=True, slots=True)
class File:
    """A file linked from a text: the words of the link, and its address as the page writes it."""

    name: str
    href: str

    @property
    def kind(self) -> str:
        """Return the ending of the file's name."""
        return self.href.rpartition(".")[2].lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One invented article as one site shows it on one day. ``number`` is the id its address carries."""

    key: str
    title: str
    column: str
    published: str
    blocks: tuple[Block, ...]
    number: str = ""
    files: tuple[File, ...] = ()
    source: str = ""
    doc_number: str = ""
    index_number: str = ""
    issuer: str = ""
    author: str = ""
    editor: str = ""
    dialect: str = ""
    parts: int = 1
    state: str = "live"
    republished: str = ""
    listed: bool = True

    @property
    def day(self) -> str:
        """Return the day of publication, ``YYYY-MM-DD``."""
        return self.published[:10]

    def lines(self) -> tuple[str, ...]:
        """Return the text one block a line, table cells parted by tabs: what a reader should find."""
        return tuple(line for block in self.blocks for line in _lines(block))


def _lines(block: Block) -> Iterator[str]:
    if isinstance(block, Table):
        yield from ("\t".join(row) for row in block.rows)
    else:
        yield block if isinstance(block, str) else block.text


def read_pieces(path: Path) -> tuple[Piece, ...]:
    """Read the pieces of one text file."""
    return tuple(_piece(part.strip("\n")) for part in path.read_text("utf-8").split("=====\n"))


def _piece(text: str) -> Piece:
    head, _, body = text.partition("\n\n")
    named: dict[str, Any] = dict(line.split(": ", 1) for line in head.splitlines())
    files = tuple(File(*entry.split("|")) for entry in named.pop("files", "").split("; ") if entry)
    listed = named.pop("listed", "yes") == "yes"
    parts = int(named.pop("parts", "1"))
    return Piece(**named, files=files, parts=parts, listed=listed, blocks=tuple(_blocks(body.splitlines())))


def _blocks(lines: list[str]) -> Iterator[Block]:
    rows: list[tuple[str, ...]] = []
    for line in [*lines, ""]:
        if line.startswith("|"):
            rows.append(tuple(cell.strip() for cell in line.strip("| ").split("|")))
            continue
        if rows:
            yield Table(tuple(rows))
            rows = []
        if line:
            yield _block(line)


def _block(line: str) -> Block:
    mark, rest = line[:2], line[2:]
    if mark == "# ":
        return Heading(rest)
    if mark == "- ":
        return Entry(rest)
    return Signature(rest) if mark == "> " else line
