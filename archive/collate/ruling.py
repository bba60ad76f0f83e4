"""Telling the places that a rule explains from those it does not: the rules are applied, and what is left is a hand's."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.collate.align import align
from archive.collate.figures import is_figure_edit
from archive.collate.rewriting import Rewriting, Segment, needed, rewritten
from archive.collate.rules import infer
from archive.collate.swaps import is_swap
from archive.collate.values import Span

_SWALLOWS, _LONGEST = 8, 48
_ROUNDS = 6


@dataclass(frozen=True, slots=True)
class Ruled:
    """A place where the keys differ, and the number of the rule that explains it, if one does."""

    span: Span
    rule: int | None = None


def ruled(
    a: str, b: str, spans: Sequence[Span], barred: frozenset[Span] = frozenset()
) -> tuple[list[Ruled], list[Rewriting]]:
    """Return the differences, told apart by the rewritings that explain them, and those rewritings.

    ``barred`` are differences that have another explanation already; figures, and names and times put for others,
    are never a machine's. What one rule leaves over may show the next: 经济发展→经贸生长 is one change until 经济→经贸 is known.
    """
    places = [Ruled(span) for span in spans]
    rewritings: list[Rewriting] = []
    for _ in range(_ROUNDS):
        open_ones = frozenset(index for index, place in enumerate(places)
                              if place.rule is None and place.span not in barred
                              and not is_by_hand(a, b, place.span))  # fmt: skip
        new = infer(a, b, [place.span for place in places], open_ones)
        new = [rewriting for rewriting in new if rewriting[0] not in dict(rewritings)]
        if not new:
            break
        rewritings += new
        places = _applied(a, b, rewritings)
    fewer = needed(a, b, spans, rewritings)
    return (_applied(a, b, fewer), fewer) if len(fewer) < len(rewritings) else (places, rewritings)


def is_by_hand(a: str, b: str, span: Span) -> bool:
    """Say whether a change is of a kind that no table of words makes: a figure, a name or a time for another."""
    return span.size <= _LONGEST and (is_figure_edit(a, b, span) or is_swap(a, b, span))


def _applied(a: str, b: str, rewritings: Sequence[Rewriting]) -> list[Ruled]:
    would_be, segments = rewritten(a, rewritings)
    left, _ = align(would_be, b)
    places = [place for region in _regions(len(a), len(b), left, segments)
              for place in _peeled(a, b, region, segments, rewritings)]  # fmt: skip
    return [Ruled(place.span) if place.rule is not None and is_figure_edit(a, b, place.span) else place
            for place in places]  # fmt: skip


def _regions(a_end: int, b_end: int, left: Sequence[Span], segments: Sequence[Segment]) -> Iterator[Span]:
    """Return what lies between the characters that agree: what the rules rewrote, and what they do not explain."""
    a_at = b_at = 0
    for a0, b0, length in _agreeing(a_end, b_end, left, segments):
        if a_at < a0 or b_at < b0:
            yield Span(a_at, a0, b_at, b0)
        a_at, b_at = a0 + length, b0 + length
    if a_at < a_end or b_at < b_end:
        yield Span(a_at, a_end, b_at, b_end)


def _agreeing(
    a_end: int, b_end: int, left: Sequence[Span], segments: Sequence[Segment]
) -> Iterator[tuple[int, int, int]]:
    """Return the stretches that no rule rewrote and that agree: their places in both keys, and their length."""
    untouched = []
    a_at = r_at = 0
    for segment in segments:
        untouched.append((a_at, r_at, segment.r0 - r_at))
        a_at, r_at = segment.a1, segment.r1
    untouched.append((a_at, r_at, a_end - a_at))
    r_end = r_at + a_end - a_at
    equal = []
    r_at = b_at = 0
    for span in [*left, Span(r_end, r_end, b_end, b_end)]:
        equal.append((r_at, b_at, span.a0 - r_at))
        r_at, b_at = span.a1, span.b1
    turn = 0
    for a0, r0, length in untouched:
        while turn < len(equal) and equal[turn][0] + equal[turn][2] <= r0:
            turn += 1
        at = turn
        while at < len(equal) and equal[at][0] < r0 + length:
            start = max(r0, equal[at][0])
            end = min(r0 + length, equal[at][0] + equal[at][2])
            if start < end:
                yield a0 + start - r0, equal[at][1] + start - equal[at][0], end - start
            at += 1


def _peeled(
    a: str, b: str, region: Span, segments: Sequence[Segment], rewritings: Sequence[Rewriting]
) -> Iterator[Ruled]:
    """Return a region with the places of rules taken off its two ends; what stays between them is no rule's."""
    first = bisect_left(segments, region.a0, key=lambda segment: segment.a0)
    last = bisect_right(segments, region.a1, key=lambda segment: segment.a1)
    inside = [*segments[first:last]]
    if not inside:
        yield from _trimmed(a, b, region)
        return
    a0, a1, b0, b1 = region.a0, region.a1, region.b0, region.b1
    before: list[Ruled] = []
    after: list[Ruled] = []
    while inside and inside[0].a0 == a0:
        put = rewritings[inside[0].rule][1]
        if not b.startswith(put, b0, b1) or (not put and _is_swallowed(inside[0].a1, a1, b0, b1)):
            break
        segment = inside.pop(0)
        before.append(Ruled(Span(a0, segment.a1, b0, b0 + len(put)), segment.rule))
        a0, b0 = segment.a1, b0 + len(put)
    while inside and inside[-1].a1 == a1:
        put = rewritings[inside[-1].rule][1]
        if not b.endswith(put, b0, b1) or (not put and _is_swallowed(a0, inside[-1].a0, b0, b1)):
            break
        segment = inside.pop()
        after.append(Ruled(Span(segment.a0, a1, b1 - len(put), b1), segment.rule))
        a1, b1 = segment.a0, b1 - len(put)
    if a0 == a1 and b0 < b1 and b0 == region.b0 and before and not b[b0:b1].isdigit():
        # What was added beside a deleted word goes with the word before it: 企业中标→企业(enterprise)标.
        yield Ruled(Span(region.a0, region.a0, b0, b1))
        yield from (Ruled(Span(one.span.a0, one.span.a1, b1, b1), one.rule) for one in before)
    else:
        yield from before
        yield from _trimmed(a, b, Span(a0, a1, b0, b1))
    yield from reversed(after)


def _is_swallowed(start: int, end: int, b0: int, b1: int) -> bool:
    """Say whether a deletion is part of a longer omission: then nothing says that the rule made it."""
    return end - start >= _SWALLOWS and b1 - b0 < _SWALLOWS


def _trimmed(a: str, b: str, span: Span) -> Iterator[Ruled]:
    if rest := span.trimmed(a, b):
        yield Ruled(rest)
