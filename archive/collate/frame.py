"""Where the text that a copy shares with its original begins and ends, and what is no part of it.

Two things in a copy are no part of the text it copies: whole lines outside the aligned body, and known
furniture.

What our own reader took off one page and the other page still shows counts on neither side. A mark like （完） or
an editor's line is no part of a version, because a rule of ours removed it there. When the other text has kept
it, nobody added it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from archive.collate.alignment import align
from archive.collate.key import Key, key_of, letters_only
from archive.collate.rules import Ruled
from archive.collate.values import Boilerplate, Span
from archive.damage.repair import origins, step, taken
from archive.furniture import Head, furniture
from archive.text.glosses import gloss_spans

_ENOUGH = 16
_MOST, _LONGEST = 400, 4000
_OPENING, _CLOSING = "([{【〔<《", ")]}】〕>》"


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
    for whole in copy.text.splitlines(keepends=True):
        start, at = at, at + len(whole)
        if whole.isspace():
            continue
        b1 = bisect_left(copy.offsets, at)
        if b0 < b1:
            lines.append(Line(start, start + len(whole.rstrip()), b0, b1, _kind_at(kinds, start, at)))
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
    rests = _gaps(span, taken_out)
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


def as_blocks(copy: Key, placed: list[tuple[Span, Line]], default: str = "outside") -> list[Boilerplate]:
    """Return lines as blocks: neighbours of one kind are one block."""
    blocks: list[Boilerplate] = []
    last = -1
    for span, line in placed:
        kind = line.kind or default
        start = line.start
        if blocks and blocks[-1].kind == kind and span.b0 == last:
            start = blocks.pop().start
        blocks.append(Boilerplate(start=start, end=line.end, text=copy.text[start : line.end], kind=kind))
        last = span.b1
    return blocks


def _gaps(span: Span, lines: list[Line]) -> list[tuple[int, int]]:
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


def body_of(places: Sequence[Ruled], lines: Sequence[Line], b_end: int) -> tuple[int, int]:
    """Return where in the copy's key the first and the last line lie that agree with the original for the most part."""
    shared = [line for line, agreeing in zip(lines, _agreeing(places, lines), strict=True)
              if agreeing >= _ENOUGH or agreeing * 2 >= line.b1 - line.b0 > 1]  # fmt: skip
    return (shared[0].b0, shared[-1].b1) if shared else (0, b_end)


def outside_joined(a: str, b: str, places: Sequence[Ruled], body: tuple[int, int]) -> list[Ruled]:
    """Return the differences with those outside the body made one before it and one behind it.

    What furniture and original have in common by chance is no agreement.
    """
    return _tail_joined(a, b, _head_joined(a, b, places, body[0]), body[1])


def _head_joined(a: str, b: str, places: Sequence[Ruled], start: int) -> list[Ruled]:
    crossing = next(
        (place for place in places if place.rule is None and place.span.b0 < start < place.span.b1), None
    )
    if crossing:
        spans, _ = align(a[: crossing.span.a1], b[start : crossing.span.b1])
        within = [Ruled(Span(span.a0, span.a1, start + span.b0, start + span.b1)) for span in spans]
        return [Ruled(Span(0, 0, 0, start)), *within, *places[places.index(crossing) + 1 :]]
    before = [place for place in places if place.span.b1 <= start and place.span.b0 < start]
    if not before or (len(before) == 1 and before[0].span.b0 == 0):
        return list(places)
    last = before[-1].span
    whole = Ruled(Span(0, last.a1 + start - last.b1, 0, start))
    return [whole, *places[places.index(before[-1]) + 1 :]]


def _tail_joined(a: str, b: str, places: Sequence[Ruled], end: int) -> list[Ruled]:
    crossing = next(
        (place for place in places if place.rule is None and place.span.b0 < end < place.span.b1), None
    )
    if crossing:
        first = crossing.span
        spans, _ = align(a[first.a0 :], b[first.b0 : end])
        within = [
            Ruled(Span(first.a0 + s.a0, first.a0 + s.a1, first.b0 + s.b0, first.b0 + s.b1)) for s in spans
        ]
        return [*places[: places.index(crossing)], *within, Ruled(Span(len(a), len(a), end, len(b)))]
    after = [place for place in places if place.span.b0 >= end and place.span.b1 > end]
    if not after or (len(after) == 1 and after[0].span.b1 == len(b)):
        return list(places)
    first = after[0].span
    whole = Ruled(Span(first.a0 - (first.b0 - end), len(a), end, len(b)))
    return [*places[: places.index(after[0])], whole]


def _agreeing(places: Sequence[Ruled], lines: Sequence[Line]) -> Iterator[int]:
    turn = 0
    spans = [place.span for place in places]
    for line in lines:
        differing = 0
        while turn < len(spans) and spans[turn].b1 <= line.b0:
            turn += 1
        at = turn
        while at < len(spans) and spans[at].b0 < line.b1:
            differing += max(0, min(spans[at].b1, line.b1) - max(spans[at].b0, line.b0))
            at += 1
        yield line.b1 - line.b0 - differing


def keys_of(removed: Iterable[str]) -> tuple[str, ...]:
    """Return the keys of removed texts, line by line, the longest first."""
    lines = (line for text in removed for line in text[:_LONGEST].splitlines())
    keys = {key_of(line).letters for line, _ in zip(lines, range(_MOST), strict=False)}
    return tuple(sorted((key for key in keys if letters_only(key)), key=lambda key: (-len(key), key)))


def parted(span: Span, text: str, keys: tuple[str, ...], edges: frozenset[int]) -> list[Span] | None:
    """Return the parts of an addition's range that are removed texts, in order; None where there are none.

    ``text`` is the key of the copy, ``edges`` are where its lines begin and end. A part must stand by itself: it
    fills the range or a line, or it has brackets of its own. 编辑 inside a sentence is a word.
    """
    parts: list[Span] = []
    for key in keys:
        at = text.find(key, span.b0, span.b1)
        while at >= 0:
            end = at + len(key)
            if _is_isolated(key, at, end, span, edges, parts) and not _overlaps(at, end, parts):
                parts.append(Span(span.a0, span.a0, at, end))
            at = text.find(key, end, span.b1)
    return sorted(parts, key=lambda part: part.b0) or None


def _is_isolated(key: str, at: int, end: int, span: Span, edges: frozenset[int], parts: list[Span]) -> bool:
    if key[0] in _OPENING and key[-1] in _CLOSING:
        return True
    begins = at == span.b0 or at in edges or any(part.b1 == at for part in parts)
    ends = end == span.b1 or end in edges or any(part.b0 == end for part in parts)
    return begins and ends


def _overlaps(at: int, end: int, parts: list[Span]) -> bool:
    return any(at < part.b1 and part.b0 < end for part in parts)
