"""The Merkle tree of RFC 6962: roots, inclusion proofs, consistency proofs. Pure.

A root proves which leaves there were and in which order, to whoever kept the root. It does not prove that the leaves
are true, nor when they were written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

HASH_SIZE = 32
# C2SP tlog-tiles: so many hashes lie in a full tile.
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT

# The root of the leaves from one index up to another.
Subtree = Callable[[int, int], bytes]


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def empty_root() -> bytes:
    """Return the root of a tree without leaves."""
    return hashlib.sha256(b"").digest()


def root(hashes: Sequence[bytes]) -> bytes:
    """Return the root over the hashes of leaves, or of subtrees of one size where only the last may be smaller."""
    if not hashes:
        return empty_root()
    level = list(hashes)
    while len(level) > 1:
        pairs = [node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            pairs.append(level[-1])
        level = pairs
    return level[0]


class Growing:
    """A tree that grows leaf by leaf and holds only the roots of its complete subtrees."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, hashed: bytes) -> None:
        """Add the hash of one leaf."""
        at = self.size
        while at & 1:
            hashed = node_hash(self._peaks.pop(), hashed)
            at >>= 1
        self._peaks.append(hashed)
        self.size += 1

    def add_tile(self, tile_root: bytes) -> None:
        """Add a complete tile by its root. Raise ValueError inside a tile."""
        if self.size % TILE_WIDTH:
            raise ValueError(f"a tile cannot be added behind {self.size} leaves")
        at = self.size >> TILE_HEIGHT
        while at & 1:
            tile_root = node_hash(self._peaks.pop(), tile_root)
            at >>= 1
        self._peaks.append(tile_root)
        self.size += TILE_WIDTH

    def root(self) -> bytes:
        """Return the root of the leaves so far."""
        if not self._peaks:
            return empty_root()
        found = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            found = node_hash(peak, found)
        return found


def subtrees(hashes: Sequence[bytes]) -> Subtree:
    """Return a function that gives the root of any range of leaves."""
    return lambda first, end: root(hashes[first:end])


def inclusion_proof(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """Return the hashes that lead from a leaf to the root. Raise ValueError for a leaf outside the tree."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    proof: list[bytes] = []
    first, end = 0, size
    while end - first > 1:
        middle = first + _split(end - first)
        if index < middle:
            proof.append(subtree(middle, end))
            end = middle
        else:
            proof.append(subtree(first, middle))
            first = middle
    return proof[::-1]


def consistency_proof(old: int, size: int, subtree: Subtree) -> list[bytes]:
    """Return the hashes that show a tree to be the beginning of a larger one."""
    if not 0 <= old <= size:
        raise ValueError(f"a tree of {old} is no beginning of one of {size}")
    if old in (0, size):
        return []
    proof: list[bytes] = []
    first, end, is_known = 0, size, True
    while old != end:
        middle = first + _split(end - first)
        if old <= middle:
            proof.append(subtree(middle, end))
            end = middle
        else:
            proof.append(subtree(first, middle))
            first, is_known = middle, False
    if not is_known:
        proof.append(subtree(first, end))
    return proof[::-1]


def is_included(leaf: bytes, index: int, size: int, proof: Iterable[bytes], expected: bytes) -> bool:
    """Return whether a proof leads from the hash of a leaf to a root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf
    for other in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(other, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, other)
        at, last = at >> 1, last >> 1
    return last == 0 and found == expected


def is_consistent(old: int, old_root: bytes, size: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Return whether a proof shows one tree to be the beginning of another (RFC 9162, 2.1.4.2)."""
    if old == size:
        return old_root == new_root and not proof
    if old == 0:
        return not proof
    if not 0 < old < size or not proof:
        return False
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    at, last = old - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = path[0]
    for other in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            first, second = node_hash(other, first), node_hash(other, second)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            second = node_hash(second, other)
        at, last = at >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


def _split(count: int) -> int:
    """Return the largest power of two below a count."""
    return 1 << (count - 1).bit_length() - 1
