"""How else a figure may be written: for finding texts that write it so, never for showing. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from archive.text.amounts import Amount, amounts

_VALUE = re.compile(r"⟨([0-9]+(?:/[0-9]+)?)(%?)⟩")
_SCALES = {"": 1, "万": 10**4, "亿": 10**8, "万亿": 10**12}
_MOST_FIGURES, _MOST_DIGITS, _MOST_DECIMALS = 3, 9, 4
_DIGITS = "零一二三四五六七八九"


def other_spellings(folded: str) -> Iterator[str]:
    """Yield a folded wording with one of its figures in each of its other spellings; of a few figures only."""
    found = list(amounts(folded))
    if len(found) > _MOST_FIGURES:
        return
    for one in found:
        for written in spellings(one):
            if written != folded[one.start : one.end]:
                yield folded[: one.start] + written + folded[one.end :]


def spellings(figure: Amount) -> tuple[str, ...]:
    """Return spellings of a figure's value: 15000万, 1.5亿; 5%, 50‰, 百分之五. Nothing where it is not certain."""
    match = _VALUE.fullmatch(figure.value)
    if match is None:
        return ()
    value = Fraction(match[1])
    if match[2]:
        written = [
            (_decimal(value * 100), "{}%"),
            (_decimal(value * 1000), "{}‰"),
            (_spoken(value * 100), "百分之{}"),
        ]
        return tuple(form.format(number) for number, form in written if number)
    scaled = ((_decimal(value / times), scale) for scale, times in _SCALES.items())
    forms = [number + scale for number, scale in scaled if number]
    share = (_spoken(Fraction(value.denominator)), _spoken(Fraction(value.numerator)))
    if value < 1 and all(share):
        forms += ["分之".join(share), f"{value.numerator}/{value.denominator}"]
    return tuple(filter(None, [*forms, _spoken(value)]))


def _decimal(value: Fraction) -> str:
    """Return a number in digits, nothing where it would be long."""
    scaled = value * 10**_MOST_DECIMALS
    if scaled.denominator != 1 or value < Fraction(1, 1000):
        return ""
    whole, part = divmod(int(scaled), 10**_MOST_DECIMALS)
    decimals = f"{part:0{_MOST_DECIMALS}d}".rstrip("0")
    written = f"{whole}.{decimals}" if decimals else str(whole)
    return written if len(written) <= _MOST_DIGITS else ""


def _spoken(value: Fraction) -> str:
    """Return a whole number in ideographs, nothing for others."""
    if value.denominator != 1 or not 0 < value < 10**12:
        return ""
    number, spoken = int(value), ""
    for scale, times in (("亿", 10**8), ("万", 10**4), ("", 1)):
        part, number = divmod(number, times)
        if part:
            gap = "零" if spoken and part < 1000 else ""
            spoken += gap + _below_ten_thousand(part) + scale
    return spoken.removeprefix("一") if spoken.startswith("一十") else spoken


def _below_ten_thousand(number: int) -> str:
    spoken, has_gap = "", False
    for step, times in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit, number = divmod(number, times)
        if digit:
            spoken += ("零" if has_gap and spoken else "") + _DIGITS[digit] + step
        has_gap = not digit
    return spoken
