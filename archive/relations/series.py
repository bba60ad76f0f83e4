"""Series of numbers of an issuer, and which of a series are not held. Pure.

A body numbers its documents of a year from 1: 工信部科函〔2026〕401号, 402号. What lies between two numbers that are held and is
not held itself is a gap. A gap does not show that such a document exists or was published: numbers are skipped, given to
documents that stay internal, and shared by series that differ in letters (工信部科函 and 工信部信软函). Where a series
begins and ends is never known from what is held.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from archive.patterns import regex
from archive.relations.grammar import number_key

_KEY = regex(r"(.+?)〔((?:19|20)\d\d)〕([1-9]\d{0,5})号")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Numbers that follow each other, all held or none; held texts name those of ``named``."""

    first: int
    last: int
    is_held: bool
    named: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One issuer's letters in one year; ``outside``: numbers named beyond those held."""

    prefix: str
    year: int
    stretches: tuple[Stretch, ...]
    outside: tuple[int, ...] = ()

    @property
    def held(self) -> int:
        """Return how many numbers are held."""
        return sum(part.last - part.first + 1 for part in self.stretches if part.is_held)

    @property
    def not_held(self) -> int:
        """Return how many numbers between the lowest and the highest are not held."""
        return sum(part.last - part.first + 1 for part in self.stretches if not part.is_held)

    @property
    def ends(self) -> tuple[int, int] | None:
        """Return the lowest and the highest number held; None where texts only name the series."""
        return (self.stretches[0].first, self.stretches[-1].last) if self.stretches else None

    def number(self, serial: int) -> str:
        """Return a number of the series in full."""
        return f"{self.prefix}〔{self.year}〕{serial}号"


def parts(key: str) -> tuple[str, int, int] | None:
    """Return letters, year and running number of a number's key; None outside a series."""
    match = _KEY.fullmatch(key)
    return (match[1], int(match[2]), int(match[3])) if match else None


def asked(letters: str, year: str = "") -> tuple[str, int | None]:
    """Return the letters and year asked for; a whole number may be given: 国发〔2026〕4号."""
    head, bracket, rest = number_key(letters.strip()[:200]).partition("〔")
    written = re.match(r"\d{4}", rest if bracket else year)
    return head, int(written[0]) if written else None


def series(held: Iterable[str], named: Iterable[str] = ()) -> list[Series]:
    """Return the series of numbers that documents bear or their texts name, newest first."""
    of_held, of_named = _grouped(held), _grouped(named)
    keys = sorted(of_held.keys() | of_named.keys(), key=lambda key: (-key[1], key[0]))
    return [_series(*key, of_held.get(key, set()), of_named.get(key, set())) for key in keys]


def _grouped(keys: Iterable[str]) -> dict[tuple[str, int], set[int]]:
    found: dict[tuple[str, int], set[int]] = {}
    for prefix, year, serial in filter(None, map(parts, keys)):
        found.setdefault((prefix, year), set()).add(serial)
    return found


def _series(prefix: str, year: int, held: set[int], named: set[int]) -> Series:
    others = sorted(named - held)
    stretches: list[Stretch] = []
    for serial in sorted(held):
        last = stretches[-1].last if stretches else serial - 1
        if serial > last + 1:
            between = tuple(number for number in others if last < number < serial)
            stretches.append(Stretch(first=last + 1, last=serial - 1, is_held=False, named=between))
        if stretches and stretches[-1].is_held:
            stretches[-1] = Stretch(first=stretches[-1].first, last=serial, is_held=True)
        else:
            stretches.append(Stretch(first=serial, last=serial, is_held=True))
    outside = tuple(
        number for number in others if not stretches or not stretches[0].first < number < stretches[-1].last
    )
    return Series(prefix=prefix, year=year, stretches=tuple(stretches), outside=outside)


def as_json(made: Series) -> dict[str, Any]:
    """Return a series as JSON; ``not_held`` counts numbers, not documents known to exist."""
    return {
        "prefix": made.prefix,
        "year": made.year,
        "held": made.held,
        "first_held": made.ends[0] if made.ends else None,
        "last_held": made.ends[1] if made.ends else None,
        "not_held": made.not_held,
        "stretches": [
            {"first": part.first, "last": part.last, "held": part.is_held, "named": list(part.named)}
            for part in made.stretches
        ],
        "named_outside": list(made.outside),
    }
