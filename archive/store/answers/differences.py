"""What differs between two versions of a document: fields first, then the text, character by character."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from archive.diff import Edit, edits
from archive.store.answers.history import version_row
from archive.store.documents.filechanges import files_of

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
    files: tuple[FileChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """A file that came, went or has other bytes. ``edits``: what differs in its text, where both sides have one."""

    url: str
    name: str
    old: str | None
    new: str | None
    edits: tuple[Edit, ...] | None


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
        files=tuple(_files(db, old["id"], new["id"])),
    )


def _files(db: sqlite3.Connection, from_version: int, to_version: int) -> Iterator[FileChange]:
    old, new = ({file.url: file for file in files_of(db, version)} for version in (from_version, to_version))
    for url in dict.fromkeys([*old, *new]):
        before, after = old.get(url), new.get(url)
        if before and after and before.payload == after.payload:
            continue
        shown = after or before
        assert shown is not None
        texts = (before and before.text, after and after.text)
        yield FileChange(
            url=url,
            name=shown.name,
            old=before.payload if before else None,
            new=after.payload if after else None,
            edits=tuple(edits(texts[0], texts[1])) if texts[0] and texts[1] else None,
        )


def _attachments(db: sqlite3.Connection, version: int) -> str | None:
    shown = (f"{file.name} {file.url} {file.payload or ''}".strip() for file in files_of(db, version))
    return "\n".join(shown) or None
