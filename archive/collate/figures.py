"""Figures in two keys: which changes are changes of a figure, and which leave its value as it was.

A figure is a unit: digits with their point, sign, power and unit, in Arabic or in Chinese numerals. A table of
words explains no change of a figure, however often the change happens.

A change of a figure or a day need not change what is said: 1.5亿 and 15000万 are one value, and 2026年3月1日 and
2026-03-01 are one day. Two figures are called equal only where that is certain.
"""

from __future__ import annotations

import re

from archive.collate.key import letters_only
from archive.collate.values import Span
from archive.patterns import regex
from archive.text.amounts import valued

_NUMERALS = "零〇一二三四五六七八九十百千万亿两"
_MARKS = ".,%‰:∶~/-−+±<>≤≥×^"
_UNIT = regex(
    r"[%‰℃°万亿千百十元美吨克斤升米里亩顷瓦伏安赫兹分角倍成个名人次件家户项条所座台套辆艘架岁年月日天周时秒度页层栋间届期批平立公千毫厘]"
)
_UNITS = regex(
    r"[万亿千百十]*?(?:平方(?:公里|千米|米|厘米|毫米)|立方(?:米|厘米|毫米)|公里|千米|厘米|毫米|公顷|公斤|千克|毫克|千瓦时?|兆瓦时?|百分点|个百分点|个月)|"
    r"[万亿千百十]*(?:元|美元|欧元|日元|吨|克|斤|升|米|里|亩|顷|瓦|人|件|家|户|辆|台|套|岁|年|月|日|天|周|小时|分钟|秒|度|倍|成|%|‰|℃)"
)
_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻"
_DIGIT = regex(r"\d")
_FIGURAL = regex(f"[\\d{re.escape(_MARKS)}{_NUMERALS}{_SUPERSCRIPTS}¼-¾⅐-⅞]")
_WIDE = frozenset("0123456789.,%‰:∶~/-−" + _NUMERALS + _SUPERSCRIPTS)
_DATED = _WIDE | frozenset("年月日号百分之")
_REACH, _LONGEST_UNIT, _NEXT = 24, 4, 12
_LONGEST, _LOOSE = 60, ".,:∶~/-年月日号至到"
_PARTS = regex("⟨")
_MIXED = regex(r"(?<![0-9.])([0-9]+)亿([0-9]{1,4})万(?![0-9])")


def is_figure_edit(a: str, b: str, span: Span) -> bool:
    """Say whether a change is one of a figure: of its digits, its marks, its numerals, or the unit behind it."""
    here, there = a[span.a0 : span.a1], b[span.b0 : span.b1]
    both = here + there
    if not both:
        return False
    if not any(c.isalnum() for c in both) and _parts_figures(a, span, here, there):
        return True
    if not _FIGURAL.search(both):
        return unit_edit(a, b, span) is not None
    if any(c.isdigit() or c in _SUPERSCRIPTS for c in both):
        return True
    left, right = a[max(0, span.a0 - 1) : span.a0], a[span.a1 : span.a1 + 1]
    if all(c in _MARKS for c in both):
        return _is_mark_of_figure(both, left, right)
    if all(c in _NUMERALS for c in both):
        return bool(here and there) or _is_numeral(left) or _is_numeral(right)
    return unit_edit(a, b, span) is not None


def _parts_figures(a: str, span: Span, here: str, there: str) -> bool:
    """Say whether of two marks between figures one makes other figures than the other: 5.5 is not 5、5."""
    before, after = a[max(0, span.a0 - _NEXT) : span.a0], a[span.a1 : span.a1 + _NEXT]
    if not (_is_numeral(before[-1:]) and _is_numeral(after[:1])):
        return False
    return letters_only(before + here + after) != letters_only(before + there + after)


def unit_edit(a: str, b: str, span: Span) -> Span | None:
    """Return the two units behind a figure when a change is of these: 公里 and 里 of 120公里→120里."""
    if not _DIGIT.search(a, max(0, span.a0 - _LONGEST_UNIT - 1), span.a0):
        return None
    for back in range(min(_LONGEST_UNIT, span.a0, span.b0) + 1):
        a0, b0 = span.a0 - back, span.b0 - back
        if a[a0 : span.a0] != b[b0 : span.b0]:
            return None
        if a0 and a[a0 - 1].isdigit():
            units = _UNITS.match(a, a0), _UNITS.match(b, b0)
            if units[0] is None or units[1] is None or units[0][0] == units[1][0]:
                return None
            return Span(a0, max(units[0].end(), span.a1), b0, max(units[1].end(), span.b1))
    return None


