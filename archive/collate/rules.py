"""The copier's rules: the smallest set of mechanical rewritings that explains how the copy differs.

A machine rewrites every time, a hand here and there. So a rewriting is a rule when it happened at least twice
and nothing it applies to was spared (one in ten may be: a second rule, or a hand, came in between); once is
enough for a word that filters or tables of synonyms are known for. Candidates are the changes themselves and
the words they lie in. The cheapest set that explains them wins, as in any description of least length.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from os.path import commonprefix

from archive.collate.key import SENTINEL
from archive.collate.lexicon import FILTERED, SYNONYMS, words
from archive.collate.rewriting import Rewriting
from archive.collate.values import Span

_LONGEST, _CONTEXT = 8, 3
# What a rule costs in an account, and a change that none explains, beside their characters.
_RULE, _UNEXPLAINED = 3, 3
_MOST_CANDIDATES = 4000

# For each rewriting the places of the original where it happened, and which changes that explains.
_Supports = dict[Rewriting, dict[int, frozenset[int]]]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A rewriting, the changes it explains, how often what it seeks was spared, and whether it is a unit of its own.

    A unit is a word, or stands beside different characters in different places.
    """

    rewriting: Rewriting
    explained: frozenset[int]
    spared: int
    is_unit: bool


@dataclass(frozen=True, slots=True)
class _Measure:
    """What candidates are measured by: the original's key, its changed ranges in order, and what each change weighs."""

    a: str
    changed: list[tuple[int, int]]
    weights: dict[int, int]

    def candidate(self, rewriting: Rewriting, found: dict[int, frozenset[int]]) -> _Candidate:
        """Return a rewriting with what it explains. What touches another change was not spared: nobody can tell."""
        a, sought = self.a, rewriting[0]
        spared = turn = 0
        before, after = set(), set()
        at = a.find(sought)
        while at >= 0:
            end = at + len(sought)
            while turn < len(self.changed) and self.changed[turn][1] < at:
                turn += 1
            if at not in found and not (turn < len(self.changed) and self.changed[turn][0] <= end):
                spared += 1
            before.add(a[at - 1 : at])
            after.add(a[end : end + 1])
            at = a.find(sought, at + 1)
        explained = frozenset(index for members in found.values() for index in members)
        is_unit = _is_word(rewriting) or (len(before) > 1 and len(after) > 1)
        return _Candidate(rewriting, explained, spared, is_unit)

    def gain(self, one: _Candidate, done: frozenset[int] = frozenset()) -> float:
        """Return by how many characters, about, a rule shortens the account of what is not explained yet."""
        new = one.explained - done
        if len(new) < (1 if _is_known(one.rewriting) else 2) or one.spared * 10 > len(one.explained):
            return 0
        price = sum(map(len, one.rewriting)) + _RULE + 2 * _UNEXPLAINED * one.spared + _doubt(one)
        return sum(self.weights[index] for index in new) - price


def infer(a: str, b: str, spans: Sequence[Span], open_ones: frozenset[int]) -> list[Rewriting]:
    """Return the rewritings (original, found) that explain differences, those that explain most first.

    ``open_ones`` are the numbers of the spans that nothing explains yet.
    """
    supports = _supports(a, b, spans, open_ones)
    if len(supports) > _MOST_CANDIDATES:
        often = sorted(supports, key=lambda rewriting: -len(supports[rewriting]))
        supports = {rewriting: supports[rewriting] for rewriting in often[:_MOST_CANDIDATES]}
    measure = _Measure(
        a, [(span.a0, span.a1) for span in spans], {i: _UNEXPLAINED + spans[i].size for i in open_ones}
    )
    candidates = {
        rewriting: measure.candidate(rewriting, found)
        for rewriting, found in supports.items()
        if len(found) > 1 or _is_known(rewriting)
    }
    worth = {rewriting: one for rewriting, one in candidates.items() if measure.gain(one) > 0}
    return _fewest(_simple(worth, supports, measure), measure)


def _supports(a: str, b: str, spans: Sequence[Span], open_ones: frozenset[int]) -> _Supports:
    """Return for each possible rewriting the places of ``a`` where it happened, and which spans that explains."""
    supports: dict[Rewriting, dict[int, frozenset[int]]] = defaultdict(dict)
    for first, last in _groups(spans, open_ones):
        span = Span(spans[first].a0, spans[last].a1, spans[first].b0, spans[last].b1)
        low = spans[first - 1].a1 if first else 0
        high = spans[last + 1].a0 if last + 1 < len(spans) else len(a)
        for start, end in _ranges(a, span, low, high):
            sought = a[start:end]
            put = b[span.b0 - (span.a0 - start) : span.b1 + (end - span.a1)]
            if (
                sought.isalnum()
                and SENTINEL not in put
                and len(sought) <= _LONGEST
                and len(put) <= (3 * _LONGEST if put.startswith(sought) else _LONGEST)
                and sought != put
            ):
                supports[sought, put].setdefault(start, frozenset(range(first, last + 1)))
    return supports


def _groups(spans: Sequence[Span], open_ones: frozenset[int]) -> Iterator[tuple[int, int]]:
    """Return the changes one rewriting may have made, alone or two together: 安全→平安 is two, with 安 kept."""
    for index in sorted(open_ones):
        span = spans[index]
        if max(span.a1 - span.a0, span.b1 - span.b0) > 3 * _LONGEST:
            continue
        yield index, index
        if index + 1 in open_ones and spans[index + 1].a0 - span.a1 <= 2:
            yield index, index + 1


