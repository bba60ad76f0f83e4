"""``fold/1``: the form of a text that search and comparison work on.

Simplified, glosses out, one width, small letters; letters, figures and ideographs only. Apart from the
glosses it is made character by character, so the folded query is a part of the folded text wherever the
query is a part of the text.
"""

from __future__ import annotations

import re

from archive.text.characters import fold_table
from archive.text.glosses import gloss_spans

FOLD = "fold/1"

_NO_LETTERS = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """Return the key of a text. Equal keys say that the words agree, not the punctuation, not the script."""
    return _folded(without(text, gloss_spans(text)))


def fold_map(text: str) -> tuple[str, list[int]]:
    """Return the key, and for each character of it the offset in ``text`` it came from."""
    letters: dict[str, str] = {c: _folded(c) for c in set(text)}
    folded: list[str] = []
    offsets: list[int] = []
    start = 0
    for gloss_start, gloss_end in [*gloss_spans(text), (len(text), len(text))]:
        for offset in range(start, gloss_start):
            letter = letters[text[offset]]
            folded.append(letter)
            offsets.extend([offset] * len(letter))
        start = gloss_end
    return "".join(folded), offsets


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


def _folded(text: str) -> str:
    return _NO_LETTERS.sub("", text.translate(fold_table()).casefold())
