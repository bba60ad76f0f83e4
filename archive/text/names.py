"""The names of issuing bodies: short ones, those of before and after, and their regions.

The tables say what a name usually stands for and what a public decision made of a body, not that a text which uses
a name means that body.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from archive.text.folding import fold

_STATE = "中华人民共和国"


def full_names(name: str) -> tuple[str, ...]:
    """Return the full names that a short name stands for; none for a name that the table has not."""
    return _by_short_name().get(fold(name), ())


@cache
def _by_short_name() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for full, *short in (line.split() for line in _lines("publishers.txt")):
        for name in map(fold, short):
            found[name] = (*found.get(name, ()), full)
    return found


def _lines(name: str) -> list[str]:
    text = files("archive.text").joinpath(name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Succession:
    """One body taking another's place by a decision.

    ``month`` is None where it is not established. ``is_part``: other duties of the earlier body went elsewhere.
    """

    earlier: str
    later: str
    month: str | None
    is_part: bool
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """A name of the same body at another time, and the successions that lead to it."""

    name: str
    is_later: bool
    by: tuple[Succession, ...]

    @property
    def is_part(self) -> bool:
        """Return whether only a part of the duties came that way."""
        return any(step.is_part for step in self.by)


@cache
def successions() -> tuple[Succession, ...]:
    """Return the table of bodies through reorganisations, the earliest first."""
    sources: dict[str, str] = {}
    rows = []
    for line in _lines("bodies.txt"):
        if match := re.fullmatch(r"(@\d+) = (.+)", line):
            sources[match[1]] = match[2]
            continue
        earlier, later, month, how, source = (part.strip() for part in line.split("|"))
        rows.append(
            Succession(
                earlier=earlier, later=later, month=None if month == "-" else month, is_part=how == "part",
                source=sources.get(source, source),
            )
        )  # fmt: skip
    return tuple(rows)


def body_named(written: str) -> str | None:
    """Return the body of the table that a name means: a full name or a short one.

    None for a name that the table has not, and for one that may mean two of its bodies.
    """
    key = fold(written)
    known = _bodies()
    own = known.get(key) or known.get(key.removeprefix(fold(_STATE)))
    if own:
        return own
    meant = {full for full in full_names(written) if fold(full) in known}
    return meant.pop() if len(meant) == 1 else None


@cache
def _bodies() -> dict[str, str]:
    return {fold(name): name for row in successions() for name in (row.earlier, row.later)}


def kin_of(name: str) -> tuple[Kin, ...]:
    """Return the names that a body bore before and after, the nearest first.

    文化部 and 国家旅游局 both lead to 文化和旅游部, and neither to the other.
    """
    return (*_walked(name, (), is_later=True), *_walked(name, (), is_later=False))


def _walked(name: str, by: tuple[Succession, ...], *, is_later: bool) -> Iterable[Kin]:
    near = [row for row in successions() if (row.earlier if is_later else row.later) == name]
    steps = [(row.later if is_later else row.earlier, (*by, row)) for row in near]
    yield from (Kin(name=other, is_later=is_later, by=way) for other, way in steps)
    for other, way in steps:
        yield from _walked(other, way, is_later=is_later)


def issuing_body(*written: str | None) -> str | None:
    """Return the body of the table that issued a document, by the names given.

    A name may be followed by an office of the body: 国家旅游局办公室.
    """
    for text in filter(None, written):
        if own := body_named(text):
            return own
        key = fold(text).removeprefix(fold(_STATE))
        heads = [name for known, name in _bodies().items() if key.startswith(known)]
        rest = key[len(fold(max(heads, key=len))) :] if heads else ""
        if heads and re.match(r"办公厅|办公室|综合司|关于", rest):
            return max(heads, key=len)
    return None


CENTRE = "中央"


def region_of(publisher: str, host: str) -> str | None:
    """Return the region of a publisher, ``中央`` for the centre, None where nothing says it.

    It is that of who publishes, not what a text is about.
    """
    for region, heads, endings in _regions():
        if publisher.startswith(heads) or f".{host}".endswith(endings):
            return region
    return CENTRE if f".{host}".endswith(".gov.cn") else None


@cache
def _regions() -> tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]:
    rows = ([part.strip() for part in line.split("|")] for line in _lines("regions.txt"))
    return tuple(
        (region, tuple(heads.split()), tuple(f".{ending}" for ending in endings.split()))
        for region, heads, endings in rows
    )
