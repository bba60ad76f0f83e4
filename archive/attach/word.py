"""DOCX: the text of ``word/document.xml`` in its order, notes after it.

Read directly: python-docx leaves out inserted text under revision marks, content controls (covers, contents)
and text boxes, and needs a complete package; text here is what Word shows with all revisions accepted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archive.attach.packed import Bundle

_NOTES = ("word/footnotes.xml", "word/endnotes.xml")
# Deleted text; what old readers are shown beside what new ones are.
_SKIPPED = {"del", "moveFrom", "Fallback", "pPr", "rPr", "sectPr", "tblPr", "trPr", "tcPr", "instrText"}
_BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}


def docx_text(bundle: Bundle) -> tuple[str, tuple[str, ...]]:
    """Return a DOCX's text, a paragraph or table row a line, and flags. Numbers of list items are not in it."""
    lines = list(_lines(bundle.tree("word/document.xml")))
    for name in _NOTES:
        notes = bundle.tree(name)
        if notes is not None:
            lines += _lines(notes)
    has_macro = any(name.endswith("vbaProject.bin") for name in bundle.names)
    return "\n".join(line for line in lines if line.strip()), ("macro",) * has_macro


def _lines(root: Any) -> Iterator[str]:
    """Yield paragraphs and rows. Iterative: a hostile file nests deeper than Python's stack is."""
    open_rows = 0
    line: list[str] = []
    for event, name, text in _walk(root):
        if event == "text":
            line.append(text)
        elif event == "start" and name == "tr":
            open_rows += 1
        elif event == "end" and name == "tr":
            open_rows -= 1
            yield "".join(line).strip()
            line = []
        elif event == "end" and name == "tc":
            line.append("\t")
        elif event == "end" and name == "p":
            if not open_rows:
                yield "".join(line)
                line = []
            elif line and line[-1] not in (" ", "\t"):
                line.append(" ")
    if line:
        yield "".join(line)


def _walk(root: Any) -> Iterator[tuple[str, str, str]]:
    pending: list[tuple[Any, bool]] = [(root, False)]
    while pending:
        node, is_done = pending.pop()
        name = _local(node.tag)
        if is_done:
            yield "end", name, ""
            continue
        if name in _SKIPPED:
            continue
        if name == "t":
            yield "text", name, node.text or ""
            continue
        if name in _BREAKS:
            yield "text", name, _BREAKS[name]
            continue
        yield "start", name, ""
        pending.append((node, True))
        pending += [(child, False) for child in reversed(node)]


def _local(tag: object) -> str:
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
