"""What an element shows that is not in its characters: list numbers, raised figures, filled-in fields, formulas."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from archive.patterns import regex
from archive.text import numerals
from archive.text.numerals import numeral

_OWN_NUMBER = regex(
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
Piece = tuple[str, int]
_POWER = regex(r"[A-Za-z0-9.,+\-−–*/~～]{1,12}")
_NO_POWER = regex(r"(?:st|nd|rd|th|e|er|re|TM|SM|MC)", re.I)
_LONGEST_SMALL = 24
_FIELDS = frozenset(("", "text", "number", "tel", "date", "month", "time", "datetime-local", "week", "email"))
_PROMPT = regex(
    r"请(?:在此)?输|请选|关键[字词]|搜\s?索|检\s?索|查询|search|keyword|验证码|https?://|^\s*$", re.I
)
_DEEPEST = 40
_LONGEST = 2_000
_INVISIBLE = frozenset(("annotation", "annotation-xml", "mphantom"))
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
        return _marker(number, kind)


def _whole(value: str | None) -> int | None:
    match = re.match(r"\s*([+-]?\d{1,9})", value or "")
    return int(match[1]) if match else None


def _marker(number: int, kind: str) -> str:
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


class Small:
    """The elements of raised or lowered text that are open, with where in the line each began."""

    def __init__(self) -> None:
        self._open: list[tuple[str, int]] = []

    def open(self, kind: str, at: int) -> None:
        """Begin text that is ``super`` or ``sub``, at a place among the pieces of the line."""
        self._open.append((kind, at))

    def close(self, pieces: list[Piece]) -> None:
        """Write what the innermost element held as plain text: 10⁴, CO₂."""
        if not self._open:
            return
        kind, at = self._open.pop()
        text = "".join(piece for piece, _ in pieces[at:])
        if text:
            before = "".join(piece for piece, _ in pieces[max(0, at - 3) : at])[-3:]
            written = raised(text, before) if kind == "super" else lowered(text)
            pieces[at:] = [(written, pieces[at][1])] if written != text else pieces[at:]

    def end_line(self, pieces: list[Piece]) -> None:
        """Write all that is open: what goes on in another line is no small text."""
        while self._open:
            self.close(pieces)


def raised(text: str, before: str) -> str:
    """Return what ``<sup>`` shows, in Unicode where it can (10⁴), else with ``^``; long texts as they are.

    ``before`` is what stands in front: only a power of something is one. Marks of notes and ordinals stay as they are.
    """
    text = text.strip() if len(text) <= _LONGEST_SMALL else text
    if not text or len(text) > _LONGEST_SMALL or _NO_POWER.fullmatch(text):
        return text
    higher = numerals.raised(text)
    if not higher.startswith("^"):
        return higher
    if _POWER.fullmatch(text) and re.search(r"[\w)）]$", before):
        return f"^{text}" if len(text) == 1 or re.fullmatch(r"[-−–]?[\d.]+", text) else f"^({text})"
    return text


def lowered(text: str) -> str:
    """Return what ``<sub>`` shows, in Unicode where all of it can be (CO₂), else as it is (PM2.5)."""
    text = text.strip() if len(text) <= _LONGEST_SMALL else text
    if not text or len(text) > _LONGEST_SMALL:
        return text
    lower = numerals.lowered(text)
    return text if lower.startswith("_") else lower


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


def _is_fixed(element: Any) -> bool:
    return element.get("readonly") is not None or element.get("disabled") is not None


def formula(element: Any, depth: int = 0) -> str:
    """Return what a formula shows, on one line; parts deeper than forty levels are left out."""
    if not isinstance(element.tag, str) or element.tag in _INVISIBLE or depth > _DEEPEST:
        return ""
    parts = [formula(child, depth + 1) for child in element]
    name = element.tag
    if name == "mfrac" and len(parts) == 2:
        return f"{_grouped(parts[0])}/{_grouped(parts[1])}"
    if name in ("msup", "mover") and len(parts) == 2:
        return parts[0] + numerals.raised(parts[1])
    if name in ("msub", "munder") and len(parts) == 2:
        return parts[0] + numerals.lowered(parts[1])
    if name in ("msubsup", "munderover") and len(parts) == 3:
        return parts[0] + numerals.lowered(parts[1]) + numerals.raised(parts[2])
    if name == "msqrt":
        return f"√{_grouped(''.join(parts))}"
    if name == "mroot" and len(parts) == 2:
        return f"{numerals.raised(parts[1])}√{_grouped(parts[0])}"
    if name == "mfenced":
        return (
            (element.get("open") or "(")
            + (element.get("separators") or ",")[:1].join(parts)
            + (element.get("close") or ")")
        )
    separated = {"mtr": " ", "mtable": "; "}.get(name, "").join(parts)
    return (separated or " ".join("".join(element.itertext()).split()))[:_LONGEST]


def _grouped(text: str) -> str:
    return text if len(text) == 1 or text.isalnum() else f"({text})"
