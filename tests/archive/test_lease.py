"""One writer, readers that never wait, and files that are not ours."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.errors import ArchiveBusy, ArchiveForeign, ArchiveMissing
from archive.store.archive import Archive
from archive.store.file.connection import open_for_reading, wal_is_safe
from tests.archive.desk import SITE, answer, clock, html


def opened(path: Path, *, create: bool = True, wait: float = 0.0, holder: str = "scrapy watch") -> Archive:
    return Archive.open(path, holder=holder, sites={"bureau": SITE}, create=create, wait=wait, clock=clock())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a b#c?d%20.db"


@pytest.fixture
def held(path: Path) -> Iterator[Archive]:
    archive = opened(path)
    yield archive
    archive.close()


def one_line(error: pytest.ExceptionInfo[Exception]) -> str:
    text = str(error.value)
    assert "\n" not in text and " — " in text, "what, where — what now"
    return text


def test_a_second_writer_is_told_in_one_line_who_holds_the_archive(held: Archive, path: Path) -> None:
    with pytest.raises(ArchiveBusy) as error:
        opened(path, holder="scrapy keep")
    assert '"scrapy watch"' in one_line(error) and str(os.getpid()) in str(error.value)
    assert error.value.exit_code == 75


def test_another_name_of_the_same_archive_is_no_way_round_the_lease(held: Archive, path: Path) -> None:
    twin = path.with_name("twin.db")
    twin.symlink_to(path)
    with pytest.raises(ArchiveBusy):
        opened(twin)


def test_a_second_writer_waits_as_long_as_it_is_told(held: Archive, path: Path) -> None:
    before = time.monotonic()
    with pytest.raises(ArchiveBusy):
        opened(path, wait=0.3)
    assert time.monotonic() - before >= 0.3


def test_a_second_writer_goes_on_when_the_first_is_done(path: Path) -> None:
    first = opened(path)
    done = threading.Timer(0.2, first._lease.release)  # type: ignore[union-attr]
    done.start()
    second = opened(path, wait=20, holder="scrapy keep")
    assert second.db.execute("select holder from leases").fetchone()[0] == "scrapy keep"
    second.close()
    first.db.close()


def test_a_lease_ends_with_what_failed_to_open(path: Path) -> None:
    path.write_bytes(b"no archive at all" * 99)
    for _ in range(2):
        with pytest.raises(ArchiveForeign):
            opened(path)


def test_a_reader_never_waits_for_a_writer_and_sees_what_was_committed(held: Archive, path: Path) -> None:
    crawl = held.begin_crawl("bureau", "watch")
    held.keep(answer(html(), "2026-04-01T08:00:00"), crawl)
    reader = open_for_reading(path)
    reader.execute("pragma busy_timeout=0")  # who had to wait is told at once
    with held.writing():
        held.db.execute("insert into leases (name, holder, pid, since) values ('x', 'x', 1, 'x')")
        assert reader.execute("select count(*) from captures").fetchone()[0] == 1
        assert reader.execute("select count(*) from leases").fetchone()[0] == 1
    reader.close()


def test_a_reader_holds_up_no_writer(held: Archive, path: Path) -> None:
    reader = open_for_reading(path)
    reader.execute("begin")
    assert reader.execute("select count(*) from captures").fetchone()[0] == 0
    crawl = held.begin_crawl("bureau", "watch")
    held.db.execute("pragma busy_timeout=0")  # who had to wait is told at once
    held.keep(answer(html(), "2026-04-01T08:00:00"), crawl)
    assert reader.execute("select count(*) from captures").fetchone()[0] == 0, "its moment stands still"
    reader.close()


def test_a_reader_cannot_write(held: Archive, path: Path) -> None:
    reader = open_for_reading(path)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.execute("delete from frontier")
    reader.close()


def test_what_was_acknowledged_survives_power_cuts_as_far_as_settings_go(held: Archive) -> None:
    told = {name: held.db.execute(f"pragma {name}").fetchone()[0] for name in
            ("journal_mode", "synchronous", "foreign_keys", "trusted_schema")}  # fmt: skip
    assert told == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "trusted_schema": 0}


@pytest.mark.parametrize("create", [True, False])
@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda path: path.write_bytes(b"%PDF-1.4 " * 200), id="no database"),
        pytest.param(lambda path: foreign(path, 0, 0), id="another program's database"),
        pytest.param(lambda path: foreign(path, 0x7975616E, 99), id="a newer archive"),
    ],
)
def test_a_file_that_is_not_ours_is_refused_in_one_line_and_left_as_it_was(
    path: Path, make: object, create: bool
) -> None:
    make(path)  # type: ignore[operator]
    before = path.read_bytes()
    with pytest.raises(ArchiveForeign) as error:
        opened(path, create=create)
    assert str(path) in one_line(error)
    with pytest.raises(ArchiveForeign):
        open_for_reading(path)
    assert path.read_bytes() == before


def foreign(path: Path, owner: int, level: int) -> None:
    db = sqlite3.connect(path)
    db.execute(f"pragma application_id={owner}")
    db.execute(f"pragma user_version={level}")
    db.execute("create table t (x)")
    db.commit()
    db.close()


def test_nothing_is_made_where_nothing_may_be_made(path: Path, tmp_path: Path) -> None:
    with pytest.raises(ArchiveMissing) as error:
        opened(path, create=False)
    assert str(path) in one_line(error)
    with pytest.raises(ArchiveMissing):
        open_for_reading(path)
    with pytest.raises(ArchiveMissing):
        opened(tmp_path / "no" / "such" / "folder.db")
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "x.db.lock").mkdir()
    with pytest.raises(ArchiveMissing) as error:
        opened(tmp_path / "x.db")
    assert "cannot be written" in one_line(error)


@pytest.mark.parametrize(
    ("version", "safe"),
    [((3, 40, 1), False), ((3, 44, 6), True), ((3, 50, 6), False), ((3, 50, 7), True), ((3, 51, 2), False),
     ((3, 51, 3), True), ((3, 53, 0), True)],
)  # fmt: skip
def test_it_is_known_which_sqlite_loses_pages(version: tuple[int, int, int], safe: bool) -> None:
    assert wal_is_safe(version) is safe
