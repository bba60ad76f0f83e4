"""A copy of the archive, consistent while a crawl writes, verified before it gets its name.

Copying the file with ``cp`` would lose the transactions that still stand in its ``-wal``.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

from archive.errors import ArchiveDamaged, BadInput
from archive.store.file.connection import open_for_reading
from archive.store.read.verify import Report, Wanted, is_sound, verify


def backup(db: sqlite3.Connection, target: Path, tick: Callable[[], None] = lambda: None) -> Report:
    """Write a copy to ``target``, which must not exist, and return what verifying it found.

    The copy appears under its name when it is complete, on the disk and sound; until then, and when this raises,
    there is nothing there. Sound is what ``verify`` says without reading versions again; it does not mean that the
    archive lacks nothing.
    """
    refuse_existing(target)
    if not target.resolve().parent.is_dir():
        raise BadInput(f"no directory {target.resolve().parent} — make it, or give another path")
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        _write(db, part)
        report = _verified(part, tick)
        _name(part, target)
    finally:
        for name in (part, *(part.with_name(part.name + end) for end in ("-wal", "-shm", "-journal"))):
            name.unlink(missing_ok=True)
    return report


def refuse_existing(target: Path) -> None:
    """Raise BadInput if there is something at a path."""
    if os.path.lexists(target):
        raise BadInput(f"{target} exists — a backup overwrites nothing, give another path")


def _write(db: sqlite3.Connection, part: Path) -> None:
    try:
        db.execute("vacuum into ?", (str(part),))
        _to_disk(part)
    except (sqlite3.OperationalError, OSError) as error:
        raise BadInput(
            f"no backup written to {part.parent} ({error}) — is there room, may you write?"
        ) from None


def _verified(part: Path, tick: Callable[[], None]) -> Report:
    copy = open_for_reading(part, whole=True)
    try:
        report = verify(copy, Wanted(reads=0), tick)
    finally:
        copy.close()
    if not is_sound(report):
        first = next(iter(report["bad"]), {"what": "not everything could be checked"})
        raise ArchiveDamaged(
            f'the archive is not sound ({first["what"]}) — no backup is made of it; "yuanben verify" names all'
        )
    return report


def _name(part: Path, target: Path) -> None:
    try:
        # Unlike a rename, a link never takes the place of a file that came meanwhile.
        os.link(part, target)
    except FileExistsError:
        refuse_existing(target)
    except OSError:  # a file system without links
        refuse_existing(target)
        part.rename(target)
    _to_disk(target.resolve().parent)


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
