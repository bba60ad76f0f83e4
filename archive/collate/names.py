"""Whether a name that a page gives as its source means a known publisher."""

from __future__ import annotations

from collections.abc import Iterable

from archive.text import fold

_SHORTEST = 2


def names_one(said: str, known: Iterable[str]) -> bool:
    """Say whether a name is one of the known ones, or a part of it, or holds it. Hosts count without their ``www``."""
    named = _bare(said)
    if len(named) < _SHORTEST:
        return False
    names = [_bare(name) for name in known]
    return any(named in name or name in named for name in names if len(name) >= _SHORTEST)


def _bare(name: str) -> str:
    return fold(name.removeprefix("www."))
