"""Room on the disk is looked at before a run; the log is watched while a reader holds on."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from archive.errors import NotWritable
from archive.store.archive import Archive
from archive.store.file import connection
from tests.archive.desk import Desk, answer, html


@pytest.mark.parametrize("free", [0, 1 << 20, (64 << 20) - 1])
def test_a_run_is_refused_in_one_line_where_there_is_too_little_room(free: int) -> None:
    with pytest.raises(NotWritable, match="too little room") as told:
        connection.refuse_without_room(Desk().db, Path("a.db"), free)
    assert "64 MB" in str(told.value) and "\n" not in str(told.value)


def test_a_run_is_let_begin_where_there_is_room() -> None:
    connection.refuse_without_room(Desk().db, Path("a.db"), 64 << 20)
    connection.refuse_without_room(Desk().db, Path("a.db").resolve())


def test_twice_what_the_largest_crawl_kept_must_be_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "LEAST_FREE", 0)
    desk = Desk()
    desk.keep(answer(html(), "2026-04-01T08:00:00"))
    kept = desk.one("select sum(length(body)) from payloads")
    connection.refuse_without_room(desk.db, Path("a.db"), 2 * kept)
    with pytest.raises(NotWritable):
        connection.refuse_without_room(desk.db, Path("a.db"), 2 * kept - 1)


def test_a_reader_that_holds_on_blocks_nobody_and_its_log_is_told_of(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    archive = Archive.open(path, holder="tests", sites={}, create=True)
    archive._log_alarm = 1 << 20
    crawl = archive.begin_crawl("bureau", "tests")
    reader = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    reader.execute("begin")
    before = reader.execute("select count(*) from captures").fetchone()[0]
    for n in range(60):
        archive.keep(answer(None, f"2026-04-01T08:{n // 60:02}:{n % 60:02}", status=404,
                            url=f"https://h.example/{n}"), crawl)  # fmt: skip
    assert reader.execute("select count(*) from captures").fetchone()[0] == before == 0
    told = [
        json.loads(row[0])
        for row in archive.db.execute("select details from events where kind = 'log_grows'")
    ]
    assert told and all(one["megabytes"] >= 1 for one in told) and len(told) <= 8
    reader.close()
    archive.db.execute("pragma wal_checkpoint(truncate)")
    assert connection.log_size(path) < 64 << 20
    archive.close()
