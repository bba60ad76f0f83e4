"""Patterns that are compiled when they are first used. Pure.

Every command and every reader process loads some six hundred patterns, and uses a part of them; to compile them all took
a fourth of a second or more of each start. A pattern that cannot be compiled is found by ``tests/test_patterns.py``.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast

_METHODS = (
    "search",
    "match",
    "fullmatch",
    "finditer",
    "findall",
    "split",
    "sub",
    "subn",
    "pattern",
    "flags",
    "groups",
    "groupindex",
)


class LazyPattern:
    """Stands for a compiled pattern: the first use compiles it, and from then on its methods are the pattern's own."""

    __slots__ = ("_made_of", *_METHODS)

    def __init__(self, source: str | bytes, flags: int) -> None:
        self._made_of: tuple[Any, int] = (source, flags)

    def __getattr__(self, name: str) -> Any:
        # Only called while the slot is empty.
        if name not in _METHODS:
            raise AttributeError(name)
        compiled = re.compile(*self._made_of)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)


def regex(source: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return what ``re.compile`` would, compiled at its first use; raise ``re.error`` there where it cannot be."""
    return cast("re.Pattern[AnyStr]", LazyPattern(source, flags))
