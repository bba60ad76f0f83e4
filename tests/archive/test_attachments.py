"""Attached files from the page that links them to the version that a replaced one makes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archive.model import Outcome, ReadingResult, Unreadable
from archive.store.archive import Archive
from archive.store.read.differences import difference
from archive.store.read.history import attachments, history, latest_row, latest_row_at
from archive.store.read.search import search
from archive.store.read.verify import is_sound, verify
from tests.archive import attach_files as files
from tests.archive.desk import HOST, SITE, URL, Desk, answer, html
from tests.archive.holding import runner
from tests.archive.visit import see

FILE = f"https://{HOST}/files/annex.pdf"
OTHER = f"https://{HOST}/files/table.docx"
INSIDE = "https://oa.bureau.example/files/annex.pdf"
FIRST, SECOND = "补贴标准为每户1.5万元", "补贴标准为每户15万元"
NAME = "附件1：补贴标准.pdf"


def day(number: int, hour: int = 8) -> str:
    return f"2026-04-{number:02d}T{hour:02d}:00:00"


def page(
    *links: tuple[str, str], text: str = "现将补贴标准印发给你们，请各单位认真贯彻执行。", aside: str = ""
) -> bytes:
    listed = "".join(f'<p><a href="{href}">{name}</a></p>' for href, name in links)
    return html(*([text] * 3), aside=aside).replace(
        b'</div><div id="pages">', f"{listed}</div><div id='pages'>".encode()
    )


WITH_FILE = page((FILE, NAME))


@pytest.fixture
def desk() -> Desk:
    return Desk()


def fetch(desk: Desk, body: bytes | None, at: str, url: str = FILE, **more: Any) -> Outcome | None:
    """Answer the frontier's request for a file, and read what waits."""
    told = {"kind": "attachment", "headers": (("Content-Type", "application/octet-stream"),), **more}
    row = desk.db.execute("select id from frontier where kind = 'attachment' and url = ?", (url,)).fetchone()
    kept = desk.keep(answer(body, at, url=url, asked=url, frontier=row and row["id"], **told))
    desk.drain()
    return kept.outcome


def asked(desk: Desk) -> list[str]:
    return [
        row["url"] for row in desk.rows("select url from frontier where kind = 'attachment' order by url")
    ]


def changes(desk: Desk) -> list[tuple[int, int]]:
    return [
        (row["from_version"], row["to_version"])
        for row in desk.rows("select * from changes order by changed_at_latest")
    ]


def events(desk: Desk, kind: str) -> list[dict[str, Any]]:
    return [
        json.loads(row["details"]) for row in desk.rows("select details from events where kind = ?", kind)
    ]


def test_the_files_of_a_version_are_asked_for(desk: Desk) -> None:
    desk.see(page((FILE, NAME), ("/files/table.docx#p2", "表")), day(1))
    assert asked(desk) == [FILE, OTHER]
    why = desk.one("select why from frontier where kind = 'attachment' limit 1")
    assert why == f"attachment of {URL}"


def test_a_replay_asks_for_no_file_but_ties_those_it_holds(desk: Desk) -> None:
    desk.see(WITH_FILE, day(1), origin="old.warc+0")
    fetch(desk, files.pdf(FIRST), day(1, 9), origin="old.warc+100")
    assert asked(desk) == []
    assert attachments(desk.db, 1, 1)[0]["payload"] is not None


def test_a_file_off_the_site_is_refused_once_and_seen_in_the_events(desk: Desk) -> None:
    far = "https://www.bureau.example.evil.example/annex.pdf"
    desk.see(page((far, NAME)), day(1))
    desk.see(page((far, NAME), aside="浏览次数：7"), day(2))
    assert asked(desk) == []
    refused = events(desk, "refused")
    assert [(one["asked"], one["reason"]) for one in refused] == [
        (far, "attachment.offsite: to www.bureau.example.evil.example")
    ]


