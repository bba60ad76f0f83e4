"""What the capture makes of answers that servers frame wrongly: bytes on a socket in, rows of the archive out."""

from __future__ import annotations

import asyncio
import gzip
import json
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import scrapy
from loopback import LOOPBACK, Asker, Server, ok, run
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.settings import Settings

from archive.clock import Clock, moment
from archive.drain import Drain
from archive.model import Exchange
from archive.store.archive import Archive
from archive.store.file import payloads
from crawler.run import Run
from crawler.seen import WallClock, server_skew
from tests.archive.desk import html

PAGE = html()
CUT = PAGE[: len(PAGE) * 3 // 4]


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    held = Archive.open(tmp_path / "a.db", holder="tests", sites={}, create=True)
    yield held
    held.close()


def crawled(archive: Archive, answers: dict[str, Any], *paths: str) -> tuple[Server, list[Any]]:
    """Ask for paths with the real capture; return the server and the captures with their outcomes, robots left out."""

    async def work() -> Server:
        run_ = Run(archive=archive, drain=Drain(archive, "x:y", processes=0), command="tests")
        run_.begin("asker")
        settings = Settings()
        settings.setmodule("crawler.settings")
        for name, value in {**LOOPBACK, "ARCHIVE_RUN": run_}.items():
            settings.set(name, value)
        async with Server(answers) as server:
            asked = [scrapy.Request(server.url(path), meta={"kind": "article"}) for path in paths]
            await AsyncCrawlerRunner(settings).crawl(Asker, asked=asked, seen=[])
            return server

    server = run(work())
    rows = archive.db.execute(
        "select c.*, r.outcome, r.reason from captures c left join readings r on r.capture = c.id "
        "where c.kind != 'robots' order by c.id"
    ).fetchall()
    return server, rows


def raw(*lines: str | bytes, body: bytes = PAGE, first: bytes = b"HTTP/1.1 200 OK") -> Any:
    """Return a conversation that sends these header lines as they are, the body, and closes."""
    head = b"".join(line.encode() + b"\r\n" if isinstance(line, str) else line + b"\r\n" for line in lines)

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(first + b"\r\n" + head + b"\r\n" + body)
        await writer.drain()
        writer.close()

    return answer


LENGTH = f"Content-Length: {len(PAGE)}"


@pytest.mark.parametrize(
    ("answer", "flags"),
    [
        pytest.param(raw(LENGTH, "X Y: z"), ["bad_header"], id="a blank in a name"),
        pytest.param(raw("版权: 某局", LENGTH), ["bad_header"], id="a name in Chinese"),
        pytest.param(raw("X\0: a", LENGTH), ["bad_header"], id="NUL in a name"),
        pytest.param(raw("(a): b", "<c>: d", ": e", LENGTH), ["bad_header"], id="three bad names"),
        pytest.param(raw("Server : nginx", LENGTH), [], id="a blank before the colon"),
        pytest.param(raw(" folded first", LENGTH), ["bad_header"], id="a continuation of nothing"),
        pytest.param(raw("no colon here", LENGTH), ["bad_header"], id="no colon"),
        pytest.param(raw("X-Odd: a\rb", "X-Nul: a\0b", LENGTH), [], id="bare CR and NUL in values"),
        pytest.param(raw(f"X-Long: {'a' * 60_000}", LENGTH), [], id="one long line"),
        pytest.param(raw("Transfer-Encoding: identity", LENGTH), ["bad_header"], id="a coding that is none"),
        pytest.param(raw("Content-Length: abc"), ["bad_header", "close_delimited"], id="no number"),
        pytest.param(raw("Content-Length: -1"), ["bad_header", "close_delimited"], id="a negative number"),
        pytest.param(raw(), ["close_delimited"], id="closed"),
        pytest.param(raw(first=b"HTTP/1.0 200 OK"), ["close_delimited"], id="HTTP/1.0"),
        pytest.param(raw(LENGTH, first=b"HTTP/2 200"), ["bad_status_line"], id="HTTP/2"),
        pytest.param(raw(LENGTH, first=b"http/1.1 200 OK"), ["bad_status_line"], id="small letters"),
        pytest.param(raw(LENGTH, first=b"HTTP/1.1  200  OK"), ["bad_status_line"], id="two blanks"),
        pytest.param(raw(LENGTH, first=b"\r\n\r\nHTTP/1.1 200 OK"), ["bad_status_line"], id="empty lines first"),
        pytest.param(raw(LENGTH, first=b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK"), [], id="after 100"),
        pytest.param(raw(LENGTH, body=PAGE + b"x"), ["bytes_after_body"], id="a byte too many"),
        pytest.param(raw(LENGTH, body=PAGE + b"\r\n"), [], id="an empty line behind"),
    ],
)  # fmt: skip
def test_what_a_browser_overlooks_costs_no_page(archive: Archive, answer: Any, flags: list[str]) -> None:
    _, (row,) = crawled(archive, {"/a": answer}, "/a")
    assert (row["error"], row["truncated"], row["outcome"]) == (None, None, None)
    assert json.loads(row["flags"]) == flags
    assert archive.payloads.get(row["payload"]) == PAGE


@pytest.mark.parametrize(
    ("answer", "why", "kept"),
    [
        pytest.param(raw(body=CUT), "disconnect: the connection was closed", CUT, id="closed"),
        pytest.param(raw(LENGTH, body=CUT), "disconnect", CUT, id="shorter than it says"),
        pytest.param(raw(f"Content-Length: {len(CUT)}"), "length: more came", CUT, id="longer than it says"),
        pytest.param(
            raw("Transfer-Encoding: chunked", body=b"%x\r\n" % len(PAGE) + CUT), "disconnect", CUT, id="chunk cut"
        ),
        pytest.param(
            raw("Transfer-Encoding: chunked", body=b"%x\r\n%s\r\n" % (len(CUT), CUT)), "disconnect", CUT,
            id="without last chunk",
        ),
        pytest.param(raw(LENGTH, first=b"HTTP/1.1 206 Partial"), "http 206", PAGE, id="206"),
    ],
)  # fmt: skip
def test_what_is_not_whole_is_kept_and_is_no_page(
    archive: Archive, answer: Any, why: str, kept: bytes
) -> None:
    _, (row,) = crawled(archive, {"/a": answer}, "/a")
    assert row["truncated"].startswith(why)
    assert (row["outcome"], row["reason"]) == ("failed", f"truncated: {row['truncated']}")
    assert archive.payloads.get(row["payload"]) == kept


def coded(body: bytes) -> Any:
    return ok(body, "Content-Encoding: gzip", "Content-Type: text/html")


@pytest.mark.parametrize("lost", [4, 40, 400])
def test_of_a_cut_gzip_body_what_can_be_decoded_is_kept(archive: Archive, lost: int) -> None:
    packed = gzip.compress(PAGE)
    _, (row,) = crawled(archive, {"/a": coded(packed[:-lost])}, "/a")
    assert (row["outcome"], row["error"]) == ("failed", "decode_error: gzip truncated")
    part = archive.payloads.get(row["payload"])
    assert len(part) > 300 and PAGE.startswith(part)


def test_of_a_body_that_cannot_be_decoded_at_all_the_bytes_are_kept(archive: Archive) -> None:
    body = b"\x1f\x8b\x08" + bytes(range(256))
    _, (row,) = crawled(archive, {"/a": coded(body)}, "/a")
    assert row["error"].startswith("decode_error") and archive.payloads.get(row["payload"]) == body


def test_an_encoding_that_proves_its_end_needs_no_end_of_the_page(archive: Archive) -> None:
    fragment = "<p>第一条 为了规范管理</p>".encode()
    answer = raw("Content-Encoding: gzip", body=gzip.compress(fragment))
    _, (row,) = crawled(archive, {"/a": answer}, "/a")
    assert (row["outcome"], json.loads(row["flags"])) == (None, [])


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("http://[", "redirect: 'http://[' is no address"),
        ("javascript:void(0)", "redirect: to 'javascript:void(0)'"),
        ("file:///etc/hostname", "redirect: to 'file:///etc/hostname'"),
        ("http://10.0.0.9/x", "redirect: private address: 10.0.0.9"),
        ("//printer/x", "redirect: local name: printer"),
        ("http://u:p@www.a.example/", "redirect: a user name in the address"),
        ("/" + "x" * 3000, "redirect: address of"),
    ],
)
def test_a_hop_that_cannot_be_followed_is_an_outcome_with_its_reason(
    archive: Archive, location: str, reason: str
) -> None:
    answer = ok(b"", f"Location: {location}", status="302 Found")
    server, (row,) = crawled(archive, {"/a": answer}, "/a")
    assert row["outcome"] == "failed" and row["reason"].startswith(reason)
    assert server.paths() == ["/robots.txt", "/a"]
    assert archive.crawls.counts(1)["failed"] == 1


def test_a_loop_has_a_capture_for_each_request_and_ends_as_one_failure(archive: Archive) -> None:
    answer = ok(b"", "Location: /a", status="302 Found")
    server, rows = crawled(archive, {"/a": answer}, "/a")
    assert [row["outcome"] for row in rows] == ["redirected"] * 10 + ["failed"]
    assert rows[-1]["reason"] == "redirect: too many hops"
    assert len(server.paths()) == len(rows) + 1


def test_bodies_are_compressed_beside_the_crawling_thread(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[str] = []
    packed = payloads.Plan.packed

    def noting(self: payloads.Plan, body: bytes, digest: str) -> payloads.Packed:
        threads.append(threading.current_thread().name)
        return packed(self, body, digest)

    monkeypatch.setattr(payloads.Plan, "packed", noting)
    pages = {f"/{n}": ok(html(f"第{n}号文件。" * 200), "Content-Type: text/html") for n in range(12)}
    server, rows = crawled(archive, pages, *pages)
    assert len(rows) == 12 and len(set(threads)) == 1 and threads[0].startswith("packing")
    assert [server.url(path) for path in server.paths()[1:]] == [row["url"] for row in rows]
    assert [row["captured_at"] for row in rows] == sorted(row["captured_at"] for row in rows)
    for row in rows:
        assert archive.payloads.get(row["payload"]) == html(
            f"第{row['url'].rpartition('/')[2]}号文件。" * 200
        )
    assert archive.db.execute("select count(*) from dictionaries").fetchone()[0] == 1


def test_one_body_at_two_addresses_is_kept_once(archive: Archive) -> None:
    _, rows = crawled(archive, {"*": ok(PAGE, "Content-Type: text/html")}, "/1", "/2", "/3")
    assert len({row["payload"] for row in rows}) == 1
    assert (
        archive.db.execute("select count(*) from payloads where media_type = 'text/html'").fetchone()[0] == 1
    )


AT = "2026-04-01T08:00:00.000Z"


def dated(*headers: tuple[str, str]) -> Exchange:
    return Exchange(
        url="http://a.example/", kind="article", site="a", captured_at=AT, status=200, headers=headers
    )


@pytest.mark.parametrize(
    ("headers", "word"),
    [
        ((), "wall"),
        ((("Date", "Wed, 01 Apr 2026 08:04:59 GMT"),), "wall"),
        ((("Date", "Wed, 01 Apr 2026 08:05:01 GMT"),), "suspect"),
        ((("date", "Wed, 01 Apr 2026 07:50:00 GMT"),), "suspect"),
        ((("Date", "Wed, 01 Apr 2026 07:50:00 GMT"), ("Age", "600")), "wall"),
        ((("Date", "Wed, 01 Apr 2026 16:00:00 +0800"),), "wall"),
        ((("Date", "Thu, 01 Apr 2027 08:00:00 GMT"),), "suspect"),
        ((("Date", "yesterday"),), "wall"),
        ((("Date", "Wed, 01 Apr 2026 07:50:00 GMT"), ("Age", "soon")), "suspect"),
    ],
)
def test_a_clock_more_than_five_minutes_from_the_servers_is_suspect(headers: Any, word: str) -> None:
    assert WallClock("wall", AT, 0.0, lambda: 0.0).word(dated(*headers)) == word
    assert WallClock("set", AT, 0.0, lambda: 0.0).word(dated(*headers)) == "set"


@pytest.mark.parametrize(
    ("ran", "word"), [(0.0, "wall"), (299.0, "wall"), (301.0, "suspect"), (31e6, "suspect")]
)
def test_a_wall_clock_that_jumped_while_the_machine_ran_is_suspect(ran: float, word: str) -> None:
    assert WallClock("wall", AT, 100.0, lambda: 100.0 + ran).word(dated()) == word


def test_the_skew_is_what_the_server_is_ahead() -> None:
    assert server_skew(dated(("Date", "Wed, 01 Apr 2026 08:01:00 GMT"))) == 60.0


def test_captures_keep_their_order_when_the_clock_jumps_back(archive: Archive) -> None:
    crawl = archive.begin_crawl("a", "tests")
    archive.clock = Clock(moment("2026-04-02T00:00:00.000Z"), 0.0, "set")
    first = archive.keep(dated(), crawl).capture
    second = archive.keep(Exchange(url="http://a.example/", kind="article", site="a", status=404,
                                   captured_at="2025-04-01T08:00:00.000Z"), crawl).capture  # fmt: skip
    assert second > first


def test_deflated_bodies_without_a_checksum_are_no_proof(archive: Archive) -> None:
    squeezed = zlib.compress(PAGE)
    _, (row,) = crawled(archive, {"/a": ok(squeezed, "Content-Encoding: deflate")}, "/a")
    assert archive.payloads.get(row["payload"]) == PAGE
