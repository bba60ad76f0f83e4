"""Power cuts and full disks: what was acknowledged is there afterwards, whole, and the file goes on."""

from __future__ import annotations

import multiprocessing
import os
import random
import resource
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from archive.errors import ArchiveForeign, NotWritable
from archive.store.file.connection import open_for_reading, open_for_writing
from tests.archive.holding import Holding, article

PAGE = 4096


def address(n: int) -> str:
    return f"https://www.bureau.example/a/n{n}.html"


def show(holding: Holding, n: int) -> None:
    """Keep and read one page; when it returns, both are acknowledged."""
    holding.show(
        article(f"第{n}号文件。" + "各区要加快布局未来产业。" * 40),
        "2026-04-01T00:00:00.000Z",
        url=address(n),
    )


def kept(path: Path) -> set[str]:
    """Return the addresses of which a whole version is there, after opening the file as the next run would."""
    db = open_for_writing(path, create=False)
    try:
        assert db.execute("pragma integrity_check").fetchone()[0] == "ok"
        half = "select count(*) from captures c where not exists (select 1 from readings r where r.capture = c.id) "
        half += "and not exists (select 1 from queue q where q.capture = c.id)"
        assert db.execute(half).fetchone()[0] == 0, (
            "a capture with neither an outcome nor a place in the queue"
        )
        rows = db.execute("select d.url from documents d join versions v on v.document = d.id")
        return {row[0] for row in rows}
    finally:
        db.close()


@dataclass
class Written:
    """An archive file with its log, and how long the log was when each page was acknowledged."""

    path: Path
    log: bytes
    acknowledged: list[int]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    path = tmp_path_factory.mktemp("power") / "a.db"
    holding = Holding(path)
    holding.archive.db.execute("pragma wal_checkpoint(truncate)")
    holding.archive.db.execute("pragma wal_autocheckpoint=0")
    wal = path.with_name("a.db-wal")
    acknowledged = []
    for n in range(25):
        show(holding, n)
        acknowledged.append(wal.stat().st_size)
    copy = path.with_name("before.db")
    shutil.copy(path, copy)
    log = wal.read_bytes()
    holding.close()
    return Written(copy, log, acknowledged)


def test_power_cut_loses_nothing_acknowledged(
    written: Written, tmp_path: Path, rounds: Callable[[int, int], int]
) -> None:
    """The log ends anywhere after what was synced; what follows is missing, or is what lay on the disk before."""
    chance = random.Random(11)
    for _ in range(rounds(30, 1000)):
        cut = chance.randrange(len(written.log) + 1)
        path = tmp_path / "a.db"
        shutil.copy(written.path, path)
        torn = chance.choice((b"", chance.randbytes(chance.randrange(1, 3 * PAGE))))
        path.with_name("a.db-wal").write_bytes(written.log[:cut] + torn)
        owed = {address(n) for n, size in enumerate(written.acknowledged) if size <= cut}
        assert owed <= kept(path), f"cut at byte {cut} of the log"


def test_power_cut_while_the_log_is_moved_into_the_file_loses_nothing(
    written: Written, tmp_path: Path, rounds: Callable[[int, int], int]
) -> None:
    """The log is synced before; of the file's own pages any may be new or old."""
    done = tmp_path / "done.db"
    shutil.copy(written.path, done)
    done.with_name("done.db-wal").write_bytes(written.log)
    open_for_writing(done, create=False).close()
    old, new = written.path.read_bytes(), done.read_bytes()
    chance = random.Random(12)
    for _ in range(rounds(10, 300)):
        pages = [
            chance.choice((old, new))[at : at + PAGE] or new[at : at + PAGE]
            for at in range(0, len(new), PAGE)
        ]
        path = tmp_path / "a.db"
        path.write_bytes(b"".join(pages))
        path.with_name("a.db-wal").write_bytes(written.log)
        assert len(kept(path)) == len(written.acknowledged)


def _until_full(path: Path, limit: int, told: Connection) -> None:
    """Write pages until a file may not grow any more; tell each that was acknowledged, and how it ended."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        holding = Holding(path)
        for n in range(200):
            show(holding, n)
            told.send(n)
    except NotWritable as error:
        told.send(str(error))
    told.close()
    os._exit(0)


def test_full_disk_ends_in_one_line_and_loses_nothing_acknowledged(
    tmp_path: Path, rounds: Callable[[int, int], int]
) -> None:
    chance = random.Random(13)
    fork = multiprocessing.get_context("fork")
    for round_ in range(rounds(8, 150)):
        path = tmp_path / f"{round_}.db"
        Holding(path).close()
        ours, theirs = fork.Pipe(duplex=False)
        limit = path.stat().st_size + chance.randrange(400_000)
        child = fork.Process(target=_until_full, args=(path, limit, theirs))
        child.start()
        theirs.close()
        heard: list[int | str] = []
        with pytest.raises(EOFError):
            while True:
                heard.append(ours.recv())
        child.join()
        said = heard.pop()
        assert isinstance(said, str) and "free space" in said and "\n" not in said
        assert {address(int(n)) for n in heard} <= kept(path), f"limit {limit}"
        holding = Holding(path)
        show(holding, 500)
        holding.close()


def test_archive_whose_making_was_cut_short_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    Holding(path).close()
    with sqlite3.connect(path) as db:
        db.execute("pragma user_version=0")
    with pytest.raises(ArchiveForeign, match="brings it up to date"):
        open_for_reading(path)
    open_for_writing(path, create=False).close()
    open_for_reading(path).close()
