"""``yuanben schedule``: units that systemd accepts, and a line that cron and sh understand."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from archive.cli import main
from archive.units import Schedule, cron, service, timer

ODD = 'a b%x$y"q;'


@pytest.fixture
def schedule(tmp_path: Path) -> Schedule:
    place = tmp_path / ODD
    place.mkdir()
    program = tmp_path / "a b%x$y;run"  # systemd starts no program with a quotation mark in its path
    program.write_text('#!/bin/sh\necho "asked: $*"\nexit ${CODE:-0}\n')
    program.chmod(0o755)
    return Schedule(name="yuanben", program=[str(program), "scrapy"], archive=place / "policy.db")


def verified(place: Path, one: Schedule) -> subprocess.CompletedProcess[str]:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not installed here: the units are not verified")
    for name, text in ((f"{one.name}.service", service(one)), (f"{one.name}.timer", timer(one))):
        (place / name).write_text(text)
    files = [str(place / f"{one.name}.{kind}") for kind in ("service", "timer")]
    return subprocess.run([program, "verify", *files], capture_output=True, text=True)


@pytest.mark.parametrize("every", ["15min", "1h", "8h", "1d"])
def test_systemd_has_nothing_to_say_against_the_units(tmp_path: Path, schedule: Schedule, every: str) -> None:
    one = replace(
        schedule,
        every=every,
        user="daemon",
        notify='jq -r .summary | mail -s "50%" $ME',
        contact="https://a.example/",
    )
    ran = verified(tmp_path, one)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_systemd_would_name_a_mistake_in_the_units(tmp_path: Path, schedule: Schedule) -> None:
    gone = replace(schedule, program=["/nowhere/run", "scrapy"])
    assert "/nowhere/run" in verified(tmp_path, gone).stderr


def test_paths_stand_in_the_unit_as_systemd_reads_them_back(schedule: Schedule) -> None:
    text = service(schedule)
    place = str(schedule.archive.parent)
    quoted = place.replace("%", "%%").replace('"', '\\"')
    assert f'ReadWritePaths="{quoted}"\n' in text
    assert f"WorkingDirectory={place.replace('%', '%%')}\n" in text
    assert f'--archive "{quoted.replace("$", "$$")}/policy.db"' in text


def test_a_unit_takes_an_overlapping_run_for_no_failure_and_may_write_to_one_directory(
    schedule: Schedule,
) -> None:
    lines = service(schedule).splitlines()
    assert {"Type=oneshot", "SuccessExitStatus=75 143", "ProtectSystem=strict", "NoNewPrivileges=true"} <= {
        *lines
    }
    assert sum(line.startswith("ReadWritePaths=") for line in lines) == 1
    assert "Persistent=true" in timer(schedule) and "RandomizedDelaySec=900s" in timer(schedule)


def test_a_private_tmp_hides_no_archive_that_lies_there() -> None:
    one = Schedule(name="yuanben", program=["/opt/yuanben/run", "scrapy"], archive=Path("/srv/policy.db"))
    assert "PrivateTmp=true" in service(one)
    assert "PrivateTmp" not in service(replace(one, archive=Path("/tmp/policy.db")))
    assert "PrivateTmp" not in service(replace(one, key=Path("/tmp/key")))
    assert "PrivateTmp" not in service(replace(one, checkpoints=Path("/var/tmp/log")))
    assert "PrivateTmp" not in service(replace(one, program=["/var/tmp/yuanben/run", "scrapy"]))


@pytest.mark.parametrize(
    ("code", "says"), [(0, ""), (75, ""), (1, "asked: scrapy watch miit --due --archive ")], ids=str
)
def test_the_line_for_cron_speaks_only_of_a_failed_run(schedule: Schedule, code: int, says: str) -> None:
    one = replace(schedule, sites=["miit"])
    ran = subprocess.run(
        ["sh", "-c", command_of(cron(one))],
        capture_output=True,
        text=True,
        env={**os.environ, "CODE": str(code)},
    )
    assert ran.stdout.startswith(says) and bool(ran.stdout) == bool(says)
    assert ran.stderr == ""
    log = Path(f"{one.archive}.log").read_text()
    assert log == f"asked: scrapy watch miit --due --archive {one.archive}\n"


def command_of(text: str) -> str:
    """Return what cron hands to sh, the rest before it cut short."""
    line = text.splitlines()[-1]
    assert "%" not in line.replace("\\%", "")
    return line.split(None, 5)[5].replace("\\%", "%").replace("% 900 ))", "% 1 ))")


@pytest.mark.parametrize(("every", "starts"), [("15min", 96), ("1h", 24), ("6h", 4), ("1d", 1)])
def test_cron_and_systemd_start_at_the_same_times(schedule: Schedule, every: str, starts: int) -> None:
    one = replace(schedule, every=every)
    minutes, hours, *rest = cron(one).splitlines()[-1].split()[:5]
    assert rest == ["*", "*", "*"]
    assert len(minutes.split(",")) * (24 if hours == "*" else len(hours.split(","))) == starts
    assert f"OnCalendar=*-*-* {hours}:{minutes}:00\n" in timer(one)


def test_units_are_written_where_they_belong_and_the_next_step_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["schedule", "systemd", "miit", "--archive", str(tmp_path / "a.db"), "--user", "nobody"]
    assert main([*words, "--into", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "systemctl enable --now yuanben-miit.timer" in said
    written = (tmp_path / "yuanben-miit.service").read_text()
    assert "User=nobody\n" in written and " scrapy watch miit --due " in written
    assert main(words) == 0
    assert written in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["anacron"], "invalid choice"),
        (["cron", "a b"], "no name of a site"),
        (["cron", "--every", "5min"], "invalid choice"),
        (["systemd", "--user", "a;b"], "no name of a user"),
        (["systemd", "--archive", "/nowhere/at/all/a.db"], "there is no directory"),
        (["systemd", "--notify", "a\nb"], "control character"),
        (["cron", "--into", "/etc/cron.d"], "add --user"),
    ],
    ids=["form", "site", "every", "user", "directory", "line end", "cron without user"],
)
def test_a_mistake_is_said_in_one_line(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["schedule", *words]) == 2
    said = capsys.readouterr().err
    assert says in said and said.count("\n") == 1


def test_each_scheduled_run_signs_its_checkpoint_and_hands_it_to_the_witnesses(
    schedule: Schedule, tmp_path: Path
) -> None:
    witnesses = ("witness_git.py '/srv/log 1'", "curl -s --data-binary @- $WITNESS")
    one = replace(schedule, checkpoints=tmp_path / "log", key=tmp_path / ODD / "key", witnesses=witnesses)
    said = ["--checkpoint-file", str(tmp_path / "log"), "--checkpoint-key", str(tmp_path / ODD / "key")]
    said += ["--witness", witnesses[0], "--witness", witnesses[1]]
    assert one.command[-len(said) :] == said
    ran = subprocess.run(["sh", "-c", command_of(cron(one))], capture_output=True, text=True)
    assert ran.stderr == ""
    assert Path(f"{one.archive}.log").read_text() == f"asked: {' '.join(one.command[1:])}\n"
    checked = verified(tmp_path, one)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_a_key_that_is_not_there_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [
        "schedule",
        "systemd",
        "--archive",
        str(tmp_path / "a.db"),
        "--checkpoint-key",
        str(tmp_path / "none"),
    ]
    assert main(words) == 2
    assert "there is no file" in capsys.readouterr().err
