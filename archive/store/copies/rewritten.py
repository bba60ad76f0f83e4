"""What a copying site does to all it copies: the rules of the newest comparison of each copy, where they can be counted."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any


def keep_rules(db: sqlite3.Connection, comparison: int, rules: Iterable[Mapping[str, Any]]) -> None:
    """Put the rules that a comparison found in the place of those of its copy's comparisons before it."""
    copy, site = db.execute(
        "select d.id, d.site from comparisons k join documents d on d.id = k.copy_document where k.id = ?",
        (comparison,),
    ).fetchone()
    counts: Counter[tuple[str, str, str]] = Counter()
    for rule in rules:
        counts[rule["kind"], rule["original"], rule["found"]] += rule["count"]
    db.execute("delete from copier_rule_counts where copy_document = ?", (copy,))
    db.executemany(
        "insert into copier_rule_counts (site, kind, original, found, copy_document, comparison, count) "
        "values (?, ?, ?, ?, ?, ?, ?)",
        [(site, *rule, copy, comparison, count) for rule, count in counts.items()],
    )
