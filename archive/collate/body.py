"""Where in a copy the text begins and ends that it shares with its original."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archive.collate.boilerplate import Line
from archive.collate.ruling import Ruled
from archive.collate.values import Span

_ENOUGH = 16


def body_of(places: Sequence[Ruled], lines: Sequence[Line], b_end: int) -> tuple[int, int]:
    """Return where in the copy's key the first and the last line lie that agree with the original for the most part."""
    shared = [line for line, agreeing in zip(lines, _agreeing(places, lines), strict=True)
              if agreeing >= _ENOUGH or agreeing * 2 >= line.b1 - line.b0 > 1]  # fmt: skip
    return (shared[0].b0, shared[-1].b1) if shared else (0, b_end)


def outside_joined(places: Sequence[Ruled], body: tuple[int, int], a_end: int, b_end: int) -> list[Ruled]:
    """Return the differences with those outside the body made one before it and one behind it.

    What furniture and original have in common by chance is no agreement.
    """
    start, end = body
    before = [place for place in places if place.span.b1 <= start and place.span.b0 < start]
    after = [place for place in places if place.span.b0 >= end and place.span.b1 > end]
    kept = list(places)
    if len(before) > 1:
        last = before[-1].span
        kept = [Ruled(Span(0, last.a1 + start - last.b1, 0, start)), *kept[kept.index(before[-1]) + 1 :]]
    if len(after) > 1:
        first = after[0].span
        kept = [*kept[: kept.index(after[0])], Ruled(Span(first.a0 - (first.b0 - end), a_end, end, b_end))]
    return kept


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
