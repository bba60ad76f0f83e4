"""What is handed in on the command line: the bytes of a file or of standard input."""

from __future__ import annotations

import sys
from pathlib import Path

from archive.errors import BadInput
from archive.limits import PAGE_LIMIT


def body_of(name: str, *, give: str, is_packed: bool = False) -> bytes:
    """Return the bytes of a text or page, ``-`` for standard input; raise BadInput, which says what to give instead.

    ``is_packed``: a file that holds NUL bytes (Word, PDF) will do, too.
    """
    try:
        with sys.stdin.buffer if name == "-" else Path(name).open("rb") as file:
            body = file.read(PAGE_LIMIT + 1)
    except OSError as error:
        raise BadInput(f"{name} cannot be read ({error.strerror}) — give {give}") from None
    if len(body) > PAGE_LIMIT:
        raise BadInput(f"{name} is larger than {PAGE_LIMIT >> 20} MiB — give one article at a time")
    if b"\0" in body and not is_packed and not body.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadInput(f"{name} is no text (it holds NUL bytes) — give {give}")
    return body


def write_file(path: str, content: bytes) -> None:
    """Write a file that a command was asked for; raise BadInput where that cannot be."""
    try:
        Path(path).write_bytes(content)
    except OSError as error:
        raise BadInput(f"{path} cannot be written ({error.strerror}) — give another path") from None
