"""Shingles: the pieces of five characters by which a copy finds its original.

Their share that two texts have in common tells copies from others far better than any fingerprint of the whole
does. An index holds a sample of them, chosen by their hash, so that a piece is in the sample of every text or
of none: what is counted over samples is an estimate of containment, also for copies that are cut, or wrapped
in foreign text. One piece in 32 finds a fifth of an article; texts too short for that give one in eight.
"""

from __future__ import annotations

import zlib
from hashlib import blake2b

LENGTH = 5
DENSE, SPARSE = 8, 32
_SHORT = 800


def shingles(folded: str) -> frozenset[str]:
    """Return all shingles of a folded text."""
    return frozenset([folded[i : i + LENGTH] for i in range(len(folded) - LENGTH + 1)])


def sampled(folded: str) -> tuple[int, ...]:
    """Return what the index holds of a folded text: hashes of 48 bits, in order."""
    return tuple(sorted(_hashes(folded, DENSE if len(folded) <= _SHORT else SPARSE)))


def sought(folded: str) -> tuple[int, ...]:
    """Return what to look up for a copy: the dense sample, which holds every text's sparser one."""
    return tuple(sorted(_hashes(folded, DENSE)))


def containment(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of the smaller set that the larger one holds. Says nothing of who copied from whom."""
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 0.0


def _hashes(folded: str, one_in: int) -> set[int]:
    encoded = memoryview(folded.encode("utf-32-le"))
    width = 4 * LENGTH
    crc = zlib.crc32
    pieces = {
        encoded[at : at + width].tobytes()
        for at in range(0, len(encoded) - width + 1, 4)
        if crc(encoded[at : at + width]) % one_in == 0
    }
    return {int.from_bytes(blake2b(piece, digest_size=6).digest(), "big") for piece in pieces}
