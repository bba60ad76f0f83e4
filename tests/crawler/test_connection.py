from __future__ import annotations

import asyncio
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest
import scrapy
from certificates import Authority
from loopback import Server, ask, ok, run
from scrapy.exceptions import DownloadTimeoutError, NotSupported

from archive.errors import BadInput
from crawler.connection import system_trust
from crawler.errors import ExchangeFailed, Refused, TlsInvalid, failure_text

PRIVATE = [
    "127.0.0.1",
    "10.0.0.8",
    "169.254.169.254",
    "::1",
    "::ffff:127.0.0.1",
    "fd00::1",
    "100.64.0.1",
    "0.0.0.0",
]


def resolver(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Let names resolve to these answers, one after the other; return the names as they are looked up."""
    asked: list[str] = []

    async def lookup(host: str, port: int) -> list[str]:
        asked.append(host)
        return answers[min(len(asked), len(answers)) - 1]

    monkeypatch.setattr("crawler.address.system_lookup", lookup)
    return asked


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_resolves_to_a_private_address_is_refused_with_nothing_sent(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolver(monkeypatch, [address])

    async def work() -> tuple[Any, Server]:
        async with Server() as server:
            return await ask(server.url("/", host="www.example.cn"), ARCHIVE_DELAY="0.5"), server

    (seen,), server = run(work())
    assert isinstance(seen, Refused) and "private address" in seen.reason
    assert server.connections == 0


def test_the_address_connected_to_is_the_one_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = resolver(monkeypatch, ["127.0.0.1"], ["127.0.0.1"], ["10.0.0.8"])

    async def work() -> list[Any]:
        async with Server() as server:
            url = server.url("/", host="www.example.cn")
            return await ask(url, ARCHIVE_ALLOW_HOSTS="www.example.cn,127.0.0.1", ARCHIVE_DELAY="0.5")

    (seen,) = run(work())
    assert seen.status == 200
    assert asked == ["www.example.cn"]  # robots.txt; the page came over the same connection
    assert str(seen.ip_address) == seen.meta["peer"] == "127.0.0.1"
    assert seen.meta["tls_verified"] is None


def test_a_name_that_turns_private_later_is_refused_then(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> list[Any]:
        async with Server(
            {"*": ok(b"x", "Connection: close"), "/robots.txt": ok(b"", "Connection: close")}
        ) as server:
            asked = resolver(monkeypatch, ["127.0.0.1"], ["10.0.0.8"])
            # Allowed by address only: what the stub says first counts as public for this test.
            monkeypatch.setattr("crawler.address.is_public", lambda address: str(address) == "127.0.0.1")
            seen = await ask(server.url("/", host="www.example.cn"), ARCHIVE_DELAY="0.5")
            return [*seen, len(asked), len(server.log)]

    refused, look_ups, requests = run(work())
    assert isinstance(refused, Refused) and "10.0.0.8" in refused.reason
    assert (look_ups, requests) == (2, 1)


def test_a_host_without_an_address_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    async def lookup(host: str, port: int) -> list[str]:
        raise socket.gaierror("no such name")

    monkeypatch.setattr("crawler.address.system_lookup", lookup)
    (seen,) = run(ask("http://www.example.cn/", ARCHIVE_DELAY="0.5"))
    assert isinstance(seen, Refused)
    assert seen.reason == "robots: no answer to robots.txt (unreachable: no address found for the name)"


def test_a_file_is_not_read() -> None:
    (seen,) = run(ask("file:///etc/hostname"))
    assert isinstance(seen, Refused) and "only http and https" in seen.reason
    (unguarded,) = run(ask(scrapy.Request("file:///etc/hostname", meta={"kind": "robots"})))
    assert isinstance(unguarded, NotSupported)


def proxied(monkeypatch: pytest.MonkeyPatch, server: Server, name: str = "http_proxy") -> None:
    for known in ("http_proxy", "https_proxy", "no_proxy"):
        monkeypatch.delenv(known, raising=False)
        monkeypatch.delenv(known.upper(), raising=False)
    monkeypatch.setenv(name, f"http://127.0.0.1:{server.port}")


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY"])
def test_through_a_proxy_nothing_is_resolved_here(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = resolver(monkeypatch, ["10.0.0.8"])

    async def work() -> tuple[list[Any], Server]:
        async with Server() as proxy:
            proxied(monkeypatch, proxy, name)
            return await ask("http://www.example.cn/page", ARCHIVE_ALLOW_HOSTS=""), proxy

    (seen,), proxy = run(work())
    assert proxy.paths() == ["http://www.example.cn/robots.txt", "http://www.example.cn/page"]
    assert (seen.status, seen.meta["peer"], asked) == (200, "127.0.0.1", [])


@pytest.mark.parametrize("host", ["8.8.8.8", "2130706433", "localhost", "printer", "nas.local", "[::1]"])
def test_through_a_proxy_literals_and_local_names_are_refused_before_sending(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work() -> tuple[list[Any], Server]:
        async with Server() as proxy:
            proxied(monkeypatch, proxy)
            return await ask(f"http://{host}/", ARCHIVE_ALLOW_HOSTS=""), proxy

    (seen,), proxy = run(work())
    assert isinstance(seen, Refused)
    assert proxy.connections == 0


def test_no_proxy_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> tuple[Any, Server]:
        async with Server() as proxy, Server() as server:
            proxied(monkeypatch, proxy)
            monkeypatch.setenv("NO_PROXY", "127.0.0.1")
            (seen,) = await ask(server.url("/page"))
            return seen, proxy

    seen, proxy = run(work())
    assert (seen.status, proxy.log) == (200, [])


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    return authority


def over_tls(context: ssl.SSLContext, host: str = "127.0.0.1") -> tuple[Any, Server]:
    async def work() -> tuple[Any, Server]:
        async with Server(tls=context) as server:
            (seen,) = await ask(scrapy.Request(server.url("/page", host=host), meta={"kind": "robots"}))
            return seen, server

    return run(work())


def test_a_certificate_of_the_named_store_is_accepted(authority: Authority) -> None:
    seen, _ = over_tls(authority.serves("127.0.0.1"))
    assert (seen.status, seen.meta["tls_verified"], seen.meta["peer"]) == (200, True, "127.0.0.1")
    assert over_tls(authority.serves("localhost"), host="localhost")[0].status == 200


@pytest.mark.parametrize("fault", ["expired", "other host", "unknown authority"])
def test_tls_that_proves_nothing_is_refused_and_nothing_is_asked(
    fault: str, authority: Authority, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    context = {
        "expired": lambda: authority.serves("127.0.0.1", days=-1),
        "other host": lambda: authority.serves("127.0.0.2", "www.example.cn"),
        "unknown authority": lambda: Authority(tmp_path / "other").serves("127.0.0.1"),
    }[fault]()
    seen, server = over_tls(context)
    assert isinstance(seen, TlsInvalid)
    assert failure_text(seen).startswith("tls: ")
    assert server.log == []


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_tls_before_1_2_is_not_spoken(authority: Authority) -> None:
    assert over_tls(authority.serves("127.0.0.1", newest=ssl.TLSVersion.TLSv1_2))[0].status == 200
    seen, server = over_tls(authority.serves("127.0.0.1", newest=ssl.TLSVersion.TLSv1_1))
    assert isinstance(seen, TlsInvalid | ExchangeFailed)
    assert server.log == []


def test_tls_to_a_server_that_speaks_none_fails_within_the_time_to_connect(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("crawler.connection.CONNECT_SECONDS", 0.3)

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async def work() -> Any:
        server = await asyncio.start_server(silent, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        (seen,) = await ask(scrapy.Request(f"https://127.0.0.1:{port}/", meta={"kind": "robots"}))
        server.close()
        return seen

    seen = run(work(), seconds=5)
    assert isinstance(seen, DownloadTimeoutError)


def test_a_tunnel_is_verified_against_the_host_asked(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work(certified: str) -> Any:
        async with Server(tls=authority.serves(certified)) as server:

            async def tunnel(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                inner = await asyncio.open_connection("127.0.0.1", server.port)
                await asyncio.gather(pumped(reader, inner[1]), pumped(inner[0], writer))

            proxy = await asyncio.start_server(tunnel, "127.0.0.1", 0)
            for name in ("http_proxy", "HTTP_PROXY", "no_proxy", "NO_PROXY"):
                monkeypatch.delenv(name, raising=False)
            monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}")
            request = scrapy.Request("https://www.example.cn/page", meta={"kind": "robots"})
            (seen,) = await ask(request, ARCHIVE_ALLOW_HOSTS="")
            proxy.close()
            return seen

    seen = run(work("www.example.cn"))
    assert (seen.status, seen.meta["tls_verified"]) == (200, True)
    assert isinstance(run(work("www.example.com")), TlsInvalid)


async def pumped(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while some := await reader.read(65536):
            writer.write(some)
            await writer.drain()
    except OSError:
        pass
    writer.close()


@pytest.mark.parametrize("text", [None, "", "no certificate here", "-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_a_certificate_store_that_cannot_be_used_is_said_in_one_line(
    text: str | None, tmp_path: Path
) -> None:
    store = tmp_path / "store.pem"
    if text is not None:
        store.write_text(text)
    with pytest.raises(BadInput, match="SSL_CERT_FILE"):
        system_trust({"SSL_CERT_FILE": str(store)})
