"""A backup says what it proves, is brought up to date, leaves nothing when killed, and says what it lacks when put back."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from archive.store.file.connection import open_for_reading
from tests.archive.holding import TEXT, URL, Holding, Run, article, runner

OTHER = "https://www.bureau.example/a/two.html"
THIRD = "https://www.bureau.example/a/three.html"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = Holding(tmp_path / "held.db")
    made.show(article(), "2026-03-02T00:00:00.000Z")
    made.show(article(TEXT.replace("1.5", "15")), "2026-03-09T00:00:00.000Z")
    made.show(article(TEXT + "\n另一份。", title="另一份通知"), "2026-03-03T00:00:00.000Z", url=OTHER)
    made.close()
    return made.path


@pytest.fixture
def run(path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(path, capsys)


def go_on(path: Path) -> None:
    """Let more be captured: a change, a document, a look that failed."""
    made = Holding(path)
    made.show(article(TEXT.replace("5%", "6%")), "2026-03-20T00:00:00.000Z")
    made.show(article(TEXT + "\n第三份。", title="第三份通知"), "2026-03-21T00:00:00.000Z", url=THIRD)
    made.look("2026-03-22T00:00:00.000Z", url=OTHER, status=404)
    made.close()


def rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return all rows of all tables, whatever their order, but for who holds the lease."""
    with closing(open_for_reading(path, whole=True)) as db:
        names = db.execute("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")
        return {
            name: sorted(map(tuple, db.execute(f'select * from "{name}"').fetchall()), key=repr)
            for (name,) in names.fetchall()
        }


def test_a_backup_says_what_it_proved_and_what_not(run: Run, tmp_path: Path) -> None:
    made = run("backup", str(tmp_path / "b.db"))
    assert made.code == 0
    assert (
        "proved: 3 captures, the last of 2026-03-03T00:00:00.000Z" in made.out and "not proved: " in made.out
    )
    stated = run("checkpoint", "--json").json
    assert f"root {stated['root']}" in made.out


def test_a_copy_is_brought_up_to_date_and_equals_the_archive(path: Path, run: Run, tmp_path: Path) -> None:
    copy = tmp_path / "b.db"
    run("backup", str(copy))
    go_on(path)
    again = run("backup", str(copy), "--update", "--json")
    assert again.code == 0, again.err
    written = again.json["written"]
    assert (written["captures"], written["payloads"], written["versions"]) == (3, 2, 2)
    assert rows(copy) == rows(path)
    assert [one.name for one in tmp_path.iterdir() if "b.db" in one.name] == ["b.db"]
    # What has not changed is not written again, and a search of the copy finds what came.
    assert run("backup", str(copy), "--update", "--json").json["written"] == {}
    found = run("search", "第三份", "--json", archive=copy)
    assert [one["url"] for one in found.json] == [THIRD]
    assert run("verify", "--read-again", "0", archive=copy).code == 0


def _another(path: Path) -> None:
    made = Holding(path)
    made.show(article("别的档案。", title="别的"), "2026-03-02T00:00:00.000Z")
    made.close()


