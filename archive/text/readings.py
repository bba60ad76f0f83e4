"""How Chinese characters are read: the table of the package ``pypinyin``, without tones.

Its files are read when first asked for, the one of single characters in 30 ms, the one of words in 80: importing
the package would load both.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from archive.errors import BadInput
from archive.text.characters import one_width, script_table

_LETTERS = str.maketrans({"ɑ": "a", "ɡ": "g", "v": "ü", "ê": "e", ":": ""})
_MARKS = dict.fromkeys(map(ord, "\u0300\u0301\u0302\u0304\u0306\u030c\u0307\u030d"))


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
