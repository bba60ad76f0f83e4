"""A page laid flat: its elements in order, and its lines of text with what is known about each.

Everything later (container, furniture, metadata, attachments) works on these flat lists; the tree is not walked
again. A line is what stands between two block boundaries or line breaks; it belongs to the innermost block.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


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
    pre: bool = False
    counter: str = ""


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
