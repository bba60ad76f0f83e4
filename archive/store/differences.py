"""What differs between two versions of a document: fields first, then the text, character by character."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from archive.diff import Edit, edits
from archive.store.history import version_row

FIELDS = (
    "title", "published_at", "source_line", "author", "editor", "doc_number", "issuer", "index_number",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """A field that has another value in the later version; None where the page shows none."""

    field: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What makes one version out of another. ``causes``: why each exists, and so whose change this is."""

    document: int
    from_version: int
    to_version: int
    causes: tuple[str, str]
    from_text: str
    fields: tuple[FieldChange, ...]
    edits: tuple[Edit, ...]


def difference(db: sqlite3.Connection, document: int, from_version: int, to_version: int) -> Difference:
    """Return what differs between two versions. Raise NotHeld for a number the document does not have.

    It says what differs, not when it changed: for that, the captures of the two versions are the bounds.
    """
    old = version_row(db, document, from_version)
    new = version_row(db, document, to_version)
    fields = [FieldChange(field=name, old=old[name], new=new[name]) for name in FIELDS]
    fields.append(
        FieldChange(field="attachments", old=_attachments(db, old["id"]), new=_attachments(db, new["id"]))
    )
    return Difference(
        document=document,
        from_version=from_version,
        to_version=to_version,
        causes=(old["cause"], new["cause"]),
        from_text=old["text"],
        fields=tuple(change for change in fields if change.old != change.new),
        edits=tuple(edits(old["text"], new["text"])),
    )


def _attachments(db: sqlite3.Connection, version: int) -> str | None:
    rows = db.execute("select name, url from attachments where version = ? order by position", (version,))
    return "\n".join(f"{row['name']} {row['url']}".strip() for row in rows) or None
