"""Keys: the form in which a copy and its original are compared, and the way back to the texts.

A key is ``fold/2`` with the punctuation left in: Simplified, glosses out, one width, small letters. White space
stays (as the end of a line) only where it parts two figures; runs of dashes and of dots are one character.
Without the punctuation that belongs to no figure, a key is ``fold/2`` of the text.

A copy may hold damaged bytes. Its masked key has one character for every damaged place, and leads back to the
whole key. ``readings_of`` gives what the copy may have said before its bytes were damaged. These readings are
for finding its original, never for showing.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from itertools import compress

from archive.collate.values import Span
from archive.damage.lost import Lost, lost_runs
from archive.patterns import regex
from archive.text import fold
from archive.text.canonical import CJK, fold_table, t2s
from archive.text.figures import DIGITS, is_mark
from archive.text.folding import bare_of_marks, without
from archive.text.glosses import gloss_spans

#: Stands in a copy's key for a place where bytes were damaged; a private character, in nobody's text on purpose.
SENTINEL = "\uf8f0"
#: The same for a gloss that the key has left in.
GLOSS = "\uf8f1"
_MOST_KEY_FORMS = 30_000
# Other shapes of marks that figures have: 3∶1 is 3:1.
_ALIKE = {"∶": ":", "ː": ":", "꞉": ":", "⁄": "/", "∕": "/", "≦": "≤", "⩽": "≤", "≧": "≥", "⩾": "≥", "≒": "≈"}
_FIGURE = regex(f"[{DIGITS},]")
_GAP = regex(f"(?<![{CJK}])\\s+(?![{CJK}\\s])")
_NEAR = 16
_REPEATED = regex("-{2,}|…{2,}")
_READINGS = 3


@dataclass(frozen=True, slots=True)
class Key:
    """A text, its key, for each character of the key its offset in the text, and the glosses left out.

    ``written`` has what stands in the text for each character of the key, ``converted`` the same in Simplified
    characters by words, not by characters: 瞭解 is 了解 there. Both are as long as the key.
    """

    text: str
    letters: str
    written: str
    converted: str
    offsets: tuple[int, ...]
    glosses: tuple[tuple[int, int], ...]

    def start(self, at: int) -> int:
        """Return where in the text a range of the key begins."""
        if at < len(self.offsets):
            return self.offsets[at]
        return self.offsets[-1] + 1 if self.offsets else len(self.text)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the range of the text that a range of the key stands for; an empty one lies behind what precedes."""
        if start < end:
            return self.offsets[start], self.offsets[end - 1] + 1
        at = self.offsets[start - 1] + 1 if start else self.start(0)
        return at, at


def key_of(text: str) -> Key:
    """Return the key of a text."""
    forms = [*map(_KEY_FORMS.__getitem__, text)]
    glosses = gloss_spans(text)
    for start, end in glosses:
        forms[start:end] = [""] * (end - start)
    _part_figures(text, forms)
    key = "".join(forms)
    offsets = _offsets(forms, len(key))
    if _without_runs(forms, key, offsets):
        key = "".join(forms)
        offsets = _offsets(forms, len(key))
    written = _characters_at(text, forms, offsets)
    return Key(text, key, written, _by_words(written), tuple(offsets), tuple(glosses))


def _offsets(forms: list[str], length: int) -> list[int]:
    """Return for each character that is shown the offset of what it is shown for."""
    offsets = list(compress(range(len(forms)), forms))
    return offsets if len(offsets) == length else [at for at in offsets for _ in forms[at]]


def _part_figures(text: str, forms: list[str]) -> None:
    """Show the end of a line or a tab where nothing else parts two figures, and a space beside a comma."""
    for gap in _GAP.finditer(text):
        before = "".join(forms[max(0, gap.start() - _NEAR) : gap.start()])[-1:]
        after = "".join(forms[gap.end() : gap.end() + _NEAR])[:1]
        parts = "\n" in gap[0] or "\t" in gap[0]
        figures = [bool(_FIGURE.match(side)) for side in (before, after)]
        # A dash at the end of a line is no minus of the figure below it.
        beside_mark = any(figures) and (is_mark(before) or is_mark(after))
        if (all(figures) and (parts or "," in (before, after))) or (parts and beside_mark):
            forms[gap.start()] = "\n"


def _without_runs(forms: list[str], key: str, offsets: list[int]) -> bool:
    """Take out dashes and dots that another stands before, and say whether there were any."""
    if "--" not in key and "……" not in key:
        return False
    repeated = [at for match in _REPEATED.finditer(key) for at in range(match.start() + 1, match.end())]
    doubles = [offsets[at] for at in repeated if forms[offsets[at]] == forms[offsets[at - 1]] == key[at]]
    for at in doubles:
        forms[at] = ""
    return bool(doubles)


def letters_only(key: str) -> str:
    """Return a key, or a piece of one, without its punctuation: ``fold/2`` of what it stands for."""
    return bare_of_marks(key)


