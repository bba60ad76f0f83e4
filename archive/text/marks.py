"""What of the punctuation belongs to a figure, and stays in the key of search and comparison.

A figure is told from another by more than its digits: 1.5 and 15, 3:1 and 31, -5 and 5, 2024-2025 and 20242025,
10+ and 10. So a point, a ratio colon, a dash, a slash and signs stay between two digits; a sign stays before a
digit, and ``+`` and comparison signs also behind one. Whatever else parts two digits becomes ``、``: 1、5 is two
figures, and so are the cells of a table; spaces alone do not part them (2 0 2 4). A comma that only groups thousands goes. Between numerals written as
ideographs (二〇二四—二〇二五) it is the same, white space apart.
"""

from __future__ import annotations

import re
from functools import lru_cache

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

_SIGNS = "".join(map(_WRITTEN.__getitem__, sorted(_BEFORE)))

_THOUSANDS = re.compile(
    rf"(?<![0-9{_COMMA}{_POINT}])[1-9][0-9]{{0,2}}(?:{_COMMA}[0-9]{{3}})+(?![0-9{_COMMA}])"
)
_SUBSCRIPT = re.compile(rf"(?<![{DIGITS}₀-₉])[₀-₉]+(?:{_POINT}[₀-₉]+)*")
_PLAIN = str.maketrans("₀₁₂₃₄₅₆₇₈₉" + _POINT, "0123456789.")
# Four passes, each of which begins with a class of characters: three times as quick as one that looks behind.
_AFTER_NUMERAL = re.compile(f"([{NUMERALS}])({_ANY}++)(?=([{DIGITS}])|[{NUMERALS}])")
_AFTER_DIGIT = re.compile(f"([{DIGITS}])({_ANY}++)(?=([{DIGITS}])|([{NUMERALS}])|)")
_BEFORE_DIGIT = re.compile(f"[{_SIGNS}]++{_SPACE}*+(?=[{DIGITS}])")
_RUN = re.compile(f"{_ANY}++")


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


def mark_written(character: str) -> str:
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
