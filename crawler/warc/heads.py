"""The headers of records: named fields in WARC, one line of words in ARC."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crawler.warc.streams import Member, Plain

VERSION = re.compile(rb"WARC/(?:0\.1[78]|1\.[01])\s*\Z")
ARC = re.compile(rb"\S[^\r\n]* [0-9a-fA-F.:]{2,45} [0-9]{14} [^\r\n]* [0-9]{1,18}\s*\Z")
_MOST_HEADER = 256 << 10


@dataclass(frozen=True, slots=True)
class Headers:
    """The named fields of a record."""

    fields: tuple[tuple[str, str], ...]

    def get_header(self, name: str) -> str | None:
        """Return the first field of a name, in any case; None where there is none."""
        return next((value for key, value in self.fields if key.lower() == name.lower()), None)


@dataclass(slots=True)
class Head:
    """What a record's header says of its block."""

    kind: str
    fields: tuple[tuple[str, str], ...]
    length: int


def is_head(line: bytes) -> bool:
    """Return whether a line is the first of a record."""
    return VERSION.match(line) is not None or ARC.match(line) is not None


def head_of(line: bytes, stream: Plain | Member) -> Head | str:
    """Return the header that begins with a line, the rest of it read from the stream, or why it is none."""
    return _warc_head(stream) if VERSION.match(line) else _arc_head(line)


def _warc_head(stream: Plain | Member) -> Head | str:
    """Return the header of a record whose first line was read, or why it is none."""
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
