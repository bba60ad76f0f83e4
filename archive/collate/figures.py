"""Figures in two keys: what is a change of one, and which two say the same value.

A figure is a unit: digits with their point, sign, power and unit, in Arabic or in Chinese numerals. A table of
words explains no change of one, however often it happens.
"""

from __future__ import annotations

import re

from archive.collate.values import Span

_NUMERALS = "零〇一二三四五六七八九十百千万亿两"
_MARKS = ".,%‰:∶~/-−+±<>≤≥×^"
_UNIT = re.compile(
    r"[%‰℃°万亿千百十元美吨克斤升米里亩顷瓦伏安赫兹分角倍成个名人次件家户项条所座台套辆艘架岁年月日天周时秒度页层栋间届期批平立公千毫厘]"
)
_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻"
_WIDE = frozenset("0123456789.,%‰:∶~/-−" + _NUMERALS + _SUPERSCRIPTS)
_DATED = _WIDE | frozenset("年月日号百分之")
_REACH = 24


def is_figure_edit(a: str, b: str, span: Span) -> bool:
    """Say whether a change is one of a figure: of its digits, its marks, its numerals, or the unit behind it."""
    here, there = a[span.a0 : span.a1], b[span.b0 : span.b1]
    both = here + there
    if not both:
        return False
    if any(c.isdigit() or c in _SUPERSCRIPTS for c in both):
        return True
    left, right = a[span.a0 - 1 : span.a0] if span.a0 else "", a[span.a1 : span.a1 + 1]
    if all(c in _MARKS for c in both):
        return _is_mark_of_figure(both, left, right)
    if all(c in _NUMERALS for c in both):
        return bool(here and there) or _is_numeral(left) or _is_numeral(right)
    return bool(left) and left.isdigit() and bool(_UNIT.match(here) and _UNIT.match(there))


def whole_figure(a: str, b: str, span: Span, low: int, high: int, *, is_dated: bool = False) -> Span:
    """Return a change widened by the characters of its figure that both sides keep; ``is_dated``: of its date.

    ``low`` and ``high`` are where the neighbouring changes of the original end and begin.
    """
    wide = _DATED if is_dated else _WIDE
    back = on = 0
    while (
        back < min(_REACH, span.a0 - low, span.b0)
        and a[span.a0 - back - 1] in wide
        and a[span.a0 - back - 1] == b[span.b0 - back - 1]
    ):
        back += 1
    while (
        on < min(_REACH, high - span.a1, len(b) - span.b1)
        and a[span.a1 + on] in wide
        and a[span.a1 + on] == b[span.b1 + on]
    ):
        on += 1
    return Span(span.a0 - back, span.a1 + on, span.b0 - back, span.b1 + on)


def _is_mark_of_figure(marks: str, left: str, right: str) -> bool:
    """Say whether marks belong to a figure: behind 1 in 1.亿 and 1.5 a point does, in ``1.加强`` it counts a list."""
    if left.isdigit():
        return right.isdigit() or any(c in "%‰^" for c in marks) or bool(_UNIT.match(right))
    return right.isdigit() and any(c in "-−+±<>≤≥.~" for c in marks)


def _is_numeral(c: str) -> bool:
    return bool(c) and (c in _NUMERALS or c.isdigit())
