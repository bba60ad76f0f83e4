"""Two keys aligned: what both share, where they differ, and which passages were moved.

The first step finds the blocks. Pieces of eight characters that occur once in each key are grown as far as the
keys agree. The heaviest chain of such blocks that ascends in both keys is the order they share; the others may
be moved passages. The second step sets the characters between the blocks against each other, one by one.

The result is then made readable. Stretches of agreement that are mere chance inside a rewritten passage are
given up, and a clause that was left out is shown from its first character to its last mark. Passages that a
copy has in another place than its original are given as moves.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import Levenshtein

from archive.collate.key import SENTINEL
from archive.collate.values import Span
from archive.patterns import regex

_PIECE = 8
_MOST_BLOCKS = 20_000
_MOST_SEARCHED = 200
_STRIDE = 16
_MOST_CELLS = 60_000_000
# A word and the mark behind it, kept together, are no chance.
_CLAUSE_END = regex(r"\w[,。;、]")
_SENTENCE, _CLAUSE = "。!?;…", ",、:"
_SHORTEST = 16
_NEAR = 40


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
    blocks: list[Block] = []
    at, last = 0, len(b) - _PIECE
    while at <= last:
        piece = b[at : at + _PIECE]
        place = alone_in_a.place(piece) if piece in held else -1
        if place < 0 or alone_in_b.place(piece) < 0:
            at += 1
            continue
        block = _grown(a, b, place, at, blocks[-1] if blocks else None)
        blocks.append(block)
        if len(blocks) > _MOST_BLOCKS:
            break
        at = max(at + 1, block.b_end - _PIECE + 1)
    return blocks


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
    disjoint: list[Block] = []
    for block in chain:
        overlap = max(0, disjoint[-1].b_end - block.b, disjoint[-1].a_end - block.a) if disjoint else 0
        if block.length > overlap:
            disjoint.append(Block(block.a + overlap, block.b + overlap, block.length - overlap))
    return disjoint


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
    merged: list[Span] = []
    for span in spans:
        while merged and is_one(merged[-1], max(span.a0 - merged[-1].a1, span.b0 - merged[-1].b1), span):
            left = merged.pop()
            span = Span(left.a0, span.a1, left.b0, span.b1)
        merged.append(span)
    return merged


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
    possible = [_move(a, b, left, reached, members) for left, reached, members in clusters]
    return _apart([move for move in possible if move.a1 - move.a0 >= _SHORTEST])


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
    return max(ranges, key=lambda bounds: min(bounds[1], end) - max(bounds[0], start), default=None)


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


def _apart(possible: list[Move]) -> list[Move]:
    """Return the moves without those that claim what a longer one has."""
    apart: list[Move] = []
    for move in sorted(possible, key=lambda move: move.a0 - move.a1):
        if all(
            (move.a1 <= other.a0 or other.a1 <= move.a0) and (move.b1 <= other.b0 or other.b1 <= move.b0)
            for other in apart
        ):
            apart.append(move)
    return sorted(apart, key=lambda move: move.b0)
