"""A copy beside its original, paragraph by paragraph, every difference where it stands. Pure.

Which paragraphs stand side by side is worked out from the letters the two share between their differences. It is
made for reading: what differs is what the comparison says, not what stands in one row.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from archive.text import fold_map

Variant = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A run of one side's text. ``kind``: a variant's kind, ``lost``, or empty where nothing differs."""

    text: str
    kind: str = ""
    number: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A stretch of the copy beside the stretch of the original it renders; ``boilerplate``: what it is instead."""

    copy: tuple[Piece, ...]
    original: tuple[Piece, ...]
    boilerplate: str = ""

    @property
    def differs(self) -> bool:
        """Return whether a variant stands in it."""
        return any(piece.number for piece in (*self.copy, *self.original))


@dataclass(frozen=True, slots=True)
class _Place:
    start: int
    end: int
    kind: str
    number: int = 0
    note: str = ""


def pairs(
    copy: str, original: str, variants: Sequence[Variant], blocks: Sequence[Variant], lost: Sequence[Variant]
) -> list[Pair]:
    """Return both texts in full, cut at the same places: the original's line ends and the copy's boilerplate."""
    framed = _apart(_Place(b["start"], _line_end(copy, b["end"]), b["kind"]) for b in blocks)
    own = [_Place(v["copy_start"], v["copy_end"], v["kind"], v["number"], v["rule"] or "") for v in variants]
    own += [_Place(h["copy_start"], h["copy_end"], "lost", 0, h["restored"] or "") for h in lost]
    theirs = [
        _Place(v["original_start"], v["original_end"], v["kind"], v["number"], v["rule"] or "")
        for v in variants
    ]
    copied, held = _apart([*own, *framed]), _apart(theirs)
    from_original, from_copy = _points(copy, original, variants, framed)
    cuts = set(_line_cuts(copy, original, copied, held, from_original, from_copy))
    frames = {}
    for frame in framed:
        at = bisect_left(from_copy, frame.start)
        there = _line_end(original, from_original[at - 1] + 1) if at else 0
        cuts |= {(frame.start, there), (frame.end, there)}
        frames[frame.start] = frame.kind
    return list(_between(copy, original, _rising(cuts, copy, original), copied, held, frames))


def _between(
    copy: str, original: str, cuts: Sequence[tuple[int, int]], copied: Sequence[_Place], held: Sequence[_Place],
    frames: Mapping[int, str],
) -> Iterator[Pair]:  # fmt: skip
    for (c0, o0), (c1, o1) in pairwise(cuts):
        frame = frames.get(c0, "") if o0 == o1 else ""
        left = (Piece(text=copy[c0:c1]),) if frame else tuple(_pieces(copy, c0, c1, copied))
        right = tuple(_pieces(original, o0, o1, held))
        if any(piece.text.strip() or piece.number for piece in (*left, *right)):
            yield Pair(copy=left, original=right, boilerplate=frame)


def _pieces(text: str, start: int, end: int, places: Sequence[_Place]) -> Iterator[Piece]:
    at = start
    for place in places:
        is_here = start <= place.start < end or (place.start == place.end == end == len(text))
        if not is_here or place.end > end:
            continue
        if place.start > at:
            yield Piece(text=text[at : place.start])
        yield Piece(text=text[place.start : place.end], kind=place.kind, number=place.number, note=place.note)
        at = place.end
    if at < end:
        yield Piece(text=text[at:end])


def _apart(places: Any) -> list[_Place]:
    """Return places in order, those left out that begin inside another."""
    found: list[_Place] = []
    for place in sorted(places, key=lambda place: (place.start, -place.end)):
        if not found or place.start >= found[-1].end:
            found.append(place)
    return found


def _points(
    copy: str, original: str, variants: Sequence[Variant], framed: Sequence[_Place]
) -> tuple[list[int], list[int]]:
    """Return offsets into the original and into the copy that stand for the same letters, both rising."""
    theirs = fold_map(original)[1]
    inside = {at for frame in framed for at in range(frame.start, frame.end)}
    own = [at for at in fold_map(copy)[1] if at not in inside]
    points: tuple[list[int], list[int]] = [], []
    last = (0, 0)
    for c0, c1, o0, o1 in [*_anchors(variants), (len(copy), len(copy), len(original), len(original))]:
        ours = own[bisect_left(own, last[0]) : bisect_left(own, c0)]
        held = theirs[bisect_left(theirs, last[1]) : bisect_left(theirs, o0)]
        for position, at in enumerate(held):
            if ours:
                points[0].append(at)
                points[1].append(ours[position * len(ours) // len(held)])
        last = (c1, o1)
    return points


def _anchors(variants: Sequence[Variant]) -> Iterator[tuple[int, int, int, int]]:
    """Yield the places of the variants that lie in the same order in both texts."""
    copy_end = original_end = 0
    for v in sorted(variants, key=lambda v: (v["copy_start"], v["original_start"])):
        if v["kind"] == "reordered" or v["copy_start"] < copy_end or v["original_start"] < original_end:
            continue
        copy_end, original_end = v["copy_end"], v["original_end"]
        yield v["copy_start"], copy_end, v["original_start"], original_end


def _line_cuts(
    copy: str, original: str, copied: Sequence[_Place], held: Sequence[_Place], theirs: Sequence[int],
    ours: Sequence[int],
) -> Iterator[tuple[int, int]]:  # fmt: skip
    at = original.find("\n")
    while at >= 0:
        there = _outside(at + 1, held)
        point = bisect_left(theirs, there)
        here = _line_end(copy, ours[point - 1] + 1) if point else 0
        yield _outside(here, copied), there
        at = original.find("\n", at + 1)


def _line_end(copy: str, at: int) -> int:
    """Return where the line ends if no letter comes before, else ``at`` with the signs that close it."""
    end = at
    while end < len(copy) and not copy[end].isalnum():
        end += 1
    line_end = copy.rfind("\n", at, end)
    return line_end + 1 if line_end >= 0 else end


def _outside(at: int, places: Sequence[_Place]) -> int:
    return next((place.end for place in places if place.start < at < place.end), at)


def _rising(cuts: set[tuple[int, int]], copy: str, original: str) -> list[tuple[int, int]]:
    """Return cuts in order, from the beginnings to the ends, those left out that would cross another."""
    found = [(0, 0)]
    for cut in sorted(cuts):
        if cut[0] >= found[-1][0] and cut[1] >= found[-1][1] and cut != found[-1]:
            found.append(cut)
    end = (len(copy), len(original))
    return found if found[-1] == end else [*found, end]
