"""Old binary Word files (``.doc``, and WPS's own ``.wps``): Word 97 and later directly, older ones by a program.

The text of Word 97–2003 stands in the stream ``WordDocument``, in pieces that a table in ``0Table`` or
``1Table`` puts in order. Read here it is the same on every machine. What is older or damaged is given to
Debian's ``antiword`` or ``catdoc`` where one is installed, inside the reader's limits, and flagged with its name.
"""

from __future__ import annotations

import io
import re
import shutil
import struct
import subprocess

from xlrd.compdoc import CompDoc

from archive.attach.bounds import BROKEN, MOST_CHARACTERS

PROGRAMS = (("antiword", ("-m", "UTF-8.txt", "-w", "0", "-")), ("catdoc", ("-d", "utf-8", "-w")))
_PROGRAM_SECONDS = 10.0
_MACROS = tuple(name.encode("utf-16-le") for name in ("_VBA_PROJECT", "Macros"))
_WORD_97 = 0x00C1
# A field is instruction, mark, shown text: only what is shown is text.
_FIELD_MARKS = re.compile("[\x13\x14\x15]")
_BREAKS = str.maketrans({"\r": "\n", "\x07": "\t", "\x0b": "\n", "\x0c": "\n", "\x1e": "-", "\x1f": None})


class Encrypted(ValueError):
    """A file that needs a password."""


def doc_text(body: bytes) -> tuple[str | None, tuple[str, ...], str | None]:
    """Return an old Word file's text, flags, and a reason where there is none. No macro is ever run."""
    flags = ("macro",) * any(name in body for name in _MACROS)
    try:
        return word97_text(body), flags, None
    except Encrypted:
        return None, (*flags, "encrypted"), "it needs a password"
    except BROKEN as error:
        problem = f"{type(error).__name__}: {error}"[:200]
    installed = [(shutil.which(name), name, options) for name, options in PROGRAMS]
    for path, name, options in installed:
        text = _by_program(path, options, body) if path else None
        if text:
            return text, (*flags, name), None
    if any(path for path, _, _ in installed):
        return None, flags, f"no reader finds a document in it ({problem})"
    return None, (*flags, "doc_needs_antiword"), f"{problem} — antiword or catdoc may read it: install one"


def word97_text(body: bytes) -> str:
    """Return the main text of a Word 97–2003 file, in its order. Raise Encrypted, or one of BROKEN."""
    container = CompDoc(body, logfile=io.StringIO(), ignore_workbook_corruption=True)
    main = _stream(container, "WordDocument")
    magic, version = struct.unpack_from("<HH", main, 0)
    bits = struct.unpack_from("<H", main, 0x0A)[0]
    if magic != 0xA5EC or version < _WORD_97:
        raise ValueError(f"a Word file of version {version:#x}")
    if bits & 0x0100:
        raise Encrypted("encrypted")
    table = _stream(container, "1Table" if bits & 0x0200 else "0Table")
    length = struct.unpack_from("<i", main, 0x4C)[0]
    at, size = struct.unpack_from("<ii", main, 0x01A2)
    pieces = "".join(_pieces(main, table[at : at + size]))
    return _shown(pieces[: max(0, length)] if 0 < length <= len(pieces) else pieces)


def _pieces(main: bytes, table: bytes) -> list[str]:
    at = 0
    while table[at] == 1:  # properties, before the table of pieces
        at += 3 + struct.unpack_from("<H", table, at + 1)[0]
    if table[at] != 2:
        raise ValueError("no table of pieces")
    count = (struct.unpack_from("<i", table, at + 1)[0] - 4) // 12
    places = struct.unpack_from(f"<{count + 1}i", table, at + 5)
    found, left = [], MOST_CHARACTERS
    for n in range(count):
        start = struct.unpack_from("<I", table, at + 5 + 4 * (count + 1) + 8 * n + 2)[0]
        length = min(places[n + 1] - places[n], left)
        if length < 0:
            raise ValueError("pieces out of order")
        left -= length
        found.append(_piece(main, start, length))
    return found


def _piece(main: bytes, start: int, length: int) -> str:
    if start & 0x40000000:  # one byte a character
        start = (start & 0x3FFFFFFF) // 2
        return main[start : start + length].decode("cp1252", "replace")
    return main[start : start + 2 * length].decode("utf-16-le", "replace")


def _shown(text: str) -> str:
    """Return text without the instructions of fields; cells end in a tab, rows in a line."""
    shown: list[str] = []
    is_instruction: list[bool] = []
    at = 0
    for mark in _FIELD_MARKS.finditer(text):
        if not any(is_instruction):
            shown.append(text[at : mark.start()])
        at = mark.end()
        if mark[0] == "\x13":
            is_instruction.append(True)
        elif is_instruction and mark[0] == "\x14":
            is_instruction[-1] = False
        elif is_instruction:
            is_instruction.pop()
    shown.append(text[at:])
    return "".join(shown).replace("\x07\x07", "\n").translate(_BREAKS)


def _stream(container: CompDoc, name: str) -> bytes:
    found = container.get_named_stream(name)
    if found is None:
        raise ValueError(f"no stream {name}")
    return bytes(found)


def _by_program(path: str, options: tuple[str, ...], body: bytes) -> str | None:
    """Return what a program makes of a file given on its standard input; None where it fails or takes too long."""
    try:
        done = subprocess.run(
            [path, *options],
            input=body,
            capture_output=True,
            timeout=_PROGRAM_SECONDS,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    text = done.stdout[: 4 * MOST_CHARACTERS].decode("utf-8", "replace")
    return text if done.returncode == 0 and text.strip() else None
