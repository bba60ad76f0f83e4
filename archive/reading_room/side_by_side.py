"""Two texts made ready to be read together: two versions, or a copy and its original. Pure.

A difference of versions is given by paragraph, with its figures and dates marked. A copy is set beside its
original paragraph by paragraph, with every difference where it stands. The templates escape what they are
given.

Which paragraphs of copy and original are side by side is worked out from the letters the two share between
their differences. It is made for reading: what differs is what the comparison says, not what stands in one row.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from archive.diff import Edit
from archive.patterns import regex
from archive.text import fold_map

_DIGIT = regex(r"[0-9０-９一二三四五六七八九十百千万亿%％]")
_DATE = regex(
    r"[0-9]{2,4} ?年(?: ?[0-9]{1,2} ?月)?(?: ?[0-9]{1,2} ?日)?|[0-9]{1,2} ?月(?: ?[0-9]{1,2} ?日)?|"
    r"[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}"
)
_AROUND = 60
_LONGEST_FIGURE = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run of characters in a difference: ``same``, ``del``, ``ins``, or ``gap`` for what is left out.

    ``mark`` is ``number`` or ``date`` where a figure changed; ``number`` counts the changes, at their first run.
    """

    kind: str
    text: str
    mark: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph of a difference, and the numbers of the first changes in it and in its changed neighbours."""

    runs: tuple[Run, ...]
    first: int = 0
    before: int = 0
    after: int = 0

    @property
    def old(self) -> list[Run]:
        """Return the paragraph as it was."""
        return [run for run in self.runs if run.kind != "ins"]

    @property
    def new(self) -> list[Run]:
        """Return the paragraph as it became."""
        return [run for run in self.runs if run.kind != "del"]


def difference(old: str, new: str, changes: Sequence[Edit], *, whole: bool) -> list[Paragraph]:
    """Return the paragraphs of a difference; without ``whole`` only those in which something changed."""
    paragraphs = list(_paragraphs(_runs(old, new, _at_line_starts(old, new, changes))))
    if not whole:
        paragraphs = [_shortened(runs) for runs in paragraphs if any(run.kind != "same" for run in runs)]
    firsts = [next((run.number for run in runs if run.number), 0) for runs in paragraphs]
    stops = [0, *filter(None, firsts), 0]
    return [
        Paragraph(runs=tuple(runs), first=first, before=stops[at - 1], after=stops[at + 1])
        if first and (at := stops.index(first))
        else Paragraph(runs=tuple(runs))
        for runs, first in zip(paragraphs, firsts, strict=True)
    ]


def marks(paragraphs: Iterable[Paragraph]) -> dict[str, list[int]]:
    """Return which changes of a difference touch a number and which a date."""
    found: dict[str, list[int]] = {}
    for run in (run for paragraph in paragraphs for run in paragraph.runs):
        if run.number and run.mark:
            found.setdefault(run.mark, []).append(run.number)
    return found


def _at_line_starts(old: str, new: str, changes: Sequence[Edit]) -> Iterator[Edit]:
    """Move what was only added or only removed to where a line begins, if it reads the same from there.

    Between ``甲。`` and ``乙。`` an added line is found as ``。<line end>丙``; a person sees ``丙。`` added.
    """
    for position, change in enumerate(changes):
        following = changes[position + 1].from_start if position + 1 < len(changes) else len(old)
        room = following - change.from_end
        if change.op == "insert":
            step = _step(new, change.to_start, change.to_end, room)
            text = new[change.to_start + step : change.to_end + step]
            yield replace(
                change, from_start=change.from_start + step, from_end=change.from_end + step, to_text=text,
                to_start=change.to_start + step, to_end=change.to_end + step,
            )  # fmt: skip
        elif change.op == "delete":
            step = _step(old, change.from_start, change.from_end, room)
            text = old[change.from_start + step : change.from_end + step]
            yield replace(
                change, from_start=change.from_start + step, from_end=change.from_end + step, from_text=text
            )
        else:
            yield change


def _step(text: str, start: int, end: int, room: int) -> int:
    """Return how far a span may be moved on so that it begins a line, or else at a line end; 0 when neither."""
    at_line_end = 0
    for step in range(room + 1):
        if start + step == 0 or text[start + step - 1] == "\n":
            return step
        if text[start + step] == "\n" and not at_line_end:
            at_line_end = step
        if end + step >= len(text) or text[start + step] != text[end + step]:
            break
    return at_line_end


def _runs(old: str, new: str, changes: Iterable[Edit]) -> Iterator[Run]:
    at = 0
    for number, change in enumerate(changes, 1):
        mark = _mark(old, new, change)
        yield Run(kind="same", text=old[at : change.from_start])
        yield Run(kind="del", text=change.from_text, mark=mark, number=number)
        yield Run(kind="ins", text=change.to_text, mark=mark, number=0 if change.from_text else number)
        at = change.from_end
    yield Run(kind="same", text=old[at:])


def _mark(old: str, new: str, change: Edit) -> str:
    both = change.from_text + change.to_text
    if len(both) > _LONGEST_FIGURE or not _DIGIT.search(both):
        return ""
    sides = ((old, change.from_start, change.from_end), (new, change.to_start, change.to_end))
    return "date" if any(_is_in_date(*side) for side in sides) else "number"


def _is_in_date(text: str, start: int, end: int) -> bool:
    first = max(0, start - 12)
    return any(
        found.start() + first < max(end, start + 1) and start < found.end() + first
        for found in _DATE.finditer(text[first : end + 8])
    )


def _paragraphs(runs: Iterable[Run]) -> Iterator[list[Run]]:
    """Break at line ends; one that came or went by itself, so that a paragraph was cut or joined, is shown as ¶."""
    paragraph: list[Run] = []
    for run in runs:
        if run.kind != "same" and run.text and not run.text.strip("\n"):
            paragraph.append(replace(run, text="¶" * len(run.text)))
            if run.kind == "del":
                continue
        number = run.number
        for position, line in enumerate(run.text.split("\n")):
            if position and paragraph:
                yield paragraph
                paragraph = []
            if line:
                paragraph.append(replace(run, text=line, number=number))
                number = 0
    if paragraph:
        yield paragraph


def _shortened(runs: list[Run]) -> list[Run]:
    """Leave out what is far from any change."""
    short: list[Run] = []
    for position, run in enumerate(runs):
        if run.kind != "same":
            short.append(run)
            continue
        head = 0 if position == 0 else _AROUND
        tail = 0 if position == len(runs) - 1 else _AROUND
        if len(run.text) <= head + tail + 20:
            short.append(run)
            continue
        kept = [Run(kind="same", text=run.text[:head])] * (head > 0)
        kept.append(Run(kind="gap", text="…"))
        kept += [Run(kind="same", text=run.text[len(run.text) - tail :])] * (tail > 0)
        short += kept
    return short


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
