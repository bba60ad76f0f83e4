"""Files of plain text: tables (CSV, TSV) and texts, in whatever encoding they were saved."""

from __future__ import annotations

import codecs
import csv
import io
import re

from archive.attach.bounds import MOST_CHARACTERS, Read
from archive.extract.garbled import as_cp936

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_SEPARATORS = ("\t", ",", ";")
_LOOKED_AT = 20
# What Excel reads as the separator, and shows no row of.
_SAID = re.compile(r"sep=([^\r\n])\r?\n", re.IGNORECASE)
_LONGEST_FIELD = 131_072


def csv_text(body: bytes) -> Read:
    """Return the rows of a table of text, a row a line, cells separated by tabs."""
    text, flags = decoded(body)
    csv.field_size_limit(_LONGEST_FIELD)
    lines: list[str] = []
    left = MOST_CHARACTERS
    said = _SAID.match(text)
    separator = said[1] if said else _separator(text)
    for row in csv.reader(io.StringIO(text[said.end() :] if said else text, newline=""), delimiter=separator):
        lines.append("\t".join(" ".join(cell.split()) for cell in row).rstrip("\t"))
        left -= len(lines[-1])
        if left < 0:
            break
    return "\n".join(line for line in lines if line.strip()), flags, None


def txt_text(body: bytes) -> Read:
    """Return a text file's characters."""
    text, flags = decoded(body)
    return text.replace("\r\n", "\n").replace("\r", "\n"), flags, None


def decoded(body: bytes) -> tuple[str, tuple[str, ...]]:
    """Return bytes as characters: by their mark, else as UTF-8, else as GB 18030 (with € as Windows writes it); flagged where none fits."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace"), ()
    try:
        return body.decode("utf-8"), ()
    except UnicodeDecodeError:
        if (text := as_cp936(body)) is not None:
            return text, ()
    return body.decode("gb18030", "replace"), ("garbled",)


def _separator(text: str) -> str:
    """Return the sign that stands in most of the first lines; outside quotes as far as can be seen."""
    lines = text[:20_000].splitlines()[:_LOOKED_AT]
    bare = ["".join(line.split('"')[::2]) for line in lines]
    return max(_SEPARATORS, key=lambda sign: sum(sign in line for line in bare))
