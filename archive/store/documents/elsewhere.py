"""A text that stands at another address of its site: where a document went whose own address no longer shows it.

That the same text stands at two addresses does not prove that one took the other's place; it proves that the site
still publishes it, so that its disappearance from the first is no withdrawal.
"""

from __future__ import annotations

import sqlite3

# Shorter texts (见附件) are the same on many pages.
LEAST_TEXT = 60


def elsewhere(db: sqlite3.Connection, document: int) -> sqlite3.Row | None:
    """Return url and first_seen of a document of the same site that shows this one's text, None where none does.

    It must have shown it since this one was last present, and be there still at its own last look.
    """
    row: sqlite3.Row | None = db.execute(
        "select d.url, d.first_seen from documents a join versions v on v.id = a.current "
        "join versions w on w.text_digest = v.text_digest and w.title = v.title and w.document != a.id "
        "join documents d on d.id = w.document and d.current = w.id "
        "where a.id = ? and length(v.text) >= ? and d.site = a.site and d.role = a.role and d.state = 'live' "
        "and d.flags not like '%\"absent\"%' and d.last_seen >= a.last_seen order by d.first_seen, d.id limit 1",
        (document, LEAST_TEXT),
    ).fetchone()
    return row


def absent_with_text_of(db: sqlite3.Connection, document: int) -> list[int]:
    """Return the documents of the same site that are absent and last showed what this one shows."""
    rows = db.execute(
        "select a.id from documents d join versions w on w.id = d.current "
        "join versions v on v.text_digest = w.text_digest and v.title = w.title and v.document != d.id "
        "join documents a on a.id = v.document and a.current = v.id "
        "where d.id = ? and a.site = d.site and a.flags like '%\"absent\"%' order by a.id",
        (document,),
    )
    return [row[0] for row in rows]
