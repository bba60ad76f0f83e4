"""Room on the disk: looked at before a run, and the write-ahead log watched while it lasts.

A full disk loses nothing that was acknowledged, but the run ends in the middle of a site, and the log cannot be
written back until there is room again. The log grows while a reader holds on to an old state of the file.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from archive.errors import NotWritable

# A run of all sites keeps some tens of megabytes; the log may need as much again.
LEAST_FREE = 64 << 20
MOST_LOG = 256 << 20
_LATEST_CRAWLS = 200


def refuse_without_room(db: sqlite3.Connection, path: Path, free: int | None = None) -> None:
    """Raise NotWritable where less is free than twice what a run is expected to add. Nothing is written."""
    free = _free(path) if free is None else free
    needed = max(LEAST_FREE, 2 * _largest_crawl(db))
    if free < needed:
        raise NotWritable(
            f"{path} has too little room: {free >> 20} MB free, a run may need {needed >> 20} MB — free space, "
            "then run again"
        )


def log_size(path: Path) -> int:
    """Return the bytes of the write-ahead log beside an archive."""
    try:
        return path.with_name(f"{path.name}-wal").stat().st_size
    except OSError:
        return 0


def _free(path: Path) -> int:
    found = os.statvfs(path.resolve().parent)
    return found.f_bavail * found.f_frsize


def _largest_crawl(db: sqlite3.Connection) -> int:
    """Return the stored bytes of the crawl, among the latest, that kept most."""
    row = db.execute(
        "select max(size) from (select sum(length(p.body)) as size from captures c "
        "join payloads p on p.digest = c.payload and p.kept_at = c.captured_at "
        "where c.crawl > (select coalesce(max(id), 0) - ? from crawls) and c.origin = 'network' group by c.crawl)",
        (_LATEST_CRAWLS,),
    ).fetchone()
    return int(row[0] or 0)
