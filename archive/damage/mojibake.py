"""Bytes read in the wrong encoding, and how likely a run of characters is in a policy text.

Read wrongly, 工信部 becomes 宸ヤ俊閮, å·¥ä¿¡éƒ¨ or ¹¤ÐÅ²¿. A line is put right only when all of it says so: its bytes
are strictly valid in the other encoding and give everyday Chinese, while the line itself does not. A line that
lost bytes on the way stays as it is and is reported.

``Likelihood`` says how likely a run of characters is. It is small on purpose: the commonest characters in their
usual order, the words every policy text is made of, and above all the pairs of characters in the text at hand.
It ranks candidates; it never decides what is written.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise

from archive.patterns import regex
from archive.text.canonical import CJK, script_table

_MARKS = {
    "，": 0.05, ",": 0.05, "。": 0.03, "、": 0.03, "“": 0.008, "”": 0.008, "《": 0.006, "》": 0.006,
    "；": 0.004, "：": 0.003, "（": 0.002, "）": 0.002, "％": 0.0005, "－": 0.0002, "—": 0.001, "·": 0.0003,
    "！": 0.0003, "？": 0.0003, "…": 0.0002, "［": 0.0001, "］": 0.0001, "〔": 0.0001, "〕": 0.0001,
}  # fmt: skip
_OWN, _WORD, _ALONE = 0.45, 0.3, 0.25
_IN_GB2312, _RARE, _EVERYDAY = 2e-6, 5e-8, 1e-6
_IDEOGRAPH = regex(f"[{CJK}]")
_NO_ASCII = regex(r"[^\x00-\x7f]")
_LATIN = regex(r"[\x80-\xff\u0152-\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]")


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


def redecoded(line: str) -> str | None:
    """Return the line read in the encoding it was written in, or nothing when that is not certain."""
    share = _everyday_share(line)
    if share > 0.85:
        return None
    attempts = (_attempt(raw, right) for raw, right in _raws(line, "strict"))
    return next((a for a in attempts if a and _IDEOGRAPH.search(a) and _everyday_share(a) >= 0.95), None)


def guessed(line: str) -> str | None:
    """Return what a wrongly decoded line that lost bytes may have said, with □ for them; nothing if it is none.

    A guess to show beside the line, never instead of it.
    """
    if len(_NO_ASCII.findall(line)) < 6 or _everyday_share(line) > 0.7:
        return None
    for raw, right in _raws(line, "ignore"):
        attempt = re.sub("\ufffd+", "□", raw.decode(right, errors="replace"))
        if len(_IDEOGRAPH.findall(attempt)) >= 3 and _everyday_share(attempt.replace("□", "")) >= 0.9:
            return attempt
    return None


def _raws(line: str, errors: str) -> Iterator[tuple[bytes, str]]:
    if _IDEOGRAPH.search(line):
        yield line.encode("gb18030" if errors == "strict" else "gbk", errors), "utf-8"
    elif len(_LATIN.findall(line)) >= 4:
        raw = b"".join(map(_latin_byte, line))
        yield raw, "utf-8"
        yield raw, "gb18030"


def _latin_byte(character: str) -> bytes:
    """Return the byte a browser shows so: Windows 1252, and the control character where that has none."""
    for encoding in ("cp1252", "latin-1"):
        try:
            return character.encode(encoding)
        except UnicodeEncodeError:
            continue
    return b"\xff"


def _attempt(raw: bytes, right: str) -> str | None:
    try:
        return raw.decode(right)
    except UnicodeDecodeError:
        return None


def _everyday_share(line: str) -> float:
    characters = _NO_ASCII.findall(line)
    return sum(map(is_everyday, characters)) / len(characters) if characters else 1.0
