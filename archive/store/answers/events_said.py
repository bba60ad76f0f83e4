"""What an event says, in a sentence: for feeds, notifications and ``yuanben history``. Pure.

A sentence says what was seen and between which looks; that something happened at a moment it never says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_OF_LOOKS = {
    "withdrawn": "no longer there: {seen}",
    "moved": "the same text was found at {to}: {seen}",
    "taken_back": "was called withdrawn and had moved: the same text was found at {to}, {seen}",
    "replaced": "another work stands at this address: {seen}",
    "restored": "there again: {seen}",
}
_BOUNDS = {
    "last_present": "last present",
    "first_absent": "first missing",
    "first_moved": "first sent on",
    "first_replaced": "first replaced",
}


def sentence(kind: str, details: Mapping[str, Any]) -> str:
    """Return what an event says, in English; empty when its kind says all."""
    if kind in _OF_LOOKS:
        return (
            _OF_LOOKS[kind]
            .format(to=details.get("to") or "another address", seen=_bounds(details))
            .rstrip(": ")
        )
    if kind == "title_quarantined":
        return f"the page says “{details.get('said')}”, which is not believed; “{details.get('kept')}” stays"
    if kind == "finding_closed":
        return f"healed, open since {details.get('opened_at')}: {details.get('says')}"
    if kind == "finding_opened":
        return str(details.get("says") or "")
    if kind == "edited" and set(details) == {"to_capture"}:
        return f"first shown by capture {details['to_capture']}"
    if set(details) == {"reason"}:
        return str(details["reason"] or "").replace("_", " ")
    return ", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in details.items() if value)


def _bounds(details: Mapping[str, Any]) -> str:
    return ", ".join(f"{words} {details[name]}" for name, words in _BOUNDS.items() if details.get(name))
