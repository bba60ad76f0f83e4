"""The fault server commits the faults it promises, so that what survives it has survived something."""

from __future__ import annotations

import gzip
import http.client
import re
import socket
import time
import zlib
from typing import Any

import brotli
import pytest
import zstandard

from . import bombs
from .browse import Fetched, fetch
from .control import Replicas
from .fault_pages import article, lines
from .faults import LOOPBACKS, REDIRECTS

BASE = "https://fault.example"


def wire(replicas: Replicas, path: str, seconds: float = 1.0) -> bytes:
    """Return everything the server sends for a path until it ends or the time is up."""
    with socket.create_connection(("127.0.0.1", replicas.port), timeout=seconds) as line:
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{replicas.port}\r\n\r\n".encode())
        heard = bytearray()
        until = time.monotonic() + seconds
        try:
            while time.monotonic() < until and (some := line.recv(65536)):
                heard += some
        except TimeoutError:
            pass
        return bytes(heard)


def test_the_sane_article_is_served_over_the_proxy_and_on_the_port_itself(replicas: Replicas) -> None:
    assert fetch(replicas, f"{BASE}/ok").text == article()
    assert article().encode() in wire(replicas, "/ok", 0.3)
    assert len("".join(lines())) > 800


@pytest.mark.parametrize(
    ("path", "unpack", "raised"),
    [
        ("/gzip_truncated", gzip.decompress, EOFError),
        ("/gzip_no_trailer", gzip.decompress, EOFError),
        ("/gzip_corrupt", gzip.decompress, (zlib.error, gzip.BadGzipFile)),
        ("/gzip_bad_crc", gzip.decompress, gzip.BadGzipFile),
        ("/gzip_but_plain", gzip.decompress, gzip.BadGzipFile),
        ("/brotli_truncated", brotli.decompress, brotli.error),
        ("/zstd_truncated", zstandard.decompress, zstandard.ZstdError),
    ],
)
def test_broken_encodings_cannot_be_unpacked(replicas: Replicas, path: str, unpack: Any, raised: Any) -> None:
    fetched = fetch(replicas, BASE + path)
    assert fetched.status == 200
    with pytest.raises(raised):
        unpack(fetched.body)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_the_same_encodings_are_also_served_whole(replicas: Replicas, coding: str) -> None:
    fetched = fetch(replicas, f"{BASE}/encoding_ok/{coding}")
    unpack = {
        "gzip": gzip.decompress,
        "deflate": zlib.decompress,
        "br": brotli.decompress,
        "zstd": zstandard.decompress,
    }[coding]
    assert fetched.headers["content-encoding"] == coding
    assert unpack(fetched.body) == article().encode()


@pytest.mark.parametrize(
    ("path", "at_most"),
    [
        ("/bomb/gzip", 1_100_000),
        ("/bomb/brotli", 1_000),
        ("/bomb/zstd", 40_000),
        ("/bomb/nested", 5_000),
        ("/bomb/deflate", 300_000),
    ],
)
def test_bombs_are_small_on_the_wire(replicas: Replicas, path: str, at_most: int) -> None:
    assert len(fetch(replicas, BASE + path, timeout=30).body) <= at_most


def test_bombs_unpack_to_what_they_say() -> None:
    unpacked = zlib.decompressobj(31)
    count, rest = 0, bombs.gzip_bomb()
    while rest and not unpacked.eof:
        count += len(unpacked.decompress(rest, 1 << 24))
        rest = unpacked.unconsumed_tail
    assert (count, unpacked.eof) == (bombs.GIB, True)
    with zstandard.ZstdDecompressor().stream_reader(bombs.zstd_bomb()) as reader:
        assert sum(len(some) for some in iter(lambda: reader.read(1 << 24), b"")) == bombs.GIB


@pytest.mark.parametrize(
    ("path", "raised"),
    [
        ("/cut_with_length", http.client.IncompleteRead),
        ("/cut_chunked", http.client.IncompleteRead),
        ("/reset", ConnectionResetError),
        ("/reset_in_header", (ConnectionResetError, http.client.HTTPException)),
        ("/reset_in_body", (ConnectionResetError, http.client.IncompleteRead)),
        ("/close", http.client.RemoteDisconnected),
        ("/hang", TimeoutError),
        ("/hang_in_body", TimeoutError),
        ("/slow_body", TimeoutError),
        ("/junk_status", http.client.BadStatusLine),
        ("/big_header", http.client.HTTPException),
    ],
)
def test_broken_transfers_raise_in_a_plain_client(replicas: Replicas, path: str, raised: Any) -> None:
    with pytest.raises(raised):
        fetch(replicas, f"http://fault.example{path}", timeout=0.6)


