"""What of a copy is no part of the text it copies: whole lines outside the aligned body, or known furniture."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from archive.collate.key import Key
from archive.collate.values import Boilerplate, Span
from archive.text.claims import Head
from archive.text.furniture import furniture
from archive.text.glosses import gloss_spans
from archive.text.steps import origins, step, taken


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a copy: its range in the text and in the key, and the kind of furniture it is, if any."""

    start: int
    end: int
    b0: int
    b1: int
    kind: str


def lines_of(copy: Key) -> tuple[Head, list[Line]]:
    """Return what a copy says above its text, and its lines that hold anything, each with what it is taken for."""
    head, kinds = _known(copy.text)
    lines, at, b0 = [], 0, 0
    for shown in copy.text.splitlines(keepends=True):
        start, at = at, at + len(shown)
        if shown.isspace():
            continue
        b1 = bisect_left(copy.offsets, at)
        if b0 < b1:
            lines.append(Line(start, start + len(shown.rstrip()), b0, b1, _kind_at(kinds, start, at)))
        b0 = b1
    return head, lines


def split(span: Span, lines: list[Line], *, is_outside: bool) -> Iterator[tuple[Span, Line | None]]:
    """Return a difference in pieces: lines that are boilerplate, each by itself, and what is left of it.

    Outside the aligned body every whole line is; inside only what is known furniture.
    """
    taken_out = [
        line
        for line in _within(lines, span.b0, span.b1)
        if span.b0 <= line.b0 and line.b1 <= span.b1 and (is_outside or line.kind)
    ]
    if not taken_out:
        yield span, None
        return
    # What is missing from the original is told with the longest piece that is left of the copy, or before it all.
    rests = _rests(span, taken_out)
    bearer = max(rests, key=lambda rest: rest[1] - rest[0], default=None)
    if span.a0 < span.a1 and bearer is None:
        yield Span(span.a0, span.a1, span.b0, span.b0), None
    passed = bearer is None
    pieces = sorted([*((line.b0, line.b1, line) for line in taken_out), *((b0, b1, None) for b0, b1 in rests)],
                    key=lambda piece: piece[:2])  # fmt: skip
    for b0, b1, line in pieces:
        bears = not passed and (b0, b1) == bearer
        passed = passed or bears
        a0, a1 = (span.a0, span.a1) if bears else (span.a1, span.a1) if passed else (span.a0, span.a0)
        yield Span(a0, a1, b0, b1), line


def as_blocks(copy: Key, found: list[tuple[Span, Line]], default: str = "outside") -> list[Boilerplate]:
    """Return lines as blocks: neighbours of one kind are one block."""
    blocks: list[Boilerplate] = []
    last = -1
    for span, line in found:
        kind = line.kind or default
        start = line.start
        if blocks and blocks[-1].kind == kind and span.b0 == last:
            start = blocks.pop().start
        blocks.append(Boilerplate(start=start, end=line.end, text=copy.text[start : line.end], kind=kind))
        last = span.b1
    return blocks


def _rests(span: Span, lines: list[Line]) -> list[tuple[int, int]]:
    starts = [span.b0, *(line.b1 for line in lines)]
    ends = [*(line.b0 for line in lines), span.b1]
    return [(start, end) for start, end in zip(starts, ends, strict=True) if start < end]


def _within(lines: list[Line], b0: int, b1: int) -> list[Line]:
    first = bisect_left(lines, b0, key=lambda line: line.b0)
    last = bisect_left(lines, b1, key=lambda line: line.b0)
    return lines[first:last]


def _known(text: str) -> tuple[Head, list[tuple[int, int, str]]]:
    """Return what the words and places of the lines say by themselves, glosses aside."""
    glosses = step("glosses", text, ((start, end, "") for start, end in gloss_spans(text)))
    head, blocks = furniture(taken(text, glosses))
    starts = origins((block.start for block in blocks), [glosses])
    ends = origins((block.end for block in blocks), [glosses], is_end=True)
    kinds = [(start, end, block.kind) for start, end, block in zip(starts, ends, blocks, strict=True)]
    return head, kinds


def _kind_at(kinds: list[tuple[int, int, str]], start: int, end: int) -> str:
    at = bisect_right(kinds, start, key=lambda kind: kind[0]) - 1
    return kinds[at][2] if at >= 0 and start < kinds[at][1] and kinds[at][0] < end else ""
