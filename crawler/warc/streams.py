"""The bytes of a file as streams of records: one for a plain file, one per member of a packed file."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from mmap import mmap
from typing import Protocol

import zstandard

Data = bytes | mmap

GZIP, ZSTD = b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd"
# A frame that decoders skip and that contains, in .warc.zst, the dictionary of all others.
_DICTIONARY = b"\x5d\x2a\x4d\x18"
_SLICE, _PIECE = 1 << 14, 1 << 16
# One run-length block of zstd is four bytes for 128 KiB.
_ZSTD_SLICE = 512
_ZSTD_WINDOW = 1 << 27
# Dictionaries are trained to some hundred thousand bytes.
_LARGEST_DICTIONARY = 1 << 24


class Stream(Protocol):
    """The source of a record. ``broken`` says why it ended too early, where it did."""

    broken: str | None

    def tell(self) -> int:
        """Return the place in the file of the next byte, or of the member that contains it."""
        ...

    def read(self, size: int) -> bytes:
        """Return up to some number of bytes; fewer only at the end."""
        ...

    def line(self) -> bytes:
        """Return the next line with its end (a piece of it where it is very long); empty at the end."""
        ...


class Plain:
    """A file, or a part of one, as it is. It can be read again from an earlier place."""

    broken: str | None = None

    def __init__(self, data: Data) -> None:
        self.data = data
        self.at = 0

    def tell(self) -> int:
        return self.at

    def read(self, size: int) -> bytes:
        found = self.data[self.at : min(self.at + size, len(self.data))]
        self.at += len(found)
        return found

    def line(self) -> bytes:
        end = self.data.find(b"\n", self.at, self.at + _PIECE)
        return self.read(_PIECE if end < 0 else end + 1 - self.at)


class Member:
    """One member of a packed file, unpacked while it is read."""

    def __init__(self, at: int, pieces: Iterator[bytes]) -> None:
        self.broken: str | None = None
        self._at = at
        self._pieces = pieces
        self._held = bytearray()

    def tell(self) -> int:
        return self._at

    def read(self, size: int) -> bytes:
        while len(self._held) < size and self._more():
            pass
        found = bytes(self._held[:size])
        del self._held[:size]
        return found

    def line(self) -> bytes:
        searched = 0
        while (end := self._held.find(b"\n", searched, _PIECE)) < 0 and len(self._held) < _PIECE:
            searched = len(self._held)
            if not self._more():
                break
        return self.read(_PIECE if end < 0 else end + 1)

    def look_ahead(self) -> None:
        """Unpack a little further: where the member ends there, its checksum is checked."""
        while len(self._held) < 64 and self._more():
            pass

    def drain(self) -> None:
        """Read to the end, so that the place of the next member is known."""
        self._held.clear()
        while self._more():
            self._held.clear()

    def _more(self) -> bool:
        try:
            piece = next(self._pieces, None)
        except (zlib.error, zstandard.ZstdError) as error:
            self.broken, self._pieces = f"corrupt ({error})", iter(())
            return False
        except EOFError:
            self.broken, self._pieces = "cut", iter(())
            return False
        if piece is None:
            return False
        self._held += piece
        return True


def streams(data: Data) -> Iterator[Plain | Member]:
    """Yield the streams of a file in order. Each must be read before the next is asked for."""
    if data[:3] == GZIP:
        yield from _members(data, GZIP, 0, None)
    elif data[:4] == ZSTD or data[1:4] == _DICTIONARY[1:]:
        at, dictionary = _dictionary(data)
        yield from _members(data, ZSTD, at, dictionary)
    else:
        yield Plain(data)


def _members(
    data: Data, magic: bytes, at: int, dictionary: zstandard.ZstdCompressionDict | None
) -> Iterator[Member]:
    while 0 <= at < len(data):
        ends: list[int] = []
        pieces = _gunzipped(data, at, ends) if magic is GZIP else _unzstd(data, at, dictionary, ends)
        member = Member(at, pieces)
        yield member
        member.drain()
        # After a broken member the next one is where its mark is; bytes that only look like a mark give a
        # broken one, too.
        at = data.find(magic, ends[0] if ends else at + 1)


def _gunzipped(data: Data, at: int, ends: list[int]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    pending = b""
    while not unpacker.eof:
        if not pending:
            pending = data[at : at + _SLICE]
            at += len(pending)
            if not pending:
                raise EOFError
        piece = unpacker.decompress(pending, _PIECE)
        pending = unpacker.unconsumed_tail
        yield piece
    ends.append(at - len(unpacker.unused_data))


def _unzstd(
    data: Data, at: int, dictionary: zstandard.ZstdCompressionDict | None, ends: list[int]
) -> Iterator[bytes]:
    unpacker = zstandard.ZstdDecompressor(dict_data=dictionary, max_window_size=_ZSTD_WINDOW).decompressobj()
    while not unpacker.eof:
        pending = data[at : at + _ZSTD_SLICE]
        at += len(pending)
        if not pending:
            raise EOFError
        yield unpacker.decompress(pending)
    ends.append(at - len(unpacker.unused_data))


def _dictionary(data: Data) -> tuple[int, zstandard.ZstdCompressionDict | None]:
    """Return the place of the first frame with records, and the dictionary before it, if any."""
    at, dictionary = 0, None
    while data[at + 1 : at + 4] == _DICTIONARY[1:] and 0x50 <= data[at] <= 0x5F:
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        held = data[at + 8 : at + 8 + size]
        if data[at : at + 4] == _DICTIONARY and dictionary is None:
            held = _unpacked(held) if held[:4] == ZSTD else held
            dictionary = zstandard.ZstdCompressionDict(held) if held else None
        at += 8 + size
    return at, dictionary


def _unpacked(dictionary: bytes) -> bytes:
    """Return a packed dictionary unpacked, empty where it is broken or too large.

    The members are then broken, too.
    """
    unpacker = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).stream_reader(dictionary)
    try:
        found = unpacker.read(_LARGEST_DICTIONARY + 1)
    except zstandard.ZstdError:
        return b""
    return found if len(found) <= _LARGEST_DICTIONARY else b""
