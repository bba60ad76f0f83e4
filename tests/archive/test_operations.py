"""What a run leaves for others: witnesses, time stamps, what it ran on; and readers that leave the log alone."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from archive import software
from archive.store.file.connection import open_for_reading
from archive.store.read.health import ran_on
from tests.archive.holding import TEXT, URL, Holding, Run, article, runner

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
OTHER = "https://www.bureau.example/a/two.html"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = Holding(tmp_path / "held.db")
    made.show(article(TEXT + "\n第一份。"), "2026-03-02T00:00:00.000Z")
    made.show(article(TEXT + "\n另一份。", title="另一份"), "2026-03-03T00:00:00.000Z", url=OTHER)
    made.close()
    return made.path


@pytest.fixture
def run(path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(path, capsys)


@contextmanager
def answering(answer: Callable[[str, bytes], tuple[int, bytes]]) -> Iterator[str]:
    """Serve POST requests on loopback and give the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, said = answer(self.headers.get("Content-Type", ""), body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *told: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def merged(run: Run, path: Path, target: Path, *witnesses: str) -> Any:
    """Let a run that writes hand its checkpoint to witnesses."""
    return run(
        "merge", str(path), *(word for one in witnesses for word in ("--witness", one)), archive=target
    )


def witnessed(path: Path) -> list[dict[str, Any]]:
    with closing(open_for_reading(path)) as db:
        rows = db.execute("select details from events where kind = 'witnessed' order by id").fetchall()
    return [json.loads(row[0]) for row in rows]


def test_a_witness_gets_the_checkpoint_and_what_it_answers_is_an_event(
    run: Run, path: Path, tmp_path: Path
) -> None:
    told, target = tmp_path / "told.json", tmp_path / "both.db"
    assert merged(run, path, target, f"cat > {told}; echo 收到").code == 0
    said = json.loads(told.read_text("utf-8"))
    assert said["urls"] == [URL, OTHER] and said["size"] == 2
    assert said["checkpoint"].splitlines()[:3] == [said["origin"], "2", said["root"]]
    (event,) = witnessed(target)
    assert event == {"command": "cat", "size": 2, "root": said["root"], "answer": "收到", "failed": None}
    assert run("verify", "--read-again", "0", archive=target).code == 0


def test_without_witness_nobody_is_told(run: Run, path: Path, tmp_path: Path) -> None:
    assert merged(run, path, tmp_path / "both.db").code == 0
    assert witnessed(tmp_path / "both.db") == []


def test_a_witness_that_fails_or_hangs_costs_the_run_nothing(
    run: Run, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.cli.checkpoint.PATIENCE", 0.3)
    target = tmp_path / "both.db"
    done = merged(run, path, target, "exit 3", "sleep 9", "TOKEN=geheim true --key geheim")
    assert done.code == 0 and done.err.count("--witness") == 2
    assert [one["failed"] for one in witnessed(target)] == [
        "it ended with 3", "it did not end within 0 seconds", None
    ]  # fmt: skip
    assert "geheim" not in json.dumps(witnessed(target))


def test_a_git_repository_of_checkpoints_is_a_witness(run: Run, path: Path, tmp_path: Path) -> None:
    folder, bare, target = tmp_path / "points", tmp_path / "bare.git", tmp_path / "both.db"
    quiet = {"check": True, "capture_output": True}
    subprocess.run(["git", "init", "--quiet", "--bare", str(bare)], **quiet)
    subprocess.run(["git", "init", "--quiet", str(folder)], **quiet)
    for words in (("user.name", "archive"), ("user.email", "archive@example.org")):
        subprocess.run(["git", "-C", str(folder), "config", *words], **quiet)
    subprocess.run(["git", "-C", str(folder), "remote", "add", "origin", str(bare)], **quiet)
    witness = f"{sys.executable} {EXAMPLES / 'witness_git.py'} {folder} origin"
    assert merged(run, path, target, witness).code == 0
    (event,) = witnessed(target)
    assert event["failed"] is None, event
    answer = json.loads(event["answer"])
    log = subprocess.run(
        ["git", "-C", str(bare), "log", "--all", "--format=%H %s"], text=True, **quiet
    ).stdout
    assert log == f"{answer['commit']} both.db: 2 captures\n"
    # What lies there is what verify takes.
    checked = run("verify", "--read-again", "0", "--checkpoint", str(folder / "both.db.txt"), archive=target)
    assert checked.code == 0 and "checkpoint of 2 captures" in checked.out


@pytest.mark.parametrize(("status", "pages"), [(200, 2), (429, 1)], ids=["taken up", "refused"])
def test_the_wayback_machine_is_asked_by_its_form(
    status: int, pages: int, run: Run, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def answer(kind: str, body: bytes) -> tuple[int, bytes]:
        assert kind == "application/x-www-form-urlencoded"
        asked.extend(parse_qs(body.decode())["url"])
        return status, json.dumps({"job_id": f"spn2-{len(asked)}"}).encode()

    monkeypatch.setenv("SAVE_PAGE_NOW_PAUSE", "0")
    target = tmp_path / "both.db"
    with answering(answer) as place:
        monkeypatch.setenv("SAVE_PAGE_NOW", place)
        done = merged(run, path, target, f"{sys.executable} {EXAMPLES / 'witness_save_page_now.py'}")
    assert done.code == 0 and asked == [URL, OTHER][:pages]
    (event,) = witnessed(target)
    lines = [json.loads(line) for line in event["answer"].splitlines()]
    assert [(one["url"], one["status"]) for one in lines] == [(url, status) for url in asked]
    assert bool(event["failed"]) == (status != 200)


CONFIG = """
[tsa]
default_tsa = own
[own]
dir = {folder}
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
certs = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
[stamping]
extendedKeyUsage = critical,timeStamping
keyUsage = critical,digitalSignature
basicConstraints = critical,CA:FALSE
"""


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a time-stamping authority of our own: a root, and a certificate for stamping."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl")
    folder = tmp_path_factory.mktemp("tsa")
    (folder / "tsa.cnf").write_text(CONFIG.format(folder=folder))
    (folder / "serial").write_text("01\n")
    for name in ("root", "other"):
        openssl(
            folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.pem",
            "-subj", f"/CN=test {name}", "-days", "30",
        )  # fmt: skip
    openssl(
        folder,
        "req",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "tsa.key",
        "-out",
        "tsa.csr",
        "-subj",
        "/CN=test tsa",
    )
    openssl(
        folder, "x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days",
        "30", "-extfile", "tsa.cnf", "-extensions", "stamping", "-out", "tsa.pem",
    )  # fmt: skip
    return folder


def openssl(folder: Path, *words: str) -> None:
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


@contextmanager
def stamping(
    authority: Path, folder: Path, spoil: Callable[[bytes], bytes] = lambda reply: reply
) -> Iterator[str]:
    """Run a time-stamping service on loopback."""

    def answer(kind: str, body: bytes) -> tuple[int, bytes]:
        assert kind == "application/timestamp-query"
        (folder / "query.tsq").write_bytes(body)
        openssl(
            authority, "ts", "-reply", "-config", "tsa.cnf", "-queryfile", str(folder / "query.tsq"), "-out",
            str(folder / "reply.tsr"),
        )  # fmt: skip
        return 200, spoil((folder / "reply.tsr").read_bytes())

    with answering(answer) as place:
        yield place


def stamp(run: Run, tmp_path: Path, place: str, *words: str) -> Any:
    return run(
        "checkpoint", "--append", str(tmp_path / "points"), "--timestamp", place, "--timestamp-file",
        str(tmp_path / "stamp.tsr"), *words,
    )  # fmt: skip


def test_a_time_stamp_is_asked_for_checked_and_taken_by_verify(
    run: Run, authority: Path, tmp_path: Path
) -> None:
    pytest.importorskip("rfc3161_client")
    roots = str(authority / "root.pem")
    with stamping(authority, tmp_path) as place:
        made = stamp(run, tmp_path, place, "--timestamp-roots", roots, "--json")
    assert made.code == 0 and made.json["timestamp"]["is_trusted"] is True
    words = (
        "--read-again",
        "0",
        "--checkpoint",
        str(tmp_path / "points"),
        "--timestamp",
        str(tmp_path / "stamp.tsr"),
    )
    held = run("verify", *words, "--timestamp-roots", roots)
    assert held.code == 0 and "checkpoint of 2 captures: time stamp: there at 20" in held.out
    assert "certificate was not checked" in run("verify", *words).out
    other = run("verify", *words, "--timestamp-roots", str(authority / "other.pem"))
    assert other.code == 2 and "does not hold by the roots given" in other.err
    # A stranger needs openssl alone.
    (tmp_path / "note.txt").write_text(made.json["note"], "utf-8")
    openssl(tmp_path, "ts", "-verify", "-data", "note.txt", "-in", "stamp.tsr", "-CAfile", roots)


def test_a_time_stamp_of_another_checkpoint_is_refused(
    run: Run, path: Path, authority: Path, tmp_path: Path
) -> None:
    pytest.importorskip("rfc3161_client")
    with stamping(authority, tmp_path) as place:
        assert stamp(run, tmp_path, place).code == 0
    made = Holding(path)
    made.look("2026-03-12T00:00:00.000Z", status=404)
    made.close()
    run("checkpoint", "--append", str(tmp_path / "later"))
    refused = run(
        "verify", "--checkpoint", str(tmp_path / "later"), "--timestamp", str(tmp_path / "stamp.tsr")
    )
    assert refused.code == 2 and "stamps none of the checkpoints" in refused.err


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda reply: b"<html>404</html>", "no time stamp"),
        (lambda reply: reply[:-40], "no time stamp"),
        (lambda reply: b"", "no time stamp"),
        (lambda reply: reply.replace(b"\x18\x0f20", b"\x18\x0f19"), "does not hold"),
    ],
    ids=["a page", "cut off", "nothing", "dated back"],
)
def test_an_answer_that_is_no_stamp_of_this_is_refused_and_nothing_is_kept(
    spoil: Callable[[bytes], bytes], said: str, run: Run, authority: Path, tmp_path: Path
) -> None:
    pytest.importorskip("rfc3161_client")
    with stamping(authority, tmp_path, spoil) as place:
        refused = stamp(run, tmp_path, place, "--timestamp-roots", str(authority / "root.pem"))
    assert refused.code == 2 and said in refused.err and refused.err.count("\n") == 1
    assert not (tmp_path / "stamp.tsr").exists() and not (tmp_path / "points").exists()


