"""OFD (GB/T 33190): a ZIP of XML whose pages hold text objects; each gives its characters and where they stand.

The objects of a page and of its templates (forms, letterheads) are put in order by their places on the page.
"""

from __future__ import annotations

import math
import posixpath
from collections.abc import Iterator
from typing import Any

from archive.attach.packed import FEW_PAGES, MOST_PAGES, Bundle
from archive.attach.placed import Piece, Rule, lines_of, width_of
from archive.patterns import regex

_MOST_MOVES = 10_000
_Matrix = tuple[float, float, float, float, float, float]
_COMMAND = regex(r"[MLSCQBA]|-?\d*\.?\d+(?:[eE]-?\d+)?")
# A path with more commands draws a picture, no table.
_MOST_COMMANDS = 400
# Thinner than this (millimetres) a rectangle is a line.
_THIN = 1.0
_NUMBER = regex(r"\d+")
_MOST_OBJECTS = 50_000


def pieces_of(text: Any) -> Iterator[Piece]:
    """Yield the pieces of a text object: its codes, cut where they jump to another line or over a gap."""
    left, top, _, height = _boundary(text)
    if (text.get("Visible") or "true").lower() == "false":
        return
    matrix = _matrix(text)
    size = _number(text.get("Size"), height or 4.0)
    x, y = 0.0, 0.0
    for code in text:
        if not isinstance(code.tag, str) or code.tag.rpartition("}")[2] != "TextCode":
            continue
        # A code without a place goes on where the last one began.
        x, y = _number(code.get("X"), x), _number(code.get("Y"), y)
        shown = size * (math.hypot(matrix[2], matrix[3]) or 1.0)
        for characters, at_x, at_y in _cut(code, x, y, size):
            page_x = left + matrix[0] * at_x + matrix[2] * at_y + matrix[4]
            page_y = top + matrix[1] * at_x + matrix[3] * at_y + matrix[5]
            if characters.strip():
                yield Piece(x=page_x, y=page_y, size=shown, text=characters)


def rules_of(path: Any) -> Iterator[Rule]:
    """Yield the level and upright lines of a path; those of a thin rectangle are one."""
    left, top, width, height = _boundary(path)
    matrix = _matrix(path)
    data = next(
        (n.text or "" for n in path if isinstance(n.tag, str) and n.tag.endswith("}AbbreviatedData")), ""
    )
    points: list[tuple[float, float]] = []
    start: tuple[float, float] | None = None
    tokens = _COMMAND.findall(data[: 20 * _MOST_COMMANDS])
    if len(tokens) > 3 * _MOST_COMMANDS:
        return
    at = 0
    while at < len(tokens):
        command = tokens[at]
        at += 1
        if command in "MSL" and at + 1 < len(tokens):
            point = _placed(left, top, matrix, _number(tokens[at], 0.0), _number(tokens[at + 1], 0.0))
            at += 2
            if command == "L" and points:
                yield from _rule(points[-1], point)
            else:
                start = point
            points.append(point)
        elif command == "C" and points and start is not None:
            yield from _rule(points[-1], start)
    if not points and width and height and min(width, height) < _THIN:
        yield from _rule((left, top), (left + width, top + height))


def _rule(a: tuple[float, float], b: tuple[float, float]) -> Iterator[Rule]:
    wide, high = abs(a[0] - b[0]), abs(a[1] - b[1])
    if high < _THIN < wide:
        yield Rule(is_level=True, at=(a[1] + b[1]) / 2, start=min(a[0], b[0]), end=max(a[0], b[0]))
    elif wide < _THIN < high:
        yield Rule(is_level=False, at=(a[0] + b[0]) / 2, start=min(a[1], b[1]), end=max(a[1], b[1]))


def _placed(left: float, top: float, matrix: _Matrix, x: float, y: float) -> tuple[float, float]:
    return (
        left + matrix[0] * x + matrix[2] * y + matrix[4],
        top + matrix[1] * x + matrix[3] * y + matrix[5],
    )


def _cut(code: Any, x: float, y: float, size: float) -> Iterator[tuple[str, float, float]]:
    """Yield the characters of a code in pieces that stand together, each with where it begins."""
    # White space around is the file's own; within it is text.
    text = (code.text or "").strip("\r\n")
    across, down = _moves(code.get("DeltaX")), _moves(code.get("DeltaY"))
    is_upright = bool(down) and not any(across)
    began, start_x, start_y = 0, x, y
    for index in range(1, len(text) if across or down else 0):
        move = across[index - 1] if index <= len(across) else 0.0
        fall = down[index - 1] if index <= len(down) else 0.0
        x, y = x + move, y + fall
        gap = move - width_of(text[index - 1], size)
        if not is_upright and (abs(fall) > 0.5 * size or gap > 0.8 * size or move < -0.5 * size):
            yield text[began:index], start_x, start_y
            began, start_x, start_y = index, x, y
    yield text[began:], start_x, start_y


