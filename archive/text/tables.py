"""The tables that ``canon/1`` and ``fold/2`` rest on, read from the files beside this module.

They are ours: an upgrade of OpenCC or of Python's Unicode data must not move a digest or an index. The first line
of each file says where it was taken from; ``tests/archive/upstream.py`` takes them again and compares.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files


@cache
def script() -> dict[str, str]:
    """Return Traditional character → Simplified character."""
    return _pairs("script.txt")


@cache
def shapes() -> dict[str, str]:
    """Return radicals, compatibility and private-use characters and vertical forms → the character they show."""
    return _pairs("shapes.txt")


@cache
def units() -> dict[str, str]:
    """Return units written as one character → what they are made of: ``㎡`` → ``m²``."""
    return _pairs("units.txt")


@cache
def bare() -> dict[str, str]:
    """Return letters → small letters without accents."""
    return _pairs("bare.txt")


@cache
def letters() -> frozenset[str]:
    """Return the characters below U+20000 that are letters or figures; all of planes 2 and 3 are."""
    ranges = (line.split() for line in _lines("letters.txt"))
    codes = (range(int(first, 16), int(last, 16) + 1) for first, last in ranges)
    return frozenset(chr(code) for found in codes if found[0] < 0x20000 for code in found)


def is_letter(character: str) -> bool:
    """Say whether a character is a letter, a figure or an ideograph."""
    return character in letters() or "\U00020000" <= character < "\U0003fffe"


def _pairs(name: str) -> dict[str, str]:
    lines = (line.split(" ", 2) for line in _lines(name))
    return {chr(int(code, 16)): put for code, _, put in lines}


def _lines(name: str) -> Iterator[str]:
    text = files("archive.text").joinpath(name).read_text(encoding="utf-8")
    return (line for line in text.split("\n") if line and not line.startswith("#"))
