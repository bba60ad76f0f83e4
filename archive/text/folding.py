"""``fold/2``, the form of a text for search and comparison, and what the indexes hold of it.

The form is Simplified, glosses out, one width, small letters. It has letters, ideographs and figures only, and
with figures the marks that belong to them (``archive.text.figures``): 1.5亿 is not 15亿. The folded query is a
part of the folded text wherever the query is a part of the text, unless the query begins or ends inside a
figure. ``archive.text.figures`` says whether what was found is a whole figure of the text.

The search indexes hold pieces of the folded text. Document numbers (发文字号) are known as people type them: any
brackets or none, with 第 and 号 or without.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache

from archive.patterns import regex
from archive.text.canonical import CJK, fold_table, is_letter, one_width
from archive.text.figures import SPOKEN, is_mark, marked, private, punctuation_mark
from archive.text.glosses import gloss_spans

FOLD = "fold/2"

_A_PIECE = 64
_FEW_IDEOGRAPHS = regex(f"[{CJK}]{{1,24}}")
# ASCII marks in the pieces of the index: its tokenizer knows no other of them for a part of a word.
_IN_INDEX = {code: code + 0xFEE0 for code in range(0x21, 0x7F) if not chr(code).isalnum()}
_OPEN, _CLOSE = r"[\[({【《「〈『<]", r"[\])}】》」〉』>]"
_TYPED = regex(
    rf"([a-z\u3400-\u9fff]{{2,24}}?){_OPEN}?((?:19|20)[0-9]{{2}}){_CLOSE}?(?:年|-|·|/|、|,)?第?0{{0,4}}([1-9][0-9]{{0,4}})号?",
    re.IGNORECASE,
)


def fold(text: str) -> str:
    """Return the key of a text. Equal keys say that the words agree, not the punctuation, not the script."""
    glosses = gloss_spans(text)
    return _folded(without(text, glosses) if glosses else text)


def fold_map(text: str) -> tuple[str, list[int]]:
    """Return the key, and for each character of it the offset in ``text`` it came from."""
    glosses = gloss_spans(text)
    shown = [*map(_only_letters().__getitem__, text)]
    for start, end in glosses:
        shown[start:end] = [""] * (end - start)
    key = _folded(without(text, glosses) if glosses else text)
    places = [at for at, letters in enumerate(shown) for _ in letters]
    if len(places) == len(key):
        return key, places
    offsets: list[int] = []
    at = 0
    for character in key:
        if is_mark(character):
            start, end = places[at - 1] + 1 if at else 0, places[at] if at < len(places) else len(text)
            offsets.append(_place_of_mark(character, text, max([start, *offsets[-1:]]), end))
        else:
            offsets.append(places[at])
            at += 1
    return key, offsets


def place_of(word: str, text: str, start: int | None = None) -> tuple[int, int] | None:
    """Return from where to where a text holds a folded word, None where it does not hold it.

    ``start``: where in the folded text the word stands; else it is the first place.
    """
    if gloss_spans(text):
        key, offsets = fold_map(text)
        first = key.find(word) if start is None else start
        return None if first < 0 else (offsets[first], offsets[first + len(word) - 1] + 1)
    key = _folded(text)
    first = key.find(word) if start is None else start
    return None if first < 0 else (_offset(text, key, first), _offset(text, key, first + len(word) - 1) + 1)


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


def _offset(text: str, key: str, at: int) -> int:
    """Return where in a text without glosses the character stands that a place of its key came from."""
    letters = at - sum(map(is_mark, key[:at]))
    if not is_mark(key[at]):
        return _nth_letter(text, letters)
    start = _nth_letter(text, letters - 1) + 1 if letters else 0
    return _place_of_mark(key[at], text, start, _nth_letter(text, letters))


def _place_of_mark(mark: str, text: str, start: int, end: int) -> int:
    """Return where between two letters a mark is written; what parts two figures is whatever stands there."""
    places = (
        at
        for at in range(start, end)
        if punctuation_mark(one_width().get(ord(text[at]), text[at]) or "") == mark
    )
    return next(places, min(start, len(text) - 1))


def _nth_letter(text: str, letters: int) -> int:
    """Return where in a text without glosses the letter stands that so many others precede."""
    for begin in range(0, len(text), _A_PIECE):
        piece = text[begin : begin + _A_PIECE]
        there = len("".join(map(_only_letters().__getitem__, piece)))
        if there > letters:
            return begin + _within(piece, letters)
        letters -= there
    return len(text)


def _within(piece: str, letters: int) -> int:
    for offset, character in enumerate(piece):
        letters -= len(_only_letters()[character])
        if letters < 0:
            return offset
    return len(piece)


def bigrams(folded: str) -> list[str]:
    """Return the overlapping pairs of a folded string: what the search index holds. One character is its own.

    ASCII marks are full-width in them: ``1．``, ``．5``.
    """
    if not folded.isalnum():
        folded = folded.translate(_IN_INDEX)
    if len(folded) == 1:
        return [folded]
    return [folded[i : i + 2] for i in range(len(folded) - 1)]


def without(text: str, spans: list[tuple[int, int]]) -> str:
    """Return a text without some spans of it, which are in order and do not overlap."""
    starts = [0, *(end for _, end in spans)]
    ends = [*(start for start, _ in spans), len(text)]
    return "".join(text[start:end] for start, end in zip(starts, ends, strict=True))


def bare_of_marks(key: str) -> str:
    """Return ``fold/2`` of what stands in one width and script already, with its punctuation."""
    return _folded(key)


class _Letters(dict[str, str]):
    """What each character becomes before its neighbours are looked at, worked out when it is first met."""

    def __init__(self, punctuation: Callable[[str], str]) -> None:
        self._punctuation = punctuation

    def __missing__(self, character: str) -> str:
        plain = character.translate(fold_table())
        letters = "".join(filter(_stays, plain)) or (plain and self._punctuation(plain))
        if character < "\U00010000":  # beyond, a text made of all there is would fill the memory
            self[character] = letters
        return letters


def _stays(character: str) -> bool:
    return character in SPOKEN or is_letter(character)


@cache
def _letters() -> _Letters:
    return _Letters(private)


@cache
def _only_letters() -> _Letters:
    return _Letters(lambda _: "")


def _folded(text: str) -> str:
    return marked("".join(map(_letters().__getitem__, text)))


def search_pieces(*texts: str) -> str:
    """Return the pieces by which texts are found: the pairs of ``fold/2`` and the last character of each.

    The last character by itself, too: it begins no pair, and one character is sought by its beginning.
    """
    return folded_pieces(*map(fold, texts))


def fields_to_search(*fields: str | None) -> str:
    """Return the pieces of what a page says of itself: document number, issuing body, publisher, source line."""
    return search_pieces(*dict.fromkeys(filter(None, fields)))


def different_pieces(text: str) -> str:
    """Return the pieces of a long text, each once: the index only knows which there are."""
    return " ".join(dict.fromkeys(_pieces(fold(text))))


def folded_pieces(*texts: str) -> str:
    """Return the pieces of texts that are folded already."""
    return " ".join(piece for folded in texts for piece in _pieces(folded))


def _pieces(folded: str) -> list[str]:
    return [*bigrams(folded), folded[-1:]] if len(folded) > 1 else bigrams(folded)


def number_typed(query: str) -> str | None:
    """Return the document number that a query is, as ``部门〔2024〕13号``; None for any other query.

    That it has the form of a number does not say that there is one: 未来产业2026年5 has it, too.
    """
    if len(query) > 60:
        return None
    match = _TYPED.fullmatch("".join(query.translate(one_width()).split()))
    return f"{match[1]}〔{match[2]}〕{match[3]}号" if match else None
