"""What keeps a reader safe from the pages we hold, and this machine from its readers.

Everything shown was written by strangers. It is only ever shown as text; should some of it slip through as
markup all the same, the headers leave it nothing to do: no script, no frame, no address but our own.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from archive.reading_room.asking import Scope, as_may_be_asked
from archive.reading_room.bounded import Unfinished
from archive.reading_room.declared import is_public
from archive.reading_room.refusing import late, refused

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
            headers = [(k, v) for k, v in message.get("headers", []) if k.lower() not in ours]
            headers += [(k.encode(), v.encode()) for k, v in HEADERS.items()]
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
