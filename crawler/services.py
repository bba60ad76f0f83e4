"""Services of others, named by the operator: a time-stamping service, and an archive's CDX server.

They are asked openly, one request at a time, under our own name; no redirect is followed. What an archive
kept is what *it* says it saw: the capture's origin is the address it was played back from.

As a program, this passes a time-stamp request from stdin to a service, and its answer to stdout: the archive
itself opens no connection.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException
from typing import Any
from urllib.parse import urlencode, urlsplit

from protego import Protego

from archive.errors import BadInput
from archive.patterns import regex
from crawler import PRODUCT, user_agent
from crawler.address import is_loopback
from crawler.robots import rules_for
from crawler.warc import Record
from crawler.warc.answer import captured_at
from crawler.warc.records import Headers

PATIENCE = 60.0
PAUSE = 1.0
_LARGEST_STAMP = 1 << 20
_LARGEST_INDEX = 256 << 20
MOST_ROWS = 100_000
# The order of columns in an index that names none: the eleven of CDX, or the seven of a CDX server.
_SEVEN = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length")
_NAMES = {"url": "original", "mime": "mimetype", "status": "statuscode"}
# The prefix of header names for what an archive kept; a player adds others.
_KEPT_PREFIX = "x-archive-orig-"
_OF_THE_WIRE = ("transfer-encoding", "content-length", "connection")
_OF_THE_PLAYER = regex(
    r"memento-datetime|content-location|link|x-.*|server|date|set-cookie|via|alt-svc|cf-.*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer of a service: at most the bytes asked for, and whether that is all."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    is_whole: bool = True

    def header(self, name: str) -> str:
        """Return the first header of that name, or an empty text."""
        return next((value for key, value in self.headers if key.lower() == name), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of an index: a capture that an archive says it holds. ``at`` is its word, to the second."""

    url: str
    timestamp: str
    at: str
    status: str
    digest: str


class NotPlayable(BadInput):
    """An archive does not show a capture that its index names."""


