"""Terminal output of the commands, and input bytes named on the command line.

Columns of tables are aligned. Controls in a page's text are written out, so that no page can drive the
terminal. Long work shows a bar on stderr, when that is a terminal.

Input named on the command line is the bytes of a file or of standard input.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import TYPE_CHECKING

from tqdm import tqdm

from archive.clock import beijing_minute
from archive.errors import BadInput
from archive.exchange import PAGE_LIMIT
from archive.patterns import regex

if TYPE_CHECKING:
    from archive.answers import Work

# Controls, and the marks that change the order in which a line is read.
_UNSAFE = regex("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_NARROWEST = 8  # No column of a table is cut below this width.
# Work that is done within a second shows no bar.
_PATIENCE = 1.0
# Seconds after which work that cannot be counted shows that it goes on.
_LONG = 2.0
_STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33"}

STATES = {
    "live": "there when last looked at",
    "moved": "moved to another address",
    "withdrawn": "withdrawn",
    "replaced": "replaced by something else",
    "unreachable": "could not be reached",
    "blocked": "the site refused to show it",
    "quarantined": "what it shows is not trusted and waits for review",
    "unreadable": "kept, but could not be read",
}
FLAGS = {
    "absent": "not found at the last look",
    "attributes_cut": "elements with too many attributes, read without them",
    "bidi_controls": "holds marks that turn the reading direction, left out",
    "body_replaced": "another text than before",
    "bomb": "a file that unpacks to too much",
    "broken": "a damaged file",
    "charset_garbled": "its characters look garbled",
    "charset_loss": "characters lost",
    "charset_mismatch": "declares another charset than it has",
    "charset_repaired": "garbled characters put right",
    "charset_undecided": "charset not certain",
    "cheap_reading": "time ran out, simple reading used",
    "cut": "too long, cut",
    "damaged": "readings in brackets, lost bytes or missing words in its text",
    "date_ahead": "dated after the day it was seen, not believed",
    "date_not_shown": "the page shows no date, its head names one",
    "doc_needs_antiword": "a file that needs antiword or catdoc to be read",
    "encrypted": "an encrypted file",
    "file": "a file that a list led to",
    "files_cut": "only the first 500 of its files",
    "foreign_links": "links to strangers in the text",
    "future_date": "shows a date still to come, not believed",
    "garbled": "its characters look garbled",
    "hidden": "hidden text left out",
    "hidden_body": "its text is hidden until a script shows it",
    "hidden_text": "text that a browser hides",
    "macro": "a file with macros",
    "mass_change": "one of very many changes in one run",
    "no_end": "the page does not end as pages end",
    "no_turns": "a transcript without turns",
    "no_unicode": "a file whose fonts do not say which characters they show",
    "not_html5": "markup too odd to be read as a browser does",
    "page_errors": "a file with pages that cannot be read",
    "part_repeated": "one of its pages repeats",
    "part_unreadable": "one of its pages could not be read",
    "picture_only": "pictures only, no text",
    "reader_time": "time ran out, simple reading used",
    "refused_lines": "beside its text the page shows lines that were refused of the whole site",
    "reviewed": "released by a person",
    "rule_missed": "the rules declared for its site found nothing in it",
    "scanned": "a file of mostly scanned pages",
    "shrunken": "much shorter than before",
    "spam_body": "spam in the text",
    "spam_title": "spam in the title",
    "struck": "struck-through text left out",
    "title_disagrees": "the page names two titles",
    "title_foreign": "title and text have nothing in common",
    "title_quarantined": "the page's own title is not believed, the title before is kept",
    "too_deep": "nested too deeply",
    "transcript": "a transcript",
    "unsafe_names": "a file with names that lead out of it",
    "unstable": "shows two wordings by turns",
}


def safe(text: str) -> str:
    """Return a text with terminal controls written out: ``\\x1b`` and the like. Tabs and line ends stay."""
    return _UNSAFE.sub(lambda found: _written_out(found[0]), text)


def one_line(text: str) -> str:
    """Return a text safe for a terminal, on one line."""
    return safe(re.sub(r"[\t\n\r]+", " ", text))


def width(text: str) -> int:
    """Return the columns that a text takes: two for an ideograph, none for a combining mark."""
    return sum(_columns(character) for character in text)


def padded(text: str, columns: int) -> str:
    """Return a text padded with spaces to a width."""
    return text + " " * max(0, columns - width(text))


def clipped(text: str, columns: int) -> str:
    """Return the part of a text that fits a width, with … for the rest."""
    if width(text) <= columns:
        return text
    taken, used = "", 1
    for character in text:
        used += _columns(character)
        if used > columns:
            break
        taken += character
    return taken + "…"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return rows under their heads; a column is as wide as its widest cell, or as the terminal allows."""
    lines = [heads, *([one_line(cell) for cell in row] for row in rows)]
    widths = _fitted([max(width(line[n]) for line in lines) for n in range(len(heads))], lines)
    return "\n".join(
        "  ".join(
            padded(clipped(cell, columns), columns) for cell, columns in zip(line, widths, strict=True)
        ).rstrip()
        for line in lines
    )


