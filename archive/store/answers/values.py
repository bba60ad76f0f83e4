"""The figures of a passage as they are written, and which of two passages write one value differently."""

from __future__ import annotations

import re
from dataclasses import dataclass

from archive.text import fold_map
from archive.text.amounts import amounts

_DIGITS = re.compile("[0-9]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One value, as the wording asked for writes it and as the text does."""

    asked: str
    found: str


def values_of(text: str) -> list[tuple[str, str]]:
    """Return the figures of a text in order, each as it is written, without white space, and its value."""
    key, offsets = fold_map(text)
    ends = [*offsets, len(text)]
    return [
        (" ".join(text[offsets[one.start] : _end(text, ends, one.end)].split()), one.value)
        for one in amounts(key)
    ]


def written_differently(asked: list[tuple[str, str]], found: list[tuple[str, str]]) -> tuple[Value, ...]:
    """Return the figures that two passages of the same values write differently; ideographs alone are words."""
    if len(asked) != len(found):
        return ()
    pairs = (
        Value(asked=a, found=b) for (a, value), (b, other) in zip(asked, found, strict=True) if value == other
    )
    return tuple(
        one for one in pairs if one.asked != one.found and _DIGITS.search(_plain(one.asked + one.found))
    )


def _plain(text: str) -> str:
    return fold_map(text)[0]


def _end(text: str, offsets: list[int], end: int) -> int:
    """Return where the figure that ends before a place of the key ends in the text."""
    return offsets[end - 1] + 1 if end else 0
