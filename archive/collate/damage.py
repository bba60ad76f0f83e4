"""What machines did to a copy: glosses that stand alone, words of another region, and bytes that were damaged."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from functools import cache

import opencc

from archive.collate.key import Key, letters_only
from archive.collate.values import LostPlace, Span
from archive.text import fold
from archive.text.characters import fold_table, script_table
from archive.text.glosses import gloss_spans
from archive.text.proof import reproduces

_AROUND = 2
_QUESTION = re.compile("[?？]")


def is_gloss(copy: Key, span: Span) -> bool:
    """Say whether an addition is readings in brackets behind a character that is read so.

    With the original at hand one is evidence enough; without it a page must show three.
    """
    if span.a0 < span.a1 or span.b0 == span.b1:
        return False
    start, end = copy.span(span.b0, span.b1)
    begin = max(0, start - 1)
    window = copy.text[begin : end + 1]
    covered = {begin + at for first, last in gloss_spans(window, fewest=1) for at in range(first, last)}
    return all(copy.offsets[at] in covered for at in range(span.b0, span.b1))


@cache
def _phrases() -> opencc.OpenCC:
    return opencc.OpenCC("tw2sp")


def is_phrase(original: Key, copy: Key, span: Span) -> bool:
    """Say whether a phrase table for Taiwan usage makes the original's words out of the copy's: 資訊 → 信息."""
    here, there = original.letters[span.a0 : span.a1], copy.letters[span.b0 : span.b1]
    if not here or not there or max(len(here), len(there)) > 12:
        return False
    window = copy.text[slice(*copy.span(max(0, span.b0 - 3), min(len(copy.letters), span.b1 + 3)))]
    if not _reworded(window):
        return False
    return any(
        fold(_phrases().convert(copy.text[slice(*copy.span(span.b0 - left, span.b1 + right))]))
        == letters_only(original.letters[span.a0 - left : span.a1 + right])
        for left in range(min(3, span.a0, span.b0) + 1)
        for right in range(min(3, len(original.letters) - span.a1, len(copy.letters) - span.b1) + 1)
        if original.letters[span.a0 - left : span.a0] == copy.letters[span.b0 - left : span.b0]
        and original.letters[span.a1 : span.a1 + right] == copy.letters[span.b1 : span.b1 + right]
    )


def _reworded(window: str) -> bool:
    """Say whether the phrase table does more to some words than to change their script."""
    return fold(_phrases().convert(window)) != fold(window)


def proven(original: Key, copy: Key, span: Span, found: tuple[int, int]) -> LostPlace | None:
    """Return a damaged place if the model of the damage makes it out of the original's words there, else nothing.

    The bounds of damage are not always those of the difference: the words right beside it are tried too.
    """
    shown = copy.text[found[0] : found[1]]
    for back, on in ((0, 0), (0, 1), (1, 0), (1, 1), (0, -1), (-1, 0)):
        first, last = span.a0 - back, span.a1 + on
        if 0 <= first < last <= len(original.letters):
            words = original.text[slice(*original.span(first, last))]
            if len(words) <= 40 and _is_reproduced(shown, _plain(words), *_beside(copy, found), _seen(copy)):
                return LostPlace(
                    copy_start=found[0], copy_end=found[1], found=shown, restored=words, proven=True
                )
    return None


def may_be_damage(copy: Key, span: Span) -> bool:
    """Say whether a difference that no mark betrays may still be damaged bytes: it shows a question mark."""
    if span.b0 == span.b1 or span.a0 == span.a1 or span.a1 - span.a0 > 24:
        return False
    start, end = copy.span(span.b0, span.b1)
    return bool(_QUESTION.search(copy.text, start, min(len(copy.text), end + 1)))


def clothes(original: Key, copy: Key, equal: Iterable[tuple[int, int, int]]) -> tuple[int, int]:
    """Return how many characters agree in all but script, and how many in all but width, case or shape.

    ``equal`` are the stretches of the keys that agree: place, place, length.
    """
    here = "".join([original.text[at] for at in original.offsets])
    there = "".join([copy.text[at] for at in copy.offsets])
    pairs: Counter[tuple[str, str]] = Counter()
    for a, b, length in equal:
        if here[a : a + length] != there[b : b + length]:
            pairs.update(zip(here[a : a + length], there[b : b + length], strict=True))
    table = script_table()
    script = width = 0
    for (one, other), count in pairs.items():
        if one != other and table.get(one, one) == table.get(other, other):
            script += count
        elif one != other:
            width += count
    return script, width


def _is_reproduced(shown: str, words: str, before: str, after: str, seen: list[tuple[str, str]]) -> bool:
    wide = str.maketrans({",": "，", ";": "；", ":": "：", "!": "！", "(": "（", ")": "）"})
    contexts = {(before.translate(wide), after.translate(wide)), ("", after.translate(wide)), ("", "")}
    return any(
        reproduces(shown, words.translate(wide), before=left, after=right, glosses=seen)
        for left, right in sorted(contexts, reverse=True)
    )


def _beside(copy: Key, found: tuple[int, int]) -> tuple[str, str]:
    """Return the characters of the copy around a damaged place, glosses and white space left out."""
    first, last = bisect_left(copy.offsets, found[0]), bisect_left(copy.offsets, found[1])
    before = (copy.text[at] for at in copy.offsets[max(0, first - _AROUND) : first])
    after = (copy.text[at] for at in copy.offsets[last : last + _AROUND])
    return "".join(before), "".join(after)


def _plain(words: str) -> str:
    return "".join(words.split())


def _seen(copy: Key) -> list[tuple[str, str]]:
    """Return the readings that the page shows behind characters."""
    pairs = {
        copy.text[start - 1]: copy.text[start + 1 : end - 1].strip()
        for start, end in copy.glosses[:400]
        if start > 0
    }
    table = fold_table()
    return [(c, reading) for c, reading in pairs.items() if c.translate(table)]
