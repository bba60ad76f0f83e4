"""Where long passages of a copy come from that its original has not."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from archive.collate import Collation, Key, key_of
from archive.collate.candidate import Witness
from archive.collate.choice import choose
from archive.collate.comparison import Splice
from archive.store.copies.originals import candidates

_LEAST_SPLICED = 120


def splices_of(
    db: sqlite3.Connection, key: Key, collation: Collation, but: Sequence[int]
) -> tuple[Splice, ...]:
    """Return where long passages that the original has not come from, if they are held."""
    found = []
    for start, end in _foreign(collation):
        passage = key_of(key.text[start:end])
        near = choose(candidates(db, passage, but=but), Witness()).original
        if near and near.of_copy >= 0.5:
            found.append(
                Splice(copy_start=start, copy_end=end, url=near.url, containment=round(near.of_copy, 3))
            )
    return tuple(found)


def _foreign(collation: Collation) -> list[tuple[int, int]]:
    blocks = [(block.start, block.end) for block in collation.boilerplate]
    added = [(v.copy_start, v.copy_end) for v in collation.variants if v.kind in ("added", "altered")]
    return [(start, end) for start, end in sorted({*blocks, *added}) if end - start >= _LEAST_SPLICED]
