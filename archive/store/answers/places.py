"""Where a folded wording stands in a folded text: word for word, with figures of the same value, or nearly. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from archive.text.amounts import valued
from archive.text.figures import whole, whole_span
from archive.text.marks import DIGITS, NUMERALS

#: The share of a wording that a text must hold to be near it.
NEAR = 0.8
SHORTEST = 4
_NO_VALUES = re.compile("(?<![^⟩:-])[^⟨⟩:-]+(?![^⟨:-])")
_OF_FIGURES = f"{DIGITS}{NUMERALS}"
_A_FIGURE = (
    rf"(?:零下|百分之)?[-+<>≤≥≈~±$¥]{{0,2}}[{_OF_FIGURES}](?:[{_OF_FIGURES}.:/·^×~-]{{0,30}}[{_OF_FIGURES}])?"
    "(?:[%‰°]|个?百分点)?"
)
_FIGURE = re.compile(_A_FIGURE)
_COUNTING = frozenset("年月日号第条、")
_MOST_FIGURES = 2  # 会议于2024年3月1日召开 is not near every meeting


class Form(StrEnum):
    """In which form a version holds a wording."""

    EXACT = "exact"
    SAME_VALUE = "same_value"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a wording, or what comes near it, stands in a folded text; ``share``: how much of it does."""

    share: float
    start: int
    end: int
    wanted: str
    form: Form


def without_figures(folded: str) -> list[str]:
    """Return the words of a folded wording between its figures; nothing where it has no figure."""
    parts = _FIGURE.split(folded)
    return [part for part in parts if part] if len(parts) > 1 else []


def place_in(folded: str, wanted: str) -> Place:
    """Return where a wording stands word for word, else with figures of the same value, else nearly."""
    at = whole(wanted, folded, strict=True)
    if at >= 0:
        return Place(share=1.0, start=at, end=at + len(wanted), wanted=wanted, form=Form.EXACT)
    same = _of_same_value(wanted, folded)
    if same:
        return Place(share=1.0, start=same[0], end=same[1], wanted=wanted, form=Form.SAME_VALUE)
    share, start, end = _near(wanted, folded)
    if share < NEAR and (other := _with_other_figures(wanted, folded)):
        share, (start, end) = NEAR, other
    return Place(share=share, start=start, end=end, wanted=wanted, form=Form.CHANGED)


def _of_same_value(wanted: str, folded: str) -> tuple[int, int] | None:
    """Return where a wording stands with each of its figures in place of one of the same value."""
    sought, _ = valued(wanted)
    # Its longest words without a figure are sought first: the figures of a long text take ten times as long.
    if sought == wanted or max(_NO_VALUES.findall(sought), key=len, default="") not in folded:
        return None
    key, places = valued(folded)
    at = key.find(sought)
    while at >= 0:
        start, end = places[at], places[at + len(sought)]
        if whole(folded[start:end], folded, start, strict=True) == start:
            return start, end
        at = key.find(sought, at + 1)
    return None


def _near(wanted: str, folded: str) -> tuple[float, int, int]:
    """Return how much of a wording stands in a text, and where; an end inside a figure is moved behind it."""
    at = folded.find(wanted)
    near = fuzz.partial_ratio_alignment(wanted, folded, score_cutoff=60) if at < 0 else None
    if at >= 0:
        start, end = at, at + len(wanted)
    elif near is None or near.dest_start == near.dest_end:
        return 0.0, 0, 0
    else:
        start, end = _fitted(wanted, folded, near.dest_start, near.dest_end)
    start, end = whole_span(folded, start, end)
    return 1 - Levenshtein.distance(wanted, folded[start:end]) / len(wanted), start, end


def _fitted(wanted: str, folded: str, start: int, end: int) -> tuple[int, int]:
    """Return a place widened or narrowed by a few characters to where the wording fits best."""
    reach = range(-3, 4)
    places = [
        (
            Levenshtein.distance(wanted, folded[max(0, start + i) : end + j]),
            abs(i) + abs(j),
            start + i,
            end + j,
        )
        for i in reach
        for j in reach
        if 0 <= start + i < end + j <= len(folded)
    ]
    return min(places)[2:]


def _with_other_figures(wanted: str, folded: str) -> tuple[int, int] | None:
    """Return where the words of a short wording stand with other figures between them: those may be most of it."""
    words = without_figures(wanted)
    if len(_FIGURE.findall(wanted)) > _MOST_FIGURES:
        return None
    if sum(c not in _COUNTING for word in words for c in word) < SHORTEST:
        return None
    pattern = _A_FIGURE.join(map(re.escape, _FIGURE.split(wanted)))
    match = re.search(pattern, folded) if all(word in folded for word in words) else None
    return whole_span(folded, *match.span()) if match else None
