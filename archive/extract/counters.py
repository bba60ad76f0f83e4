"""The numbers that lists show before their items: by start, value, type, style and the classes of editors."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from archive.text.numerals import numeral

_OWN_NUMBER = re.compile(
    r"[（(〔\[]?\s?(?:\d{1,3}|[一二三四五六七八九十百]{1,4}|[a-zA-Z]|[ivxIVX]{1,5})\s?[)）〕\].．、:：](?!\d)|[①-⑳⑴-⒛㈠-㈩]"
    r"|第[一二三四五六七八九十百零\d]{1,5}[条章节款项]"
)
_GREEK = "αβγδεζηθικλμνξοπρστυφχψω"
# What numbers nothing: marks alone, pictures, strings.
_MARKS = frozenset(("none", "disc", "circle", "square", "disclosure-open", "disclosure-closed"))
_LATIN = frozenset(("lower-alpha", "lower-latin", "a", "upper-alpha", "upper-latin", "A"))
# Forms of ``archive.text.numerals``, and the sign that stands after them.
_FORMS = {
    **dict.fromkeys(("lower-roman", "i"), ("lowerRoman", ". ")),
    **dict.fromkeys(("upper-roman", "I"), ("upperRoman", ". ")),
    **dict.fromkeys(
        ("cjk-ideographic", "simp-chinese-informal", "trad-chinese-informal", "japanese-informal"),
        ("chineseCounting", "、"),
    ),
    "simp-chinese-formal": ("chineseLegalSimplified", "、"),
    "cjk-decimal": ("ideographDigital", "、"),
    "cjk-heavenly-stem": ("ideographTraditional", "、"),
    "cjk-earthly-branch": ("ideographZodiac", "、"),
    "decimal-leading-zero": ("decimalZero", ". "),
    "decimal": ("decimal", ". "),
}
_KINDS = frozenset((*_MARKS, *_LATIN, *_FORMS, "lower-greek"))
# The lists of UEditor: their numbers are pictures, and the class says which.
_UEDITOR = {
    "custom_num": "{}.",
    "custom_num1": "{})",
    "custom_num2": "({})",
    "custom_cn": "{}、",
    "custom_cn1": "{})",
    "custom_cn2": "（{}）",
}


def counter_of(style: str, before: str) -> str:
    """Return the kind of number that a ``list-style`` names; ``before`` where it names none."""
    if style.startswith(("url", '"', "'")):
        return "none"
    return next((word for word in style.split() if word in _KINDS), before)


class Numbers:
    """The numbers that an ``<ol>`` shows before its items."""

    def __init__(self, element: Any) -> None:
        items = [child for child in element if child.tag == "li"]
        self._step = -1 if element.get("reversed") is not None else 1
        start = _whole(element.get("start"))
        self._next = start if start is not None else len(items) if self._step < 0 else 1
        classes = (element.get("class") or "").split()
        self._form = next((_UEDITOR[name] for name in classes if name in _UEDITOR), "")
        # Where the items bring numbers of their own, a sheet that we do not see hides those of the list.
        first = ["".join(islice(item.itertext(), 8)).strip()[:12] for item in items[:4]]
        own = sum(bool(_OWN_NUMBER.match(text)) for text in first)
        self._silent = own > 0 and own * 2 >= len(first)

    def next(self, item: Any, kind: str) -> str:
        """Return the number of the next item with its mark, by the type of list; "" where none is shown."""
        given = _whole(item.get("value"))
        number = given if given is not None else self._next
        self._next = number + self._step
        if self._silent:
            return ""
        if self._form:
            return self._form.format(
                numeral(number, "chineseCounting") if "cn" in str(item.getparent().get("class")) else number
            )
        return _shown(number, kind)


def _whole(value: str | None) -> int | None:
    match = re.match(r"\s*([+-]?\d{1,9})", value or "")
    return int(match[1]) if match else None


def _shown(number: int, kind: str) -> str:
    if kind in _MARKS:
        return ""
    if kind in _LATIN and number > 0:
        return (_letters(number).upper() if kind[0] in "uA" else _letters(number)) + ". "
    if kind == "lower-greek" and 0 < number <= len(_GREEK):
        return _GREEK[number - 1] + ". "
    form, sign = _FORMS.get(kind, ("decimal", ". "))
    return numeral(number, form) + sign


def _letters(number: int) -> str:
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(97 + rest) + letters
    return letters
