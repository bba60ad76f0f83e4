"""Rewritings applied: what a table of them makes of a key, and which of them are needed to explain a copy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.collate.align import joined
from archive.collate.values import Rule, Span

_AROUND, _LONGEST = 8, 32

Rewriting = tuple[str, str]


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
    kept = list(rules)
    if len(kept) < 2:
        return kept
    windows = [*_windows(a, b, joined(spans, 0)), *_windows(a, b, joined(spans, 2))]
    explained = [window for window in dict.fromkeys(windows) if _is_explained(*window, kept)]
    for rule in sorted(rules, key=lambda rule: -len(rule[0]) - len(rule[1])):
        fewer = [other for other in kept if other != rule]
        touched = [window for window in explained if rule[0] in window[0]]
        if len(fewer) < len(kept) and all(_is_explained(*window, fewer) for window in touched):
            kept = fewer
    return kept


def as_rule(rewriting: Rewriting, count: int) -> Rule:
    """Return a rewriting as a rule, with how many variants it explains."""
    sought, put = rewriting
    return Rule(kind="replace" if put else "delete", found=put, original=sought, count=count)


def _windows(a: str, b: str, spans: Sequence[Span]) -> Iterator[tuple[str, str]]:
    """Return each short change with the words around it that agree."""
    for index, span in enumerate(spans):
        if span.size > _LONGEST:
            continue
        low = spans[index - 1].a1 if index else 0
        high = spans[index + 1].a0 if index + 1 < len(spans) else len(a)
        back, on = min(_AROUND, span.a0 - low), min(_AROUND, high - span.a1)
        yield a[span.a0 - back : span.a1 + on], b[span.b0 - back : span.b1 + on]


def _is_explained(here: str, there: str, rules: Sequence[Rewriting]) -> bool:
    return rewritten(here, [rule for rule in rules if rule[0] in here])[0] == there
