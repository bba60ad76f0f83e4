"""Old Word files: binary ones (``.doc``, and WPS's own ``.wps``) and RTF.

The text of Word 97–2003 stands in the stream ``WordDocument``, in pieces that a table in ``0Table`` or
``1Table`` puts in order. Read here it is the same on every machine. What is older or damaged is given to
Debian's ``antiword`` or ``catdoc`` where one is installed, inside the reader's limits, and flagged with its name.
RTF is read off its control words. What is hidden or struck through is left out, and flagged.
"""

from __future__ import annotations

import io
import re
import shutil
import struct
import subprocess
from dataclasses import dataclass, replace

from xlrd.compdoc import CompDoc

from archive.attach.packed import BROKEN, MOST_CHARACTERS, Read
from archive.patterns import regex
from archive.text.numerals import lowered, raised

PROGRAMS = (("antiword", ("-m", "UTF-8.txt", "-w", "0", "-")), ("catdoc", ("-d", "utf-8", "-w")))
_PROGRAM_SECONDS = 10.0
_MACROS = tuple(name.encode("utf-16-le") for name in ("_VBA_PROJECT", "Macros"))
_WORD_97 = 0x00C1
# A field is instruction, mark, shown text: only what is shown is text.
_FIELD_MARKS = regex("[\x13\x14\x15]")
_BREAKS = str.maketrans({"\r": "\n", "\x07": "\t", "\x0b": "\n", "\x0c": "\n", "\x1e": "-", "\x1f": None})
_TOKEN = regex(
    rb"\\(?:(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})?[ ]?|'(?P<hex>[0-9a-fA-F]{2})|(?P<sign>[^a-zA-Z]))"
    rb"|(?P<open>\{)|(?P<close>\})|(?P<break>[\r\n]+)|(?P<text>[^\\{}\r\n]+)",
    re.DOTALL,
)
_NAMES = (
    "fonttbl colortbl stylesheet info pict header headerl headerr headerf footer footerl footerr footerf object "
    "themedata colorschememapping datastore latentstyles listtable listoverridetable rsidtbl generator xmlnstbl "
    "fldinst bkmkstart bkmkend revtbl filetbl template datafield nonshppict operator author title mmathPr"
)  # fmt: skip
_HIDDEN_WORDS = frozenset(_NAMES.split())
_WRITTEN = {
    "par": "\n", "line": "\n", "sect": "\n", "page": "\n", "row": "\n", "tab": "\t", "cell": "\t", "nestcell": "\t",
    "nestrow": "\n", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”",
    "bullet": "•", "emspace": " ", "enspace": " ",
}  # fmt: skip
_SIGNS = {b"~": "\xa0", b"_": "-", b"-": "", b"\n": "\n", b"\r": "\n", b"\\": "\\", b"{": "{", b"}": "}"}
_CHARSETS = {
    0: "cp1252",
    128: "cp932",
    129: "cp949",
    134: "gb18030",
    136: "big5hkscs",
    204: "cp1251",
    238: "cp1250",
}
_CODE_PAGES = {936: "gb18030", 950: "big5hkscs", 932: "cp932", 949: "cp949", 65001: "utf-8", 54936: "gb18030"}
_DEEPEST = 2_000


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
    return _without_fields(pieces[: max(0, length)] if 0 < length <= len(pieces) else pieces)


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


def _without_fields(text: str) -> str:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    """What holds within a group: whether it is shown, how high it stands, its font, how many bytes stand for \\u."""

    is_shown: bool = True
    hidden: bool = False
    struck: bool = False
    height: str = ""
    font: int = -1
    fallback: int = 1


def rtf_text(body: bytes) -> Read:
    """Return the text of an RTF file and flags."""
    reading = _Reading()
    for token in _TOKEN.finditer(body):
        if reading.past > token.start():
            continue
        reading.take(token)
        if reading.length > MOST_CHARACTERS:
            reading.flags.add("cut")
            break
    text = reading.text().replace("\t\n", "\n")
    return "\n".join(line.strip(" ") for line in text.split("\n")), tuple(sorted(reading.flags)), None


