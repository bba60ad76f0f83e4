"""One walk over the parsed page: its elements in order, and its lines of text with what is known about each.

Everything later (container, furniture, metadata, attachments) works on these flat lists; the tree is not walked
again. A line is what stands between two block boundaries or line breaks; it belongs to the innermost block.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from archive.extract.zones import TAGS, hidden_by, zone_of
from archive.models.files import ENDINGS, leads_to_file

MAX_NODES = 300_000
MAX_LINES = 80_000
_SPACE = re.compile(r"[\s\u3000\u00a0\u200b\u200c\u200d\ufeff]+")
# Elements that hold a whole text in some pages: with line breaks of their own they count as blocks.
_BROKEN = frozenset(("span", "font"))
_SKIPPED_TAGS = (
    "script style noscript template svg math object embed applet iframe select textarea button input "
    "head title canvas audio map datalist param link meta noframes"
)
_SKIPPED = frozenset(_SKIPPED_TAGS.split())
_INLINE_TAGS = (
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark q rp rt ruby s samp "
    "small span strike strong sub sup time tt u var wbr nobr o:p st1 publishtime html-slot"
)
_INLINE = frozenset(_INLINE_TAGS.split())


@dataclass(slots=True)
class Node:
    """An element: its tag, parent, the end of its subtree (exclusive) and what it inherits."""

    element: Any
    tag: str
    parent: int
    label: str
    zone: str = ""
    zone_at: int = -1
    hidden: str = ""
    hidden_at: int = -1
    row: int = -1
    cell: int = -1
    end: int = 0


@dataclass(slots=True)
class Line:
    """A line of text: its characters, its block's node, how many are in links, the pieces it came in."""

    text: str
    node: int
    size: int
    linked: int
    pieces: tuple[tuple[str, int], ...]


@dataclass(slots=True)
class Outline:
    """A page laid flat. ``links`` are (node of the ``a`` element, href, text)."""

    root: Any
    nodes: list[Node] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    links: list[tuple[int, str, str]] = field(default_factory=list)
    cut: bool = False

    def within(self, line: Line, node: int) -> bool:
        """Say whether ``line`` stands inside ``node``."""
        return node <= line.node < self.nodes[node].end

    def where(self, node: int) -> str:
        """Return a short name of a node for evidence: ``div#zoom.content``."""
        return self.nodes[node].tag + self.nodes[node].label


def outline(root: Any) -> Outline:
    """Return the page under ``root`` laid flat; what goes beyond the bounds is left out and ``cut`` says so."""
    page = Outline(root)
    body = root.find("body")
    _Walk(page).run(body if body is not None else root)
    _close(page.nodes)
    return page


def _close(nodes: list[Node]) -> None:
    for index in range(len(nodes) - 1, -1, -1):
        node = nodes[index]
        if node.end <= index:
            node.end = index + 1
        if node.parent >= 0 and nodes[node.parent].end < node.end:
            nodes[node.parent].end = node.end


class _Walk:
    """The state of the walk: the line being gathered, the block it belongs to, the link it is in.

    The stack holds what is still to come, in threes: an element and its parent; or None, a node and a text; or
    None, the block to go back to, and None.
    """

    def __init__(self, page: Outline) -> None:
        self.page = page
        self.nodes = page.nodes
        self.pieces: list[tuple[str, int]] = []
        self.linked = 0
        self.block = 0
        self.anchor = -1
        self.href = ""
        self.anchor_text: list[str] = []
        self.is_file = False

    def run(self, body: Any) -> None:
        """Walk the tree under ``body`` without recursion: pages nest deeper than Python's stack."""
        stack: list[tuple[Any, int, str | None]] = [(body, -1, None)]
        lines = self.page.lines
        while stack:
            element, index, text = stack.pop()
            if element is not None:
                if len(self.nodes) >= MAX_NODES or len(lines) >= MAX_LINES:
                    self.page.cut = True
                    break
                self._enter(element, index, stack)
            elif text is not None:
                self._text(text, index)
            elif index < 0:
                self._close_anchor()
            else:
                self._flush()
                self.block = index
        self._flush()

    def _enter(self, element: Any, parent: int, stack: list[tuple[Any, int, str | None]]) -> None:
        tag = element.tag
        if tag == "br":
            self._flush()
            return
        if tag in _SKIPPED or not isinstance(tag, str):
            return
        children = list(element)
        attributes = dict(element.items())
        index = self._add(element, tag, attributes, parent)
        if tag not in _INLINE or (children and tag in _BROKEN and any(c.tag == "br" for c in children)):
            if self.pieces:
                self._flush()
            stack.append((None, self.block, None))
            self.block = index
        elif tag == "a":
            self._open_anchor(index, attributes.get("href", ""))
            stack.append((None, -1, None))
        for child in reversed(children):
            if tail := child.tail:
                stack.append((None, index, tail))
            stack.append((child, index, None))
        if text := element.text:
            self._text(text, index)

    def _add(self, element: Any, tag: str, attributes: dict[str, str], parent: int) -> int:
        index = len(self.nodes)
        zone, zone_at, hidden, hidden_at, row, cell = "", -1, "", -1, -1, -1
        if parent >= 0:
            above = self.nodes[parent]
            zone, zone_at, hidden, hidden_at = above.zone, above.zone_at, above.hidden, above.hidden_at
            row, cell = above.row, above.cell
        if tag == "tr":
            row, cell = index, -1
        elif tag == "td" or tag == "th":
            cell = index
        label = ""
        if attributes or tag in TAGS:
            name, classes = attributes.get("id", ""), attributes.get("class", "")
            label = _label(name, classes) if name or classes else ""
            if own := zone_of(tag, name, classes):
                zone, zone_at = own, index
            if how := hidden_by(attributes.get("style"), classes, attributes.get("hidden")):
                hidden, hidden_at = how, index
        node = Node(element, tag, parent, label, zone, zone_at, hidden, hidden_at, row, cell)
        self.nodes.append(node)
        return index

    def _open_anchor(self, index: int, href: str) -> None:
        """Begin a link. One to a file counts as text: names of attachments belong to the article."""
        self.anchor, self.href, self.anchor_text = index, href, []
        self.is_file = leads_to_file(href, ENDINGS)

    def _close_anchor(self) -> None:
        if self.anchor >= 0 and self.href:
            self.page.links.append((self.anchor, self.href, " ".join("".join(self.anchor_text).split())))
        self.anchor = -1

    def _text(self, text: str, index: int) -> None:
        if text.isspace():
            if self.pieces:
                self.pieces.append((" ", index))
            return
        if self.anchor >= 0:
            self.anchor_text.append(text)
            self.linked += 0 if self.is_file else len("".join(text.split()))
        self.pieces.append((text, index))

    def _flush(self) -> None:
        pieces = self.pieces
        if not pieces:
            return
        joined = pieces[0][0] if len(pieces) == 1 else "".join([text for text, _ in pieces])
        text = _SPACE.sub(" ", joined).strip()
        if text:
            size = len(text) - text.count(" ")
            self.page.lines.append(Line(text, self.block, size, min(self.linked, size), tuple(pieces)))
        self.pieces, self.linked = [], 0


@lru_cache(maxsize=8192)
def _label(name: str, classes: str) -> str:
    return (f"#{name}" if name else "") + ("." + ".".join(classes.split()) if classes else "")