def test_the_first_file_makes_no_version_and_belongs_to_the_version_that_linked_it(desk: Desk) -> None:
    desk.see(WITH_FILE, day(1))
    before = attachments(desk.db, 1, 1)
    assert (before[0]["name"], before[0]["payload"], before[0]["has_text"]) == (NAME, None, False)
    assert fetch(desk, files.pdf(FIRST), day(1, 9)) is Outcome.ATTACHMENT
    assert desk.versions() == [(1, "first")]
    kept = attachments(desk.db, 1, 1)
    assert (kept[0]["kind"], kept[0]["has_text"], kept[0]["captured_at"]) == (
        "pdf",
        True,
        f"{day(1, 9)}.000Z",
    )
    assert changes(desk) == [] and events(desk, "edited") == []


def test_other_bytes_under_the_same_address_are_a_change_of_the_document(desk: Desk) -> None:
    desk.see(WITH_FILE, day(1))
    fetch(desk, files.pdf(FIRST), day(1, 9))
    desk.see(WITH_FILE, day(2))
    desk.see(page((FILE, NAME), aside="今日访问 12"), day(3))
    assert fetch(desk, files.pdf(SECOND), day(4)) is Outcome.ATTACHMENT
    assert desk.versions() == [(1, "first"), (2, "source")]
    change = desk.rows("select * from changes")[0]
    assert change["summary"] == "附件“附件1：补贴标准.pdf”: 1.5万→15万"
    # Bounds are sightings of the file, not of the page.
    assert change["changed_at_earliest"] == f"{day(1, 9)}.000Z"
    assert change["changed_at_latest"] == f"{day(4)}.000Z"
    assert len(events(desk, "edited")) == 1
    now = latest_row(desk.db, 1)
    assert (now["version"], now["versions"], now["state"]) == (2, 2, "live")
    old, new = (attachments(desk.db, 1, n)[0]["payload"] for n in (1, 2))
    assert old != new and None not in (old, new)
    assert desk.archive.payloads.get(old) == files.pdf(FIRST)


def test_a_page_seen_again_stays_with_the_files_of_its_time(desk: Desk) -> None:
    desk.see(WITH_FILE, day(1))
    fetch(desk, files.pdf(FIRST), day(1, 9))
    fetch(desk, files.pdf(SECOND), day(4))
    assert desk.see(WITH_FILE, day(5)) is Outcome.UNCHANGED
    assert desk.see(page((FILE, NAME), aside="13"), day(6)) is Outcome.UNCHANGED
    assert desk.see(None, day(7), status=304) is Outcome.NOT_MODIFIED
    assert desk.versions() == [(1, "first"), (2, "source")]
    assert changes(desk) == [(1, 2)]
    assert latest_row(desk.db, 1)["version"] == 2
    assert latest_row_at(desk.db, 1, f"{day(3)}.000Z")["version"] == 1


def test_back_to_the_first_file_is_back_to_the_first_version(desk: Desk) -> None:
    desk.see(WITH_FILE, day(1))
    for number, text in ((1, FIRST), (4, SECOND), (6, FIRST)):
        fetch(desk, files.pdf(text), day(number, 9))
    assert len(desk.versions()) == 2
    assert changes(desk) == [(1, 2), (2, 1)]
    assert latest_row(desk.db, 1)["version"] == 1


def test_a_text_edited_after_a_file_was_replaced_keeps_the_new_file(desk: Desk) -> None:
    desk.see(WITH_FILE, day(1))
    fetch(desk, files.pdf(FIRST), day(1, 9))
    fetch(desk, files.pdf(SECOND), day(4))
    edited = page((FILE, NAME), text="现将补贴办法印发给你们，请各单位认真贯彻执行。")
    assert desk.see(edited, day(5)) is Outcome.CHANGED
    assert len(desk.versions()) == 3 and changes(desk) == [(1, 2), (2, 3)]
    assert attachments(desk.db, 1, 3)[0]["payload"] == attachments(desk.db, 1, 2)[0]["payload"]


