"""Kept pages in the room, and Memento clients that find our versions."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from datasette.app import Datasette

from archive.store.archive import Archive
from tests.archive.desk import SITE, URL, Desk, clock, html, replaced

PICTURE = URL.replace("notice.html", "seal.png")


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("room") / "held.db"
    archive = Archive.open(path, holder="tests", sites={"bureau": SITE}, create=True, clock=clock())
    desk = Desk(db=archive.db)
    seal = "<img src='seal.png' alt='印章'><script>alert(1)</script><img src='https://evil.example/x.png'>"
    desk.see(html(aside=seal), "2026-04-01T00:00:00")
    desk.see(html(*replaced("1.5万条", "15万条")), "2026-04-03T00:00:00")
    desk.see(html(), "2026-04-05T00:00:00")
    desk.see(
        b"\x89PNG\r\n\x1a\n" + b"x" * 40,
        "2026-04-05T00:00:01",
        url=PICTURE,
        kind="attachment",
        headers=(("Content-Type", "image/png"),),
    )
    archive.close()
    return Datasette([str(path)])


def ask(room: Any, path: str, **headers: str) -> Any:
    return asyncio.run(room.client.get(path, headers=headers))


def test_a_kept_page_is_shown_harmlessly_under_a_policy_of_its_own(room: Any) -> None:
    answer = ask(room, "/capture/1/view")
    assert answer.status_code == 200 and "登记总量不低于1.5万条" in answer.text
    assert "<script" not in answer.text and "evil.example" not in answer.text
    assert 'src="data:image/png;base64,' in answer.text
    policy = answer.headers["content-security-policy"]
    assert "sandbox" in policy and "default-src 'none'" in policy and "script-src" not in policy


def test_a_capture_leads_to_its_page_and_one_without_has_none(room: Any) -> None:
    assert "/capture/1/view" in ask(room, "/capture/1").text
    assert ask(room, "/capture/99/view").status_code == 404
    assert "sandbox" not in ask(room, "/capture/1").headers["content-security-policy"]


def test_the_list_of_mementos_names_every_state_in_the_order_of_its_time(room: Any) -> None:
    answer = ask(room, f"/timemap/link/{URL}")
    assert answer.headers["content-type"].startswith("application/link-format")
    assert re.findall(r'/doc/1/(\d)>; rel="[a-z ]*memento"; datetime="([^"]+)"', answer.text) == [
        ("1", "Wed, 01 Apr 2026 00:00:00 GMT"),
        ("2", "Fri, 03 Apr 2026 00:00:00 GMT"),
        ("1", "Sun, 05 Apr 2026 00:00:00 GMT"),
    ]


@pytest.mark.parametrize(
    ("asked", "number"),
    [("Thu, 02 Apr 2026 00:00:00 GMT", "1"), ("Sat, 04 Apr 2026 00:00:00 GMT", "2"), ("", "1")],
)
def test_a_client_negotiates_the_state_of_a_moment(room: Any, asked: str, number: str) -> None:
    answer = ask(room, f"/timegate/{URL}", **({"Accept-Datetime": asked} if asked else {}))
    assert answer.status_code == 302 and answer.headers["location"].endswith(f"/doc/1/{number}")
    assert "accept-datetime" in answer.headers["vary"].lower() and 'rel="original"' in answer.headers["link"]
    shown = ask(room, f"/doc/1/{number}")
    assert "memento-datetime" in shown.headers and 'rel="timemap"' in shown.headers["link"]


def test_what_is_not_held_or_no_moment_is_said_so(room: Any) -> None:
    assert ask(room, "/timegate/https://nowhere.example/x").status_code == 404
    assert ask(room, "/timemap/link/https://nowhere.example/x").status_code == 404
    assert ask(room, f"/timegate/{URL}", **{"Accept-Datetime": "yesterday"}).status_code == 400
    assert "memento-datetime" not in ask(room, "/doc/1").headers
