"""What an element shows that is not in its characters: raised and lowered figures, numbers of lists, filled-in fields."""

from __future__ import annotations

import re
from typing import Any

from archive.text import powers

_POWER = re.compile(r"[A-Za-z0-9.,+\-−–*/]{1,12}")
_NO_POWER = re.compile(r"(?:st|nd|rd|th|e|er|re|TM|SM|MC)", re.I)
_SIMPLE = frozenset(("span", "font", "b", "i", "em", "strong", "u", "a", "small", "big"))
_OWN_NUMBER = re.compile(
    r"[（(〔\[]?\s?(?:\d{1,3}|[一二三四五六七八九十百]{1,4}|[a-zA-Z]|[ivxIVX]{1,5})\s?[)）〕\].．、:：](?!\d)|[①-⑳⑴-⒛㈠-㈩]"
    r"|第[一二三四五六七八九十百零\d]{1,5}[条章节款项]"
)
_FIELDS = frozenset(("", "text", "number", "tel", "date", "month", "time", "datetime-local", "week", "email"))
_PROMPT = re.compile(
    r"请(?:在此)?输|请选|关键[字词]|搜\s?索|检\s?索|查询|search|keyword|验证码|https?://|^\s*$", re.I
)
_CN = "〇一二三四五六七八九"
# The lists of UEditor: their numbers are pictures, and the class says which.
_UEDITOR = {
    "custom_num": "{}.",
    "custom_num1": "{})",
    "custom_num2": "({})",
    "custom_cn": "{}、",
    "custom_cn1": "{})",
    "custom_cn2": "（{}）",
}


def raised(element: Any, before: str) -> str | None:
    """Return what ``<sup>`` shows, in Unicode where it can (10⁴), else with ``^``; None where it is no small text.

    ``before`` is what stands in front: only a power of something is one. Marks of notes and ordinals stay as they are.
    """
    text = _small_text(element)
    if not text:
        return None
    higher = powers.raised(text)
    if _NO_POWER.fullmatch(text) or not higher.startswith("^"):
        return text if _NO_POWER.fullmatch(text) else higher
    if _POWER.fullmatch(text) and re.search(r"[\w)）]$", before):
        return f"^{text}" if len(text) == 1 or re.fullmatch(r"[-−–]?[\d.]+", text) else f"^({text})"
    return text


def lowered(element: Any) -> str | None:
    """Return what ``<sub>`` shows, in Unicode where all of it can be (CO₂), else as it is (PM2.5)."""
    text = _small_text(element)
    if not text:
        return None
    lower = powers.lowered(text)
    return text if lower.startswith("_") else lower


def _small_text(element: Any) -> str:
    for child in element.iterdescendants():
        if child.tag not in _SIMPLE or child.get("style") or child.get("hidden") is not None:
            return ""
    text = "".join(element.itertext()).strip() if len(element) < 6 else ""
    return text if len(text) <= 24 else ""


def field_value(element: Any) -> str:
    """Return what a field of a form shows as filled in; "" for buttons, hidden fields and those that wait for words."""
    kind = (element.get("type") or "").strip().lower()
    if element.tag == "textarea":
        value = "".join(element.itertext()) if _is_fixed(element) else ""
    elif element.tag == "select":
        chosen = [o for o in element.iter("option") if o.get("selected") is not None]
        value = "".join(chosen[0].itertext()) if chosen and _is_fixed(element) else ""
    else:
        value = (element.get("value") or "") if kind in _FIELDS or kind not in _KNOWN_KINDS else ""
    waits = value == element.get("placeholder") or _PROMPT.search(value[:200])
    return "" if waits else value[:2000]


_KNOWN_KINDS = frozenset(
    (
        "hidden",
        "button",
        "submit",
        "reset",
        "image",
        "checkbox",
        "radio",
        "password",
        "file",
        "color",
        "range",
        "search",
        "url",
    )
)


def _is_fixed(element: Any) -> bool:
    return element.get("readonly") is not None or element.get("disabled") is not None


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
        first = ["".join(item.itertext()).strip()[:12] for item in items[:4]]
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
                _chinese(number) if "cn" in str(item.getparent().get("class")) else number
            )
        return _shown(number, kind)


def _whole(value: str | None) -> int | None:
    match = re.match(r"\s*([+-]?\d{1,9})", value or "")
    return int(match[1]) if match else None


def _shown(number: int, kind: str) -> str:
    if kind in ("none", "disc", "circle", "square") or kind.startswith(("url", '"', "'")):
        return ""
    if kind in ("lower-alpha", "lower-latin", "a") and number > 0:
        return _letters(number) + ". "
    if kind in ("upper-alpha", "upper-latin", "A") and number > 0:
        return _letters(number).upper() + ". "
    if kind in ("lower-roman", "i", "upper-roman", "I") and 0 < number < 4000:
        roman = _roman(number)
        return (roman.upper() if kind[0] in "uI" else roman) + ". "
    if kind in (
        "cjk-ideographic",
        "simp-chinese-informal",
        "trad-chinese-informal",
        "cjk-decimal",
        "chinese",
    ):
        return _chinese(number) + "、"
    if kind == "decimal-leading-zero":
        return f"{number:02d}. "
    return f"{number}. "


def _letters(number: int) -> str:
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(97 + rest) + letters
    return letters


_ROMAN = tuple(
    zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ["m", "cm", "d", "cd", "c", "xc", "l", "xl", "x", "ix", "v", "iv", "i"],
        strict=True,
    )
)


def _roman(number: int) -> str:
    out = ""
    for value, letters in _ROMAN:
        out += letters * (number // value)
        number %= value
    return out


def _chinese(number: int) -> str:
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else _CN[tens] + "十"
    return head + (_CN[ones] if ones else "")
