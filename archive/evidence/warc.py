"""WARC 1.1 files of captures, as other programs read them.

Bodies are written as they are kept: with transfer and content encodings undone. ``Content-Encoding``,
``Transfer-Encoding`` and ``Content-Length`` as the server sent them stand as ``X-Archive-Orig-…``. Header names and
values are those that were handed over, not the octets of the wire. ``Yuanben-Leaf`` is the leaf of the capture in the
log: what is not said by WARC itself (the clock, refusals of our own, why a body is not whole) comes back from it, and
a checkpoint proves it.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
import uuid
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import IO, Any

from archive.model import Repeat
from archive.patterns import regex

LEAF = "Yuanben-Leaf"
_PROFILES = "http://netpreserve.org/warc/1.1/revisit/"
_SAME_PAYLOAD = _PROFILES + "identical-payload-digest"
_REWRITTEN = ("content-encoding", "transfer-encoding", "content-length")
_BODY_LESS = (204, 304)
_TOKEN = regex(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)

Body = Callable[[str], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedCapture:
    """One capture as it goes out: its leaf, the payload it has by now, and the leaf of what led to it.

    ``repeats``: the payload that an imported record without a body stands for, where that is not held.
    """

    leaf: bytes
    payload: str | None
    led_by: bytes | None = None
    repeats: Repeat | None = None

    @property
    def leaf_fields(self) -> dict[str, Any]:
        """What the leaf says."""
        fields: dict[str, Any] = json.loads(self.leaf)
        return fields


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexEntry:
    """Where a record stands in its file, and what an index says of it."""

    url: str
    captured_at: str
    kind: str
    status: int | None
    media_type: str
    digest: str | None
    offset: int
    length: int
    is_page: bool


@dataclass(slots=True)
class Writer:
    """Writes records one after the other. ``body`` gives the bytes of a payload digest."""

    out: IO[bytes]
    body: Body
    packed: bool = True
    offset: int = 0
    _first: dict[str, tuple[str, str, str, int]] = field(default_factory=dict)

    def info(self, fields: Iterable[tuple[str, str]], *, name: str, at: str) -> None:
        """Write the record that says what the file is."""
        block = "".join(f"{key}: {value}\r\n" for key, value in fields).encode()
        number = record_id(f"{name} {at}".encode() + block)
        head = [
            ("WARC-Type", "warcinfo"),
            ("WARC-Record-ID", number),
            ("WARC-Date", at),
            ("WARC-Filename", name),
        ]
        self._put([*head, ("Content-Type", "application/warc-fields")], block)

    def capture(self, held: ExportedCapture) -> IndexEntry:
        """Write one capture: a response, a revisit, or the note of an exchange without an answer."""
        said = held.leaf_fields
        kind = "revisit" if held.repeats else _kind_of(said, held.payload, self._first)
        body = self.body(held.payload) if held.payload and kind == "response" else b""
        if kind == "metadata":
            block, media = f"error: {_plain(said['error'] or '')}\r\n".encode(), "application/warc-fields"
        else:
            # A player puts the head of a revisit before the body that it repeats: its length is that of that body.
            repeated = self._first.get(held.payload or "") if kind == "revisit" else None
            length = repeated[3] if repeated else len(body)
            block, media = http_head(said, length) + body, "application/http; msgtype=response"
        number = record_id(held.leaf)
        offset = self.offset
        self._put([*self._fields(kind, held, said, number), ("Content-Type", media)], block)
        if kind == "response" and held.payload and _is_whole(said):
            self._first.setdefault(held.payload, (said["url"], said["captured_at"], number, len(body)))
        return IndexEntry(
            url=said["url"],
            captured_at=said["captured_at"],
            kind=kind,
            status=said["status"],
            media_type=_media_type(said),
            digest=base32_digest(held.payload) if held.payload else None,
            offset=offset,
            length=self.offset - offset,
            is_page=said["kind"] == "article" and kind == "response" and said["status"] == 200,
        )

    def _fields(
        self, kind: str, held: ExportedCapture, said: dict[str, Any], number: str
    ) -> list[tuple[str, str]]:
        head = [
            ("WARC-Type", kind),
            ("WARC-Record-ID", number),
            ("WARC-Date", said["captured_at"]),
            ("WARC-Target-URI", said["url"]),
        ]
        if said["peer"]:
            head.append(("WARC-IP-Address", said["peer"]))
        if held.payload and kind != "metadata":
            head.append(("WARC-Payload-Digest", base32_digest(held.payload)))
        if held.repeats:
            head += _repeats_fields(held.repeats)
        elif kind == "revisit":
            head += self._repeated(held.payload)
        if said["truncated"]:
            head.append(("WARC-Truncated", _why_truncated(said["truncated"])))
        if held.led_by:
            head.append(("WARC-Concurrent-To", record_id(held.led_by)))
        return [*head, (LEAF, held.leaf.decode())]

    def _repeated(self, payload: str | None) -> list[tuple[str, str]]:
        if payload is None:
            return [("WARC-Profile", _PROFILES + "server-not-modified")]
        url, at, number, _ = self._first[payload]
        return [
            ("WARC-Profile", _SAME_PAYLOAD),
            ("WARC-Refers-To", number),
            ("WARC-Refers-To-Target-URI", url),
            ("WARC-Refers-To-Date", at),
        ]

    def _put(self, head: list[tuple[str, str]], block: bytes) -> None:
        head += [("WARC-Block-Digest", _sha256(block)), ("Content-Length", str(len(block)))]
        lines = "".join(f"{name}: {value}\r\n" for name, value in head)
        record = b"WARC/1.1\r\n" + lines.encode() + b"\r\n" + block + b"\r\n\r\n"
        if self.packed:
            record = gzip.compress(record, mtime=0)
        self.out.write(record)
        self.offset += len(record)


def _repeats_fields(repeated: Repeat) -> list[tuple[str, str]]:
    """Return what a record says that repeats a payload which this archive does not hold."""
    fields = (
        ("WARC-Payload-Digest", base32_digest(repeated.digest) if repeated.digest else None),
        ("WARC-Refers-To-Target-URI", repeated.url),
        ("WARC-Refers-To-Date", repeated.at),
    )
    return [("WARC-Profile", _SAME_PAYLOAD), *((name, value) for name, value in fields if value)]


def record_id(leaf: bytes) -> str:
    """Return the name of a capture's record: of one capture it is the same in every file."""
    return f"<{uuid.UUID(bytes=hashlib.sha256(leaf).digest()[:16], version=4).urn}>"


