"""What one rewriting may have done: for every change, the words it may have sought and what it put in their place."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from archive.collate.key import SENTINEL
from archive.collate.lexicon import has_known, is_known
from archive.collate.rewriting import Rewriting
from archive.collate.values import Span

_LONGEST, _CONTEXT = 8, 3
_DIGIT = re.compile(r"\d")

# For each rewriting the places of the original where it happened, and which changes that explains.
Traces = dict[Rewriting, dict[int, frozenset[int]]]


def traces(a: str, b: str, spans: Sequence[Span], open_ones: frozenset[int]) -> Traces:
    """Return for each possible rewriting the places of ``a`` where it happened, and which spans that explains.

    Of a change that happened once, only what is known is told: nothing else could be a rule.
    """
    members = [*_groups(a, b, spans, open_ones)]
    groups = [
        Span(spans[first].a0, spans[last].a1, spans[first].b0, spans[last].b1) for first, last in members
    ]
    often = Counter((a[span.a0 : span.a1], b[span.b0 : span.b1]) for span in groups)
    found: Traces = defaultdict(dict)
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
                found[sought, put].setdefault(start, frozenset(range(first, last + 1)))
    return found


def _is_replaced(span: Span) -> bool:
    """Say whether a change both takes and gives: what only does one may show itself in another place each time."""
    return span.a0 < span.a1 and span.b0 < span.b1


def _is_short(sought: str, put: str) -> bool:
    return len(sought) <= _LONGEST and len(put) <= (3 * _LONGEST if put.startswith(sought) else _LONGEST)


def _is_figure(a: str, b: str, span: Span) -> bool:
    """Say whether figures differ: no table of words explains that, however often it happens."""
    return bool(_DIGIT.search(a, span.a0, span.a1) or _DIGIT.search(b, span.b0, span.b1))


def _groups(a: str, b: str, spans: Sequence[Span], open_ones: frozenset[int]) -> Iterator[tuple[int, int]]:
    """Return the changes one rewriting may have made, alone or two together: 安全→平安 is two, with 安 kept."""
    for index in sorted(open_ones):
        span = spans[index]
        if max(span.a1 - span.a0, span.b1 - span.b0) > 3 * _LONGEST or _is_figure(a, b, span):
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
