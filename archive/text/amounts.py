"""What figures are worth: 15000万, 1.5亿 and 150,000,000 are one value, and so are 5% and 百分之五.

A value is told only where it is certain: 三五 may be three to five, and 十三五 is a plan.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

_CHINESE = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_STEPS = {"十": 10, "百": 100, "千": 1000}
_MULTIPLES = {**_STEPS, "万": 10**4, "亿": 10**8}
_NUMERAL = "[〇零一二三四五六七八九十百千万亿两]"
_NUMBER = rf"(?:[0-9]{{1,30}}(?:\.[0-9]{{1,20}})?[十百千万亿]{{0,3}}|{_NUMERAL}{{1,16}}(?:点[〇零一二三四五六七八九]{{1,8}}[十百千万亿]{{0,2}})?)"
_POWER = r"(?:[0-9]{1,12}(?:\.[0-9]{1,12})?×)?10(?:\^-?[0-9]{1,2}|⁻?[⁰¹²³⁴-⁹]{1,2})"
_AMOUNT = re.compile(
    rf"(?P<day>(?<![0-9./-])(?:19|20)[0-9]{{2}}([-./])[0-9]{{1,2}}\2[0-9]{{1,2}}(?![0-9./-])日?)"
    rf"|(?P<share>[百千万]分之{_NUMBER})|(?P<part>{_NUMBER}分之{_NUMBER})"
    rf"|(?P<power>{_POWER})|(?P<number>{_NUMBER})(?P<per>[%‰]?)|(?P<range>(?<=[0-9%‰°年月日元万亿])~(?=[0-9]))|(?P<half>[½¼¾⅓⅔])"
)
_PER = {"%": 100, "‰": 1000, "百": 100, "千": 1000, "万": 10_000}
_HALVES = {"½": "1/2", "¼": "1/4", "¾": "3/4", "⅓": "1/3", "⅔": "2/3"}
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_WELL_FORMED = re.compile(
    "(?:[一二三四五六七八九两]千)?零?(?:[一二三四五六七八九两]百)?零?(?:[一二三四五六七八九]?十)?零?[一二三四五六七八九两]?"
)


@dataclass(frozen=True, slots=True)
class Amount:
    """A figure in a key: half-open, and its value as text; what is no certain value stands for itself."""

    start: int
    end: int
    value: str


def amounts(key: str) -> Iterator[Amount]:
    """Yield the figures of a folded text, in order."""
    for match in _AMOUNT.finditer(key):
        yield Amount(match.start(), match.end(), _value(match))


def valued(key: str) -> tuple[str, list[int]]:
    """Return a key with the value of each figure in place of it, and where in the key each character came from.

    One entry more than characters: the end. Values stand in marks that no key has.
    """
    parts: list[str] = []
    places: list[int] = []
    at = 0
    for amount in amounts(key):
        value = amount.value
        parts += [key[at : amount.start], value]
        places += [*range(at, amount.start), *[amount.start] * len(value)]
        at = amount.end
    parts.append(key[at:])
    return "".join(parts), [*places, *range(at, len(key) + 1)]


def _value(match: re.Match[str]) -> str:
    if match["day"]:
        year, month, day = (int(part) for part in re.findall("[0-9]+", match["day"]))
        return f"⟨{year}⟩年⟨{month}⟩月⟨{day}⟩日"
    if match["range"]:
        return "-"
    if match["half"]:
        return f"⟨{_HALVES[match['half']]}⟩"
    if match["power"]:
        return f"⟨{_powered(match['power'])}⟩"
    if match["share"]:
        return _told(_number(match["share"][3:]), match[0], _PER[match["share"][0]], "%")
    if match["part"]:
        below, above = map(_number, match["part"].split("分之"))
        return _told(above, match[0], below, "") if below else match[0]
    per = match["per"]
    return _told(_number(match["number"]), match[0], _PER[per] if per else 1, "%" if per else "")


def _told(number: Fraction | None, written: str, below: Fraction | int, unit: str) -> str:
    return written if number is None else f"⟨{number / below}{unit}⟩"


def _powered(written: str) -> Fraction:
    factor, _, power = written.rpartition("×")
    exponent = power.translate(_RAISED).removeprefix("10").removeprefix("^")
    return Fraction(factor or "1") * Fraction(10) ** int(exponent)


def _number(written: str) -> Fraction | None:
    """Return the value of a number in digits or in ideographs, None where it is not certain."""
    if written[0].isdecimal():
        digits = re.match(r"[0-9.]+", written)
        assert digits
        return _times(Fraction(digits[0]), written[digits.end() :])
    whole, _, decimals = written.partition("点")
    if decimals:
        part = _ideographs(whole)
        shown = "".join(str(_CHINESE[c]) for c in decimals if c in _CHINESE)
        return (
            None
            if part is None
            else _times(part + Fraction(f"0.{shown}"), decimals.lstrip("〇零一二三四五六七八九"))
        )
    return _ideographs(whole)


def _times(value: Fraction, multiples: str) -> Fraction:
    for multiple in multiples:
        value *= _MULTIPLES[multiple]
    return value


def _ideographs(written: str) -> Fraction | None:
    if all(c in _CHINESE for c in written) and (len(written) == 1 or len(written) >= 4 or "〇" in written):
        return Fraction("".join(str(_CHINESE[c]) for c in written))
    value, rest = 0, written
    for unit in ("亿", "万"):
        above, found, below = rest.partition(unit)
        if found:
            part = _below_ten_thousand(above)
            if not part:
                return None
            value, rest = value + part * _MULTIPLES[unit], below
    part = _below_ten_thousand(rest) if rest else 0
    return None if part is None else Fraction(value + part)


def _below_ten_thousand(written: str) -> int | None:
    if not written or not _WELL_FORMED.fullmatch(written):
        return None
    value, digit = 0, 0
    for c in written:
        if c in _STEPS:
            value, digit = value + (digit or 1) * _STEPS[c], 0
        else:
            digit = _CHINESE[c]
    return value + digit
