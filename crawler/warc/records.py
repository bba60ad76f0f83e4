"""Records read one after the other: WARC 0.17 to 1.1, and ARC.

The headers of records: named fields in WARC, one line of words in ARC.
"""

from __future__ import annotations

import mmap
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import zstandard

from archive.patterns import regex
from crawler.warc.streams import Data, Member, Plain, streams

VERSION = regex(rb"WARC/(?:0\.1[78]|1\.[01])\s*\Z")
ARC = regex(rb"\S[^\r\n]* [0-9a-fA-F.:]{2,45} [0-9]{14} [^\r\n]* [0-9]{1,18}\s*\Z")
_MOST_HEADER = 256 << 10
_NEXT = regex(rb"(?:\r?\n\r?\n)?(?=WARC/(?:0\.1[78]|1\.[01])\r?\n[A-Za-z-]{3,40}:)")
# The first line of a record behind rubbish that has no line end.
_GLUED = regex(rb"WARC/(?:0\.1[78]|1\.[01])\r?\n\Z")
# Space for the headers of an answer, which come before its body in a record.
HEAD_ROOM = 256 << 10
Limit = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Headers:
    """The named fields of a record."""

    fields: tuple[tuple[str, str], ...]

    def get_header(self, name: str) -> str | None:
        """Return the first field of a name, in any case; None where there is none."""
        return next((value for key, value in self.fields if key.lower() == name.lower()), None)


@dataclass(slots=True)
class Head:
    """The statements of a record's header about its block."""

    kind: str
    fields: tuple[tuple[str, str], ...]
    length: int


def is_head(line: bytes) -> bool:
    """Return whether a line is the first of a record."""
    return VERSION.match(line) is not None or ARC.match(line) is not None


def head_of(line: bytes, stream: Plain | Member) -> Head | str:
    """Return the header that begins with a line, or why it is invalid.

    The rest of it is read from the stream.
    """
    return _warc_head(stream) if VERSION.match(line) else _arc_head(line)


def _warc_head(stream: Plain | Member) -> Head | str:
    """Return the header of a record whose first line was read, or why it is invalid."""
    fields: list[tuple[str, str]] = []
    size = 0
    while line := stream.line():
        size += len(line)
        if size > _MOST_HEADER:
            return "a header of more than 256 KiB"
        text = line.decode("utf-8", "replace")
        if not text.strip():
            return _measured(fields)
        name, colon, value = text.partition(":")
        if text[0] in " \t" and fields:
            fields[-1] = (fields[-1][0], f"{fields[-1][1]} {text.strip()}")
        elif colon:
            fields.append((name.strip(), value.strip()))
    return "cut inside its header"


def _measured(fields: list[tuple[str, str]]) -> Head | str:
    headers = Headers(tuple((name, _unquoted(name, value)) for name, value in fields))
    length = headers.get_header("Content-Length") or ""
    kind = (headers.get_header("WARC-Type") or "").lower()
    if not re.fullmatch(r"[0-9]{1,30}", length, re.ASCII):
        return f"a record without a length ({length[:40]!r})"
    return Head(kind, headers.fields, int(length))


def _unquoted(name: str, value: str) -> str:
    """Return an address without the angle brackets that Wget 1.19 wrote around it, and without blanks."""
    if name.lower() not in ("warc-target-uri", "warc-refers-to-target-uri"):
        return value
    return value.removeprefix("<").removesuffix(">").replace(" ", "%20")


