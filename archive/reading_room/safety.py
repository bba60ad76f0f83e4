"""What keeps a reader safe from the pages we hold, and this machine from its readers.

Everything shown was written by strangers. It is only ever shown as text; should some of it slip through as
markup all the same, the headers leave it nothing to do: no script, no frame, no address but our own.

The room's end of a connection: whoever does not ask, asks by the drop, or does not take the answer, is let go.

uvicorn bounds how long a connection may rest after an answer, and nothing else: a hundred connections on which nothing
or one letter a second was sent stayed for good. Here a request must be there whole within its time, and an answer be
taken within its own.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from archive.reading_room.connections import Unfinished
from archive.reading_room.requests import Scope, as_may_be_asked, late, refused
from archive.reading_room.words import is_public

if TYPE_CHECKING:
    from datasette.app import Datasette

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

# Seconds that a request may take from its arrival to its end; what streams a whole list may take longer. Every look at
# the file has less: this bounds their sum.
REQUEST_TIME, STREAM_TIME = 20, 300
MOST_AT_ONCE, MOST_STREAMS = 24, 4

HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    # A text held here must never be found instead of the one its publisher shows.
    "x-robots-tag": "noindex, nofollow, noarchive",
}


def guarded(app: Application, datasette: Datasette) -> Application:
    """Return the application with our headers on every answer, its innards hidden, and every request bounded."""
    doors = Doors()

    async def room(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        headed = _with_headers(send)
        refusal = refused(scope, datasette)
        if refusal:
            await _answer(headed, scope, *refusal)
            return
        scope = as_may_be_asked(scope, datasette)
        if is_public(datasette) and _is_inside(scope["path"]):
            await _answer(headed, scope, 404, "not found")
            return
        await _in_time(app, scope, receive, headed, doors)

    return room


@dataclass(frozen=True, slots=True)
class Doors:
    """How many requests are worked on at once; those that stream a whole list are counted by themselves."""

    pages: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MOST_AT_ONCE))
    streams: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MOST_STREAMS))


async def _in_time(app: Application, scope: Scope, receive: Receive, send: Send, doors: Doors) -> None:
    """Let a request have its time. One that has not begun its answer by then is told so; one that has is cut off.

    A list that is cut off so has no end by HTTP: no reader takes it for whole.
    """
    has_begun = False

    async def sending(message: Message) -> None:
        nonlocal has_begun
        has_begun = True
        await send(message)

    is_stream = b"_stream=" in scope.get("query_string", b"")
    door, seconds = (doors.streams, STREAM_TIME) if is_stream else (doors.pages, REQUEST_TIME)
    try:
        async with asyncio.timeout(seconds), door:
            await app(scope, receive, sending)
    except Unfinished as cut:
        print(f"yuanben: {cut}", file=sys.stderr, flush=True)
    except TimeoutError:
        if not has_begun:
            await _answer(send, scope, 503, late(scope, seconds))


def _is_inside(path: str) -> bool:
    """Return whether a path tells about the machine (the file's path, its threads) rather than the archive."""
    _, marker, rest = path.partition("/-/")
    # "queries" is where Datasette 1.0 lists the ready questions.
    return bool(marker) and rest != "queries" and not rest.startswith(("static", "language", "room.css"))


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            ours = {name.encode() for name in HEADERS}
            own = [v for k, v in message.get("headers", []) if k.lower() == b"content-security-policy"]
            headers = [(k, v) for k, v in message.get("headers", []) if k.lower() not in ours]
            headers += [(k.encode(), v.encode()) for k, v in HEADERS.items()]
            if own and b"sandbox" in own[0]:
                # A kept page has a stricter policy of its own.
                headers = [(k, own[0] if k == b"content-security-policy" else v) for k, v in headers]
            headers.append((b"vary", b"Accept-Language"))
            message = {**message, "headers": headers}
        await send(message)

    return sending


async def _answer(send: Send, scope: Scope, status: int, line: str) -> None:
    is_json = scope["path"].endswith(".json")
    body = json.dumps({"ok": False, "error": line, "status": status}, ensure_ascii=False) if is_json else line
    kind = b"application/json" if is_json else b"text/plain"
    headers = [(b"content-type", kind + b"; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": f"{body}\n".encode()})


# Seconds for a request to arrive whole, for an answer that waits in the buffer to be taken, for one to go after its end.
ARRIVAL, STALL, REST = 10.0, 30.0, 5
# Of more connections than these, the one that has waited longest without a whole request goes first.
MOST_CONNECTIONS = 400


class BoundedProtocol(H11Protocol):
    """HTTP/1.1 as uvicorn speaks it, with a time for each thing that the other side has to do."""

    arrival, stall, most = ARRIVAL, STALL, MOST_CONNECTIONS

    def __init__(self, *told: Any, **named: Any) -> None:
        super().__init__(*told, **named)
        self._arriving: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Await a request, and let another connection go when there are too many."""
        super().connection_made(transport)
        self._await_request()
        if len(self.connections) > self.most:
            waiting = [one for one in self.connections if isinstance(one, BoundedProtocol) and one._arriving]
            # They all have the same time: whose ends first has waited longest.
            min(waiting, key=BoundedProtocol._ends).transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop every clock."""
        self._arriving = self._stopped(self._arriving)
        self._stalled = self._stopped(self._stalled)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came. Its letters do not lengthen the time that the whole request has."""
        if self._arriving is None and (self.cycle is None or self.cycle.response_complete):
            self._await_request()
        super().data_received(data)
        if self.cycle is not None and not self.cycle.more_body:
            self._arriving = self._stopped(self._arriving)

    def pause_writing(self) -> None:
        """Begin to wait for the other side to take what is in the buffer."""
        super().pause_writing()
        self._stalled = self._stopped(self._stalled) or self.loop.call_later(self.stall, self.transport.abort)

    def resume_writing(self) -> None:
        """Stop waiting: it was taken."""
        self._stalled = self._stopped(self._stalled)
        super().resume_writing()

    def timeout_keep_alive_handler(self) -> None:
        """Let a connection go that rests; should its last answer never be taken, without that."""
        super().timeout_keep_alive_handler()
        self.loop.call_later(self.stall, self.transport.abort)

    def _await_request(self) -> None:
        self._arriving = self.loop.call_later(self.arrival, self.transport.abort)

    def _ends(self) -> float:
        return self._arriving.when() if self._arriving else float("inf")

    @staticmethod
    def _stopped(timer: asyncio.TimerHandle | None) -> None:
        if timer is not None:
            timer.cancel()
