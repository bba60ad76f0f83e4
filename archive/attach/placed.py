"""Pieces of text by their places on a page put into lines, and into rows where rules make a table of them. Pure."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from archive.text.numerals import lowered, raised

# Lines are this far apart, as a share of the height of a line.
_SAME_LINE = 0.5
# So much room between two pieces, in heights of a character, parts words; so much parts columns.
_SPACE, _COLUMN = 0.6, 1.8
# A piece so much smaller than its line, and so much above or below its foot, is raised or lowered.
_SMALL, _LIFTED = 0.8, 0.15
_LONGEST_RAISED = 8
_MOST_COMPARED = 10_000_000
# Rules that meet are drawn with such a slip (millimetres).
_SLIP = 1.5
_Cell = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Characters that stand together: where their foot begins from the left and the top, and how high they are."""

    x: float
    y: float
    size: float
    text: str

    @property
    def end(self) -> float:
        """Where it ends, as far as characters have the usual widths."""
        return self.x + sum(width_of(character, self.size) for character in self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A straight line: level or upright, where it stands, from where to where it goes."""

    is_level: bool
    at: float
    start: float
    end: float


@dataclass(slots=True)
class _Block:
    """Something that stands in the order of a page: a line, or a row of a table."""

    y: float
    x: float
    text: str


def width_of(character: str, size: float) -> float:
    """Return how wide a character is at a size: a Chinese one as wide as high, others half."""
    return size if unicodedata.east_asian_width(character) in "WFA" else 0.5 * size


def lines_of(pieces: list[Piece], rules: list[Rule]) -> list[str]:
    """Return the lines of a page from its top to its foot; what stands in the cells of a table is a row a line."""
    grid = _Grid(rules if len(rules) * len(pieces) < _MOST_COMPARED else [])
    cells: dict[_Cell, list[Piece]] = {}
    free: list[Piece] = []
    for piece in pieces:
        cell = grid.cell_of(piece)
        if cell is None:
            free.append(piece)
        else:
            cells.setdefault(cell, []).append(piece)
    # A single frame is no table.
    if len(cells) < 2:
        cells, free = {}, pieces
    blocks = [_Block(_foot(line), line[0].x, _joined(line)) for line in _in_lines(free)]
    blocks += _rows(cells)
    return [block.text for block in sorted(blocks, key=lambda block: (block.y, block.x))]


class _Grid:
    """The rules of a page, to find the cell in which something stands."""

    def __init__(self, rules: list[Rule]) -> None:
        self._level = sorted((rule for rule in rules if rule.is_level), key=lambda rule: rule.at)
        self._upright = sorted((rule for rule in rules if not rule.is_level), key=lambda rule: rule.at)

    def cell_of(self, piece: Piece) -> _Cell | None:
        """Return the rules above, below, left and right of a piece; None where it is not within four."""
        if not self._level or not self._upright:
            return None
        x, y = (piece.x + min(piece.end, piece.x + 2 * piece.size)) / 2, piece.y - 0.35 * piece.size
        top, bottom = _around(self._level, y, x)
        left, right = _around(self._upright, x, y)
        if top is None or bottom is None or left is None or right is None:
            return None
        return top, bottom, left, right


def _around(rules: list[Rule], at: float, across: float) -> tuple[float | None, float | None]:
    """Return the nearest rules on both sides of a place that reach over it."""
    middle = bisect_right(rules, at, key=lambda rule: rule.at)

    def reaches(rule: Rule) -> bool:
        return rule.start - _SLIP <= across <= rule.end + _SLIP

    before = next((rule.at for rule in reversed(rules[:middle]) if reaches(rule)), None)
    after = next((rule.at for rule in rules[middle:] if reaches(rule)), None)
    return before, after


def _rows(cells: dict[_Cell, list[Piece]]) -> list[_Block]:
    """Return the rows of a table: the cells that begin at one height, from left to right."""
    rows: list[tuple[float, list[tuple[float, str]]]] = []
    for (top, _, left, _), pieces in sorted(cells.items(), key=lambda pair: (pair[0][0], pair[0][2])):
        text = "".join(_joined(line).replace("\t", " ") for line in _in_lines(pieces))
        if rows and top - rows[-1][0] < _SLIP:
            rows[-1][1].append((left, text))
        else:
            rows.append((top, [(left, text)]))
    # A row stands below the rule above it.
    return [_Block(top + 0.01, row[0][0], "\t".join(text for _, text in sorted(row))) for top, row in rows]


def _in_lines(pieces: Iterable[Piece]) -> list[list[Piece]]:
    """Return pieces in lines, each from left to right. The largest of a line says where its foot is."""
    lines: list[list[Piece]] = []
    largest: list[Piece] = []
    for piece in sorted(pieces, key=lambda piece: (piece.y, piece.x)):
        last = range(len(lines) - 1, max(-1, len(lines) - 4), -1)
        near = next((at for at in last if _is_beside(largest[at], piece)), None)
        if near is None:
            lines.append([piece])
            largest.append(piece)
        else:
            lines[near].append(piece)
            largest[near] = max(largest[near], piece, key=lambda one: one.size)
    return [sorted(line, key=lambda piece: piece.x) for line in lines]


def _is_beside(one: Piece, other: Piece) -> bool:
    return abs(one.y - other.y) <= _SAME_LINE * max(one.size, other.size, 0.1)


def _foot(line: list[Piece]) -> float:
    return max(line, key=lambda piece: (piece.size, len(piece.text))).y


def _joined(line: list[Piece]) -> str:
    size, foot = max(max(piece.size for piece in line), 0.1), _foot(line)
    written: list[str] = []
    before: Piece | None = None
    for piece in line:
        gap = (piece.x - before.end) / size if before is not None else 0.0
        # Bold letters are sometimes drawn twice.
        if before is not None and piece.text == before.text and abs(piece.x - before.x) < 0.2 * size:
            continue
        written.append("\t" if gap > _COLUMN else " " if gap > _SPACE and written[-1][-1:] != " " else "")
        written.append(_in_height(piece, size, foot) if written[1:] and gap < 0.3 else piece.text)
        before = piece
    return "".join(written)


def _in_height(piece: Piece, size: float, foot: float) -> str:
    if piece.size > _SMALL * size or len(piece.text) > _LONGEST_RAISED or not piece.text.isascii():
        return piece.text
    lift = (foot - piece.y) / size
    if lift > _LIFTED:
        return raised(piece.text)
    return lowered(piece.text) if lift < -_LIFTED / 2 else piece.text
