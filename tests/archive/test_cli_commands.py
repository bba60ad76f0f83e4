"""status, review, clean, doctor and serve."""

from __future__ import annotations

import fcntl
import io
import json
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from importlib import metadata
from pathlib import Path

import pytest

from archive.cli import doctor
from archive.cli.doctor import Level, file_system, of_archive, of_machine, of_place
from archive.model import Outcome, Unreadable, Verdict
from archive.store.schedule.crawls import Finding
from tests.archive.holding import TEXT, URL, Holding, Run, article, runner

SPAM = article("立即注册领取彩金，点击下载。", title="新葡京娱乐")
SIGNS = ("spam_title", "spam_body")


@pytest.fixture
def holding(tmp_path: Path) -> Holding:
    return Holding(tmp_path / "a.db")


@pytest.fixture
def yuanben(holding: Holding, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(holding.path, capsys)


def quarantined(holding: Holding) -> None:
    """Fill the archive with a document that shows something else at its second and third look; let go of it."""
    holding.show(article(), "2026-04-01T00:00:00.000Z")
    for day in (2, 3):
        assert holding.show(SPAM, f"2026-04-0{day}T00:00:00.000Z", signs=SIGNS) is Outcome.QUARANTINED
    holding.close()


def _reader(holding: Holding) -> sqlite3.Connection:
    return sqlite3.connect(holding.path)


def test_status_gives_the_columns_of_site_health_and_1_for_a_broken_site(
    holding: Holding, yuanben: Run
) -> None:
    holding.show(article(), "2026-04-01T00:00:00.000Z")
    holding.archive.end_crawl(holding.crawl, Verdict.OK, [])
    ran = yuanben("status", "--json")
    columns = [column[0] for column in _reader(holding).execute("select * from site_health").description]
    assert ran.code == 0 and [list(site)[: len(columns)] for site in ran.json] == [columns]
    crawl = holding.archive.begin_crawl("bureau", "watch")
    holding.archive.end_crawl(crawl, Verdict.BROKEN, ["empty_list", "silent"], silent_since="2026-03-20")
    ran = yuanben("status")
    assert ran.code == 1 and "BROKEN" in ran.out and "empty list, silent" in ran.out
    (site,) = yuanben("status", "--json").json
    assert site["reasons"] == ["empty_list", "silent"] and site["silent_since"] == "2026-03-20"


def test_status_tells_what_is_wrong_until_it_heals_and_what_watching_costs(
    holding: Holding, yuanben: Run
) -> None:
    for day in (1, 2, 3):
        holding.show(article(), f"2026-04-0{day}T00:00:00.000Z")
    lost = Finding(
        reason="empty_list", url="https://www.bureau.example/list", says="no row leads to an article"
    )
    holding.archive.end_crawl(
        holding.crawl, Verdict.BROKEN, ["empty_list"], findings=[lost], is_judged=lambda reason, url: True
    )
    (site,) = yuanben("status", "--json").json
    assert (site["requests"], site["found"], site["unchanged_share"]) == (3, 1, 1.0)
    assert [one["reason"] for one in site["findings"]] == ["empty_list"]
    assert "empty list: no row leads to an article https://www.bureau" in yuanben("status").out
    crawl = holding.archive.begin_crawl("bureau", "watch")
    holding.archive.end_crawl(crawl, Verdict.OK, [], is_judged=lambda reason, url: True)
    assert yuanben("status", "--json").json[0]["findings"] == []
    assert "no finding is open" in yuanben("status").out


def test_status_of_an_archive_without_a_finished_crawl_is_empty(holding: Holding, yuanben: Run) -> None:
    ran = yuanben("status", "--json")
    assert (ran.code, ran.json) == (0, [])


def test_review_lists_each_doubted_state_once_with_its_looks(holding: Holding, yuanben: Run) -> None:
    quarantined(holding)
    (one,) = yuanben("review", "--json").json
    assert (one["url"], one["title"], one["looks"]) == (URL, SPAM.title, 2)
    assert "spam in the title" in yuanben("review", "bureau").out


def test_review_shows_by_which_lines_a_text_differs_and_the_same_edit_once(
    holding: Holding, yuanben: Run
) -> None:
    for number in range(6):
        url = URL.replace("one", f"n{number}")
        holding.show(article(), "2026-04-01T00:00:00.000Z", url=url)
        spoilt = TEXT.replace("5%", "6%") if number == 5 else f"{TEXT}\n点击领取彩金。"
        holding.show(article(spoilt), "2026-04-02T00:00:00.000Z", url=url, signs=SIGNS)
    holding.close()
    out = yuanben("review").out
    assert "bureau: the same in 5 documents" in out and out.count("+ 点击领取彩金。") == 1
    assert [f"n{number}.html" in out for number in range(6)] == [True] * 6
    assert "  - 到2027年" in out and "提高到6%" in out
    told = yuanben("review", "--json").json
    assert told[0]["edit"] == {"gone": [], "come": ["点击领取彩金。"]} and len(told[5]["edit"]["gone"]) == 1


def test_what_is_accepted_becomes_a_version_by_the_source(holding: Holding, yuanben: Run) -> None:
    quarantined(holding)
    assert yuanben("review", URL, "--accept").code == 0
    row = yuanben("show", URL, "--json").json
    assert (row["text"], row["state"], row["version"]) == (SPAM.text, "live", 2)
    story = yuanben("history", URL, "--json").json
    assert [version["cause"] for version in story["versions"]] == ["first", "source"]
    assert story["gaps"] == []
    decisions = [event["details"]["decision"] for event in story["events"] if event["kind"] == "review"]
    assert decisions == ["accept", "accept"]
    assert yuanben("review", "--json").json == []
    db = sqlite3.connect(holding.path)
    assert db.execute("select from_version, to_version from changes").fetchall() == [(1, 2)]
    assert db.execute("select count(*) from readings where again = 0").fetchone() == (3,)
    assert yuanben("verify", "--read-again", "0").code == 0
    assert yuanben("search", "彩金", "--json").json[0]["version"] == 2


def test_what_is_rejected_stays_out_and_is_not_asked_again(holding: Holding, yuanben: Run) -> None:
    quarantined(holding)
    assert yuanben("review", "bureau", "--reject").code == 0
    row = yuanben("show", URL, "--json").json
    assert (row["text"], row["state"], row["versions"]) == (TEXT, "quarantined", 1)
    assert yuanben("review", "--json").json == []
    again = Holding(holding.path)
    again.show(SPAM, "2026-04-05T00:00:00.000Z", signs=SIGNS)
    assert yuanben("review", "--json").json == []
    again.show(article("又换了一种。", title="皇冠"), "2026-04-06T00:00:00.000Z", signs=SIGNS)
    again.close()
    assert [one["title"] for one in yuanben("review", "--json").json] == ["皇冠"]


def test_a_page_without_a_text_can_only_be_rejected(holding: Holding, yuanben: Run) -> None:
    holding.show(Unreadable(reason="spam page", outcome=Outcome.QUARANTINED), "2026-04-01T00:00:00.000Z")
    holding.close()
    ran = yuanben("review", URL, "--accept")
    assert ran.code == 2 and "nothing to release" in ran.err
    assert yuanben("review", URL, "--reject").code == 0
    assert yuanben("review").out == "nothing waits for review\n"


def test_review_names_who_holds_the_archive_and_exits_with_75(holding: Holding, yuanben: Run) -> None:
    ran = yuanben("review", "--accept")
    assert ran.code == 75 and '"tests"' in ran.err and ran.err.count("\n") == 1
    assert yuanben("review").code == 0


def test_clean_accounts_for_what_it_did(tmp_path: Path, yuanben: Run) -> None:
    damaged = (
        "當前位置:主頁 > 新聞\n關于推動未來產業(yè)發(fā)展的通知\n來源:示例網 日期:2026-03-01\n"
        "各區(qū)要加快布局未來產業(yè),推動產業(yè)發(fā)展,到2027年取得明顯成效。\n"
        "試點城市要認真總結經(jīng)驗,形成可復制的做法。\n"
    )
    path = tmp_path / "copy.txt"
    for encoding in ("utf-8", "gb18030"):
        path.write_bytes(damaged.encode(encoding))
        found = yuanben("clean", str(path), "--json").json
        fields = "title published_at source_line author text text_simplified steps lost missing removed"
        assert list(found) == fields.split()
        assert "各区要加快布局未来产业,推动产业发展" in found["text_simplified"]
        steps = {step["step"]: step for step in found["steps"]}
        assert steps["glosses"]["count"] == len(steps["glosses"]["spans"]) == damaged.count("(")
        for start, end in steps["glosses"]["spans"]:
            assert damaged[start] == "(" and damaged[end - 1] == ")"
        for block in found["removed"]:
            assert damaged[block["start"] : block["end"]] == block["text"]
    ran = yuanben("clean", str(path))
    assert "未来产业" in ran.out and "glosses" in ran.err


def test_clean_reads_standard_input_and_needs_no_archive(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode())))
    ran = runner(tmp_path, capsys)("clean", "-", "--json", archive=None)
    assert (ran.code, ran.json["text"], ran.json["steps"], ran.json["lost"]) == (0, TEXT, [], [])
    assert list(tmp_path.iterdir()) == []