def test_only_a_copy_of_this_archive_is_brought_up_to_date(path: Path, run: Run, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    _another(other)
    before = rows(other)
    refused = run("backup", str(other), "--update")
    assert refused.code == 2 and "is no copy of the beginning" in refused.err
    assert rows(other) == before
    assert run("backup", str(path), "--update").code == 2
    assert run("backup", str(tmp_path / "none.db"), "--update").code == 2


def test_a_damaged_archive_leaves_the_copy_as_it_was(path: Path, run: Run, tmp_path: Path) -> None:
    copy = tmp_path / "b.db"
    run("backup", str(copy))
    before = rows(copy)
    go_on(path)
    with sqlite3.connect(path) as db:
        db.execute("drop trigger versions_no_update")
        db.execute("update versions set text = 'x' where id = (select max(id) from versions)")
    db.close()
    assert run("backup", str(copy), "--update").code in (1, 2)
    assert rows(copy) == before


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=lambda sign: sign.name)
def test_a_killed_backup_leaves_nothing(sign: signal.Signals, path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    words = (
        "import signal, time, archive.store.read.backup as b\n"
        "from archive.cli import main\n"
        # A shell's background jobs begin with the interrupt ignored, and so would what they start.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "b.verify = lambda *rest: time.sleep(60)\n"
        f"main(['backup', {str(folder / 'b.db')!r}, '--archive', {str(path)!r}])\n"
    )
    with subprocess.Popen([sys.executable, "-c", words], cwd=Path(__file__).parents[2]) as process:
        until(lambda: any(one.stat().st_size for one in folder.iterdir()))
        os.kill(process.pid, sign)
    until(lambda: not list(folder.iterdir()))


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_restored_it_is_what_was_backed_up(run: Run, path: Path, tmp_path: Path) -> None:
    run("checkpoint", "--append", str(tmp_path / "points"))
    run("backup", str(tmp_path / "b.db"))
    made = run(
        "restore",
        str(tmp_path / "b.db"),
        str(tmp_path / "r.db"),
        "--checkpoint",
        str(tmp_path / "points"),
        archive=None,
    )
    assert made.code == 0 and "nothing is missing that the checkpoints state" in made.out
    assert rows(tmp_path / "r.db") == rows(path)
    again = run("restore", str(tmp_path / "b.db"), str(tmp_path / "r.db"), archive=None)
    assert again.code == 2 and "exists" in again.err


def test_restored_without_a_target_it_stands_in_the_archives_place(
    run: Run, path: Path, tmp_path: Path
) -> None:
    run("backup", str(tmp_path / "b.db"))
    assert run("restore", str(tmp_path / "b.db")).code == 2
    path.rename(tmp_path / "lost.db")
    assert run("restore", str(tmp_path / "b.db")).code == 0
    assert rows(path) == rows(tmp_path / "lost.db")


def test_restoring_says_exactly_what_is_missing(run: Run, path: Path, tmp_path: Path) -> None:
    points, backup = str(tmp_path / "points"), str(tmp_path / "b.db")
    run("checkpoint", "--append", points)
    run("backup", backup)
    go_on(path)
    run("checkpoint", "--append", points)
    made = run("restore", backup, str(tmp_path / "r.db"), "--checkpoint", points, "--json", archive=None)
    assert made.code == 1 and (tmp_path / "r.db").exists()
    captures = next(one for one in made.json["missing"] if one["table"] == "captures")
    assert (captures["from"], captures["to"], captures["count"]) == (4, 6, 3)
    # The older checkpoint was held against it, the newer cannot be.
    assert [one["size"] for one in made.json["checkpoints"]] == [3]
    told = run("restore", backup, str(tmp_path / "s.db"), "--checkpoint", points, archive=None)
    assert f"missing: captures rows 4 to 6 (3), which {points} states" in told.out


def test_a_backup_of_another_past_is_not_restored(run: Run, tmp_path: Path) -> None:
    points = tmp_path / "points"
    run("checkpoint", "--append", str(points))
    other = tmp_path / "other.db"
    _another(other)
    made = Holding(other)
    made.look("2026-03-10T00:00:00.000Z", url=URL, status=404)
    made.look("2026-03-11T00:00:00.000Z", url=OTHER, status=404)
    made.close()
    stated = points.read_text("utf-8").split("\n")
    points.write_text("\n".join(stated[:3]) + "\n", "utf-8")
    refused = run("restore", str(other), str(tmp_path / "r.db"), "--checkpoint", str(points), archive=None)
    assert refused.code == 1 and "is not sound" in refused.err
    assert not (tmp_path / "r.db").exists()


@pytest.mark.parametrize(
    ("backup", "target", "said"),
    [
        ("none.db", "r.db", "no archive at"),
        ("held.db", "no/r.db", "no directory"),
        ("held.db", "held.db", "exists"),
    ],
)
def test_a_mistake_is_said_in_one_line(backup: str, target: str, said: str, run: Run, tmp_path: Path) -> None:
    asked = run("restore", str(tmp_path / backup), str(tmp_path / target), archive=None)
    assert asked.code == 2 and said in asked.err and asked.err.count("\n") == 1
