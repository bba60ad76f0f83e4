"""Where two keys say the same: long pieces in the same order, and long pieces that moved.

Pieces of eight characters that stand once in either key are grown as far as the keys agree. The heaviest chain
of such blocks that ascends in both is the order they share; the others are what was moved.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

_PIECE = 8
_MOST_BLOCKS = 20_000
_MOST_SEARCHED = 200
_STRIDE = 16


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch on which both keys agree."""

    a: int
    b: int
    length: int

    @property
    def a_end(self) -> int:
        """Return where it ends in the first key."""
        return self.a + self.length

    @property
    def b_end(self) -> int:
        """Return where it ends in the second key."""
        return self.b + self.length


def common_blocks(a: str, b: str) -> list[Block]:
    """Return the blocks the keys share, by their place in the second; pieces that stand twice begin none."""
    held = frozenset(_pieces(a))
    alone_in_a, alone_in_b = _Alone(a), _Alone(b)
    found: list[Block] = []
    at, last = 0, len(b) - _PIECE
    while at <= last:
        piece = b[at : at + _PIECE]
        place = alone_in_a.place(piece) if piece in held else -1
        if place < 0 or alone_in_b.place(piece) < 0:
            at += 1
            continue
        block = _grown(a, b, place, at, found[-1] if found else None)
        found.append(block)
        if len(found) > _MOST_BLOCKS:
            break
        at = max(at + 1, block.b_end - _PIECE + 1)
    return found


def heaviest_chain(blocks: Iterable[Block]) -> list[Block]:
    """Return the blocks of greatest length together that follow one another in both keys.

    Where two overlap, the later one is cut.
    """
    ordered = sorted(blocks, key=lambda block: (block.b, block.a))
    # A Pareto front of (end in a, weight, last block): ends and weights both ascend.
    ends: list[int] = [-1]
    weights: list[int] = [0]
    tails: list[int] = [-1]
    before: list[int] = []
    for index, block in enumerate(ordered):
        place = bisect_left(ends, block.a + 1) - 1
        weight = weights[place] + block.length
        before.append(tails[place])
        # Grown blocks overlap by what stands on both sides of an edit.
        _enter(ends, weights, tails, (block.a_end - 1 - min(block.length // 2, 12), weight, index))
    chain: list[Block] = []
    at = tails[-1]
    while at >= 0:
        chain.append(ordered[at])
        at = before[at]
    return _disjoint(chain[::-1])


def _enter(ends: list[int], weights: list[int], tails: list[int], entry: tuple[int, int, int]) -> None:
    end, weight, index = entry
    place = bisect_left(ends, end)
    if place < len(ends) and ends[place] == end and weights[place] >= weight:
        return
    if place > 0 and weights[place - 1] >= weight:
        return
    stop = place
    while stop < len(ends) and weights[stop] <= weight:
        stop += 1
    ends[place:stop], weights[place:stop], tails[place:stop] = [end], [weight], [index]


def _disjoint(chain: list[Block]) -> list[Block]:
    kept: list[Block] = []
    for block in chain:
        overlap = max(0, kept[-1].b_end - block.b, kept[-1].a_end - block.a) if kept else 0
        if block.length > overlap:
            kept.append(Block(block.a + overlap, block.b + overlap, block.length - overlap))
    return kept


def _pieces(text: str) -> list[str]:
    return [text[at : at + _PIECE] for at in range(len(text) - _PIECE + 1)]


class _Alone:
    """Where in a text pieces of it stand that it has once.

    Of most texts few pieces are asked for, and each is searched. When so many were that it would have cost as
    much to list all of them, all are listed: no text takes longer than two lists.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._searched = 0
        self._places: dict[str, int] = {}

    def place(self, piece: str) -> int:
        """Return where a piece stands, -1 when it stands in several places."""
        if self._searched < _MOST_SEARCHED:
            self._searched += 1
            place = self._text.find(piece)
            return place if place == self._text.rfind(piece) else -1
        if not self._places:
            self._places = _once(self._text)
        return self._places.get(piece, -1)


def _once(text: str) -> dict[str, int]:
    """Return where the pieces stand that stand once, and -1 for the others."""
    pieces = _pieces(text)
    places = dict(zip(pieces, range(len(pieces)), strict=True))
    again = [piece for at, piece in enumerate(pieces) if places[piece] != at]
    return {**places, **dict.fromkeys(again, -1)} if again else places


def _grown(a: str, b: str, i: int, j: int, last: Block | None) -> Block:
    floor = last.b_end if last and last.b - last.a == j - i else 0
    start = 0
    while i - start > 0 and j - start > floor and a[i - start - 1] == b[j - start - 1]:
        start += 1
    end = _PIECE
    while a[i + end : i + end + _STRIDE] == b[j + end : j + end + _STRIDE] and j + end + _STRIDE < len(b):
        end += _STRIDE
    limit = min(len(a) - i, len(b) - j)
    while end < limit and a[i + end] == b[j + end]:
        end += 1
    return Block(i - start, j - start, start + end)
