"""Differences for readers: between two versions of a document, and between a copy and its original.

A difference of versions gives the fields first, then the text, character by character. The classes hold the
fields of the difference page. The last part holds those of the copy page: one comparison, both texts, every
variant.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from archive.collate import Kind
from archive.diff import Edit, edits, is_soon_compared
from archive.errors import NotHeld, TooLong
from archive.model.fields import SHOWN
from archive.store.file.withheld import not_held
from archive.store.read.documents import Row, attachments_of, first_row, rows, version_of
from archive.store.read.history import version_row
from archive.store.write.versions import file_changes, files_of

_MOST_EDITS = 50
_VERSION = (
    "select v.id, v.document, v.number, v.title, v.text, v.published_at, v.source_line, v.author, v.doc_number, "
    "d.url, d.publisher, d.site, d.role, d.current from versions v join documents d on d.id = v.document where v.id = ?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """A field with another value in the later version; None where the page shows none."""

    field: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The edits from one version to another. ``causes``: why each version exists, so whose change it is."""

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
    """A file that came, went or has other bytes.

    ``edits``: the edits of its text, where both sides have a text.
    """

    url: str
    name: str
    old: str | None
    new: str | None
    edits: tuple[Edit, ...] | None


def difference(db: sqlite3.Connection, document: int, from_version: int, to_version: int) -> Difference:
    """Return what differs between two versions. Raise NotHeld for a number the document does not have.

    It says what differs, not when it changed: the bounds of that are the captures of the two versions.
    """
    old = version_row(db, document, from_version)
    new = version_row(db, document, to_version)
    fields = [FieldChange(field=name, old=old[name], new=new[name]) for name in SHOWN]
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


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferencePage:
    """Two versions of one document and the edits that lead from the first to the second."""

    document: Row
    old: Row
    new: Row
    fields: list[Row]
    changes: list[Edit]
    numbers: list[int]
    change: Row | None


def read_difference(db: sqlite3.Connection, document: int, old: int, new: int) -> DifferencePage:
    """Return what differs between two versions of a document. Raise NotHeld or TooLong."""
    row = first_row(db, "select * from documents where id = ?", document)
    if row is None:
        raise not_held(db, f"no document {document} in this archive", document=document)
    a, b = version_of(db, document, old), version_of(db, document, new)
    fields = [{"field": name, "old": a[name], "new": b[name]} for name in SHOWN if a[name] != b[name]]
    changed = "; ".join(file_changes(db, a["id"], b["id"]))
    if changed:
        before = "、".join(file["name"] or file["url"] for file in attachments_of(db, a["id"]))
        fields.append({"field": "attachments", "old": before, "new": changed})
    if not is_soon_compared(a["text"], b["text"]):
        raise TooLong(f"versions {old} and {new} are too long to be compared here — yuanben diff does it")
    numbers = db.execute("select number from versions where document = ? order by number", (document,))
    return DifferencePage(
        document=row,
        old=a,
        new=b,
        fields=fields,
        changes=edits(a["text"], b["text"]),
        numbers=[number for (number,) in numbers],
        change=first_row(
            db,
            "select * from changes where document = ? and from_version = ? and to_version = ? "
            "order by changed_at_latest desc limit 1",
            document,
            old,
            new,
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A comparison as it was kept; ``report`` may lack what an earlier program did not write.

    ``current`` is the original's current version when that is not the copied one, and ``says_now`` what it
    says in that one's place.
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
        """Return the number of variants of each kind, the kinds in their fixed order."""
        counted = Counter(variant["kind"] for variant in self.variants)
        return [(str(kind), counted[str(kind)]) for kind in Kind if counted[str(kind)]]

    @property
    def versions(self) -> list[Row]:
        """Return the other versions of the original that the copy was compared with."""
        listed = list((self.report.get("original") or {}).get("versions", []))
        return listed if len(listed) > 1 else []

    @property
    def same_values(self) -> list[Row]:
        """Return the figures that both sides give in different notations."""
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
        """Return the copy's boilerplate: the blocks that are not part of what it copies."""
        return list(self.report.get("boilerplate", []))


def read_comparison(db: sqlite3.Connection, number: int) -> Compared:
    """Return one comparison. Raise NotHeld."""
    row = first_row(db, "select * from comparisons where id = ?", number)
    if row is None:
        raise NotHeld(f"no comparison {number} in this archive")
    copy = first_row(db, _VERSION, row["copy_version"])
    original = first_row(db, _VERSION, row["original_version"])
    assert copy and original
    variants = rows(
        db, "select * from variants where comparison = ? order by copy_start, original_start, id", number
    )
    current = first_row(db, _VERSION, original["current"]) if original["current"] != original["id"] else None
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
    """Return the variants, each with the number of places where the same words replaced the same words.

    Variants covered by a rewrite rule are not counted.
    """
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
