"""Figures in the key of search and comparison: which punctuation is theirs, and where one is whole.

A figure is told from another by more than its digits: 1.5 and 15, 3:1 and 31, -5 and 5, 2024-2025 and 20242025,
10+ and 10. So some punctuation stays in the key. A point, a ratio colon, a dash, a slash and signs stay between
two digits; a sign stays before a digit, and ``+`` and comparison signs also behind one. Whatever else parts two
digits becomes ``、``: 1、5 is two figures, and so are the cells of a table; spaces alone do not part them
(2 0 2 4). A comma that only groups thousands goes. Between numerals written as ideographs (二〇二四—二〇二五) it is the
same, white space apart.

A figure at the edge of a query means the figure as a whole, so what is found may neither begin nor end inside
one. 5亿元 is not found in 1.5亿元, nor 20 in 20%, nor 五亿 in 十五亿. A year before a range (2024 in 2024—2025) is found
by a search; as a quotation it is no longer word for word, as little as 5 is of 5亿.
"""

from __future__ import annotations

import re
from functools import lru_cache

from archive.patterns import regex

DIGITS = "0-9⁰¹²³⁴-⁹¼-¾⅐-⅞↉"
NUMERALS = "〇零一二三四五六七八九十百千万亿两"
#: Stands between two figures that are not one.
APART = "、"

#: Symbols that stay wherever they stand: they are read aloud.
SPOKEN = frozenset("%‰‱°⁺⁻$¢£¥€₽₩₹")
_BETWEEN = ".-~:/·+×÷^<>≤≥≮≯≈≠=±√"
_BEFORE = frozenset(".-~+<>≤≥≮≯≈≠=±√")
_BEHIND = frozenset("+<>≤≥≮≯≈±")
_BETWEEN_NUMERALS = frozenset(".-~:/·、")
_ALIKE = {":": "∶ː꞉", "/": "⁄∕", "×": "*✕✖╳", "≤": "≦⩽", "≥": "≧⩾", "≈": "≒≃", "-": "﹣", ".": "․"}

# Before it is known what stays of them, punctuation and white space are private characters: marks, spaces, all else.
_MARKS = "," + APART + _BETWEEN
_FIRST = 0xE000
_OTHER, _BREAK, _SPACE, _COMMA, _POINT = map(chr, (_FIRST - 3, _FIRST - 2, _FIRST - 1, _FIRST, _FIRST + 2))
_OF = {chr(_FIRST + n): mark for n, mark in enumerate(_MARKS)} | {_OTHER: "", _BREAK: "", _SPACE: ""}
_WRITTEN = (
    {mark: private for private, mark in _OF.items() if mark}
    | {c: chr(_FIRST + _MARKS.index(mark)) for mark, alike in _ALIKE.items() for c in alike}
    | {" ": _SPACE, "\n": _BREAK, "\t": _BREAK}
)  # fmt: skip
_ANY = f"[{_OTHER}-{chr(_FIRST + len(_MARKS) - 1)}]"

_MARKS_BEFORE = "".join(map(_WRITTEN.__getitem__, sorted(_BEFORE)))

_THOUSANDS = regex(rf"(?<![0-9{_COMMA}{_POINT}])[1-9][0-9]{{0,2}}(?:{_COMMA}[0-9]{{3}})+(?![0-9{_COMMA}])")
_SUBSCRIPT = regex(rf"(?<![{DIGITS}₀-₉])[₀-₉]+(?:{_POINT}[₀-₉]+)*")
_PLAIN = str.maketrans("₀₁₂₃₄₅₆₇₈₉" + _POINT, "0123456789.")
# Four passes, each of which begins with a class of characters: three times as quick as one that looks behind.
_AFTER_NUMERAL = regex(f"([{NUMERALS}])({_ANY}++)(?=([{DIGITS}])|[{NUMERALS}])")
_AFTER_DIGIT = regex(f"([{DIGITS}])({_ANY}++)(?=([{DIGITS}])|([{NUMERALS}])|)")
_BEFORE_DIGIT = regex(f"[{_MARKS_BEFORE}]++{_SPACE}*+(?=[{DIGITS}])")
_RUN = regex(f"{_ANY}++")


