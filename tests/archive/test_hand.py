"""The command line as a person's hand meets it: mistyped names, numbers for addresses, widths, times, completion, homes."""

from __future__ import annotations

import fcntl
import os
import pty
import shutil
import signal
import stat
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from archive.cli import COMMANDS, main
from archive.cli.options import check_declared, declared_sites, whole_parser
from archive.cli.terminal import table, width
from archive.errors import BadInput, did_you_mean
from archive.home import read_home
from tests.archive.holding import TEXT, URL, Holding, Run, article, runner


@pytest.fixture
def path(tmp_path: Path) -> Path:
    holding = Holding(tmp_path / "a.db")
    holding.show(article(), "2026-04-01T00:00:00.000Z")
    holding.show(article(TEXT.replace("1.5万亿", "15万亿")), "2026-04-03T00:00:00.000Z")
    holding.close()
    return tmp_path / "a.db"


@pytest.fixture
def yuanben(path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(path, capsys)


@pytest.mark.parametrize(
    "words",
    [
        ["show", "1"],
        ["history", "1"],
        ["diff", "1"],
        ["cites", "1"],
        ["feed", "-", "--url", "1"],
        ["compare", "1"],
        ["review", "1"],
    ],
    ids=lambda words: words[0],
)
def test_a_number_will_do_where_an_address_does(yuanben: Run, words: list[str]) -> None:
    by_number = yuanben(*words)
    by_address = yuanben(*(URL if word == "1" else word for word in words))
    assert by_number.code == 0 and by_number.out == by_address.out


@pytest.mark.parametrize("command", ["show", "history", "diff", "cites", "compare", "review"])
@pytest.mark.parametrize(
    "typo", [URL.replace("one", "on"), URL.replace("bureau", "buraeu"), URL.replace("https://", "")[:-1]]
)
def test_a_mistyped_address_is_answered_with_the_nearest(yuanben: Run, command: str, typo: str) -> None:
    ran = yuanben(command, typo)
    if command == "compare" and "://" not in typo:
        return  # the name of a file
    assert (ran.code, ran.err.count("\n")) == (2, 1) and f"did you mean {URL}?" in ran.err


def test_an_address_that_is_like_none_is_answered_with_none(yuanben: Run) -> None:
    ran = yuanben("show", "https://nowhere.example/something/else/altogether")
    assert ran.code == 2 and "did you mean" not in ran.err


def test_a_number_that_no_document_has_is_said(yuanben: Run) -> None:
    ran = yuanben("show", "7")
    assert ran.code == 2 and "no document 7" in ran.err


@pytest.mark.parametrize(
    "words",
    [["search", "北京", "--site"], ["feed", "-", "--site"], ["status"], ["review"],
     ["export", "jsonl", "out", "--site"]],
    ids=lambda words: words[0],
)  # fmt: skip
def test_a_mistyped_site_is_answered_with_the_nearest(
    yuanben: Run, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = yuanben(*words, "burau")
    assert (ran.code, ran.err.count("\n")) == (2, 1) and "did you mean bureau?" in ran.err


@pytest.mark.parametrize(
    "words", [["feed", "-", "--site"], ["status"], ["review"]], ids=lambda words: words[0]
)
def test_a_publisher_names_its_site(yuanben: Run, words: list[str]) -> None:
    assert yuanben(*words, "示例委").out == yuanben(*words, "bureau").out


def test_declared_sites_are_known_to_commands_that_need_no_archive(yuanben: Run) -> None:
    declared = declared_sites()
    assert "miit" in declared
    with pytest.raises(BadInput, match="did you mean miit"):
        check_declared(["mitt"], declared)
    ran = yuanben("schedule", "cron", "mitt")
    assert ran.code == 2 and "did you mean miit" in ran.err


def test_an_unknown_command_is_answered_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serach"]) == 2 and "did you mean search" in capsys.readouterr().err
    assert did_you_mean("zzzz", COMMANDS) == ""


@pytest.mark.parametrize("columns", ["60", "80", "100"])
def test_tables_keep_to_the_width_that_columns_says(monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    rows = [["miit", "关于" * 60, "2026-04-01 16:00"], ["most", "short", "never"]]
    monkeypatch.setenv("COLUMNS", columns)
    assert max(map(width, table(("site", "title", "last"), rows).splitlines())) <= int(columns)
    monkeypatch.setenv("COLUMNS", "nonsense")
    assert max(map(width, table(("site", "title", "last"), rows).splitlines())) > 200


def test_addresses_are_never_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    assert URL * 2 in table(("at", "address"), [["x" * 30, URL * 2]])


@pytest.mark.parametrize("words", [["history", URL], ["show", URL], ["quote", "产业规模达到15万亿元"]])
def test_times_are_those_of_beijing(yuanben: Run, words: list[str]) -> None:
    ran = yuanben(*words)
    assert "2026-04-03 08:00" in ran.out and "T00:00:00.000Z" not in ran.out and "Beijing" in ran.out
    assert "2026-04-03T00:00:00.000Z" in yuanben(*words, "--json").out


def on_a_terminal(words: list[str], place: Path, *, interrupt_at: bytes | None = None) -> tuple[int, str]:
    """Run Python with words at a terminal and return its code and what it showed; interrupt it once it shows that."""
    main_end, other = pty.openpty()
    fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    running = subprocess.Popen(
        [sys.executable, *words], cwd=place, stdin=other, stdout=other, stderr=other, start_new_session=True
    )
    os.close(other)
    shown = b""
    try:
        while piece := os.read(main_end, 4096):
            shown += piece
            if interrupt_at is not None and interrupt_at in shown:
                interrupt_at = None
                os.killpg(running.pid, signal.SIGINT)
    except OSError:  # the other end is closed
        pass
    os.close(main_end)
    return running.wait(20), shown.decode("utf-8", "replace")


def test_an_interrupt_is_quiet(path: Path) -> None:
    # A shell's background jobs begin with the interrupt ignored, and so would what they start.
    words = ["-c", "import signal, sys, time\nfrom archive.cli import main, status\n"
             "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
             "status.run = lambda options: print('begun', flush=True) or time.sleep(30)\n"
             f"sys.exit(main(['status', '--archive', {str(path)!r}]))"]  # fmt: skip
    code, shown = on_a_terminal(words, path.parent, interrupt_at=b"begun")
    assert code == 130 and "Traceback" not in shown


def test_work_that_takes_a_while_shows_how_far_it_is_at_a_terminal(tmp_path: Path) -> None:
    words = ["-c", "import time\nfrom archive.cli.terminal import Progress\nwith Progress('written') as bar:\n"
             "    for _ in range(12):\n        time.sleep(0.11)\n        bar.step()\n"]  # fmt: skip
    code, shown = on_a_terminal(words, tmp_path)
    assert code == 0 and "written" in shown
    done = subprocess.run([sys.executable, *words], capture_output=True, cwd=tmp_path)
    assert done.stderr == b""


def test_work_that_cannot_be_counted_says_that_it_goes_on(tmp_path: Path) -> None:
    words = ["-c", "import time\nfrom archive.cli import terminal\nterminal._LONG = 0.1\n"
             "with terminal.Working('comparing'):\n    time.sleep(0.4)\nprint('done')\n"]  # fmt: skip
    code, shown = on_a_terminal(words, tmp_path)
    assert code == 0 and "comparing: 0 s" in shown and shown.rstrip().endswith("done")
    assert subprocess.run([sys.executable, *words], capture_output=True, cwd=tmp_path).stderr == b""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_a_script_with_every_command(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert [name for name in COMMANDS if name not in script] == []
    if (program := shutil.which(shell)) is not None:
        assert subprocess.run([program, "-n"], input=script, text=True, capture_output=True).stderr == ""


@pytest.mark.skipif(not shutil.which("bash"), reason="bash completes")
@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("sche", "schedule"),
        ("schedule sys", "systemd"),
        ("search --site mii", "miit"),
        ("show --ver", "--version"),
    ],
)
def test_bash_completes(typed: str, offered: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["completion", "bash"])
    (tmp_path / "script").write_text(capsys.readouterr().out, "utf-8")
    words = f"yuanben {typed}".split()
    asked = f'source ./script; COMP_WORDS=({" ".join(words)}); COMP_CWORD={len(words) - 1}; _shtab_yuanben; echo "${{COMPREPLY[@]}}"'
    done = subprocess.run(["bash", "-c", asked], cwd=tmp_path, capture_output=True, text=True)
    assert offered in done.stdout.split(), done.stderr


def test_completion_knows_what_each_command_takes() -> None:
    assert set(whole_parser(["miit"])._subparsers._group_actions[0].choices) == set(COMMANDS)  # type: ignore[union-attr,arg-type]


NEW = ["--contact", "me@example.org", "--site", "工信部", "--site", "most", "--every", "2h", "--yes"]


def test_a_home_is_made_that_every_command_then_uses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ARCHIVE_CONTACT", raising=False)
    place = tmp_path / "home"
    assert (
        main(
            [
                "new",
                str(place),
                *NEW,
                "--mail",
                "me@example.org",
                "--query",
                "未来产业",
                "--starter",
                "systemd",
            ]
        )
        == 0
    )
    home = read_home(place / "yuanben.toml")
    assert (home.contact, home.sites, home.every) == ("mailto:me@example.org", ("miit", "most"), "2h")
    (target,) = home.targets
    assert (target.to, target.queries) == (("me@example.org",), ("未来产业",))
    assert stat.S_IMODE((place / "yuanben.toml").stat().st_mode) == 0o600
    unit = (place / "yuanben.service").read_text("utf-8")
    assert f"--archive {place / 'yuanben.db'}" in unit and "mailto:me@example.org" in unit
    monkeypatch.chdir(place)
    capsys.readouterr()
    assert main(["schedule", "cron"]) == 0
    assert "mailto:me@example.org" in capsys.readouterr().out
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    assert "crawls miit, most; tells mail" in said and "none yet at" in said


def test_a_home_overwrites_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", str(tmp_path), *NEW]) == 0
    before = (tmp_path / "yuanben.toml").read_bytes()
    assert main(["new", str(tmp_path), *NEW, "--every", "1d"]) == 2
    assert (
        "is there already" in capsys.readouterr().err and (tmp_path / "yuanben.toml").read_bytes() == before
    )


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--contact", "nobody"], "no mail address"),
        (["--contact", "a@b.example", "--site", "mitt"], "did you mean miit"),
        (["--contact", "a@b.example", "--mail", "x"], "no mail address"),
        (["--contact", "a@b.example", "--mail", "a@b.example", "--server", "mail"], "no mail server"),
        (["--site", "miit"], "give it as an option"),
    ],
)
def test_a_home_that_cannot_be_is_refused_in_one_line(
    words: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", str(tmp_path / "home"), *words, "--yes"]) == 2
    err = capsys.readouterr().err
    assert says in err and err.count("\n") == 1 and not (tmp_path / "home").exists()


def test_questions_are_asked_until_the_answer_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter(["nonsense", "me@example.org", "mitt", "", "miit, 科技部", "2h", "none", "me@example.org",
                    "未来产业; 人工 智能；", "", ""])  # fmt: skip
    monkeypatch.setattr("builtins.input", lambda question: next(answers))
    monkeypatch.setattr("sys.stdin", type("Terminal", (), {"isatty": lambda self: True})())
    assert main(["new", str(tmp_path / "home")]) == 0
    home = read_home(tmp_path / "home" / "yuanben.toml")
    assert home.sites == ("miit", "most") and home.targets[0].queries == ("未来产业", "人工 智能")


def test_no_site_is_asked_because_somebody_pressed_enter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = iter(["me@example.org", "", "全部", "", "", "", ""])
    monkeypatch.setattr("builtins.input", lambda question: next(answers))
    monkeypatch.setattr("sys.stdin", type("Terminal", (), {"isatty": lambda self: True})())
    monkeypatch.setattr("subprocess.run", lambda *words, **how: pytest.fail("a crawl was begun"))
    assert main(["new", str(tmp_path / "home")]) == 0
    said = capsys.readouterr()
    assert "no site is named" in said.err and "--dry-run" in said.out and next(answers, None) is None
    assert max(map(width, said.out.partition("made ")[0].splitlines())) <= 120


def test_a_wording_cannot_be_watched_before_there_is_an_archive_and_says_where_else_it_goes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["new", str(tmp_path), *NEW]) == 0
    monkeypatch.chdir(tmp_path)
    capsys.readouterr()
    assert main(["watchword", "add", "未来产业"]) == 2
    assert "write it into queries of a target in yuanben.toml" in capsys.readouterr().err


def test_units_say_how_they_come_to_their_place_from_wherever_they_were_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = ["--archive", str(tmp_path / "a.db")]
    assert main(["schedule", "systemd", "miit", "--into", str(tmp_path), *archive]) == 0
    said = capsys.readouterr().out
    assert f"cp {tmp_path}/yuanben-miit.service {tmp_path}/yuanben-miit.timer /etc/systemd/system/" in said
    assert main(["schedule", "cron", "--into", str(tmp_path), *archive]) == 0
    assert main(["schedule", *archive]) == 2
    assert "SITE" not in capsys.readouterr().err
