"""Each difference put under what it is: boilerplate, damage, a move, or wording; and the variants made of them.

``Classifier`` cuts a difference into pieces and says what each is taken for. What follows turns the pieces into what is
reported: variants with their kinds, figures of equal value taken out, and the shares of what was found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

from archive.collate import damage
from archive.collate.alignment import Move, joined
from archive.collate.damage import is_phrase, is_reworded
from archive.collate.figures import same_value
from archive.collate.frame import Line, parted, split
from archive.collate.key import GLOSS, SENTINEL, Key, Masked, unmarked
from archive.collate.kinds import is_figure, is_swap, kind_of, swapped, whole_figures, whole_times
from archive.collate.values import Kind, LostPlace, SameValue, Span, Variant
from archive.text import is_traditional

_LONGEST_LOST = 60
_FEWEST_PHRASES, _LONGEST_FIGURE = 2, 8


@dataclass(frozen=True, slots=True)
class Classified:
    """A difference in places of the whole keys, and what it is taken for."""

    span: Span
    role: str
    rule: int | None = None
    line: Line | None = None
    lost: LostPlace | None = None
    move: Move | None = None


@dataclass(frozen=True, slots=True)
class Classifier:
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

    def classified(self, span: Span, rule: int | None, move: Move | None) -> Iterator[Classified]:
        """Return a difference, given in places of the masked key, in the pieces it consists of."""
        if rule is not None:
            yield Classified(self.mask.unmasked(span), "variant", rule=rule)
            return
        if move is not None:
            yield Classified(self.mask.unmasked(span), "moved", move=move)
            return
        for piece, is_stripped in self._without_stripped(span):
            if is_stripped:
                yield Classified(self.mask.unmasked(piece), "stripped")
            else:
                yield from self._framed(piece)

    def _framed(self, span: Span) -> Iterator[Classified]:
        is_outside = span.b1 <= self.body[0] or span.b0 >= self.body[1]
        for piece, line in split(span, self.lines, is_outside=is_outside):
            if line:
                yield Classified(self.mask.unmasked(piece), "boilerplate", line=line)
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

    def _part(self, span: Span) -> Iterator[Classified]:
        if self.mask.letters[span.b0 : span.b1] == GLOSS:
            yield Classified(self.mask.unmasked(span), "gloss")
        elif SENTINEL in self.mask.letters[span.b0 : span.b1]:
            yield from self._lost(span)
        else:
            yield self._wording(self.mask.unmasked(span))

    def _wording(self, span: Span) -> Classified:
        if damage.is_gloss(self.copy, span):
            return Classified(span, "gloss")
        if self.copy.glosses and damage.may_be_damage(self.copy, span):
            for wide, place in damage.widened(self.copy, span):
                lost = self.proofs.proven(wide, place, is_marked=False)
                if lost:
                    return Classified(span, "lost", lost=lost)
        return Classified(span, "variant")

    def _lost(self, span: Span) -> Iterator[Classified]:
        """Return a damaged place apart from what else differs beside it."""
        at = self.mask.letters.index(SENTINEL, span.b0, span.b1)
        known = self.mask.lost_at(at)
        place = (known.start, known.end)
        first, last, lost = self._original_of(span, at, place, len(known.sketch))
        yield from self._beside_damage(Span(span.a0, first, span.b0, at))
        yield Classified(self.mask.unmasked(Span(first, last, at, at + 1)), "lost", lost=lost)
        yield from self._beside_damage(Span(last, span.a1, at + 1, span.b1))

    def _beside_damage(self, span: Span) -> Iterator[Classified]:
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
    left, right = _gaps(span.a0, span.a1, gone), _gaps(span.b0, span.b1, come)
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
            [*((*cut, True) for cut in inside), *((*rest, False) for rest in _gaps(start, end, inside))]
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


def _gaps(start: int, end: int, cuts: list[tuple[int, int]]) -> list[tuple[int, int]]:
    starts = [start, *(last for _, last in cuts)]
    ends = [*(first for first, _ in cuts), end]
    return list(zip(starts, ends, strict=True))


def phrases(original: Key, copy: Key, spans: Sequence[Span]) -> frozenset[Span]:
    """Return the differences that only are another region's words for the same thing.

    The copy must be in Traditional characters and use two such words at least: one may be an edit.
    """
    if not is_traditional(copy.text):
        return frozenset()
    phrasings = [span for span in spans if is_phrase(original, copy, span)]
    words = {original.letters[span.a0 : span.a1] for span in phrasings}
    return frozenset(phrasings) if len(words) >= _FEWEST_PHRASES and is_reworded(copy.text) else frozenset()


def with_script(original: Key, copy: Key, pieces: list[Classified]) -> list[Classified]:
    """Return the differences with those of script added that only a look at whole words shows to be none."""
    in_script = [
        Classified(Span(a + at, a + at + 1, b + at, b + at + 1), "script")
        for a, b, length in equal_places(pieces, len(original.letters))
        if original.letters[a : a + length] != copy.letters[b : b + length]
        for at in range(length)
        if original.letters[a + at] != copy.letters[b + at]
    ]
    return (
        sorted([*pieces, *in_script], key=lambda piece: (piece.span.a0, piece.span.b0))
        if in_script
        else pieces
    )


def variants_of(
    original: Key, copy: Key, pieces: Sequence[Classified], names: Sequence[str]
) -> tuple[Variant, ...]:
    """Return what is reported as a difference of wording, in the order of the copy."""
    places = [*_places(original, copy, pieces)]
    ends = [*(span.a0 for span, _ in places), len(original.letters)][1:]
    variants: list[Variant] = []
    low = 0
    for (span, rule), high in zip(places, ends, strict=True):
        if rule is None:
            span = _whole(original.letters, copy.letters, span, low, high)
        low = span.a1
        variants.append(_variant(original, copy, span, names[rule] if rule is not None else None))
    for piece in pieces:
        if piece.move and piece.span.b0 < piece.span.b1:
            variants += _moved(original, copy, piece.move)
    ordered = sorted(variants, key=lambda variant: (variant.copy_start, variant.original_start))
    return tuple(_with_places(original, variant, repeated) for variant in ordered) if (
        repeated := _repeated(ordered)) else tuple(ordered)  # fmt: skip


def _whole(a: str, b: str, span: Span, low: int, high: int) -> Span:
    """Return a change with what belongs to it and both sides keep: of a time, a name, a figure."""
    timed = whole_times(a, b, span)
    if timed != span:
        return timed
    return swapped(a, b, span, low, high) or whole_figures(a, b, span, low, high)


def _repeated(variants: Iterable[Variant]) -> dict[tuple[str, str], int]:
    """Return which words stand for which in more than one place, by no rule, and in how many."""
    pairs = Counter(
        (variant.original_text, variant.copy_text)
        for variant in variants
        if variant.rule is None and variant.original_text and variant.copy_text
        and variant.kind not in (Kind.PUNCTUATION, Kind.REORDERED)
    )  # fmt: skip
    return {pair: count for pair, count in pairs.items() if count > 1}


def _with_places(original: Key, variant: Variant, repeated: Mapping[tuple[str, str], int]) -> Variant:
    count = repeated.get((variant.original_text, variant.copy_text), 1) if variant.rule is None else 1
    if count == 1:
        return variant
    is_all = original.text.count(variant.original_text) == count
    return replace(variant, places=count, throughout=is_all)


def with_values(
    original: Key, copy: Key, pieces: list[Classified]
) -> tuple[list[Classified], tuple[SameValue, ...]]:
    """Return the differences, those in figures of one value under their own role, and where these figures stand."""
    places = [span for span, rule in _places(original, copy, pieces) if rule is None]
    ends = [*(span.a0 for span in places), len(original.letters)][1:]
    low, same = 0, []
    for span, high in zip(places, ends, strict=True):
        if whole := same_value(original.letters, copy.letters, span, low, high):
            same.append((span, whole))
        low = span.a1
    if not same:
        return pieces, ()
    inside = [span for span, _ in same]
    equal = [
        replace(piece, role="value")
        if piece.role == "variant" and piece.rule is None and any(_holds(span, piece.span) for span in inside)
        else piece
        for piece in pieces
    ]
    return equal, tuple(_same(original, copy, whole) for _, whole in same)


def _holds(whole: Span, part: Span) -> bool:
    return whole.a0 <= part.a0 and part.a1 <= whole.a1 and whole.b0 <= part.b0 and part.b1 <= whole.b1


def _same(original: Key, copy: Key, span: Span) -> SameValue:
    return SameValue(**_both_sides(original, copy, span))


def _both_sides(original: Key, copy: Key, span: Span) -> dict[str, Any]:
    """Return place and words of a span in the texts of copy and original."""
    copy_start, copy_end = copy.span(span.b0, span.b1)
    original_start, original_end = original.span(span.a0, span.a1)
    return {
        "copy_start": copy_start,
        "copy_end": copy_end,
        "copy_text": copy.text[copy_start:copy_end],
        "original_start": original_start,
        "original_end": original_end,
        "original_text": original.text[original_start:original_end],
    }


def shares(original: Key, copy: Key, pieces: Sequence[Classified]) -> tuple[float, float]:
    """Return the share of the original's letters found in the copy, and of the copy's body found in the original."""
    moved = [piece.move for piece in pieces if piece.move and piece.span.b0 < piece.span.b1]
    gone = [
        *(piece.span for piece in pieces if _is_missing(piece)),
        *(span for move in moved for span in move.inner),
    ]
    here, there = _counts(original.letters), _counts(copy.letters)
    missing = sum(here[span.a1] - here[span.a0] for span in gone)
    boilerplate, stripped, foreign = (
        sum(there[piece.span.b1] - there[piece.span.b0] for piece in pieces if piece.role == role)
        for role in ("boilerplate", "stripped", "variant")
    )
    unasked = sum(here[piece.span.a1] - here[piece.span.a0] for piece in pieces if piece.role == "stripped")
    whole = here[-1] - unasked
    body = there[-1] - boilerplate - stripped
    return (whole - missing) / whole if whole else 0.0, (body - foreign) / body if body > 0 else 0.0


def equal_places(pieces: Sequence[Classified], a_end: int) -> Iterator[tuple[int, int, int]]:
    """Return the stretches of the two keys that agree: where they begin in either, and their length."""
    a_at = b_at = 0
    for piece in pieces:
        if a_at < piece.span.a0:
            yield a_at, b_at, piece.span.a0 - a_at
        a_at, b_at = piece.span.a1, piece.span.b1
    if a_at < a_end:
        yield a_at, b_at, a_end - a_at


def _is_missing(piece: Classified) -> bool:
    if piece.role == "lost":
        return piece.lost is None or not piece.lost.proven
    return piece.role in ("variant", "boilerplate", "value")


def _counts(key: str) -> list[int]:
    """Return for each place of a key how many characters of its folded text come before it.

    Letters count, and of the marks those that a figure has at its one or other side.
    """
    return [0, *accumulate([c.isalnum() or _is_counted(key, at) for at, c in enumerate(key)])]


def _is_counted(key: str, at: int) -> bool:
    c, is_before = key[at], key[at + 1 : at + 2].isdigit()
    return c in "%‰°" or (c in ".:/~-−+" and is_before and (c in "-−+" or key[at - 1 : at].isdigit()))


def _places(original: Key, copy: Key, pieces: Sequence[Classified]) -> Iterator[tuple[Span, int | None]]:
    """Return the differences of wording, those made one that no rule explains and that are a character apart.

    Those inside one figure are one, too: 2024→54202 is not two edits.
    """
    last: Span | None = None
    for piece in pieces:
        is_hand = piece.role == "variant" and piece.rule is None
        if last and not (is_hand and _is_near(original, copy, last, piece.span)):
            yield last, None
            last = None
        if piece.role == "variant" and piece.rule is not None:
            yield piece.span, piece.rule
        elif is_hand:
            last = Span(last.a0, piece.span.a1, last.b0, piece.span.b1) if last else piece.span
    if last:
        yield last, None


def _is_near(original: Key, copy: Key, last: Span, span: Span) -> bool:
    apart = span.a0 - last.a1, span.b0 - last.b1
    if max(apart) <= 1:
        return not all(is_swap(original.letters, copy.letters, change) for change in (last, span))
    between = original.letters[last.a1 : span.a0]
    return max(apart) <= _LONGEST_FIGURE and all(map(is_figure, (between, copy.letters[last.b1 : span.b0])))


def _moved(original: Key, copy: Key, move: Move) -> Iterator[Variant]:
    whole = _variant(original, copy, Span(move.a0, move.a1, move.b0, move.b1), None)
    yield replace(whole, kind=Kind.REORDERED)
    for span in joined(move.inner):
        figures = whole_figures(original.letters, copy.letters, span, move.a0, move.a1)
        yield _variant(original, copy, figures, None)


def _variant(original: Key, copy: Key, span: Span, rule: str | None) -> Variant:
    kind = kind_of(original.letters, copy.letters, span)
    return Variant(kind=kind, **_both_sides(original, copy, span), rule=rule)
