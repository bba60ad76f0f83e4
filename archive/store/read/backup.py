"""Copies of the archive: made, updated, restored. Each is verified before it counts.

A copy of the file made with ``cp`` would lose the transactions that are still in its ``-wal``. A new copy
appears under its name when it is complete, on the disk and sound. Until then, and when it is killed, nothing
is there. A copy is updated in one transaction of its own: if it is killed, the copy is unchanged.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from archive.errors import ArchiveDamaged, ArchiveForeign, BadInput
from archive.evidence.leaves import CAPTURES, LOGS
from archive.store.evidence import logs
from archive.store.evidence.logcheck import Stated, tree_head_of
from archive.store.file import connection
from archive.store.file.withheld import withholdings
from archive.store.read.verify import Report as Report
from archive.store.read.verify import Wanted, is_sound, verify

_ENDS = ("-wal", "-shm", "-journal")
# Rows that never change and are identified by their numbers; of all other tables, whole rows are compared.
_ADDED_TO = ("payloads", "versions", "readings", "attachment_texts", "rules")


def backup(db: sqlite3.Connection, target: Path, tick: Callable[[], None] = lambda: None) -> Report:
    """Write a copy to ``target``, which must not exist, and return the result of its verification.

    Sound means what ``verify`` says without reading versions again; it does not mean that the archive lacks
    nothing. ``proved`` names the checks by which the copy was found sound.
    """
    with _appearing(target) as part:
        _write(db, part)
        with closing(connection.open_for_reading(part, whole=True)) as copy:
            return _proved(copy, tick, "no backup is made of it")


def update(target: Path, source: Path, tick: Callable[[], None] = lambda: None) -> Report:
    """Update a copy: only new rows are written, all of it is verified. Return the same as ``backup``.

    Raise ArchiveForeign where the copy is of another archive, or of another past of this one.
    """
    _refuse_another_archive(target, source)
    db = connection.open_for_writing(target, create=False, copies_first=False)
    try:
        db.execute("pragma foreign_keys=off")
        db.execute("attach ? as live", (f"file:{quote(str(source.resolve()))}?mode=ro",))
        with connection.transaction(db):
            report = _take_over(db) | _proved(db, tick, "the copy stays as it was")
        db.execute("detach live")
        db.execute("pragma wal_checkpoint(truncate)")
        db.execute("pragma journal_mode=delete")
    finally:
        db.close()
    return report


def restore(
    source: Path, target: Path, stated: Sequence[Stated] = (), tick: Callable[[], None] = lambda: None
) -> Report:
    """Write a backup to a new file and verify it there, also against checkpoints.

    The backup is not changed. ``missing``: by log, from which row on, how many, and by which checkpoint.
    Checkpoints that state more than the backup holds cannot be compared with it; only older checkpoints say
    something of its rows.
    """
    with _appearing(target) as part:
        with closing(connection.open_whatever_age(source)) as db:
            _write(db, part)
        # A backup of an older yuanben is migrated in the copy; the backup itself stays as it is.
        connection.open_for_writing(part, create=False, copies_first=False).close()
        with closing(connection.open_for_reading(part, whole=True)) as copy:
            held = _sizes(copy)
            whole = [checkpoint for checkpoint in stated if not any(_lacking(held, checkpoint))]
            report = _proved(copy, tick, "nothing was restored", whole)
    newest: dict[str, dict[str, Any]] = {}
    for checkpoint in stated:
        for lack in _lacking(held, checkpoint):
            if lack["count"] > newest.get(lack["table"], {"count": 0})["count"]:
                newest[lack["table"]] = lack
    return report | {"missing": list(newest.values())}


def refuse_existing(target: Path) -> None:
    """Raise BadInput if there is something at a path."""
    if os.path.lexists(target):
        raise BadInput(f"{target} exists — a copy overwrites nothing, give another path")


@contextmanager
def _appearing(target: Path) -> Iterator[Path]:
    """Give a path to write to, which becomes ``target`` at the end; on any failure nothing is left."""
    refuse_existing(target)
    if not target.resolve().parent.is_dir():
        raise BadInput(f"no directory {target.resolve().parent} — make it, or give another path")
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    parts = [str(part), *(f"{part}{end}" for end in _ENDS)]
    # A killed process clears nothing away; this second process notices its end and does.
    words = ["sh", "-c", 'cat > /dev/null; rm -f -- "$@"', "sh", *parts]
    with subprocess.Popen(words, stdin=subprocess.PIPE, start_new_session=True) as sweeper:
        try:
            yield part
            _to_disk(part)
            _name(part, target)
        finally:
            assert sweeper.stdin
            sweeper.stdin.close()


def _write(db: sqlite3.Connection, part: Path) -> None:
    try:
        db.execute("vacuum into ?", (str(part),))
    except (sqlite3.OperationalError, OSError) as error:
        raise BadInput(
            f"nothing was written to {part.parent} ({error}) — is there room, may you write?"
        ) from None


def _proved(
    copy: sqlite3.Connection, tick: Callable[[], None], otherwise: str, stated: Sequence[Stated] = ()
) -> Report:
    report = verify(copy, Wanted(stated=stated, reads=0), tick)
    if not is_sound(report):
        first = next(iter(report["bad"]), {"what": "not everything could be checked"})
        raise ArchiveDamaged(
            f'what was copied is not sound ({first["what"]}) — {otherwise}; "yuanben verify" names all'
        )
    held = logs.state(copy, "copy")
    last = copy.execute("select captured_at, url from captures order by id desc limit 1").fetchone()
    proved = {
        "captures": held.size,
        "root": held.root.hex(),
        "last_capture": dict(last) if last else None,
        "withheld": len(withholdings(copy)),
    }
    return report | {"proved": proved}


def _refuse_another_archive(target: Path, source: Path) -> None:
    with closing(connection.open_for_reading(target, whole=True)) as db:
        held = logs.state(db, "copy")
    with closing(connection.open_for_reading(source, whole=True)) as db:
        if not logs.begins_as(db, held):
            raise ArchiveForeign(
                f"{target} is no copy of the beginning of {source} — give the path of one, or of a new file"
            )


def _take_over(db: sqlite3.Connection) -> dict[str, Any]:
    """Make the tables of a copy equal to those of the attached archive, in the caller's transaction."""
    shapes = "select type, name, sql from {}.sqlite_master where sql is not null order by type, name"
    if db.execute(shapes.format("main")).fetchall() != db.execute(shapes.format("live")).fetchall():
        raise ArchiveForeign(
            "the copy and the archive are of different versions of yuanben — make a new copy"
        )
    triggers = db.execute("select name, sql from main.sqlite_master where type = 'trigger'").fetchall()
    for name, _ in triggers:
        db.execute(f"drop trigger main.{name}")
    tables = db.execute(
        "select name from main.sqlite_master where type = 'table' and sql not like 'create virtual%' "
        "and name not like 'sqlite_%'"
    ).fetchall()
    written = {name: _equalise(db, name) for (name,) in tables}
    for _, statement in triggers:
        db.execute(statement)
    return {"written": {name: count for name, count in written.items() if count}}


