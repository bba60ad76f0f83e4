"""A copy's key with every place of damaged bytes as one character, and the way back."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from archive.collate.key import SENTINEL, Key
from archive.collate.values import Span
from archive.text.lost import Lost, lost_runs


@dataclass(frozen=True, slots=True)
class Masked:
    """The masked key; ``places`` has for each of its positions, and its end, the position in the whole key.

    ``lost`` are the damaged places in order, ``found`` where each sentinel stands in ``letters``.
    """

    letters: str
    places: tuple[int, ...]
    lost: tuple[Lost, ...]
    found: tuple[int, ...]

    def unmasked(self, span: Span) -> Span:
        """Return a span of the masked key as one of the whole key."""
        return Span(span.a0, span.a1, self.places[span.b0], self.places[span.b1])

    def place(self, at: int) -> int:
        """Return where in the masked key a place of the whole key lies."""
        return bisect_left(self.places, at)

    def lost_at(self, at: int) -> Lost:
        """Return the damaged place that a sentinel stands for."""
        return self.lost[bisect_left(self.found, at)]


def masked(copy: Key) -> Masked:
    """Return a copy's key with its damaged places masked."""
    parts: list[str] = []
    places: list[int] = []
    found: list[int] = []
    kept: list[Lost] = []
    at = 0
    for lost in lost_runs(copy.text):
        b0, b1 = bisect_left(copy.offsets, lost.start), bisect_left(copy.offsets, lost.end)
        if b0 >= b1 or b0 < at:
            continue
        parts += [copy.letters[at:b0].replace(SENTINEL, "?"), SENTINEL]
        places += [*range(at, b0), b0]
        found.append(len(places) - 1)
        kept.append(lost)
        at = b1
    places += range(at, len(copy.letters) + 1)
    parts.append(copy.letters[at:].replace(SENTINEL, "?"))
    return Masked("".join(parts), tuple(places), tuple(kept), tuple(found))