def test_another_file_under_another_address_and_the_same_name_is_a_change(desk: Desk) -> None:
    desk.see(WITH_FILE, day(1))
    fetch(desk, files.pdf(FIRST), day(1, 9))
    again = f"https://{HOST}/files/annex2.pdf"
    assert desk.see(page((again, NAME)), day(2)) is Outcome.CHANGED
    assert changes(desk) == [(1, 2)]
    assert "附件" in desk.one("select summary from changes")
    assert again in asked(desk)


def test_a_file_that_comes_late_is_told_in_its_time(desk: Desk) -> None:
    desk.see(WITH_FILE, day(1))
    fetch(desk, files.pdf(FIRST), day(1, 9))
    desk.see(WITH_FILE, day(5))
    fetch(desk, files.pdf(SECOND), day(9))
    desk.see(WITH_FILE, day(10))
    assert desk.rows("select * from changes")[0]["changed_at_latest"] == f"{day(9)}.000Z"
    fetch(desk, files.pdf(SECOND), day(3), origin="late.warc+0")
    assert changes(desk) == [(1, 2)]
    assert desk.rows("select * from changes")[0]["changed_at_latest"] == f"{day(3)}.000Z"
    assert latest_row_at(desk.db, 1, f"{day(6)}.000Z")["version"] == 2


def test_one_file_of_two_documents_changes_both(desk: Desk) -> None:
    second = URL.replace("notice", "reply")
    desk.see(WITH_FILE, day(1))
    desk.see(
        page((FILE, NAME), text="另一份通知也附上同一个文件，请一并执行，不再另行发文。"), day(1), url=second
    )
    fetch(desk, files.pdf(FIRST), day(2))
    fetch(desk, files.pdf(SECOND), day(3))
    assert [row["document"] for row in desk.rows("select document from changes order by 1")] == [1, 2]
    counts = desk.archive.crawls.counts(desk.crawl)
    assert counts.pop("captures") == sum(counts.values()) == 4


def test_a_reader_of_ours_that_changes_is_no_change_of_a_file(desk: Desk) -> None:
    desk.see(WITH_FILE, day(1))
    fetch(desk, files.pdf(FIRST), day(1, 9))
    fetch(desk, files.pdf(SECOND), day(4))
    later = desk.reopened(reader="yuanben-reader/next")
    later.reread()
    assert latest_row(desk.db, 1)["version"] == 2
    assert changes(desk) == [(1, 2)] and len(desk.versions()) == 2


def test_an_unchanged_file_and_a_304_are_sightings_and_nothing_more(desk: Desk) -> None:
    desk.see(WITH_FILE, day(1))
    fetch(desk, files.pdf(FIRST), day(1, 9))
    fetch(desk, files.pdf(FIRST), day(2))
    assert fetch(desk, None, day(3), status=304) is Outcome.NOT_MODIFIED
    fetch(desk, files.pdf(SECOND), day(4))
    assert desk.one("select count(*) from attachment_sightings") == 4
    assert desk.rows("select * from changes")[0]["changed_at_earliest"] == f"{day(3)}.000Z"
    assert desk.one("select count(*) from attachment_texts") == 2


@pytest.mark.parametrize(
    ("body", "more", "outcome"),
    [
        pytest.param(b"gone", {"status": 404}, Outcome.GONE, id="gone"),
        pytest.param(b"no", {"status": 403}, Outcome.BLOCKED, id="refused"),
        pytest.param(None, {"status": None, "error": "timeout"}, Outcome.FAILED, id="failed"),
        pytest.param(None, {"error": "too_large"}, Outcome.FAILED, id="too large"),
        pytest.param(b"<html><title>404</title>", {}, Outcome.UNREADABLE, id="a web page with status 200"),
        pytest.param(b'{"code":404}', {}, Outcome.UNREADABLE, id="an error in JSON"),
    ],
)
def test_a_file_that_is_not_to_be_had_is_an_event_and_no_version(
    desk: Desk, body: bytes | None, more: dict[str, Any], outcome: Outcome
) -> None:
    desk.see(WITH_FILE, day(1))
    fetch(desk, files.pdf(FIRST), day(1, 9))
    assert fetch(desk, body, day(2), **more) is outcome
    fetch(desk, body, day(3), **more)
    assert desk.versions() == [(1, "first")] and changes(desk) == []
    missing = events(desk, "attachment_missing")
    assert [one["url"] for one in missing] == [FILE]
    assert latest_row(desk.db, 1)["state"] == "live"
    assert fetch(desk, files.pdf(FIRST), day(4)) is Outcome.ATTACHMENT
    assert changes(desk) == []


