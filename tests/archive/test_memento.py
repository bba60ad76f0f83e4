"""Memento: the list of mementos and the one for a moment, as RFC 7089 has them."""

from __future__ import annotations

import re

import pytest

from archive.errors import BadInput
from archive.evidence.memento import Memento, Places, links, memento_for, timemap

PLACES = Places(
    original="https://www.bureau.example/a/notice.html",
    timemap="http://room/timemap/link/https://www.bureau.example/a/notice.html",
    timegate="http://room/timegate/https://www.bureau.example/a/notice.html",
)
HELD = [
    Memento("2026-04-01T00:00:02.500Z", "http://room/d/1?version=1"),
    Memento("2026-04-03T00:00:00.000Z", "http://room/d/1?version=2"),
    Memento("2026-04-09T00:00:00.000Z", "http://room/d/1?version=3"),
]


def test_the_list_names_the_original_and_each_memento_with_its_time() -> None:
    text = timemap(PLACES, HELD)
    assert text.startswith('<https://www.bureau.example/a/notice.html>; rel="original",\n')
    assert (
        'rel="self"; type="application/link-format"; from="Wed, 01 Apr 2026 00:00:02 GMT"; until="Thu, 09 Apr 2026 00:00:00 GMT"'
        in text
    )
    assert re.findall(r'rel="([a-z ]*memento)"', text) == ["first memento", "memento", "last memento"]


@pytest.mark.parametrize(
    ("accept", "number"),
    [
        pytest.param(None, 2, id="nothing asked: the newest"),
        pytest.param("Wed, 01 Apr 2026 00:00:02 GMT", 0, id="the second it was seen"),
        pytest.param("Fri, 03 Apr 2026 12:00:00 GMT", 1, id="between two"),
        pytest.param("Tue, 01 Jan 2019 00:00:00 GMT", 0, id="before the first"),
        pytest.param("Fri, 01 Jan 2027 00:00:00 GMT", 2, id="after the last"),
        pytest.param("Fri, 03 Apr 2026 00:00:00 +0000", 1, id="another zone's word"),
    ],
)
def test_a_moment_gets_what_was_seen_last_before_it(accept: str | None, number: int) -> None:
    assert memento_for(HELD, accept) == HELD[number]


@pytest.mark.parametrize(
    "accept", ["yesterday", "2026-04-01", "Wed, 99 Apr 2026 00:00:02 GMT", "\x00", "9" * 500]
)
def test_what_is_no_moment_is_refused(accept: str) -> None:
    with pytest.raises(BadInput):
        memento_for(HELD, accept)


def test_the_header_leads_around() -> None:
    header = links(PLACES, HELD, HELD[1])
    assert [*re.findall(r'rel="([a-z ]+)"', header)] == [
        "original",
        "timemap",
        "timegate",
        "first prev memento",
        "memento",
        "last next memento",
    ]
    assert links(PLACES, HELD[:1], HELD[0]).count("memento") == 1 and "\n" not in header


def test_an_address_cannot_leave_its_brackets() -> None:
    odd = Places(original='https://a.example/>; rel="x"\r\nX: y', timemap="t", timegate="g")
    assert "\n" not in links(odd, HELD) and '<https://a.example/%3E;%20rel="x"X:%20y>' in links(odd, HELD)