def _arc_head(line: bytes) -> Head:
    """Return the header of an ARC record: one line, of five words in version 1 and of ten in version 2."""
    text = line.decode("utf-8", "replace").strip()
    found = re.fullmatch(r"(.*?) ([0-9a-fA-F.:]+) ([0-9]{14}) (.*) ([0-9]+)", text)
    assert found is not None
    url, peer, at, rest, length = found.groups()
    kind = "warcinfo" if url.startswith("filedesc:") else "response"
    fields = (
        ("WARC-Type", kind),
        ("WARC-Target-URI", url.replace(" ", "%20")),
        ("WARC-IP-Address", peer),
        ("WARC-Date", at),
        ("Content-Type", rest.split(" ")[0]),
        ("Content-Length", length),
    )
    return Head(kind, fields, int(length))


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """A place in a file that could not be read as a record."""

    place: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record. ``block`` is cut to the length asked for; ``length`` is the stated length."""

    place: str
    rec_type: str
    rec_headers: Headers
    block: bytes
    length: int
    is_short: bool = False
    is_cut_off: bool = False
    packing: str | None = None

    @property
    def is_too_long(self) -> bool:
        """Whether the block is longer than was asked for, so that only its beginning is here."""
        return not self.is_short and len(self.block) < self.length


def records(path: Path, limit: Limit) -> Iterator[Record | Damage]:
    """Yield the records of a file and the damage between them.

    The file is .warc or .arc, packed by gzip or zstd or not, or .wacz. ``limit`` says how many bytes of an
    address's block are wanted.
    """
    with path.open("rb") as file:
        if zipfile.is_zipfile(file) and file.seek(0) == 0 and file.read(4) == b"PK\3\4":
            yield from _of_collection(file, path.name, limit)
            return
        yield from _of_file(file, path.name, limit)


def _of_collection(file: IO[bytes], name: str, limit: Limit) -> Iterator[Record | Damage]:
    """Yield the records of a WACZ: a zip file with WARC files in its folder ``archive``."""
    with zipfile.ZipFile(file) as collection:
        for entry in collection.infolist():
            if not re.search(r"\.w?arc(?:\.gz|\.zst)?$", entry.filename, re.IGNORECASE):
                continue
            with tempfile.TemporaryFile() as held:
                try:
                    with collection.open(entry) as member:
                        shutil.copyfileobj(member, held)
                except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as error:
                    yield Damage(place=f"{name}:{entry.filename}", says=f"cannot be unpacked ({error})")
                yield from _of_file(held, f"{name}:{entry.filename}", limit)


def _of_file(file: IO[bytes], name: str, limit: Limit) -> Iterator[Record | Damage]:
    file.flush()
    if file.seek(0, 2) == 0:
        return
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        yield from _of_data(data, name, limit)


def _of_data(data: Data, name: str, limit: Limit) -> Iterator[Record | Damage]:
    try:
        for stream in streams(data):
            yield from _of_stream(stream, name, limit)
    except zstandard.ZstdError as error:
        yield Damage(place=f"{name}+0", says=f"its dictionary cannot be read ({error})")


def _of_stream(stream: Plain | Member, name: str, limit: Limit) -> Iterator[Record | Damage]:
    skipped, skipped_at, found = 0, 0, 0
    # Many programs state a wrong length for the lines about an ARC file, and nobody needs those lines.
    is_about = False
    while True:
        at = stream.tell()
        line = stream.line()
        glued = _GLUED.search(line)
        if glued is not None and glued.start():
            skipped_at = skipped_at if skipped else at
            skipped += glued.start()
            at, line = at + glued.start(), line[glued.start() :]
        begins = is_head(line)
        if skipped and (begins or not line):
            if not is_about:
                yield Damage(place=f"{name}+{skipped_at}", says=f"{skipped} bytes that are no record")
            skipped = 0
        if not line:
            break
        if not begins:
            if line.strip() or skipped:
                skipped_at = skipped_at if skipped else at
                skipped += len(line)
            continue
        # A member should have one record; if it has more, their numbers distinguish them.
        place = f"{name}+{at}#{found}" if found and isinstance(stream, Member) else f"{name}+{at}"
        head = head_of(line, stream)
        found += 1
        is_about = line.startswith(b"filedesc:")
        if isinstance(head, str):
            yield Damage(place=place, says=head)
            continue
        yield _record(stream, head, place, limit)
    if stream.broken and not found:
        yield Damage(place=f"{name}+{stream.tell()}", says=f"the packed data is {stream.broken}")


def _record(stream: Plain | Member, head: Head, place: str, limit: Limit) -> Record:
    fields = Headers(head.fields)
    wanted = min(head.length, limit(fields.get_header("WARC-Target-URI") or "") + HEAD_ROOM + 1)
    begins = stream.tell()
    block = stream.read(wanted)
    got = len(block) + _passed_over(stream, head.length - len(block))
    if isinstance(stream, Member):
        stream.look_ahead()
    is_short = got < head.length
    is_cut_off = is_short and stream.broken is None
    if isinstance(stream, Plain) and (is_short or not _at_a_boundary(stream)):
        swallowed = _NEXT.search(stream.data, begins, stream.at)
        if swallowed is not None:
            # Its length covers the next record, at which reading continues.
            block = stream.data[begins : min(swallowed.start(), begins + wanted)]
            stream.at = swallowed.end()
            is_short, is_cut_off = True, False
    return Record(
        place=place,
        rec_type=head.kind,
        rec_headers=fields,
        block=block,
        length=head.length,
        is_short=is_short,
        is_cut_off=is_cut_off,
        packing=stream.broken,
    )


def _passed_over(stream: Plain | Member, size: int) -> int:
    """Skip a number of bytes; return how many there were."""
    if isinstance(stream, Plain):
        before = stream.at
        stream.at = min(stream.at + max(size, 0), len(stream.data))
        return stream.at - before
    passed = 0
    while passed < size and (piece := stream.read(min(size - passed, 1 << 20))):
        passed += len(piece)
    return passed


def _at_a_boundary(stream: Plain) -> bool:
    behind = stream.data[stream.at : stream.at + 512].lstrip(b"\r\n")
    first = behind.partition(b"\n")[0]
    return not behind or is_head(first)
