"""Finding short passages: by the index of two-character pieces, with room for a few changed characters."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter

from archive.text import bigrams

_WINDOW = 5
_MOST_WINDOWS = 16
_MOST_HITS = 2000


def holding(db: sqlite3.Connection, folded: str, most: int) -> list[int]:
    """Return versions that hold pieces of a folded passage, those that hold most of it first.

    A version that holds the passage with a few characters changed holds some of its windows whole. Candidates:
    the pieces of a window need not stand side by side.
    """
    counts: Counter[int] = Counter()
    for window in windows(folded):
        terms = " AND ".join(f'"{piece}"' for piece in dict.fromkeys(bigrams(window)))
        # As one JSON text: thousands of rows one by one took twice as long.
        listed = db.execute(
            "select json_group_array(rowid) from (select rowid from version_index where version_index match ? "
            "order by rowid desc limit ?)",
            (terms, _MOST_HITS),
        ).fetchone()[0]
        versions = json.loads(listed)
        # What half the archive holds tells nothing, what a few hold tells much.
        weight = 1 + _MOST_HITS // (20 + len(versions))
        for version in versions:
            counts[version] += weight
    ranked = counts.most_common(most)
    return [version for version, count in ranked if count * 2 >= ranked[0][1]]


def holding_words(db: sqlite3.Connection, words: list[str], most: int) -> list[int]:
    """Return versions that hold all pieces of some folded words, the latest first. Words of one letter do not count."""
    pieces = dict.fromkeys(piece for word in words if len(word) > 1 for piece in bigrams(word))
    if not pieces:
        return []
    terms = " AND ".join(f'"{piece}"' for piece in pieces)
    rows = db.execute(
        "select rowid from version_index where version_index match ? order by rowid desc limit ?",
        (terms, most),
    )
    return [row[0] for row in rows]


def windows(folded: str) -> list[str]:
    """Return pieces of a passage, spread over it, that are sought whole."""
    last = len(folded) - _WINDOW
    if last <= 0:
        return [folded] if folded else []
    step = 3 if last <= 25 else max(_WINDOW, last // _MOST_WINDOWS)
    starts = dict.fromkeys([*range(0, last + 1, step), last])
    return [folded[start : start + _WINDOW] for start in starts]