def test_a_service_that_does_not_answer_is_named(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("rfc3161_client")
    with answering(lambda kind, body: (503, b"")) as place:
        refused = stamp(run, tmp_path, place)
    assert refused.code == 2 and "HTTP status 503" in refused.err
    assert stamp(run, tmp_path, "ftp://example.org/").code == 2
    assert run("checkpoint", "--timestamp", place).code == 2


def test_a_crawl_keeps_what_it_ran_on_and_status_and_doctor_say_it(path: Path, run: Run) -> None:
    with closing(open_for_reading(path)) as db:
        (kept,) = db.execute("select software from crawls").fetchone()
    assert kept == software()
    told = ran_on(kept)
    assert {"yuanben", "Python", "SQLite", "libxml2", "lxml", "scrapy", "trafilatura"} <= told.keys()
    made = Holding(path)
    made.archive.end_crawl(made.crawl, "OK", [])
    made.close()
    assert run("status", "--json").json[0]["software"] == told
    assert f"Python {told['Python']}" in run("status").out
    noted = {one["what"]: one["said"] for one in run("doctor", "--json").json}
    assert "software" not in noted


def test_doctor_says_what_is_other_than_at_the_newest_crawl(
    path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = software().replace("SQLite/", "SQLite/9.")
    monkeypatch.setattr("archive.cli.doctor.software", lambda: now)
    noted = {one["what"]: one for one in run("doctor", "--json").json}
    assert "SQLite" in noted["software"]["said"] and noted["software"]["level"] == "note"


def test_a_reader_that_closes_last_leaves_the_log_to_the_writer(path: Path) -> None:
    # With the WAL-reset bug of older SQLite, two that write the log back at once may lose pages: only the lease holder does.
    log = path.with_name(f"{path.name}-wal")
    words = (
        "import os\nfrom pathlib import Path\nfrom tests.archive.holding import *\n"
        f"made = Holding(Path({str(path)!r}))\nmade.look('2026-03-12T00:00:00.000Z', status=404)\nos._exit(0)\n"
    )
    subprocess.run([sys.executable, "-c", words], cwd=Path(__file__).parents[2], check=True)
    size = log.stat().st_size
    assert size
    for _ in range(3):
        with closing(open_for_reading(path)) as db:
            assert db.execute("select count(*) from captures").fetchone()[0] == 3
    assert log.stat().st_size == size


def test_the_bench_of_evidence_measures_a_sound_archive(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.bench import evidence

    assert evidence.main(["--documents", "3", "--captures", "600", "--folder", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "s a GB" in said and "checkpoint of 1,600 captures" in said and "NOT SOUND" not in said