def test_a_file_on_a_host_that_refuses_is_asked_for_on_the_page_s_own(desk: Desk) -> None:
    desk.see(page((INSIDE, NAME)), day(1))
    assert asked(desk) == [INSIDE]
    assert fetch(desk, b"no", day(1, 9), INSIDE, status=403) is Outcome.BLOCKED
    assert set(asked(desk)) == {INSIDE, FILE}
    assert events(desk, "attachment_missing") == []
    fetch(desk, files.pdf(FIRST), day(1, 10))
    kept = attachments(desk.db, 1, 1)[0]
    assert (kept["url"], kept["kind"]) == (INSIDE, "pdf")
    rested = desk.one("select due_at from frontier where url = ?", INSIDE)
    assert rested >= "2026-04-10", "it rests as long as any address may"
    fetch(desk, files.pdf(SECOND), day(4))
    assert changes(desk) == [(1, 2)]
    fetch(desk, b"no", day(29), INSIDE, status=403)
    assert events(desk, "attachment_missing") == []


def test_no_twin_is_asked_for_outside_the_declared_domain(desk: Desk) -> None:
    desk.see(page(("https://oa.bureau.example.evil.example/files/annex.pdf", NAME)), day(1))
    assert asked(desk) == []


def test_a_twin_that_has_nothing_either_is_an_event(desk: Desk) -> None:
    desk.see(page((INSIDE, NAME)), day(1))
    fetch(desk, b"no", day(1, 9), INSIDE, status=403)
    fetch(desk, b"no", day(1, 10), FILE, status=404)
    missing = events(desk, "attachment_missing")
    assert [(one["url"], one["asked"]) for one in missing] == [(INSIDE, FILE)]


@pytest.mark.parametrize(
    ("body", "name", "words"),
    [
        pytest.param(files.pdf(FIRST), "annex.pdf", "每户1.5万元", id="pdf"),
        pytest.param(files.doc(FIRST), "annex.doc", "每户1.5万元", id="doc"),
        pytest.param(files.docx(FIRST), "annex.docx", "每戶1.5萬元", id="docx, sought in the other script"),
        pytest.param(files.xlsx([["每户", "1.5万元"]]), "annex.xlsx", "每户", id="xlsx"),
        pytest.param(files.xls([["每户"]]), "annex.xls", "每户", id="xls"),
        pytest.param(files.doc(FIRST), "annex.wps", "每户1.5万元", id="wps"),
        pytest.param(files.ofd([FIRST]), "annex.ofd", "补贴标准为每户", id="ofd"),
        pytest.param(files.packed({"细则.docx": files.docx(FIRST)}), "annex.zip", "细则", id="zip"),
    ],
)
def test_every_kind_is_kept_read_found_and_told_when_it_changes(
    desk: Desk, body: bytes, name: str, words: str
) -> None:
    url = f"https://{HOST}/files/{name}"
    desk.see(page((url, name)), day(1))
    assert search(desk.db, words) == []
    fetch(desk, body, day(1, 9), url)
    hits = search(desk.db, words)
    assert [(hit.url, hit.version, hit.attachment) for hit in hits] == [(URL, 1, name)]
    start, end = hits[0].mark
    assert hits[0].snippet[start:end]
    fetch(desk, files.docx("完全另一份内容，不再包含此前的字词"), day(4), url)
    assert changes(desk) == [(1, 2)]
    found = difference(desk.db, 1, 1, 2)
    assert [(file.url, file.name) for file in found.files] == [(url, name)]
    assert found.edits == () and found.files[0].edits
    assert search(desk.db, words) == []
    assert [hit.version for hit in search(desk.db, words, all_versions=True)] == [1]
    assert [hit.version for hit in search(desk.db, "完全另一份内容")] == [2]


