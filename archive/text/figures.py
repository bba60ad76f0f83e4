"""Whether words found in a key are whole figures there, and whether two figures have one value.

What a figure at the edge of a query means: the figure as a whole. 5亿元 is not found in 1.5亿元, nor 20 in 20%,
nor 五亿 in 十五亿. A year before a range (2024 in 2024—2025) is found by a search; as a quotation it is no longer
word for word, as little as 5 is of 5亿.
"""

from __future__ import annotations

import re

from archive.text.marks import DIGITS, NUMERALS

_DIGIT = re.compile(f"[{DIGITS}]")
_NUMERAL = re.compile(f"[{NUMERALS}]")
_UNIT = frozenset("年月日时点分秒号元米个人次项倍级度%‰°")
_RANGE = frozenset("-~")
_SIGNS = frozenset(".:/·^×÷+<>≤≥≮≯≈≠=±√")
_OF_FIGURE = frozenset("%‰‱°⁺⁻")
_CURRENCY = frozenset("$¢£¥€₽₩₹")
_A_DAY = re.compile(r"(?:(?:19|20)[0-9]{2}|[0-9]{1,2})[年月日]")
_A_YEAR = re.compile(r"(?:19|20)[0-9]{2}年")
_ENDS_IN_YEAR = re.compile(r"(?<![0-9.])(?:19|20)[0-9]{2}$")
_REST_OF_DATE = re.compile(r"([./])[0-9]{1,2}\1[0-9]{1,2}(?![0-9])")


def whole(word: str, key: str, start: int = 0, *, strict: bool = False) -> int:
    """Return where a key first holds a word and neither end of it is inside a figure; -1 where it does not.

    ``strict``: as a quotation, which an end of a range or a figure without its 万 or 亿 is not.
    """
    at = key.find(word, start)
    size = len(word)
    while at >= 0 and size and (_cut_before(key, at, strict) or _cut_behind(key, at + size, strict)):
        at = key.find(word, at + 1)
    return at


def whole_span(key: str, start: int, end: int) -> tuple[int, int]:
    """Return a span of a key, widened where it begins or ends inside a figure."""
    while start < end and _cut_before(key, start, True):
        start -= 1
    while start < end and _cut_behind(key, end, True):
        end += 1
    return start, end


def holds(word: str, key: str) -> bool:
    """Return whether a key holds a word, and cuts no figure at its ends."""
    return whole(word, key) >= 0


def _cut_before(key: str, at: int, strict: bool) -> bool:
    if at == 0:
        return False
    first, last = key[at], key[at - 1]
    before = key[at - 2 : at - 1] if at > 1 else ""
    if _NUMERAL.match(first):
        return bool(_NUMERAL.match(last)) or _cut_numerals(last, before, strict)
    if first in _RANGE or first in _SIGNS:
        return _is_of_figure(last)
    if not _DIGIT.match(first):
        return False
    if last in _RANGE:
        if _is_of_figure(before) or before in _UNIT:
            return strict
        return not (before.isalpha() and before.isascii()) and not _A_DAY.match(key, at)
    if last in _SIGNS:
        return not (_A_YEAR if _is_of_figure(before) else _A_DAY).match(key, at)
    return bool(_DIGIT.match(last)) or last in "⁺⁻" or (strict and last in _CURRENCY)


def _cut_behind(key: str, end: int, strict: bool) -> bool:
    if end >= len(key):
        return False
    last, following = key[end - 1], key[end]
    beyond = key[end + 1 : end + 2]
    if _NUMERAL.match(last):
        return bool(_NUMERAL.match(following)) or _cut_numerals(following, beyond, strict)
    if following in _RANGE and _DIGIT.match(beyond) and (_is_of_figure(last) or last in _UNIT):
        return strict
    if not _DIGIT.match(last):
        return (
            (last in _SIGNS or last in _RANGE)
            and bool(_DIGIT.match(following))
            and _is_of_figure(key[end - 2 : end - 1])
        )
    if following in _SIGNS:
        if _A_YEAR.match(key, end + 1):
            return False
        return not (_ENDS_IN_YEAR.search(key[max(0, end - 6) : end]) and _REST_OF_DATE.match(key, end))
    return (
        bool(_DIGIT.match(following))
        or following in _OF_FIGURE
        or (strict and bool(_NUMERAL.match(following)))
    )


def _cut_numerals(mark: str, beyond: str, strict: bool) -> bool:
    """Say whether a mark beside a numeral goes on to another."""
    if not beyond or not (_NUMERAL.match(beyond) or _DIGIT.match(beyond)):
        return False
    return mark in _SIGNS or (strict and mark in _RANGE)


def _is_of_figure(character: str) -> bool:
    return bool(character) and bool(
        _DIGIT.match(character) or _NUMERAL.match(character) or character in _OF_FIGURE
    )
