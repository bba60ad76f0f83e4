"""Readings in brackets that copying sites put after characters, and how characters are read.

Such glosses are 工業(yè), 新(xin), 实施【shī】 and 经(💷)济. A group counts when it says how the character before it is
read; what merely looks like pinyin, as in 无线局域网(wifi), does not. A page must show three such groups on everyday
characters before any is taken for damage: nobody tells a Chinese reader how 業 is read, but 饕(tāo)餮(tiè) may
stand in the original.

How characters are read is known from the table of the package ``pypinyin``, without tones. Its files are read
when first asked for, the one of single characters in 30 ms, the one of words in 80: importing the package would
load both.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from archive.errors import BadInput
from archive.patterns import regex
from archive.text.canonical import CJK, one_width, script_table

_LETTERS = str.maketrans({"ɑ": "a", "ɡ": "g", "v": "ü", "ê": "e", ":": ""})
_MARKS = dict.fromkeys(map(ord, "\u0300\u0301\u0302\u0304\u0306\u030c\u0307\u030d"))
_SPACE = r"[ \t\u00a0\u3000]"
_EMOJI = (
    "\u00a9\u00ae\u203c\u2049\u20e3\u2122\u2139\u2190-\u21ff\u231a-\u23ff\u25aa-\u25fe\u2600-\u27bf"
    "\u2900-\u297f\u2b00-\u2bff\ufe0f\u200d\U0001f000-\U0001faff"
)
_OPEN, _CLOSE = r"[(（【\[]", r"[)）】\]]"
_EMOJI_GROUP = rf"{_OPEN}{_SPACE}{{0,3}}[{_EMOJI}]{{1,8}}{_SPACE}{{0,3}}{_CLOSE}"
_GROUP = regex(
    rf"{_OPEN}{_SPACE}{{0,3}}(?:([^\W0-9_{CJK}]{{1,8}}[0-5]?){_SPACE}{{0,3}}(?:{_EMOJI_GROUP})?|[{_EMOJI}]{{1,8}})"
    rf"{_SPACE}{{0,3}}{_CLOSE}"
)
_IDEOGRAPH = regex(f"[{CJK}]")
_GAP_AFTER = regex(rf"{_SPACE}{{1,3}}(?=[{CJK}])")
_CHARACTERS_PER_GROUP = 200
Span = tuple[int, int]


@lru_cache(maxsize=4096)
def untoned(reading: str) -> str:
    """Return a reading without tone marks, tone figures and spelling variants: ``lǜ``, ``lv4`` → ``lü``."""
    small = reading.strip().translate(one_width()).strip().lower()
    bare = unicodedata.normalize("NFD", small).translate(_MARKS)
    return unicodedata.normalize("NFC", bare).rstrip("012345").translate(_LETTERS)


def is_reading(character: str, reading: str) -> bool:
    """Say whether a character is read so in any word, tones aside, in either script."""
    sought = untoned(reading)
    if not sought or not sought.isalpha() or len(sought) > 6:
        return False
    variants = {character, script_table().get(character, character)}
    known = {r for variant in variants for r in _readings_of(variant)}
    return sought in known or sought.replace("u", "ü") in known


def characters_read(reading: str) -> frozenset[str]:
    """Return the characters that may be read so."""
    return _by_reading().get(untoned(reading), frozenset())


@cache
def read_words() -> frozenset[str]:
    """Return the words of two to four characters that the package has a reading of: what is a word, is not all here."""
    known = _file("phrases_dict.json").read_text(encoding="utf-8")
    return frozenset(re.findall('"([\u4e00-\u9fff]{2,4})": ', known))


def _readings_of(character: str) -> set[str]:
    return {untoned(reading) for reading in _table().get(str(ord(character)), "").split(",")}


@cache
def _table() -> dict[str, str]:
    """Return what the package holds: code → readings with tones. Few characters are ever asked for."""
    table: dict[str, str] = json.loads(_file("pinyin_dict.json").read_text(encoding="utf-8"))
    return table


def _file(name: str) -> Path:
    package = find_spec("pypinyin")
    if package is None or package.origin is None:
        raise BadInput("the package pypinyin is not installed: run ./run once more")
    return Path(package.origin).with_name(name)


@cache
def _by_reading() -> dict[str, frozenset[str]]:
    characters: dict[str, set[str]] = {}
    for character in map(chr, map(int, _table())):
        for reading in _readings_of(character):
            characters.setdefault(reading, set()).add(character)
    return {reading: frozenset(found) for reading, found in characters.items()}


def gloss_spans(text: str, fewest: int = 3) -> list[Span]:
    """Return the spans of the glosses in a text, in order; none when the page shows fewer than ``fewest``.

    The white space that one kind of copier leaves behind its brackets belongs to the span. Does not say that
    the text between the glosses is right.
    """
    if not _GROUP.search(text):
        return []
    found = list(_verified(text))
    evident = sum(_is_everyday(text[base]) for base, _ in found if base is not None)
    if evident < fewest or evident * _CHARACTERS_PER_GROUP < len(_IDEOGRAPH.findall(text)):
        return []
    gaps = {end: gap.end() for _, (_, end) in found if (gap := _GAP_AFTER.match(text, end))}
    spaced = len(gaps) * 2 >= len(found)
    wide = {end for end, after in gaps.items() if after - end > 1}
    return [
        (start, gaps[end] if end in gaps and (spaced or end in wide) else end) for _, (start, end) in found
    ]


def _verified(text: str) -> Iterator[tuple[int | None, Span]]:
    base, expected = -1, -1
    for group in _GROUP.finditer(text):
        start, end = group.span()
        if start != expected:
            base = start - 1
        if group[1] is None:
            yield None, (start, end)
            expected = end
        elif base >= 0 and _IDEOGRAPH.match(text[base]) and is_reading(text[base], group[1]):
            yield base, (start, end)
            expected = end


def _is_everyday(character: str) -> bool:
    """Say whether a character is one of the 3,755 of GB 2312's first level, in either script."""
    try:
        return script_table().get(character, character).encode("gb2312")[0] < 0xD8
    except UnicodeEncodeError:
        return False
