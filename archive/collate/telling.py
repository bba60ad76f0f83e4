"""From sorted differences to what is reported: variants with their kinds, and shares of what was found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from archive.collate.align import joined
from archive.collate.damage import is_phrase, is_reworded
from archive.collate.key import Key, letters_only
from archive.collate.kinds import is_figure, kind_of, whole_figures, whole_times
from archive.collate.moved import Move
from archive.collate.sorting import Sorted
from archive.collate.values import Kind, Span, Variant
from archive.text import is_traditional

_FEWEST_PHRASES, _LONGEST_FIGURE = 2, 8


def phrases(original: Key, copy: Key, spans: Sequence[Span]) -> frozenset[Span]:
    """Return the differences that only are another region's words for the same thing.

    The copy must be in Traditional characters and use two such words at least: one may be an edit.
    """
    if not is_traditional(copy.text):
        return frozenset()
    found = [span for span in spans if is_phrase(original, copy, span)]
    words = {original.letters[span.a0 : span.a1] for span in found}
    return frozenset(found) if len(words) >= _FEWEST_PHRASES and is_reworded(copy.text) else frozenset()


def with_script(original: Key, copy: Key, found: list[Sorted]) -> list[Sorted]:
    """Return the differences with those of script added that only a look at whole words shows to be none."""
    told = [
        Sorted(Span(a + at, a + at + 1, b + at, b + at + 1), "script")
        for a, b, length in equal_places(found, len(original.letters))
        if original.letters[a : a + length] != copy.letters[b : b + length]
        for at in range(length)
        if original.letters[a + at] != copy.letters[b + at]
    ]
    return sorted([*found, *told], key=lambda one: (one.span.a0, one.span.b0)) if told else found


def variants_of(
    original: Key, copy: Key, found: Sequence[Sorted], names: Sequence[str]
) -> tuple[Variant, ...]:
    """Return what is reported as a difference of wording, in the order of the copy."""
    told = [*_places(original, copy, found)]
    ends = [*(span.a0 for span, _ in told), len(original.letters)][1:]
    variants: list[Variant] = []
    low = 0
    for (span, rule), high in zip(told, ends, strict=True):
        if rule is None:
            span = whole_times(original.letters, copy.letters, span)
            span = whole_figures(original.letters, copy.letters, span, low, high)
        low = span.a1
        variants.append(_variant(original, copy, span, names[rule] if rule is not None else None))
    for one in found:
        if one.move and one.span.b0 < one.span.b1:
            variants += _moved(original, copy, one.move)
    return tuple(sorted(variants, key=lambda variant: (variant.copy_start, variant.original_start)))


def shares(original: Key, copy: Key, found: Sequence[Sorted]) -> tuple[float, float]:
    """Return the share of the original's letters found in the copy, and of the copy's body found in the original."""
    moved = [one.move for one in found if one.move and one.span.b0 < one.span.b1]
    gone = [
        *(one.span for one in found if _is_missing(one)),
        *(span for move in moved for span in move.inner),
    ]
    missing = _letters(original.letters[span.a0 : span.a1] for span in gone)
    boilerplate, stripped, foreign = (
        _letters(copy.letters[one.span.b0 : one.span.b1] for one in found if one.role == role)
        for role in ("boilerplate", "stripped", "variant")
    )
    unasked = _letters(original.letters[one.span.a0 : one.span.a1] for one in found if one.role == "stripped")
    whole = len(letters_only(original.letters)) - unasked
    body = len(letters_only(copy.letters)) - boilerplate - stripped
    return (whole - missing) / whole if whole else 0.0, (body - foreign) / body if body > 0 else 0.0


def equal_places(found: Sequence[Sorted], a_end: int) -> Iterator[tuple[int, int, int]]:
    """Return the stretches of the two keys that agree: where they begin in either, and their length."""
    a_at = b_at = 0
    for one in found:
        if a_at < one.span.a0:
            yield a_at, b_at, one.span.a0 - a_at
        a_at, b_at = one.span.a1, one.span.b1
    if a_at < a_end:
        yield a_at, b_at, a_end - a_at


def _is_missing(one: Sorted) -> bool:
    if one.role == "lost":
        return one.lost is None or not one.lost.proven
    return one.role in ("variant", "boilerplate")


def _letters(pieces: Iterable[str]) -> int:
    return len(letters_only("".join(pieces)))


def _places(original: Key, copy: Key, found: Sequence[Sorted]) -> Iterator[tuple[Span, int | None]]:
    """Return the differences of wording, those made one that no rule explains and that are a character apart.

    Those inside one figure are one, too: 2024→54202 is not two edits.
    """
    last: Span | None = None
    for one in found:
        is_hand = one.role == "variant" and one.rule is None
        if last and not (is_hand and _is_near(original, copy, last, one.span)):
            yield last, None
            last = None
        if one.role == "variant" and one.rule is not None:
            yield one.span, one.rule
        elif is_hand:
            last = Span(last.a0, one.span.a1, last.b0, one.span.b1) if last else one.span
    if last:
        yield last, None


def _is_near(original: Key, copy: Key, last: Span, span: Span) -> bool:
    apart = span.a0 - last.a1, span.b0 - last.b1
    if max(apart) <= 1:
        return True
    between = original.letters[last.a1 : span.a0]
    return max(apart) <= _LONGEST_FIGURE and all(map(is_figure, (between, copy.letters[last.b1 : span.b0])))


def _moved(original: Key, copy: Key, move: Move) -> Iterator[Variant]:
    whole = _variant(original, copy, Span(move.a0, move.a1, move.b0, move.b1), None)
    yield replace(whole, kind=Kind.REORDERED)
    for span in joined(move.inner):
        figures = whole_figures(original.letters, copy.letters, span, move.a0, move.a1)
        yield _variant(original, copy, figures, None)


def _variant(original: Key, copy: Key, span: Span, rule: str | None) -> Variant:
    copy_start, copy_end = copy.span(span.b0, span.b1)
    original_start, original_end = original.span(span.a0, span.a1)
    return Variant(
        kind=kind_of(original.letters, copy.letters, span),
        copy_start=copy_start,
        copy_end=copy_end,
        copy_text=copy.text[copy_start:copy_end],
        original_start=original_start,
        original_end=original_end,
        original_text=original.text[original_start:original_end],
        rule=rule,
    )
