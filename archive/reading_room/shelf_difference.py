"""What the page of a difference reads from an archive: two versions of one document, and what lies between them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from archive.diff import Edit, edits
from archive.errors import NotHeld
from archive.reading_room.bounded import TookTooLong
from archive.reading_room.differing import is_soon_compared
from archive.reading_room.rows import Row, one
from archive.reading_room.shelf import attachments_of, version_of
from archive.store.documents.filechanges import file_changes

FIELDS = ("title", "published_at", "source_line", "author", "editor", "issuer", "doc_number", "index_number")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two versions of one document and what makes the second out of the first."""

    document: Row
    old: Row
    new: Row
    fields: list[Row]
    changes: list[Edit]
    numbers: list[int]
    change: Row | None


def read_difference(db: sqlite3.Connection, document: int, old: int, new: int) -> Difference:
    """Return what differs between two versions of a document. Raise NotHeld when one of them is not held."""
    row = one(db, "select * from documents where id = ?", document)
    if row is None:
        raise NotHeld(f"no document {document} in this archive")
    a, b = version_of(db, document, old), version_of(db, document, new)
    fields = [{"field": name, "old": a[name], "new": b[name]} for name in FIELDS if a[name] != b[name]]
    changed = "; ".join(file_changes(db, a["id"], b["id"]))
    if changed:
        before = "、".join(file["name"] or file["url"] for file in attachments_of(db, a["id"]))
        fields.append({"field": "attachments", "old": before, "new": changed})
    if not is_soon_compared(a["text"], b["text"]):
        raise TookTooLong("error.long_texts")
    numbers = db.execute("select number from versions where document = ? order by number", (document,))
    return Difference(
        document=row,
        old=a,
        new=b,
        fields=fields,
        changes=edits(a["text"], b["text"]),
        numbers=[number for (number,) in numbers],
        change=one(
            db,
            "select * from changes where document = ? and from_version = ? and to_version = ? "
            "order by changed_at_latest desc limit 1",
            document,
            old,
            new,
        ),
    )
