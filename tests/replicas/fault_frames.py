"""Answers that break the rules of HTTP, of their encoding, or of patience."""

from __future__ import annotations

import gzip
import random
import zlib
from collections.abc import Callable, Iterator

import brotli
import zstandard

from . import bombs
from .fault_pages import article
from .wire import Answer, Reply, Script, Then

HTML = "text/html; charset=utf-8"


def _body() -> bytes:
    return article().encode()


def _raw(*steps: bytes | float, then: Then = Then.CLOSE, status: int = 200) -> Script:
    return Script(steps=steps, then=then, status=status)


def _head(*headers: str, status: str = "200 OK") -> bytes:
    return ("\r\n".join((f"HTTP/1.1 {status}", f"Content-Type: {HTML}", *headers)) + "\r\n\r\n").encode()


def _coded(encoding: str, body: bytes) -> Reply:
    return Reply(media=HTML, body=body, headers=(("Content-Encoding", encoding),))


def _flipped(body: bytes, place: int) -> bytes:
    return body[:place] + bytes([body[place] ^ 0x55]) + body[place + 1 :]


def _gzip_corrupt() -> bytes:
    """Return gzip with one octet of the deflate stream changed and lengths and check as they were."""
    packed = gzip.compress(_body(), mtime=0)
    return _flipped(packed, len(packed) // 2)


def _bad_check() -> bytes:
    packed = gzip.compress(_body(), mtime=0)
    return packed[:-8] + bytes(4) + packed[-4:]


def _chunk(octets: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(octets), octets)


def _trickle(octets: bytes, pause: float) -> Iterator[bytes | float]:
    for octet in octets:
        yield bytes([octet])
        yield pause


def _slow_body() -> Iterator[bytes | float]:
    yield _head(f"Content-Length: {len(_body())}")
    yield from _trickle(_body(), 1.0)


def _endless() -> Iterator[bytes | float]:
    yield _head()
    yield b"<html><body>"
    while True:
        yield "<p>没有尽头。</p>".encode() * 4096


def _flood() -> Iterator[bytes | float]:
    yield _head()
    yield from bombs.plain_flood(200 << 20)


def _big_header() -> Iterator[bytes | float]:
    yield b"HTTP/1.1 200 OK\r\nX-Long: "
    for _ in range(80):
        yield b"a" * 65_536
    yield b"\r\nContent-Length: 2\r\n\r\nok"


def _many_headers() -> Iterator[bytes | float]:
    yield b"HTTP/1.1 200 OK\r\n"
    for start in range(0, 200_000, 1_000):
        yield b"".join(b"X-%d: y\r\n" % number for number in range(start, start + 1_000))
    yield b"Content-Length: 2\r\n\r\nok"


def _cut(body: bytes) -> bytes:
    return body[: len(body) // 2]


def _noise(count: int) -> bytes:
    return random.Random(count).randbytes(count)


FRAMES: dict[str, Callable[[], Answer]] = {
    "/gzip_truncated": lambda: _coded("gzip", gzip.compress(_body(), mtime=0)[:-40]),
    "/gzip_no_trailer": lambda: _coded("gzip", gzip.compress(_body(), mtime=0)[:-8]),
    "/gzip_corrupt": lambda: _coded("gzip", _gzip_corrupt()),
    "/gzip_bad_crc": lambda: _coded("gzip", _bad_check()),
    "/gzip_but_plain": lambda: _coded("gzip", _body()),
    "/brotli_truncated": lambda: _coded("br", brotli.compress(_body())[:-40]),
    "/zstd_truncated": lambda: _coded("zstd", zstandard.compress(_body())[:-40]),
    "/deflate_raw": lambda: _coded("deflate", zlib.compress(_body(), wbits=-15)),
    "/encoding_unknown": lambda: _coded("x-snappy", _noise(4_000)),
    "/encoding_ok/gzip": lambda: _coded("gzip", gzip.compress(_body(), mtime=0)),
    "/encoding_ok/deflate": lambda: _coded("deflate", zlib.compress(_body())),
    "/encoding_ok/br": lambda: _coded("br", brotli.compress(_body())),
    "/encoding_ok/zstd": lambda: _coded("zstd", zstandard.compress(_body())),
    "/bomb/gzip": lambda: _coded("gzip", bombs.gzip_bomb()),
    "/bomb/deflate": lambda: _coded("deflate", bombs.deflate_bomb()),
    "/bomb/brotli": lambda: _coded("br", bombs.brotli_bomb()),
    "/bomb/zstd": lambda: _coded("zstd", bombs.zstd_bomb()),
    "/bomb/nested": lambda: _coded("gzip, gzip", bombs.nested_bomb()),
    "/bomb/declared": lambda: Script(steps=(_head("Content-Length: 209715200"),), then=Then.HANG, status=200),
    "/bomb/plain": lambda: Script(steps=_flood(), status=200),
    "/bomb/endless": lambda: Script(steps=_endless(), status=200),
    "/cut_with_length": lambda: _raw(_head(f"Content-Length: {len(_body())}"), _cut(_body())),
    "/cut_without_length": lambda: _raw(_head("Connection: close"), _cut(_body())),
    "/cut_chunked": lambda: _raw(_head("Transfer-Encoding: chunked"), _chunk(_cut(_body()))),
    "/length_too_small": lambda: _raw(_head(f"Content-Length: {len(_body()) // 2}"), _body()),
    "/two_lengths": lambda: _raw(_head("Content-Length: 10", "Content-Length: 20"), _body()),
    "/length_and_chunked": lambda: _raw(
        _head("Content-Length: 10", "Transfer-Encoding: chunked"), _chunk(_body()) + b"0\r\n\r\n"
    ),
    "/reset": lambda: _raw(then=Then.RESET, status=0),
    "/reset_in_header": lambda: _raw(b"HTTP/1.1 200 OK\r\nContent-Ty", 0.05, then=Then.RESET),
    "/reset_in_body": lambda: _raw(
        _head(f"Content-Length: {len(_body())}"), _cut(_body()), 0.05, then=Then.RESET
    ),
    "/reset_without_length": lambda: _raw(_head(), _cut(_body()), 0.05, then=Then.RESET),
    "/close": lambda: _raw(status=0),
    "/hang": lambda: _raw(then=Then.HANG, status=0),
    "/hang_in_body": lambda: _raw(_head(f"Content-Length: {len(_body())}"), _cut(_body()), then=Then.HANG),
    "/slow_body": lambda: Script(steps=_slow_body(), status=200),
    "/slow_header": lambda: Script(steps=_trickle(_head(), 1.0), status=200),
    "/slow_start": lambda: _raw(1.5, _head("Content-Length: 2"), b"ok", then=Then.KEEP),
    "/http09": lambda: _raw(_body()),
    "/http2_line": lambda: _raw(_head().replace(b"HTTP/1.1", b"HTTP/2"), _body()),
    "/junk_status": lambda: _raw(b"HTTP/1.1 abc OK\r\n\r\n", _body()),
    "/line_feeds": lambda: _raw(_head().replace(b"\r\n", b"\n"), _body()),
    "/continues": lambda: _raw(b"HTTP/1.1 100 Continue\r\n\r\n" * 50_000, _head(), _body()),
    "/big_header": lambda: Script(steps=_big_header(), status=200),
    "/many_headers": lambda: Script(steps=_many_headers(), status=200),
    "/whole_until_close": lambda: _raw(_head("Connection: close"), _body()),
    "/whole_until_close/1.0": lambda: _raw(_head().replace(b"HTTP/1.1", b"HTTP/1.0"), _body()),
    "/whole_until_reset": lambda: _raw(_head(), _body(), 0.05, then=Then.RESET),
    "/length_of_none": lambda: _raw(_head("Content-Length: 0"), _body()),
    "/length_no_number": lambda: _raw(_head("Content-Length: many"), _body()),
    "/partial_unasked": lambda: _raw(
        _head(f"Content-Length: {len(_cut(_body()))}", status="206 Partial Content"), _cut(_body())
    ),
    "/header_blank": lambda: _raw(_head("X Y: z", f"Content-Length: {len(_body())}"), _body()),
    "/header_chinese": lambda: _raw(_head("版权: 某局", f"Content-Length: {len(_body())}"), _body()),
    "/header_folded_first": lambda: _raw(b"HTTP/1.1 200 OK\r\n folded\r\n\r\n", _body()),
    "/status_blanks": lambda: _raw(_head(status=" 200  OK"), _body()),
    "/empty_lines_first": lambda: _raw(b"\r\n\r\n", _head(), _body()),
    "/encoding_identity": lambda: _raw(_head("Transfer-Encoding: identity"), _body()),
    "/bare_cr": lambda: _raw(_head("X-Odd: a\rb", "X-Nul: a\0b", "no colon here"), _body()),
}
"""Paths that answer in a wrong way, each made anew for every request."""
