"""Each difference under what it is: boilerplate, damage, a move, or wording."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archive.collate import damage
from archive.collate.boilerplate import Line, split
from archive.collate.key import GLOSS, SENTINEL, Key
from archive.collate.masked import Masked, unmarked
from archive.collate.moved import Move
from archive.collate.stripped import parted
from archive.collate.values import LostPlace, Span

_LONGEST_LOST = 60


@dataclass(frozen=True, slots=True)
class Sorted:
    """A difference in places of the whole keys, and what it is taken for."""

    span: Span
    role: str
    rule: int | None = None
    line: Line | None = None
    lost: LostPlace | None = None
    move: Move | None = None


@dataclass(frozen=True, slots=True)
class Sorting:
    """What sorting needs to know. ``lines``, ``body`` and ``edges`` (of lines, in either key) are in places of the masked key.

    ``kept`` are the keys of what our reader took off the original, ``left_off`` those of what it took off the copy.
    """

    original: Key
    copy: Key
    mask: Masked
    lines: list[Line]
    body: tuple[int, int]
    proofs: damage.Proofs
    edges: tuple[frozenset[int], frozenset[int]]
    kept: tuple[str, ...] = ()
    left_off: tuple[str, ...] = ()

    def sorted(self, span: Span, rule: int | None, move: Move | None) -> Iterator[Sorted]:
        """Return a difference, given in places of the masked key, in the pieces it consists of."""
        if rule is not None:
            yield Sorted(self.mask.unmasked(span), "variant", rule=rule)
            return
        if move is not None:
            yield Sorted(self.mask.unmasked(span), "moved", move=move)
            return
        for piece, is_stripped in self._without_stripped(span):
            if is_stripped:
                yield Sorted(self.mask.unmasked(piece), "stripped")
            else:
                yield from self._framed(piece)

    def _framed(self, span: Span) -> Iterator[Sorted]:
        is_outside = span.b1 <= self.body[0] or span.b0 >= self.body[1]
        for piece, line in split(span, self.lines, is_outside=is_outside):
            if line:
                yield Sorted(self.mask.unmasked(piece), "boilerplate", line=line)
            else:
                for part in self._between_glosses(piece):
                    yield from self._part(part)

    def _without_stripped(self, span: Span) -> Iterator[tuple[Span, bool]]:
        """Return a difference in pieces: what our reader took off one of the pages, and the rest."""
        added = parted(span, self.mask.letters, self.kept, self.edges[1]) if self.kept else None
        turned = Span(span.b0, span.b1, span.a0, span.a1)
        words = self.original.letters
        omitted = parted(turned, words, self.left_off, self.edges[0]) if self.left_off else None
        gone = [(part.b0, part.b1) for part in omitted or ()]
        come = [(part.b0, part.b1) for part in added or ()]
        yield from _cut(span, gone, come)

    def _between_glosses(self, span: Span) -> Iterator[Span]:
        """Return a difference with each gloss in it apart; the original's words go to the longest of the rest."""
        if GLOSS not in self.mask.letters[span.b0 : span.b1]:
            yield span
            return
        glosses = [at for at in range(span.b0, span.b1) if self.mask.letters[at] == GLOSS]
        starts = [span.b0, *(at + 1 for at in glosses)]
        ends = [*glosses, span.b1]
        parts = list(zip(starts, ends, strict=True))
        bearer = parts.index(max(parts, key=lambda part: part[1] - part[0]))
        for number, (b0, b1) in enumerate(parts):
            a0 = span.a0 if number <= bearer else span.a1
            a1 = span.a0 if number < bearer else span.a1
            if b0 < b1 or a0 < a1:
                yield Span(a0, a1, b0, b1)
            if number < len(glosses):
                yield Span(a1, a1, glosses[number], glosses[number] + 1)

    def _part(self, span: Span) -> Iterator[Sorted]:
        if self.mask.letters[span.b0 : span.b1] == GLOSS:
            yield Sorted(self.mask.unmasked(span), "gloss")
        elif SENTINEL in self.mask.letters[span.b0 : span.b1]:
            yield from self._lost(span)
        else:
            yield self._wording(self.mask.unmasked(span))

    def _wording(self, span: Span) -> Sorted:
        if damage.is_gloss(self.copy, span):
            return Sorted(span, "gloss")
        if self.copy.glosses and damage.may_be_damage(self.copy, span):
            for wide, place in damage.widened(self.copy, span):
                lost = self.proofs.proven(wide, place, is_marked=False)
                if lost:
                    return Sorted(span, "lost", lost=lost)
        return Sorted(span, "variant")

    def _lost(self, span: Span) -> Iterator[Sorted]:
        """Return a damaged place apart from what else differs beside it."""
        at = self.mask.letters.index(SENTINEL, span.b0, span.b1)
        known = self.mask.lost_at(at)
        place = (known.start, known.end)
        first, last, lost = self._original_of(span, at, place, len(known.sketch))
        yield from self._rest(Span(span.a0, first, span.b0, at))
        yield Sorted(self.mask.unmasked(Span(first, last, at, at + 1)), "lost", lost=lost)
        yield from self._rest(Span(last, span.a1, at + 1, span.b1))

    def _rest(self, span: Span) -> Iterator[Sorted]:
        """Return what differs beside a damaged place, without what agrees after all."""
        if rest := span.trimmed(unmarked(self.original.letters), self.mask.letters):
            for part in self._between_glosses(rest):
                yield from self._part(part)

    def _original_of(
        self, span: Span, at: int, place: tuple[int, int], likely: int
    ) -> tuple[int, int, LostPlace]:
        """Return what of the original stands where bytes were damaged: proven, else all there is if that is alone."""
        shown = self.copy.text[slice(*place)]
        is_alone = span.b1 - span.b0 == 1
        for first, last in self._tries(span, at, likely, is_alone):
            whole = self.mask.unmasked(Span(first, last, at, at + 1))
            lost = self.proofs.proven(whole, place)
            if lost:
                return first, last, lost
        is_alike = is_alone and 0 < span.a1 - span.a0 <= likely + 2
        first, last = (
            (span.a0, span.a1) if is_alike else (span.a1, span.a1) if is_alone else (span.a0, span.a0)
        )
        restored = self.original.text[slice(*self.original.span(first, last))] if is_alike else None
        return (
            first,
            last,
            LostPlace(copy_start=place[0], copy_end=place[1], found=shown, restored=restored, proven=False),
        )

    def _tries(self, span: Span, at: int, likely: int, is_alone: bool) -> Iterator[tuple[int, int]]:
        before = self.mask.letters[span.b0 : at].replace(GLOSS, "")
        after = self.mask.letters[at + 1 : span.b1].replace(GLOSS, "")
        words = unmarked(self.original.letters[span.a0 : span.a1])
        if (before or after) and words.startswith(before) and words.endswith(after):
            yield span.a0 + len(before), span.a1 - len(after)
        if is_alone or span.a1 - span.a0 <= likely + 1:
            yield span.a0, span.a1
        if span.a1 - span.a0 > _LONGEST_LOST:
            return
        for length in (likely, likely + 1, likely - 1):
            for first in range(span.a0, span.a1 - length + 1) if length > 0 else ():
                yield first, first + length