def _equalise(db: sqlite3.Connection, table: str) -> int:
    """Delete rows that the archive has not, add rows the copy lacks, and return how many were written."""
    columns = [row[1] for row in db.execute(f"pragma main.table_info({table})").fetchall()]
    key = ["id"] if table in _ADDED_TO else columns
    same = " and ".join(f'o."{column}" is t."{column}"' for column in key)
    lacks = "select 1 from {} o where " + same
    gone = f'delete from main."{table}" as t where not exists ({lacks.format(f"live.{table}")})'
    come = f'insert into main."{table}" select * from live."{table}" t where not exists ({lacks.format(f"main.{table}")})'
    return db.execute(gone).rowcount + db.execute(come).rowcount


def _sizes(db: sqlite3.Connection) -> dict[str, int]:
    held = logs.state(db, "copy")
    return {CAPTURES.name: held.size} | {name: head.size for name, head in held.others.items()}


def _lacking(held: dict[str, int], checkpoint: Stated) -> Iterator[dict[str, Any]]:
    """Yield the logs for which a checkpoint states more rows than are held."""
    for name, log in LOGS.items():
        head, size = tree_head_of(checkpoint.checkpoint, log), held.get(name, 0)
        if head is not None and head.size > size:
            yield {
                "table": name,
                "from": size + 1,
                "to": head.size,
                "count": head.size - size,
                "place": checkpoint.place,
            }


def _name(part: Path, target: Path) -> None:
    try:
        # Unlike a rename, a link never replaces a file that came meanwhile.
        os.link(part, target)
        part.unlink()
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
