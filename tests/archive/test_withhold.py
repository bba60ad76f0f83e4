"""What is withheld leaves by no exit, stays in the log, and comes back when it may be shown again."""

from __future__ import annotations

import asyncio
import gzip
import json
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

import archive
from archive.errors import NotHeld, Withheld
from archive.store.file.connection import open_for_reading
from archive.store.file.payloads import Payloads
from archive.store.file.withheld import withholdings
from tests.archive.holding import TEXT, URL, Holding, Run, article, runner
from tests.archive.visit import _room, see, visit

OTHER = "https://www.bureau.example/a/two.html"
WORD = "朱砂巷十七号"
TITLE = "关于朱砂巷十七号行政处罚的公告"
SECRET = (
    f"当事人住{WORD}，逾期不改正的，予以通报。\n到2027年，罚款1.5万元。\n各单位应当于每年三月底前完成核对。"
)
ORDER = ("--reason", "court order 12/2026", "--by", "the archivist")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return an archive with a document of two versions that is to be withheld, and one that is not."""
    made = Holding(tmp_path / "held.db")
    made.show(article(SECRET, title=TITLE, doc_number="朱罚〔2026〕7号"), "2026-03-02T00:00:00.000Z")
    made.show(
        article(SECRET.replace("1.5", "15"), title=TITLE, doc_number="朱罚〔2026〕7号"),
        "2026-03-09T00:00:00.000Z",
    )
    made.show(article(TEXT), "2026-03-03T00:00:00.000Z", url=OTHER)
    made.archive.state_log("before")
    made.close()
    return made.path


@pytest.fixture
def run(path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(path, capsys)


def said_by(db: sqlite3.Connection) -> Iterator[str]:
    """Yield all that a reader can read: every row of every table and view, and every body."""
    names = db.execute("select name from main.sqlite_master where type in ('table', 'view')").fetchall()
    for (name,) in names:
        if not name.endswith(("_index", "_data", "_idx", "_docsize", "_config")):
            yield from (f"{name}: {tuple(row)}" for row in db.execute(f'select * from "{name}"'))
    for (digest,) in db.execute("select digest from payloads").fetchall():
        yield Payloads(db).get(digest).decode("utf-8", "replace")


def shows(db: sqlite3.Connection) -> list[str]:
    return [said[:200] for said in said_by(db) if any(word in said for word in (WORD, "朱砂巷", "朱罚"))]


def test_nothing_a_reader_can_read_holds_the_text(path: Path, run: Run) -> None:
    with closing(open_for_reading(path)) as db:
        assert shows(db)
    assert run("withhold", URL, *ORDER).code == 0
    with closing(open_for_reading(path)) as db:
        assert shows(db) == []
        assert [row[0] for row in db.execute("select url from latest")] == [OTHER]
        assert db.execute("select sum(documents) from tallies").fetchone()[0] == 1


def test_digests_stay_in_the_log_with_who_when_and_why(path: Path, run: Run, tmp_path: Path) -> None:
    before = tmp_path / "before.txt"
    assert run("checkpoint", "--append", str(before)).code == 0
    run("withhold", URL, *ORDER)
    with closing(open_for_reading(path)) as db:
        kept = db.execute("select count(*), count(payload) from captures where url = ?", (URL,)).fetchone()
        assert tuple(kept) == (2, 2)
        event = db.execute("select * from events where kind = 'withheld'").fetchone()
        said = {"url": URL, "reason": "court order 12/2026", "by": "the archivist"}
        assert json.loads(event["details"]) == said and event["happened_at"]
    checked = run("verify", "--checkpoint", str(before), "--read-again", "0", "--json")
    assert checked.code == 0 and checked.json["bad"] == []


@pytest.mark.parametrize(
    "words",
    [
        ["show", URL], ["show", URL, "--version", "1"], ["show", URL, "--at", "2026-03-05"], ["history", URL],
        ["diff", URL], ["diff", URL, "1", "2"], ["cites", URL], ["compare", URL],
        ["export", "pack", "pack.zip", "--url", URL],
    ],
    ids=" ".join,
)  # fmt: skip
def test_asked_for_by_its_address_it_is_said_to_be_withheld(
    words: list[str], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run("withhold", URL, *ORDER)
    asked = run(*words)
    assert asked.code == 2 and "is withheld since" in asked.err and "court order 12/2026" in asked.err
    assert WORD not in asked.out + asked.err
    assert not (tmp_path / "pack.zip").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["search", WORD], ["search", "朱罚〔2026〕7号"], ["search", WORD, "--all-versions"], ["quote", SECRET],
        ["quote", f"当事人住{WORD}，逾期不改正的"], ["feed", "-"], ["status"], ["review"], ["schedule", "cron"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_what_finds_and_lists_does_not_find_it(words: list[str], run: Run) -> None:
    run("withhold", URL, *ORDER)
    found = run(*words)
    assert found.code == 0 and not any(word in found.out + found.err for word in (WORD, TITLE, "朱罚"))


def test_what_of_it_waits_for_review_is_neither_listed_nor_decided(path: Path, run: Run) -> None:
    made = Holding(path)
    odd = article(SECRET + "\n彩票投注平台。", title=TITLE)
    made.show(odd, "2026-03-20T00:00:00.000Z", signs=("spam", "foreign_body"))
    made.close()
    assert WORD in run("review").out
    run("withhold", URL, *ORDER)
    for words in (["review"], ["review", "bureau", "--accept"], ["review", URL, "--accept"]):
        asked = run(*words)
        assert WORD not in asked.out + asked.err and TITLE not in asked.out + asked.err


def test_a_copy_of_it_finds_no_original(run: Run, tmp_path: Path) -> None:
    copy = tmp_path / "copy.txt"
    copy.write_text(f"{TITLE}\n{SECRET}", encoding="utf-8")
    assert run("compare", str(copy), "--json").json["original"]["url"] == URL
    run("withhold", URL, *ORDER)
    found = run("compare", str(copy), "--json")
    assert found.code == 0 and found.json["original"] is None
    assert URL not in [one["url"] for one in found.json["candidates"]]


def test_a_report_that_cites_it_is_not_told_what_it_says(run: Run, tmp_path: Path) -> None:
    report = tmp_path / "report.txt"
    report.write_text("朱罚〔2026〕7号规定：“当事人住别处，逾期不改正的，予以通报。”", encoding="utf-8")
    run("withhold", URL, *ORDER)
    checked = run("check", str(report), "--json")
    assert WORD not in checked.out and TITLE not in checked.out


@pytest.mark.parametrize("form", ["jsonl", "warc", "wacz"])
def test_an_export_leaves_it_out_and_says_so(form: str, run: Run, tmp_path: Path) -> None:
    run("withhold", URL, *ORDER)
    made = run("export", form, str(tmp_path / f"out.{form}"), "--json")
    assert made.code == 0
    left = [{key: one[key] for key in ("url", "by", "reason", "captures")} for one in made.json["withheld"]]
    assert left == [{"url": URL, "by": "the archivist", "reason": "court order 12/2026", "captures": 2}]
    held = b"".join(
        _bytes(file) for file in tmp_path.rglob("*") if file.is_file() and "held.db" not in file.name
    )
    assert WORD.encode() not in held and "未来产业".encode() in held


def _bytes(file: Path) -> bytes:
    parts = [file.read_bytes()]
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as packed:
            parts = [packed.read(name) for name in packed.namelist()]
    return b"".join(gzip.decompress(part) if part.startswith(b"\x1f\x8b\x08") else part for part in parts)


def test_the_python_face_says_that_it_is_withheld(path: Path, run: Run) -> None:
    held = archive.open(path)
    digest = held.captures(URL)[0].payload
    assert WORD in held.text(URL)
    run("withhold", URL, *ORDER)
    held.refresh()
    for ask in (
        held.text,
        held.document,
        held.history,
        held.versions,
        held.captures,
        held.cites,
        held.standing,
    ):
        with pytest.raises(Withheld):
            ask(URL)
    with pytest.raises(Withheld):
        held.payload(digest)
    assert held.search(WORD) == () and held.quote(SECRET) == ()
    assert [one.url for one in held.documents()] == [OTHER]
    with pytest.raises(NotHeld):
        held.document("https://www.bureau.example/a/nowhere.html")
    held.close()


def test_the_room_answers_451_and_lists_it_nowhere(path: Path, run: Run) -> None:
    assert WORD in see(path, "/doc/1")
    run("withhold", URL, *ORDER)
    for address in ("/doc/1", "/doc/1/1", "/doc/1/diff/1/2", "/capture/1/view", "/capture/1/bytes"):
        (answer,) = visit(path, address)
        assert answer.status_code == 451, address
        assert WORD not in answer.text
    assert "court order 12/2026" in visit(path, "/doc/1")[0].text
    assert "sha256:" in see(path, "/capture/1") and "Withheld" in see(path, "/capture/1")
    pages = (
        "/", f"/?q={quote(WORD)}", "/feed.atom", "/held", "/held/latest", "/held/latest.json", "/held/latest.csv?_stream=1",
        "/held/versions", "/held/versions.json", "/held/documents", "/held/payloads", "/held/events", "/held/changes.atom",
        "/held/version_citations", "/held/readings", "/site/bureau", "/capture/1", f"/timemap/link/{URL}", f"/timegate/{URL}",
        f"/held/latest?_search={quote(WORD)}", "/held/versions/1", "/held/documents/1", "/held?sql=select+*+from+versions",
        "/held/document_names.json", "/held/version_index_data.json", "/held/version_index_idx", "/held/title_index_idx.json",
    )  # fmt: skip
    for address in pages:
        (answer,) = visit(path, address)
        assert answer.status_code in (200, 302, 404, 451), (address, answer.status_code)
        told = json.dumps(answer.json(), ensure_ascii=False) if ".json" in address else answer.text
        assert not any(word in told for word in (TITLE, "朱罚", "三月底前完成核对")), address
        assert quote(WORD) in address or WORD not in told, address
    for name in ("version_index_data", "title_index_idx", "version_index_docsize"):
        assert visit(path, f"/held/{name}.json")[0].json()["rows"] == []
    assert "未来产业" in json.dumps(visit(path, "/held/versions.json")[0].json(), ensure_ascii=False)


@pytest.mark.parametrize(
    "sql",
    [
        "select text from main.versions",
        'select text from "main"."versions"',
        "select body from main.payloads",
        "with versions as (select text from main.versions) select * from versions",
        "with v as (select text from main/**/.versions) select (select text from v limit 1)",
        "select text from main.latest",
        "select rowid from version_index where version_index match '朱砂'",
        "select count(*) from main.version_index_data",
        "select block from version_index_data",
    ],
)
def test_a_question_in_sql_does_not_get_past_it(sql: str, path: Path, run: Run) -> None:
    run("withhold", URL, *ORDER)
    (answer,) = visit(path, f"/held.json?sql={quote(sql)}")
    assert answer.status_code == 403 and WORD not in answer.text


def test_a_room_that_is_open_hides_it_at_once(path: Path, run: Run) -> None:
    async def before_and_after() -> tuple[str, int]:
        async with _room(path) as datasette:
            before = await datasette.client.get("/doc/1")
            run("withhold", URL, *ORDER)
            after = [await datasette.client.get(address) for address in ("/doc/1", "/held/versions.json")]
            assert WORD not in after[1].text
            return before.text, after[0].status_code

    before, status = asyncio.run(before_and_after())
    assert WORD in before and status == 451


def test_taken_back_it_is_shown_again_and_both_decisions_stay(path: Path, run: Run) -> None:
    run("withhold", URL, *ORDER)
    listed = run("withhold", "--json").json
    assert [(one["url"], one["by"]) for one in listed] == [(URL, "the archivist")]
    back = run("withhold", URL, "--show-again", "--reason", "order lifted", "--by", "the archivist")
    assert back.code == 0 and WORD in run("show", URL).out
    assert run("withhold").out == "nothing is withheld\n"
    with closing(open_for_reading(path)) as db:
        kinds = db.execute("select kind from events where kind in ('withheld', 'shown_again') order by id")
        assert [row[0] for row in kinds] == ["withheld", "shown_again"]


def test_what_is_captured_later_is_hidden_too(path: Path, run: Run) -> None:
    run("withhold", URL, *ORDER)
    made = Holding(path)
    made.show(article(SECRET + "\n新增一款。", title=TITLE), "2026-04-09T00:00:00.000Z")
    made.look("2026-04-10T00:00:00.000Z", body=f"<html>{WORD}, not read yet".encode())
    made.close()
    with closing(open_for_reading(path)) as db:
        assert shows(db) == []


def test_a_merged_archive_withholds_what_the_other_withheld(path: Path, run: Run, tmp_path: Path) -> None:
    run("withhold", URL, *ORDER)
    target = tmp_path / "both.db"
    assert run("merge", str(path), archive=target).code == 0
    with closing(open_for_reading(target)) as db:
        assert [one.url for one in withholdings(db)] == [URL]
        assert shows(db) == []
    assert run("merge", str(path), archive=target).code == 0
    with closing(open_for_reading(target)) as db:
        assert db.execute("select count(*) from events where kind = 'withheld'").fetchone()[0] == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["withhold", URL], "--reason says nothing"),
        (["withhold", URL, "--reason", "x"], "--by says nothing"),
        (["withhold", "https://www.bureau.example/a/no.html", *ORDER], "is not in this archive"),
        (["withhold", URL, "--show-again", *ORDER], "is not withheld"),
        (["withhold", "--show-again"], "no address"),
    ],
)
def test_a_mistake_is_said_in_one_line_and_changes_nothing(words: list[str], said: str, run: Run) -> None:
    asked = run(*words)
    assert asked.code == 2 and said in asked.err and asked.err.count("\n") == 1


def test_copies_and_twins_that_are_still_shown_are_named(path: Path, run: Run) -> None:
    made = Holding(path)
    twin = "https://www.bureau.example/a/twin.html"
    made.show(article(SECRET, title=TITLE), "2026-03-12T00:00:00.000Z", url=twin)
    made.close()
    assert run("withhold", URL, *ORDER, "--json").json["same_text"] == [twin]
