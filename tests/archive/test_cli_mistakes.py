"""Every mistake is told in one line that says what, where and what now, and exits with 2."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from archive.cli import COMMANDS, main
from archive.cli.terminal import clipped, padded, safe, table, width
from tests.archive.holding import URL, Holding, Run, article, runner

NEED_NO_ARCHIVE = {"completion", "new"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    holding = Holding(tmp_path / "a.db")
    holding.show(article(), "2026-04-01T00:00:00.000Z")
    holding.close()
    return tmp_path / "a.db"


@pytest.fixture
def yuanben(path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(path, capsys)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["search"], id="no-query"),
        pytest.param(["search", "北京", "--nonsense"], id="unknown-option"),
        pytest.param(["search", "北京", "--lim", "3"], id="half-an-option"),
        pytest.param(["search", "北京", "--limit", "many"], id="no-number"),
        pytest.param(["search", "北京", "--limit", "0"], id="number-too-small"),
        pytest.param(["search", "北京", "--limit", "٣"], id="figures-of-another-script"),
        pytest.param(["search", "北京", "--since", "2026-02-30"], id="no-such-day"),
        pytest.param(["search", "北京", "--since", "last week"], id="no-day"),
        pytest.param(["show", URL, "--at", "2026-04-01T25:00:00Z"], id="no-such-hour"),
        pytest.param(["show", URL, "--at", "2026-04-01T12:00:00"], id="a-time-without-zone"),
        pytest.param(["show", URL, "--version", "1", "--at", "2026-04-01"], id="both-version-and-time"),
        pytest.param(["show", "https://nowhere.example/x"], id="unknown-address"),
        pytest.param(["show", "ftp://nowhere.example/x"], id="no-web-address"),
        pytest.param(["show", ""], id="empty-address"),
        pytest.param(["show", "https://nowhere.example/\x1b[2J\nsecond line"], id="controls-in-the-address"),
        pytest.param(["history", "乱七八糟"], id="no-address-at-all"),
        pytest.param(["diff", URL, "9"], id="no-such-version"),
        pytest.param(["diff", URL, "1", "2", "3"], id="too-many-words"),
        pytest.param(["review", "nosuchsite", "--accept"], id="unknown-site"),
        pytest.param(["review", "bureau", "--accept", "--reject"], id="both-decisions"),
        pytest.param(["review", "bureau", "--accept"], id="nothing-waits"),
        pytest.param(["clean", "nosuchfile.txt"], id="no-file"),
        pytest.param(["serve", "--port", "99999"], id="no-port"),
        pytest.param(["backup", "/nosuchplace/b.db"], id="no-directory"),
        pytest.param(["backup", "b" * 300], id="a-name-too-long-for-a-file"),
        pytest.param(["search", "北京", "--site", "\udcff"], id="a-site-of-bytes-that-are-no-text"),
        pytest.param(["quote", "\udcd6\udcd0"], id="a-wording-of-bytes-that-are-no-text"),
        pytest.param(["show", URL, "--at", "9999-12-31"], id="the-end-of-the-last-day"),
        pytest.param(["feed", ""], id="no-name-of-a-file"),
        pytest.param(["feed", "/"], id="the-root"),
        pytest.param(
            ["compare", "https://www.bureau.example/" + "a" * 300], id="an-address-longer-than-a-name"
        ),
        pytest.param(["compare", __file__, "--url", "http://[::1"], id="no-address-of-a-copy"),
        pytest.param(
            ["schedule", "cron", "--user", "root", "--into", "/nosuchplace"], id="no-directory-as-root"
        ),
    ],
)
def test_a_mistake_is_told_in_one_line(yuanben: Run, words: list[str]) -> None:
    ran = yuanben(*words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("yuanben: ") and ran.err.count("\n") == 1 and "—" in ran.err
    assert "\x1b" not in ran.err and "usage:" not in ran.err


@pytest.mark.parametrize("words", [["compare-all"], ["--frobnicate"], ["Search", "x"]])
def test_an_unknown_command_is_told_with_those_there_are(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1 and "search, show" in err


@pytest.mark.parametrize(
    "words",
    [["search", "x"], ["show", URL], ["history", URL], ["diff", URL], ["status"], ["verify"], ["backup", "b.db"],
     ["review"], ["review", "--accept"], ["serve", "--port", "0"]],
    ids=lambda words: " ".join(words[:2]),
)  # fmt: skip
def test_without_an_archive_nothing_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("YUANBEN_ARCHIVE", raising=False)
    ran = runner(tmp_path, capsys)(*words, archive=None)
    assert ran.code == 2 and "no archive at yuanben.db" in ran.err and ran.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _text(path: Path) -> None:
    path.write_text("关于推动未来产业发展的通知" * 100, encoding="utf-8")


def _foreign(path: Path) -> None:
    sqlite3.connect(path).execute("create table t (a)").connection.close()


def _newer(path: Path) -> None:
    Holding(path).close()
    db = sqlite3.connect(path)
    db.execute("pragma user_version=99")
    db.close()


def _older(path: Path) -> None:
    Holding(path).close()
    db = sqlite3.connect(path)
    db.execute("pragma user_version=2")
    db.close()


def _directory(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize("made", [_empty, _text, _foreign, _newer, _older, _directory])
def test_a_file_that_is_no_archive_of_ours_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], made: object
) -> None:
    path = tmp_path / "other.db"
    made(path)  # type: ignore[operator]
    for words in (["search", "x"], ["status"], ["verify"], ["backup", str(tmp_path / "b.db")]):
        ran = runner(path, capsys)(*words)
        assert (ran.code, ran.out) == (2, "") and ran.err.count("\n") == 1
    assert not (tmp_path / "b.db").exists()


def test_a_path_that_cannot_be_asked_for_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (
        ["search", "x"],
        ["compare", __file__, "--json"],
        ["doctor", "--json"],
        ["schedule", "cron"],
    ):
        ran = runner(tmp_path, capsys)(*words, archive=tmp_path / ("a" * 300))
        assert (ran.code, ran.out) == (2, "") and ran.err.count("\n") == 1 and "cannot be reached" in ran.err


def test_the_archive_is_taken_from_the_environment(
    path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YUANBEN_ARCHIVE", str(path))
    assert len(runner(path, capsys)("search", "北京", "--json", archive=None).json) == 1


def test_reading_commands_change_no_byte_of_the_file(path: Path, yuanben: Run) -> None:
    before = path.read_bytes()
    for words in (
        ("search", "北京"),
        ("show", URL),
        ("history", URL),
        ("diff", URL),
        ("status",),
        ("verify", "--read-again", "0"),
        ("checkpoint",),
        ("review",),
    ):
        assert yuanben(*words).code == 0
    assert path.read_bytes() == before


def test_every_command_helps(capsys: pytest.CaptureFixture[str]) -> None:
    for name in COMMANDS:
        with pytest.raises(SystemExit) as left:
            main([name, "--help"])
        assert left.value.code == 0
        assert name in NEED_NO_ARCHIVE or "--archive" in capsys.readouterr().out
    assert main(["--help"]) == 0
    usage = capsys.readouterr().out
    assert all(f"  {name} " in usage for name in COMMANDS)


def test_a_reader_that_goes_away_is_no_error(path: Path) -> None:
    command = [sys.executable, "-c", "import sys; from archive.cli import main; sys.exit(main())"]
    done = subprocess.Popen(
        [*command, "show", URL, "--archive", str(path), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert done.stdout and done.stderr
    done.stdout.close()
    assert done.stderr.read() == b""
    assert done.wait() == 0


def test_a_feed_takes_the_place_of_no_pipe(yuanben: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    ran = yuanben("feed", str(tmp_path / "pipe"))
    assert ran.code == 2 and ran.err.count("\n") == 1 and (tmp_path / "pipe").is_fifo()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("words", [["show", URL, "--json"], ["status"]], ids=" ".join)
def test_an_output_without_room_is_told_in_one_line(path: Path, words: list[str]) -> None:
    command = [sys.executable, "-c", "import sys; from archive.cli import main; sys.exit(main())"]
    with open("/dev/full", "wb") as full:
        done = subprocess.run([*command, *words, "--archive", str(path)], stdout=full, stderr=subprocess.PIPE)
    assert (
        done.returncode == 2 and done.stderr.count(b"\n") == 1 and b"the output cannot be used" in done.stderr
    )


def test_a_closed_output_is_no_error(path: Path) -> None:
    words = [sys.executable, "-c", "import sys; from archive.cli import main; sys.exit(main())", "show", URL]
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *words, "--json", "--archive", str(path)], stderr=subprocess.PIPE
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_wording_on_the_input_may_be_in_another_encoding(path: Path) -> None:
    command = [sys.executable, "-c", "import sys; from archive.cli import main; sys.exit(main())"]
    done = subprocess.run(
        [*command, "quote", "-", "--json", "--archive", str(path)],
        input="各区要加快布局未来产业。".encode("gb18030"), capture_output=True, check=True,
    )  # fmt: skip
    assert "加快布局未来产业" in done.stdout.decode() and URL in done.stdout.decode()


@pytest.mark.parametrize("encoding", ["ascii", "gb18030", "latin-1"])
def test_json_is_utf8_whatever_the_terminal_speaks(path: Path, encoding: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from archive.cli import main; sys.exit(main())", "search", "北京", "--json", "--archive", str(path)],
        capture_output=True, env={**os.environ, "PYTHONIOENCODING": encoding}, check=True,
    )  # fmt: skip
    assert "未来产业" in done.stdout.decode("utf-8") and done.stderr == b""


def test_a_terminal_without_chinese_gets_escapes_instead_of_a_traceback(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from archive.cli import main; sys.exit(main())", "show", URL, "--archive", str(path)],
        capture_output=True, env={**os.environ, "PYTHONIOENCODING": "ascii"}, check=True,
    )  # fmt: skip
    assert b"\\u672a" in done.stdout


@pytest.mark.parametrize(
    ("text", "columns"),
    [("abc", 3), ("北京", 4), ("５Ｇ", 4), ("e\u0301", 1), ("北\u200b京", 4), ("", 0)],
)
def test_an_ideograph_takes_two_columns(text: str, columns: int) -> None:
    assert width(text) == columns
    assert width(padded(text, 10)) == 10


def test_a_text_is_clipped_by_columns() -> None:
    assert clipped("北京市政府", 10) == "北京市政府"
    assert clipped("北京市政府", 9) == "北京市政…"
    assert clipped("北京市政府", 8) == "北京市…"


def test_columns_of_a_table_begin_under_each_other() -> None:
    lines = table(("site", "why"), [("北京市", "x"), ("ab", "y")]).splitlines()
    assert [
        width(line[: line.rindex(last)]) for line, last in zip(lines, ("why", "x", "y"), strict=True)
    ] == [8] * 3


def test_line_ends_and_tabs_of_a_text_stay() -> None:
    assert safe("一\n二\t三\r\x9b\u2028") == "一\n二\t三\\x0d\\x9b\\u2028"
