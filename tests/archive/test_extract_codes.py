"""Pages whose characters went through a wrong encoding: put right where that is certain, flagged else."""

from __future__ import annotations

import re

import pytest

from archive.extract import decode
from tests.archive.test_extract_seen import LINE, PROSE, TITLE, page

HTML = page(PROSE)
GBK = HTML.replace("utf-8", "gb2312")


def windows(raw: bytes) -> str:
    """Return bytes as a browser shows them that takes them for Windows 1252."""
    gaps = (0x81, 0x8D, 0x8F, 0x90, 0x9D)
    return "".join(chr(one) if one in gaps else bytes([one]).decode("cp1252") for one in raw)


def shifted(text: str) -> bytes:
    """Return a text in ISO-2022-CN."""
    runs = re.sub(
        "[^\0-\x7f]+", lambda m: "\x0e" + "".join(chr(b & 0x7F) for b in m[0].encode("gb2312")) + "\x0f", text
    )
    return b"\x1b$)A" + runs.encode("ascii")


RIGHTED = {
    "UTF-8 as Latin 1": (HTML.encode().decode("latin-1").encode(), "charset_repaired"),
    "UTF-8 as Windows 1252": (windows(HTML.encode()).encode(), "charset_repaired"),
    "GBK as Latin 1": (HTML.encode("gbk").decode("latin-1").encode(), "charset_repaired"),
    "one run of it": (HTML.replace(TITLE, windows(TITLE.encode()), 1).encode(), "charset_repaired"),
    "HZ": (HTML.replace("utf-8", "hz-gb-2312").encode("hz"), ""),
    "HZ without a label": (HTML.replace("<meta charset='utf-8'>", "").encode("hz"), ""),
    "ISO-2022-CN": (shifted(HTML), ""),
    "GBK": (GBK.encode("gbk"), ""),
}  # fmt: skip


@pytest.mark.parametrize(("body", "flag"), RIGHTED.values(), ids=RIGHTED.keys())
def test_characters_are_put_right_where_that_is_certain(body: bytes, flag: str) -> None:
    found = decode(body, "text/html")
    assert found.text.count(LINE) == 4 and TITLE in found.text
    assert (flag in found.flags) if flag else ("charset_repaired" not in found.flags)


@pytest.mark.parametrize("label", ["gb2312", "gbk", "none"])
@pytest.mark.parametrize("place", ["每月€清点", "€每月清点", "每月清点€。"])
def test_a_lone_0x80_is_the_euro_sign_of_windows(label: str, place: str) -> None:
    html = HTML.replace("utf-8", label).replace("每月清点", place.replace("。", ""))
    body = html.encode("gb18030").replace("€".encode("gb18030"), b"\x80")
    assert decode(body).text.count(place.replace("。", "")) == 4 and "�" not in decode(body).text


@pytest.mark.parametrize(
    ("private", "standard"),
    [("\ue78d", "︐"), ("\ue81e", "\u9fb4"), ("\ue864", "\u9fbb"), ("\ue831", "\U000215d7"), ("\ue7c7", "ḿ")],
)
def test_private_characters_of_gb18030_get_their_standard_numbers(private: str, standard: str) -> None:
    html = GBK.replace("每月清点", f"每月{private}清点")
    assert f"每月{standard}清点" in decode(html.encode("gb18030")).text
    assert f"每月{standard}清点" in decode(html.replace("gb2312", "utf-8").encode()).text


def test_an_icon_is_no_private_character_of_gb18030() -> None:
    assert "<i>\ue81e</i>" in decode(HTML.replace("<h1>", "<i>\ue81e</i><h1>").encode()).text


GARBLED = {
    "lost bytes": HTML.encode().decode("gbk", "replace"),
    "lost bytes as ?": HTML.encode().decode("gbk", "replace").replace("\ufffd", "?"),
    "Latin with a hole": windows(HTML.encode()).replace("é", "?").replace("ã", "?"),
}


@pytest.mark.parametrize("text", GARBLED.values(), ids=GARBLED.keys())
def test_what_nothing_puts_right_is_flagged(text: str) -> None:
    assert {"charset_garbled", "charset_repaired"} & set(decode(text.encode()).flags)


def test_the_trace_of_lost_characters_is_flagged() -> None:
    assert "charset_loss" in decode(HTML.replace("每月", "锟斤拷锟斤拷锟斤拷 锟斤拷").encode()).flags


SOUND = {
    "Chinese": HTML,
    "French": "<meta charset=utf-8><p>L'été où l'élève français étudiait çà et là, naïve, à l'hôtel des Îles.</p>",
    "Japanese": "<meta charset=utf-8><p>これは日本語のページです。かなが多い文章です。</p>",
    "Korean": "<meta charset=utf-8><p>이것은 한국어 페이지입니다. 안녕하세요.</p>",
    "a tilde and a brace": "<meta charset=utf-8><script>var a='~{ab}';x=~{cd~};</script><p>plain text</p>",
}


@pytest.mark.parametrize("text", SOUND.values(), ids=SOUND.keys())
def test_what_is_sound_stays_as_it_is(text: str) -> None:
    found = decode(text.encode(), "text/html")
    assert found.text == text and not found.flags