EDITED = {
    "pdf": (files.pdf(FIRST), files.pdf(SECOND)),
    "doc": (files.doc(FIRST), files.doc(SECOND)),
    "docx": (files.docx(FIRST), files.docx(SECOND)),
    "xls": (files.xls([["每户", FIRST]]), files.xls([["每户", SECOND]])),
    "xlsx": (files.xlsx([["每户", FIRST]]), files.xlsx([["每户", SECOND]])),
    "wps": (files.doc(FIRST), files.doc(SECOND)),
    "ofd": (files.ofd([FIRST]), files.ofd([SECOND])),
    "zip": (files.packed({"一.docx": files.docx(FIRST)}), files.packed({"一.docx": files.docx(SECOND)})),
}


@pytest.mark.parametrize("kind", EDITED)
def test_one_edited_figure_in_a_file_of_any_kind_is_told_to_the_character(desk: Desk, kind: str) -> None:
    url = f"https://{HOST}/files/annex.{kind}"
    desk.see(page((url, f"annex.{kind}")), day(1))
    for at, body in zip((day(1, 9), day(4)), EDITED[kind], strict=True):
        fetch(desk, body, at, url)
    (file,) = difference(desk.db, 1, 1, 2).files
    assert [(edit.from_text, edit.to_text) for edit in file.edits] in (
        [(".", "")],
        [("1.5", "15")],
        [("1.5万", "15万")],
    )
    assert [hit.version for hit in search(desk.db, "每户15万元")] == [2]
    assert search(desk.db, "没有这样的话") == []


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        pytest.param(
            "annex.rar", b"Rar!\x1a\x07\x01\x00" + bytes(90), b"Rar!\x1a\x07\x01\x00" + bytes(91), id="rar"
        ),
        pytest.param(
            "plan.jpg", b"\xff\xd8\xff\xe0" + bytes(90), b"\xff\xd8\xff\xe0" + bytes(91), id="image"
        ),
    ],
)
def test_what_is_kept_and_not_opened_is_listed_and_its_replacement_told(
    name: str, first: bytes, second: bytes
) -> None:
    desk = Desk(sites={"bureau": replace(SITE, attachments=r"\.(?:rar|jpg)$")})
    url = f"https://{HOST}/files/{name}"
    desk.see(page((url, name)), day(1))
    fetch(desk, first, day(1, 9), url)
    fetch(desk, second, day(4), url)
    assert changes(desk) == [(1, 2)]
    (file,) = attachments(desk.db, 1, 2)
    assert file["payload"] and not file["has_text"]
    (told,) = difference(desk.db, 1, 1, 2).files
    assert told.edits is None and told.old != told.new


def test_words_of_a_page_are_shown_from_the_page_first(desk: Desk) -> None:
    desk.see(WITH_FILE, day(1))
    fetch(desk, files.pdf("请各单位认真贯彻执行"), day(1, 9))
    assert [hit.attachment for hit in search(desk.db, "请各单位认真贯彻执行")] == [None]


def test_what_files_make_passes_verify(desk: Desk) -> None:
    desk.see(page((FILE, NAME), (OTHER, "表")), day(1))
    fetch(desk, files.pdf(FIRST), day(1, 9))
    fetch(desk, files.docx("表一"), day(1, 10), OTHER)
    fetch(desk, files.pdf(SECOND), day(4))
    fetch(desk, files.docx("表二"), day(5), OTHER)
    desk.see(page((FILE, NAME), (OTHER, "表"), text="补贴办法有改动，请各单位认真贯彻执行。"), day(6))
    report = verify(desk.db)
    assert report["bad"] == [] and is_sound(report)
    assert len(desk.versions()) == 4


