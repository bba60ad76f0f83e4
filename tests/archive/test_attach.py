"""Attached files: their kind by their bytes, the text in them, and hostile ones that must cost nothing."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.attach import letters, safe_name, text_of
from archive.attach.kinds import LONGEST, is_html, kind_of, leads_out, safe_path
from tests.archive import attach_files as files
from tests.conftest import Ends

NOTICE = "登记总量不低于1.5万条，差错率不超过5%"
TABLE = (
    "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>项目</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>5%</w:t></w:r></w:p>"
    "</w:tc></w:tr></w:tbl>"
)
REVISED = (
    "<w:p><w:r><w:t>不低于</w:t></w:r><w:ins><w:r><w:t>15</w:t></w:r></w:ins><w:del><w:r><w:delText>1.5</w:delText>"
    "</w:r></w:del><w:r><w:t>万条</w:t></w:r></w:p>"
)
CONTROL = "<w:sdt><w:sdtContent><w:p><w:r><w:t>封面</w:t></w:r></w:p></w:sdtContent></w:sdt>"
ENTITY = (
    '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY f SYSTEM "file:///etc/hostname">]><d><body><p><r><t>&b;&f;正文</t></r></p></body></d>'
)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


@pytest.mark.parametrize(
    ("body", "name", "kind", "said"),
    [
        pytest.param(files.pdf(NOTICE, "第二页"), "a.pdf", "pdf", f"{NOTICE}\n第二页", id="pdf"),
        pytest.param(files.docx(NOTICE, "完"), "a.docx", "docx", f"{NOTICE}\n完", id="docx"),
        pytest.param(files.docx(body=TABLE), "a.docx", "docx", "项目 \t5%", id="docx: a row is a line"),
        pytest.param(files.docx(body=REVISED), "a.docx", "docx", "不低于15万条", id="docx: revisions accepted"),
        pytest.param(files.docx(body=CONTROL), "a.docx", "docx", "封面", id="docx: content control"),
        pytest.param(files.doc(f"{NOTICE}\r完"), "a.doc", "doc", f"{NOTICE}\n完", id="doc"),
        pytest.param(files.doc(NOTICE, in_pieces=3), "a.doc", "doc", NOTICE, id="doc saved in pieces"),
        pytest.param(files.doc("见\x13 HYPERLINK x \x14附件\x15。"), "a.doc", "doc", "见附件。", id="doc: a field"),
        pytest.param(files.doc("甲\x07乙\x07\x07丙"), "a.doc", "doc", "甲\t乙\n丙", id="doc: a table"),
        pytest.param(files.doc(NOTICE), "a.wps", "wps", NOTICE, id="wps"),
        pytest.param(files.xlsx([["项目", 1.5], ["合计", 20]]), "a.xlsx", "xlsx", "附件1\n项目\t1.5\n合计\t20", id="xlsx"),
        pytest.param(files.xls([["项目", 1.5]]), "a.xls", "xls", "Sheet1\n项目\t1.5", id="xls"),
        pytest.param(files.ofd(["一", "二"], ["三"]), "a.ofd", "ofd", "一\n二\n三", id="ofd: pages as listed"),
        pytest.param(
            files.packed({"附件1.docx": files.docx(NOTICE), "图.png": PNG}), "a.zip", "zip",
            f"附件1.docx\n{NOTICE}\n图.png", id="zip: names and what is in them",
        ),
        pytest.param(files.pdf(NOTICE), "a.doc", "pdf", NOTICE, id="bytes before the name"),
        pytest.param(b"\r\n" + files.pdf(NOTICE), "a.pdf", "pdf", NOTICE, id="something before the header"),
        pytest.param(
            files.packed({"b.pdf": files.pdf(NOTICE), "a.docx": files.docx("完")}, method=0),
            "a.zip", "zip", f"b.pdf\n{NOTICE}\na.docx\n完", id="a zip that holds a pdf as it is",
        ),
        pytest.param(files.docx(NOTICE), "a.wps", "docx", NOTICE, id="a WPS file that is a DOCX"),
    ],
)  # fmt: skip
def test_the_text_of_every_kind_is_read(body: bytes, name: str, kind: str, said: str) -> None:
    found = text_of(body, name)
    assert (found.kind, found.text, found.flags, found.reason) == (kind, said, (), None)


@pytest.mark.parametrize(
    ("body", "name", "kind", "flags"),
    [
        pytest.param(PNG, "a.png", "image", ("image",), id="image"),
        pytest.param(files.pdf("", "", "7"), "a.pdf", "pdf", ("scanned",), id="scanned pdf"),
        pytest.param(files.ofd([], []), "a.ofd", "ofd", ("scanned",), id="scanned ofd"),
        pytest.param(files.encrypted_pdf("密", to_read="x"), "a.pdf", "pdf", ("encrypted",), id="encrypted pdf"),
        pytest.param(files.doc("密", is_encrypted=True), "a.doc", "doc", ("encrypted",), id="encrypted doc"),
        pytest.param(b"Rar!\x1a\x07\x01\x00", "a.rar", "rar", (), id="rar is kept, not opened"),
        pytest.param(b"<!-- x --><HTML>404", "a.pdf", "html", (), id="a web page"),
        pytest.param(b"", "a.pdf", "unknown", (), id="nothing"),
        pytest.param(b"%PDF-1.7\n", "a.pdf", "pdf", ("broken",), id="only a header"),
        pytest.param(files.docx("甲")[:-40], "a.docx", "zip", ("broken",), id="a zip cut short"),
    ],
)  # fmt: skip
def test_what_has_no_text_says_why(body: bytes, name: str, kind: str, flags: tuple[str, ...]) -> None:
    found = text_of(body, name)
    assert (found.kind, found.flags) == (kind, flags)
    assert found.reason or kind == "image"


def test_a_pdf_protected_only_against_changes_is_read() -> None:
    found = text_of(files.encrypted_pdf(NOTICE), "a.pdf")
    assert (found.text, found.flags) == (NOTICE, ("encrypted",))


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(files.doc(NOTICE, more={"_VBA_PROJECT": b"Shell"}), id="doc"),
        pytest.param(files.docx(NOTICE, more={"word/vbaProject.bin": b"Shell"}), id="docx"),
    ],
)
def test_a_file_with_macros_is_read_and_flagged(body: bytes) -> None:
    found = text_of(body, "a.doc")
    assert (found.text, found.flags) == (NOTICE, ("macro",))


def test_a_media_type_that_the_bytes_contradict_is_flagged() -> None:
    assert text_of(files.pdf(NOTICE), "a.pdf", "text/html; charset=utf-8").flags == ("media_type",)
    assert text_of(files.pdf(NOTICE), "a.pdf", "application/octet-stream").flags == ()


@pytest.mark.parametrize(
    ("made", "name", "flag"),
    [
        pytest.param(lambda: files.zip_bomb(300), "a.zip", "bomb", id="a zip of zeros"),
        pytest.param(
            lambda: files.packed({"a.zip": files.zip_bomb(100)}),
            "b.zip",
            None,
            id="a zip in a zip is only named",
        ),
        pytest.param(
            lambda: files.docx(more={"word/footnotes.xml": bytes(60 << 20)}),
            "a.docx",
            "bomb",
            id="an office file",
        ),
        pytest.param(lambda: files.packed({"OFD.xml": bytes(60 << 20)}), "a.ofd", "bomb", id="an ofd"),
        pytest.param(
            lambda: files.packed({str(n): "" for n in range(3000)}), "a.zip", "bomb", id="3,000 members"
        ),
        pytest.param(lambda: files.many_pages(10_000), "a.pdf", "cut", id="10,000 pages"),
        pytest.param(
            lambda: files.stream_bomb(200), "a.pdf", "page_errors", id="a page that unpacks to 200 MB"
        ),
        pytest.param(
            lambda: files.packed({"word/document.xml": "<d>" + "<p>" * 100_000}),
            "a.docx",
            None,
            id="deeply nested",
        ),
    ],
)
def test_a_hostile_file_is_reported_and_holds_up_nobody(
    made: Callable[[], bytes], name: str, flag: str | None, ends: Ends
) -> None:
    body = made()
    with ends(60):
        found = text_of(body, name)
    assert flag is None or flag in found.flags
    assert len(found.text or "") < 1_000_001


def test_entities_are_neither_expanded_nor_fetched() -> None:
    found = text_of(files.packed({"word/document.xml": ENTITY}), "a.docx")
    assert "aaaa" not in (found.text or "")
    assert Path("/etc/hostname").read_text().strip() not in (found.text or "none")


def test_names_that_lead_out_of_a_zip_are_shown_harmlessly() -> None:
    found = text_of(files.packed({"../../etc/cron.d/x": "", "C:\\a.exe": "", "ok/附件.txt": ""}), "a.zip")
    assert found.text == "etc/cron.d/x\nC_/a.exe\nok/附件.txt"
    assert found.flags == ("unsafe_names",)


def test_names_without_the_mark_of_utf8_are_taken_for_gbk() -> None:
    body = files.packed({"GBKGBK.txt": ""}).replace(b"GBKGBK", "附件一".encode("gbk"))
    assert text_of(body, "a.zip").text == "附件一.txt"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        pytest.param("附件1：登记表.docx", "附件1：登记表.docx", id="as it is"),
        pytest.param("../../etc/passwd", "passwd", id="traversal"),
        pytest.param("..\\..\\a.doc", "a.doc", id="traversal of another system"),
        pytest.param("a\0b\r\nc.pdf", "abc.pdf", id="control characters"),
        pytest.param("通知\u202efdp.exe", "通知fdp.exe", id="reversed ending"),
        pytest.param("CON.txt", "_CON.txt", id="a device"),
        pytest.param("...", "file", id="nothing left"),
        pytest.param("", "file", id="empty"),
        pytest.param("字" * 300 + ".pdf", "字" * (LONGEST - 4) + ".pdf", id="long, the ending kept"),
    ],
)
def test_a_name_is_safe_to_write(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(st.text(max_size=300))
def test_no_name_is_a_path_or_hides_anything(name: str) -> None:
    safe = safe_name(name)
    assert safe == safe_name(safe)
    assert safe not in ("", ".", "..") and len(safe) <= LONGEST + 1
    assert not any(c in safe for c in '/\\\0\n\u202e:*?"<>|')
    assert not leads_out(safe_path(name))


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["pdf", "docx", "doc", "xls", "ofd", "zip"]), st.integers(0, 10**6), st.integers(0, 255)
)
def test_no_flipped_byte_makes_a_reader_raise(kind: str, at: int, to: int) -> None:
    body = bytearray(_SMALL[kind])
    body[at % len(body)] = to
    text_of(bytes(body), f"a.{kind}")


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["pdf", "docx", "doc", "xls", "ofd", "zip"]), st.integers(0, 10**6))
def test_no_shortened_file_makes_a_reader_raise(kind: str, length: int) -> None:
    text_of(_SMALL[kind][: length % len(_SMALL[kind])], f"a.{kind}")


_SMALL = {
    "pdf": files.pdf(NOTICE, "二"),
    "docx": files.docx(NOTICE, body=TABLE),
    "doc": files.doc(NOTICE, in_pieces=2),
    "xls": files.xls([["甲", 1.0]]),
    "ofd": files.ofd(["一"], ["二"]),
    "zip": files.packed({"a.docx": files.docx(NOTICE), "b.pdf": files.pdf("二")}),
}


def test_what_is_older_than_word_97_is_flagged_without_a_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters.shutil, "which", lambda name: None)
    found = text_of(_word_95(), "a.doc")
    assert (found.kind, found.text, found.flags) == ("doc", None, ("doc_needs_antiword",))
    assert "antiword" in (found.reason or "")


def test_what_is_older_than_word_97_is_given_to_an_installed_program(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "antiword"
    program.write_text('#!/bin/sh\ntest "$1" = -m && wc -c > /dev/null && echo 旧公文正文\n')
    program.chmod(0o755)
    monkeypatch.setattr(letters.shutil, "which", lambda name: str(program) if name == "antiword" else None)
    found = text_of(_word_95(), "a.doc")
    assert (found.text, found.flags) == ("旧公文正文", ("antiword",))


def test_a_program_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "antiword"
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o755)
    monkeypatch.setattr(letters, "_PROGRAM_SECONDS", 0.3)
    monkeypatch.setattr(letters.shutil, "which", lambda name: str(program))
    found = text_of(_word_95(), "a.doc")
    assert found.text is None and found.reason is not None


def test_the_second_try_reads_the_first_pages_only() -> None:
    found = text_of(files.many_pages(50), "a.pdf", cheap=True)
    assert (found.text or "").count("the same") == 20
    assert "cut" in found.flags


@pytest.mark.parametrize(
    "body", [b"<!DOCTYPE html><p>", b"\xef\xbb\xbf <html>", b'<?xml version="1.0"?><html xmlns=""/>']
)
def test_a_web_page_is_known_for_one(body: bytes) -> None:
    assert is_html(body) and kind_of(body, "a.pdf") == "html"


def _word_95() -> bytes:
    body = bytearray(files.doc("旧公文"))
    at = body.index(struct.pack("<HH", 0xA5EC, 0x00C1))
    struct.pack_into("<HH", body, at, 0xA5DC, 0x0065)
    return bytes(body)
