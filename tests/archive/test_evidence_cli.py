"""checkpoint, verify and export as people use them."""

from __future__ import annotations

import io
import json
import sqlite3
import sys
from pathlib import Path

import pytest

from archive.cli.checkpoint import state_run
from archive.store.archive import Archive
from tests.archive.desk import SITE, URL, Desk, answer, clock, html, replaced
from tests.archive.holding import Run, runner


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("evidence") / "a.db"
    archive = Archive.open(path, holder="tests", sites={"bureau": SITE}, create=True, clock=clock())
    desk = Desk(db=archive.db)
    desk.see(html(), "2026-04-01T00:00:00")
    desk.see(html(*replaced("1.5万条", "15万条")), "2026-04-03T00:00:00")
    desk.see(None, "2026-04-04T00:00:00", status=404)
    archive.end_crawl(desk.crawl, "OK", [])  # type: ignore[arg-type]
    archive.close()
    return path


@pytest.fixture
def path(filled: Path, tmp_path: Path) -> Path:
    source, target = sqlite3.connect(filled), sqlite3.connect(tmp_path / "a.db")
    source.backup(target)
    source.close(), target.close()
    return tmp_path / "a.db"


@pytest.fixture
def yuanben(path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(path, capsys)


def changed(path: Path, statement: str) -> None:
    db = sqlite3.connect(path)
    for (name,) in db.execute("select name from sqlite_master where type = 'trigger'").fetchall():
        db.execute(f"drop trigger {name}")
    db.execute(statement)
    db.commit()
    db.close()


def test_a_checkpoint_that_was_kept_shows_what_was_changed_later(
    yuanben: Run, path: Path, tmp_path: Path
) -> None:
    key, kept = tmp_path / "key", tmp_path / "kept.txt"
    public = yuanben("checkpoint", "--new-key", str(key), "--name", "archive.example").out.strip()
    assert key.stat().st_mode & 0o077 == 0 and "PRIVATE" not in public
    stated = yuanben("checkpoint", "--key", str(key), "--append", str(kept))
    assert stated.out.startswith("archive.example\n3\n") and "— archive.example" in stated.out
    again = yuanben("verify", "--checkpoint", str(kept), "--public-key", public)
    assert again.code == 0 and "checkpoint of 3 captures" in again.out, again.out
    changed(path, "update captures set captured_at = '2026-03-01T00:00:00.000Z' where id = 1")
    found = yuanben("verify", "--checkpoint", str(kept), "--json")
    assert found.code == 1 and any(bad["table"] == "captures" for bad in found.json["bad"])
    refused = yuanben("checkpoint", "--append", str(kept))
    assert (
        refused.code == 1
        and "nothing was added" in refused.err
        and kept.read_text().count("archive.example\n3") == 1
    )


def test_a_checkpoint_of_another_key_is_not_taken(yuanben: Run, tmp_path: Path) -> None:
    keys = [
        yuanben("checkpoint", "--new-key", str(tmp_path / name), "--name", "a.example").out.strip()
        for name in "xy"
    ]
    yuanben("checkpoint", "--key", str(tmp_path / "x"), "--append", str(tmp_path / "kept"))
    assert yuanben("verify", "--checkpoint", str(tmp_path / "kept"), "--public-key", keys[0]).code == 0
    refused = yuanben("verify", "--checkpoint", str(tmp_path / "kept"), "--public-key", keys[1])
    assert refused.code == 2 and "is not signed by the key" in refused.err


def test_without_a_checkpoint_it_is_said_what_that_leaves_open(yuanben: Run) -> None:
    ran = yuanben("verify", "--all")
    assert ran.code == 0 and "no checkpoint was given" in ran.out and "not shown: " in ran.out
    quick = yuanben("verify", "--quick")
    assert "not checked (--quick)" in quick.out and quick.out.rstrip().endswith(
        "sound, as far as --quick looks"
    )


def test_a_run_that_kept_something_ends_with_one_and_the_next_without(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from argparse import Namespace

    options = Namespace(archive=str(path), checkpoint_file=tmp_path / "kept", checkpoint_key=None, witness=[])
    archive = Archive.open(path, holder="tests", sites={"bureau": SITE}, clock=clock())
    state_run(archive, options)
    (line,) = capsys.readouterr().err.splitlines()
    state_run(archive, options)
    assert capsys.readouterr().err == ""
    archive.keep(answer(html(), "2026-04-09T00:00:00"), archive.begin_crawl("bureau", "watch"))
    state_run(archive, options)
    assert capsys.readouterr().err.startswith("checkpoint: a.db 4 ")
    archive.close()
    assert (tmp_path / "kept").read_text().count("a.db\n") == 2
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"OK\n{line}\n"))
    assert runner(path, capsys)("verify", "--checkpoint", "-", "--quick").code == 0


@pytest.mark.parametrize("form", ["warc", "wacz", "jsonl", "pack"])
def test_an_export_is_complete_or_not_there(form: str, yuanben: Run, tmp_path: Path) -> None:
    target = tmp_path / ("out.zip" if form == "pack" else "out")
    ran = yuanben("export", form, str(target), "--url", URL, "--json")
    assert ran.code == 0 and ran.json["files"] and ran.json["filter"]["urls"] == [URL]
    assert target.exists() and not list(tmp_path.glob(".*"))
    again = yuanben("export", form, str(target), "--url", URL)
    assert again.code == 2 and "overwrites nothing" in again.err


def test_rows_are_exported_with_what_their_columns_mean(yuanben: Run, tmp_path: Path) -> None:
    assert yuanben("export", "jsonl", str(tmp_path / "rows")).code == 0
    manifest = json.loads((tmp_path / "rows" / "manifest.json").read_text())
    latest = next(file for file in manifest["files"] if file["name"] == "latest.jsonl")
    assert latest["rows"] == 1 and "UTC" in latest["columns"]["first_seen"]
    assert manifest["checkpoint"].startswith("a.db\n3\n")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("export", "pack", "x.zip"), "give its address with --url"),
        (("export", "warc", "/nowhere/x"), "no directory"),
        (("checkpoint", "--key", "/nowhere/key"), "no file /nowhere/key"),
        (("verify", "--checkpoint", "/nowhere/kept"), "no file /nowhere/kept"),
        (("checkpoint", "--signatures", "x"), "--append"),
    ],
)
def test_a_mistake_is_said_in_one_line(words: tuple[str, ...], says: str, yuanben: Run) -> None:
    ran = yuanben(*words)
    assert ran.code == 2 and says in ran.err and ran.err.count("\n") == 1
