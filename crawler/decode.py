"""Content encodings undone, strictly: a body that does not prove its own end is no body.

Browsers, and Scrapy, accept the output of a truncated or corrupt stream. On a policy page that is an article
that ends in the middle of a sentence, with status 200 and no sign of it. Here every stream must reach its end
mark and pass its checksum, where its format has one (raw deflate and brotli have none: a flipped byte inside
them may go unnoticed). Decoding is in pieces, so that a few bytes cannot claim a gigabyte of memory.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass

import brotli
import zstandard

from archive.patterns import regex
from crawler.errors import DecodeError, TooLarge

__all__ = ["DecodeError", "Decoded", "TooLarge", "content_encodings", "decode", "decode_body"]

_PIECE = 1 << 16
_SLICE = 1 << 14
# A body of nothing but empty members would cost a decoder every twenty bytes.
_MOST_MEMBERS = 10_000
# One run-length block of zstd is four bytes for 128 KiB: slices this small keep one step under 16 MiB.
_ZSTD_SLICE = 512
_ZSTD_WINDOW = 8 << 20
_MOST_ENCODINGS = 3
_PLAIN = regex(
    rb"(?:\xef\xbb\xbf)?\s{0,1000}"
    rb"(?:<!doctype|<html|<head|<body|<script|<\?xml|<!--|<rss|\{\s{0,100}\"|\[\s{0,100}[\[{])",
    re.IGNORECASE,
)
_CONTROL = regex(rb"[\x00-\x08\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A body with its content encodings undone, and the oddities of these."""

    body: bytes
    flags: tuple[str, ...] = ()


def content_encodings(values: Iterable[bytes | str]) -> tuple[str, ...]:
    """Return the encodings named by the values of Content-Encoding, in the order they were applied."""
    text = ",".join(v.decode("latin-1") if isinstance(v, bytes) else v for v in values)
    names = (name.strip().lower() for name in text.split(","))
    return tuple(name for name in names if name and name != "identity")


def decode_body(body: bytes, encodings: Sequence[str], limit: int) -> bytes:
    """Return ``decode(...).body``."""
    return decode(body, encodings, limit).body


def decode(body: bytes, encodings: Sequence[str], limit: int) -> Decoded:
    """Return a body with some encodings, given in the order they were applied, undone.

    Raise TooLarge as soon as more than ``limit`` bytes come out, DecodeError for a stream that is cut,
    corrupt or wrapped more than three times, with the output until then. An unknown encoding is left as it
    is, with a flag: the body may be unreadable.
    """
    names = content_encodings(encodings)
    if len(names) > _MOST_ENCODINGS:
        raise DecodeError(f"decode_error: {len(names)} content encodings", body[:limit])
    flags: list[str] = []
    for name in reversed(names):
        if not body:
            break
        body = _undo(name, body, limit, flags)
    if len(body) > limit:
        raise TooLarge(f"too_large: more than {limit} bytes")
    return Decoded(body, tuple(flags))


def _undo(name: str, body: bytes, limit: int, flags: list[str]) -> bytes:
    undo = _CODECS.get(name)
    if undo is None:
        flags.append("unknown_encoding")
        return body
    kept: list[bytes] = []
    try:
        return _gathered(undo(body, flags), limit, kept)
    except (DecodeError, zlib.error, brotli.error, zstandard.ZstdError) as error:
        if _is_plain(body):
            flags.append("plain_despite_encoding")
            return body
        reason = error.reason if isinstance(error, DecodeError) else f"decode_error: {name} corrupt"
        raise DecodeError(reason, b"".join(kept) or body[:limit]) from error


def _is_plain(body: bytes) -> bool:
    # A brotli stream may also begin with "[{", but it does not go on without control characters.
    return _PLAIN.match(body) is not None and _CONTROL.search(body, 0, 4096) is None


def _gathered(pieces: Iterator[bytes], limit: int, kept: list[bytes]) -> bytes:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > limit:
            raise TooLarge(f"too_large: more than {limit} bytes decoded")
        kept.append(piece)
    return b"".join(kept)


def _gzip(body: bytes, flags: list[str]) -> Iterator[bytes]:
    if not body.startswith(b"\x1f\x8b"):
        raise DecodeError("decode_error: gzip corrupt")
    at = 0
    for _ in range(_MOST_MEMBERS):
        at = yield from _inflate(body, at, zlib.MAX_WBITS | 16, "gzip")
        if not body.startswith(b"\x1f\x8b", at):
            # Padding after the last member: the data before it has passed its checksum.
            if body[at:].strip(b"\0"):
                flags.append("bytes_after_gzip")
            return
    raise DecodeError(f"decode_error: gzip of more than {_MOST_MEMBERS} members")


def _deflate(body: bytes, flags: list[str]) -> Iterator[bytes]:
    # HTTP means the zlib format (RFC 9110), old servers send the bare stream; two bytes distinguish them.
    wrapped = body[0] & 15 == 8 and int.from_bytes(body[:2], "big") % 31 == 0
    end = yield from _inflate(body, 0, zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS, "deflate")
    if end < len(body):
        flags.append("bytes_after_deflate")


def _inflate(body: bytes, at: int, window: int, name: str) -> Generator[bytes, None, int]:
    """Yield one zlib stream that begins at ``at`` in pieces and return where it ends."""
    stream = zlib.decompressobj(window)
    pending = b""
    while not stream.eof:
        if not pending:
            pending = body[at : at + _SLICE]
            at += len(pending)
        piece = stream.decompress(pending, _PIECE)
        pending = stream.unconsumed_tail
        if not piece and not pending and not stream.eof and at >= len(body):
            raise DecodeError(f"decode_error: {name} truncated")
        yield piece
    return at - len(stream.unused_data)


def _brotli(body: bytes, flags: list[str]) -> Iterator[bytes]:
    # In slices: the decoder copies whatever input it has not used yet at every step.
    stream = brotli.Decompressor()
    for at in range(0, len(body), _SLICE):
        if stream.is_finished():
            raise DecodeError("decode_error: br corrupt")
        yield stream.process(body[at : at + _SLICE], output_buffer_limit=_PIECE)
        while not stream.can_accept_more_data() and not stream.is_finished():
            yield stream.process(b"", output_buffer_limit=_PIECE)
    if not stream.is_finished():
        raise DecodeError("decode_error: br truncated")


def _zstd(body: bytes, flags: list[str]) -> Iterator[bytes]:
    at = 0
    for _ in range(_MOST_MEMBERS):
        if at >= len(body):
            return
        stream = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()
        while not stream.eof:
            if at >= len(body):
                raise DecodeError("decode_error: zstd truncated")
            piece = stream.decompress(body[at : at + _ZSTD_SLICE])
            at = min(at + _ZSTD_SLICE, len(body))
            yield piece
        at -= len(stream.unused_data)
    raise DecodeError(f"decode_error: zstd of more than {_MOST_MEMBERS} frames")


_CODECS: dict[str, Callable[[bytes, list[str]], Iterator[bytes]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
