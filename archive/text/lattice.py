"""What damaged bytes may have said: slots of possible characters, and the best ways through them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from archive.text.forward import character_of, is_user_defined, pair_of
from archive.text.language import Likelihood, commonness, is_everyday, likelier
from archive.text.readings import characters_read

_WIDTH = 12
_LEADS = range(0x81, 0xFF)
_TRAILS = [*range(0x40, 0x7F), *range(0x80, 0xFF)]
_MOST_PAIRS = 150

Slot = Sequence[str]


@dataclass(frozen=True, slots=True)
class Path:
    """One reading of a damaged run and how likely it is: the natural logarithm, for comparing only."""

    text: str
    score: float


def first_unknown(second: int) -> Slot:
    """Return the characters whose first byte was lost."""
    return [c for first in _LEADS if (c := character_of(first, second))]


def second_unknown(first: int) -> Slot:
    """Return the characters whose second byte was lost."""
    return [c for second in _TRAILS if (c := character_of(first, second))]


@lru_cache(maxsize=4096)
def lost_pair(first: int, last: int) -> Slot:
    """Return the likelier pairs of characters around two bytes that vanished together: (first, ?)(?, last)."""
    pairs = [
        left + right
        for middle in _TRAILS
        if (left := character_of(first, middle)) and is_everyday(left)
        for start in _LEADS
        if is_user_defined(middle, start) and (right := character_of(start, last)) and is_everyday(right)
    ]
    return _likeliest(pairs)


@lru_cache(maxsize=4096)
def lost_pair_before(first: int, reading: str) -> Slot:
    """Return the like where the last character is known only by its reading: (first, ?)(?, ?)."""
    lefts = [(c, second) for second in _TRAILS if (c := character_of(first, second)) and is_everyday(c)]
    rights = [(c, pair[0]) for c in likelier(characters_read(reading)) if (pair := pair_of(c))]
    pairs = [
        left + right for left, middle in lefts for right, start in rights if is_user_defined(middle, start)
    ]
    return _likeliest(pairs)


def _likeliest(pairs: list[str]) -> Slot:
    return sorted(pairs, key=lambda pair: -commonness(pair[0]) * commonness(pair[1]))[:_MOST_PAIRS]


def best_paths(slots: Iterable[Slot], before: str, after: str, likelihood: Likelihood) -> list[Path]:
    """Return the likeliest ways through the slots, best first."""
    paths = [Path("", 0.0)]
    for slot in slots:
        grown = [
            Path(path.text + piece, path.score + likelihood.log(piece, (before + path.text)[-1:]))
            for path in paths
            for piece in slot
        ]
        paths = sorted(grown, key=lambda path: -path.score)[:_WIDTH]
    ended = [Path(p.text, p.score + likelihood.log(after, (before + p.text)[-1:])) for p in paths]
    return sorted(ended, key=lambda path: -path.score)
