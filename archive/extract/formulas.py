"""Formulas of MathML on one line: 3×10⁸, a/(b+c), √(x). Pure."""

from __future__ import annotations

from typing import Any

from archive.text import powers

_DEEPEST = 40
_LONGEST = 2_000
_UNSEEN = frozenset(("annotation", "annotation-xml", "mphantom"))


def formula(element: Any, depth: int = 0) -> str:
    """Return what a formula shows, on one line; parts deeper than forty levels are left out."""
    if not isinstance(element.tag, str) or element.tag in _UNSEEN or depth > _DEEPEST:
        return ""
    parts = [formula(child, depth + 1) for child in element]
    name = element.tag
    if name == "mfrac" and len(parts) == 2:
        return f"{_grouped(parts[0])}/{_grouped(parts[1])}"
    if name in ("msup", "mover") and len(parts) == 2:
        return parts[0] + powers.raised(parts[1])
    if name in ("msub", "munder") and len(parts) == 2:
        return parts[0] + powers.lowered(parts[1])
    if name in ("msubsup", "munderover") and len(parts) == 3:
        return parts[0] + powers.lowered(parts[1]) + powers.raised(parts[2])
    if name == "msqrt":
        return f"√{_grouped(''.join(parts))}"
    if name == "mroot" and len(parts) == 2:
        return f"{powers.raised(parts[1])}√{_grouped(parts[0])}"
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
