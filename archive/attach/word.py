"""DOCX: the text of ``word/document.xml`` in its order as Word shows it, its notes after it.

Read directly: python-docx leaves out inserted text under revision marks, content controls (covers, contents)
and text boxes, and needs a complete package; text here is what Word shows with all revisions accepted. What is
struck through or hidden is left out, and flagged; what is raised or lowered is written so (10⁴).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from archive.attach.numbering import Numbering
from archive.attach.packed import Bundle
from archive.attach.wordstyles import (
    PLAIN,
    Look,
    Styles,
    attribute,
    child,
    is_on,
    local,
    look_of,
    numbering_of,
    value_of,
)
from archive.text.powers import lowered, raised

_NOTES = (("word/footnotes.xml", "footnoteReference"), ("word/endnotes.xml", "endnoteReference"))
# Deleted text; what old readers are shown beside what new ones are; how a word is said.
_SKIPPED = {
    "del", "moveFrom", "Fallback", "pPr", "rPr", "sectPr", "tblPr", "trPr", "tcPr", "tblGrid", "instrText",
    "delInstrText", "rt", "sdtPr",
}  # fmt: skip
_BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}
# Boxes that are ticked by hand, in the fonts of signs.
_SIGNS = {"F0FE": "☑", "F0FD": "☒", "F052": "☑", "F0A8": "□", "F06F": "□", "F0A3": "□", "F0FC": "✓"}


@dataclass(slots=True)
class _Paragraph:
    """A paragraph being gathered: its label, and what it shows in pieces of one height each."""

    label: str
    look: Look
    pieces: list[tuple[str, str]] = field(default_factory=list)

    def add(self, text: str, height: str) -> None:
        if self.pieces and self.pieces[-1][0] == height:
            self.pieces[-1] = (height, self.pieces[-1][1] + text)
        else:
            self.pieces.append((height, text))

    def text(self) -> str:
        written = {"raised": raised, "lowered": lowered}
        return self.label + "".join(written[h](text) if h else text for h, text in self.pieces)


def docx_text(bundle: Bundle) -> tuple[str, tuple[str, ...]]:
    """Return a DOCX's text, a paragraph or table row a line, and flags."""
    reading = _Reading(bundle.tree("word/styles.xml"), bundle.tree("word/numbering.xml"))
    lines = list(reading.lines(bundle.tree("word/document.xml")))
    for name, reference in _NOTES:
        notes = bundle.tree(name)
        for note in notes if notes is not None else ():
            lines += reading.note(note, reference)
    has_macro = any(name.endswith("vbaProject.bin") for name in bundle.names)
    flags = (*sorted(reading.flags), *("macro",) * has_macro)
    return "\n".join(line for line in lines if line.strip()), flags


def word_xml_text(tree: Any) -> tuple[str, tuple[str, ...]]:
    """Return the text of a document that Word 2003 wrote as XML, and flags; the numbers of its lists are not in it."""
    reading = _Reading(child(tree, "styles"), None)
    lines = list(reading.lines(child(tree, "body")))
    return "\n".join(line for line in lines if line.strip()), tuple(sorted(reading.flags))


