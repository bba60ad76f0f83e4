"""A kept page that is shown runs nothing and asks for nothing, whatever stands in it."""

from __future__ import annotations

import random

import pytest
from selectolax.lexbor import LexborHTMLParser

from archive.evidence.harmless import GONE, KEPT, POLICY, harmless

URL = "https://www.bureau.example/a/notice.html"
ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><a xlink:href='javascript:alert(1)'>x</a></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
    "<iframe src='https://evil.example/'></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='https://evil.example/?x' ping='https://evil.example/'>x</a>",
    "<form action='https://evil.example/'><input name=a autofocus onfocus=alert(1)><button>go</button></form>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<link rel=stylesheet href='https://evil.example/a.css'>",
    "<link rel=prefetch href='https://evil.example/'>",
    "<base href='https://evil.example/'><img src=a.png>",
    "<div style='background:url(https://evil.example/a.png)'>x</div>",
    "<div style='background:u\\72l(https://evil.example/a.png)'>x</div>",
    "<style>@import 'https://evil.example/a.css'; p{background:url(//evil.example/b)} p{color:red}</style>",
    "<style>p{content:'</style><script>alert(1)</script>'}</style>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<table background='https://evil.example/a.png'><tr><td background='//evil.example/b.png'>x</table>",
    "<object data='https://evil.example/'></object><embed src='https://evil.example/'>",
    "<video poster='https://evil.example/a.png' src='https://evil.example/a.mp4'></video>",
    "<img srcset='https://evil.example/a.png 2x'><picture><source srcset='https://evil.example/b.png'></picture>",
    "<template><img src=x onerror=alert(1)></template>",
    "<x-y onclick=alert(1)>kept words</x-y>",
    "<!--[if IE]><script>alert(1)</script><![endif]--><p>x",
    "<p style='position:fixed;top:0'>over all</p>",
    "<textarea></textarea><script>alert(1)</script>",
    "<xmp><img src=x onerror=alert(1)></xmp><plaintext><script>alert(1)",
    "<title></title><img src=x onerror=alert(1)>",
    "<p id='a\"onmouseover=\"alert(1)'>x</p>",
    "<?xml version='1.0'?><p>x</p>",
    "<a href='java&#10;script:alert(1)'>x</a>",
    "<body background='https://evil.example/a.png' onload=alert(1)>x",
]  # fmt: skip


def assert_harmless(written: str) -> None:
    tree = LexborHTMLParser(written)
    for node in tree.css("*"):
        assert node.tag in KEPT | {"html", "head", "body"} and node.tag not in GONE, node.tag
        for name, value in node.attributes.items():
            assert not name.startswith("on") and name not in (
                "href",
                "srcset",
                "action",
                "background",
                "ping",
                "poster",
                "data",
            ), name
            if name == "src":
                assert (value or "").startswith("/held/")
            if name == "style":
                assert "url" not in (value or "").lower() and "\\" not in (value or "")
    for style in tree.css("style"):
        assert "url(" not in style.text().lower() and "@import" not in style.text().lower()


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_runs_and_nothing_is_asked_for(attack: str) -> None:
    page = f"<html><head><title>t</title></head><body><p>before</p>{attack}<p>behind</p></body></html>"
    written = harmless(page, URL)
    assert_harmless(written)
    assert "before" in written


def test_random_pieces_of_attacks_stay_harmless(rounds) -> None:  # type: ignore[no-untyped-def]
    chance = random.Random(3)
    for _ in range(rounds(300, 20_000)):
        pieces = [chance.choice(ATTACKS) for _ in range(3)]
        cut = [
            piece[chance.randrange(len(piece)) :]
            if chance.random() < 0.4
            else piece[: chance.randrange(1, len(piece) + 1)]
            for piece in pieces
        ]
        assert_harmless(harmless("".join(cut), URL, lambda url: "/held/1" if "a" in url else None))


def test_what_the_page_said_is_still_there() -> None:
    page = "<h1>关于登记的通知</h1><div class='TRS_Editor' style='color:red'>第一条<x-y>第二条</x-y><font size=3>三</font></div><table border=1><tr><td colspan=2>表</td></tr></table>"
    written = harmless(page, URL)
    for kept in ("关于登记的通知", "第一条", "第二条", 'style="color:red"', 'colspan="2"', "<font"):
        assert kept in written


def test_pictures_stand_where_they_are_held() -> None:
    asked: list[str] = []

    def picture(url: str) -> str | None:
        asked.append(url)
        return "/held/7" if url.endswith("a.png") else None

    written = harmless("<base href='/img/'><img src='a.png'><img src='b.png' alt='印章'>", URL, picture)
    assert asked == ["https://www.bureau.example/img/a.png", "https://www.bureau.example/img/b.png"]
    assert 'src="/held/7"' in written and "[印章]" in written


def test_a_link_shows_where_it_led_and_leads_nowhere() -> None:
    written = harmless("<a href='/b/1.html'>另见</a>", URL)
    assert 'title="/b/1.html"' in written and "href" not in written


@pytest.mark.parametrize(
    "page",
    ["", " ", "\x00", "<", "<!DOCTYPE html>", "plain words", "\ud800<p>x", "<html>" * 500, "<b>" * 3000],
)
def test_any_page_gives_one(page: str) -> None:
    assert_harmless(harmless(page, URL))


def test_the_policy_of_its_answer_lets_nothing_out() -> None:
    assert "default-src 'none'" in POLICY and "sandbox" in POLICY and "script" not in POLICY
