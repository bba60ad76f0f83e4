"""Numbers as lists are numbered: 一、（二）3.④ Ⅴ. g) 甲. The names of the forms are those of WordprocessingML. Pure."""

from __future__ import annotations

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
