"""What passes over a replica's wire: requests, replies, scripts of misbehaviour, and the log of exchanges."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import formatdate
from enum import StrEnum
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

Headers = tuple[tuple[str, str], ...]

_REASONS = {status.value: status.phrase for status in HTTPStatus} | {
    521: "Web Server Is Down",
    599: "Replica Broken",
}
_BODILESS = frozenset({204, 304})


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as it arrived. ``target`` is path and query as sent, without scheme and host."""

    method: str
    scheme: str
    host: str
    target: str
    headers: Headers
    body: bytes = b""

    def header(self, name: str) -> str:
        """Return the first header of this name, whatever its case; empty when there is none."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")

    @property
    def path(self) -> str:
        """Return the path as sent, still percent-encoded, without the query."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> dict[str, str]:
        """Return the query's parameters, decoded; of a repeated one the last."""
        return {key: values[-1] for key, values in parse_qs(urlsplit(self.target).query, True).items()}


class Then(StrEnum):
    """What a script does with the connection when its steps are done."""

    KEEP = "keep"
    CLOSE = "close"
    RESET = "reset"
    HANG = "hang"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An honest answer: framed by Content-Length, the connection kept open."""

    status: int = 200
    media: str = "text/html"
    body: bytes = b""
    headers: Headers = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """An answer played step by step: bytes are sent as they are, a number is a pause in seconds."""

    steps: Iterable[bytes | float] = ()
    then: Then = Then.CLOSE
    status: int = 0


Answer = Reply | Script


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request in the log, with monotonic seconds that every process of this machine can compare.

    ``end`` is None while the answer is under way. ``status`` is what was meant to be answered: 0 when no
    status line was sent. A request in the log reached the server; that the client got a reply is not proven.
    """

    start: float
    end: float | None
    scheme: str
    host: str
    method: str
    target: str
    status: int
    headers: Headers

    def header(self, name: str) -> str:
        """Return the first request header of this name, whatever its case; empty when there is none."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")

    @property
    def url(self) -> str:
        """Return the address that was asked for."""
        return f"{self.scheme}://{self.host}{self.target}"


def framed(reply: Reply, *, head: bool = False) -> bytes:
    """Return a reply as bytes: status line, headers, and the body unless it was a HEAD request."""
    lines = [f"HTTP/1.1 {reply.status} {_REASONS.get(reply.status, 'Unknown')}"]
    if reply.media and reply.status not in _BODILESS:
        lines.append(f"Content-Type: {reply.media}")
    lines.append(f"Date: {formatdate(usegmt=True)}")
    lines += [f"{name}: {value}" for name, value in reply.headers]
    if reply.status not in _BODILESS:
        lines.append(f"Content-Length: {len(reply.body)}")
    block = ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8")
    return block if head or reply.status in _BODILESS else block + reply.body


def parsed_headers(block: bytes) -> tuple[str, Headers]:
    """Return the first line and the headers of a request's header block."""
    first, *lines = block.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines if ":" in line)
    return first, tuple((name.strip(), value.strip()) for name, _, value in pairs)