def test_clean_refuses_what_is_no_text(holding: Holding, yuanben: Run) -> None:
    ran = yuanben("clean", str(holding.path))
    assert ran.code == 2 and "no text" in ran.err and ran.err.count("\n") == 1


def levels(findings: object) -> dict[str, Level]:
    return {finding.what: finding.level for finding in findings}  # type: ignore[attr-defined]


def test_a_fit_machine_without_an_archive_gets_warnings_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = runner(tmp_path / "none.db", capsys)("doctor", "--json")
    assert ran.code == 0
    found = {finding["what"]: finding["level"] for finding in ran.json}
    assert found["archive"] == "note" and found["opencc"] == "fine"
    assert not (tmp_path / "none.db").exists()


def test_a_missing_contact_is_a_warning() -> None:
    assert levels(of_machine({}))["contact"] is Level.WARNING
    assert levels(of_machine({"ARCHIVE_CONTACT": "https://example.org/bot"}))["contact"] is Level.FINE


def test_programs_for_old_word_files_are_optional(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.shutil, "which", lambda name: None)
    assert levels(of_machine({}))["old .doc files"] is Level.NOTE
    monkeypatch.setattr(doctor.shutil, "which", lambda name: f"/usr/bin/{name}")
    assert levels(of_machine({}))["old .doc files"] is Level.FINE


