"""The copier's rules: the smallest set of mechanical rewritings that explains how the copy differs.

A machine rewrites every time, a hand here and there. So a rewriting is a rule when it happened at least twice
and nothing it applies to was spared (one in ten may be: a second rule, or a hand, came in between); once is
enough for a word that filters or tables of synonyms are known for. Candidates are the changes themselves and
the words they lie in. The cheapest set that explains them wins, as in any description of least length.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from os.path import commonprefix

from archive.collate.lexicon import is_known, is_word
from archive.collate.rewriting import Rewriting
from archive.collate.traces import Traces, traces
from archive.collate.values import Span

# What a rule costs in an account, and a change that none explains, beside their characters.
_RULE, _UNEXPLAINED = 3, 3
_MOST_CANDIDATES = 4000


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A rewriting, the changes it explains, how often what it seeks was spared, and whether that is a unit of its own.

    A unit stands beside different characters in different places.
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
        explained = frozenset(index for members in found.values() for index in members)
        spared = turn = 0
        before, after = set(), set()
        at = a.find(sought)
        while at >= 0 and not _is_often(spared, explained):
            end = at + len(sought)
            while turn < len(self.changed) and self.changed[turn][1] < at:
                turn += 1
            if at not in found and not (turn < len(self.changed) and self.changed[turn][0] <= end):
                spared += 1
            before.add(a[at - 1 : at])
            after.add(a[end : end + 1])
            at = a.find(sought, at + 1)
        return _Candidate(rewriting, explained, spared, len(before) > 1 and len(after) > 1)

    def gain(self, one: _Candidate, done: frozenset[int] = frozenset()) -> float:
        """Return by how many characters, about, a rule shortens the account of what is not explained yet."""
        new = one.explained - done
        if len(new) < (1 if is_known(one.rewriting) else 2) or _is_often(one.spared, one.explained):
            return 0
        price = sum(map(len, one.rewriting)) + _RULE + 2 * _UNEXPLAINED * one.spared + _doubt(one)
        return sum(self.weights[index] for index in new) - price


def infer(a: str, b: str, spans: Sequence[Span], open_ones: frozenset[int]) -> list[Rewriting]:
    """Return the rewritings (original, found) that explain differences, those that explain most first.

    ``open_ones`` are the numbers of the spans that nothing explains yet.
    """
    supports = traces(a, b, spans, open_ones)
    if len(supports) > _MOST_CANDIDATES:
        often = sorted(supports, key=lambda rewriting: -len(supports[rewriting]))
        supports = {rewriting: supports[rewriting] for rewriting in often[:_MOST_CANDIDATES]}
    measure = _Measure(
        a, [(span.a0, span.a1) for span in spans], {i: _UNEXPLAINED + spans[i].size for i in open_ones}
    )
    candidates = {
        rewriting: measure.candidate(rewriting, found)
        for rewriting, found in supports.items()
        if len(found) > 1 or is_known(rewriting)
    }
    worth = {rewriting: one for rewriting, one in candidates.items() if measure.gain(one) > 0}
    return _fewest(_simple(worth, supports, measure), measure)


def _is_often(spared: int, explained: frozenset[int]) -> bool:
    return spared * 10 > len(explained)


def _fewest(candidates: list[_Candidate], measure: _Measure) -> list[Rewriting]:
    """Return the rewritings that together make the shortest account, the one that shortens it most first.

    What one leaves half explained waits for the next round: 会议要求→请求 is 会议 deleted, and then 要求→请求.
    """
    chosen: list[Rewriting] = []
    done: frozenset[int] = frozenset()
    # What a rule gains only shrinks as others are chosen: the first whose gain is up to date is the best.
    waiting = [(-measure.gain(one), *_rank(one.rewriting), one) for one in candidates]
    heapify(waiting)
    while waiting:
        promised, *_, best = heappop(waiting)
        gain = measure.gain(best, done)
        if gain <= 0 or any(_is_more(best.rewriting, other) for other in chosen):
            continue
        if -promised > gain:
            heappush(waiting, (-gain, *_rank(best.rewriting), best))
            continue
        chosen.append(best.rewriting)
        done |= best.explained
    return chosen


def _rank(rewriting: Rewriting) -> tuple[int, bool, Rewriting]:
    """Return what decides between equals: fewer words sought; a bracket belongs to what it stands behind."""
    sought, put = rewriting
    return len(sought), not put.startswith(f"{sought}("), rewriting


def _simple(worth: dict[Rewriting, _Candidate], supports: Traces, measure: _Measure) -> list[_Candidate]:
    """Return the candidates without those that are one other and a rest that is a rewriting, too.

    野外站 deleted is 站 deleted and 野外 deleted, if 站 is met elsewhere and neither is spared.
    """
    puts: dict[str, list[str]] = defaultdict(list)
    for sought, put in worth:
        puts[sought].append(put)
    return [one for one in worth.values() if not _is_two(one, worth, puts, supports, measure)]


def _is_two(
    one: _Candidate,
    worth: dict[Rewriting, _Candidate],
    puts: Mapping[str, list[str]],
    supports: Traces,
    measure: _Measure,
) -> bool:
    whole, begin = _rest(*one.rewriting, 0)
    for other, rest, at in _parted(*whole, puts):
        first = worth[other]
        if not rest[0] or other == one.rewriting:
            continue
        places = {place + begin + at: members for place, members in supports[one.rewriting].items()}
        second = measure.candidate(rest, {**places, **supports.get(rest, {})})
        as_two = measure.gain(first) + measure.gain(second, first.explained)
        if as_two > measure.gain(one) + max(0, measure.gain(first, one.explained)):
            return True
    return False


def _parted(
    sought: str, put: str, puts: Mapping[str, list[str]]
) -> Iterator[tuple[Rewriting, Rewriting, int]]:
    """Return the shorter rewritings that do what this one does at its beginning or its end, what is left, and where."""
    for cut in range(1, len(sought)):
        for first in puts.get(sought[:cut], ()):
            if put.startswith(first):
                yield (sought[:cut], first), *_rest(sought[cut:], put[len(first) :], cut)
        for last in puts.get(sought[cut:], ()):
            if put.endswith(last):
                yield (sought[cut:], last), *_rest(sought[:cut], put[: len(put) - len(last)], 0)


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
    if is_known(one.rewriting):
        return -2 * _RULE
    core = _core(sought, put)
    if len(core) > 1:
        return 0 if len(core) == len(sought) else 2
    if is_word(sought):
        return -2
    return (1.5 if len(sought) == 1 else 0) + (0 if one.is_unit else 3 if len(sought) == 1 else 2)


def _core(sought: str, put: str) -> str:
    """Return what of the words sought is not kept at either end."""
    start = len(commonprefix([sought, put]))
    left = sought[start:], put[start:]
    end = len(commonprefix([text[::-1] for text in left]))
    return left[0][: len(left[0]) - end]