def private(character: str) -> str:
    """Return the private character that stands for punctuation or white space until ``marked`` has looked at it."""
    return _WRITTEN.get(character, _OTHER)


def marked(shown: str) -> str:
    """Return letters without the punctuation between them, and with the marks that belong to their figures."""
    if _COMMA in shown:
        shown = _THOUSANDS.sub(_together, shown)
    if any(c in shown for c in "₀₁₂₃₄₅₆₇₈₉"):
        shown = _SUBSCRIPT.sub(_on_the_line, shown)
    shown = _AFTER_DIGIT.sub(_behind_digit, _AFTER_NUMERAL.sub(_behind_numeral, shown))
    return _RUN.sub("", _BEFORE_DIGIT.sub(_before_digit, shown))


def is_mark(character: str) -> bool:
    """Say whether a character of a key is a mark between its letters."""
    return character in _WRITTEN


def punctuation_mark(character: str) -> str:
    """Return the mark that punctuation is written for, nothing for all other characters."""
    return _OF.get(_WRITTEN.get(character, _OTHER), "")


def _together(match: re.Match[str]) -> str:
    return match[0].replace(_COMMA, "")


def _on_the_line(match: re.Match[str]) -> str:
    return match[0].translate(_PLAIN)


def _behind_digit(match: re.Match[str]) -> str:
    return match[1] + _mark(match[2], "digit", "digit" if match[3] else "numeral" if match[4] else "")


def _behind_numeral(match: re.Match[str]) -> str:
    return match[1] + _mark(match[2], "numeral", "digit" if match[3] else "numeral")


def _before_digit(match: re.Match[str]) -> str:
    return _mark(match[0], "", "digit")


@lru_cache(maxsize=4096)
def _mark(run: str, before: str, after: str) -> str:
    """Return what stays of punctuation between two characters, of which one at least is part of a figure."""
    core = "".join(map(_OF.__getitem__, run))
    single = core[:1] if core == core[:1] * len(core) and not core.startswith("..") else ""
    if before == after == "digit":
        if not run.strip(_SPACE):
            return ""
        return single if single and single in _BETWEEN else _parted(run, core)
    if before == after == "numeral":
        return (single if single in _BETWEEN_NUMERALS else "") or (
            APART if run.strip(_SPACE + _BREAK) else ""
        )
    if before and after and single in _BETWEEN_NUMERALS:
        return single
    return (_sign_before(run) if after == "digit" else "") or (_sign_behind(run) if before == "digit" else "")


def _parted(run: str, core: str) -> str:
    """Return what parts two figures, with the sign behind the one and the sign before the other."""
    if core == core[:1] * len(core):
        return APART
    return _sign_behind(run) + APART + _sign_before(run)


def _sign_before(run: str) -> str:
    """Return the sign that a run of punctuation ends with: of some the last, but dots are no point."""
    sign = _OF.get(run.rstrip(_SPACE)[-1:], "")
    return sign if sign in _BEFORE and not (sign == "." and run.rstrip(_SPACE)[-2:-1] == _POINT) else ""


def _sign_behind(run: str) -> str:
    sign = _OF.get(run.lstrip(_SPACE)[:1], "")
    return sign if sign in _BEHIND else ""


_DIGIT = regex(f"[{DIGITS}]")
_NUMERAL = regex(f"[{NUMERALS}]")
_UNIT = frozenset("年月日时点分秒号元米个人次项倍级度%‰°")
_RANGE = frozenset("-~")
_SIGNS = frozenset(".:/·^×÷+<>≤≥≮≯≈≠=±√")
_OF_FIGURE = frozenset("%‰‱°⁺⁻")
_CURRENCY = frozenset("$¢£¥€₽₩₹")
_A_DAY = regex(r"(?:(?:19|20)[0-9]{2}|[0-9]{1,2})[年月日]")
_A_YEAR = regex(r"(?:19|20)[0-9]{2}年")
_ENDS_IN_YEAR = regex(r"(?<![0-9.])(?:19|20)[0-9]{2}$")
_REST_OF_DATE = regex(r"([./])[0-9]{1,2}\1[0-9]{1,2}(?![0-9])")


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