def test_an_opencc_that_is_another_makes_a_machine_unfit(monkeypatch: pytest.MonkeyPatch) -> None:
    class Reimplemented:
        metadata = {"Name": "opencc-python-reimplemented"}

    real = metadata.distributions
    monkeypatch.setattr(
        doctor.metadata,
        "distributions",
        lambda **asked: (
            [Reimplemented()] if asked.get("name") == "opencc-python-reimplemented" else real(**asked)
        ),
    )
    assert levels(of_machine({}))["opencc"] is Level.UNFIT


def test_an_sqlite_without_full_text_search_makes_a_machine_unfit(monkeypatch: pytest.MonkeyPatch) -> None:
    class Poor:
        def execute(self, query: str) -> None:
            raise sqlite3.OperationalError("no such module: fts5")

        def close(self) -> None:
            pass

    monkeypatch.setattr(doctor.sqlite3, "connect", lambda path: Poor())
    assert levels(of_machine({}))["SQLite"] is Level.UNFIT


@pytest.mark.parametrize(
    ("kind", "level"), [("ext4", Level.FINE), ("nfs4", Level.WARNING), ("fuse.sshfs", Level.WARNING)]
)
def test_a_network_file_system_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, level: Level
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(
        f"/dev/a / xfs rw 0 0\nserver:/x {tmp_path.resolve()} {kind} rw 0 0\nproc /proc proc rw 0 0\n"
    )
    assert file_system(tmp_path, mounts) == kind
    monkeypatch.setattr(doctor, "file_system", lambda place: kind)
    assert levels(of_place(tmp_path / "a.db"))["file system"] is level


def test_the_doctor_sees_who_writes_and_leaves_the_lease_alone(holding: Holding) -> None:
    assert levels(of_archive(holding.path))["writer"] is Level.NOTE
    holding.close()
    assert "writer" not in levels(of_archive(holding.path))
    with open(f"{holding.path}.lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_the_doctor_says_that_a_file_is_no_archive(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.db"
    path.write_text("no archive")
    assert runner(path, capsys)("doctor").code == 1


def test_a_busy_port_is_told_in_one_line(holding: Holding, yuanben: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = yuanben("serve", "--port", str(port))
    assert ran.code == 2 and str(port) in ran.err and ran.err.count("\n") == 1


def test_serve_answers_while_a_crawl_writes_and_stops_when_told(holding: Holding) -> None:
    holding.show(article(), "2026-04-01T00:00:00.000Z")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    served = subprocess.Popen(
        [sys.executable, "-c", "import sys; from archive.cli import main; sys.exit(main())",
         "serve", "--port", str(port), "--archive", str(holding.path)],
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert served.stderr and str(port) in served.stderr.readline()
        asked = f"http://127.0.0.1:{port}/a.json?sql=select+count(*)+as+n+from+versions&_shape=array"
        assert _answer(asked) == [{"n": 1}]
        holding.show(article(TEXT + "补充一条。"), "2026-04-02T00:00:00.000Z")
        assert _answer(asked) == [{"n": 2}]
    finally:
        served.terminate()
        assert served.wait(timeout=20) is not None


def _answer(url: str) -> object:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + 30
    while True:
        try:
            with opener.open(url, timeout=10) as answer:
                return json.load(answer)
        except ConnectionError:
            assert time.monotonic() < until, "the reading room did not answer"
            time.sleep(0.2)


def test_status_is_one_screen_however_much_is_wrong(holding: Holding, yuanben: Run) -> None:
    holding.show(article(), "2026-04-01T00:00:00.000Z")
    lists = [
        Finding(reason=f"reason_{n % 30}", url=f"https://a.example/{n}", says="no row") for n in range(90)
    ]
    holding.archive.end_crawl(
        holding.crawl, Verdict.BROKEN, ["empty_list"], findings=lists, is_judged=lambda reason, url: True
    )
    holding.close()
    shown = yuanben("status").out.splitlines()
    assert len(shown) < 40 and "reason 0: no row https://a.example/0 (and 2 more)" in "\n".join(shown)
    assert shown[-1] == "and 10 more: yuanben status --json"
    (site,) = yuanben("status", "--json").json
    assert len(site["findings"]) == 90
    assert {"requests", "found", "requests_per_found", "unchanged_share", "not_modified_share"} <= set(site)
