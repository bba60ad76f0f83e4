"""Numbers as the form of their cell shows them: 5%, 1,234.50, 2026年3月1日, 1.2E+05. Pure.

The forms are those of Excel (``0.00%``, ``yyyy"年"m"月"d"日"``). Colours, conditions and widths are left out; a form
that says more than is known here shows the number as it is kept.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache

from archive.patterns import regex

# The forms that have a number only, as Excel in Chinese shows them.
BUILT_IN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?",
    13: "# ??/??", 14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM",
    20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm", 27: 'yyyy"年"m"月"', 28: 'm"月"d"日"', 29: 'm"月"d"日"', 30: "m/d/yy",
    31: 'yyyy"年"m"月"d"日"', 32: 'h"时"mm"分"', 33: 'h"时"mm"分"ss"秒"', 36: 'yyyy"年"m"月"', 37: "#,##0;-#,##0",
    38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss",
    48: "##0.0E+0", 49: "@", 50: 'yyyy"年"m"月"', 51: 'm"月"d"日"', 52: 'yyyy"年"m"月"', 53: 'm"月"d"日"', 54: 'm"月"d"日"',
    55: 'yyyy"年"m"月"', 56: 'm"月"d"日"', 57: 'yyyy"年"m"月"', 58: 'm"月"d"日"',
}  # fmt: skip
_TOKEN = regex(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_(?P<blank>.)|\*(?P<filled>.)|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<clock>AM/PM|A/P|上午/下午)|(?P<date>[yYmMdDhHsS]+)|(?P<power>[Ee][+-]0+)|(?P<place>[0#?][0#?,]*(?:\.[0#?]*,*)?|\.[0#?]+,*)"
    r"|(?P<general>General|G/通用格式)|(?P<other>.)",
    re.DOTALL,
)
_ELAPSED = regex(r"(?:h+|m+|s+)", re.IGNORECASE)
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
_LONGEST = 30


def formatted(value: float, form: str, *, is_1904: bool = False) -> str:
    """Return a number as a cell of this form shows it."""
    parts = _sections(form)
    number, negative = value, value < 0
    section = parts[0]
    if len(parts) > 1 and negative and not _has_condition(form):
        section, number = parts[1], -value
    elif len(parts) > 2 and value == 0 and not _has_condition(form):
        section = parts[2]
    tokens = _tokens(section)
    kinds = {kind for kind, _ in tokens}
    if "date" in kinds or "elapsed" in kinds:
        return _moment(value, tokens, is_1904=is_1904) or plain(value)
    if "place" not in kinds:
        literal = "".join(text for kind, text in tokens if kind == "text")
        return plain(number) if "general" in kinds or "@" in literal or not literal.strip() else literal
    return _figure(number, tokens)


def plain(value: float) -> str:
    """Return a number as Excel shows it without a form: at most eleven digits, no exponent where it fits."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.15g}"


@lru_cache(maxsize=1024)
def _sections(form: str) -> tuple[str, ...]:
    """Return the parts of a form for positive, negative numbers and zero, cut at semicolons outside quotes."""
    found, start, is_quoted = [], 0, False
    for at, character in enumerate(form):
        if character == '"':
            is_quoted = not is_quoted
        elif character == ";" and not is_quoted:
            found.append(form[start:at])
            start = at + 1
    return (*found, form[start:])


@lru_cache(maxsize=1024)
def _tokens(section: str) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for token in _TOKEN.finditer(section[:500]):
        kind = token.lastgroup or "other"
        text = token[kind]
        if kind == "other" and text in "%‰":
            found.append(("percent", text))
        elif kind in ("quoted", "escaped", "other"):
            found.append(("text", text))
        elif kind == "bracket":
            found += _bracket(text)
        elif kind not in ("blank", "filled"):
            found.append((kind, text))
    return tuple(found)


def _bracket(text: str) -> list[tuple[str, str]]:
    if _ELAPSED.fullmatch(text):
        return [("elapsed", text)]
    # [$￥-804] shows a sign of money; [$-804] only says how to write a date; the rest are colours and conditions.
    return [("text", text[1:].partition("-")[0])] if text.startswith("$") else []


@lru_cache(maxsize=1024)
def _has_condition(form: str) -> bool:
    return re.search(r"\[[<>=]", form) is not None


def _figure(number: float, tokens: tuple[tuple[str, str], ...]) -> str:
    places = [text for kind, text in tokens if kind == "place"]
    factor = next((100 if text == "%" else 1000 for kind, text in tokens if kind == "percent"), 1)
    has_power = any(kind == "power" for kind, _ in tokens)
    if len(places) > 1:
        return _fraction(number, places) if any(text == "/" for kind, text in tokens) else plain(number)
    try:
        value = Decimal(repr(number)) * factor
        digits = _power(value, places[0], tokens) if has_power else _digits(value, places[0])
    except (InvalidOperation, OverflowError):
        return plain(number)
    sign = "-" if number < 0 and digits.strip("0.,E+-") else ""
    shown_parts = (
        digits if kind == "place" else text for kind, text in tokens if kind in ("place", "text", "percent")
    )
    return sign + "".join(shown_parts).strip()


