"""Web pages that are files: what Excel, Word and many publishing systems save under .xls and .doc, and MHTML."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import Message
from typing import Any

from archive.attach.bounds import MOST_CHARACTERS, Read
from archive.attach.packed import parsed
from archive.extract.charset import decode
from archive.extract.tree import parse
from archive.text.powers import lowered, raised

_SKIPPED = frozenset(("script", "style", "head", "title", "template", "noscript", "xml", "rt", "rp"))
_GONE = frozenset(("del", "s", "strike"))
_INLINE = frozenset(
    (
        "a",
        "b",
        "i",
        "u",
        "em",
        "strong",
        "span",
        "font",
        "sup",
        "sub",
        "ins",
        "ruby",
        "rb",
        "big",
        "small",
        "o:p",
    )
)
_STRUCK = re.compile(r"text-decoration[^;]*line-through", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden", re.IGNORECASE)
_MOST_PARTS = 200


def office_page_text(body: bytes, media_type: str = "") -> Read:
    """Return the text of a web page that was saved as a file: a paragraph or table row a line."""
    if b"urn:schemas-microsoft-com:office:spreadsheet" in body[:4096] and b"<Workbook" in body[:16_384]:
        return _sheet_text(body)
    root = parse(decode(body, media_type).text).root
    if root is None:
        return None, (), "no text"
    flags: set[str] = set()
    text = "\n".join(line for line in _lines(root, flags) if line.strip())
    return text, tuple(sorted(flags)), None


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


def _lines(root: Any, flags: set[str]) -> Iterator[str]:
    """Yield the lines of a tree, without recursion."""
    line: list[str] = []
    rows = 0
    pending: list[tuple[Any, str]] = [(root, "element")]
    while pending:
        node, what = pending.pop()
        if what == "text":
            line.append(node)
            continue
        tag = node.tag if isinstance(node.tag, str) else ""
        is_block = tag not in _INLINE and tag not in ("td", "th")
        if what == "end":
            if tag in ("td", "th"):
                line.append("\t")
            elif tag == "tr":
                rows -= 1
            if is_block and not rows:
                yield _tidy(line)
                line = []
            elif is_block:
                line.append(" ")
            continue
        if not tag or tag in _SKIPPED:
            continue
        if gone := _gone(node, tag):
            if "".join(node.itertext()).strip():
                flags.add(gone)
            continue
        if tag == "br":
            if rows:
                line.append(" ")
            else:
                yield _tidy(line)
                line = []
            continue
        if tag in ("sup", "sub"):
            written = raised if tag == "sup" else lowered
            line.append(written("".join(node.itertext())))
            continue
        if tag == "tr":
            rows += 1
        if (is_block and not rows) or (tag == "tr" and rows == 1):
            yield _tidy(line)
            line = []
        elif is_block:
            line.append(" ")
        pending.append((node, "end"))
        for child in reversed(node):
            if child.tail:
                pending.append((child.tail, "text"))
            pending.append((child, "element"))
        if node.text:
            pending.append((node.text, "text"))
    yield _tidy(line)


def _gone(node: Any, tag: str) -> str:
    """Return why an element is not shown: struck through, or hidden; empty for one that is."""
    style = node.get("style") or ""
    if tag in _GONE or _STRUCK.search(style):
        return "struck"
    return "hidden" if _HIDDEN.search(style) or node.get("hidden") is not None else ""


def _tidy(pieces: list[str]) -> str:
    cells = "".join(pieces).split("\t")
    return "\t".join(" ".join(cell.split()) for cell in cells).rstrip("\t")


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
