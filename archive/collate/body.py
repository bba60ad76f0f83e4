"""Where in a copy the text begins and ends that it shares with its original."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archive.collate.align import align
from archive.collate.boilerplate import Line
from archive.collate.ruling import Ruled
from archive.collate.values import Span

_ENOUGH = 16


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
