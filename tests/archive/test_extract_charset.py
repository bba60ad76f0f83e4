"""Which characters the bytes are, and what is said about the decision."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.extract import decode

TEXT = "工业和信息化部关于印发通知的公告，自发布之日起施行。" * 4
BIG5 = "電車公司昨日公布，下月起試行夜間加班服務，有乘客表示歡迎，認為可以早點回家。" * 3
RARE = "镕喆䶮㐂𠮷€〇"
META = '<meta http-equiv="Content-Type" content="text/html; charset={}">'

CASES = {
    "a byte order mark decides": (b"\xef\xbb\xbf" + TEXT.encode(), "text/html; charset=gbk", "utf-8", "bom"),
    "utf-16 with a mark": (TEXT.encode("utf-16"), "", "utf-16-le", "bom"),
    "the header is believed when the bytes agree": (
        TEXT.encode("gbk"),
        "text/html; charset=GBK",
        "gb18030",
        "header",
    ),
    "gb2312 is read as gb18030": (
        (META.format("gb2312") + TEXT + RARE).encode("gb18030"),
        "",
        "gb18030",
        "meta",
    ),
    "utf-8 bytes beat a gbk label": (TEXT.encode(), "text/html; charset=gbk", "utf-8", "utf-8"),
    "gbk bytes beat a utf-8 label": (TEXT.encode("gbk"), "text/html; charset=utf-8", "gb18030", "bytes"),
    "big5 is read with the Hong Kong characters": (
        (META.format("big5") + "香港電台新聞：衞生署呼籲市民小心。啲嘅").encode("big5hkscs"),
        "",
        "big5hkscs",
        "meta",
    ),
    "big5 without a label": (BIG5.encode("big5hkscs"), "", "big5hkscs", "bytes"),
    "big5 bytes beat a gb2312 label": (
        BIG5.encode("big5hkscs"),
        "text/html; charset=gb2312",
        "big5hkscs",
        "bytes",
    ),
    "big5 bytes beat a utf-8 label": (
        (META.format("utf-8") + BIG5).encode("big5hkscs"),
        "",
        "big5hkscs",
        "bytes",
    ),
    "gbk bytes beat a big5 label": (TEXT.encode("gbk"), "text/html; charset=big5", "gb18030", "bytes"),
    "no label at all": (TEXT.encode("gb18030"), "", "gb18030", "bytes"),
    "a label no codec knows": (TEXT.encode(), "text/html; charset=gb-nonsense", "utf-8", "utf-8"),
    "utf-7 is never believed": (TEXT.encode(), "text/html; charset=utf-7", "utf-8", "utf-8"),
}


@pytest.mark.parametrize(("body", "header", "encoding", "rule"), CASES.values(), ids=CASES.keys())
def test_the_encoding_is_decided_by_evidence(body: bytes, header: str, encoding: str, rule: str) -> None:
    found = decode(body, header)
    assert (found.encoding, found.rule) == (encoding, rule)
    assert "\ufffd" not in found.text


def test_a_big5_page_with_a_broken_byte_loses_only_that() -> None:
    found = decode(
        BIG5.encode("big5hkscs") + b"\xff\n" + BIG5.encode("big5hkscs"), "text/html; charset=utf-8"
    )
    assert (found.encoding, found.text.count("電車公司")) == ("big5hkscs", 6)


def test_a_label_that_lies_is_flagged() -> None:
    assert "charset_mismatch" in decode(TEXT.encode("gbk"), "text/html; charset=utf-8").flags
    assert "charset_mismatch" in decode(TEXT.encode(), "text/html; charset=gbk").flags
    assert decode(TEXT.encode(), "text/html; charset=utf-8").flags == ()


def test_a_broken_byte_is_a_loss_and_the_rest_survives() -> None:
    found = decode(TEXT.encode() + b"\xff" + TEXT.encode(), "text/html; charset=utf-8")
    assert found.text.count("工业和信息化部") == 8
    assert "charset_loss" in found.flags


def test_what_nothing_fits_is_undecided() -> None:
    assert "charset_undecided" in decode(bytes(range(128, 256)) * 20).flags


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=40))
def test_gbk_text_comes_back_whatever_the_label_says(text: str) -> None:
    body = f"<p>{text}</p>".encode("gb18030")
    assert decode(body, "text/html; charset=gb2312").text == f"<p>{text}</p>"


@given(st.binary(max_size=400))
def test_any_bytes_become_some_text(body: bytes) -> None:
    assert isinstance(decode(body, "text/html").text, str)


@pytest.mark.parametrize("label", ["gbk", "gb2312", "big5"])
@pytest.mark.parametrize("taken_for", ["gb18030", "utf-8"])
def test_what_was_taken_for_latin_is_put_right_whatever_the_page_says(label: str, taken_for: str) -> None:
    text = "各镇人民政府要把防汛物资储备落实到人，每月清点一次，并向区防汛办报告。"
    body = f'<meta charset="{label}">'.encode() + text.encode(taken_for).decode("latin-1").encode()
    found = decode(body)
    assert text in found.text and "charset_repaired" in found.flags
