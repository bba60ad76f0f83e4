"""What keeps a reader safe from the pages we hold, and this machine from its readers.

Everything shown was written by strangers. It is only ever shown as text; should some of it slip through as
markup all the same, the headers leave it nothing to do: no script, no frame, no address but our own.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from archive.reading_room.asking import Scope, as_may_be_asked
from archive.reading_room.declared import is_public

if TYPE_CHECKING:
    from datasette.app import Datasette

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

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
LONGEST_VALUE = 10_000_000  # bytes of one value: the time limit is not looked at while one is being built
MOST_MEMORY = 256 << 20  # bytes SQLite may take in this process
# Bytes of all rows of one answer: they are copied out of SQLite, where no limit of its own holds.
MOST_ROWS = 32 << 20


def limit_connection(conn: sqlite3.Connection) -> None:
    """Bound what one value and all values together may take. The 1 s limit on time is Datasette's own."""
    conn.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
    conn.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    conn.execute(f"pragma hard_heap_limit={MOST_MEMORY}")
    conn.execute("pragma query_only=1")
    conn.row_factory = _bounded_rows()


def _bounded_rows() -> Callable[[sqlite3.Cursor, tuple[Any, ...]], sqlite3.Row]:
    """Return what makes the rows of a connection, and gives up when those of one answer together are too long.

    ``select zeroblob(9000000) from frontier`` took 2.2 GB within its second: each value alone was short enough.
    """
    taken: WeakKeyDictionary[sqlite3.Cursor, int] = WeakKeyDictionary()

    def row(cursor: sqlite3.Cursor, values: tuple[Any, ...]) -> sqlite3.Row:
        size = sum(len(value) for value in values if isinstance(value, str | bytes))
        taken[cursor] = total = taken.get(cursor, 0) + size
        if total > MOST_ROWS:
            raise sqlite3.OperationalError(
                f"the answer is longer than {MOST_ROWS:,} characters: ask for less"
            )
        return sqlite3.Row(cursor, values)

    return row


def guarded(app: Application, datasette: Datasette) -> Application:
    """Return the application with our headers on every answer, one way to search, and its innards hidden."""

    async def room(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        scope = as_may_be_asked(scope, datasette)
        if is_public(datasette) and _is_inside(scope["path"]):
            await _answer(_with_headers(send), 404, b"not found\n")
            return
        await app(scope, receive, _with_headers(send))

    return room


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


async def _answer(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