def _fitted(widths: list[int], lines: Sequence[Sequence[str]]) -> list[int]:
    """Return column widths with which a line fits the terminal, if that has a width.

    Addresses stay whole.
    """
    most = terminal_width()
    if most is None:
        return widths
    may_shrink = [
        n
        for n in range(len(widths))
        if not any(line[n].startswith(("http://", "https://")) for line in lines)
    ]
    while sum(widths) + 2 * (len(widths) - 1) > most:
        widest = max(may_shrink, key=lambda n: widths[n], default=None)
        if widest is None or widths[widest] <= _NARROWEST:
            break
        widths[widest] -= 1
    return widths


def same_work(works: Sequence[Work]) -> str:
    """Return the documents that are one work as a table, the issuing body's marked."""
    heads = ("first seen (Beijing)", "publisher", "", "address")
    rows = [
        (
            when(work.first_seen),
            work.publisher,
            "the issuing body's" if work.is_issuer else "a copy" if work.role == "copy" else "",
            work.url,
        )
        for work in works
    ]
    return table(heads, rows)


def styled(text: str, *styles: str) -> str:
    """Return a text in colours, if the output is a terminal and NO_COLOR is not set."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return text
    return f"\x1b[{';'.join(_STYLES[style] for style in styles)}m{text}\x1b[0m"


def terminal_width() -> int | None:
    """Return the width to print for: ``COLUMNS``, else the terminal's; None for a file or a pipe."""
    told = os.environ.get("COLUMNS", "")
    if re.fullmatch("[0-9]{1,4}", told) and int(told) > 0:
        return int(told)
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def when(utc: str | None, otherwise: str = "") -> str:
    """Return a moment in Beijing time to the minute, as the reading room shows it.

    ``--json`` has the UTC text.
    """
    return beijing_minute(utc) if utc else otherwise


def state_in_words(row: Mapping[str, object]) -> str:
    """Return state and flags of a document's row in words."""
    return in_words(str(row["state"]), json.loads(str(row["flags"])))


def in_words(state: str, flags: Iterable[str]) -> str:
    """Return state and flags of a document in words."""
    said = [STATES[state], *(FLAGS.get(flag, flag.replace("_", " ")) for flag in flags)]
    return "; ".join(dict.fromkeys(said))


def print_json(document: object) -> None:
    """Print one JSON document, in UTF-8 whatever the terminal's encoding is."""
    text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    sys.stdout.flush()
    if hasattr(sys.stdout, "buffer"):
        sys.stdout.buffer.write(text.encode())
    else:
        sys.stdout.write(text)


def _columns(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _written_out(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


class Progress:
    """A visible count, if the work takes longer than a second and stderr is a terminal."""

    def __init__(self, label: str) -> None:
        self.is_shown = sys.stderr is not None and sys.stderr.isatty()
        self._bar = tqdm(
            desc=label, unit="", disable=not self.is_shown, file=sys.stderr, leave=False, delay=_PATIENCE
        )

    def step(self) -> None:
        """Count one."""
        self._bar.update()

    def count(self, done: int, note: str = "") -> None:
        """Show the count so far, and a few words beside it."""
        self._bar.set_postfix_str(note, refresh=False)
        self._bar.update(done - self._bar.n)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.close()


class Working:
    """A line that names the current work and its duration, for work whose end cannot be counted.

    It is shown after two seconds, at a terminal only, and disappears when the work is done.
    """

    def __init__(self, label: str) -> None:
        self._label = label
        self._done = Event()
        self._thread: Thread | None = None

    def __enter__(self) -> Working:
        if sys.stderr is not None and sys.stderr.isatty():
            self._thread = Thread(target=self._show, daemon=True)
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        if self._thread is not None:
            self._thread.join()

    def _show(self) -> None:
        seconds = _LONG
        while not self._done.wait(_LONG if seconds == _LONG else 1.0):
            print(f"\r{self._label}: {seconds:.0f} s ", end="", file=sys.stderr, flush=True)
            seconds += 1
        if seconds > _LONG:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def body_of(name: str, *, give: str, is_packed: bool = False) -> bytes:
    """Return the bytes of a text or page, ``-`` for standard input.

    Raise BadInput, which says what to give instead. ``is_packed``: a file with NUL bytes (Word, PDF) is
    allowed, too.
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
    """Write a file that a command was asked for; raise BadInput on failure."""
    try:
        Path(path).write_bytes(content)
    except OSError as error:
        raise BadInput(f"{path} cannot be written ({error.strerror}) — give another path") from None
