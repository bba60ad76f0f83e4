"""From sorted differences to what is reported: variants with their kinds, and shares of what was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate

from archive.collate.align import joined
from archive.collate.amounts import same_value
from archive.collate.damage import is_phrase, is_reworded
from archive.collate.key import Key
from archive.collate.kinds import is_figure, kind_of, whole_figures, whole_times
from archive.collate.moved import Move
from archive.collate.sorting import Sorted
from archive.collate.swaps import is_swap, swapped
from archive.collate.values import Kind, SameValue, Span, Variant
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
            span = _whole(original.letters, copy.letters, span, low, high)
        low = span.a1
        variants.append(_variant(original, copy, span, names[rule] if rule is not None else None))
    for one in found:
        if one.move and one.span.b0 < one.span.b1:
            variants += _moved(original, copy, one.move)
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


def with_values(original: Key, copy: Key, found: list[Sorted]) -> tuple[list[Sorted], tuple[SameValue, ...]]:
    """Return the differences, those in figures of one value under their own role, and where these figures stand."""
    places = [span for span, rule in _places(original, copy, found) if rule is None]
    ends = [*(span.a0 for span in places), len(original.letters)][1:]
    low, same = 0, []
    for span, high in zip(places, ends, strict=True):
        if whole := same_value(original.letters, copy.letters, span, low, high):
            same.append((span, whole))
        low = span.a1
    if not same:
        return found, ()
    inside = [span for span, _ in same]
    told = [
        replace(one, role="value")
        if one.role == "variant" and one.rule is None and any(_holds(span, one.span) for span in inside)
        else one
        for one in found
    ]
    return told, tuple(_same(original, copy, whole) for _, whole in same)


def _holds(whole: Span, part: Span) -> bool:
    return whole.a0 <= part.a0 and part.a1 <= whole.a1 and whole.b0 <= part.b0 and part.b1 <= whole.b1


def _same(original: Key, copy: Key, span: Span) -> SameValue:
    copy_start, copy_end = copy.span(span.b0, span.b1)
    original_start, original_end = original.span(span.a0, span.a1)
    return SameValue(
        copy_start=copy_start,
        copy_end=copy_end,
        copy_text=copy.text[copy_start:copy_end],
        original_start=original_start,
        original_end=original_end,
        original_text=original.text[original_start:original_end],
    )


def shares(original: Key, copy: Key, found: Sequence[Sorted]) -> tuple[float, float]:
    """Return the share of the original's letters found in the copy, and of the copy's body found in the original."""
    moved = [one.move for one in found if one.move and one.span.b0 < one.span.b1]
    gone = [
        *(one.span for one in found if _is_missing(one)),
        *(span for move in moved for span in move.inner),
    ]
    here, there = _counts(original.letters), _counts(copy.letters)
    missing = sum(here[span.a1] - here[span.a0] for span in gone)
    boilerplate, stripped, foreign = (
        sum(there[one.span.b1] - there[one.span.b0] for one in found if one.role == role)
        for role in ("boilerplate", "stripped", "variant")
    )
    unasked = sum(here[one.span.a1] - here[one.span.a0] for one in found if one.role == "stripped")
    whole = here[-1] - unasked
    body = there[-1] - boilerplate - stripped
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
    return one.role in ("variant", "boilerplate", "value")


def _counts(key: str) -> list[int]:
    """Return for each place of a key how many characters of its folded text come before it.

    Letters count, and of the marks those that a figure has at its one or other side.
    """
    return [0, *accumulate([c.isalnum() or _is_counted(key, at) for at, c in enumerate(key)])]


def _is_counted(key: str, at: int) -> bool:
    c, is_before = key[at], key[at + 1 : at + 2].isdigit()
    return c in "%‰°" or (c in ".:/~-−+" and is_before and (c in "-−+" or key[at - 1 : at].isdigit()))


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
        return not all(is_swap(original.letters, copy.letters, one) for one in (last, span))
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
