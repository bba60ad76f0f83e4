"""Whether a difference between a copy and its original is conversion damage: the model is run forward."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice, pairwise, product

from archive.text.characters import script_table
from archive.text.forward import character_of, forward, pair_of
from archive.text.readings import is_reading

_READING = re.compile(r"([a-zü\u00e0-\u01dc\u0251\u0261\u1ebd\u1e3f]{1,6})[)）]")
_NARROW = str.maketrans("？！；：，（）", "?!;:,()")
_MOST_SPELLINGS = 2000


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
