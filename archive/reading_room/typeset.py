"""Texts made ready for a page: paragraphs, headings and tables; found words marked; times as people read them.

Nothing here makes HTML: it gives pieces of text with their kind, and the templates escape them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from archive.clock import BEIJING, moment
from archive.errors import BadInput
from archive.store.answers.wording import sought
from archive.text import fold_map
from archive.text.figures import whole

_HEADING = re.compile(
    r"[一二三四五六七八九十百]{1,4}[、.．]\S.{0,38}|第[一二三四五六七八九十百0-9]{1,5}[章节编篇部分]{1,2}[ \u3000]?.{0,38}"
)
# Characters of a text that one page shows: it is made while other readers wait.
MOST_SHOWN = 500_000
_ENDS_SENTENCE = ("。", "；", "，", "！", "？", "：", ";", ",", "!", "?", ":")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A part of a text: ``kind`` is p, h or table; a table has ``rows``, anything else ``text``."""

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


def blocks(text: str) -> list[Block]:
    """Return a text's blocks in order. The words are the text's own; what is a heading is only guessed."""
    found: list[Block] = []
    for is_row, block in groupby(text.split("\n"), key=lambda line: "\t" in line):
        if is_row:
            found.append(_table(block))
        else:
            found += [Block(kind=_kind(line), text=line) for line in block if line.strip()]
    return found


def _table(lines: Iterable[str]) -> Block:
    return Block(kind="table", rows=tuple(tuple(cell.strip() for cell in line.split("\t")) for line in lines))


def _kind(line: str) -> str:
    return "h" if _HEADING.fullmatch(line.strip()) and not line.strip().endswith(_ENDS_SENTENCE) else "p"


def marked(text: str, query: str) -> list[tuple[bool, str]]:
    """Return a short text in pieces, each with whether it holds the query or one of its words."""
    folded, offsets = fold_map(text)
    spans: list[tuple[int, int]] = []
    for word in sought(query)[:20]:
        start = whole(word, folded)
        while start >= 0:
            spans.append((offsets[start], offsets[start + len(word) - 1] + 1))
            start = whole(word, folded, start + len(word))
    return _pieces(text, spans)


def _pieces(text: str, spans: list[tuple[int, int]]) -> list[tuple[bool, str]]:
    pieces: list[tuple[bool, str]] = []
    at = 0
    for start, end in sorted(spans):
        start = max(start, at)
        if start < end:
            pieces += [(False, text[at:start]), (True, text[start:end])]
            at = end
    return [(hit, piece) for hit, piece in [*pieces, (False, text[at:])] if piece]


def shown_time(utc: str | None) -> str:
    """Return a UTC text as people in China read it: Beijing time to the minute. Not UTC: as it is."""
    try:
        return (moment(utc or "") + BEIJING).strftime("%Y-%m-%d %H:%M")
    except BadInput:
        return utc or ""


def shown_date(published_at: str | None) -> str:
    """Return a shown date without its zone, which is always Beijing's."""
    return (published_at or "").removesuffix("+08:00").replace("T", " ")
