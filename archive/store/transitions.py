"""The source changes of a document: what the view ``changes`` shows.

Two captures that follow each other differ when the *same* reader with the *same* rules made different versions
of them. So a new reader never shows up here, and going back to an earlier text does.
"""

from __future__ import annotations

import sqlite3
from itertools import pairwise

from archive.diff import edits, summary

FIELDS = (
    ("title", "标题"),
    ("published_at", "日期"),
    ("source_line", "来源"),
    ("doc_number", "文号"),
)


def retell(db: sqlite3.Connection, document: int) -> list[int]:
    """Work out a document's source changes anew; return the captures at which one that was not known shows."""
    known = {
        row[0] for row in db.execute("select to_capture from transitions where document = ?", (document,))
    }
    changes = _changes(db, document)
    db.execute("delete from transitions where document = ?", (document,))
    for from_capture, from_version, to_capture, to_version in changes:
        db.execute(
            "insert into transitions (document, from_version, to_version, from_capture, to_capture, summary) "
            "values (?, ?, ?, ?, ?, ?)",
            (
                document,
                from_version,
                to_version,
                from_capture,
                to_capture,
                change_summary(db, from_version, to_version),
            ),
        )
    return [change[2] for change in changes if change[2] not in known]


def change_summary(db: sqlite3.Connection, from_version: int, to_version: int) -> str:
    """Return one line that says what differs between two versions: fields first, then the text."""
    old, new = (
        db.execute("select * from versions where id = ?", (version,)).fetchone()
        for version in (from_version, to_version)
    )
    said = [
        f"{label}: {old[name] or '∅'}→{new[name] or '∅'}" for name, label in FIELDS if old[name] != new[name]
    ]
    if old["text"] != new["text"]:
        said.append(summary(edits(old["text"], new["text"])))
    return "; ".join(part for part in said if part) or "附件"


def _changes(db: sqlite3.Connection, document: int) -> list[tuple[int, int, int, int]]:
    sightings: list[tuple[int, dict[tuple[str, int], int]]] = []
    for row in db.execute(
        "select c.id, c.status, r.reader, r.rules, r.version from readings r join captures c on c.id = r.capture "
        "where r.document = ? and r.version is not null order by c.captured_at, c.id, r.id",
        (document,),
    ):
        if not sightings or sightings[-1][0] != row["id"]:
            # What was not modified is what stood before, also to a reader that read only that.
            same = row["status"] == 304 and sightings
            sightings.append((row["id"], dict(sightings[-1][1]) if same else {}))
        sightings[-1][1][row["reader"], row["rules"]] = row["version"]
    changes = []
    for (from_capture, before), (to_capture, after) in pairwise(sightings):
        shared = [reading for reading in after if reading in before]
        if shared and before[shared[-1]] != after[shared[-1]]:
            changes.append((from_capture, before[shared[-1]], to_capture, after[shared[-1]]))
    return changes
