"""What the copy page reads from an archive: one comparison, both texts, every variant."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from dataclasses import dataclass
from typing import Any

from archive.collate import Kind
from archive.errors import NotHeld
from archive.reading_room.rows import Row, one, rows

_VERSION = (
    "select v.id, v.document, v.number, v.title, v.text, v.published_at, v.source_line, v.author, v.doc_number, "
    "d.url, d.publisher, d.site, d.role, d.current from versions v join documents d on d.id = v.document where v.id = ?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A comparison as it was kept; ``report`` may lack what an earlier program did not write."""

    comparison: Row
    copy: Row
    original: Row
    variants: list[Row]
    report: dict[str, Any]

    @property
    def is_stale(self) -> bool:
        """Return whether either side has a newer version than the one compared."""
        return any(side["id"] != side["current"] for side in (self.copy, self.original))

    @property
    def counts(self) -> list[tuple[str, int]]:
        """Return how many variants there are of each kind, the kinds in their own order."""
        counted = Counter(variant["kind"] for variant in self.variants)
        return [(str(kind), counted[str(kind)]) for kind in Kind if counted[str(kind)]]

    @property
    def lost(self) -> list[Row]:
        """Return the places where the copy's characters were damaged."""
        return list(self.report.get("damage", {}).get("lost", []))

    @property
    def boilerplate(self) -> list[Row]:
        """Return the blocks of the copy that are no part of what it copies."""
        return list(self.report.get("boilerplate", []))


def read_comparison(db: sqlite3.Connection, number: int) -> Compared:
    """Return one comparison. Raise NotHeld."""
    row = one(db, "select * from comparisons where id = ?", number)
    if row is None:
        raise NotHeld(f"no comparison {number} in this archive")
    copy = one(db, _VERSION, row["copy_version"])
    original = one(db, _VERSION, row["original_version"])
    assert copy and original
    variants = rows(
        db, "select * from variants where comparison = ? order by copy_start, original_start, id", number
    )
    return Compared(
        comparison=row,
        copy=copy,
        original=original,
        variants=[variant | {"number": at} for at, variant in enumerate(variants, 1)],
        report=json.loads(row["report"]),
    )
