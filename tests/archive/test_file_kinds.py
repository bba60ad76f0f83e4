"""The one table of file kinds: what an address, a name, an answer says; and that everything reads it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from archive.attach.kinds import is_file_answer, kind_of
from archive.attach.reading import READERS
from archive.extract import read, visible_digest
from archive.model import Article, Page
from archive.model.files import (
    ATTACHED,
    BY_ENDING,
    BY_NAME,
    KINDS,
    is_labelled,
    is_unnamed,
    kind_claimed,
    leads_to_file,
    name_in,
)
from archive.urls import is_attachment
from spiders.beijing import BeijingSpider
from spiders.miit import MiitSpider
from tests.archive import attach_files as files
from tests.archive.desk import Desk

HOST = "www.bureau.example"
HOME = Path(__file__).resolve().parents[2]
TEXT = "<p>各有关单位：现将渔港登记表的填报要求印发，请于月底前报送，逾期不再受理，有关情况及时反馈。</p>" * 3


def page(links: str) -> bytes:
    head = "<html><head><meta charset=utf-8><title>关于填报渔港登记表的通知</title></head><body>"
    return f"{head}<h1>关于填报渔港登记表的通知</h1><div class='article-content'>{TEXT}{links}</div></body></html>".encode()


@pytest.mark.parametrize(
    "address",
    [
        "/f/1.et", "/f/1.WPS", "/f/1.csv", "/f/1.pptx", "/f/1.rtf", "/f/1.ofd", "/f/1.xlsm", "/f/1.docm", "/f/1.7z",
        "/f/表.doc", "/f/1.pdf#page=2", "/get?name=a.xls", "/get?name=a.xls&v=2",
        "/front/document/download?id=1086", "/system/_content/download.jsp?urltype=x&wbfileid=12",
        "/module/download/downfile.jsp?classid=0", "/common/fileDownload.do?id=7", "/api/getFile?uuid=9",
    ],
)  # fmt: skip
def test_such_an_address_leads_to_a_file_on_every_site(address: str) -> None:
    assert leads_to_file(address)
    for site in (BeijingSpider.site, MiitSpider.site):
        assert is_attachment(f"https://{site.domains[0]}{address}", site)


@pytest.mark.parametrize(
    "address",
    ["/a/b.html", "/download/index.html", "/download", "/zlxz/downloads/", "/a.jpg", "/", "", "/pdf", "/a.pdfx",
     "javascript:void(0)", "/news?id=3", "/how-to-download.html?x=1"],
)  # fmt: skip
def test_such_an_address_leads_to_none(address: str) -> None:
    assert not leads_to_file(address)


def test_every_kind_is_told_in_both_languages_and_read_or_said_why_not() -> None:
    for kind in KINDS:
        assert kind.zh and kind.en
        assert (kind.name in READERS) == kind.is_read and bool(kind.unread) != kind.is_read
    assert len(BY_ENDING) == sum(len(kind.endings) for kind in KINDS), "an ending of two kinds"


def test_no_other_module_lists_endings() -> None:
    lists = re.compile(r"docx\?|\.docx?[\"']|\|ofd|ofd\||\"ofd\",")
    for package in ("archive", "crawler", "spiders"):
        for path in (HOME / package).rglob("*.py"):
            name = path.relative_to(HOME).as_posix()
            if name.startswith("archive/attach/") or name == "archive/model/files.py":
                continue
            assert not lists.search(path.read_text("utf-8")), name


@pytest.mark.parametrize(
    ("media", "name"),
    [
        ("application/pdf; charset=x", "pdf"),
        ("application/msword", "doc"),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
        ("application/octet-stream", None),
        ("text/html", None),
        ("image/png", None),
        ("text/plain", None),
        ("", None),
    ],
)
def test_a_media_type_names_a_kind_or_none(media: str, name: str | None) -> None:
    kind = kind_claimed(media)
    assert (kind.name if kind else None) == name


def test_words_name_a_file() -> None:
    assert (
        name_in("渔港登记表.xlsx")
        and name_in("登记表.doc下载")
        and not name_in("渔港登记表")
        and not name_in("a.documents")
    )
    assert is_labelled("附件：登记表") and is_labelled("　附件1.登记表") and is_labelled("附 件 二：")
    assert not is_labelled("附件管理办法") and not is_labelled("有关附件：")


def test_an_address_without_an_ending_may_be_a_file_and_other_schemes_are_none() -> None:
    assert is_unnamed("/attach/9f3") and is_unnamed("https://a.example/x/9f3?y=1")
    assert not is_unnamed("/a/") and not is_unnamed("/a/b.html") and not is_unnamed("mailto:a/b")
    assert not is_unnamed("javascript:go('/a/b')") and is_unnamed("/get.jsp?id=3", programs=True)
    assert not is_unnamed("/get.jsp?id=3") and not is_unnamed("/get.jsp", programs=True)


@pytest.mark.parametrize(
    ("links", "found"),
    [
        ('<p><a href="/attach/9f3">渔港登记表.xlsx</a></p>', ["/attach/9f3"]),
        ('<p><a href="/get.jsp?id=3">渔港登记表.et</a></p>', ["/get.jsp?id=3"]),
        ('<p>附件：<a href="/attach/9f3">渔港登记表</a></p>', ["/attach/9f3"]),
        ('<p><a href="/attach/9f3">附件2：渔港登记表</a></p>', ["/attach/9f3"]),
        ('<p>附件：</p><p>1.<a href="/attach/1">登记表</a></p><p>2.<a href="/attach/2">样式</a></p>',
         ["/attach/1", "/attach/2"]),
        ('<p>附件：<a href="/zw/other.html">另一通知</a></p><p>详见<a href="/attach/9f3">专栏</a></p>', []),
        ('<p>附件：<a href="/f/1.csv">表一</a>、<a href="/f/2.rtf">表二</a></p>', ["/f/1.csv", "/f/2.rtf"]),
    ],
)  # fmt: skip
def test_the_files_of_a_page(links: str, found: list[str]) -> None:
    article = read(Page(url=f"https://{HOST}/a/1.html", body=page(links)))
    assert isinstance(article, Article)
    assert [link.url.removeprefix(f"https://{HOST}") for link in article.attachments] == found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('<a href="/f/1.et">表</a>', '<a href="/f/2.et">表</a>'),
        ('<a href="/f/download.jsp?id=1">表</a>', '<a href="/f/download.jsp?id=2">表</a>'),
        ('<a href="/attach/9f3">表.xls</a>', '<a href="/attach/9f4">表.xls</a>'),
        (
            "<a href=\"javascript:window.open('/f/1.docx')\">表</a>",
            "<a href=\"javascript:window.open('/f/2.docx')\">表</a>",
        ),
        (
            '<a href="#" onclick="down(\'/f/1.rtf\')">表</a>',
            '<a href="#" onclick="down(\'/f/2.rtf\')">表</a>',
        ),
    ],
)
def test_a_page_whose_link_leads_to_another_file_is_looked_at_again(old: str, new: str) -> None:
    first, second = (visible_digest(Page(url="https://a.example/", body=page(link))) for link in (old, new))
    assert first != second


def test_a_page_whose_styles_only_count_on_is_not_looked_at_again() -> None:
    first, second = (page(f'<link href="/s.css?v={n}"><a href="/a/b.html?n={n}">见</a>') for n in (1, 2))
    assert visible_digest(Page(url="https://a.example/", body=first)) == visible_digest(
        Page(url="https://a.example/", body=second)
    )


@pytest.mark.parametrize("ending", ATTACHED)
def test_another_file_of_any_kind_is_one_change(ending: str) -> None:
    desk = Desk()
    url = f"https://{HOST}/files/annex.{ending}"
    shown = page(f'<p>附件：<a href="{url}">渔港登记表</a></p>')
    desk.see(shown, "2026-04-01T08:00:00")
    for body, at in ((b"\x01\x02 first", "2026-04-01T09:00:00"), (b"\x01\x02 second", "2026-04-05T09:00:00")):
        desk.see(body, at, url=url, kind="attachment")
    desk.see(shown, "2026-04-05T10:00:00")
    assert desk.changes() == [(1, 2)]


@pytest.mark.parametrize(
    ("body", "media", "disposition", "is_file"),
    [
        (files.pdf("一"), "application/octet-stream", "", True),
        (files.docx("一"), "text/html", "", True),
        (b"Rar!\x1a\x07\x01\x00", "", "", True),
        ("甲,乙\n1,2\n".encode(), "application/octet-stream", 'attachment; filename="a.csv"', True),
        ("甲,乙\n1,2\n".encode(), "text/plain", "", False),
        (b"\x89PNG\r\n\x1a\n", "image/png", "", False),
        (b"<html><body><p>x", "application/pdf", 'attachment; filename="a.pdf"', False),
        (b'{"code": 200}', "application/json", "", False),
    ],
)
def test_an_answer_says_that_it_is_a_file(body: bytes, media: str, disposition: str, is_file: bool) -> None:
    assert is_file_answer(body, media, disposition) is is_file


def test_kinds_with_one_container_are_told_apart() -> None:
    assert kind_of(files.doc("一"), "a.wps") == "wps" and kind_of(files.doc("一"), "a.xls") == "doc"
    assert kind_of(files.xls([["一"]]), "a.et") == "xls"
    assert kind_of(b"BM,\xe5\x90\x8d\n1,2\n", "a.csv") == "csv"
    assert BY_NAME["ofd"].zh
