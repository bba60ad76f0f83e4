"""verify and backup: nothing that was changed passes, nothing is left out, and a copy is checked before it counts."""

from __future__ import annotations

import random
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.errors import ArchiveDamaged, BadInput
from archive.model import Article, ReadingResult
from archive.reader import prepare
from archive.store.file.connection import open_for_reading
from archive.store.file.payloads import Payloads
from archive.store.read.backup import backup
from archive.store.read.verify import Report, Wanted, is_sound, verify
from archive.text import canon
from tests.archive.holding import TEXT, Holding, Run, article, runner

SITES_PAGE = "<html><head><title>示例委</title></head><body>" + "导航 首页 政策 公开 服务 互动 " * 60


def filled(path: Path) -> Path:
    """Make an archive whose payloads lie whole, against a base and against a dictionary."""
    holding = Holding(path)
    for n in range(6):
        url = f"https://www.bureau.example/a/n{n}.html"
        for day in (1, 2):
            body = (SITES_PAGE + f"第{n}号文件。{TEXT} 第{day}日。{'条文' * n}").encode()
            capture = holding.look(f"2026-04-0{day}T00:00:0{n}.000Z", url=url, body=body)
            shown = article(f"第{n}号文件。{TEXT}第{day}日。", title=f"關於第{n}號文件的通知")
            _record(holding, capture, shown)
    holding.close()
    return path


def _record(holding: Holding, capture: int, shown: Article) -> None:
    found = ReadingResult(result=shown, visible_digest=str(capture), prepared=prepare(shown))
    holding.archive.record(holding.archive.jobs.of(capture), found)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled(tmp_path_factory.mktemp("sound") / "a.db")


@pytest.fixture
def copy(sound: Path, tmp_path: Path) -> Path:
    path = tmp_path / "a.db"
    source, target = sqlite3.connect(sound), sqlite3.connect(path)
    source.backup(target)
    source.close(), target.close()
    return path