def test_a_cut_without_a_length_looks_whole_to_a_plain_client(replicas: Replicas) -> None:
    assert article().encode().startswith(fetch(replicas, f"{BASE}/cut_without_length").body)
    half = fetch(replicas, f"{BASE}/length_too_small").body
    assert 0 < len(half) < len(article().encode()) - 100


def test_an_endless_body_does_not_end(replicas: Replicas) -> None:
    assert len(wire(replicas, "/bomb/endless", 0.3)) > 1 << 20


@pytest.mark.parametrize("name", LOOPBACKS)
def test_redirects_lead_to_this_machine_in_many_spellings(replicas: Replicas, name: str) -> None:
    moved = fetch(replicas, f"{BASE}/redirect/{name}")
    assert moved.status == 302
    assert moved.headers["location"].endswith(f":{replicas.port}/secret")
    assert "/secret" in fetch(replicas, f"{BASE}/refresh/{name}").text


def test_who_follows_to_this_machine_is_seen_in_the_log(replicas: Replicas) -> None:
    secret = fetch(replicas, fetch(replicas, f"{BASE}/redirect/literal").headers["location"])
    assert "本机内部页面" in secret.text
    assert "127.0.0.1" in replicas.hosts()


@pytest.mark.parametrize("path", REDIRECTS)
def test_every_other_redirect_goes_where_it_says(replicas: Replicas, path: str) -> None:
    moved = fetch(replicas, BASE + path)
    # This client hands bytes on as Latin-1, and no blanks at the edges.
    where = moved.headers["location"].encode("latin-1").decode().strip()
    assert (moved.status, where) == (302, REDIRECTS[path].strip())


def test_a_chain_of_redirects_has_the_length_that_was_asked_for(replicas: Replicas) -> None:
    path, hops = "/redirect/hops/11", 0
    while (moved := fetch(replicas, BASE + path)).status == 302:
        path, hops = moved.headers["location"], hops + 1
    assert (hops, path) == (11, "/ok")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/status/429", 429),
        ("/status/503", 503),
        ("/status/503date", 503),
        ("/challenge/521", 521),
        ("/challenge/412", 412),
        ("/challenge/200", 200),
        ("/waf", 200),
        ("/soft404", 200),
        ("/status/204", 204),
        ("/status/410", 410),
        ("/empty", 200),
        ("/encoding_unknown", 200),
        ("/no/such/fault", 404),
    ],
)
def test_statuses_are_what_the_path_says(replicas: Replicas, path: str, status: int) -> None:
    fetched = fetch(replicas, BASE + path)
    assert fetched.status == status
    assert ("retry-after" in fetched.headers) == (status in (429, 503))


def test_a_type_can_lie_about_the_body(replicas: Replicas) -> None:
    lie = fetch(replicas, f"{BASE}/type/pdf_as_html")
    assert (lie.headers["content-type"][:9], lie.body[:5]) == ("text/html", b"%PDF-")


@pytest.mark.parametrize("path", ["/first/503", "/first/429", "/first/503date"])
def test_some_paths_misbehave_on_the_first_visit_only(path: str) -> None:
    with Replicas() as fresh:
        first, second = fetch(fresh, BASE + path), fetch(fresh, BASE + path)
    assert first.status in (429, 503)
    assert (second.status, second.text) == (200, article())


def test_pages_that_turn_from_visit_to_visit() -> None:
    with Replicas() as fresh:
        pairs: dict[str, tuple[Fetched, Fetched]] = {
            path: (fetch(fresh, BASE + path), fetch(fresh, BASE + path))
            for path in ("/counter", "/either", "/hijack/title", "/hijack/body", "/shrunken")
        }
    assert all(first.body != second.body for first, second in pairs.values())
    assert lines()[0] in pairs["/counter"][1].text
    assert lines()[0] in pairs["/hijack/title"][1].text
    assert lines()[0] not in pairs["/hijack/body"][1].text


def test_an_etag_can_lie(replicas: Replicas) -> None:
    first = fetch(replicas, f"{BASE}/etag_lies")
    assert fetch(replicas, f"{BASE}/etag_lies", {"If-None-Match": first.headers["etag"]}).status == 304
    assert fetch(replicas, f"{BASE}/etag_lies").body != first.body


def test_the_calendar_never_ends(replicas: Replicas) -> None:
    assert re.findall(r'href="(/calendar/\d+)"', fetch(replicas, f"{BASE}/calendar/7").text) == [
        "/calendar/14",
        "/calendar/15",
    ]
