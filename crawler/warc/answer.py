"""The answer in a WARC record: the HTTP answer in its block, its time and its digests.

The HTTP answer has a status, headers, and a body that has its stated length, or has not. The time is written
in ISO 8601 with more or fewer parts, or in the fourteen figures of ARC. The digests pass, fail, or say
nothing of the bytes that can be checked.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from archive.clock import utc_text
from archive.patterns import regex
from crawler.tolerance import BAD_HEADER

_FIRST = regex(rb"HTTP/[0-9](?:\.[0-9])?[ \t]+([1-9][0-9]{2})(?![0-9])", re.IGNORECASE)
_TOKEN = regex(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CHUNK = regex(rb"([0-9a-fA-F]{1,15})[ \t]*(?:;[^\r\n]{0,1000})?\r?\n")
_TIME = regex(
    r"(\d{4})-?(\d\d)-?(\d\d)[T ]?(\d\d):?(\d\d)(?::?(\d\d)(?:[.,](\d+))?)?\s*(Z|[+-]\d\d:?\d\d)?",
    re.ASCII | re.IGNORECASE,
)
_NAMES = {"sha1", "sha224", "sha256", "sha384", "sha512", "md5"}


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    """An answer as it was written. ``raw`` is the body as sent, ``body`` without its chunks.

    ``status`` is None where the first line has none; ``lacks`` says why the body is incomplete, where it is.
    """

    status: int | None
    headers: tuple[tuple[str, str], ...]
    raw: bytes
    body: bytes
    flags: tuple[str, ...] = ()
    lacks: str | None = None

    def values(self, name: str) -> list[str]:
        """Return the values of a header."""
        return [value for key, value in self.headers if key.lower() == name]


def http_answer(block: bytes) -> HttpAnswer | None:
    """Return the answer in a block; None where the block does not begin as an answer."""
    if block[:5].upper() != b"HTTP/":
        return None
    end = re.search(rb"\r?\n\r?\n", block)
    head, raw = (block, b"") if end is None else (block[: end.start()], block[end.end() :])
    first, *lines = re.split(rb"\r?\n", head)
    status = _FIRST.match(first)
    headers, flags = _headers(lines)
    found = HttpAnswer(
        status=int(status[1]) if status else None, headers=headers, raw=raw, body=raw, flags=flags
    )
    if end is None:
        return _lacking(found, raw, "length: cut inside its headers")
    if any("chunked" in value.lower() for value in found.values("transfer-encoding")):
        return _dechunked(found)
    return _measured(found)


def _headers(lines: list[bytes]) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Return names and values; an invalid header line costs only itself."""
    headers: list[tuple[str, str]] = []
    flags: tuple[str, ...] = ()
    for line in lines:
        name, colon, value = line.partition(b":")
        if line[:1] in (b" ", b"\t") and headers:
            headers[-1] = (headers[-1][0], f"{headers[-1][1]} {line.strip().decode('latin-1')}")
        elif colon and _TOKEN.fullmatch(name.rstrip(b" \t")):
            headers.append((name.strip().decode("latin-1"), value.strip().decode("latin-1")))
        elif line.strip():
            flags = (BAD_HEADER,)
    return tuple(headers), flags


def _measured(found: HttpAnswer) -> HttpAnswer:
    """Return an answer, marked as incomplete where its stated length exceeds its body.

    A longer body is accepted: some programs write bodies unpacked under the headers of the packed.
    """
    lengths = {
        value for value in found.values("content-length") if re.fullmatch(r"[0-9]{1,18}", value, re.ASCII)
    }
    said = int(lengths.pop()) if len(lengths) == 1 else None
    if said is None or said <= len(found.raw) or found.status in (204, 304):
        return found
    return _lacking(found, found.raw, f"length: {len(found.raw)} bytes of {said}")


def _dechunked(found: HttpAnswer) -> HttpAnswer:
    """Return an answer without its chunks; unchanged where a program removed them but kept the header."""
    chunks: list[bytes] = []
    at, raw = 0, found.raw
    while at < len(raw):
        size = _CHUNK.match(raw, at)
        if size is None:
            return (
                found
                if not chunks
                else _lacking(found, b"".join(chunks), "chunk: no size where one should be")
            )
        length, begins = int(size[1], 16), size.end()
        if length == 0:
            return _with_body(found, b"".join(chunks))
        chunks.append(raw[begins : begins + length])
        if begins + length > len(raw):
            return _lacking(found, b"".join(chunks), "chunk: the last one is cut")
        at = begins + length
        at += 2 if raw[at : at + 2] == b"\r\n" else int(raw[at : at + 1] == b"\n")
    return found if not chunks else _lacking(found, b"".join(chunks), "chunk: the last one is missing")


def _with_body(found: HttpAnswer, body: bytes) -> HttpAnswer:
    return HttpAnswer(status=found.status, headers=found.headers, raw=found.raw, body=body, flags=found.flags)


def _lacking(found: HttpAnswer, body: bytes, why: str) -> HttpAnswer:
    return HttpAnswer(
        status=found.status, headers=found.headers, raw=found.raw, body=body, flags=found.flags, lacks=why
    )


def captured_at(text: str) -> str | None:
    """Return the UTC text of a record's date, cut to milliseconds; a minute stands for its beginning.

    None for a date that names no moment: a year, a month or a day (WARC 1.1 allows them) is too long a time
    to say that something was seen *at* it. Without a zone it is UTC, as the standard has it.
    """
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    micro = int((found[7] or "").ljust(6, "0")[:6])
    try:
        at = datetime(year, month, day, hour, minute, min(second, 59), micro, tzinfo=UTC)
        return utc_text(at - _offset(found[8]))
    except (ValueError, OverflowError):
        return None


def _offset(zone: str | None) -> timedelta:
    if not zone or zone in "Zz":
        return timedelta()
    hours, minutes = int(zone[1:3]), int(zone[-2:])
    return timedelta(hours=hours, minutes=minutes) * (-1 if zone[0] == "-" else 1)


def agrees(said: str | None, candidates: Iterable[bytes]) -> bool | None:
    """Return whether a digest is that of a candidate; None where it is missing or of an unknown kind.

    ``sha1:`` and base 32 is the custom; hexadecimal and base 64 are also written.
    """
    known = _parsed(said)
    if known is None:
        return None
    name, value = known
    return any(hashlib.new(name, body, usedforsecurity=False).digest() == value for body in candidates)


def _parsed(said: str | None) -> tuple[str, bytes] | None:
    name, colon, value = (said or "").strip().partition(":")
    name, value = name.strip().lower().replace("-", ""), value.strip()
    if not colon or name not in _NAMES:
        return None
    size = hashlib.new(name, usedforsecurity=False).digest_size
    return next(((name, found) for found in _spellings(value) if len(found) == size), None)


def _spellings(value: str) -> Iterable[bytes]:
    if re.fullmatch(r"[0-9a-fA-F]+", value) and len(value) % 2 == 0:
        yield bytes.fromhex(value)
    bare = value.rstrip("=")
    for decode, text in (
        (base64.b32decode, bare.upper() + "=" * (-len(bare) % 8)),
        (base64.urlsafe_b64decode, bare.replace("+", "-").replace("/", "_") + "=" * (-len(bare) % 4)),
    ):
        try:
            yield decode(text)
        except (binascii.Error, ValueError):
            continue