def line_starts(key: Key) -> frozenset[int]:
    """Return the places of the key where a line of the text begins."""
    breaks = re.finditer("[\n\r\v\f\x85\u2028\u2029]", key.text)
    return frozenset({0, *(bisect_left(key.offsets, match.start()) for match in breaks)})


def _characters_at(text: str, forms: list[str], offsets: list[int]) -> str:
    """Return what stands in a text at the offsets of its key."""
    packed = "".join(text.split())
    # Where no white space is shown, nothing else left out and nothing shown as two, the rest is the answer.
    if "\n" not in forms and len(packed) == len(text) - forms.count("") == len(offsets):
        return packed
    return "".join(map(text.__getitem__, offsets))


def _by_words(written: str) -> str:
    """Return characters converted with a look at whole words; glosses between them are out already."""
    converted = t2s().convert(written)
    return converted if len(converted) == len(written) else written


def in_key(character: str) -> str:
    """Return what a character is shown as in a key, which is nothing for white space."""
    return _KEY_FORMS[character]


class _KeyForms(dict[str, str]):
    """What each character is shown as in a key, worked out when it is first met."""

    def __missing__(self, character: str) -> str:
        if len(self) >= _MOST_KEY_FORMS:
            self.clear()
        plain = _ALIKE.get(character) or character.translate(fold_table()).casefold()
        return self.setdefault(character, "" if plain.isspace() else "".join(plain.split()))


_KEY_FORMS = _KeyForms()


@dataclass(frozen=True, slots=True)
class Masked:
    """The masked key, and as masked what was converted by words; ``places`` has for each of its positions, and its end, the position in the whole key.

    ``lost`` are the damaged places in order, ``found`` where each sentinel stands in ``letters``.
    """

    letters: str
    converted: str
    places: tuple[int, ...]
    lost: tuple[Lost, ...]
    found: tuple[int, ...]

    def unmasked(self, span: Span) -> Span:
        """Return a span of the masked key as one of the whole key."""
        return Span(span.a0, span.a1, self.places[span.b0], self.places[span.b1])

    def place(self, at: int) -> int:
        """Return where in the masked key a place of the whole key lies."""
        return bisect_left(self.places, at)

    def lost_at(self, at: int) -> Lost:
        """Return the damaged place that a sentinel stands for."""
        return self.lost[bisect_left(self.found, at)]


def masked(copy: Key, original: str = "") -> Masked:
    """Return a copy's key with its damaged places masked, and glosses of which there are too few to be left out.

    A bracket that the original's key has, too, is no gloss.
    """
    parts: list[str] = []
    converted: list[str] = []
    places: list[int] = []
    sentinels: list[int] = []
    damaged: list[Lost] = []
    at = 0
    for start, end, lost in _marks(copy):
        b0, b1 = bisect_left(copy.offsets, start), bisect_left(copy.offsets, end)
        if b0 >= b1 or b0 < at or (lost is None and copy.letters[max(0, b0 - 1) : b1] in original):
            continue
        mark = SENTINEL if lost else GLOSS
        parts += [unmarked(copy.letters[at:b0]), mark]
        converted += [unmarked(copy.converted[at:b0]), mark]
        places += [*range(at, b0), b0]
        if lost:
            sentinels.append(len(places) - 1)
            damaged.append(lost)
        at = b1
    places += range(at, len(copy.letters) + 1)
    parts.append(unmarked(copy.letters[at:]))
    converted.append(unmarked(copy.converted[at:]))
    return Masked("".join(parts), "".join(converted), tuple(places), tuple(damaged), tuple(sentinels))


def _marks(copy: Key) -> list[tuple[int, int, Lost | None]]:
    lost = [(run.start, run.end, run) for run in lost_runs(copy.text)]
    glosses = [] if copy.glosses else [(*span, None) for span in gloss_spans(copy.text, fewest=1)]
    return sorted([*lost, *glosses], key=lambda mark: mark[:2])


def unmarked(letters: str) -> str:
    """Return a key without the characters that stand for marks; nobody's text has them on purpose."""
    return letters.replace(SENTINEL, "?").replace(GLOSS, "?")


def readings_of(copy: Key) -> list[str]:
    """Return the folded copy with the likeliest readings of its damaged places put in, the likeliest first.

    A copy without damage has one reading: itself.
    """
    lost = lost_runs(copy.text)
    if not lost:
        return [letters_only(copy.letters)]
    readings = [_restored(copy.text, [(place.start, place.end, _nth(place.candidates, n)) for place in lost])
                for n in range(_READINGS)]  # fmt: skip
    return list(dict.fromkeys(fold(without(text, gloss_spans(text, fewest=1))) for text in readings))


def _restored(text: str, places: list[tuple[int, int, str]]) -> str:
    parts, at = [], 0
    for start, end, put in places:
        parts += [text[at:start], put]
        at = end
    return "".join([*parts, text[at:]])


def _nth(candidates: tuple[str, ...], n: int) -> str:
    return candidates[min(n, len(candidates) - 1)] if candidates else ""
