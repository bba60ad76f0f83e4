"""PPTX: the text of the slides in the order in which they are shown, a paragraph or table row a line."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any

from archive.attach.bounds import FEW_PAGES, MOST_PAGES
from archive.attach.packed import Bundle
from archive.attach.wordstyles import attribute, child, local
from archive.text.numerals import numeral
from archive.text.powers import lowered, raised

_PRESENTATION = "ppt/presentation.xml"
# How automatic numbers begin, by the names of their forms, and with what they are set off.
_FORMS = {
    "arabic": "decimal", "alphaLc": "lowerLetter", "alphaUc": "upperLetter", "romanLc": "lowerRoman",
    "romanUc": "upperRoman", "ea1Chs": "chineseCounting", "ea1Cht": "chineseCounting", "circleNum": "decimalEnclosedCircle",
    "arabicDb": "decimalFullWidth",
}  # fmt: skip
_SET_OFF = {"Period": ("", "."), "ParenBoth": ("(", ")"), "ParenR": ("", ")"), "Minus": ("", "-")}


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