def test_history_shows_when_the_new_file_was_seen(desk: Desk) -> None:
    desk.see(WITH_FILE, day(1))
    fetch(desk, files.pdf(FIRST), day(1, 9))
    fetch(desk, files.pdf(SECOND), day(4))
    versions = history(desk.db, 1)["versions"]
    assert [version["first_captured_at"] for version in versions] == [f"{day(1)}.000Z", f"{day(4)}.000Z"]


def test_a_file_seen_does_not_take_back_that_its_page_is_gone(desk: Desk) -> None:
    desk.see(WITH_FILE, day(1))
    fetch(desk, files.pdf(FIRST), day(1, 9))
    desk.see(html(), day(1), url=URL.replace("notice", "other"))
    for number in (2, 4, 6):
        desk.see(None, day(number), status=404)
        desk.see(html(), day(number, 9), url=URL.replace("notice", "other"))
        fetch(desk, files.pdf(f"第{number}版"), day(number, 10))
    assert latest_row(desk.db, 1)["state"] == "withdrawn"


def test_a_text_that_took_too_long_is_told_so(desk: Desk) -> None:
    desk.see(WITH_FILE, day(1))
    desk.keep(answer(files.pdf(FIRST), day(1, 9), url=FILE, kind="attachment"))
    job = desk.archive.jobs.of(desk.archive.queue.ready()[0])
    desk.archive.record(job, ReadingResult(result=Unreadable(reason="reader_time")))
    kept = attachments(desk.db, 1, 1)[0]
    assert (kept["has_text"], kept["reason"]) == (False, "reader_time")
    assert desk.archive.queue.length() == 0


@pytest.fixture
def told(tmp_path: Path) -> Path:
    """An archive in a file: a document, its file, and the file that replaced it."""
    path = tmp_path / "a.db"
    archive = Archive.open(path, holder="test", sites={"bureau": SITE}, create=True)
    desk = Desk(db=archive.db)
    desk.see(WITH_FILE, day(1))
    fetch(desk, files.pdf(FIRST), day(1, 9))
    fetch(desk, files.pdf(SECOND), day(4))
    archive.close()
    return path


def test_the_command_line_lists_finds_and_compares_files(
    told: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = runner(told, capsys)
    listed = run("show", URL, "--json").json["attachments"]
    assert [(one["name"], one["kind"], one["has_text"]) for one in listed] == [(NAME, "pdf", True)]
    assert f"{NAME} — pdf," in run("show", URL).out
    found = run("search", "每户15万元", "--json").json
    assert [(one["url"], one["attachment"]) for one in found] == [(URL, NAME)]
    assert f"附件 {NAME}: " in run("search", "每户15万元").out
    (change,) = run("diff", URL, "--json").json["attachments"]
    assert (change["url"], change["edits"][0]["from_text"], change["edits"][0]["to_text"]) == (
        FILE,
        "1.5万",
        "15万",
    )
    said = run("diff", URL).out
    assert "the text is the same" in said and "[-1.5万-]{+15万+}" in said
    assert run("verify", "--json").code == 0


def test_the_reading_room_shows_files_and_where_they_were_replaced(told: Path) -> None:
    document = see(told, "/doc/1")
    assert NAME in document and "pdf" in document
    assert "1.5万→15万" in see(told, "/doc/1/diff/1/2")
    assert NAME in see(told, "/?q=每户15万元")


def test_the_search_box_of_a_table_finds_what_a_file_says(told: Path) -> None:
    found = see(told, "/a/latest.json?_shape=array&_search=每户15万元")
    assert [row["url"] for row in json.loads(found)] == [URL]
    assert json.loads(see(told, "/a/latest.json?_shape=array&_search=每户25万元")) == []
