"""The copier's rules: mechanical rewritings that explain how a copy differs from its original.

A machine rewrites every time, a hand here and there. So a rewriting is a rule when it happened at least twice
and nothing it applies to was spared (one in ten may be: a second rule, or a hand, came in between). Once is
enough for a word that filters or tables of synonyms are known for.

Candidates are the changes themselves and the words they lie in: for every change, the words that may have been
sought and what was put in their place. The smallest set that explains the changes is sought; the cheapest wins,
as in any description of least length. The candidates are chosen one by one, so nothing proves that no smaller
set exists.

A table of rewritings is then applied to a key. This shows which of them are needed to explain a copy, and which
places they explain. What is left is a hand's.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from os.path import commonprefix

from archive.collate.alignment import align, joined
from archive.collate.figures import is_figure_edit
from archive.collate.key import SENTINEL
from archive.collate.kinds import has_known, is_known, is_swap, is_word
from archive.collate.values import Rule, Span
from archive.patterns import regex

_AROUND, _LONGEST_SPAN = 8, 32

Rewriting = tuple[str, str]
_LONGEST_SOUGHT, _CONTEXT = 8, 3
_DIGIT = regex(r"\d")
# For each rewriting the places of the original where it happened, and which changes that explains.
Traces = dict[Rewriting, dict[int, frozenset[int]]]
# What a rule costs in an account, and a change that none explains, beside their characters.
_RULE, _UNEXPLAINED = 3, 3
_MOST_CANDIDATES = 4000
_SWALLOWS, _LONGEST_EDIT = 8, 48
_ROUNDS = 6


@dataclass(frozen=True, slots=True)
class Segment:
    """A place where a rule was applied: its range in the original's key and in the rewritten one."""

    a0: int
    a1: int
    r0: int
    r1: int
    rule: int


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


def needed(a: str, b: str, spans: Sequence[Span], rules: Sequence[Rewriting]) -> list[Rewriting]:
    """Return the rewritings without those whose work the others do together."""
    rules_left = list(rules)
    if len(rules_left) < 2:
        return rules_left
    windows = [*_windows(a, b, joined(spans, 0)), *_windows(a, b, joined(spans, 2))]
    explained = [window for window in dict.fromkeys(windows) if _is_explained(*window, rules_left)]
    for rule in sorted(rules, key=lambda rule: -len(rule[0]) - len(rule[1])):
        fewer = [other for other in rules_left if other != rule]
        touched = [window for window in explained if rule[0] in window[0]]
        if len(fewer) < len(rules_left) and all(_is_explained(*window, fewer) for window in touched):
            rules_left = fewer
    return rules_left


def as_rule(rewriting: Rewriting, count: int) -> Rule:
    """Return a rewriting as a rule, with how many variants it explains."""
    sought, put = rewriting
    return Rule(kind="replace" if put else "delete", found=put, original=sought, count=count)


def _windows(a: str, b: str, spans: Sequence[Span]) -> Iterator[tuple[str, str]]:
    """Return each short change with the words around it that agree."""
    for index, span in enumerate(spans):
        if span.size > _LONGEST_SPAN:
            continue
        low = spans[index - 1].a1 if index else 0
        high = spans[index + 1].a0 if index + 1 < len(spans) else len(a)
        back, on = min(_AROUND, span.a0 - low), min(_AROUND, high - span.a1)
        yield a[span.a0 - back : span.a1 + on], b[span.b0 - back : span.b1 + on]


def _is_explained(here: str, there: str, rules: Sequence[Rewriting]) -> bool:
    return rewritten(here, [rule for rule in rules if rule[0] in here])[0] == there


def traces(a: str, b: str, spans: Sequence[Span], open_ones: frozenset[int]) -> Traces:
    """Return for each possible rewriting the places of ``a`` where it happened, and which spans that explains.

    Of a change that happened once, only what is known is told: nothing else could be a rule.
    """
    members = [*_groups(a, b, spans, open_ones)]
    groups = [
        Span(spans[first].a0, spans[last].a1, spans[first].b0, spans[last].b1) for first, last in members
    ]
    often = Counter((a[span.a0 : span.a1], b[span.b0 : span.b1]) for span in groups)
    by_rewriting: Traces = defaultdict(dict)
    for (first, last), span in zip(members, groups, strict=True):
        is_once = often[a[span.a0 : span.a1], b[span.b0 : span.b1]] == 1 and _is_replaced(span)
        if is_once and not has_known(a[max(0, span.a0 - _CONTEXT) : span.a1 + _CONTEXT]):
            continue
        low = spans[first - 1].a1 if first else 0
        high = spans[last + 1].a0 if last + 1 < len(spans) else len(a)
        for start, end in _ranges(a, span, low, high):
            sought, put = a[start:end], b[span.b0 - (span.a0 - start) : span.b1 + (end - span.a1)]
            if is_once and not is_known((sought, put)):
                continue
            if sought.isalnum() and SENTINEL not in put and sought != put and _is_short(sought, put):
                by_rewriting[sought, put].setdefault(start, frozenset(range(first, last + 1)))
    return by_rewriting


def _is_replaced(span: Span) -> bool:
    """Say whether a change both takes and gives: what only does one may show itself in another place each time."""
    return span.a0 < span.a1 and span.b0 < span.b1


def _is_short(sought: str, put: str) -> bool:
    return len(sought) <= _LONGEST_SOUGHT and len(put) <= (
        3 * _LONGEST_SOUGHT if put.startswith(sought) else _LONGEST_SOUGHT
    )