class _Reading:
    """One document being read: its styles, its counted lists, the numbers of its notes."""

    def __init__(self, styles: Any, numbering: Any) -> None:
        self.styles = Styles(styles)
        self.numbering = Numbering(numbering, self.styles)
        self.notes: dict[tuple[str, str], int] = {}
        self._counted: dict[str, int] = {}
        self.flags: set[str] = set()

    def note(self, note: Any, reference: str) -> Iterator[str]:
        """Yield the lines of a note, its number before the first."""
        number = self.notes.get((reference, attribute(note, "id") or ""))
        for line in self.lines(note):
            if line.strip():
                yield line if number is None else f"[{number}] {line.strip()}"
                number = None

    def lines(self, root: Any) -> Iterator[str]:
        """Yield paragraphs and rows. Iterative: a hostile file nests deeper than Python's stack is."""
        open_paragraphs: list[_Paragraph] = []
        open_rows: list[list[str]] = []
        for event, node, height in self._walk(root, open_paragraphs):
            name = event if isinstance(node, str) else local(node)
            if event == "text":
                if not open_paragraphs:
                    open_paragraphs.append(_Paragraph("", PLAIN))
                open_paragraphs[-1].add(node, height)
            elif event == "start" and name == "p":
                open_paragraphs.append(self._paragraph(node))
            elif event == "start" and name == "tr":
                open_rows.append([])
            elif event == "end" and name == "p" and open_paragraphs:
                text = open_paragraphs.pop().text()
                if not open_rows:
                    yield text
                elif text:
                    open_rows[-1].append(text if text[-1] in " \t" else text + " ")
            elif event == "end" and name == "tc" and open_rows:
                open_rows[-1].append("\t")
            elif event == "end" and name == "tr" and open_rows:
                row = "".join(open_rows.pop())
                if not open_rows:
                    yield row.rstrip(" \t").lstrip(" ")
                else:
                    open_rows[-1].append(row)
        yield from (paragraph.text() for paragraph in open_paragraphs)

    def _paragraph(self, node: Any) -> _Paragraph:
        properties = child(node, "pPr")
        style = value_of(child(properties, "pStyle")) or self.styles.default_paragraph
        mark = look_of(child(properties, "rPr"))
        number, level = numbering_of(properties)
        is_gone = mark.hidden or child(child(properties, "rPr"), "del") is not None
        label = "" if is_gone else self.numbering.label(number, level, style)
        return _Paragraph(label, self.styles.look(style))

    def _walk(self, root: Any, paragraphs: list[_Paragraph]) -> Iterator[tuple[str, Any, str]]:
        """Yield what begins, what ends, and the text that is shown between, with its height."""
        pending: list[tuple[Any, bool, Look]] = [(root, False, PLAIN)] if root is not None else []
        while pending:
            node, is_done, look = pending.pop()
            name = local(node)
            if is_done:
                yield "end", node, ""
                # A fraction of a formula stands on one line here.
                if name == "num":
                    yield "text", "/", ""
                continue
            if name in _SKIPPED or (name == "tr" and self._is_gone(node)):
                continue
            if name == "r":
                look = self._look(node, paragraphs, look)
            elif name in ("sup", "sub"):
                look = Look(raised="raised" if name == "sup" else "lowered").over(look)
            text = self._text(node, name)
            if text is None:
                yield "start", node, ""
                pending.append((node, True, look))
                pending += [(below, False, look) for below in reversed(node)]
            elif look.hidden or look.struck:
                self.flags.update(("hidden",) * bool(look.hidden) + ("struck",) * bool(look.struck))
            elif text:
                yield "text", text, look.raised or ""

    def _is_gone(self, row: Any) -> bool:
        """Return whether a row is deleted, or hidden."""
        properties = child(row, "trPr")
        hidden = child(properties, "hidden")
        if hidden is None or not is_on(hidden):
            return child(properties, "del") is not None
        self.flags.add("hidden")
        return True

    def _look(self, run: Any, paragraphs: list[_Paragraph], around: Look) -> Look:
        properties = child(run, "rPr")
        look = look_of(properties)
        if style := value_of(child(properties, "rStyle")):
            look = look.over(self.styles.look(style))
        look = look.over(around)
        return look.over(paragraphs[-1].look) if paragraphs else look

    def _text(self, node: Any, name: str) -> str | None:
        """Return the text of an element that is text; None for one that holds others."""
        if name == "t":
            return node.text or ""
        if name in _BREAKS:
            return _BREAKS[name]
        if name == "sym":
            return _SIGNS.get((attribute(node, "char") or "").upper(), "")
        if name in ("footnoteReference", "endnoteReference"):
            key = (name, attribute(node, "id") or "")
            if key not in self.notes:
                self._counted[name] = self._counted.get(name, 0) + 1
                self.notes[key] = self._counted[name]
            return f"[{self.notes[key]}]"
        return None
