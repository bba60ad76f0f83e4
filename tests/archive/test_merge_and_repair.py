"""Archives brought together, and what is derived made anew."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest

from archive.model import Site
from archive.store.archive import Archive
from archive.store.read.merging import Merged, merge
from archive.store.read.verify import Wanted, is_sound, verify
from tests.archive.desk import SITE, URL, Desk, clock, html, replaced
from tests.archive.histories import archive_of, differences, empty, files, history, story
from tests.archive.holding import Run, runner
from tests.archive.test_evidence_warc import assorted
from tests.archive.test_tamper import opened, sound


def merged(*sources: sqlite3.Connection, into: sqlite3.Connection | None = None) -> tuple[Desk, list[Merged]]:
    """Return an archive with what others captured."""
    sites: dict[str, Site] = {}
    db = into or empty()
    archive = Archive(db, clock=clock(), sites=sites)
    told = [merge(archive, sites, source, f"{n}.db") for n, source in enumerate(sources)]
    desk = Desk.__new__(Desk)
    desk.sites, desk.db, desk.archive, desk.crawl = sites, db, archive, 1
    return desk, told


@pytest.mark.parametrize("seed", [0, 3, 12, 33, 50])
def test_what_another_archive_captured_says_the_same_here(seed: int) -> None:
    source = archive_of(files(history(seed), random.Random(seed)))
    desk, (told,) = merged(source.db)
    assert told.kept == source.one("select count(*) from captures") and not told.lost
    assert not differences(story(source), story(desk))


def test_captures_of_every_kind_come_over_as_they_were() -> None:
    source = assorted()
    desk, _ = merged(source.db)
    columns = "url, kind, method, captured_at, status, error, headers, peer, tls_verified, payload, truncated, flags, conditional, redirected_from, clock"
    of = f"select {columns} from captures order by id"
    assert [tuple(row) for row in desk.rows(of)] == [tuple(row) for row in source.rows(of)]
    assert set(desk.column("select distinct origin from captures where id < 3")) == {"0.db+1", "0.db+2"}
    assert not differences(story(source), story(desk))


def test_a_second_time_nothing_changes() -> None:
    source = archive_of(files(history(12), random.Random(12)))
    desk, (first,) = merged(source.db)
    before = list(desk.db.iterdump())
    _, (second,) = merged(source.db, into=desk.db)
    assert (second.kept, second.held) == (0, first.kept) and list(desk.db.iterdump()) == before


def test_two_halves_are_the_whole_in_either_order() -> None:
    told = history(33)
    halves = [archive_of([told[::2]]).db, archive_of([told[1::2]]).db]
    whole = story(archive_of([told]))
    for order in (halves, halves[::-1]):
        desk, _ = merged(*order)
        assert not differences(whole, story(desk))


def test_what_both_captured_is_one_capture() -> None:
    source = assorted()
    mine = Desk(db=empty())
    mine.see(html(), "2026-03-01T00:00:00")
    desk, (told,) = merged(source.db, into=mine.db)
    again, (other,) = merged(desk.db, into=source.db)
    assert told.held == 0 and other.kept == 1 and again.one("select count(*) from captures") == 11
    assert is_sound(verify(again.db, Wanted(sample=None, reads=None)))


def test_a_body_that_is_damaged_is_named_and_the_others_come_over() -> None:
    source = opened(sound()[0])
    source.execute("drop trigger payloads_no_update")
    source.execute("update payloads set body = x'00' where id = (select max(id) from payloads)")
    desk, (told,) = merged(source)
    assert len(told.lost) == 1 and "restore it from a backup" in told.lost[0]
    assert (
        desk.one("select count(*) from captures")
        == source.execute("select count(*) from captures").fetchone()[0] - 1
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    archive = Archive.open(
        tmp_path / "a.db", holder="tests", sites={"bureau": SITE}, create=True, clock=clock()
    )
    desk = Desk(db=archive.db)
    desk.see(html(), "2026-04-01T00:00:00")
    desk.see(html(*replaced("1.5万条", "15万条")), "2026-04-03T00:00:00")
    desk.see(html(title="另一份文件的通知"), "2026-04-04T00:00:00", url=URL.replace("notice", "other"))
    archive.end_crawl(desk.crawl, "OK", [])  # type: ignore[arg-type]
    archive.close()
    return tmp_path / "a.db"


@pytest.fixture
def yuanben(path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(path, capsys)


def damaged(path: Path, script: str) -> None:
    db = sqlite3.connect(path, isolation_level=None)
    triggers = db.execute("select name, sql from sqlite_master where type = 'trigger'").fetchall()
    for name, _ in triggers:
        db.execute(f"drop trigger {name}")
    db.executescript(script)
    for _, statement in triggers:
        db.execute(statement)
    db.close()


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(
            "update documents set state = 'withdrawn', title = 'x', last_seen = '2027'", id="documents"
        ),
        pytest.param("delete from transitions", id="changes"),
        pytest.param("update transitions set summary = 'x'", id="summaries"),
        pytest.param("update addresses set \"from\" = '2020-01-01T00:00:00.000Z'", id="addresses"),
        pytest.param("update tallies set documents = 7", id="tallies"),
        pytest.param(
            "insert into version_index (version_index) values ('delete-all')", id="search-index-emptied"
        ),
        pytest.param(
            "update title_index_data set block = zeroblob(length(block)) where id > 10",
            id="search-index-zeroed",
        ),
        pytest.param("drop view changes; create view changes as select 1", id="view"),
        pytest.param("drop index readings_by_capture", id="index"),
    ],
)
def test_what_is_derived_is_made_anew(script: str, path: Path, yuanben: Run) -> None:
    damaged(path, script)
    assert yuanben("verify", "--all").code == 1
    assert yuanben("repair").code == 0
    ran = yuanben("verify", "--all")
    assert ran.code == 0, ran.out


def test_a_damaged_body_is_taken_from_a_backup(path: Path, yuanben: Run, tmp_path: Path) -> None:
    assert yuanben("backup", str(tmp_path / "b.db")).code == 0
    damaged(path, "update payloads set body = x'00' where id = 1")
    alone = yuanben("repair")
    assert alone.code == 1 and "no copy has it" in alone.out
    assert yuanben("repair", "--from", str(tmp_path / "b.db")).code == 0
    assert yuanben("verify", "--all").code == 0


def test_what_was_witnessed_is_not_made_right(path: Path, yuanben: Run, tmp_path: Path) -> None:
    yuanben("checkpoint", "--append", str(tmp_path / "kept"))
    damaged(path, "update captures set peer = '192.0.2.1' where id = 1")
    yuanben("repair")
    ran = yuanben("verify", "--checkpoint", str(tmp_path / "kept"))
    assert ran.code == 1 and "captures" in ran.out


def test_archives_are_merged_on_the_command_line(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = runner(tmp_path / "new.db", capsys)
    ran = target("merge", str(path), "--json")
    assert (
        ran.code == 0
        and ran.json == {"a.db": {"kept": 3, "held": 0, "lost": []}}
        and "checkpoint: new.db 3" in ran.err
    )
    assert target("merge", str(path)).out == "a.db: 0 captures taken over, 3 were held\n"
    assert target("verify", "--all").code == 0
    assert target("merge", str(tmp_path / "new.db")).code == 2 and target("merge", "/nowhere.db").code == 2
