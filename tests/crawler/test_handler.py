from __future__ import annotations

import asyncio
import socket
import struct
import sys
from typing import Any

import pytest
import scrapy
from loopback import Server, ask, ok, run
from scrapy.exceptions import DownloadTimeoutError

from crawler.errors import TooLarge, failure_text


def answered(*answers: Any, path: str = "/page", **values: Any) -> tuple[Any, Server]:
    """Return what one request for a path gives when the server answers so."""

    async def work() -> tuple[Any, Server]:
        async with Server({path: answers[0]}) as server:
            (seen,) = await ask(server.url(path), **values)
            return seen, server

    return run(work())


async def hang(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(30)


async def hang_in_the_body(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc")
    await asyncio.sleep(30)


async def trickle(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(300):
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.1)


@pytest.mark.parametrize("answer", [hang, hang_in_the_body, trickle])
def test_the_deadline_is_for_the_whole_exchange(answer: Any) -> None:
    seen, _ = answered(answer, DOWNLOAD_TIMEOUT=0.5)
    assert isinstance(seen, DownloadTimeoutError)
    assert failure_text(seen) == "timeout"


def test_a_trickle_is_given_up_before_the_deadline() -> None:
    seen, _ = answered(trickle, ARCHIVE_SLOW_SECONDS=0.5)
    assert isinstance(seen, DownloadTimeoutError) and "less than 1 KB/s" in str(seen)


def test_a_hanging_host_holds_up_nobody_else() -> None:
    async def work() -> list[Any]:
        async with Server({"/hang": hang}) as slow, Server() as quick:
            urls = [slow.url("/hang"), *(quick.url(f"/{n}", host="localhost") for n in range(5))]
            return await ask(*urls, DOWNLOAD_TIMEOUT=1)

    *pages, failed = run(work())
    assert [page.status for page in pages] == [200] * 5
    assert isinstance(failed, DownloadTimeoutError)


async def endless(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while not writer.is_closing():
        writer.write(bytes(1 << 20))
        await writer.drain()


async def endless_headers(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while not writer.is_closing():
        writer.write(b"X-More: 1\r\n" * 1000)
        await writer.drain()


@pytest.mark.parametrize(
    "answer",
    [
        endless,
        b"HTTP/1.1 200 OK\r\nContent-Length: 200000000\r\n\r\nabc",
        endless_headers,
        b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 1001 + b"Content-Length: 0\r\n\r\n",
    ],
    ids=["endless body", "declared body", "endless headers", "too many headers"],
)
def test_an_answer_beyond_its_bounds_is_too_large(answer: Any) -> None:
    seen, _ = answered(answer)
    assert isinstance(seen, TooLarge)
    assert failure_text(seen).startswith("too_large: more than ")


def test_an_attachment_may_be_larger_than_a_page() -> None:
    async def work() -> list[Any]:
        async with Server({"*": ok(bytes(17 << 20))}) as server:
            page = scrapy.Request(server.url("/page"), meta={"kind": "article"})
            file = scrapy.Request(server.url("/file"), meta={"is_file": True})
            return await ask(page, file)

    page, file = run(work())
    assert isinstance(page, TooLarge)
    assert len(file.body) == 17 << 20


async def reset(writer: asyncio.StreamWriter) -> None:
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def close(writer: asyncio.StreamWriter) -> None:
    writer.close()


@pytest.mark.parametrize("answer", [reset, close])
def test_a_connection_cut_without_an_answer_is_one_request_and_one_failure(answer: Any) -> None:
    seen, server = answered(answer)
    assert failure_text(seen).startswith("disconnect")
    # The connection was kept open after robots.txt: nothing repeats the request behind the gate's back.
    assert server.paths() == ["/robots.txt", "/page"]
    assert server.connections == 1


async def cut(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 500)
    writer.close()


async def cut_chunk(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1f4\r\n" + b"x" * 500)
    writer.close()


async def until_close(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 500)
    writer.close()


@pytest.mark.parametrize("answer", [cut, cut_chunk, until_close])
def test_a_body_that_may_be_cut_is_handed_on_and_marked(answer: Any) -> None:
    seen, _ = answered(answer)
    assert (len(seen.body), "partial" in seen.flags) == (500, True)


def test_the_user_agent_is_ours_whatever_a_request_says() -> None:
    async def work() -> Server:
        async with Server() as server:
            request = scrapy.Request(
                server.url("/"),
                headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0)"},
                meta={"kind": "article"},
            )
            await ask(request, ARCHIVE_CONTACT="https://archive.example.org/about")
            return server

    server = run(work())
    for visit in server.log:
        assert visit.headers["user-agent"].startswith("Mozilla/5.0 (compatible; yuanben/")
        assert visit.headers["user-agent"].endswith("; +https://archive.example.org/about)")
        assert visit.headers["accept-language"].startswith("zh-CN")
        assert visit.headers["accept-encoding"] == "gzip, deflate, br, zstd"


def test_a_site_that_sets_cookies_gets_none_back_and_no_other_host_is_contacted() -> None:
    async def work() -> Server:
        async with Server({"*": ok(b"x", "Set-Cookie: a=b; Domain=.example.co.cn")}) as server:
            await ask(server.url("/1"), server.url("/2"))
            return server

    contacted: list[Any] = []
    _auditors.append(contacted)
    server = run(work())
    _auditors.remove(contacted)
    assert server.paths() == ["/robots.txt", "/1", "/2"]
    assert all("cookie" not in visit.headers for visit in server.log)
    assert set(contacted) == {("127.0.0.1", server.port)}


_auditors: list[list[Any]] = []


def _audit(event: str, details: tuple[Any, ...]) -> None:
    if not _auditors or event not in ("socket.connect", "socket.sendto", "socket.getaddrinfo"):
        return
    where = details[1] if event == "socket.connect" else details[:2]
    for contacted in _auditors:
        contacted.append(where)


sys.addaudithook(_audit)
