"""Passages that a copy has in another place than its original."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from archive.collate.align import align
from archive.collate.blocks import Block
from archive.collate.values import Span

_SHORTEST = 16
_NEAR = 40


@dataclass(frozen=True, slots=True)
class Move:
    """A passage of the original's key and the place of the copy's key it was moved to, with what differs inside."""

    a0: int
    a1: int
    b0: int
    b1: int
    inner: tuple[Span, ...]


def moves(a: str, b: str, spans: Sequence[Span], blocks: Iterable[Block]) -> list[Move]:
    """Return the passages that were left out in one place and added in another, by their place in the copy."""
    gone = [(span.a0, span.a1) for span in spans if span.a1 - span.a0 >= _SHORTEST]
    come = [(span.b0, span.b1) for span in spans if span.b1 - span.b0 >= _SHORTEST]
    clusters: list[tuple[tuple[int, int], tuple[int, int], list[Block]]] = []
    for whole in sorted(blocks, key=lambda block: block.b):
        left = _overlapped(gone, whole.a, whole.a_end)
        reached = _overlapped(come, whole.b, whole.b_end)
        if left is None or reached is None:
            continue
        block = _clipped(whole, left, reached)
        if block.length < _SHORTEST // 2:
            continue
        last = clusters[-1] if clusters else None
        if last and last[0] == left and last[1] == reached and _follows(last[2][-1], block):
            last[2].append(block)
        else:
            clusters.append((left, reached, [block]))
    found = [_move(a, b, left, reached, members) for left, reached, members in clusters]
    return _apart([move for move in found if move.a1 - move.a0 >= _SHORTEST])


def without(spans: Sequence[Span], moved: Sequence[Move]) -> list[tuple[Span, Move | None]]:
    """Return the spans with the moved passages cut out of both sides, each piece with the move it belongs to."""
    if not moved:
        return [(span, None) for span in spans]
    pieces: list[tuple[Span, Move | None]] = []
    for span in spans:
        left = sorted((m for m in moved if span.a0 <= m.a0 and m.a1 <= span.a1), key=lambda m: m.a0)
        reached = [m for m in moved if span.b0 <= m.b0 and m.b1 <= span.b1]
        if not left and not reached:
            pieces.append((span, None))
            continue
        pieces += [
            (Span(start, end, span.b0, span.b0), move)
            for start, end, move in _cut(span.a0, span.a1, [(m.a0, m.a1, m) for m in left])
        ]
        pieces += [
            (Span(span.a1, span.a1, start, end), move)
            for start, end, move in _cut(span.b0, span.b1, [(m.b0, m.b1, m) for m in reached])
        ]
    return pieces


def _cut(start: int, end: int, out: list[tuple[int, int, Move]]) -> list[tuple[int, int, Move | None]]:
    pieces: list[tuple[int, int, Move | None]] = []
    for first, last, move in out:
        if start < first:
            pieces.append((start, first, None))
        pieces.append((first, last, move))
        start = last
    if start < end:
        pieces.append((start, end, None))
    return pieces


def _overlapped(ranges: list[tuple[int, int]], start: int, end: int) -> tuple[int, int] | None:
    return max(ranges, key=lambda one: min(one[1], end) - max(one[0], start), default=None)


def _clipped(block: Block, left: tuple[int, int], reached: tuple[int, int]) -> Block:
    """Return what of a block was left out in the one place and added in the other: its ends may agree in both."""
    start = max(left[0] - block.a, reached[0] - block.b, 0)
    end = min(left[1] - block.a, reached[1] - block.b, block.length)
    return Block(block.a + start, block.b + start, max(0, end - start))


def _follows(last: Block, block: Block) -> bool:
    return 0 <= block.a - last.a_end <= _NEAR and 0 <= block.b - last.b_end <= _NEAR


def _move(a: str, b: str, left: tuple[int, int], reached: tuple[int, int], members: list[Block]) -> Move:
    a0, a1, b0, b1 = members[0].a, members[-1].a_end, members[0].b, members[-1].b_end
    # A passage moves whole: a few characters more at either end of what was left out are its own.
    if a0 - left[0] <= 4 and b0 - reached[0] <= 4:
        a0, b0 = left[0], reached[0]
    if left[1] - a1 <= 4 and reached[1] - b1 <= 4:
        a1, b1 = left[1], reached[1]
    inner, _ = align(a[a0:a1], b[b0:b1])
    return Move(a0, a1, b0, b1, tuple(Span(a0 + s.a0, a0 + s.a1, b0 + s.b0, b0 + s.b1) for s in inner))


def _apart(found: list[Move]) -> list[Move]:
    """Return the moves without those that claim what a longer one has."""
    kept: list[Move] = []
    for move in sorted(found, key=lambda move: move.a0 - move.a1):
        if all(
            (move.a1 <= other.a0 or other.a1 <= move.a0) and (move.b1 <= other.b0 or other.b1 <= move.b0)
            for other in kept
        ):
            kept.append(move)
    return sorted(kept, key=lambda move: move.b0)
