"""Loopback servers with an access log, and crawls of this process against them, for the tests of the network."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from scrapy.utils.reactor import install_reactor, is_reactor_installed

if not is_reactor_installed():
    install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")

import scrapy
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.http import Response
from scrapy.settings import Settings
from twisted.internet import defer, reactor
from twisted.internet.interfaces import IResolverSimple
from zope.interface import implementer

LOOPBACK = {"ARCHIVE_DELAY": "0", "ARCHIVE_ALLOW_HOSTS": "127.0.0.1,localhost"}
NO_RULES = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"

Conversation = Callable[[asyncio.StreamWriter], Awaitable[None]]


@implementer(IResolverSimple)
class _Proxies:
    """Resolves the proxies of these tests without the reactor's threads, which only run when the reactor does."""

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> defer.Deferred[str]:
        assert name == "127.0.0.1", f"the name of a page was given to the reactor's resolver: {name}"
        return defer.succeed(name)


reactor.installResolver(_Proxies())


def run(work: Coroutine[Any, Any, Any], seconds: float = 60) -> Any:
    """Run a coroutine in the loop the reactor lives in."""
    loop = reactor._asyncioEventloop
    return loop.run_until_complete(asyncio.wait_for(work, seconds))


def ok(body: bytes = b"hello", *headers: str, status: str = "200 OK") -> bytes:
    """Return a whole answer with its length."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def moved(where: str, status: str = "302 Found") -> bytes:
    """Return a redirect."""
    return ok(b"", f"Location: {where}", status=status)


@dataclass(slots=True)
class Visit:
    """One request as the server saw it."""

    path: str
    headers: dict[str, str]
    begun: float
    ended: float = 0.0


@dataclass
class Server:
    """Answers each path with its bytes, or has a conversation; ``*`` answers the others. Unnamed robots.txt: 404."""

    answers: dict[str, bytes | Conversation] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    pause: float = 0.0
    log: list[Visit] = field(default_factory=list)
    connections: int = 0

    async def __aenter__(self) -> Server:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        scheme = "http" if self.tls is None else "https"
        return f"{scheme}://{host}:{self.port}{path}"

    def paths(self) -> list[str]:
        return [visit.path for visit in self.log]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while (visit := await _visit(reader)) is not None:
                self.log.append(visit)
                await asyncio.sleep(self.pause)
                await self._answer(visit.path, writer)
                visit.ended = time.monotonic()
        except OSError:
            pass
        finally:
            writer.close()

    async def _answer(self, path: str, writer: asyncio.StreamWriter) -> None:
        default = NO_RULES if path == "/robots.txt" else self.answers.get("*", ok())
        answer = self.answers.get(path, default)
        if isinstance(answer, bytes):
            writer.write(answer)
            await writer.drain()
        else:
            await answer(writer)


async def _visit(reader: asyncio.StreamReader) -> Visit | None:
    line = await reader.readline()
    if not line.endswith(b"\n"):
        return None
    headers = {}
    while (header := (await reader.readline()).strip()) != b"":
        name, _, value = header.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    return Visit(line.decode("latin-1").split(" ")[1], headers, time.monotonic())


class Numbered:
    """Stands where the capture stands: gives every exchange a number."""

    number = 0

    def process_response(self, request: scrapy.Request, response: Response) -> Response:
        Numbered.number += 1
        request.meta["capture"] = Numbered.number
        return response


class Asker(scrapy.Spider):
    """Asks for its requests and notes what came of each."""

    name = "asker"
    asked: Sequence[scrapy.Request] = ()
    seen: list[Any]

    async def start(self) -> Any:
        for request in self.asked:
            yield request.replace(callback=self.note, errback=self.note_failure, dont_filter=True)

    def note(self, response: Response) -> None:
        self.seen.append(response)

    def note_failure(self, failure: Any) -> None:
        response = getattr(failure.value, "response", None)
        self.seen.append(failure.value if response is None else response)


def settings_of(**values: Any) -> Settings:
    """Return the project's settings for servers on this machine, with a stand-in for the capture."""
    settings = Settings()
    settings.setmodule("crawler.settings")
    settings.set(
        "DOWNLOADER_MIDDLEWARES",
        {
            **settings.getdict("DOWNLOADER_MIDDLEWARES"),
            "crawler.capture.CaptureMiddleware": None,
            Numbered: 900,
        },
    )
    for name, value in {**LOOPBACK, **values}.items():
        settings.set(name, value)
    return settings


async def ask(*urls: str | scrapy.Request, meta: dict[str, Any] | None = None, **values: Any) -> list[Any]:
    """Crawl addresses with the project's settings; return the responses and errors in the order they came."""
    requests = [
        url
        if isinstance(url, scrapy.Request)
        else scrapy.Request(url, meta={"kind": "article", **(meta or {})})
        for url in urls
    ]
    seen: list[Any] = []
    await AsyncCrawlerRunner(settings_of(**values)).crawl(Asker, asked=requests, seen=seen)
    return seen
