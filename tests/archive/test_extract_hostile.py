"""Pages made to break parsers, and what real ones do by accident: read or refused, in time, never a crash."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.extract import furniture, read
from archive.extract.furniture import is_byline
from archive.extract.notation import normal_number, number_in_body, number_in_title, parse_date
from archive.extract.title import stripped
from archive.model import Article, Page, Unreadable
from tests.archive.extract_pages import PARAGRAPHS, SIGNED, TITLE, article, page
from tests.conftest import Ends

START = f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1>"
TEXT = "".join(f"<p>{p}</p>" for p in PARAGRAPHS)


def opened(text: str | bytes) -> Article | Unreadable:
    body = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return read(
        Page(url="https://www.example.gov.cn/a.html", body=body, content_type="text/html; charset=utf-8")
    )


HOSTILE = {
    "50,000 attributes": START + "<div " + " ".join(f'a{n}="1"' for n in range(50_000)) + f">{TEXT}</div>",
    "50,000 attributes that hold angle brackets": START
    + "<div "
    + " ".join(f'a{n}="<"' for n in range(50_000))
    + f">{TEXT}</div>",
    "300 nested divs": START + "<div>" * 300 + TEXT + "</div>" * 300,
    "2,000 nested divs": START + "<div>" * 2_000 + TEXT + "</div>" * 2_000,
    "20,000 nested divs": START + "<div>" * 20_000 + TEXT + "</div>" * 20_000,
    "5,000 nested tables": START + "<table><tr><td>" * 5_000 + TEXT,
    "16,000 nested spans": START + TEXT + "<p>" + "<span>" * 16_000,
    "300,000 links": START + TEXT + "".join(f"<a href='/{n}'>链接</a>" for n in range(300_000)),
    "100,000 meta elements": START.replace("<head>", "<head>" + "<meta name=a content=b>" * 100_000) + TEXT,
    "200,000 comments": START + TEXT + "<!-- x -->" * 200_000,
    "200,000 comments that never end": START + TEXT + "<!--" * 200_000,
    "one text node of 5 MB": START + TEXT + "<p>" + "为贯彻落实，" * 280_000,
    "a table of 60,000 rows": START
    + TEXT
    + "<table>"
    + "<tr><td>1</td><td>2</td></tr>" * 60_000
    + "</table>",
    "a million angle brackets": START + TEXT + "<" * 1_000_000,
    "broken references": START + TEXT + "&#" * 200_000 + "&#x" * 200_000,
    "a label 100,000 times": START + TEXT + "<p>来源：" * 100_000,
    "a date 100,000 times": START + TEXT + "<p>" + "2024年1月1日 " * 100_000,
    "a title of 300,000 parts": START.replace(TITLE, "_某" * 300_000, 1) + TEXT,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_page_ends_with_its_text_or_a_reason(text: str, ends: Ends) -> None:
    with ends(60):
        found = opened(text)
    if isinstance(found, Article):
        assert PARAGRAPHS[0] in found.text or "cut" in found.flags


NAMES = (
    "50,000 attributes",
    "300 nested divs",
    "2,000 nested divs",
    "20,000 nested divs",
    "5,000 nested tables",
    "100,000 meta elements",
)


@pytest.mark.parametrize("name", NAMES)
def test_the_article_in_a_hostile_page_is_read(name: str) -> None:
    found = opened(HOSTILE[name])
    assert isinstance(found, Article)
    assert all(p in found.text for p in PARAGRAPHS)


FORBIDDEN = [
    *range(9),
    11,
    12,
    *range(14, 32),
    127,
    0xD800,
    0xDFFF,
    *range(0xFDD0, 0xFDF0),
    0xFFFE,
    0xFFFF,
    0x1FFFE,
    0x10FFFF,
    0x110000,
]


@pytest.mark.parametrize("code", FORBIDDEN, ids=hex)
def test_a_reference_to_a_forbidden_character_costs_nothing_but_itself(code: int) -> None:
    plain = page(article('<div id="zoom">{}</div>'))
    for reference in (f"&#{code};", f"&#x{code:X};", f"&#00000000{code};"):
        body = plain.body.replace("自行车".encode(), f"自{reference}行车".encode())
        found = read(Page(url=plain.url, body=body, content_type=plain.content_type))
        assert isinstance(found, Article)
        assert found.text == read(plain).text  # type: ignore[union-attr]


def test_references_that_old_pages_write_for_punctuation_are_read_as_browsers_do() -> None:
    found = opened(START + TEXT + "<p>他说&#147;好的&#148;，然后&#151;走了，大家都同意这么办。</p>")
    assert isinstance(found, Article)
    assert "他说“好的”，然后—走了" in found.text


def test_broken_addresses_lose_only_themselves() -> None:
    found = opened(
        '<base href="http://["><link rel=canonical href="http://["><meta http-equiv=refresh content="0;url=http://[">'
        + START
        + f'<div id="zoom">{SIGNED}<p><a href="http://[::1">坏链接</a><a href="ok.pdf">附件.pdf</a></p></div>'
    )
    assert isinstance(found, Article)
    assert [a.url for a in found.attachments] == ["https://www.example.gov.cn/ok.pdf"]


def test_control_characters_and_nuls_do_not_reach_the_text() -> None:
    found = opened(START + TEXT.replace("通知", "通\0\x08\x1f知"))
    assert isinstance(found, Article)
    assert not set(found.text) & set(map(chr, (*range(9), 11, 12, *range(14, 32))))


PATTERNS: dict[str, Callable[[str], object]] = {
    "kind_of": furniture.kind_of.__wrapped__,
    "edge_kind": furniture.edge_kind,
    "is_related_heading": furniture.is_related_heading,
    "is_byline": is_byline.__wrapped__,
    "normal_number": normal_number,
    "number_in_title": number_in_title,
    "number_in_body": lambda text: number_in_body([text] * 8),
    "parse_date": parse_date,
    "stripped": lambda text: stripped(text, {}),
}
STRAINS = [
    "打印",
    "A+",
    "（",
    "国务院令",
    "2024年",
    "〔2024〕",
    "上一篇：",
    "责任编辑：",
    " ",
    "来源：",
    "_",
    "--",
    "第1号",
    "一二三",
    "【",
    "版权",
]


@pytest.mark.parametrize("strain", STRAINS)
@pytest.mark.parametrize("name", PATTERNS)
def test_every_pattern_is_linear(name: str, strain: str, ends: Ends) -> None:
    text = strain * (100_000 // len(strain))
    with ends(5):
        PATTERNS[name](text)
        PATTERNS[name](text[:139] + "x")


PIECES = st.sampled_from(
    [
        "<div>",
        "</div>",
        "<p>",
        "</p>",
        "<table>",
        "<tr>",
        "<td>",
        "</table>",
        "<br>",
        "<a href='x.html'>",
        "</a>",
        "<script>",
        "</script>",
        "<!--",
        "-->",
        "&#1;",
        "&#x110000;",
        "<style>",
        "<h1>",
        TITLE,
        *PARAGRAPHS,
        "发布时间：2024-05-07",
        "来源：某处",
        "<div style='display:none'>",
        "<meta name=PubDate content=x>",
        "<",
        ">",
        "\0",
        "<title>",
        "<frameset>",
        "<svg>",
        "<math>",
        "<plaintext>",
        "<select>",
        "<base href='http://['>",
        "﻿",
        "<ucapcontent>",
        "</body>",
        "<html>",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=60))
def test_any_pile_of_markup_is_an_article_or_a_reason(pieces: list[str]) -> None:
    found = opened("".join(pieces))
    assert isinstance(found, Article | Unreadable)
    if isinstance(found, Article):
        assert found.text.strip() and "\0" not in found.text


@pytest.mark.parametrize(("count", "flags"), [(500, False), (501, True), (20_000, True)])
def test_a_page_that_names_thousands_of_files_is_asked_for_some_and_says_so(count: int, flags: bool) -> None:
    links = "".join(f'<a href="/f/{n}.pdf">附件{n}</a>' for n in range(count))
    found = opened(f"{START}<div>{TEXT}<p>{links}</p></div>")
    assert isinstance(found, Article)
    assert len(found.attachments) == 500 and ("files_cut" in found.flags) is flags
