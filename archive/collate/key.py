"""The form in which a copy and its original are set against each other, and the way back to the texts.

A key is ``fold/1`` with the punctuation left in: Simplified, glosses out, one width, small letters, no white
space, runs of dashes and of dots one character. Without its punctuation it is ``fold/1`` of the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from archive.text.characters import fold_table, t2s
from archive.text.glosses import gloss_spans

LETTERLESS = re.compile(r"[\W_]+")
#: Stands in a copy's key for a place where bytes were damaged; a private character, in nobody's text on purpose.
SENTINEL = "\uf8f0"
#: The same for a gloss that the key has left in.
GLOSS = "\uf8f1"
_RUNS = frozenset("-…")


@dataclass(frozen=True, slots=True)
class Key:
    """A text, its key, for each character of the key its offset in the text, and the glosses left out.

    ``plain`` is the key with the script converted by words, not by characters: 瞭解 is 了解 there. It is as long.
    """

    text: str
    letters: str
    plain: str
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
    known = {c: _shown(c) for c in set(text)}
    glosses = gloss_spans(text)
    starts = [0, *(end for _, end in glosses)]
    ends = [*(start for start, _ in glosses), len(text)]
    offsets = [
        at for start, end in zip(starts, ends, strict=True) for at in range(start, end) if known[text[at]]
    ]
    if not _RUNS.isdisjoint(known.values()):
        offsets = _without_runs(text, offsets, known)
    if any(len(shown) > 1 for shown in known.values()):
        offsets = [at for at in offsets for _ in known[text[at]]]
        key = "".join([known[text[at]] for at in dict.fromkeys(offsets)])
    else:
        key = "".join([known[text[at]] for at in offsets])
    return Key(text, key, _by_words(text, key, offsets, known), tuple(offsets), tuple(glosses))


def _without_runs(text: str, offsets: list[int], known: dict[str, str]) -> list[int]:
    """Return the offsets without those of a dash or dot that another stands before."""
    before = [None, *offsets]
    return [
        at
        for last, at in zip(before, offsets, strict=False)
        if last is None or known[text[at]] not in _RUNS or known[text[at]] != known[text[last]]
    ]


def letters_only(key: str) -> str:
    """Return a key, or a piece of one, without its punctuation: ``fold/1`` of what it stands for."""
    return LETTERLESS.sub("", key)


def line_starts(key: Key) -> frozenset[int]:
    """Return the places of the key where a line of the text begins."""
    breaks = [match.start() for match in re.finditer("[\n\r\v\f\x85\u2028\u2029]", key.text)]
    return frozenset({0, *_behind(key.offsets, breaks)})


def _by_words(text: str, key: str, offsets: list[int], known: dict[str, str]) -> str:
    """Return a key as the converter makes it that looks at whole words; glosses between them are out already."""
    found = "".join(text[at] for at in offsets)
    converted = t2s().convert(found)
    if converted == found or len(converted) != len(key):
        return key
    shown = {c: known.get(c) or _shown(c) for c in set(converted)}
    put = [shown[c] for c in converted]
    if all(len(new) == 1 for new in shown.values()):
        return "".join(put)
    return "".join([new if len(new) == 1 else old for new, old in zip(put, key, strict=True)])


def _behind(offsets: Sequence[int], breaks: list[int]) -> list[int]:
    starts, at = [], 0
    for place in breaks:
        while at < len(offsets) and offsets[at] < place:
            at += 1
        starts.append(at)
    return starts


@lru_cache(maxsize=30_000)
def _shown(character: str) -> str:
    plain = character.translate(fold_table()).casefold()
    return "" if plain.isspace() else "".join(plain.split())
