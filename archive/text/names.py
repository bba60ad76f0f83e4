"""The short names of issuing bodies, as readers type them: 工信部 is 工业和信息化部.

The table says what a name usually stands for, not that a text which uses it means that body.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from archive.text.folding import fold


def full_names(name: str) -> tuple[str, ...]:
    """Return the full names that a short name stands for; none for a name that the table has not."""
    return _by_short_name().get(fold(name), ())


@cache
def _by_short_name() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    text = files("archive.text").joinpath("publishers.txt").read_text(encoding="utf-8")
    for full, *short in (line.split() for line in text.splitlines() if not line.startswith("#")):
        for name in map(fold, short):
            found[name] = (*found.get(name, ()), full)
    return found