def tampered(path: Path, change: Callable[[sqlite3.Connection], object]) -> Report:
    """Change an archive as its triggers forbid, and return what verifying it finds."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("pragma foreign_keys=off")
    db.execute("pragma ignore_check_constraints=on")
    for (name,) in db.execute("select name from sqlite_master where type = 'trigger'").fetchall():
        db.execute(f"drop trigger {name}")
    change(db)
    db.close()
    return checked(path)


def checked(path: Path) -> Report:
    db = open_for_reading(path)
    try:
        # The articles of this archive were not read out of its pages.
        return verify(db, Wanted(reads=0))
    finally:
        db.close()


def test_an_archive_as_it_was_written_is_sound_and_all_of_it_was_checked(sound: Path) -> None:
    report = checked(sound)
    assert is_sound(report) and report["bad"] == []
    assert report["present"]["payloads"] == 12 and report["present"]["texts"] == 12
    stored = open_for_reading(sound).execute("select base, dictionary from payloads").fetchall()
    assert {(row[0] is None, row[1] is None) for row in stored} >= {(True, True), (False, True)}


def held(path: Path) -> list[object]:
    """Return what an archive says: bodies, and texts and titles as far as they make a version."""
    db = open_for_reading(path)
    payloads = Payloads(db)
    bodies: list[object] = [
        payloads.get(row[0]) for row in db.execute("select digest from payloads order by id")
    ]
    states = db.execute("select title, text, text_digest, state_digest from versions order by id").fetchall()
    rules = db.execute("select declaration from rules").fetchall()
    db.close()
    return [bodies, [(canon(row[0]), *row[1:]) for row in states], [tuple(row) for row in rules]]


def flipped(db: sqlite3.Connection, table: str, column: str, row: int, chance: random.Random) -> None:
    (value,) = db.execute(f"select cast({column} as blob) from {table} where id = ?", (row,)).fetchone()
    at, bit = chance.randrange(len(value)), 1 << chance.randrange(8)
    other = value[:at] + bytes([value[at] ^ bit]) + value[at + 1 :]
    kept = other if column == "body" else None
    db.execute(
        f"update {table} set {column} = {'?' if kept is not None else 'cast(? as text)'} where id = ?",
        (other, row),
    )


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("payloads", "body"),
        ("payloads", "digest"),
        ("versions", "text"),
        ("versions", "title"),
        ("versions", "text_digest"),
        ("versions", "state_digest"),
        ("rules", "declaration"),
    ],
)
def test_one_flipped_bit_is_found_wherever_it_is(
    copy: Path, table: str, column: str, rounds: Callable[[int, int], int]
) -> None:
    chance = random.Random(f"{table}.{column}")
    kept = held(copy)
    original = copy.read_bytes()
    for _ in range(rounds(12, 1430)):
        copy.write_bytes(original)
        report = tampered(
            copy,
            lambda db: flipped(
                db,
                table,
                column,
                chance.choice([r[0] for r in db.execute(f"select id from {table}")]),
                chance,
            ),
        )
        if is_sound(report):
            assert held(copy) == kept, f"a flipped bit in {table}.{column} passed"


@pytest.mark.parametrize(
    ("change", "table", "what"),
    [
        pytest.param("update versions set text = text || '。' where id = 3", "versions", "digest", id="text-added"),
        pytest.param("update versions set published_at = '2020-01-01' where id = 3", "versions", "date", id="date"),
        pytest.param("update versions set doc_number = '1号' where id = 3", "versions", "number", id="number-put-in"),
        pytest.param("update versions set text_simplified = '别的' where id = 3", "versions", "Simplified", id="other-script"),
        pytest.param("update payloads set length = length + 1 where id = 2", "payloads", "bytes", id="length"),
        pytest.param("update payloads set base = null where base is not null", "payloads", "", id="base-forgotten"),
        pytest.param("update payloads set body = (select body from payloads where id = 2) where id = 1", "payloads", "payload", id="another-body"),
        pytest.param("delete from payloads where id = 4", "captures", "not there", id="payload-deleted"),
        pytest.param("delete from readings where id = 4", "readings", "missing", id="reading-deleted"),
        pytest.param("delete from events where id = 1", "events", "missing", id="event-deleted"),
        pytest.param("delete from versions where id = 4", "version_index", "no version", id="version-deleted"),
        pytest.param("delete from version_index_docsize where id = 4", "versions", "index", id="not-indexed"),
        pytest.param("update rules set declaration = '{}'", "rules", "digest", id="rules-exchanged"),
    ],
)  # fmt: skip
def test_what_was_changed_is_named(copy: Path, change: str, table: str, what: str) -> None:
    report = tampered(copy, lambda db: db.execute(change))
    assert not is_sound(report)
    assert any(bad["table"] == table and what in bad["what"] for bad in report["bad"]), report["bad"]


def test_a_bad_payload_is_named_with_the_captures_that_carried_it(copy: Path) -> None:
    report = tampered(copy, lambda db: db.execute("update payloads set body = x'00' where id = 12"))
    bad = report["bad"][0]
    assert (bad["table"], bad["id"], bad["column"], bad["captures"]) == ("payloads", 12, "body", [12])


def test_text_that_is_no_utf8_is_named_and_hides_no_other(copy: Path) -> None:
    def change(db: sqlite3.Connection) -> None:
        db.execute("update versions set text = cast(x'e58c' as text) where id = 2")
        db.execute("update versions set text = 'x' where id = 9")

    report = tampered(copy, change)
    assert {bad["id"] for bad in report["bad"] if bad["table"] == "versions"} >= {2, 9}
    assert report["checked"] == report["present"]


def test_verify_exits_with_1_and_prints_what_it_checked(
    sound: Path, copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = runner(sound, capsys)("verify", "--read-again", "0")
    assert good.code == 0 and "payloads: 12 of 12 checked" in good.out and "sound" in good.out
    tampered(copy, lambda db: db.execute("update versions set text = 'x' where id = 1"))
    bad = runner(copy, capsys)("verify", "--json")
    assert bad.code == 1
    assert set(bad.json) >= {"checked", "present", "bad"}
    assert runner(copy, capsys)("verify").out.rstrip().endswith("NOT SOUND")


def test_a_file_with_its_pages_overwritten_is_reported_without_a_traceback(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = bytearray(copy.read_bytes())
    size = int.from_bytes(raw[16:18], "big")
    for page in range(8, len(raw) // size, 3):
        raw[page * size : page * size + 64] = b"\x55" * 64
    copy.write_bytes(raw)
    for words in (
        ("verify",),
        ("search", "文件"),
        ("status",),
        ("show", "https://www.bureau.example/a/n1.html"),
    ):
        ran = runner(copy, capsys)(*words)
        assert ran.err.count("\n") <= 1
        assert words != ("verify",) or ran.code == 1


def test_a_backup_holds_the_same_and_leaves_nothing_else_behind(sound: Path, tmp_path: Path) -> None:
    target = tmp_path / "copies" / "b.db"
    target.parent.mkdir()
    db = open_for_reading(sound)
    assert is_sound(backup(db, target))
    made = open_for_reading(target)
    for table in ("captures", "payloads", "readings", "versions", "documents", "events", "rules"):
        rows = [tuple(row) for row in db.execute(f"select * from {table} order by id")]
        assert rows == [tuple(row) for row in made.execute(f"select * from {table} order by id")]
    db.close(), made.close()
    assert [path.name for path in target.parent.iterdir()] == ["b.db"]


def test_a_backup_overwrites_nothing(sound: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "b.db"
    target.write_text("mine")
    ran = runner(sound, capsys)("backup", str(target))
    assert ran.code == 2 and "overwrites nothing" in ran.err
    assert target.read_text() == "mine"
    dangling = tmp_path / "link.db"
    dangling.symlink_to(tmp_path / "nowhere")
    with pytest.raises(BadInput):
        backup(open_for_reading(sound), dangling)


def test_a_damaged_archive_is_not_copied(copy: Path, tmp_path: Path) -> None:
    tampered(copy, lambda db: db.execute("update versions set text = 'x' where id = 1"))
    target = tmp_path / "b.db"
    with pytest.raises(ArchiveDamaged):
        backup(open_for_reading(copy), target)
    assert not target.exists() and not list(tmp_path.glob("*.part*")) and not list(tmp_path.glob(".*"))


def test_a_backup_taken_while_a_crawl_writes_is_sound_each_time(
    tmp_path: Path, rounds: Callable[[int, int], int]
) -> None:
    path = filled(tmp_path / "a.db")
    stop = threading.Event()

    def crawl() -> None:
        holding = Holding(path)
        n = 0
        while not stop.is_set():
            n += 1
            at = f"2026-05-01T{n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02}.000Z"
            holding.show(article(f"{TEXT}第{n}次。"), at, url=f"https://www.bureau.example/a/w{n % 7}.html")
        holding.close()

    writer = threading.Thread(target=crawl)
    writer.start()
    try:
        for n in range(rounds(5, 100)):
            db = open_for_reading(path)
            assert is_sound(backup(db, tmp_path / f"b{n}.db"))
            db.close()
    finally:
        stop.set()
        writer.join()


def test_verifying_waits_for_no_writer(sound: Path, copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    writer = sqlite3.connect(copy, isolation_level=None)
    writer.execute("pragma journal_mode=wal")
    writer.execute("begin immediate")
    writer.execute("update documents set last_seen = '2027-01-01T00:00:00.000Z'")
    yuanben: Run = runner(copy, capsys)
    assert (
        yuanben("verify", "--read-again", "0").code
        == yuanben("search", "文件").code
        == yuanben("status").code
        == 0
    )
    writer.close()
