"""How likely a run of characters is in a policy text: for ranking what lost bytes may have said.

Small on purpose: the commonest characters in their usual order, the words every policy text is made of, and
above all the pairs of characters in the text at hand. It ranks candidates; it never decides what is written.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise

from archive.text.characters import script_table

_MARKS = {
    "，": 0.05, ",": 0.05, "。": 0.03, "、": 0.03, "“": 0.008, "”": 0.008, "《": 0.006, "》": 0.006,
    "；": 0.004, "：": 0.003, "（": 0.002, "）": 0.002, "％": 0.0005, "－": 0.0002, "—": 0.001, "·": 0.0003,
    "！": 0.0003, "？": 0.0003, "…": 0.0002, "［": 0.0001, "］": 0.0001, "〔": 0.0001, "〕": 0.0001,
}  # fmt: skip
_OWN, _WORD, _ALONE = 0.45, 0.3, 0.25
_IN_GB2312, _RARE, _EVERYDAY = 2e-6, 5e-8, 1e-6


class Likelihood:
    """What the pairs of characters of one text make likely. Both scripts count as one."""

    __slots__ = ("_firsts", "_known", "_pairs")

    def __init__(self, text: str) -> None:
        plain = text.translate(_simplifying())
        self._pairs = Counter(map("".join, pairwise(plain)))
        self._firsts = Counter(plain)
        self._known: dict[str, float] = {}

    def log(self, run: str, before: str) -> float:
        """Return the natural logarithm of the estimated probability of a run after a character."""
        return sum(map(self._step, before + run if before else " " + run, run))

    def _step(self, before: str, character: str) -> float:
        pair = before + character
        if pair not in self._known:
            plain = pair.translate(_simplifying())
            self._known[pair] = math.log(self._after(plain[0], plain[1]))
        return self._known[pair]

    def _after(self, before: str, character: str) -> float:
        own = self._pairs[before + character] / (self._firsts[before] + 2)
        continuations = _words().get(before, {})
        known = continuations.get(character, 0) / (sum(continuations.values()) + 2)
        return _OWN * own + _WORD * known + _ALONE * _alone(character)


def commonness(character: str) -> float:
    """Return how common a character of either script is by itself, as a share of running text."""
    return _alone(script_table().get(character, character))


def is_everyday(character: str) -> bool:
    """Say whether a character is on the first level of GB 2312, in either script, or a usual mark."""
    return commonness(character) >= _EVERYDAY


def likelier(characters: Iterable[str]) -> list[str]:
    """Return the everyday ones of some characters, or all when there are none."""
    known = list(characters)
    return [c for c in known if is_everyday(c)] or known


@lru_cache(maxsize=30_000)
def _alone(character: str) -> float:
    rank = _ranks().get(character)
    if rank is not None:
        return 0.13 / (rank + 8)
    if character in _MARKS:
        return _MARKS[character]
    try:
        row = character.encode("gb2312")[0]
    except UnicodeEncodeError:
        return _RARE
    if 0xB0 <= row < 0xD8:
        return _IN_GB2312
    return _IN_GB2312 / 8 if row >= 0xD8 else _RARE * 2


@cache
def _simplifying() -> dict[int, str]:
    return {ord(c): s for c, s in script_table().items()}


def _lists() -> list[str]:
    return files("archive.text").joinpath("words.txt").read_text(encoding="utf-8").splitlines()


@cache
def _ranks() -> dict[str, int]:
    common = dict.fromkeys("".join(line[1:] for line in _lists() if line.startswith("=")))
    return {character: rank for rank, character in enumerate(common)}


@cache
def _words() -> dict[str, dict[str, int]]:
    continuations: dict[str, dict[str, int]] = {}
    for line in _lists():
        for word in line.split() if line[:1] not in "=#" else ():
            for first, second in pairwise(word):
                follows = continuations.setdefault(first, {})
                follows[second] = follows.get(second, 0) + 1
    return continuations
