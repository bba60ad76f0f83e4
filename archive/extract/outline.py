"""One walk over the parsed page: its elements in order, and its lines of text with what is known about each.

Everything later (container, furniture, metadata, attachments) works on these flat lists; the tree is not walked
again. A line is what stands between two block boundaries or line breaks; it belongs to the innermost block.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from archive.extract.zones import hidden_by, zone_of

MAX_NODES = 300_000
MAX_LINES = 80_000
_SPACE = re.compile(r"[\s\u3000\u00a0\u200b\u200c\u200d\ufeff]+")
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|wps|et|ofd|zip|rar|pptx?|7z)(?:[?#].{0,40})?$", re.I)
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
        node.end = max(node.end, index + 1)
        if node.parent >= 0 and nodes[node.parent].end < node.end:
            nodes[node.parent].end = node.end


class _Walk:
    """The state of the walk: a stack of what is still to come, and the line being gathered."""

    def __init__(self, page: Outline) -> None:
        self.page = page
        self.pieces: list[tuple[str, int]] = []
        self.linked = 0
        self.block = 0
        self.anchor = -1
        self.anchor_text: list[str] = []
        self.is_file = False

    def run(self, body: Any) -> None:
        stack: list[tuple[Any, int, str]] = [(body, -1, "")]
        while stack:
            element, index, text = stack.pop()
            if element is not None:
                if len(self.page.nodes) >= MAX_NODES or len(self.page.lines) >= MAX_LINES:
                    self.page.cut = True
                    break
                self._enter(element, index, stack)
            elif text:
                self._text(text, index)
            else:
                self._leave(index)
        self._flush()

    def _enter(self, element: Any, parent: int, stack: list[tuple[Any, int, str]]) -> None:
        tag = element.tag
        if not isinstance(tag, str) or tag in _SKIPPED:
            return
        if tag == "br":
            self._flush()
            return
        index = self._add(element, tag, parent)
        if tag not in _INLINE:
            self._flush()
            self.block = index
            stack.append((None, index, ""))
        elif tag == "a":
            self._open_anchor(index, element.get("href") or "")
            stack.append((None, index, ""))
        for child in reversed(element):
            if tail := child.tail:
                stack.append((None, index, tail))
            stack.append((child, index, ""))
        if text := element.text:
            self._text(text, index)

    def _add(self, element: Any, tag: str, parent: int) -> int:
        nodes = self.page.nodes
        index = len(nodes)
        name, classes = element.get("id") or "", element.get("class") or ""
        label = (f"#{name}" if name else "") + ("." + ".".join(classes.split()) if classes else "")
        node = Node(element, tag, parent, label)
        if parent >= 0:
            above = nodes[parent]
            node.zone, node.zone_at = above.zone, above.zone_at
            node.hidden, node.hidden_at = above.hidden, above.hidden_at
            node.row, node.cell = above.row, above.cell
        if tag == "tr":
            node.row, node.cell = index, -1
        elif tag in ("td", "th"):
            node.cell = index
        if zone := zone_of(tag, name, classes):
            node.zone, node.zone_at = zone, index
        if how := hidden_by(element.get("style"), classes, element.get("hidden")):
            node.hidden, node.hidden_at = how, index
        nodes.append(node)
        return index

    def _open_anchor(self, index: int, href: str) -> None:
        """Begin a link. One to a file counts as text: names of attachments belong to the article."""
        self.anchor, self.anchor_text = index, []
        self.is_file = bool(_FILE.search(href[-60:]))

    def _leave(self, index: int) -> None:
        node = self.page.nodes[index]
        if node.tag == "a":
            href = node.element.get("href") or ""
            if href:
                self.page.links.append((index, href, _SPACE.sub(" ", "".join(self.anchor_text)).strip()))
            self.anchor = -1
            return
        self._flush()
        self.block = self._block_above(index)

    def _block_above(self, index: int) -> int:
        nodes = self.page.nodes
        parent = nodes[index].parent
        while parent > 0 and nodes[parent].tag in _INLINE:
            parent = nodes[parent].parent
        return max(parent, 0)

    def _text(self, text: str, index: int) -> None:
        if self.anchor >= 0:
            self.anchor_text.append(text)
            self.linked += 0 if self.is_file else len(_SPACE.sub("", text))
        self.pieces.append((text, index))

    def _flush(self) -> None:
        if not self.pieces:
            return
        text = _SPACE.sub(" ", "".join(t for t, _ in self.pieces)).strip()
        if text:
            size = len(text) - text.count(" ")
            line = Line(text, self.block, size, min(self.linked, size), tuple(self.pieces))
            self.page.lines.append(line)
        self.pieces, self.linked = [], 0