def _is_figure(a: str, b: str, span: Span) -> bool:
    """Say whether figures differ: no table of words explains that, however often it happens."""
    return bool(_DIGIT.search(a, span.a0, span.a1) or _DIGIT.search(b, span.b0, span.b1))


def _groups(a: str, b: str, spans: Sequence[Span], open_ones: frozenset[int]) -> Iterator[tuple[int, int]]:
    """Return the changes one rewriting may have made, alone or two together: 安全→平安 is two, with 安 kept."""
    for index in sorted(open_ones):
        span = spans[index]
        if max(span.a1 - span.a0, span.b1 - span.b0) > 3 * _LONGEST_SOUGHT or _is_figure(a, b, span):
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

    def candidate(self, rewriting: Rewriting, places: dict[int, frozenset[int]]) -> _Candidate:
        """Return a rewriting with what it explains. What touches another change was not spared: nobody can tell."""
        a, sought = self.a, rewriting[0]
        explained = frozenset(index for members in places.values() for index in members)
        spared = turn = 0
        before, after = set(), set()
        at = a.find(sought)
        while at >= 0 and not _is_often(spared, explained):
            end = at + len(sought)
            while turn < len(self.changed) and self.changed[turn][1] < at:
                turn += 1
            if at not in places and not (turn < len(self.changed) and self.changed[turn][0] <= end):
                spared += 1
            before.add(a[at - 1 : at])
            after.add(a[end : end + 1])
            at = a.find(sought, at + 1)
        return _Candidate(rewriting, explained, spared, len(before) > 1 and len(after) > 1)

    def gain(self, candidate: _Candidate, done: frozenset[int] = frozenset()) -> float:
        """Return by how many characters, about, a rule shortens the account of what is not explained yet."""
        new = candidate.explained - done
        if len(new) < (1 if is_known(candidate.rewriting) else 2) or _is_often(
            candidate.spared, candidate.explained
        ):
            return 0
        price = (
            sum(map(len, candidate.rewriting))
            + _RULE
            + 2 * _UNEXPLAINED * candidate.spared
            + _doubt(candidate)
        )
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
        rewriting: measure.candidate(rewriting, places)
        for rewriting, places in supports.items()
        if len(places) > 1 or is_known(rewriting)
    }
    worth = {
        rewriting: candidate for rewriting, candidate in candidates.items() if measure.gain(candidate) > 0
    }
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
    waiting = [(-measure.gain(candidate), *_rank(candidate.rewriting), candidate) for candidate in candidates]
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
    return [
        candidate for candidate in worth.values() if not _is_two(candidate, worth, puts, supports, measure)
    ]


def _is_two(
    candidate: _Candidate,
    worth: dict[Rewriting, _Candidate],
    puts: Mapping[str, list[str]],
    supports: Traces,
    measure: _Measure,
) -> bool:
    whole, begin = _rewriting_left(*candidate.rewriting, 0)
    for other, rest, at in _parted(*whole, puts):
        first = worth[other]
        if not rest[0] or other == candidate.rewriting:
            continue
        places = {place + begin + at: members for place, members in supports[candidate.rewriting].items()}
        second = measure.candidate(rest, {**places, **supports.get(rest, {})})
        as_two = measure.gain(first) + measure.gain(second, first.explained)
        if as_two > measure.gain(candidate) + max(0, measure.gain(first, candidate.explained)):
            return True
    return False


def _parted(
    sought: str, put: str, puts: Mapping[str, list[str]]
) -> Iterator[tuple[Rewriting, Rewriting, int]]:
    """Return the shorter rewritings that do what this one does at its beginning or its end, what is left, and where."""
    for cut in range(1, len(sought)):
        for first in puts.get(sought[:cut], ()):
            if put.startswith(first):
                yield (sought[:cut], first), *_rewriting_left(sought[cut:], put[len(first) :], cut)
        for last in puts.get(sought[cut:], ()):
            if put.endswith(last):
                yield (sought[cut:], last), *_rewriting_left(sought[:cut], put[: len(put) - len(last)], 0)


def _rewriting_left(sought: str, put: str, at: int) -> tuple[Rewriting, int]:
    """Return what is left of a rewriting without what it keeps at either end."""
    start = len(commonprefix([sought, put]))
    core = _core(sought, put)
    return (core, put[start : len(put) - (len(sought) - start - len(core))]), at + start


def _is_more(rewriting: Rewriting, best: Rewriting) -> bool:
    """Say whether a rewriting does what another does, and something beside it."""
    return best[0] in rewriting[0] and best[1] in rewriting[1]


def _doubt(candidate: _Candidate) -> float:
    """Return what speaks against a rewriting's bounds: tables hold words, and no words beside what they change."""
    sought, put = candidate.rewriting
    if is_known(candidate.rewriting):
        return -2 * _RULE
    core = _core(sought, put)
    if len(core) > 1:
        return 0 if len(core) == len(sought) else 2
    if is_word(sought):
        return -2
    return (1.5 if len(sought) == 1 else 0) + (0 if candidate.is_unit else 3 if len(sought) == 1 else 2)


def _core(sought: str, put: str) -> str:
    """Return what of the words sought is not kept at either end."""
    start = len(commonprefix([sought, put]))
    left = sought[start:], put[start:]
    end = len(commonprefix([text[::-1] for text in left]))
    return left[0][: len(left[0]) - end]


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
    return span.size <= _LONGEST_EDIT and (is_figure_edit(a, b, span) or is_swap(a, b, span))


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
        yield from (
            Ruled(Span(ruled_part.span.a0, ruled_part.span.a1, b1, b1), ruled_part.rule)
            for ruled_part in before
        )
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
