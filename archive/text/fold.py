"""``fold/1``: the form of a text that search and comparison work on.

Simplified, glosses out, one width, small letters; letters, figures and ideographs only. Apart from the
glosses it is made character by character, so the folded query is a part of the folded text wherever the
query is a part of the text.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from archive.text.characters import CJK, fold_table
from archive.text.glosses import gloss_spans

FOLD = "fold/1"

_NO_LETTERS = re.compile(r"[\W_]+")
_FEW_IDEOGRAPHS = re.compile(f"[{CJK}]{{1,24}}")
_A_PIECE = 64


def fold(text: str) -> str:
    """Return the key of a text. Equal keys say that the words agree, not the punctuation, not the script."""
    glosses = gloss_spans(text)
    return _folded(without(text, glosses) if glosses else text)


def fold_map(text: str) -> tuple[str, list[int]]:
    """Return the key, and for each character of it the offset in ``text`` it came from."""
    letters = _letters()
    folded: list[str] = []
    offsets: list[int] = []
    start = 0
    for gloss_start, gloss_end in [*gloss_spans(text), (len(text), len(text))]:
        for offset, character in enumerate(text[start:gloss_start], start):
            if letter := letters[character]:
                folded.append(letter)
                offsets.extend([offset] * len(letter))
        start = gloss_end
    return "".join(folded), offsets


def place_of(word: str, text: str) -> tuple[int, int] | None:
    """Return from where to where a text first holds a folded word, None where it does not hold it."""
    if gloss_spans(text):
        folded, offsets = fold_map(text)
        start = folded.find(word)
        return None if start < 0 else (offsets[start], offsets[start + len(word) - 1] + 1)
    start = _folded(text).find(word)
    if start < 0:
        return None
    return _offset(text, start), _offset(text, start + len(word) - 1) + 1


@lru_cache(maxsize=64)
def may_hold(word: str) -> re.Pattern[str] | None:
    """Return a pattern without which no text holds a folded word of a few ideographs; None for other words.

    That it is found does not say that the text holds the word. Of a hundred texts that hold all pairs of a word,
    it rules out most, four times as quickly as they are folded.
    """
    if not _FEW_IDEOGRAPHS.fullmatch(word):
        return None
    sources = ("".join(map(re.escape, {letter, *_sources().get(letter, ())})) for letter in word)
    every = "".join(_outside())
    return re.compile(f"[^{CJK}{every}]*+".join(f"[{of}]" for of in sources))


@cache
def _sources() -> dict[str, list[str]]:
    """Return of each ideograph the other characters that become it."""
    found: dict[str, list[str]] = {}
    for code, letter in fold_table().items():
        if letter and _FEW_IDEOGRAPHS.fullmatch(letter):
            found.setdefault(letter, []).append(chr(code))
    return found


@cache
def _outside() -> list[str]:
    """Return the characters that become ideographs and are none themselves, such as radicals."""
    return [c for found in _sources().values() for c in found if not _FEW_IDEOGRAPHS.fullmatch(c)]


def _offset(text: str, letters: int) -> int:
    """Return where in a text without glosses the character stands that the letter after so many others came from."""
    for begin in range(0, len(text), _A_PIECE):
        piece = text[begin : begin + _A_PIECE]
        there = len(_folded(piece))
        if there > letters:
            return begin + _within(piece, letters)
        letters -= there
    return len(text)


def _within(piece: str, letters: int) -> int:
    for offset, character in enumerate(piece):
        letters -= len(_letters()[character])
        if letters < 0:
            return offset
    return len(piece)


def bigrams(folded: str) -> list[str]:
    """Return the overlapping pairs of a folded string: what the search index holds. One character is its own."""
    if len(folded) == 1:
        return [folded]
    return [folded[i : i + 2] for i in range(len(folded) - 1)]


def without(text: str, spans: list[tuple[int, int]]) -> str:
    """Return a text without some spans of it, which are in order and do not overlap."""
    starts = [0, *(end for _, end in spans)]
    ends = [*(start for start, _ in spans), len(text)]
    return "".join(text[start:end] for start, end in zip(starts, ends, strict=True))


class _Letters(dict[str, str]):
    """What each character becomes, worked out when it is first met: four times as quick as folding it anew."""

    def __missing__(self, character: str) -> str:
        letter = _NO_LETTERS.sub("", character.translate(fold_table()).casefold())
        if character < "\U00010000":  # beyond, a text made of all there is would fill the memory
            self[character] = letter
        return letter


@cache
def _letters() -> _Letters:
    return _Letters()


def _folded(text: str) -> str:
    return "".join(map(_letters().__getitem__, text))