def _cut(span: Span, gone: list[tuple[int, int]], come: list[tuple[int, int]]) -> Iterator[tuple[Span, bool]]:
    """Return a difference with ranges of either side cut out; the longest rests of the two sides stay together."""
    left, right = _rests(span.a0, span.a1, gone), _rests(span.b0, span.b1, come)
    if not gone and not come:
        yield span, False
        return
    a0, a1 = max(left, key=lambda rest: rest[1] - rest[0])
    b0, b1 = max(right, key=lambda rest: rest[1] - rest[0])
    yield from _pieces(span, (a0, a1), (b0, b1), gone, come)


def _pieces(
    span: Span, here: tuple[int, int], there: tuple[int, int], gone: list[tuple[int, int]],
    come: list[tuple[int, int]],
) -> Iterator[tuple[Span, bool]]:  # fmt: skip
    """Return the pieces in order: the original's before what stays together, then the copy's, and the same behind."""

    def one_sided(
        start: int, end: int, cuts: list[tuple[int, int]], other: int, *, is_copy: bool
    ) -> Iterator[tuple[Span, bool]]:
        inside = [cut for cut in cuts if start <= cut[0] and cut[1] <= end]
        whole = sorted(
            [*((*cut, True) for cut in inside), *((*rest, False) for rest in _rests(start, end, inside))]
        )
        for first, last, is_stripped in whole:
            if first < last:
                yield (
                    (Span(other, other, first, last) if is_copy else Span(first, last, other, other)),
                    is_stripped,
                )

    yield from one_sided(span.a0, here[0], gone, span.b0, is_copy=False)
    yield from one_sided(span.b0, there[0], come, here[0], is_copy=True)
    if here[0] < here[1] or there[0] < there[1]:
        yield Span(*here, *there), False
    yield from one_sided(here[1], span.a1, gone, there[1], is_copy=False)
    yield from one_sided(there[1], span.b1, come, span.a1, is_copy=True)


def _rests(start: int, end: int, cuts: list[tuple[int, int]]) -> list[tuple[int, int]]:
    starts = [start, *(last for _, last in cuts)]
    ends = [*(first for first, _ in cuts), end]
    return list(zip(starts, ends, strict=True))
