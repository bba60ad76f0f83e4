"""Numbers as lists are numbered, and raised and lowered characters, as plain text. Pure.

Lists are numbered 一、（二）3.④ Ⅴ. g) 甲. The names of these forms are those of WordprocessingML.

Raised and lowered characters are written so that 10⁴ is never read as 104. HTML (``sup``, ``sub``), Word and
OpenXML sheets hold them as formatting, which plain text has not. Where Unicode has a character for each, those
are written (m², CO₂, 10⁻⁶); else a sign stands before them (``10^(3/2)``, ``x_甲``).
"""

from __future__ import annotations

import re

from archive.patterns import regex

_DIGITS = "零一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
    (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
# Forms that have a character for each number up to where they end; beyond it Word writes digits.
_ROWS = {
    "decimalEnclosedCircle": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "decimalEnclosedCircleChinese": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "decimalEnclosedFullstop": "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛",
    "decimalEnclosedParen": "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇",
    "ideographEnclosedCircle": "㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉",
    "ideographTraditional": "甲乙丙丁戊己庚辛壬癸",
    "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥",
}
_COUNTED = (
    "chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand",
    "koreanCounting",
)  # fmt: skip
_LEGAL_FORMS = frozenset(("chineseLegalSimplified", "ideographLegalTraditional", "japaneseLegal"))
_MOST = 9_999
_PLAIN_SIGNS = str.maketrans("−–－＋＝（）０１２３４５６７８９", "---+=()0123456789")
_RAISED = dict(
    zip(
        "0123456789+-=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVW",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂ",
        strict=True,
    )
)
_LOWERED = dict(zip("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))
# Marks that mean the same on the line: notes in brackets or circles, signs of trade, daggers, what is raised already.
_ALREADY_APART = regex(r"[\[【〔［].*[\]】〕］]|[®©™℠*※†‡°′″‰%①-⑳⓪㈠-㈩⑴-⒇²³¹⁰-ⁿ₀-ₜᵃ-ᶻ]+", re.DOTALL)


def numeral(number: int, form: str) -> str:
    """Return a number in a form of WordprocessingML (``w:numFmt``); one that is not known here is written in digits."""
    if form in ("none", "bullet"):
        return ""
    if not 0 < number <= _MOST:
        return str(number)
    if row := _ROWS.get(form):
        return row[number - 1] if number <= len(row) else str(number)
    if form in _LEGAL_FORMS:
        return counted(number, _LEGAL, "拾佰仟")
    if form in _COUNTED:
        return counted(number)
    if form == "ideographDigital":
        return "".join("〇一二三四五六七八九"[int(digit)] for digit in str(number))
    return _western(number, form)


def counted(number: int, digits: str = _DIGITS, units: str = "十百千") -> str:
    """Return a number from 1 to 9,999 in Chinese: 十二, 一百零三, 二千零五十; in the characters of cheques 壹拾贰."""
    written, is_gap = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit == 0:
            is_gap = bool(written)
            continue
        written += (digits[0] if is_gap else "") + digits[digit] + (units[place - 1] if place else "")
        is_gap = False
    return written[1:] if digits is _DIGITS and 10 <= number < 20 else written


def _western(number: int, form: str) -> str:
    if form in ("upperRoman", "lowerRoman"):
        roman = _roman(number)
        return roman if form == "upperRoman" else roman.lower()
    if form in ("upperLetter", "lowerLetter"):
        # After z come aa, bb, cc.
        letter = chr(ord("A") + (number - 1) % 26) * min(1 + (number - 1) // 26, 20)
        return letter if form == "upperLetter" else letter.lower()
    if form == "decimalZero":
        return f"{number:02}"
    if form == "decimalFullWidth":
        return str(number).translate({ord("0") + n: ord("０") + n for n in range(10)})
    if form == "ordinal":
        tail = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
        return f"{number}{tail}"
    if form == "numberInDash":
        return f"-{number}-"
    return str(number)


def _roman(number: int) -> str:
    written = ""
    for value, sign in _ROMAN:
        written += sign * (number // value)
        number %= value
    return written


def raised(text: str) -> str:
    """Return raised text as plain text: ``4`` → ``⁴``, ``3/2`` → ``^(3/2)``; a note in brackets stays as it is."""
    return _in_sign(text, _RAISED, "^")


def lowered(text: str) -> str:
    """Return lowered text as plain text: ``2`` → ``₂``, ``max`` → ``ₘₐₓ``, ``甲`` → ``_甲``."""
    return _in_sign(text, _LOWERED, "_")


def _in_sign(text: str, table: dict[str, str], sign: str) -> str:
    inner = text.strip()
    if not inner or _ALREADY_APART.fullmatch(inner):
        return text
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    plain = inner.translate(_PLAIN_SIGNS)
    if all(character in table for character in plain):
        return before + "".join(table[character] for character in plain) + after
    return f"{before}{sign}{inner if len(inner) == 1 else f'({inner})'}{after}"