def whole_figure(a: str, b: str, span: Span, low: int, high: int, *, is_dated: bool = False) -> Span:
    """Return a change widened by the characters of its figure that both sides keep; ``is_dated``: of its date.

    ``low`` and ``high`` are where the neighbouring changes of the original end and begin.
    """
    wide = _DATED if is_dated else _WIDE
    if unit := unit_edit(a, b, span):
        span = unit
    back = on = 0
    while (
        back < min(_REACH, span.a0 - low, span.b0)
        and _belongs(a, span.a0 - back - 1, wide)
        and a[span.a0 - back - 1] == b[span.b0 - back - 1]
    ):
        back += 1
    while (
        on < min(_REACH, high - span.a1, len(b) - span.b1)
        and _belongs(a, span.a1 + on, wide)
        and a[span.a1 + on] == b[span.b1 + on]
    ):
        on += 1
    return Span(span.a0 - back, span.a1 + on, span.b0 - back, span.b1 + on)


def _belongs(text: str, at: int, wide: frozenset[str]) -> bool:
    """Say whether a character may be part of a figure; a comma is where it groups thousands, 分 in 百分之."""
    if text[at] in "分之":
        return text[at] in wide and "分之" in text[max(0, at - 1) : at + 2]
    if text[at] != ",":
        return text[at] in wide
    group = text[at + 1 : at + 4]
    return text[at - 1 : at].isdigit() and len(group) == 3 and group.isdigit()


def _is_mark_of_figure(marks: str, left: str, right: str) -> bool:
    """Say whether marks belong to a figure: behind 1 in 1.亿 and 1.5 a point does, in ``1.加强`` it counts a list."""
    if left.isdigit():
        return right.isdigit() or any(c in "%‰^" for c in marks) or bool(_UNIT.match(right))
    return right.isdigit() and any(c in "-−+±<>≤≥.~" for c in marks)


def _is_numeral(c: str) -> bool:
    return bool(c) and (c in _NUMERALS or c.isdigit())


def same_value(a: str, b: str, span: Span, low: int, high: int) -> Span | None:
    """Return the whole figures or days that a change is of when both say the same, else nothing.

    ``low`` and ``high`` are where the neighbouring changes of the original end and begin.
    """
    if span.size == 0 or span.size > _LONGEST or not _is_numeric(a, b, span):
        return None
    for is_dated in (True, False):
        whole = whole_figure(a, b, span, low, high, is_dated=is_dated)
        for pair in (whole, _without_ends(a, b, whole, span)):
            if are_equal(
                a[pair.a0 : pair.a1], b[pair.b0 : pair.b1], (a[: pair.a0][-1:], a[pair.a1 : pair.a1 + 1])
            ):
                return pair
    return None


def are_equal(one: str, other: str, beside: tuple[str, str] = ("", "")) -> bool:
    """Say whether two whole written figures or days are worth the same for certain, given what stands beside both."""
    worth, worth_of_other = (_worth(written.join(beside)) for written in (one, other))
    return bool(_PARTS.search(worth)) and worth == worth_of_other


def _worth(written: str) -> str:
    summed = _MIXED.sub(lambda match: f"{int(match[1]) * 10_000 + int(match[2])}万", letters_only(written))
    return valued(summed)[0]


def _is_numeric(a: str, b: str, span: Span) -> bool:
    return is_figure_edit(a, b, span) or any(
        c in "年月日-/.至到比零下时分:" for c in a[span.a0 : span.a1] + b[span.b0 : span.b1]
    )


def _without_ends(a: str, b: str, whole: Span, span: Span) -> Span:
    """Return a widened figure without marks at its ends that both sides keep."""
    a0, a1, b0, b1 = whole.a0, whole.a1, whole.b0, whole.b1
    while a0 < span.a0 and a[a0] in _LOOSE:
        a0, b0 = a0 + 1, b0 + 1
    while a1 > span.a1 and a[a1 - 1] in _LOOSE:
        a1, b1 = a1 - 1, b1 - 1
    return Span(a0, a1, b0, b1)
