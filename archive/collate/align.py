"""Setting two keys against each other, character by character, in two steps.

First the blocks they share, then the characters between the blocks. What comes out is made readable: stretches
of agreement that are mere chance inside a rewritten passage are given up, and a clause that was left out is
shown from its first character to its last mark.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

from rapidfuzz.distance import Levenshtein

from archive.collate.blocks import Block, common_blocks, heaviest_chain
from archive.collate.key import SENTINEL
from archive.collate.values import Span

_MOST_CELLS = 60_000_000
# A word and the mark behind it, kept together, are no chance.
_CLAUSE_END = re.compile(r"\w[,。;、]")
_SENTENCE, _CLAUSE = "。!?;…", ",、:"


def align(a: str, b: str) -> tuple[list[Span], list[Block]]:
    """Return where ``b`` differs from ``a``, in order, and the blocks they share in another order."""
    blocks = common_blocks(a, b)
    chain = heaviest_chain(blocks)
    on_chain = {(block.b - block.a, block.b_end) for block in chain}
    spans = [span for gap in _gaps(a, b, chain) for span in _inside(a, b, gap)]
    moved = [block for block in blocks if (block.b - block.a, block.b_end) not in on_chain]
    return _without_chance(b, spans), moved


def joined(spans: Iterable[Span], gap: int = 1) -> list[Span]:
    """Return the spans with those made one that stand at most ``gap`` characters apart."""
    return _merged(spans, lambda left, apart, right: apart <= gap)


def at_home(a: str, b: str, spans: list[Span], starts: tuple[frozenset[int], frozenset[int]],
            fixed: frozenset[int] = frozenset()) -> list[Span]:  # fmt: skip
    """Return omissions and additions shifted to where a reader would see them: line, sentence or clause.

    ``starts`` are the places of the two keys where a line begins, ``fixed`` the spans that stay where they are.
    """
    settled: list[Span] = []
    ends = [*(span.a0 for span in spans), len(a)][1:]
    for index, (span, stop) in enumerate(zip(spans, ends, strict=True)):
        start = settled[-1].a1 if settled else 0
        limits = span.a0 - start, stop - span.a1
        shift = 0
        if span.a0 == span.a1 and index not in fixed:
            shift = _best_shift(b, span.b0, span.b1, limits, starts[1])
        elif span.b0 == span.b1 and index not in fixed:
            shift = _best_shift(a, span.a0, span.a1, limits, starts[0])
        moved = Span(span.a0 + shift, span.a1 + shift, span.b0 + shift, span.b1 + shift) if shift else span
        settled.append(moved)
    return settled


def applied(a: str, spans: Iterable[Span], b: str) -> str:
    """Return what the spans, which lie in order, make out of ``a``, taking what is new from ``b``."""
    parts, at = [], 0
    for span in spans:
        parts += [a[at : span.a0], b[span.b0 : span.b1]]
        at = span.a1
    return "".join([*parts, a[at:]])


def _gaps(a: str, b: str, chain: list[Block]) -> Iterator[Span]:
    edges = [Block(0, 0, 0), *chain, Block(len(a), len(b), 0)]
    for left, right in pairwise(edges):
        if left.a_end < right.a or left.b_end < right.b:
            yield Span(left.a_end, right.a, left.b_end, right.b)


def _inside(a: str, b: str, gap: Span) -> Iterator[Span]:
    here, there = a[gap.a0 : gap.a1], b[gap.b0 : gap.b1]
    if not here or not there or len(here) * len(there) > _MOST_CELLS:
        yield gap
        return
    for op in Levenshtein.opcodes(here, there):
        if op.tag != "equal":
            yield Span(
                gap.a0 + op.src_start, gap.a0 + op.src_end, gap.b0 + op.dest_start, gap.b0 + op.dest_end
            )


def _without_chance(b: str, spans: list[Span]) -> list[Span]:
    damaged = frozenset(span for span in spans if SENTINEL in b[span.b0 : span.b1])
    return _merged(
        joined(spans, 0),
        lambda left, apart, right: (
            _is_chance(left, apart, right)
            and damaged.isdisjoint((left, right))
            and not (apart > 1 and _CLAUSE_END.search(b[left.b1 : right.b0]))
        ),
    )


def _is_chance(left: Span, apart: int, right: Span) -> bool:
    """Say whether so short an agreement between two changes is likelier chance than kept text."""
    if apart > 4:
        return False
    smaller = min(left.size, right.size)
    if apart <= 3 and smaller >= 6 * apart:
        return True
    is_rewritten = all(span.a0 < span.a1 and span.b0 < span.b1 for span in (left, right))
    return is_rewritten and smaller >= 3 * apart


def _merged(spans: Iterable[Span], is_one: Callable[[Span, int, Span], bool]) -> list[Span]:
    kept: list[Span] = []
    for span in spans:
        while kept and is_one(kept[-1], max(span.a0 - kept[-1].a1, span.b0 - kept[-1].b1), span):
            left = kept.pop()
            span = Span(left.a0, span.a1, left.b0, span.b1)
        kept.append(span)
    return kept


def _best_shift(text: str, first: int, last: int, limits: tuple[int, int], starts: frozenset[int]) -> int:
    shifts = [0, *_shifts(text, first, last, limits)]
    return max(shifts, key=lambda shift: (_welcome(text, first + shift, starts), shift == 0))


def _shifts(text: str, first: int, last: int, limits: tuple[int, int]) -> Iterator[int]:
    before, after = limits
    for shift in range(1, before + 1):
        if text[first - shift] != text[last - shift]:
            break
        yield -shift
    for shift in range(after):
        if text[first + shift] != text[last + shift]:
            break
        yield shift + 1


def _welcome(text: str, at: int, starts: frozenset[int]) -> int:
    if at in starts:
        return 3
    before = text[at - 1]
    return 2 if before in _SENTENCE else 1 if before in _CLAUSE else 0
