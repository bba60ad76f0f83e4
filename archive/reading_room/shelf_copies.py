"""What the copy page reads from an archive: one comparison, both texts, every variant."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from dataclasses import dataclass
from typing import Any

from archive.collate import Kind
from archive.diff import Edit, edits
from archive.errors import NotHeld
from archive.reading_room.rows import Row, one, rows

_MOST_EDITS = 50
_VERSION = (
    "select v.id, v.document, v.number, v.title, v.text, v.published_at, v.source_line, v.author, v.doc_number, "
    "d.url, d.publisher, d.site, d.role, d.current from versions v join documents d on d.id = v.document where v.id = ?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A comparison as it was kept; ``report`` may lack what an earlier program did not write.

    ``current`` is the version at which the original stands today when that is not the one that was copied, and
    ``says_now`` what it says in that one's place.
    """

    comparison: Row
    copy: Row
    original: Row
    variants: list[Row]
    report: dict[str, Any]
    current: Row | None = None
    says_now: tuple[Edit, ...] = ()

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
    def versions(self) -> list[Row]:
        """Return the original's versions that the copy was held against, when there were others than this one."""
        listed = list((self.report.get("original") or {}).get("versions", []))
        return listed if len(listed) > 1 else []

    @property
    def same_values(self) -> list[Row]:
        """Return the figures that both sides give, written differently."""
        return list(self.report.get("same_values", []))

    @property
    def fields(self) -> list[Row]:
        """Return in which of title, date and source the two differ."""
        return list(self.report.get("fields", []))

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
    current = one(db, _VERSION, original["current"]) if original["current"] != original["id"] else None
    return Compared(
        comparison=row,
        copy=copy,
        original=original,
        variants=[
            variant | {"number": at} for at, variant in enumerate(_with_places(variants, original["text"]), 1)
        ],
        report=json.loads(row["report"]),
        current=current,
        says_now=tuple(edits(original["text"], current["text"])[:_MOST_EDITS]) if current else (),
    )


def _with_places(variants: list[Row], original: str) -> list[Row]:
    """Return the variants with in how many places the same words were put for the same words, by no rule."""
    counted = Counter(_pair(variant) for variant in variants if variant["rule"] is None)
    return [
        variant
        | {"places": counted[_pair(variant)] if _is_repeatable(variant) else 1}
        | {"throughout": original.count(variant["original_text"] or "\0") == counted[_pair(variant)]}
        for variant in variants
    ]


def _pair(variant: Row) -> tuple[str, str]:
    return variant["original_text"], variant["copy_text"]


def _is_repeatable(variant: Row) -> bool:
    has_both = variant["original_text"] and variant["copy_text"]
    return bool(has_both) and variant["rule"] is None and variant["kind"] not in ("punctuation", "reordered")
