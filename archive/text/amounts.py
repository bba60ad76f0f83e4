"""What figures are worth, and how else they may be written. Pure.

15000万, 1.5亿 and 150,000,000 are one value, and so are 5% and 百分之五. A value is given only where it is certain:
三五 may be three to five, and 十三五 is a plan; 第1.10节 is another section than 第1.1节, 2024.10 another month than
2024.1, 010 a code and not 10; 2/4 may be the second of four.

The other spellings of a figure are for finding texts that write it so, never for showing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import gcd

from archive.patterns import regex

_CHINESE = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_STEPS = {"十": 10, "百": 100, "千": 1000}
_MULTIPLES = {**_STEPS, "万": 10**4, "亿": 10**8}
_NUMERAL = "[〇零一二三四五六七八九十百千万亿两]"
_FORMAL_DIGITS = "壹贰叁肆伍陆柒捌玖"
_FORMAL = str.maketrans(_FORMAL_DIGITS + "拾佰仟", "一二三四五六七八九十百千")
_NUMBER = rf"(?:[0-9]{{1,30}}(?:\.[0-9]{{1,20}})?[十百千万亿]{{0,3}}|{_NUMERAL}{{1,24}}(?:点[〇零一二三四五六七八九]{{1,8}}[十百千万亿]{{0,2}})?)"
_POWER = r"(?:[0-9]{1,12}(?:\.[0-9]{1,12})?×)?10(?:\^-?[0-9]{1,2}|⁻?[⁰¹²³⁴-⁹]{1,2})"
_AMOUNT = regex(
    rf"(?P<day>(?<![0-9./-])(?:19|20)[0-9]{{2}}([-./])[0-9]{{1,2}}\2[0-9]{{1,2}}(?![0-9./-])日?)"
    rf"|(?P<share>[百千万]分之{_NUMBER})|(?P<part>{_NUMBER}分之{_NUMBER})"
    rf"|(?P<clock>(?<![0-9.])[0-2]?[0-9][时点][0-5][0-9]分)|(?P<fraction>(?<![0-9./])[1-9][0-9]?/[1-9][0-9]{{0,2}}(?![0-9./]))"
    rf"|(?P<formal>[{_FORMAL_DIGITS}][{_FORMAL_DIGITS}零拾佰仟万亿]{{1,15}})|(?P<below>零下(?=[0-9一二三四五六七八九十]))"
    rf"|(?P<power>{_POWER})|(?P<number>{_NUMBER})(?P<per>[%‰]?)|(?P<half>[½¼¾⅓⅔])"
    rf"|(?P<range>(?<=[0-9%‰°年月日元万亿])[~至到](?=[0-9])|(?<={_NUMERAL})至(?={_NUMERAL}))|(?P<ratio>(?<=[0-9])比(?=[0-9]))"
)
_PER = {"%": 100, "‰": 1000, "百": 100, "千": 1000, "万": 10_000}
_HALVES = {"½": "1/2", "¼": "1/4", "¾": "3/4", "⅓": "1/3", "⅔": "2/3"}
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
# Behind these a figure measures or counts; elsewhere zeros at its ends may tell one number from another.
_MEASURES = frozenset(
    "万亿千百十元美欧英日港澳个人名户家台辆套件所座公平立吨斤克米里亩顷升瓦伏安级赫帕焦卡兆毫厘微纳分倍成度%‰°天周小岁秒kmgtchw"
)
_COUNTED = frozenset("年月日时点分秒号:")
_WELL_FORMED = regex(
    "(?:[一二三四五六七八九两]千)?零?(?:[一二三四五六七八九两]百)?零?(?:[一二三四五六七八九]?十)?零?[一二三四五六七八九两]?"
)
_VALUE = regex(r"⟨([0-9]+(?:/[0-9]+)?)(%?)⟩")
_SCALES = {"": 1, "万": 10**4, "亿": 10**8, "万亿": 10**12}
_MOST_FIGURES, _MOST_DIGITS, _MOST_DECIMALS = 3, 9, 4
_DIGITS = "零一二三四五六七八九"


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
    if match["range"] or match["below"]:
        return "-"
    if match["ratio"]:
        return ":"
    if match["clock"]:
        return ":".join(f"⟨{int(part)}⟩" for part in re.findall("[0-9]+", match["clock"]))
    if match["fraction"]:
        return _proper(match["fraction"])
    if match["formal"]:
        return _amount_sign(_ideographs(match["formal"].translate(_FORMAL)), match[0], 1, "")
    if match["half"]:
        return f"⟨{_HALVES[match['half']]}⟩"
    if match["power"]:
        return f"⟨{_powered(match['power'])}⟩"
    if match["share"]:
        return _amount_sign(_number(match["share"][3:]), match[0], _PER[match["share"][0]], "%")
    if match["part"]:
        below, above = map(_number, match["part"].split("分之"))
        return _amount_sign(above, match[0], below, "") if below else match[0]
    if not _is_certain(match):
        return match[0]
    per = match["per"]
    return _amount_sign(_number(match["number"]), match[0], _PER[per] if per else 1, "%" if per else "")


def _amount_sign(number: Fraction | None, written: str, below: Fraction | int, unit: str) -> str:
    return written if number is None else f"⟨{number / below}{unit}⟩"


def _proper(written: str) -> str:
    above, below = map(int, written.split("/"))
    return f"⟨{above}/{below}⟩" if above < below and gcd(above, below) == 1 else written


def _is_certain(match: re.Match[str]) -> bool:
    """Say whether zeros at the ends of a number, if it has such, change nothing of what it says."""
    written = match[0]
    following = match.string[match.end() : match.end() + 1]
    is_measured = bool(match["per"]) or not written[-1].isdecimal() or following in _MEASURES
    if "." in written and written.rstrip("%‰十百千万亿")[-1:] == "0":
        return is_measured and match.string[match.start() - 1 : match.start()] != "第"
    if len(written) > 1 and written[0] == "0" and written[1].isdecimal():
        return following in _COUNTED or match.string[match.start() - 1 : match.start()] == ":"
    return True


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
    value, rest = 0, written.replace("〇", "零")
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
            spoken += gap + _spoken_below_ten_thousand(part) + scale
    return spoken.removeprefix("一") if spoken.startswith("一十") else spoken


def _spoken_below_ten_thousand(number: int) -> str:
    spoken, has_gap = "", False
    for step, times in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit, number = divmod(number, times)
        if digit:
            spoken += ("零" if has_gap and spoken else "") + _DIGITS[digit] + step
        has_gap = not digit
    return spoken