def base32_digest(digest: str) -> str:
    """Return a payload digest, the name of its kind and hex, as WARC files write it: in base 32."""
    kind, _, value = digest.partition(":")
    return f"{kind}:{base64.b32encode(bytes.fromhex(value)).decode()}"


def http_head(said: dict[str, Any], length: int) -> bytes:
    """Return the status line and the headers of an answer, true of the body as it is kept."""
    status = said["status"]
    lines = [f"HTTP/1.1 {status} {_phrase(status)}".rstrip() + ("" if _phrase(status) else " ")]
    is_as_sent = (said["error"] or "").startswith("decode_error")
    for name, value in json.loads(said["headers"]):
        if not _TOKEN.fullmatch(name):
            continue
        is_rewritten = name.lower() in _REWRITTEN and not (is_as_sent and name.lower() == "content-encoding")
        lines.append(f"{'X-Archive-Orig-' if is_rewritten else ''}{name}: {_plain(value)}")
    if status not in _BODY_LESS:
        lines.append(f"Content-Length: {length}")
    return b"".join(_octets(line) + b"\r\n" for line in (*lines, ""))


def _kind_of(said: dict[str, Any], payload: str | None, written: Container[str | None]) -> str:
    if said["status"] is None:
        return "metadata"
    if said["status"] == 304 and payload is None:
        return "revisit"
    return "revisit" if payload in written and _is_whole(said) else "response"


def _is_whole(said: dict[str, Any]) -> bool:
    return said["truncated"] is None and said["error"] is None


def _why_truncated(reason: str) -> str:
    """Return the word of WARC for why a body is not whole."""
    word = reason.partition(":")[0]
    return {"disconnect": "disconnect", "length": "disconnect", "time": "time", "too_large": "length"}.get(
        word, "unspecified"
    )


def _media_type(said: dict[str, Any]) -> str:
    found = next((value for name, value in json.loads(said["headers"]) if name.lower() == "content-type"), "")
    return str(found).partition(";")[0].strip().lower()


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _plain(value: str) -> str:
    return re.sub(r"[\r\n\0]+", " ", value)


def _octets(line: str) -> bytes:
    try:
        return line.encode("latin-1")
    except UnicodeEncodeError:
        return line.encode()


def _sha256(block: bytes) -> str:
    return "sha256:" + base64.b32encode(hashlib.sha256(block).digest()).decode()
