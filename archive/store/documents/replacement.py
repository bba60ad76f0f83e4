"""Which work a version is of: another title, another text and another number at one address are another work.

An authority may put a new document at an old address. That a document was repealed (废止) makes no other work of it:
that is what the same page says of itself, so an edit.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from archive.text import fold
from archive.trust.signs import change_signs


def works(db: sqlite3.Connection, document: int, versions: Sequence[int]) -> dict[int, tuple[int, bool]]:
    """Return for each version which work it is of, by the first version that was, and whether it looks like an article.

    ``versions``: in the order they were seen. Empty while all bear one title: then there is one work.
    """
    titles = db.execute(
        "select count(distinct title) from versions where document = ?", (document,)
    ).fetchone()
    if titles[0] < 2:
        return {}
    rows = {
        version: db.execute("select * from versions where id = ?", (version,)).fetchone()
        for version in dict.fromkeys(versions)
    }
    found: dict[int, int] = {}
    for version, row in rows.items():
        # The nearest first: a work that was edited often may share nothing with its beginning.
        like = next((known for known in reversed(found) if is_same_work(rows[known], row)), None)
        found[version] = version if like is None else found[like]
    return {version: (work, _is_an_article(rows[version])) for version, work in found.items()}


def is_same_work(one: sqlite3.Row, other: sqlite3.Row) -> bool:
    """Return whether two versions share a title, a document number, or a good part of the text."""
    if fold(one["title"]) == fold(other["title"]):
        return True
    if one["doc_number"] and one["doc_number"] == other["doc_number"]:
        return True
    return "body_replaced" not in change_signs(other["text"], one["text"])


def _is_an_article(row: sqlite3.Row) -> bool:
    return bool(row["published_at"] or row["doc_number"] or row["source_line"])
