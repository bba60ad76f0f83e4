"""One connection of a client to the proxy: requests in, answers or misbehaviour out, everything logged."""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
import time
import traceback
from typing import Protocol
from urllib.parse import urlsplit

from .wire import Answer, Exchange, Headers, Reply, Request, Script, Then, framed, parsed_headers


class Office(Protocol):
    """What a connection needs of the proxy that opened it."""

    log: list[Exchange]
    under_way: dict[int, Exchange]

    def answer(self, request: Request) -> Answer: ...

    def tunnel(self, connection: Connection, authority: str) -> bool: ...


class Connection(asyncio.Protocol):
    """Speaks HTTP/1.1 with keep-alive. Requests of one connection are answered one after the other."""

    def __init__(self, office: Office, *, tunnelled_to: str = "") -> None:
        self._office = office
        self._tunnelled_to = tunnelled_to
        self._received = bytearray()
        self._current: Exchange | None = None
        self._playing: asyncio.Task[None] | None = None
        self._writable = asyncio.Event()
        self._writable.set()
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        # After a TLS handshake the first request may have come before the transport did.
        self.data_received(b"")

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def connection_lost(self, reason: Exception | None) -> None:
        self.transport = None
        if self._playing:
            self._playing.cancel()
        self._finish()

    def data_received(self, received: bytes) -> None:
        self._received += received
        while self._current is None and self.transport and (request := self._next_request()):
            self._serve(request)

    def _next_request(self) -> Request | None:
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            return None
        first, headers = parsed_headers(bytes(self._received[:end]))
        length = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
        if len(self._received) < end + 4 + length:
            return None
        body = bytes(self._received[end + 4 : end + 4 + length])
        del self._received[: end + 4 + length]
        return self._request(first, headers, body)

    def _request(self, first: str, headers: Headers, body: bytes) -> Request:
        method, _, rest = first.partition(" ")
        target = rest.rpartition(" ")[0]
        host = next((value for name, value in headers if name.lower() == "host"), "")
        scheme = "http"
        if self._tunnelled_to:
            scheme, host = "https", self._tunnelled_to
        elif target.startswith("http://"):
            host = urlsplit(target).netloc
            target = target[len("http://") + len(host) :] or "/"
        return Request(method=method, scheme=scheme, host=host, target=target, headers=headers, body=body)

    def _serve(self, request: Request) -> None:
        if request.method == "CONNECT":
            self._connect(request)
            return
        answer = self._answer(request)
        self._start(request, answer.status)
        if isinstance(answer, Script):
            self._playing = asyncio.get_running_loop().create_task(self._play(answer))
            return
        self._send(framed(answer, head=request.method == "HEAD"))
        self._finish()

    def _answer(self, request: Request) -> Answer:
        try:
            return self._office.answer(request)
        except Exception:  # noqa: BLE001 (a replica's own mistake must be seen, not waited for)
            report = traceback.format_exc()
            print(report, file=sys.stderr)
            return Reply(status=599, media="text/plain", body=report.encode())

    def _connect(self, request: Request) -> None:
        known = self._office.tunnel(self, request.target)
        self._start(request, 200 if known else 502, host=request.target, target="")
        if not known:
            self._send(framed(Reply(status=502, media="text/plain", body=b"no such host in this world\n")))
        self._finish()

    def _start(self, request: Request, status: int, *, host: str = "", target: str | None = None) -> None:
        self._current = Exchange(
            start=time.monotonic(),
            end=None,
            scheme=request.scheme,
            host=host or request.host,
            method=request.method,
            target=request.target if target is None else target,
            status=status,
            headers=request.headers,
        )
        self._office.under_way[id(self)] = self._current

    def _finish(self) -> None:
        if self._current is None:
            return
        done = self._current
        self._current = None
        del self._office.under_way[id(self)]
        self._office.log.append(ended(done, time.monotonic()))

    def _send(self, octets: bytes) -> None:
        if self.transport:
            self.transport.write(octets)

    async def _play(self, script: Script) -> None:
        for step in script.steps:
            if isinstance(step, (int, float)):
                await asyncio.sleep(step)
            else:
                self._send(step)
                await asyncio.sleep(0)
                await self._writable.wait()
        if script.then is Then.HANG:
            await asyncio.Event().wait()
        self._playing = None
        if script.then is Then.KEEP:
            self._finish()
            self.data_received(b"")
            return
        self._leave(reset=script.then is Then.RESET)

    def _leave(self, *, reset: bool) -> None:
        if self.transport is None:
            return
        if reset:
            linger_not = struct.pack("ii", 1, 0)
            self.transport.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, linger_not
            )
            self.transport.abort()
        else:
            self.transport.close()


def ended(exchange: Exchange, moment: float) -> Exchange:
    """Return the exchange with its end filled in."""
    return Exchange(
        start=exchange.start,
        end=moment,
        scheme=exchange.scheme,
        host=exchange.host,
        method=exchange.method,
        target=exchange.target,
        status=exchange.status,
        headers=exchange.headers,
    )
