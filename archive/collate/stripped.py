"""What our own reader took off one page and the other page still shows: it counts on neither side.

A mark like （完） or an editor's line is no part of a version, because a rule of ours removed it there. When the
other text has kept it, nobody added it.
"""

from __future__ import annotations

from collections.abc import Iterable

from archive.collate.key import key_of, letters_only
from archive.collate.values import Span

_MOST, _LONGEST = 400, 4000
_OPENING, _CLOSING = "([{【〔<《", ")]}】〕>》"


def keys_of(removed: Iterable[str]) -> tuple[str, ...]:
    """Return the keys of removed texts, line by line, the longest first."""
    lines = (line for text in removed for line in text[:_LONGEST].splitlines())
    keys = {key_of(line).letters for line, _ in zip(lines, range(_MOST), strict=False)}
    return tuple(sorted((key for key in keys if letters_only(key)), key=lambda key: (-len(key), key)))


def parted(span: Span, text: str, keys: tuple[str, ...], edges: frozenset[int]) -> list[Span] | None:
    """Return the parts of an addition's range that are removed texts, in order; None where there are none.

    ``text`` is the key of the copy, ``edges`` are where its lines begin and end. A part must stand by itself: it
    fills the range or a line, or it has brackets of its own. 编辑 inside a sentence is a word.
    """
    found: list[Span] = []
    for key in keys:
        at = text.find(key, span.b0, span.b1)
        while at >= 0:
            end = at + len(key)
            if _stands_alone(key, at, end, span, edges, found) and not _overlaps(at, end, found):
                found.append(Span(span.a0, span.a0, at, end))
            at = text.find(key, end, span.b1)
    return sorted(found, key=lambda part: part.b0) or None


def _stands_alone(key: str, at: int, end: int, span: Span, edges: frozenset[int], found: list[Span]) -> bool:
    if key[0] in _OPENING and key[-1] in _CLOSING:
        return True
    begins = at == span.b0 or at in edges or any(part.b1 == at for part in found)
    ends = end == span.b1 or end in edges or any(part.b0 == end for part in found)
    return begins and ends


def _overlaps(at: int, end: int, found: list[Span]) -> bool:
    return any(at < part.b1 and part.b0 < end for part in found)