class _Reading:
    """One file being read, control word by control word."""

    def __init__(self) -> None:
        self.flags: set[str] = set()
        self.length = 0
        # Binary data stands in the file up to here.
        self.past = 0
        self._state = _State()
        self._groups: list[_State] = []
        self._fonts: dict[int, str] = {}
        self._code_page = "cp1252"
        self._bytes = bytearray()
        self._pieces: list[tuple[str, str]] = []
        self._skip = 0
        self._is_starred = False
        self._in_fonts = 0

    def take(self, token: re.Match[bytes]) -> None:
        if token["hex"]:
            self._take_bytes(bytes([int(token["hex"], 16)]))
        elif token["text"]:
            self._take_bytes(token["text"])
        elif not token["break"]:
            self._flush()
            if token["open"]:
                self._open()
            elif token["close"]:
                self._close()
            elif token["word"]:
                number = int(token["number"]) if token["number"] else None
                self._word(token["word"].decode("ascii"), number, token)
            else:
                self._sign(token["sign"])

    def text(self) -> str:
        """Return what was shown."""
        self._flush()
        written = {"raised": raised, "lowered": lowered}
        text = "".join(written[height](text) if height else text for height, text in self._pieces)
        # Characters beyond the first plane are written in halves.
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

    def _open(self) -> None:
        if len(self._groups) > _DEEPEST:
            raise ValueError("groups within groups, thousands deep")
        self._groups.append(self._state)
        self._is_starred, self._skip = False, 0

    def _close(self) -> None:
        if self._groups:
            self._state = self._groups.pop()
        if len(self._groups) < self._in_fonts:
            self._in_fonts = 0
        self._skip = 0

    def _sign(self, sign: bytes) -> None:
        if sign == b"*":
            self._is_starred = True
        elif self._skip:
            self._skip -= 1
        else:
            self._show(_SIGNS.get(sign, ""))

    def _word(self, word: str, number: int | None, token: re.Match[bytes]) -> None:
        is_on = number != 0
        if word == "bin":
            self.past = token.end() + max(0, number or 0)
        elif word == "u" and number is not None:
            self._show(chr(number % 65_536))
            self._skip = self._state.fallback
        elif word == "uc":
            self._state = replace(self._state, fallback=max(0, min(number or 0, 100)))
        elif word == "ansicpg":
            self._code_page = _CODE_PAGES.get(number or 0, f"cp{number}")
        elif word in ("listtext", "pntext"):
            # The numbers of lists, written out for readers that do not count: they are what is shown.
            self._is_starred = False
        elif word in _HIDDEN_WORDS or self._is_starred:
            self._in_fonts = len(self._groups) if word == "fonttbl" else self._in_fonts
            self._state = replace(self._state, is_shown=False)
            self._is_starred = False
        elif word in _WRITTEN:
            self._show(_WRITTEN[word])
        else:
            self._look(word, number, is_on)

    def _look(self, word: str, number: int | None, is_on: bool) -> None:
        state = self._state
        if word == "f":
            self._state = replace(state, font=number or 0)
        elif word == "fcharset" and self._in_fonts:
            self._fonts[state.font] = _CHARSETS.get(number or 0, self._code_page)
        elif word in ("v", "deleted"):
            self._state = replace(state, hidden=is_on)
        elif word in ("strike", "striked"):
            self._state = replace(state, struck=is_on)
        elif word in ("super", "sub", "nosupersub"):
            height = {"super": "raised", "sub": "lowered"}.get(word, "") if is_on else ""
            self._state = replace(state, height=height)
        elif word == "plain":
            self._state = replace(state, hidden=False, struck=False, height="")

    def _take_bytes(self, held: bytes) -> None:
        if self._skip:
            dropped = min(self._skip, len(held))
            self._skip -= dropped
            held = held[dropped:]
        self._bytes += held

    def _flush(self) -> None:
        """Decode the bytes that were gathered: two of them may be one character."""
        if not self._bytes:
            return
        charset = self._fonts.get(self._state.font, self._code_page)
        # A Latin font is often named for Chinese characters.
        if charset == "cp1252" and self._code_page != "cp1252":
            charset = self._code_page
        try:
            text = self._bytes.decode(charset, "replace")
        except LookupError:
            text = self._bytes.decode("gb18030", "replace")
        self._bytes.clear()
        self._show(text)

    def _show(self, text: str) -> None:
        state = self._state
        if not state.is_shown or not text:
            return
        if (state.hidden or state.struck) and text.strip():
            self.flags.update(("hidden",) * state.hidden + ("struck",) * state.struck)
            return
        height = state.height
        if self._pieces and self._pieces[-1][0] == height and len(self._pieces[-1][1]) < 4096:
            self._pieces[-1] = (height, self._pieces[-1][1] + text)
        else:
            self._pieces.append((height, text))
        self.length += len(text)
