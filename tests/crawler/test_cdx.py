"""What other archives hold, by their CDX servers: taken over as their word, once, and nothing that they do not show."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from archive.errors import BadInput
from archive.model import Exchange
from crawler.replay import exchange_of
from crawler.services import Index, NotPlayable
from tests.archive.desk import html, replaced

HOME = Path(__file__).resolve().parents[2]
URL = "https://www.bureau.example/a/notice.html"
FIRST, SECOND = "20260401080000", "20260405080000"
Told = tuple[int, list[tuple[str, str]], bytes]


def sha1(body: bytes) -> str:
    return base64.b32encode(hashlib.sha1(body).digest()).decode()


class Archive:
    """A CDX server and a player on loopback. ``held``: (timestamp, address, status, headers, body)."""

    def __init__(self, form: str = "pywb", robots: Told = (404, [], b"")) -> None:
        self.form = form
        self.robots = robots
        self.held: list[tuple[str, str, int, list[tuple[str, str]], bytes]] = []
        self.digests: dict[str, str] = {}
        self.missing: set[str] = set()
        self.asked: list[str] = []

    def hold(self, timestamp: str, body: bytes, *, status: int = 200, url: str = URL, **headers: str) -> None:
        told = [(name.replace("_", "-"), value) for name, value in headers.items()]
        self.held.append(
            (timestamp, url, status, told or [("Content-Type", "text/html; charset=utf-8")], body)
        )

    def answer(self, path: str) -> Told:
        self.asked.append(path)
        if path == "/robots.txt":
            return self.robots
        at, query = urlsplit(path).path, parse_qs(urlsplit(path).query)
        if at == "/coll/cdx":
            return 200, [("Content-Type", "text/plain")], self.index(query["url"][0])
        for timestamp, url, status, headers, body in self.held:
            if path == f"/coll/{timestamp}id_/{url}" and timestamp not in self.missing:
                return (
                    status,
                    [*headers, ("Memento-Datetime", "then"), ("X-Cache", "hit"), ("Link", "<x>")],
                    body,
                )
        return 404, [], b"not here"

    def index(self, wanted: str) -> bytes:
        rows = [
            {
                "urlkey": "k", "timestamp": at, "original": url, "mimetype": "text/html", "statuscode": str(status),
                "digest": self.digests.get(at, sha1(body)), "length": "1",
            }
            for at, url, status, _, body in self.held
            if url == wanted or (wanted.endswith("*") and url.startswith(wanted[:-1]))
        ]  # fmt: skip
        if self.form == "wayback":
            return json.dumps([list(rows[0]), *(list(row.values()) for row in rows)] if rows else []).encode()
        if self.form == "words":
            return "".join(" ".join(row.values()) + "\n" for row in rows).encode()
        if self.form == "cdxj":
            told = [
                (
                    row["timestamp"],
                    {"url": row["original"], "status": row["statuscode"], "digest": row["digest"]},
                )
                for row in rows
            ]
            return "".join(f"example,bureau)/ {at} {json.dumps(said)}\n" for at, said in told).encode()
        named = [
            {
                "url": row["original"],
                "timestamp": row["timestamp"],
                "status": row["statuscode"],
                "digest": row["digest"],
            }
            for row in rows
        ]
        return "".join(json.dumps(row) + "\n" for row in named).encode()


@pytest.fixture
def serve() -> Iterator[Any]:
    """Give a function that serves an archive and returns the address of its index."""
    servers: list[tuple[ThreadingHTTPServer, threading.Thread]] = []

    def start(archive: Archive) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, headers, body = archive.answer(self.path)
                self.send_response(status)
                for name, value in [*headers, ("Content-Length", str(len(body)))]:
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *told: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_address[1]}/coll/cdx"

    yield start
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


def taken(index: Index, wanted: str = URL) -> list[Exchange]:
    found = [exchange_of(index.record(row, 1 << 24), {}) for row in index.rows(wanted)]
    assert all(isinstance(one, Exchange) for one in found)
    return found


@pytest.mark.parametrize("form", ["pywb", "wayback", "words", "cdxj"])
def test_what_an_archive_shows_is_an_exchange_of_then_by_its_word(form: str, serve: Any) -> None:
    archive = Archive(form)
    archive.hold(SECOND, html(*replaced("应当", "可以")))
    archive.hold(FIRST, html())
    index = Index(serve(archive))
    first, second = taken(index)
    assert (first.captured_at, second.captured_at) == ("2026-04-01T08:00:00.000Z", "2026-04-05T08:00:00.000Z")
    assert first.body == html() and first.status == 200 and first.error is None
    assert first.origin == f"{index.playback}/{FIRST}id_/{URL}" and first.clock == "cdx"
    # What the player adds is no header of the page.
    assert first.headers == (("Content-Type", "text/html; charset=utf-8"),)


def test_headers_and_packing_are_those_that_the_archive_kept(serve: Any) -> None:
    archive, packed = Archive(), gzip.compress(html())
    archive.hold(FIRST, packed, x_archive_orig_content_type="text/html", x_archive_orig_etag='"7"', server="player",
                 x_archive_orig_content_length="9", content_encoding="gzip")  # fmt: skip
    (found,) = taken(Index(serve(archive)))
    assert found.body == html() and found.error is None
    assert found.headers == (("content-type", "text/html"), ("etag", '"7"'), ("content-encoding", "gzip"))


def test_headers_of_which_only_some_are_told_as_kept_are_taken_together(serve: Any) -> None:
    archive = Archive()
    archive.hold(FIRST, html(), x_archive_orig_date="Wed, 01 Apr 2026 08:00:00 GMT", content_type="text/html; charset=utf-8",
                 content_location="http://127.0.0.1/coll/", date="today")  # fmt: skip
    (found,) = taken(Index(serve(archive)))
    assert found.headers == (
        ("date", "Wed, 01 Apr 2026 08:00:00 GMT"), ("content-type", "text/html; charset=utf-8")
    )  # fmt: skip


def test_a_redirect_that_was_kept_is_not_followed(serve: Any) -> None:
    archive = Archive()
    archive.hold(FIRST, b"", status=302, location="https://www.bureau.example/b/moved.html")
    (found,) = taken(Index(serve(archive)))
    assert (found.status, found.header("location")) == (302, "https://www.bureau.example/b/moved.html")


def test_bytes_that_the_index_does_not_name_are_kept_and_not_read(serve: Any) -> None:
    archive = Archive()
    archive.hold(FIRST, html())
    archive.digests[FIRST] = sha1(b"another page")
    (found,) = taken(Index(serve(archive)))
    assert found.error and found.error.startswith("digest: ")


def test_what_an_archive_does_not_show_is_no_capture(serve: Any) -> None:
    archive = Archive()
    archive.hold(FIRST, html())
    archive.missing.add(FIRST)
    index = Index(serve(archive))
    (row,) = index.rows(URL)
    with pytest.raises(NotPlayable, match="answered 404, the index says 200"):
        index.record(row, 1 << 24)


@pytest.mark.parametrize(
    ("robots", "said"),
    [
        ((200, [], b"User-agent: *\nDisallow: /coll/\n"), "does not want /coll/cdx asked for"),
        ((200, [], b"User-agent: yuanben\nDisallow: /\n"), "does not want"),
        ((503, [], b""), "until it can be read"),
    ],
)
def test_the_archives_robots_txt_is_obeyed(robots: Told, said: str, serve: Any) -> None:
    archive = Archive(robots=robots)
    archive.hold(FIRST, html())
    with pytest.raises(BadInput, match=said):
        Index(serve(archive)).rows(URL)
    assert [path for path in archive.asked if path != "/robots.txt"] == []


@pytest.mark.parametrize("body", [b"<html>hello</html>{", b'[["urlkey"], 7]', b"{not json"])
def test_what_is_no_cdx_server_is_said_in_one_line(body: bytes, serve: Any) -> None:
    archive = Archive()
    archive.index = lambda wanted: body  # type: ignore[method-assign]
    with pytest.raises(BadInput, match="did not answer as a CDX server does"):
        Index(serve(archive)).rows(URL)


@pytest.mark.parametrize(
    ("address", "playback"),
    [
        ("https://web.archive.org/cdx/search/cdx", "https://web.archive.org/web"),
        ("http://localhost:8080/policy/cdx", "http://localhost:8080/policy"),
        ("http://localhost:8080/policy-cdx?x=1", "http://localhost:8080/policy"),
    ],
)
def test_where_an_archive_shows_what_it_holds_follows_from_a_known_form(address: str, playback: str) -> None:
    assert Index(address).playback == playback


def test_of_another_form_it_must_be_given() -> None:
    with pytest.raises(BadInput, match="--playback"):
        Index("http://localhost/search")
    assert Index("http://localhost/search", "http://localhost/p/").playback == "http://localhost/p"


def test_replayed_it_gives_versions_and_a_second_time_nothing_is_asked_again(
    serve: Any, tmp_path: Path
) -> None:
    archive = Archive()
    archive.hold(FIRST, html())
    archive.hold(SECOND, html(*replaced("应当", "可以")))
    archive.hold(FIRST, html(title="另一份通知"), url="https://www.bureau.example/a/other.html")
    address, path = serve(archive), tmp_path / "a.db"

    def replay(*words: str) -> subprocess.CompletedProcess[str]:
        command = [
            sys.executable,
            "-m",
            "scrapy",
            "replay",
            "-s",
            "ARCHIVE_READERS=1",
            *words,
            "--archive",
            str(path),
        ]
        told = {**os.environ, "SCRAPY_SETTINGS_MODULE": "crawler.settings", "NO_PROXY": "*"}
        return subprocess.run(command, cwd=HOME, env=told, capture_output=True, text=True, timeout=60)

    done = replay("--cdx", address, "https://www.bureau.example/a/*", "--json")
    assert done.returncode == 0, done.stderr
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("select url, versions from documents order by url").fetchall() == [
            (URL, 2),
            (URL.replace("notice", "other"), 1),
        ]
        assert db.execute("select distinct clock, substr(origin, 1, 17) from captures").fetchall() == [
            ("cdx", address[:17])
        ]
        assert db.execute("select changed_at_latest from changes").fetchall() == [
            ("2026-04-05T08:00:00.000Z",)
        ]
    before = len(archive.asked)
    again = replay("--cdx", address, "https://www.bureau.example/a/*")
    assert "3 records were kept before" in again.stderr
    assert archive.asked[before:] == ["/robots.txt", archive.asked[-1]] and "/coll/cdx?" in archive.asked[-1]
    archive.hold("20260409080000", html(*replaced("5%", "6%")))
    archive.missing.add("20260409080000")
    more = replay("--cdx", address, URL)
    assert more.returncode == 1 and "answered 404, the index says 200" in more.stderr
    assert replay("--cdx", address).returncode == 2
