"""DOCX and PPTX: the text in its order as Word shows it with its notes after it; that of slides as they are shown.

Read directly: python-docx leaves out inserted text under revision marks, content controls (covers, contents)
and text boxes, and needs a complete package; text here is what Word shows with all revisions accepted. What is
struck through or hidden is left out, and flagged; what is raised or lowered is written so (10⁴).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from archive.attach.officestyles import (
    PLAIN,
    Look,
    Numbering,
    Styles,
    attribute,
    child,
    is_on,
    local,
    look_of,
    numbering_of,
    value_of,
)
from archive.attach.packed import FEW_PAGES, MOST_PAGES, Bundle
from archive.text.numerals import lowered, numeral, raised

_NOTES = (("word/footnotes.xml", "footnoteReference"), ("word/endnotes.xml", "endnoteReference"))
# Deleted text; what old readers are shown beside what new ones are; how a word is said.
_SKIPPED = {
    "del", "moveFrom", "Fallback", "pPr", "rPr", "sectPr", "tblPr", "trPr", "tcPr", "tblGrid", "instrText",
    "delInstrText", "rt", "sdtPr",
}  # fmt: skip
_BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}
# Boxes that are ticked by hand, in the fonts of signs.
_SIGNS = {"F0FE": "☑", "F0FD": "☒", "F052": "☑", "F0A8": "□", "F06F": "□", "F0A3": "□", "F0FC": "✓"}
_PRESENTATION = "ppt/presentation.xml"
# How automatic numbers begin, by the names of their forms, and with what they are set off.
_FORMS = {
    "arabic": "decimal", "alphaLc": "lowerLetter", "alphaUc": "upperLetter", "romanLc": "lowerRoman",
    "romanUc": "upperRoman", "ea1Chs": "chineseCounting", "ea1Cht": "chineseCounting", "circleNum": "decimalEnclosedCircle",
    "arabicDb": "decimalFullWidth",
}  # fmt: skip
_SET_OFF = {"Period": ("", "."), "ParenBoth": ("(", ")"), "ParenR": ("", ")"), "Minus": ("", "-")}


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


def pptx_text(bundle: Bundle, *, cheap: bool = False) -> tuple[str, tuple[str, ...]]:
    """Return the text of a presentation's slides and flags. Slides that are not shown are left out."""
    places = _slides(bundle)
    most = FEW_PAGES if cheap else MOST_PAGES
    flags: set[str] = {"cut"} if len(places) > most else set()
    lines: list[str] = []
    for place in places[:most]:
        tree = bundle.tree(place)
        if tree is None:
            continue
        if attribute(tree, "show") in ("0", "false"):
            flags.add("hidden")
            continue
        lines += _lines(tree, flags)
    if any(name.endswith("vbaProject.bin") for name in bundle.names):
        flags.add("macro")
    return "\n".join(line for line in lines if line.strip()), tuple(sorted(flags))


def _slides(bundle: Bundle) -> list[str]:
    """Return where the slides are, in their order."""
    tree, links = bundle.tree(_PRESENTATION), bundle.tree("ppt/_rels/presentation.xml.rels")
    targets = {node.get("Id"): node.get("Target") or "" for node in links} if links is not None else {}
    listed = child(tree, "sldIdLst")
    found: list[str] = []
    for slide in listed if listed is not None else ():
        name = next((v for k, v in slide.attrib.items() if k.startswith("{") and k.endswith("}id")), "")
        if target := targets.get(name):
            found.append(target[1:] if target.startswith("/") else posixpath.normpath(f"ppt/{target}"))
    return found


def _lines(root: Any, flags: set[str]) -> Iterator[str]:
    for node in root.iter():
        name = local(node)
        if name == "tr":
            bodies = [child(cell, "txBody") for cell in node if local(cell) == "tc"]
            cells = (" ".join(_paragraphs(body, flags)) if body is not None else "" for body in bodies)
            yield "\t".join(cells).rstrip("\t")
        elif name == "txBody" and local(node.getparent()) != "tc":
            yield from _paragraphs(node, flags)


def _paragraphs(body: Any, flags: set[str]) -> Iterator[str]:
    counts: dict[int, int] = {}
    for node in body:
        if local(node) != "p":
            continue
        text = _text(node, flags)
        if text.strip():
            yield _label(child(node, "pPr"), counts) + text


def _label(properties: Any, counts: dict[int, int]) -> str:
    """Return the automatic number of a paragraph; one without ends the count of its level and those below."""
    level = int(attribute(properties, "lvl") or 0) if (attribute(properties, "lvl") or "0").isdecimal() else 0
    for deeper in [at for at in counts if at > level]:
        del counts[deeper]
    numbered = child(properties, "buAutoNum")
    if numbered is None:
        counts.pop(level, None)
        return ""
    start = attribute(numbered, "startAt") or "1"
    counts[level] = counts.get(level, int(start) - 1 if start.isdecimal() else 0) + 1
    form = attribute(numbered, "type") or "arabicPeriod"
    kind = next((known for name, known in _FORMS.items() if form.startswith(name)), "decimal")
    before, after = next((signs for name, signs in _SET_OFF.items() if form.endswith(name)), ("", ""))
    return f"{before}{numeral(counts[level], kind)}{after} "


def _text(paragraph: Any, flags: set[str]) -> str:
    pieces: list[tuple[str, str]] = []
    for run in paragraph:
        name = local(run)
        if name == "br":
            pieces.append(("", "\n"))
        if name not in ("r", "fld"):
            continue
        properties = child(run, "rPr")
        if (attribute(properties, "strike") or "noStrike") != "noStrike":
            flags.add("struck")
            continue
        height = attribute(properties, "baseline") or "0"
        place = "" if height in ("0", "0%") else "lowered" if height.startswith("-") else "raised"
        text = "".join(node.text or "" for node in run if local(node) == "t")
        if pieces and pieces[-1][0] == place:
            text = pieces.pop()[1] + text
        pieces.append((place, text))
    written = {"raised": raised, "lowered": lowered}
    return "".join(written[place](text) if place else text for place, text in pieces)
