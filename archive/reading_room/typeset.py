"""Texts made ready for a page: paragraphs, headings and tables; differences by paragraph; found words marked.

Nothing here makes HTML: it gives pieces of text with their kind, and the templates escape them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import groupby

from archive.clock import moment
from archive.diff import Edit
from archive.errors import BadInput
from archive.text import fold, fold_map

_HEADING = re.compile(
    r"[一二三四五六七八九十百]{1,4}[、.．]\S.{0,38}|第[一二三四五六七八九十百0-9]{1,5}[章节编篇部分]{1,2}[ \u3000]?.{0,38}"
)
_ENDS_SENTENCE = ("。", "；", "，", "！", "？", "：", ";", ",", "!", "?", ":")
_DIGIT = re.compile(r"[0-9０-９一二三四五六七八九十百千万亿%％]")
_AROUND = 60
_LONGEST_FIGURE = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A part of a text: ``kind`` is p, h or table; a table has ``rows``, anything else ``text``."""

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run of characters in a difference: ``same``, ``del``, ``ins``, or ``gap`` for what is left out."""

    kind: str
    text: str
    is_figure: bool = False
    number: int = 0


def blocks(text: str) -> list[Block]:
    """Return a text's blocks in order. The words are the text's own; what is a heading is only guessed."""
    found: list[Block] = []
    for is_row, lines in groupby(text.split("\n"), key=lambda line: "\t" in line):
        if is_row:
            found.append(_table(lines))
        else:
            found += [Block(kind=_kind(line), text=line) for line in lines if line.strip()]
    return found


def _table(lines: Iterable[str]) -> Block:
    return Block(kind="table", rows=tuple(tuple(cell.strip() for cell in line.split("\t")) for line in lines))


def _kind(line: str) -> str:
    return "h" if _HEADING.fullmatch(line.strip()) and not line.strip().endswith(_ENDS_SENTENCE) else "p"


def difference(old: str, new: str, changes: Sequence[Edit], *, whole: bool) -> list[list[Run]]:
    """Return the paragraphs of a difference; without ``whole`` only those in which something changed."""
    paragraphs = list(_paragraphs(_runs(old, _at_line_starts(old, new, changes))))
    if whole:
        return paragraphs
    return [_shortened(runs) for runs in paragraphs if any(run.kind != "same" for run in runs)]


def _at_line_starts(old: str, new: str, changes: Sequence[Edit]) -> Iterator[Edit]:
    """Move what was only added or only removed to where a line begins, if it reads the same from there.

    Between ``甲。`` and ``乙。`` an added line is found as ``。<line end>丙``; a person sees ``丙。`` added.
    """
    for position, change in enumerate(changes):
        following = changes[position + 1].from_start if position + 1 < len(changes) else len(old)
        room = following - change.from_end
        if change.op == "insert":
            step = _step(new, change.to_start, change.to_end, room)
            text = new[change.to_start + step : change.to_end + step]
            yield replace(
                change, from_start=change.from_start + step, from_end=change.from_end + step, to_text=text
            )
        elif change.op == "delete":
            step = _step(old, change.from_start, change.from_end, room)
            text = old[change.from_start + step : change.from_end + step]
            yield replace(
                change, from_start=change.from_start + step, from_end=change.from_end + step, from_text=text
            )
        else:
            yield change


def _step(text: str, start: int, end: int, room: int) -> int:
    """Return how far a span may be moved on so that it begins a line, or else at a line end; 0 when neither."""
    at_line_end = 0
    for step in range(room + 1):
        if start + step == 0 or text[start + step - 1] == "\n":
            return step
        if text[start + step] == "\n" and not at_line_end:
            at_line_end = step
        if end + step >= len(text) or text[start + step] != text[end + step]:
            break
    return at_line_end


def _runs(old: str, changes: Iterable[Edit]) -> Iterator[Run]:
    at = 0
    for number, change in enumerate(changes, 1):
        both = change.from_text + change.to_text
        figure = len(both) <= _LONGEST_FIGURE and bool(_DIGIT.search(both))
        yield Run(kind="same", text=old[at : change.from_start])
        yield Run(kind="del", text=change.from_text, is_figure=figure, number=number)
        yield Run(kind="ins", text=change.to_text, is_figure=figure, number=0 if change.from_text else number)
        at = change.from_end
    yield Run(kind="same", text=old[at:])


def _paragraphs(runs: Iterable[Run]) -> Iterator[list[Run]]:
    """Break at line ends; one that came or went by itself, so that a paragraph was cut or joined, is shown as ¶."""
    paragraph: list[Run] = []
    for run in runs:
        if run.kind != "same" and run.text and not run.text.strip("\n"):
            paragraph.append(replace(run, text="¶" * len(run.text)))
            if run.kind == "del":
                continue
        number = run.number
        for position, line in enumerate(run.text.split("\n")):
            if position and paragraph:
                yield paragraph
                paragraph = []
            if line:
                paragraph.append(replace(run, text=line, number=number))
                number = 0
    if paragraph:
        yield paragraph


def _shortened(runs: list[Run]) -> list[Run]:
    """Leave out what is far from any change."""
    short: list[Run] = []
    for position, run in enumerate(runs):
        if run.kind != "same":
            short.append(run)
            continue
        head = 0 if position == 0 else _AROUND
        tail = 0 if position == len(runs) - 1 else _AROUND
        if len(run.text) <= head + tail + 20:
            short.append(run)
            continue
        kept = [Run(kind="same", text=run.text[:head])] * (head > 0)
        kept.append(Run(kind="gap", text="…"))
        kept += [Run(kind="same", text=run.text[len(run.text) - tail :])] * (tail > 0)
        short += kept
    return short


def marked(text: str, query: str) -> list[tuple[bool, str]]:
    """Return a short text in pieces, each with whether it holds the query or one of its words."""
    folded, offsets = fold_map(text)
    spans: list[tuple[int, int]] = []
    words = (fold(query), *map(fold, query.split()[:20]))
    for word in filter(None, words):
        start = folded.find(word)
        while start >= 0:
            spans.append((offsets[start], offsets[start + len(word) - 1] + 1))
            start = folded.find(word, start + len(word))
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
        return (moment(utc or "") + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M")
    except BadInput:
        return utc or ""


def shown_date(published_at: str | None) -> str:
    """Return a shown date without its zone, which is always Beijing's."""
    return (published_at or "").removesuffix("+08:00").replace("T", " ")
