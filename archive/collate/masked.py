"""A copy's key with every place of damaged bytes as one character, and the way back."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from archive.collate.key import GLOSS, SENTINEL, Key
from archive.collate.values import Span
from archive.text.glosses import gloss_spans
from archive.text.lost import Lost, lost_runs


@dataclass(frozen=True, slots=True)
class Masked:
    """The masked key, and as masked what was converted by words; ``places`` has for each of its positions, and its end, the position in the whole key.

    ``lost`` are the damaged places in order, ``found`` where each sentinel stands in ``letters``.
    """

    letters: str
    converted: str
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


def masked(copy: Key, original: str = "") -> Masked:
    """Return a copy's key with its damaged places masked, and glosses of which there are too few to be left out.

    A bracket that the original's key has, too, is no gloss.
    """
    parts: list[str] = []
    converted: list[str] = []
    places: list[int] = []
    found: list[int] = []
    kept: list[Lost] = []
    at = 0
    for start, end, lost in _marks(copy):
        b0, b1 = bisect_left(copy.offsets, start), bisect_left(copy.offsets, end)
        if b0 >= b1 or b0 < at or (lost is None and copy.letters[max(0, b0 - 1) : b1] in original):
            continue
        mark = SENTINEL if lost else GLOSS
        parts += [unmarked(copy.letters[at:b0]), mark]
        converted += [unmarked(copy.converted[at:b0]), mark]
        places += [*range(at, b0), b0]
        if lost:
            found.append(len(places) - 1)
            kept.append(lost)
        at = b1
    places += range(at, len(copy.letters) + 1)
    parts.append(unmarked(copy.letters[at:]))
    converted.append(unmarked(copy.converted[at:]))
    return Masked("".join(parts), "".join(converted), tuple(places), tuple(kept), tuple(found))


def _marks(copy: Key) -> list[tuple[int, int, Lost | None]]:
    lost = [(one.start, one.end, one) for one in lost_runs(copy.text)]
    glosses = [] if copy.glosses else [(*span, None) for span in gloss_spans(copy.text, fewest=1)]
    return sorted([*lost, *glosses], key=lambda mark: mark[:2])


def unmarked(letters: str) -> str:
    """Return a key without the characters that stand for marks; nobody's text has them on purpose."""
    return letters.replace(SENTINEL, "?").replace(GLOSS, "?")
