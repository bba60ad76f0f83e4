"""A row of a list that is a file: a document by itself, kept, read, found and compared as an article is."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from archive.attach import is_file, read_document
from archive.model import Article, Page, Unreadable
from archive.store.read.search import search
from tests.archive import attach_files as files
from tests.archive.desk import LIST, Desk, answer

URL = "https://www.bureau.example/a/W020260910123456789012.pdf"
NAME = "关于发布科技活动统计调查表式的公告（PDF）"
LISTED = f'<ul><li><a href="{URL}">{NAME}</a></li></ul>'.encode()


def page(body: bytes, name: str = "a.pdf", content_type: str = "") -> Page:
    return Page(url=f"https://www.bureau.example/f/{name}", body=body, content_type=content_type)


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.see(LISTED, "2026-04-01T08:00:00", url=LIST, kind="listing")
    return desk


def see(desk: Desk, body: bytes, day: int) -> None:
    desk.see(body, f"2026-04-{day:02}T09:00:00", url=URL, headers=(("Content-Type", "application/pdf"),))


def test_a_file_that_a_list_leads_to_is_asked_for(desk: Desk) -> None:
    assert URL in [(due.url) for due in desk.ask("2026-04-01T08:00:01.000Z") if due.kind == "article"]


def test_it_is_a_document_that_is_found_and_whose_change_is_told(desk: Desk) -> None:
    see(desk, files.pdf("科技活动统计调查表式", "补贴标准为1.5万元"), 1)
    row = desk.latest(URL)
    assert (row["title"], row["state"], row["published_at"]) == (NAME, "live", None)
    assert desk.one("select kind from documents where url = ?", URL) == "file"
    assert [hit.url for hit in search(desk.db, "補貼標準")] == [URL]
    see(desk, files.pdf("科技活动统计调查表式", "补贴标准为1.5万元"), 2)
    assert desk.changes() == []
    see(desk, files.pdf("科技活动统计调查表式", "补贴标准为15万元"), 3)
    assert desk.changes() == [(1, 2)]


def test_one_without_a_text_is_kept_and_says_why_it_is_not_read(desk: Desk) -> None:
    see(desk, files.encrypted_pdf("密", to_read="x"), 1)
    row = desk.latest(URL)
    assert (row["text"], row["state"]) == (None, "unreadable")
    assert {"file", "encrypted"} <= set(json.loads(row["flags"]))
    assert "pdf" in desk.one("select reason from readings where outcome = 'unreadable'")


def test_a_page_that_answers_with_a_file_is_no_document() -> None:
    assert not is_file(page(files.pdf("正文"), name="notice.html"))
    assert not is_file(page(b"<html><body>404</body></html>", name="a.pdf"))


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (["附件1：", "工业企业名录管理办法", "第一条"], "工业企业名录管理办法"),
        (["12", "—", "工业企业名录管理办法"], "工业企业名录管理办法"),
        (["字" * 200, "第二行也不是标题"], "a.docx"),
    ],
    ids=["under a label", "under a page number", "no line like a headline"],
)
def test_its_title_is_its_first_line_that_says_something(lines: list[str], title: str) -> None:
    read = read_document(page(files.docx(*lines), name="a.docx"))
    assert isinstance(read, Article) and read.title == title


@pytest.mark.parametrize(
    ("made", "name", "flag"),
    [
        (lambda: files.zip_bomb(300), "bomb.zip", "bomb"),
        (lambda: files.doc("含宏的旧公文", more={"_VBA_PROJECT": b"Shell"}), "macro.doc", "macro"),
        (
            lambda: files.packed({"../../etc/cron.d/evil": "* * * * *", "ok.txt": "x"}),
            "names.zip",
            "unsafe_names",
        ),
        (lambda: b"%PDF-1.7\n" + b"\0" * 5000, "broken.pdf", "broken"),
    ],
    ids=["bomb", "macro", "traversal", "broken"],
)
def test_a_hostile_one_is_reported(made: Callable[[], bytes], name: str, flag: str) -> None:
    read = read_document(page(made(), name=name))
    assert isinstance(read, Article | Unreadable) and flag in read.flags


def test_a_list_that_calls_it_otherwise_later_makes_no_version(desk: Desk) -> None:
    see(desk, files.pdf("科技活动统计调查表式", "补贴标准为1.5万元"), 1)
    desk.see(
        LISTED.replace("公告".encode(), "通知".encode()), "2026-04-02T08:00:00", url=LIST, kind="listing"
    )
    see(desk, files.pdf("科技活动统计调查表式", "补贴标准为15万元"), 3)
    assert desk.latest(URL)["title"] == NAME
    assert (
        json.loads(desk.rows("select evidence from versions")[0][0])["title"]
        == "the list that led to the file"
    )


def test_what_a_file_claims_is_not_followed(desk: Desk) -> None:
    desk.keep(answer(files.pdf("正文"), "2026-04-02T08:00:00", url=URL))
    desk.drain()
    assert desk.column("select url from frontier where kind = 'attachment'") == []
