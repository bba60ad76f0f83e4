"""What machines did to a copy: glosses that stand alone, words of another region, and bytes that were damaged."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache

import opencc

from archive.collate.key import Key, letters_only
from archive.collate.values import LostPlace, Span
from archive.damage.conversion import reproduces
from archive.damage.mojibake import is_everyday
from archive.patterns import regex
from archive.text import fold
from archive.text.canonical import fold_table, script_table
from archive.text.glosses import gloss_spans

_AROUND = 2
_MOST_READINGS = 20_000
_SHIFTS = ((0, 0), (0, 1), (1, 0), (1, 1), (0, -1), (-1, 0))
_WIDE = str.maketrans({",": "，", ";": "；", ":": "：", "!": "！", "(": "（", ")": "）"})
_QUESTION = regex("[?？]")


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
def phrases() -> opencc.OpenCC:
    """Return the converter that also puts the mainland's words for Taiwan's: 網際網路 is 互联网 there."""
    return opencc.OpenCC("tw2sp")


def is_phrase(original: Key, copy: Key, span: Span) -> bool:
    """Say whether a phrase table for Taiwan usage makes the original's words out of the copy's: 資訊 → 信息."""
    here, there = original.letters[span.a0 : span.a1], copy.letters[span.b0 : span.b1]
    if not here or not there or max(len(here), len(there)) > 12:
        return False
    window = copy.text[slice(*copy.span(max(0, span.b0 - 3), min(len(copy.letters), span.b1 + 3)))]
    if not is_reworded(window):
        return False
    return any(
        fold(phrases().convert(copy.text[slice(*copy.span(span.b0 - left, span.b1 + right))]))
        == letters_only(original.letters[span.a0 - left : span.a1 + right])
        for left in range(min(3, span.a0, span.b0) + 1)
        for right in range(min(3, len(original.letters) - span.a1, len(copy.letters) - span.b1) + 1)
        if original.letters[span.a0 - left : span.a0] == copy.letters[span.b0 - left : span.b0]
        and original.letters[span.a1 : span.a1 + right] == copy.letters[span.b1 : span.b1 + right]
    )


def is_reworded(window: str) -> bool:
    """Say whether the phrase table does more to some words than to change their script."""
    return fold(phrases().convert(window)) != fold(window)


class Proofs:
    """Proofs that differences are damaged bytes, with a bound on all the work of one comparison together.

    A hostile page could ask for millions of readings; past the bound a place is reported as not proven.
    """

    def __init__(self, original: Key, copy: Key) -> None:
        self._original = original
        self._copy = copy
        self._left = _MOST_READINGS
        self._seen = _glossed_readings(copy)

    def proven(self, span: Span, place: tuple[int, int], *, is_marked: bool = True) -> LostPlace | None:
        """Return a damaged place if the model of the damage makes it out of the original's words, else nothing.

        The bounds of marked damage are not always those of the difference: the words beside it are tried too.
        """
        shown = self._copy.text[place[0] : place[1]]
        plain = fold(shown)
        if plain and plain in letters_only(self._original.letters[span.a0 : span.a1]):
            return None  # words that were kept explain themselves
        for back, on in _SHIFTS if is_marked else _SHIFTS[:1]:
            first, last = span.a0 - back, span.a1 + on
            if not 0 <= first < last <= len(self._original.letters):
                continue
            words = self._original.text[slice(*self._original.span(first, last))]
            if len(words) <= 40 and self._is_reproduced(shown, _plain(words), place):
                return LostPlace(
                    copy_start=place[0], copy_end=place[1], found=shown, restored=words, proven=True
                )
        return None

    def _is_reproduced(self, shown: str, words: str, place: tuple[int, int]) -> bool:
        before, after = (text.translate(_WIDE) for text in _beside(self._copy, place))
        for left, right in dict.fromkeys(((before, after), ("", after), ("", ""))):
            self._left -= _readings(words)
            if self._left < 0:
                return False
            if reproduces(shown, words.translate(_WIDE), before=left, after=right, glosses=self._seen):
                return True
        return False


def may_be_damage(copy: Key, span: Span) -> bool:
    """Say whether a difference that no mark betrays may still be damaged bytes.

    It shows a question mark, or characters that nobody writes: half of what damaged bytes give is rare.
    """
    if span.b0 == span.b1 or span.a0 == span.a1 or span.a1 - span.a0 > 40:
        return False
    start, end = copy.span(span.b0, span.b1)
    shown = copy.text[start : end + 1]
    strange = (not is_everyday(c) for c in set(shown) if not c.isascii() and not c.isspace())
    return bool(_QUESTION.search(shown)) or any(strange)


def widened(copy: Key, span: Span) -> Iterator[tuple[Span, tuple[int, int]]]:
    """Return a difference with up to two characters more on either side: damage may end in what agrees by chance."""
    for back in range(min(3, span.a0 + 1, span.b0 + 1)):
        for on in range(3):
            wide = Span(span.a0 - back, span.a1 + on, span.b0 - back, span.b1 + on)
            if wide.b1 <= len(copy.letters):
                yield wide, copy.span(wide.b0, wide.b1)


def clothes(original: Key, copy: Key, equal: Iterable[tuple[int, int, int]]) -> tuple[int, int]:
    """Return how many characters agree in all but script, and how many in all but width, case or shape.

    ``equal`` are the stretches of the keys that agree: place, place, length.
    """
    stretches = ((original.written[a : a + n], copy.written[b : b + n]) for a, b, n in equal)
    pairs = Counter(
        [
            one + other
            for here, there in stretches
            if here != there
            for one, other in zip(here, there, strict=True)
            if one != other
        ]
    )
    table = script_table()
    script = sum(
        count for pair, count in pairs.items() if table.get(pair[0], pair[0]) == table.get(pair[1], pair[1])
    )
    return script, pairs.total() - script


def _readings(words: str) -> int:
    """Return how many ways of writing some words in Traditional characters there are to try, at most 2000."""
    ways = 1
    for c in words:
        ways = min(2000, ways * (1 + _variants().get(script_table().get(c, c), 0)))
    return ways


@cache
def _variants() -> Counter[str]:
    return Counter(script_table().values())


def _beside(copy: Key, place: tuple[int, int]) -> tuple[str, str]:
    """Return the characters of the copy around a damaged place, glosses and white space left out."""
    first, last = bisect_left(copy.offsets, place[0]), bisect_left(copy.offsets, place[1])
    before = (copy.text[at] for at in copy.offsets[max(0, first - _AROUND) : first])
    after = (copy.text[at] for at in copy.offsets[last : last + _AROUND])
    return "".join(before), "".join(after)


def _plain(words: str) -> str:
    return "".join(words.split())


def _glossed_readings(copy: Key) -> list[tuple[str, str]]:
    """Return the readings that the page shows behind characters."""
    pairs = {
        copy.text[start - 1]: copy.text[start + 1 : end - 1].strip()
        for start, end in copy.glosses[:400]
        if start > 0
    }
    table = fold_table()
    return [(c, reading) for c, reading in pairs.items() if c.translate(table)]