def _moves(written: str | None) -> list[float]:
    """Return the distances between characters: ``g 3 5`` stands for three times five."""
    tokens = (written or "").split()
    found: list[float] = []
    at = 0
    while at < len(tokens) and len(found) < _MOST_MOVES:
        if tokens[at] == "g" and at + 2 < len(tokens):
            count = int(_number(tokens[at + 1], 0.0))
            found += [_number(tokens[at + 2], 0.0)] * max(0, min(count, _MOST_MOVES))
            at += 3
            continue
        found.append(_number(tokens[at], 0.0))
        at += 1
    return found


def _boundary(node: Any) -> tuple[float, float, float, float]:
    """Return where an object stands: from the left, from the top, its width and height (millimetres)."""
    numbers = [_number(part, 0.0) for part in (node.get("Boundary") or "").split()[:4]]
    left, top, width, height = (*numbers, 0.0, 0.0, 0.0, 0.0)[:4]
    return left, top, width, height


def _matrix(node: Any) -> _Matrix:
    numbers = [_number(part, 0.0) for part in (node.get("CTM") or "").split()]
    if len(numbers) != 6:
        return 1.0, 0.0, 0.0, 1.0, 0.0, 0.0
    a, b, c, d, e, f = numbers
    return a, b, c, d, e, f


def _number(written: str | None, otherwise: float) -> float:
    try:
        number = float(written) if written else otherwise
    except ValueError:
        return otherwise
    return number if math.isfinite(number) and abs(number) < 1e6 else otherwise


def ofd_text(bundle: Bundle, *, cheap: bool = False) -> tuple[str, tuple[str, ...]]:
    """Return an OFD's text, page by page, a line or table row a line, and flags."""
    places, templates = _pages(bundle)
    most = FEW_PAGES if cheap else MOST_PAGES
    flags = ["cut"] * (len(places) > most)
    read: dict[str, tuple[list[Piece], list[Rule]]] = {}
    pages: list[list[str]] = []
    for place in places[:most]:
        page = bundle.tree(place) if place in bundle.names else None
        if page is None:
            continue
        pieces, rules = _objects(page)
        for template in dict.fromkeys(node.get("TemplateID") for node in _elements(page, "Template")):
            where = templates.get(template or "")
            if where is None or where not in bundle.names:
                continue
            if where not in read:
                read[where] = _objects(bundle.tree(where))
            pieces, rules = read[where][0] + pieces, read[where][1] + rules
        pages.append(lines_of(pieces, rules))
    if pages and sum(not page for page in pages) * 2 > len(pages):
        flags.append("scanned")
    return "\n".join(line for page in pages for line in page), tuple(flags)


def _objects(page: Any) -> tuple[list[Piece], list[Rule]]:
    """Return what stands on a page: its pieces of text and the rules of its tables."""
    pieces: list[Piece] = []
    rules: list[Rule] = []
    for count, node in enumerate(page.iter()):
        name = node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""
        if name == "TextObject":
            pieces += pieces_of(node)
        elif name == "PathObject":
            rules += rules_of(node)
        if count > 20 * _MOST_OBJECTS or len(pieces) > _MOST_OBJECTS:
            break
    return pieces, rules


def _pages(bundle: Bundle) -> tuple[list[str], dict[str, str]]:
    """Return where the pages are, as the document says, or else by their numbers; and where its templates are."""
    found: list[str] = []
    templates: dict[str, str] = {}
    for place in _texts(bundle.tree("OFD.xml"), "DocRoot"):
        document = posixpath.normpath(place.lstrip("/"))
        tree = bundle.tree(document)
        if tree is None:
            continue
        folder = posixpath.dirname(document)
        found += [_joined(folder, page.get("BaseLoc") or "") for page in _elements(tree, "Page")]
        for template in _elements(tree, "TemplatePage"):
            templates[template.get("ID") or ""] = _joined(folder, template.get("BaseLoc") or "")
    if found:
        return found, templates
    contents = [name for name in bundle.names if name.endswith("Content.xml") and "Tpl" not in name]
    return sorted(contents, key=lambda name: [int(n) for n in _NUMBER.findall(name)]), templates


def _joined(folder: str, base: str) -> str:
    return posixpath.normpath(base.lstrip("/") if base.startswith("/") else posixpath.join(folder, base))


def _elements(root: Any, name: str) -> Iterator[Any]:
    for node in root.iter():
        if isinstance(node.tag, str) and node.tag.rpartition("}")[2] == name:
            yield node


def _texts(root: Any, name: str) -> list[str]:
    return [(node.text or "").strip() for node in _elements(root, name)]
