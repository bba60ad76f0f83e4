"""The value that a written figure or day has: 1.5亿 and 15000万 have one, 2026年3月1日 and 2026-03-01 name one day."""

from __future__ import annotations

import re
from fractions import Fraction

from archive.collate.figures import is_figure_edit, whole_figure
from archive.collate.values import Span

_DIGITS = {c: value for value, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_GROUPED = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_DECIMAL = re.compile(r"(\d+(?:\.\d+)?)([十百千]?)")
_DAY = re.compile(
    r"([0-9]{4}|[〇零一二三四五六七八九]{4})(?:年|[-/.])([0-9]{1,2}|[一二三四五六七八九十]{1,3})(?:月|[-/.])"
    r"(?:([0-9]{1,2}|[一二三四五六七八九十]{1,3})[日号]?)?"
)
_LONGEST, _LOOSE = 60, ".,:∶~/-年月日号"
Value = tuple[str, Fraction | tuple[int, ...]]


def value_of(written: str) -> Value | None:
    """Return what a whole written figure or day is worth, None for what is no single one, or can be read two ways."""
    day = _day(written)
    if day:
        return "day", day
    if written.startswith("百分之"):
        amount = _amount(written.removeprefix("百分之"))
        return ("amount", amount / 100) if amount is not None else None
    scale = {"%": 100, "‰": 1000}.get(written[-1:], 1)
    amount = _amount(written[:-1] if scale > 1 else written)
    return ("amount", amount / scale) if amount is not None else None


def same_value(a: str, b: str, span: Span, low: int, high: int) -> Span | None:
    """Return the whole figures or days that a change is of when both say the same, else nothing.

    ``low`` and ``high`` are where the neighbouring changes of the original end and begin.
    """
    if span.a0 == span.a1 == span.b0 == span.b1 or span.size > _LONGEST or not _is_numeric(a, b, span):
        return None
    for is_dated in (True, False):
        whole = whole_figure(a, b, span, low, high, is_dated=is_dated)
        for one in (whole, _without_ends(a, b, whole, span)):
            here, there = a[one.a0 : one.a1], b[one.b0 : one.b1]
            value = value_of(here)
            if (
                value is not None
                and value == value_of(there)
                and not _is_count(here, there, a[one.a1 : one.a1 + 1])
            ):
                return one
    return None


def _is_numeric(a: str, b: str, span: Span) -> bool:
    return is_figure_edit(a, b, span) or any(
        c in "年月日-/." for c in a[span.a0 : span.a1] + b[span.b0 : span.b1]
    )


def _without_ends(a: str, b: str, whole: Span, span: Span) -> Span:
    """Return a widened figure without marks at its ends that both sides keep."""
    a0, a1, b0, b1 = whole.a0, whole.a1, whole.b0, whole.b1
    while a0 < span.a0 and a[a0] in _LOOSE:
        a0, b0 = a0 + 1, b0 + 1
    while a1 > span.a1 and a[a1 - 1] in _LOOSE:
        a1, b1 = a1 - 1, b1 - 1
    return Span(a0, a1, b0, b1)


def _is_count(here: str, there: str, following: str) -> bool:
    """Say whether two figures that differ in zeros behind the point may number something: 1.10 and 1.1 are two sections."""
    is_plain = all(c.isdigit() or c == "." for c in here + there)
    return is_plain and "." in here + there and not following.isalnum()


def _day(written: str) -> tuple[int, ...] | None:
    match = _DAY.fullmatch(written)
    if match is None or ("年" not in written and match[3] is None):
        return None
    parts = [_whole(part) for part in match.groups() if part]
    if any(part is None for part in parts):
        return None
    year, month, *day = (part or 0 for part in parts)
    is_one = 1900 <= year <= 2200 and 1 <= month <= 12 and all(1 <= one <= 31 for one in day)
    return (year, month, *day) if is_one else None


def _whole(part: str) -> int | None:
    value = _amount(part)
    return int(value) if value is not None and value.denominator == 1 else None


def _amount(written: str) -> Fraction | None:
    """Return the number that is written, with 万 and 亿 as scales of what stands before them."""
    rest, total = _GROUPED.sub("", written), Fraction(0)
    if not rest:
        return None
    for scale, factor in (("亿", 10**8), ("万", 10**4)):
        head, mark, tail = rest.partition(scale)
        if mark:
            part = _part(head)
            if part is None or (tail and _is_short_form(tail)):
                return None
            total, rest = total + part * factor, tail
    if not rest:
        return total
    part = _part(rest)
    return None if part is None else total + part


def _is_short_form(tail: str) -> bool:
    """Say whether what follows 万 or 亿 may be meant in tens of it: 三万五."""
    return len(tail) == 1 and tail in _DIGITS


def _part(written: str) -> Fraction | None:
    if match := _DECIMAL.fullmatch(written):
        return Fraction(match[1]) * _TENS.get(match[2], 1)
    if not written or any(c not in _DIGITS and c not in _TENS for c in written):
        return None
    if all(c in _DIGITS for c in written):
        return Fraction(int("".join(str(_DIGITS[c]) for c in written)))
    return _spelled(written)


def _spelled(written: str) -> Fraction | None:
    """Return a number below ten thousand in Chinese numerals; 一百二 may be 120 or 102 and is neither here."""
    total, digit, last = 0, None, 10_000
    for c in written:
        if c in _TENS:
            if _TENS[c] >= last:
                return None
            last = _TENS[c]
            total += (1 if digit is None else digit) * last
            digit = None
        elif c in "零〇":
            last, digit = min(last, 100) if last > 10 else last, None
        elif digit is None:
            digit = _DIGITS[c]
        else:
            return None
    if digit is not None and last > 10 and "零" not in written and "〇" not in written:
        return None
    return Fraction(total + (digit or 0))
