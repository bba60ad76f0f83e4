"""How byte damage is made: a model that turns an undamaged text into what the damaging program shows.

A page in GBK bytes was handled by a program that looks for pairs of bytes without caring where characters
begin. It writes readings behind characters, one table entry after the other, and cuts the text at ！？； and
then at 。, in the middle of characters where their bytes say so. What is left is decoded piece by piece.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_CUTS = re.compile(rb"(\xa3\xa1|\xa3\xbf|\xa3\xbb)")
_FULL_STOP = re.compile(rb"(\xa1\xa3)")


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
