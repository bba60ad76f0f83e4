"""Files of text: web pages that Excel and Word save under .xls and .doc, MHTML, tables (CSV, TSV) and plain texts."""

from __future__ import annotations

import codecs
import csv
import email
import email.policy
import io
import re
from collections.abc import Iterator
from email.message import Message
from itertools import groupby
from typing import Any

from archive.attach.packed import MOST_CHARACTERS, Read, parsed
from archive.extract.charset import as_cp936, decode
from archive.extract.outline import Node, Outline
from archive.extract.render import cells_of
from archive.extract.styles import RUBY, STRUCK
from archive.extract.tree import parse
from archive.extract.walk import outline
from archive.patterns import regex

_MOST_PARTS = 200
# A cell is a line: large tables have more of them than pages have.
_MOST_LINES = 300_000
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_SEPARATORS = ("\t", ",", ";")
_LOOKED_AT = 20
# What Excel reads as the separator, and shows no row of.
_SEPARATOR_LINE = regex(r"sep=([^\r\n])\r?\n", re.IGNORECASE)
_LONGEST_FIELD = 131_072


def office_page_text(body: bytes, media_type: str = "") -> Read:
    """Return the text of a web page that was saved as a file: a paragraph or table row a line."""
    if b"urn:schemas-microsoft-com:office:spreadsheet" in body[:4096] and b"<Workbook" in body[:16_384]:
        return _sheet_text(body)
    root = parse(decode(body, media_type).text).root
    if root is None:
        return None, (), "no text"
    page = outline(root, most_lines=_MOST_LINES)
    text = "\n".join(line for line in _lines(page) if line.strip())
    return text, (*sorted(_flags(page)), *("cut",) * page.cut), None


def mht_text(body: bytes) -> Read:
    """Return the text of a web page saved into one file: its HTML parts, in their order, else its plain text."""
    message = email.message_from_bytes(
        body.removeprefix(b"\xef\xbb\xbf").lstrip(), policy=email.policy.compat32
    )
    pages: list[str] = []
    plain: list[str] = []
    flags: list[str] = []
    left = MOST_CHARACTERS
    for part in _parts(message):
        kind = part.get_content_type()
        if kind not in ("text/html", "application/xhtml+xml", "text/plain") or left <= 0:
            continue
        held = part.get_payload(decode=True)
        content = held if isinstance(held, bytes) else b""
        text, found, _ = office_page_text(content, str(part.get("content-type", ""))) if kind != "text/plain" else (
            decode(content, str(part.get("content-type", ""))).text, (), None,
        )  # fmt: skip
        (plain if kind == "text/plain" else pages).append(text or "")
        flags += found
        left -= len(text or "")
    return "\n".join(pages or plain), tuple(dict.fromkeys(flags)), None


def _parts(message: Message) -> Iterator[Message]:
    pending, seen = [message], 0
    while pending and seen < _MOST_PARTS:
        part = pending.pop()
        seen += 1
        if part.is_multipart():
            below = part.get_payload()
            pending += reversed(
                [one for one in below if isinstance(one, Message)] if isinstance(below, list) else []
            )
        else:
            yield part


def _lines(page: Outline) -> Iterator[str]:
    """Yield the lines that are seen; those of a row, with the tables in it, are one line with a tab between cells."""
    nodes = page.nodes
    rows = _outermost_rows(nodes)
    seen = (line for line in page.lines if not nodes[line.node].hidden)
    for row, lines in groupby(seen, key=lambda line: rows[line.node]):
        if row < 0:
            yield from (line.text for line in lines)
            continue
        cells: dict[int, list[str]] = {cell: [] for cell in cells_of(page, row)}
        last = next(iter(cells), row)
        for line in lines:
            last = next((cell for cell in _above(nodes, line.node, row) if cell in cells), last)
            cells.setdefault(last, []).append(line.text)
        yield "\t".join(" ".join(words) for words in cells.values()).rstrip("\t")


def _outermost_rows(nodes: list[Node]) -> list[int]:
    """Return for each element the row it stands in that stands in no other; -1 where it stands in none."""
    rows: list[int] = []
    for index, node in enumerate(nodes):
        above = rows[node.parent] if node.parent >= 0 else -1
        rows.append(above if above >= 0 or node.tag != "tr" else index)
    return rows


def _above(nodes: list[Node], index: int, row: int) -> Iterator[int]:
    while index > row:
        yield index
        index = nodes[index].parent


def _flags(page: Outline) -> set[str]:
    hidden = {page.nodes[line.node].hidden for line in page.lines} - {"", RUBY}
    return ({STRUCK} & hidden) | ({"hidden"} if hidden - {STRUCK} else set())


def _sheet_text(body: bytes) -> Read:
    """Return the cells of an Excel 2003 workbook in XML."""
    lines: list[str] = []
    cells: list[str] = []
    for node in parsed(body).iter():
        name = node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""
        if name in ("Worksheet", "Row"):
            lines.append("\t".join(cells).rstrip("\t"))
            cells = [_named(node)] if name == "Worksheet" else []
        elif name == "Cell":
            place = next((v for k, v in node.attrib.items() if k.endswith("}Index")), "")
            if place.isdecimal():
                cells += [""] * (min(int(place), 500) - 1 - len(cells))
            cells.append(" ".join("".join(_data(node)).split()))
    lines.append("\t".join(cells).rstrip("\t"))
    return "\n".join(line for line in lines if line.strip()), (), None


def _named(sheet: Any) -> str:
    return next((value for key, value in sheet.attrib.items() if key.endswith("}Name")), "")


def _data(cell: Any) -> Iterator[str]:
    for node in cell:
        if isinstance(node.tag, str) and node.tag.endswith("}Data"):
            yield from (str(text) for text in node.itertext())


def csv_text(body: bytes) -> Read:
    """Return the rows of a table of text, a row a line, cells separated by tabs."""
    text, flags = decoded(body)
    csv.field_size_limit(_LONGEST_FIELD)
    lines: list[str] = []
    left = MOST_CHARACTERS
    said = _SEPARATOR_LINE.match(text)
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
