"""The structure of a text beside its plain lines: headings, items, tables with their spans, pictures, captions.

A block names its part of the text by start and end, so that what is built on it (a page that shows the text, clauses)
needs no markup. What the page's tags do not say is not guessed, but for headings that are numbered as chapters are.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from archive.extract.outline import LISTS, Line, Outline
from archive.extract.tree import joined
from archive.model import Block, Cell
from archive.patterns import regex
from archive.text.script import without_marks

MOST_BLOCKS, MOST_PICTURES = 20_000, 200
_LEVELS = {f"h{level}": level for level in range(1, 7)}
_CHAPTER = regex(
    r"第[〇零一二三四五六七八九十百0-9]{1,5}(?P<part>[编編篇章节節])(?:[\s\u3000]|$|(?=[\u4e00-\u9fff]))"
)
_CHAPTER_LEVELS = {"编": 1, "編": 1, "篇": 1, "章": 2, "节": 3, "節": 3}
_CAPTION = regex(r"caption|img_?(?:desc|txt|title)|pic_?(?:desc|txt|title)|tupian|tuzhu", re.I)
_SPAN = regex(r"\s*(\d{1,4})")
_MOST_SPAN = 1_000


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the text with the lines of the page it was made of, and the cells of a table's row."""

    text: str
    lines: tuple[Line, ...]
    row: int = -1
    cells: tuple[int, ...] = ()


def blocks_of(page: Outline, node: int, entries: Sequence[Entry], url: str = "") -> tuple[Block, ...]:
    """Return the blocks of the text that ``entries`` are the lines of, in order; pictures have no length.

    ``url`` is what the addresses of pictures are relative to.
    """
    found: list[Block] = []
    pictures = _pictures(page, node, url)
    at, rows = 0, list[tuple[int, Entry]]()
    for entry in entries:
        before = entry.lines[0].pieces[0][1]
        here = _table_of(page, entry.row)
        if rows and ((pictures and pictures[0][0] < before) or here != _table_of(page, rows[0][1].row)):
            found.append(_table(page, rows))
            rows = []
        while pictures and pictures[0][0] < before:
            found.append(dataclasses.replace(pictures.pop(0)[1], start=at, end=at))
        if here >= 0:
            rows.append((at, entry))
        else:
            found.append(_block(page, node, entry, at))
        at += len(entry.text) + 1
    found += [_table(page, rows)] if rows else []
    end = max(at - 1, 0)
    found += [dataclasses.replace(picture, start=end, end=end) for _, picture in pictures]
    return tuple(found[:MOST_BLOCKS])


def clipped(blocks: Sequence[Block], end: int) -> tuple[Block, ...]:
    """Return the blocks of a text that is cut off at ``end``; one that is cut through is left out."""
    return tuple(block for block in blocks if block.end <= end)


def moved(blocks: Sequence[Block], by: Callable[[int], int]) -> tuple[Block, ...]:
    """Return the blocks with every place of theirs put through ``by``."""
    return tuple(
        dataclasses.replace(
            block,
            start=by(block.start),
            end=by(block.end),
            cells=tuple(dataclasses.replace(c, start=by(c.start), end=by(c.end)) for c in block.cells),
        )
        for block in blocks
    )


def _table_of(page: Outline, row: int) -> int:
    while row >= 0 and page.nodes[row].tag != "table":
        row = page.nodes[row].parent
    return row


def _block(page: Outline, node: int, entry: Entry, at: int) -> Block:
    """Return the block of a line that is no row of a table: what the nearest element that says so makes of it."""
    line, end = entry.lines[0], at + len(entry.text)
    here, depth = line.node, 0
    while here >= node:
        one = page.nodes[here]
        if level := _LEVELS.get(one.tag):
            return Block(kind="heading", start=at, end=end, level=level)
        if one.tag in ("figcaption", "caption") or (one.label and _CAPTION.search(one.label)):
            return Block(kind="caption", start=at, end=end)
        if one.tag == "li":
            depth = sum(page.nodes[up].tag in LISTS for up in _above(page, here, node))
            return Block(
                kind="item", start=at, end=end, level=max(depth, 1), number=_number(line, one.element, here)
            )
        here = one.parent
    chapter = (
        _CHAPTER.match(entry.text)
        if line.size <= 40 and not entry.text.endswith(("。", "；", "，"))
        else None
    )
    if chapter:
        return Block(kind="heading", start=at, end=end, level=_CHAPTER_LEVELS[chapter["part"]])
    return Block(kind="paragraph", start=at, end=end)


def _above(page: Outline, here: int, node: int) -> Iterator[int]:
    while here > node:
        here = page.nodes[here].parent
        yield here


def _number(line: Line, element: Any, item: int) -> str:
    """Return the number that the list shows before an item, "" where its own text begins the line."""
    first, at = line.pieces[0]
    own = (element.text or "").strip()
    return first.strip() if at == item and first.strip() and not own.startswith(first.strip()) else ""


def _table(page: Outline, rows: list[tuple[int, Entry]]) -> Block:
    """Return a table: each cell with its place in the text and in the grid, and how far it reaches there."""
    taken: set[tuple[int, int]] = set()
    cells: list[Cell] = []
    for row, (at, entry) in enumerate(rows):
        column, texts = 0, entry.text.split("\t")
        for count, cell in enumerate(entry.cells):
            while (row, column) in taken:
                column += 1
            text = texts[count] if count < len(texts) else ""
            down, across = (_span(page.nodes[cell].element, name) for name in ("rowspan", "colspan"))
            down = min(down, len(rows) - row)
            taken.update((row + r, column + c) for r in range(down) for c in range(across) if down > 1)
            cells.append(
                Cell(start=at, end=at + len(text), row=row, column=column, rows=down, columns=across)
            )
            column += across
            at = min(at + len(text) + 1, rows[row][0] + len(entry.text))
    last_at, last = rows[-1]
    return Block(kind="table", start=rows[0][0], end=last_at + len(last.text), cells=tuple(cells))


def _span(element: Any, name: str) -> int:
    match = _SPAN.match(element.get(name) or "")
    return min(max(int(match[1]), 1), _MOST_SPAN) if match else 1


def _pictures(page: Outline, node: int, url: str) -> list[tuple[int, Block]]:
    found: list[tuple[int, Block]] = []
    for at in range(node, page.nodes[node].end):
        here = page.nodes[at]
        if here.tag != "img" or here.hidden or here.zone_at > node:
            continue
        source = (
            here.element.get("data-src") or here.element.get("data-original") or here.element.get("src") or ""
        )
        if (address := joined(url, source)) and not _is_small(here.element):
            words = without_marks(" ".join((here.element.get("alt") or "").split())[:300])
            found.append((at, Block(kind="picture", start=0, end=0, address=address, words=words)))
    return found[:MOST_PICTURES]


def _is_small(element: Any) -> bool:
    """Say whether a picture says itself that it is too small to show anything but an ornament."""
    sizes = [match for name in ("width", "height") if (match := _SPAN.match(element.get(name) or ""))]
    return any(int(size[1]) < 32 for size in sizes)
