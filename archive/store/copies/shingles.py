"""The index by which a copy finds its original: a sample of each version's shingles.

What is found is candidates, ranked by how much of the samples they share; only the texts decide.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence

# A shingle that so many versions hold says nothing: every policy text has it.
COMMON = 400


def add_shingles(db: sqlite3.Connection, version: int, shingles: Iterable[int]) -> None:
    """Add a version's sample, in the transaction that adds the version."""
    db.executemany(
        "insert or ignore into shingles (hash, version) values (?, ?)",
        [(shingle, version) for shingle in shingles],
    )


def sharing(db: sqlite3.Connection, shingles: Sequence[int], most: int) -> list[tuple[int, int]]:
    """Return the versions that share shingles with a sample, with how many, the most first.

    Shingles that hundreds of versions hold are left aside unless there are no others.
    """
    telling: Counter[int] = Counter()
    common: Counter[int] = Counter()
    for shingle in shingles:
        found = [row[0] for row in db.execute(
            "select version from shingles where hash = ? limit ?", (shingle, COMMON)
        )]  # fmt: skip
        (common if len(found) == COMMON else telling).update(found)
    return (telling or common).most_common(most)


def is_indexed(db: sqlite3.Connection) -> bool:
    """Say whether the archive has the index: one that an older yuanben made gets it when it is next written to."""
    row = db.execute("select 1 from sqlite_master where type = 'table' and name = 'shingles'").fetchone()
    return row is not None
