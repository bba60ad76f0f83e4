"""How a converter damages bytes: a model that is run forward, and what damaged bytes may have said.

The model tells whether a difference is the converter's doing. A page in GBK bytes was handled by a program that
looks for pairs of bytes without caring where characters begin. It writes readings behind characters, one table
entry after the other, and cuts the text at ！？； and then at 。, in the middle of characters where their bytes say
so. What is left is decoded piece by piece.

Damaged bytes may have said several things. Each damaged place is a row of slots of possible characters, and the
best ways through the slots are the candidates. A candidate is proven only when the model makes the damage of
it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice, pairwise, product

from archive.damage.mojibake import Likelihood, commonness, is_everyday, likelier
from archive.patterns import regex
from archive.text.canonical import script_table
from archive.text.glosses import characters_read, is_reading

_CUTS = regex(rb"(\xa3\xa1|\xa3\xbf|\xa3\xbb)")
_FULL_STOP = regex(rb"(\xa1\xa3)")
_WIDTH = 12
_LEADS = range(0x81, 0xFF)
_TRAILS = [*range(0x40, 0x7F), *range(0x80, 0xFF)]
_MOST_PAIRS = 150
Slot = Sequence[str]
_READING = regex(r"([a-zü\u00e0-\u01dc\u0251\u0261\u1ebd\u1e3f]{1,6})[)）]")
_NARROW = str.maketrans("？！；：，（）", "?!;:,()")
_MOST_SPELLINGS = 2000


def forward(text: str, table: Iterable[tuple[str, str]] = (), *, cuts: bool = True) -> str:
    """Return what becomes of a Traditional text under a table of (character, reading), in the table's order.

    Where the result equals a damaged span, the model explains the span; it does not exclude that another
    text explains it too.
    """
    found = text.encode("gbk", errors="replace")
    for character, reading in table:
        pair = character.encode("gbk")
        found = found.replace(pair, pair + f"({reading})".encode("gbk", errors="replace"))
    if not cuts:
        return _decoded(found)
    pieces = (piece for part in _CUTS.split(found) for piece in _FULL_STOP.split(part))
    return "".join(_decoded(piece) for piece in pieces)


def pair_of(character: str) -> bytes | None:
    """Return the two bytes of a character in GBK, or nothing when it has none."""
    try:
        encoded = character.encode("gbk")
    except UnicodeEncodeError:
        return None
    return encoded if len(encoded) == 2 else None


def character_of(first: int, second: int) -> str | None:
    """Return the character that two bytes are in GBK, or nothing when they are none."""
    try:
        decoded = bytes((first, second)).decode("gbk")
    except UnicodeDecodeError:
        return None
    return decoded if len(decoded) == 1 else None


def is_user_defined(first: int, second: int) -> bool:
    """Say whether a pair lies where GBK leaves room for users: such a pair disappears."""
    if second == 0x7F or not 0x40 <= second <= 0xFE:
        return False
    if 0xA1 <= first <= 0xA7:
        return second <= 0xA0
    return second >= 0xA1 and (0xAA <= first <= 0xAF or 0xF8 <= first <= 0xFE)


def _decoded(piece: bytes) -> str:
    shown, at = [], 0
    while at < len(piece):
        first = piece[at]
        if first < 0x80:
            shown.append(chr(first))
            at += 1
            continue
        second = piece[at + 1] if at + 1 < len(piece) else 0
        character = character_of(first, second)
        if character is None and not is_user_defined(first, second):
            character = "?"
        shown.append(character or "")
        at += 2
    return "".join(shown)


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


def reproduces(
    found: str,
    original: str,
    *,
    before: str = "",
    after: str = "",
    glosses: Iterable[tuple[str, str]] = (),
) -> bool:
    """Say whether byte damage to the original gives what was found in the copy.

    ``original`` may be in either script; ``before`` and ``after`` are undamaged characters around the span in
    the copy, ``glosses`` the (character, reading) pairs seen on its page. True means that the model explains
    the difference; an edit that the damage happens to look like is not excluded, only absurdly unlikely.
    """
    sought = found.translate(_NARROW)
    readings = _READING.findall(found)
    return any(
        sought in forward(before + spelling + after, table).translate(_NARROW)
        for spelling in islice(_spellings(original), _MOST_SPELLINGS)
        for table in _tables(before + spelling + after, readings, list(glosses))
    )


def _spellings(original: str) -> Iterator[str]:
    """Return the ways an original may be written in a Traditional copy, the usual one first."""
    choices = [_traditional().get(script_table().get(c, c), (c,)) for c in original]
    return map(
        "".join,
        product(
            *([c, *(v for v in variants if v != c)] for c, variants in zip(original, choices, strict=True))
        ),
    )


def _tables(text: str, readings: list[str], seen: list[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """Return the tables that may have been used: the entry that struck between two characters first, or last."""
    hidden = [(c, reading) for c in _between(text) for reading in readings if is_reading(c, reading)]
    plain = [(c, reading) for c in dict.fromkeys(text) for reading in readings if is_reading(c, reading)]
    shown = dict.fromkeys(seen + plain)
    return [[*hidden, *shown], [*shown, *hidden], [*shown]]


def _between(text: str) -> list[str]:
    pairs = [pair for pair in map(pair_of, text) if pair]
    seams = (character_of(a[1], b[0]) for a, b in pairwise(pairs) if a[1] >= 0x81)
    return [c for c in seams if c]


@cache
def _traditional() -> dict[str, tuple[str, ...]]:
    variants: dict[str, tuple[str, ...]] = {}
    for character, simplified in script_table().items():
        if pair_of(character):
            variants[simplified] = (*variants.get(simplified, (simplified,)), character)
    return variants