def _ranges(a: str, span: Span, low: int, high: int) -> Iterator[tuple[int, int]]:
    """Return the ranges that may be what was rewritten: the change, slid where it can, and with its neighbours."""
    lefts = range(span.a0, max(low, span.a0 - _CONTEXT) - 1, -1)
    rights = range(span.a1, min(high, span.a1 + _CONTEXT) + 1)
    for start in lefts:
        if start < span.a0 and not a[start].isalnum():
            break
        for end in rights:
            if end > span.a1 and not a[end - 1].isalnum():
                break
            yield start, end
    if span.b0 == span.b1:
        yield from _slides(a, span, low, high)


def _slides(a: str, span: Span, low: int, high: int) -> Iterator[tuple[int, int]]:
    start, end = span.a0, span.a1
    while start > low and a[start - 1] == a[end - 1]:
        start, end = start - 1, end - 1
        yield start, end
    start, end = span.a0, span.a1
    while end < high and a[start] == a[end]:
        start, end = start + 1, end + 1
        yield start, end


def _is_known(rewriting: Rewriting) -> bool:
    return rewriting in SYNONYMS or _is_filtered(rewriting)


def _is_filtered(rewriting: Rewriting) -> bool:
    sought, put = rewriting
    return sought in FILTERED and (not put or not any(c.isalnum() for c in put))


def _is_word(rewriting: Rewriting) -> bool:
    return rewriting[0] in words() or _is_known(rewriting)


def _fewest(candidates: list[_Candidate], measure: _Measure) -> list[Rewriting]:
    """Return the rewritings that together make the shortest account, the one that shortens it most first.

    What one leaves half explained waits for the next round: 会议要求→请求 is 会议 deleted, and then 要求→请求.
    """
    chosen: list[Rewriting] = []
    done: frozenset[int] = frozenset()
    open_ones = candidates
    while open_ones:
        gains = [(measure.gain(one, done), -len(one.rewriting[0]), one.rewriting, one) for one in open_ones]
        gain, *_, best = max(gains, key=lambda one: one[:3])
        if gain <= 0:
            break
        chosen.append(best.rewriting)
        done |= best.explained
        open_ones = [one for one in open_ones if not _is_more(one.rewriting, best.rewriting)]
    return chosen


def _simple(worth: dict[Rewriting, _Candidate], supports: _Supports, measure: _Measure) -> list[_Candidate]:
    """Return the candidates without those that are one other and a rest that is a rewriting, too.

    野外站 deleted is 站 deleted and 野外 deleted, if 站 is met elsewhere and neither is spared.
    """
    return [
        one
        for rewriting, one in worth.items()
        if not any(
            measure.gain(
                measure.candidate(rest, {**_moved(supports[rewriting], at), **supports.get(rest, {})})
            )
            > 0
            for other, rest, at in _parted(rewriting, worth)
            if not worth[other].explained <= one.explained
        )
    ]


def _moved(places: dict[int, frozenset[int]], by: int) -> dict[int, frozenset[int]]:
    return {place + by: members for place, members in places.items()}


def _parted(rewriting: Rewriting, worth: Iterable[Rewriting]) -> Iterator[tuple[Rewriting, Rewriting, int]]:
    """Return the shorter rewritings that do what this one does at its beginning or its end, what is left, and where."""
    sought, put = rewriting
    for other in worth:
        if len(other[0]) >= len(sought):
            continue
        if sought.startswith(other[0]) and put.startswith(other[1]):
            yield other, *_rest(sought[len(other[0]) :], put[len(other[1]) :], len(other[0]))
        if sought.endswith(other[0]) and put.endswith(other[1]):
            yield other, *_rest(sought[: -len(other[0])], put[: len(put) - len(other[1])], 0)


def _rest(sought: str, put: str, at: int) -> tuple[Rewriting, int]:
    """Return what is left of a rewriting without what it keeps at either end."""
    start = len(commonprefix([sought, put]))
    core = _core(sought, put)
    return (core, put[start : len(put) - (len(sought) - start - len(core))]), at + start


def _is_more(one: Rewriting, best: Rewriting) -> bool:
    """Say whether a rewriting does what another does, and something beside it."""
    return best[0] in one[0] and best[1] in one[1]


def _doubt(one: _Candidate) -> float:
    """Return what speaks against a rewriting's bounds: tables hold words, and no words beside what they change."""
    sought, put = one.rewriting
    if _is_known(one.rewriting):
        return -2 * _RULE
    core = _core(sought, put)
    if len(core) > 1:
        return 0 if len(core) == len(sought) else 2
    if sought in words() and len(sought) > 1:
        return -2
    return (1.5 if len(sought) == 1 else 0) + (0 if one.is_unit else 3 if len(sought) == 1 else 2)


def _core(sought: str, put: str) -> str:
    """Return what of the words sought is not kept at either end."""
    start = len(commonprefix([sought, put]))
    left = sought[start:], put[start:]
    end = len(commonprefix([text[::-1] for text in left]))
    return left[0][: len(left[0]) - end]
