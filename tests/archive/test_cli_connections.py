"""``yuanben cites``, ``check`` and ``diff --by clause`` as people and programs call them."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from archive.cli import main
from archive.relations.check import VERDICTS
from archive.store.file.connection import open_for_writing
from tests.archive.desk import HOST, Desk
from tests.archive.test_connections import PAGES

NEW = f"https://{HOST}/a/new.html"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cli") / "held.db"
    db = open_for_writing(path, create=True)
    desk = Desk(db=db)
    for day, name in enumerate(("old", "new", "law"), 1):
        desk.see(PAGES[name], f"2026-04-{day:02}T08:00:00", url=f"https://{HOST}/a/{name}.html")
    edited = (
        PAGES["new"]
        .decode()
        .replace("30%", "25%")
        .replace("第三条 市财政", "第三条 鼓励智慧渔港建设。第三条 市财政")
    )
    desk.see(edited.encode(), "2026-05-01T08:00:00", url=NEW)
    db.close()
    return path


def call(path: Path, *words: str) -> int:
    return main([*words, "--archive", str(path)])


def test_cites_shows_both_directions_and_the_standing(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(path, "cites", f"https://{HOST}/a/old.html") == 0
    shown = capsys.readouterr().out
    assert "repealed since 2021-05-01, as far as this archive holds" in shown and NEW in shown
    assert call(path, "cites", NEW, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert {"document", "cites", "cited_by", "works", "standing"} <= set(found)
    assert found["standing"]["because"][0]["start"] < found["standing"]["because"][0]["end"]


def test_check_takes_a_text_a_word_file_and_input(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = "《海州市渔港管理办法》（海府办规〔2016〕9号）是现行依据。"
    (tmp_path / "report.md").write_text(words, encoding="utf-8")
    (tmp_path / "report.html").write_text(
        f"<html><body><h1>报告</h1><p>{words * 4}</p></body></html>", encoding="utf-8"
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as parts:
        parts.writestr(
            "[Content_Types].xml",
            "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>",
        )
        space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
        parts.writestr(
            "word/document.xml",
            f"<w:document xmlns:w='{space}'><w:body><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:body></w:document>",
        )
    (tmp_path / "report.docx").write_bytes(packed.getvalue())
    for name in ("report.md", "report.docx", "report.html"):
        assert call(path, "check", str(tmp_path / name), "--as-of", "2025-03-01", "--json") == 0
        found = json.loads(capsys.readouterr().out)
        assert found["citations"][0]["verdict"] == "not_in_force", name
        assert set(found["counts"]) == set(VERDICTS)
    assert call(path, "check", str(tmp_path / "report.md"), "--as-of", "2020-01-01") == 0
    assert "1 right" in capsys.readouterr().out


def test_a_report_that_is_not_there_is_one_line(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(path, "check", "/no/report.txt") == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_two_versions_are_set_side_by_side(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, word = tmp_path / "table.html", tmp_path / "table.docx"
    assert (
        call(
            path, "diff", NEW, "1", "2", "--by", "clause", "--json", "--html", str(page), "--docx", str(word)
        )
        == 0
    )
    found = json.loads(capsys.readouterr().out)
    assert {row["change"] for row in found["clauses"]} >= {"same", "amended"}
    assert all(set(row) >= {"old", "new", "change"} for row in found["clauses"])
    assert "新旧对照表" in page.read_text("utf-8") and zipfile.is_zipfile(word)
    assert call(path, "diff", NEW, "1", "2", "--by", "clause") == 0
    assert "amended" in capsys.readouterr().out


def test_a_table_is_written_only_of_clauses(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(path, "diff", NEW, "1", "2", "--html", str(tmp_path / "x.html")) == 2
    assert "--by clause" in capsys.readouterr().err