def _digits(value: Decimal, place: str) -> str:
    whole, point, part = place.partition(".")
    # Commas at the end show thousands of thousands.
    scaled = len(place) - len(place.rstrip(","))
    part = part.rstrip(",")
    value = abs(value) / (1000 ** min(scaled, 5))
    kept = min(len(part), _LONGEST)
    rounded = value.quantize(Decimal(1).scaleb(-kept), rounding=ROUND_HALF_UP)
    grouped = "," in whole.rstrip(",")
    before, _, after = f"{rounded:,f}".partition(".") if grouped else f"{rounded:f}".partition(".")
    if before == "0" and "0" not in whole:
        before = ""
    before = before.rjust(whole.count("0"), "0")
    least = len(part.rstrip("#?"))
    while len(after) > least and after.endswith("0"):
        after = after[:-1]
    return before + ("." + after if point and after else "")


def _power(value: Decimal, place: str, tokens: tuple[tuple[str, str], ...]) -> str:
    kept = len(place.partition(".")[2])
    form = next(text for kind, text in tokens if kind == "power")
    mantissa, _, power = f"{abs(value):.{min(kept, _LONGEST)}E}".partition("E")
    sign = "-" if power.startswith("-") else "+" if form[1] == "+" else ""
    return f"{mantissa}E{sign}{power[1:].lstrip('0').rjust(form.count('0'), '0')}"


def _fraction(number: float, places: list[str]) -> str:
    most = 10 ** min(len(places[-1]), 3) - 1
    near = Fraction(abs(number)).limit_denominator(max(1, most))
    whole, rest = divmod(near.numerator, near.denominator)
    sign = "-" if number < 0 and near else ""
    if not rest:
        return f"{sign}{whole}"
    if len(places) > 2:
        return f"{sign}{f'{whole} ' if whole else ''}{rest}/{near.denominator}"
    return f"{sign}{near.numerator}/{near.denominator}"


def _moment(value: float, tokens: tuple[tuple[str, str], ...], *, is_1904: bool) -> str:
    """Return a day or time as it is shown; empty where the number is none."""
    if not 0 <= value < 2_958_466:
        return ""
    has_seconds = any(kind == "date" and text[0] in "sS" for kind, text in tokens)
    # Excel counts a 29 February 1900 that there was not.
    start = datetime(1904, 1, 1) if is_1904 else datetime(1899, 12, 30 if value >= 60 else 31)
    unit = 1 if has_seconds else 60
    seconds = round(value * 86_400 / unit) * unit if value % 1 else round(value) * 86_400
    at = start + timedelta(seconds=seconds)
    has_clock = any(kind == "clock" for kind, _ in tokens)
    written: list[str] = []
    for index, (kind, text) in enumerate(tokens):
        if kind == "elapsed":
            written.append(_elapsed(text, seconds))
        elif kind == "clock":
            written.append(_half(text, at))
        elif kind == "date":
            written.append(_part(text.lower(), at, is_minute=_is_minute(tokens, index), in_halves=has_clock))
        elif kind in ("text", "place"):
            written.append(text)
    return "".join(written).removesuffix("@").strip().rstrip(";")


def _part(text: str, at: datetime, *, is_minute: bool, in_halves: bool) -> str:
    if text[0] == "y":
        return f"{at.year:04}" if len(text) > 2 else f"{at.year % 100:02}"
    if text[0] == "m" and not is_minute:
        name = _MONTHS.split()[at.month - 1]
        return name if len(text) >= 3 else f"{at.month:0{len(text)}}"
    if text[0] == "d":
        return "一二三四五六日"[at.weekday()] if len(text) > 2 else f"{at.day:0{len(text)}}"
    hour = (at.hour % 12 or 12) if in_halves else at.hour
    number = {"h": hour, "m": at.minute, "s": at.second}[text[0]]
    return f"{number:0{min(len(text), 2)}}"


def _is_minute(tokens: tuple[tuple[str, str], ...], index: int) -> bool:
    """Return whether an m stands after hours or before seconds: minutes then, else a month."""
    parts = [(at, text[0].lower()) for at, (kind, text) in enumerate(tokens) if kind in ("date", "elapsed")]
    place = next((n for n, (at, _) in enumerate(parts) if at == index), 0)
    before = parts[place - 1][1] if place else ""
    after = parts[place + 1][1] if place + 1 < len(parts) else ""
    return before == "h" or after == "s"


def _elapsed(text: str, seconds: int) -> str:
    unit = {"h": 3600, "m": 60, "s": 1}[text[0].lower()]
    return f"{seconds // unit:0{len(text)}}"


def _half(text: str, at: datetime) -> str:
    names = text.split("/")
    return names[0] if at.hour < 12 else names[1]
