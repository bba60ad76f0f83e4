"""What an element shows that is not in its characters: raised and lowered figures, filled-in fields."""

from __future__ import annotations

import re
from typing import Any

from archive.text import powers

_POWER = re.compile(r"[A-Za-z0-9.,+\-−–*/~～]{1,12}")
_NO_POWER = re.compile(r"(?:st|nd|rd|th|e|er|re|TM|SM|MC)", re.I)
_LONGEST_SMALL = 24
_FIELDS = frozenset(("", "text", "number", "tel", "date", "month", "time", "datetime-local", "week", "email"))
_PROMPT = re.compile(
    r"请(?:在此)?输|请选|关键[字词]|搜\s?索|检\s?索|查询|search|keyword|验证码|https?://|^\s*$", re.I
)


def raised(text: str, before: str) -> str:
    """Return what ``<sup>`` shows, in Unicode where it can (10⁴), else with ``^``; long texts as they are.

    ``before`` is what stands in front: only a power of something is one. Marks of notes and ordinals stay as they are.
    """
    text = text.strip() if len(text) <= _LONGEST_SMALL else text
    if not text or len(text) > _LONGEST_SMALL or _NO_POWER.fullmatch(text):
        return text
    higher = powers.raised(text)
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
    lower = powers.lowered(text)
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
