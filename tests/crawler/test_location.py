"""Where a Location header leads: as browsers read it."""

from __future__ import annotations

import pytest
from loopback import Server, ask, moved, ok, run

from archive.exchange import target_of as led_to
from archive.urls import target_of
from tests.archive.desk import answer

BASE = "http://www.a.example/x/y.html?q=1"


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/z.html", "http://www.a.example/z.html"),
        ("/公告/第1号.html", "http://www.a.example/%E5%85%AC%E5%91%8A/%E7%AC%AC1%E5%8F%B7.html"),
        ("列表.html?页=2#尾", "http://www.a.example/x/%E5%88%97%E8%A1%A8.html?%E9%A1%B5=2#%E5%B0%BE"),
        ("/a%20b/%E9%80%9A%zz", "http://www.a.example/a%20b/%E9%80%9A%zz"),
        ("\\b\\c.html", "http://www.a.example/b/c.html"),
        ("..\\..\\c.html", "http://www.a.example/c.html"),
        ("\\\\b.example\\c", "http://b.example/c"),
        ("http:\\\\b.example\\c?d=\\e", "http://b.example/c?d=\\e"),
        ("https:\\b.example/c", "https://b.example/c"),
        ("/c?d=\\e#\\f", "http://www.a.example/c?d=\\e#\\f"),
        (" \t/c d.html \r\n", "http://www.a.example/c%20d.html"),
        ("/c\td\n.html", "http://www.a.example/cd.html"),
        ("http:/c", "http://www.a.example/c"),
        ("http:c", "http://www.a.example/x/c"),
        ("https:b.example", "https://b.example/"),
        ("https:////b.example/c", "https://b.example/c"),
        ("///b.example//c", "http://b.example//c"),
        ("HTTP://b.example?c", "http://b.example/?c"),
        ("?p=2", "http://www.a.example/x/y.html?p=2"),
        ("/c?", "http://www.a.example/c?"),
        ("", BASE),
        ('/<c>"d"`{e}', "http://www.a.example/%3Cc%3E%22d%22%60%7Be%7D"),
        ("http://b.example\\@c.example/", "http://b.example/@c.example/"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("mailto:a@b.example", "mailto:a@b.example"),
    ],
)  # fmt: skip
def test_a_location_is_read_as_browsers_read_it(location: str, target: str) -> None:
    assert target_of(location.encode(), BASE) == target


def test_bytes_of_another_code_are_escaped_as_they_came() -> None:
    assert target_of("/通知/1.html".encode("gbk"), BASE) == "http://www.a.example/%CD%A8%D6%AA/1.html"


@pytest.mark.parametrize("location", ["http://[", "http://", "https://%ff%fe/", "http:///", "http://[::1"])
def test_what_is_no_address_leads_nowhere(location: str) -> None:
    with pytest.raises(ValueError):
        target_of(location.encode(), BASE)


@pytest.mark.parametrize(
    ("location", "asked"),
    [
        ("/通知/1.html", "/%E9%80%9A%E7%9F%A5/1.html"),
        ("\\art\\4.html", "/art/4.html"),
        ("  /a b.html\t", "/a%20b.html"),
        ("/q?词=值&x=a b", "/q?%E8%AF%8D=%E5%80%BC&x=a%20b"),
    ],
)
def test_a_hop_is_asked_for_where_it_leads(location: str, asked: str) -> None:
    async def work() -> list[str]:
        redirect = f"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: {location}\r\n\r\n".encode()
        async with Server({"/a": redirect, asked: ok(b"there")}) as server:
            (seen,) = await ask(server.url("/a"))
            assert (seen.status, seen.body) == (200, b"there")
            return server.paths()

    assert run(work()) == ["/robots.txt", "/a", asked]


@pytest.mark.parametrize("location", ["", " "])
def test_an_empty_location_leads_nowhere(location: str) -> None:
    async def work() -> list[str]:
        async with Server({"/a": moved(location)}) as server:
            (seen,) = await ask(server.url("/a"))
            assert seen.status == 302
            return server.paths()

    assert run(work()) == ["/robots.txt", "/a"]


@pytest.mark.parametrize(
    ("said", "leads_to"),
    [
        ("..\\tz\\n2.html", "https://www.bureau.example/zw/tz/n2.html"),
        ("/公告/n3.html".encode().decode("latin-1"), "https://www.bureau.example/%E5%85%AC%E5%91%8A/n3.html"),
        ("/公告/n3.html", "https://www.bureau.example/%E5%85%AC%E5%91%8A/n3.html"),
        (" /b/n 4.html\t", "https://www.bureau.example/b/n%204.html"),
        ("https:\\\\www.bureau.example\\c.html", "https://www.bureau.example/c.html"),
        ("http://[", None),
    ],
)
def test_a_redirect_in_a_file_leads_where_one_of_the_network_does(said: str, leads_to: str | None) -> None:
    url = "https://www.bureau.example/zw/a/n1.html"
    exchange = answer(None, "2026-04-01T08:00:00", url=url, status=301, headers=(("Location", said),))
    assert led_to(exchange) == leads_to