class _Stays(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: a redirect that an archive kept is its capture."""

    def redirect_request(self, *asked: Any) -> None:
        return None


def ask(url: str, *, body: bytes | None = None, headers: dict[str, str] | None = None, most: int) -> Answer:
    """Return the answer of a service, whatever its status. Raise BadInput where it does not answer."""
    if not url.lower().startswith(("http://", "https://")):
        raise BadInput(f"{url[:200]} is no http or https address")
    told = {"User-Agent": user_agent(os.environ.get("ARCHIVE_CONTACT", "")), "Accept-Encoding": "identity"}
    request = urllib.request.Request(url, data=body, headers=told | (headers or {}))
    try:
        with urllib.request.build_opener(_Stays).open(request, timeout=PATIENCE) as answer:
            return _taken(answer.status, answer.headers, answer, most)
    except urllib.error.HTTPError as error:
        with error:
            return _taken(error.code, error.headers, error, most)
    except (OSError, HTTPException, ValueError) as error:
        raise BadInput(f"{url[:200]} does not answer ({str(error)[:200]}) — try again later") from None


def _taken(status: int, headers: Message, source: Any, most: int) -> Answer:
    body: bytes = source.read(most + 1)
    said = headers.get("content-length")
    is_cut = said is not None and said.isdigit() and len(body) < min(int(said), most)
    return Answer(
        status=status,
        headers=tuple(headers.items()),
        body=body[:most],
        is_whole=len(body) <= most and not is_cut,
    )


class Index:
    """Another archive, reached by its CDX server. ``playback`` is the address of its captures."""

    def __init__(self, address: str, playback: str | None = None, *, pause: float | None = None) -> None:
        self.address = address
        self.playback = (playback or _playback_of(address)).rstrip("/")
        here = all(is_loopback(urlsplit(one).hostname or "") for one in (self.address, self.playback))
        self._pause = pause if pause is not None else 0.0 if here else PAUSE
        self._rules: dict[str, Protego | None] = {}
        self._has_asked = False

    def rows(self, wanted: str) -> list[Row]:
        """Return the archive's index rows of an address, oldest first.

        ``…*`` stands for all addresses that begin so.
        """
        asked = {"url": wanted, "output": "json", "limit": str(MOST_ROWS)}
        join = "&" if "?" in self.address else "?"
        answer = self._ask(f"{self.address}{join}{urlencode(asked)}", _LARGEST_INDEX)
        if answer.status == 404:
            return []
        if answer.status != 200 or not answer.is_whole:
            raise BadInput(f"{self.address} answered {answer.status} to {wanted[:200]} — is it a CDX server?")
        found = [row for told in _index_rows(answer.body, self.address) if (row := _row(told))]
        return sorted(found, key=lambda row: (row.at, row.url))

    def place(self, row: Row) -> str:
        """Return the address at which the archive shows a capture unchanged."""
        return f"{self.playback}/{row.timestamp}id_/{row.url}"

    def record(self, row: Row, limit: int) -> Record:
        """Return the archive's capture of a row as a record. Raise NotPlayable where it shows none."""
        place = self.place(row)
        answer = self._ask(place, limit)
        status = int(row.status) if row.status.isdigit() else answer.status
        if answer.status != status and answer.header("memento-datetime") == "":
            raise NotPlayable(f"{place[:300]} answered {answer.status}, the index says {row.status}")
        lines = [
            f"HTTP/1.1 {status} as archived",
            *(f"{name}: {value}" for name, value in _kept_headers(answer)),
        ]
        block = "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n" + answer.body
        headers = [
            ("WARC-Type", "response"),
            ("WARC-Target-URI", row.url),
            ("WARC-Date", row.at),
            ("Content-Type", "application/http; msgtype=response"),
        ]
        if row.digest:
            headers.append(("WARC-Payload-Digest", row.digest if ":" in row.digest else f"sha1:{row.digest}"))
        # One byte more than was asked for: too long.
        length = len(block) + (not answer.is_whole)
        return Record(
            place=place, rec_type="response", rec_headers=Headers(tuple(headers)), block=block, length=length
        )

    def _ask(self, url: str, most: int) -> Answer:
        server = "://".join(urlsplit(url)[:2])
        if server not in self._rules:
            self._rules[server] = _robots(server)
        rules = self._rules[server]
        if rules is not None and not rules.can_fetch(url, PRODUCT):
            raise BadInput(f"{server} does not want {urlsplit(url).path[:100]} asked for (robots.txt)")
        time.sleep(self._pause if self._has_asked else 0)
        self._has_asked = True
        answer = ask(url, most=most)
        if answer.status in (403, 429, 503):
            after = answer.header("retry-after")
            said = f", and wants us to wait {after} seconds" if after.isdigit() else ""
            raise BadInput(f"{server} refused us ({answer.status}){said} — what came is kept; go on later")
        return answer


def _playback_of(address: str) -> str:
    """Return the playback address of an index of a known form. Raise BadInput for another form."""
    bare = address.partition("?")[0].rstrip("/")
    for ending, playback in (
        ("/cdx/search/cdx", "/web"),
        ("/cdx/search", "/web"),
        ("/cdx", ""),
        ("-cdx", ""),
    ):
        if bare.endswith(ending):
            return bare.removesuffix(ending) + playback
    raise BadInput(f"where {address[:200]} shows what it holds is not known — give that with --playback")


def _robots(server: str) -> Protego | None:
    answer = ask(f"{server}/robots.txt", most=1 << 19)
    if answer.status >= 500 or answer.status == 429:
        raise BadInput(
            f"{server}/robots.txt answered {answer.status}: nothing is asked there until it can be read"
        )
    if answer.status != 200:
        return None
    return Protego.parse(rules_for(answer.body.decode("utf-8", "replace"), PRODUCT))


def _index_rows(body: bytes, address: str) -> Iterator[dict[str, str]]:
    """Yield the rows of an index.

    An index is one JSON list of lists, a JSON object per line (CDXJ), or words between blanks.
    """
    text = body.decode("utf-8", "replace").strip()
    try:
        if text.startswith("[["):
            names, *rows = json.loads(text)
            yield from (dict(zip(names, map(str, row), strict=False)) for row in rows if row)
            return
        for line in text.splitlines():
            begin, brace, _ = line.partition("{")
            if brace:
                said = {
                    _NAMES.get(name, name): str(value)
                    for name, value in json.loads(line[len(begin) :]).items()
                }
                words = begin.split()
                yield ({"timestamp": words[1]} if len(words) > 1 else {}) | said
            elif line.strip() and line.strip() != "[]":
                yield dict(zip(_SEVEN, line.split(), strict=False))
    except (ValueError, AttributeError, TypeError):
        raise BadInput(f"{address} did not answer as a CDX server does") from None


def _row(told: dict[str, str]) -> Row | None:
    """Return a row; None where it names no moment or no page."""
    url, timestamp = told.get("original", ""), told.get("timestamp", "")
    at = captured_at(timestamp) if re.fullmatch(r"[0-9]{14}", timestamp, re.ASCII) else None
    if at is None or not url.lower().startswith(("http://", "https://")):
        return None
    digest = told.get("digest", "")
    return Row(
        url=url,
        timestamp=timestamp,
        at=at,
        status=told.get("statuscode", "-"),
        digest="" if digest in ("-", "") else digest,
    )


def _kept_headers(answer: Answer) -> Iterator[tuple[str, str]]:
    """Yield the headers that the archive kept, as far as it shows them."""
    said = [(name, value) for name, value in answer.headers if "\n" not in value and "\r" not in value]
    own = [
        (name[len(_KEPT_PREFIX) :], value) for name, value in said if name.lower().startswith(_KEPT_PREFIX)
    ]
    # The body comes as the player packs it, so the player's own encoding header counts.
    packed = [(name, value) for name, value in said if name.lower() == "content-encoding"]
    kept = [(name, value) for name, value in own if name.lower() not in (*_OF_THE_WIRE, "content-encoding")]
    yield from kept
    known = {name.lower() for name, _ in kept}
    if "content-type" in known:
        # These are all the kept headers; the others are the player's.
        yield from packed
        return
    for name, value in said:
        if name.lower() not in (*_OF_THE_WIRE, *known) and not _OF_THE_PLAYER.fullmatch(name):
            yield name, value


def stamp(url: str, request: bytes) -> bytes:
    """Return a service's answer to a request of RFC 3161. The caller checks that it is a time stamp."""
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    answer = ask(url, body=request, headers=headers, most=_LARGEST_STAMP)
    if answer.status != 200:
        raise BadInput(f"HTTP status {answer.status}")
    return answer.body


def main() -> int:
    """Ask the named time-stamping service; 1, with the reason on stderr, when it does not answer."""
    try:
        sys.stdout.buffer.write(stamp(sys.argv[1], sys.stdin.buffer.read(_LARGEST_STAMP)))
    except BadInput as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
