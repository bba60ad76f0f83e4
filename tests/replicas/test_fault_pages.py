"""The hostile pages, character sets and robots files of the fault server are as bad as their names."""

from __future__ import annotations

import re
from typing import Any

import pytest

from .browse import fetch
from .control import Replicas
from .fault_pages import CONTENT, article, lines
from .fault_robots import ROBOTS

BASE = "https://fault.example"


@pytest.mark.parametrize(
    ("path", "shows"),
    [
        ("/attributes", lambda page: page.count("=1") >= 50_000 and 380_000 < len(page) < 520_000),
        ("/control_reference", lambda page: "&#1;" in page),
        ("/nested", lambda page: page.count("<div>") >= 300),
        ("/base_href", lambda page: '<base href="http://["' in page),
        ("/canonical_spoof", lambda page: 'rel="canonical" href="https://www.miit.gov.cn' in page),
        ("/no_date", lambda page: not re.search(r"<h1>[\s\S]{0,300}2026-", page)),
        ("/links/file", lambda page: 'href="file:///etc/hostname"' in page),
        ("/entities", lambda page: "<!ENTITY" in page),
    ],
)
def test_hostile_pages_hold_what_hurts_and_the_article(replicas: Replicas, path: str, shows: Any) -> None:
    page = fetch(replicas, BASE + path, timeout=20).text
    assert shows(page)
    assert path == "/links/file" or lines()[-1] in page


@pytest.mark.parametrize("path", CONTENT)
def test_every_hostile_page_is_served(replicas: Replicas, path: str) -> None:
    assert fetch(replicas, BASE + path, timeout=20).status == 200


@pytest.mark.parametrize(
    ("path", "codec", "label"),
    [
        ("/charset/gbk_as_utf8", "gb18030", "utf-8"),
        ("/charset/utf8_as_gbk", "utf-8", "gbk"),
        ("/charset/gbk_unnamed", "gb18030", None),
        ("/charset/utf16", "utf-16", None),
    ],
)
def test_a_body_is_in_one_character_set_and_labelled_with_another(
    replicas: Replicas, path: str, codec: str, label: str | None
) -> None:
    fetched = fetch(replicas, BASE + path)
    assert lines()[0] in fetched.body.decode(codec)
    assert (
        (label in fetched.headers["content-type"])
        if label
        else "charset" not in fetched.headers["content-type"]
    )


@pytest.mark.parametrize("host", ROBOTS)
def test_each_robots_host_has_its_own_robots_file_and_the_same_pages(replicas: Replicas, host: str) -> None:
    assert fetch(replicas, f"https://{host}/ok").text == article()
    if host in ("robots-hang.example", "robots-reset.example"):
        with pytest.raises((TimeoutError, ConnectionResetError)):
            fetch(replicas, f"https://{host}/robots.txt", timeout=0.5)
        return
    robots = fetch(replicas, f"https://{host}/robots.txt")
    named = re.search(r"\d{3}", host)
    assert robots.status == (int(named[0]) if named else 301 if "location" in robots.headers else 200)


def test_robots_in_odd_clothes_say_the_same(replicas: Replicas) -> None:
    bodies = {
        name: fetch(replicas, f"https://robots-{name}.example/robots.txt").body
        for name in ("utf16", "bom", "5mb")
    }
    assert "Disallow: /private/" in bodies["utf16"].decode("utf-16")
    assert bodies["bom"].startswith(b"\xef\xbb\xbfUser-agent")
    assert len(bodies["5mb"]) > 5_000_000
    assert b"Disallow: /private/" in bodies["5mb"][:100]
