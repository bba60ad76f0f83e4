"""Opening the file, and room on its disk: who may write, what is refused, which settings hold.

``synchronous=FULL`` is not negotiable for what is acknowledged: with NORMAL, 56 of 60 simulated power cuts lost
acknowledged commits. Only ``made_durable_together`` leaves it, for commits that are acknowledged to nobody
before the first commit behind them. Readers open with ``mode=ro``, never ``immutable=1``: an immutable open of
a live file does not see the log.

The room on the disk is looked at before a run, and the write-ahead log is watched while the run lasts. A full
disk loses nothing that was acknowledged, but the run ends in the middle of a site, and the log cannot be
written back until there is room again. The log grows while a reader holds on to an old state of the file.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from archive.errors import ArchiveBusy, ArchiveDamaged, ArchiveForeign, ArchiveMissing, NotWritable
from archive.store.file.withheld import hide
from archive.store.schema import APPLICATION_ID, is_before_first_release, level, make

# Patched releases without the WAL-reset bug of 3.7.0 to 3.51.2.
WAL_SAFE = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
# A run of all sites keeps some tens of megabytes; the log may need as much again.
LEAST_FREE = 64 << 20
MOST_LOG = 256 << 20
_LATEST_CRAWLS = 200


def wal_is_safe(version: tuple[int, int, int] = sqlite3.sqlite_version_info) -> bool:
    """Return whether this SQLite has the fix of the WAL-reset bug (two connections, a checkpoint, lost pages)."""
    return version >= WAL_SAFE[0] or any(version[:2] == safe[:2] and version >= safe for safe in WAL_SAFE)


def open_for_writing(path: Path, *, create: bool, copies_first: bool = True) -> sqlite3.Connection:
    """Return a connection that may write; make the file and its tables when ``create`` allows it.

    Before tables of an older yuanben are changed, the file is copied beside itself, unless ``copies_first`` says not to.
    """
    if not path.exists() and not create:
        raise missing(path)
    db = _connect(path, "rwc" if create else "rw")
    _refuse_foreign(db, path, may_be_empty=create)
    with _plain_errors(path):
        db.execute("pragma journal_mode=wal")
        db.execute("pragma synchronous=full")
        db.execute("pragma foreign_keys=on")
        db.execute("pragma trusted_schema=off")
        db.execute("pragma cell_size_check=on")
        db.execute("pragma journal_size_limit=67108864")
        db.execute(f"pragma application_id={APPLICATION_ID}")
        found = db.execute("pragma user_version").fetchone()[0]
        if copies_first and 0 < found < level():
            _copy_before(db, path, found)
        make(db)
    return db


def _copy_before(db: sqlite3.Connection, path: Path, found: int) -> None:
    """Copy an archive as it is before its tables are changed. Raise NotWritable where there is no room."""
    copy = path.with_name(f"{path.name}.schema-{found}")
    if copy.exists():
        return
    size = path.stat().st_size + log_size(path)
    if _free(path) < size + LEAST_FREE:
        raise NotWritable(
            f"{path} is of an older yuanben and is copied before its tables change: {_free(path) >> 20} MB are free, "
            f"{(size + LEAST_FREE) >> 20} MB are needed — free space, then run again"
        )
    part = copy.with_name(f".{copy.name}.part")
    part.unlink(missing_ok=True)
    db.execute("vacuum into ?", (str(part),))
    with part.open("rb") as written:
        os.fsync(written.fileno())
    part.rename(copy)


def open_for_reading(path: Path, *, whole: bool = False) -> sqlite3.Connection:
    """Return a connection that cannot write and never waits for the writer.

    It sees nothing that is withheld, unless the ``whole`` file is asked for: to check or to copy it, not to show it.
    """
    if not path.exists():
        raise missing(path)
    db = _connect(path, "ro")
    _refuse_foreign(db, path, may_be_empty=False)
    if db.execute("pragma user_version").fetchone()[0] < level():
        raise ArchiveForeign(
            f'{path} is of an older yuanben, or was never finished — "scrapy reread" brings it up to date'
        )
    if not whole:
        hide(db)
    return db


def open_whatever_age(path: Path) -> sqlite3.Connection:
    """Return a connection that cannot write to an archive of any yuanben: what it kept can be read, if nothing else."""
    if not path.exists():
        raise missing(path)
    db = _connect(path, "ro")
    with _plain_errors(path):
        if db.execute("pragma application_id").fetchone()[0] != APPLICATION_ID:
            raise ArchiveForeign(f"{path} is no yuanben archive — give the path of one")
    return db


def empty() -> sqlite3.Connection:
    """Return an empty archive that no file holds."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.row_factory = sqlite3.Row
    make(db)
    return db


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Run a block as one ``BEGIN IMMEDIATE`` transaction: all of it is kept, or nothing.

    Raise NotWritable where the disk is full or fails. An I/O error does not prove that nothing was kept: what could not
    be acknowledged may still be found after the next start, whole.
    """
    try:
        db.execute("begin immediate")
        yield db
        db.execute("commit")
    except BaseException as error:
        if db.in_transaction:
            db.execute("rollback")
        if isinstance(error, sqlite3.OperationalError) and _is_of_the_disk(error):
            raise NotWritable(
                f"the archive cannot be written ({error}) — free space or mend the disk, then run again"
            ) from error
        raise


def write_back(path: Path) -> None:
    """Write the log of an archive that nobody holds back into its file, whole."""
    db = sqlite3.connect(path)
    try:
        db.execute("pragma wal_checkpoint(truncate)")
    finally:
        db.close()


@contextmanager
def made_durable_together(db: sqlite3.Connection) -> Iterator[None]:
    """Let the commits of a block be made durable by the first commit behind it, not each by itself.

    For what is acknowledged to nobody before that: a power cut may take all of the block, and then it is done again.
    The log is written in order, so whatever the commit behind it says of the block is true on the disk as well.
    """
    db.execute("pragma synchronous=normal")
    try:
        yield
    finally:
        db.execute("pragma synchronous=full")


def _is_of_the_disk(error: sqlite3.OperationalError) -> bool:
    # The low byte is the kind; the others say which operation failed.
    kinds = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in kinds


def missing(path: Path) -> ArchiveMissing:
    """Return the error for a path without an archive."""
    return ArchiveMissing(f'no archive at {path} — run "scrapy watch" first, or pass --archive PATH')


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    with _plain_errors(path):
        db = sqlite3.connect(
            f"file:{quote(str(path.resolve()))}?mode={mode}", uri=True, timeout=30, isolation_level=None
        )
        db.row_factory = sqlite3.Row
        return db


def _refuse_foreign(db: sqlite3.Connection, path: Path, *, may_be_empty: bool) -> None:
    with _plain_errors(path):
        owner = db.execute("pragma application_id").fetchone()[0]
        found = db.execute("pragma user_version").fetchone()[0]
        tables = db.execute("select count(*) from sqlite_master").fetchone()[0]
    if not tables and not owner and may_be_empty:
        return
    if owner != APPLICATION_ID:
        raise ArchiveForeign(f"{path} is no yuanben archive — pass --archive with the path of one")
    if is_before_first_release(found):
        raise ArchiveForeign(
            f"{path} is of before the first release — yuanben merge {path} --archive NEW brings what it kept over"
        )
    if found > level():
        raise ArchiveForeign(f"{path} was written by a newer yuanben — upgrade yuanben to open it")


@contextmanager
def _plain_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        if "locked" in str(error):
            raise ArchiveBusy(f"{path} is locked by another program — try again when it is done") from None
        if "malformed" in str(error):
            raise ArchiveDamaged(f"{path} is damaged ({error}) — restore it from a backup") from None
        if isinstance(error, sqlite3.OperationalError):
            raise ArchiveMissing(
                f"{path} cannot be opened ({error}) — check the path and its rights"
            ) from None
        raise ArchiveForeign(f"{path} is no yuanben archive ({error}) — pass the path of one") from None


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
