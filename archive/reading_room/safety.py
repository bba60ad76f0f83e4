"""What keeps a reader safe from the pages we hold, and this machine from its readers.

Everything shown was written by strangers. It is shown as text, except for kept pages, which bring a stricter
policy of their own. Should some of it slip through as markup all the same, the headers leave it nothing to do:
no script, no frame, no address but our own.

A request is refused with one line that says why: for a foreign host, for a question that is too long, for an
archive that is no longer at its path. The room answers for this machine's own names, and for those it is told.
A page elsewhere can let its own name lead to 127.0.0.1 and have a reader's browser ask us (DNS rebinding). The
name that was asked for then stands in the request, and is none of ours. What an address asks of a list is
changed to what the room allows: one way to search, and nothing counted that takes long.

A connection is let go when its other side does not ask, asks by the drop, or does not take the answer. uvicorn
bounds how long a connection may rest after an answer, and nothing else: a hundred connections on which nothing
or one letter a second was sent stayed for good. Here a request must be there whole within its time, and an
answer be taken within its own.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from datasette.utils import tilde_decode
from datasette.utils.asgi import Request
from uvicorn.protocols.http.h11_impl import H11Protocol

from archive.errors import ArchiveError
from archive.patterns import regex
from archive.reading_room.connections import Unfinished
from archive.reading_room.words import (
    Identity,
    archives,
    hosts,
    identity,
    is_large,
    is_public,
    language_of,
    translate,
)
from archive.store.file.connection import open_for_reading
from archive.store.file.withheld import is_covered

if TYPE_CHECKING:
    from datasette.app import Datasette

Scope = MutableMapping[str, Any]
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


async def body_within(request: Request, most: int) -> bytes | None:
    """Return what a request sends, None where that is more than ``most`` bytes; the rest is not read."""
    parts, size, more = [], 0, True
    while more:
        message = await request.receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most:
            return None
        more = message.get("more_body", False)
    return b"".join(parts)


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


Pairs = list[tuple[str, str]]

_OTHER_SEARCHES = ("_searchmode", "_fts_table", "_fts_pk")
# What a long list may be narrowed by and still be counted at once: an index has the count. Only equal, but for dates.
_COUNTED_BY = {
    "latest": {"document", "site", "state", "role", "publisher", "source_line", "issuer", "published_at"},
    "changes": {"document", "site"},
    "version_detail": {"document"},
    "copier_rules": {"site"},
}
# Every version is a row there for each of its captures: with 100,000 documents the count alone took 0.4 s.
_NEVER_COUNTED_WHOLE = frozenset({"version_detail", "copier_rules"})


def as_may_be_asked(scope: Scope, datasette: Datasette) -> Scope:
    """Return a request as the room answers it: a search is ours, and a long list comes before its count."""
    query_string = scope.get("query_string", b"").decode("latin-1")
    base = datasette.setting("base_url")
    path = scope["path"]
    route, _, table = (path[len(base) :] if path.startswith(base) else path).lstrip("/").partition("/")
    by_route = {datasette.databases[name].route: name for name in archives(datasette)}
    name = by_route.get(tilde_decode(route))
    if name is None or not table:
        return scope
    is_long = is_large(str(datasette.databases[name].path))
    ours = asked_of_list(query_string, table, is_long=is_long)
    return scope if ours == query_string else {**scope, "query_string": ours.encode("latin-1")}


def asked_of_list(query_string: str, table: str, *, is_long: bool) -> str:
    """Return a query string in which a search can only be ours, and a long list need not be counted.

    Left in, ``_searchmode=raw`` and the searches by column would hand the reader's text to FTS5 as it is.
    """
    asked = parse_qsl(query_string, keep_blank_values=True)
    pairs = [_renamed(key, value) for key, value in asked if key not in _OTHER_SEARCHES]
    uncounted = _uncounted(pairs, table) if is_long else []
    return query_string if pairs == asked and not uncounted else urlencode([*pairs, *uncounted])


def _renamed(key: str, value: str) -> tuple[str, str]:
    return ("_search" if key.startswith("_search_") else key, value)


def _uncounted(pairs: Pairs, table: str) -> Pairs:
    """Return what keeps Datasette from counting: nothing where the count is cheap, or is what was asked for."""
    keys = {key for key, _ in pairs}
    if "_search" in keys:
        # Only as many rows are looked up as a page shows: there is nothing to count.
        return [("_nocount", "1"), ("_nofacet", "1")] if "_nocount" not in keys else []
    if "_nocount" in keys or not _is_long_to_count(keys, table):
        return []
    wants_facet = any(key.startswith("_facet") for key in keys)
    return [("_nocount", "1")] if wants_facet else [("_nocount", "1"), ("_nofacet", "1")]


def _is_long_to_count(keys: set[str], table: str) -> bool:
    list_name, _, form = table.partition(".")
    narrowed_by = {
        key for key in keys if not key.startswith("_") or "__" in key or key in ("_where", "_through")
    }
    if list_name in _NEVER_COUNTED_WHOLE and not narrowed_by:
        return True
    # A program that asks for JSON is told the count.
    return not form and any(not _is_counted(key, list_name) for key in narrowed_by)


def _is_counted(key: str, table: str) -> bool:
    column, _, comparison = key.partition("__")
    is_plain = comparison in ("", "exact") or column == "published_at"
    return is_plain and column in _COUNTED_BY.get(table, ())


_PORT = regex(r":[0-9]{0,5}$")
_NAME = regex(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))*")


def host_name(host: str | None) -> str | None:
    """Return the name or address in a Host header, without its port, in small letters; None for what is no host."""
    bare = _PORT.sub("", (host or "").strip().lower())
    if bare.startswith("[") and bare.endswith("]"):
        return _address(bare[1:-1])
    if ":" in bare:  # an address of IPv6 has brackets in a header
        return None
    return _address(bare) or (bare.rstrip(".") if _NAME.fullmatch(bare.rstrip(".")) else None)


def is_loopback(host: str | None) -> bool:
    """Return whether a Host header names this very machine: localhost, a name under it, or a loopback address."""
    name = host_name(host)
    if name is None:
        return False
    if name == "localhost" or name.endswith(".localhost"):
        return True
    return _address(name) is not None and ip_address(name).is_loopback


def is_answered(host: str | None, told: Iterable[str]) -> bool:
    """Return whether the room answers for a Host header: a loopback name or address, or one of those it is told."""
    name = host_name(host)
    return name is not None and (is_loopback(host) or name in {host_name(one) for one in told})


def _address(text: str) -> str | None:
    try:
        return str(ip_address(text))
    except ValueError:
        return None


# A paragraph is looked up whole; what is longer is compared with "yuanben quote" or "yuanben compare".
LONGEST_QUESTION = 1_000
LONGEST_ADDRESS = 2_100
LONGEST_SQL = 20_000
LONGEST_ASKED = 60_000
_QUESTIONS = frozenset({"q", "query", "words", "word"})
ADDRESS = regex(r"(?:https?://[^\s]+|(?:[a-z0-9-]{1,63}\.)+[a-z]{2,24}/[^\s]*)", re.IGNORECASE)

Refusal = tuple[int, str]


def refused(scope: Scope, datasette: Datasette) -> Refusal | None:
    """Return the status and the line with which a request is refused, None when it is taken up."""
    named = [value for name, value in scope["headers"] if name.lower() == b"host"]
    host = named[0].decode("latin-1") if len(named) == 1 else ""
    if not is_answered(host, hosts(datasette)):
        return 421, translate_for(scope, "refused.host", host=host[:100] or "-")
    return _too_long(scope) or _archive_is_away(scope, datasette) or _past_the_views(scope, datasette)


def translate_for(scope: Scope, key: str, **values: object) -> str:
    """Return the words for a key in the language of whoever sent a request."""
    return translate(language_of(Request(scope, None)), key, **values)


def late(scope: Scope, seconds: int) -> str:
    """Return what is said of a request whose time was up before its answer began."""
    return translate_for(scope, "refused.late", seconds=seconds)


def _too_long(scope: Scope) -> Refusal | None:
    query = scope.get("query_string", b"").decode("latin-1")
    for name, value in parse_qsl(query, keep_blank_values=True):
        most = _most(name, value)
        if len(value) > most:
            return 400, translate_for(
                scope, "refused.long", name=name[:60], n=f"{len(value):,}", most=f"{most:,}"
            )
    if len(query) > LONGEST_ASKED:
        return 414, translate_for(scope, "refused.address", n=f"{len(query):,}", most=f"{LONGEST_ASKED:,}")
    return None


# What reaches past the views that hide the withheld: the tables by their schema, the pages of the file, the indexes.
_PAST = regex(r"\bmain\b|\bsqlite_dbpage\b|_index(?:_data|_idx|_docsize|_config)?\b", re.IGNORECASE)


def _past_the_views(scope: Scope, datasette: Datasette) -> Refusal | None:
    """Return what is said to a question in SQL that names what is behind the views, while something is withheld."""
    query = scope.get("query_string", b"").decode("latin-1")
    asked = [value for name, value in parse_qsl(query) if name == "sql" or name.startswith("_where")]
    if not any(_PAST.search(value) for value in asked):
        return None
    for _, path in _served(datasette):
        with closing(open_for_reading(Path(path))) as db:
            if is_covered(db):
                return 403, translate_for(scope, "refused.past")
    return None


def _most(name: str, value: str) -> int:
    if name == "sql" or name.startswith("_where"):
        return LONGEST_SQL
    is_question = name in _QUESTIONS or name.startswith("_search")
    is_address = len(value) <= LONGEST_ADDRESS and ADDRESS.fullmatch(value.strip())
    return LONGEST_QUESTION if is_question and not is_address else LONGEST_ADDRESS


def _archive_is_away(scope: Scope, datasette: Datasette) -> Refusal | None:
    """Return what is said when a file that was served is gone, or another has been put in its place.

    Another archive of the same kind is no reason: it is opened anew, and what it holds is shown.
    """
    for name, path in _served(datasette):
        why = _unfit(path, identity(path))
        if why:
            return 503, translate_for(scope, "refused.away", name=name, why=why)
    return None


def _served(datasette: Datasette) -> list[tuple[str, str]]:
    """Return name and path of each archive that was there when the room opened."""
    known: list[tuple[str, str]] | None = getattr(datasette, "_yuanben_served", None)
    if known is None:
        paths = [(name, str(db.path)) for name, db in datasette.databases.items() if db.path]
        known = [(name, path) for name, path in paths if not _unfit(path, identity(path))]
        datasette._yuanben_served = known
    return known


@lru_cache(maxsize=64)
def _unfit(path: str, file: Identity | None) -> str:
    """Return why a file cannot be served as an archive, empty when it can. ``file``: the state it is in, asked once."""
    if file is None:
        return "no file"
    try:
        open_for_reading(Path(path)).close()
    except ArchiveError as error:
        return type(error).__name__
    return ""
