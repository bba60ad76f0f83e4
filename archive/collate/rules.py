"""The copier's rules: the smallest set of mechanical rewritings that explains how the copy differs.

A machine rewrites every time, a hand here and there. So a rewriting is a rule when it happened at least twice
and nothing it applies to was spared (one in ten may be: a second rule, or a hand, came in between); once is
enough for a word that filters or tables of synonyms are known for. Candidates are the changes themselves and
the words they lie in. The cheapest set that explains them wins, as in any description of least length.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from os.path import commonprefix

from archive.collate.align import joined
from archive.collate.key import SENTINEL
from archive.collate.lexicon import FILTERED, SYNONYMS, words
from archive.collate.values import Rule, Span

_LONGEST, _CONTEXT = 8, 3
_MOST_CANDIDATES = 4000

Rewriting = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Segment:
    """A place where a rule was applied: its range in the original's key and in the rewritten one."""

    a0: int
    a1: int
    r0: int
    r1: int
    rule: int


@dataclass(frozen=True, slots=True)
class _Candidate:
    rewriting: Rewriting
    places: frozenset[int]
    explained: frozenset[int]
    spared: int


def infer(a: str, b: str, spans: Sequence[Span], open_ones: frozenset[int]) -> list[Rewriting]:
    """Return the rewritings (original, found) that explain differences, those that explain most first.

    ``open_ones`` are the numbers of the spans that nothing explains yet.
    """
    supports = _supports(a, b, spans, open_ones)
    if len(supports) > _MOST_CANDIDATES:
        often = sorted(supports, key=lambda rewriting: -len(supports[rewriting]))
        supports = {rewriting: supports[rewriting] for rewriting in often[:_MOST_CANDIDATES]}
    changed = [(span.a0, span.a1) for span in spans if span.a0 < span.a1]
    candidates = (
        _candidate(a, rewriting, found, changed)
        for rewriting, found in supports.items()
        if len(found) > 1 or _is_known(rewriting)
    )
    return _fewest([one for one in candidates if one.spared * 10 <= len(one.places)])


def needed(a: str, b: str, spans: Sequence[Span], rules: Sequence[Rewriting]) -> list[Rewriting]:
    """Return the rewritings without those whose work the others do together."""
    kept = list(rules)
    windows = list(_windows(a, b, joined(spans, 2)))
    explained = _explained(windows, kept)
    for rule in sorted(rules, key=lambda rule: -len(rule[0]) - len(rule[1])):
        fewer = [other for other in kept if other != rule]
        if len(fewer) < len(kept) and _explained(windows, fewer) >= explained:
            kept = fewer
    return kept


def rewritten(a: str, rules: Sequence[Rewriting]) -> tuple[str, list[Segment]]:
    """Return the key as the rules would have it, leftmost and longest first, and where they were applied."""
    ordered = sorted(range(len(rules)), key=lambda index: -len(rules[index][0]))
    by_first: dict[str, list[int]] = defaultdict(list)
    for one in ordered:
        by_first[rules[one][0][0]].append(one)
    parts: list[str] = []
    segments: list[Segment] = []
    at = length = done = 0
    while at < len(a):
        applying = [index for index in by_first.get(a[at], ()) if a.startswith(rules[index][0], at)]
        if not applying:
            at += 1
            continue
        index = applying[0]
        sought, put = rules[index]
        parts += [a[done:at], put]
        length += at - done
        segments.append(Segment(at, at + len(sought), length, length + len(put), index))
        length += len(put)
        at = done = at + len(sought)
    return "".join([*parts, a[done:]]), segments


def as_rule(rewriting: Rewriting, count: int) -> Rule:
    """Return a rewriting as a rule, with how many variants it explains."""
    sought, put = rewriting
    return Rule(kind="replace" if put else "delete", found=put, original=sought, count=count)


def _windows(a: str, b: str, spans: Sequence[Span]) -> Iterator[tuple[str, str]]:
    """Return each short change with the words around it that agree."""
    for index, span in enumerate(spans):
        if span.size > 4 * _LONGEST:
            continue
        low = spans[index - 1].a1 if index else 0
        high = spans[index + 1].a0 if index + 1 < len(spans) else len(a)
        back, on = min(_LONGEST, span.a0 - low), min(_LONGEST, high - span.a1)
        yield a[span.a0 - back : span.a1 + on], b[span.b0 - back : span.b1 + on]


def _explained(windows: Sequence[tuple[str, str]], rules: Sequence[Rewriting]) -> set[int]:
    return {index for index, (here, there) in enumerate(windows) if rewritten(here, rules)[0] == there}


def _supports(
    a: str, b: str, spans: Sequence[Span], open_ones: frozenset[int]
) -> dict[Rewriting, dict[int, frozenset[int]]]:
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
                and len(put) <= _LONGEST
                and sought != put
            ):
                supports[sought, put].setdefault(start, frozenset(range(first, last + 1)))
    return supports


def _groups(spans: Sequence[Span], open_ones: frozenset[int]) -> Iterator[tuple[int, int]]:
    """Return the changes one rewriting may have made, alone or two together: 安全→平安 is two, with 安 kept."""
    for index in sorted(open_ones):
        span = spans[index]
        if max(span.a1 - span.a0, span.b1 - span.b0) > 2 * _LONGEST:
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


def _candidate(
    a: str, rewriting: Rewriting, found: dict[int, frozenset[int]], left_out: list[tuple[int, int]]
) -> _Candidate:
    sought = rewriting[0]
    spared = 0
    at = a.find(sought)
    turn = 0
    while at >= 0:
        end = at + len(sought)
        while turn < len(left_out) and left_out[turn][1] <= at:
            turn += 1
        is_changed = turn < len(left_out) and left_out[turn][0] < end
        if at not in found and not is_changed:
            spared += 1
        at = a.find(sought, at + 1)
    explained = frozenset(index for members in found.values() for index in members)
    return _Candidate(rewriting, frozenset(found), explained, spared)


def _is_known(rewriting: Rewriting) -> bool:
    return rewriting in SYNONYMS or _is_filtered(rewriting)


def _is_filtered(rewriting: Rewriting) -> bool:
    sought, put = rewriting
    return sought in FILTERED and (not put or not any(c.isalnum() for c in put))


def _fewest(candidates: list[_Candidate]) -> list[Rewriting]:
    """Return rewritings that together explain what any of them does, by the most explained for each character."""
    chosen: list[Rewriting] = []
    done: frozenset[int] = frozenset()
    open_ones = candidates
    while open_ones:
        best = max(open_ones, key=lambda one: (_worth(one, done), one.rewriting))
        chosen.append(best.rewriting)
        done |= best.explained
        open_ones = [one for one in open_ones if _still(one, done)]
    return chosen


def _still(one: _Candidate, done: frozenset[int]) -> bool:
    new = one.explained - done
    return len(new) >= (1 if _is_known(one.rewriting) else 2)


def _worth(one: _Candidate, done: frozenset[int]) -> float:
    sought, put = one.rewriting
    is_word = sought in words() or sought in FILTERED or one.rewriting in SYNONYMS
    trust = 1.0 if is_word else 0.6 if len(sought) > 1 else 0.2
    core = _core(sought, put)
    if 1 < len(core) < len(sought):
        trust /= 2  # the words beside what changed add nothing
    return len(one.explained - done) * trust / (len(sought) + len(put) + 1)


def _core(sought: str, put: str) -> str:
    """Return what of the words sought is not kept at either end."""
    start = len(commonprefix([sought, put]))
    left = sought[start:], put[start:]
    end = len(commonprefix([text[::-1] for text in left]))
    return left[0][: len(left[0]) - end]
