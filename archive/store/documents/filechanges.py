"""What differs between the attached files of two versions: which came, went, or are other bytes under one address."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from archive.attach import safe_name
from archive.diff import edits, summary

# Beyond this setting two texts against each other costs more than one line is worth.
_LONGEST = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of a version. ``payload`` is None until one was kept; the text may be missing where there is one."""

    position: int
    name: str
    url: str
    payload: str | None
    kind: str | None
    text: str | None
    flags: str | None
    reason: str | None
    captured_at: str | None
    length: int | None


def files_of(db: sqlite3.Connection, version: int) -> list[File]:
    """Return the files of a version (its number in ``versions``), in the order of the page."""
    rows = db.execute(
        "select position, name, url, payload, kind, text, flags, reason, captured_at, length from files "
        "where version_id = ? order by position",
        (version,),
    )
    return [File(**dict(row)) for row in rows]


def file_changes(db: sqlite3.Connection, from_version: int, to_version: int) -> Iterator[str]:
    """Yield a short line for each file that differs between two versions."""
    old, new = ({file.url: file for file in files_of(db, version)} for version in (from_version, to_version))
    for url, file in new.items():
        if url not in old:
            yield f"+附件“{_shown(file)}”"
        elif old[url].payload != file.payload:
            yield f"附件“{_shown(file)}”: {_what_differs(old[url], file)}"
    yield from (f"−附件“{_shown(file)}”" for url, file in old.items() if url not in new)


def _what_differs(old: File, new: File) -> str:
    if old.text is None or new.text is None or old.text == new.text:
        return "文件已替换"
    if max(len(old.text), len(new.text)) > _LONGEST:
        return "文字已改"
    return summary(edits(old.text, new.text))


def _shown(file: File) -> str:
    return safe_name(file.name or file.url.rpartition("/")[2])
