"""One walk over the parsed page, which lays it flat: ``outline``."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby, islice
from typing import Any

from archive.extract.inline import Numbers, Small, counter_of, field_value, formula
from archive.extract.links import Anchors
from archive.extract.outline import (
    BROKEN,
    FIELDS,
    FRAMES,
    INLINE,
    LISTS,
    PRE,
    SKIPPED,
    SMALL,
    TAGS,
    Line,
    Node,
    Outline,
    zone_of,
)
from archive.extract.styles import (
    HIDING_TAGS,
    UNDONE_BELOW,
    Effects,
    Sheet,
    effects,
    hidden_by,
    takes_no_place,
)
from archive.patterns import regex

MAX_NODES = 300_000
MAX_LINES = 80_000
_SPACE = regex(r"[\s\u3000\u00a0]+")
_LINE_BREAK = regex(r"\r\n|\r|\n")
_OF_THEIR_OWN = frozenset(("tr", "td", "th", *LISTS, *PRE))
_NOTHING: Effects = {}
# What ends a link and a small text on the stack, where the number of a block ends a block.
_LINK_ENDS, _SMALL_ENDS = -1, -2


def outline(root: Any, *, most_lines: int = MAX_LINES) -> Outline:
    """Return the page under ``root`` laid flat; what goes beyond the bounds is left out and ``cut`` says so."""
    page = Outline(root)
    body = root.find("body")
    _Walk(page, most_lines).run(body if body is not None else root)
    _close(page.nodes)
    return page


def _below(above: Node, element: Any, tag: str, parent: int) -> Node:
    """Return the node of an element with what it inherits from the one that holds it."""
    return Node(
        element, tag, parent, "", above.zone, above.zone_at, above.hidden, above.hidden_at,
        above.row, above.cell, 0, above.pre, above.counter,
    )  # fmt: skip


def _lay(node: Node, index: int, attributes: dict[str, str]) -> None:
    """Note of an element of a table, a list or a text with its own line breaks what it begins."""
    if node.tag == "tr":
        node.row, node.cell = index, -1
    elif node.tag in LISTS:
        node.counter = (attributes.get("type") if node.tag == "ol" else "") or LISTS[node.tag]
    elif node.tag in PRE:
        node.pre = True
    else:
        node.cell = index


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
    None, the block to go back to (or what else ends), and None.
    """

    def __init__(self, page: Outline, most_lines: int) -> None:
        self.page = page
        self.most_lines = most_lines
        self.nodes = page.nodes
        self.pieces: list[tuple[str, int]] = []
        self.linked = 0
        self.block = 0
        self.anchors = Anchors(page.links)
        self.small = Small()
        self.sheet = Sheet(page.root)
        self.has_rules = bool(self.sheet)
        # The path of each element, where the page has a sheet: see ``Sheet.of``.
        self.paths: list[int] = []
        # What stands in the line and is not seen; whether the line has words of its own beside filled-in fields.
        self.unseen: list[tuple[str, int]] = []
        self.worded = False
        self.lists: dict[int, Numbers] = {}
        self.item, self.number = -1, ""
        # Of the element that was entered last: whether it is small text, whether it is not laid out at all.
        self.aligned, self.is_out = "", False

    def run(self, body: Any) -> None:
        """Walk the tree under ``body`` without recursion: pages nest deeper than Python's stack."""
        stack: list[tuple[Any, int, str | None]] = [(body, -1, None)]
        lines = self.page.lines
        while stack:
            element, index, text = stack.pop()
            if element is not None:
                if len(self.nodes) >= MAX_NODES or len(lines) >= self.most_lines:
                    self.page.cut = True
                    break
                self._enter(element, index, stack)
            elif text is not None:
                self._text(text, index)
            elif index == _LINK_ENDS:
                self.anchors.close()
            elif index == _SMALL_ENDS:
                self.small.close(self.pieces)
            else:
                self._flush()
                if self.block == self.item:
                    self.number = ""
                self.block = index
        self._flush()

    def _enter(self, element: Any, parent: int, stack: list[tuple[Any, int, str | None]]) -> None:
        tag = element.tag
        if tag == "br":
            self._flush()
            return
        if tag in SKIPPED or not isinstance(tag, str):
            self._apart(element, tag, parent)
            return
        children = list(element)
        attributes = dict(element.items())
        index = self._add(element, tag, attributes, parent)
        if "pdfsrc" in attributes:
            self.anchors.player(index, attributes)
        if tag != "a" and "onclick" in attributes:
            self.anchors.opened_by(index, attributes, "".join(islice(element.itertext(), 40))[:300])
        if tag not in INLINE or (children and tag in BROKEN and any(c.tag == "br" for c in children)):
            if self.pieces or self.unseen:
                self._flush()
            stack.append((None, self.block, None))
            self.block = index
            if tag == "li":
                self._number(element, index, parent)
        elif tag == "a":
            self.anchors.open(index, attributes)
            stack.append((None, _LINK_ENDS, None))
        if self.aligned and tag in INLINE:
            self._begin()
            self.small.open(self.aligned, len(self.pieces))
            stack.append((None, _SMALL_ENDS, None))
        for child in reversed(children):
            if tail := child.tail:
                stack.append((None, index, tail))
            stack.append((child, index, None))
        if text := element.text:
            self._text(text, index)

    def _add(self, element: Any, tag: str, attributes: dict[str, str], parent: int) -> int:
        index = len(self.nodes)
        node = (
            _below(self.nodes[parent], element, tag, parent)
            if parent >= 0
            else Node(element, tag, parent, "")
        )
        if tag in _OF_THEIR_OWN:
            _lay(node, index, attributes)
        if attributes or tag in TAGS:
            name, classes = attributes.get("id", ""), attributes.get("class", "")
            node.label = _label(name, classes) if name or classes else ""
            if own := zone_of(tag, name, classes):
                node.zone, node.zone_at = own, index
        self.nodes.append(node)
        self._style(node, index, attributes)
        return index

    def _style(self, node: Node, index: int, attributes: dict[str, str]) -> None:
        """Note what the styles of an element do to what is seen: whether, in lines, with numbers."""
        self.aligned, self.is_out = SMALL.get(node.tag, ""), False
        does: Effects = effects(attributes["style"]) if "style" in attributes else _NOTHING
        if self.has_rules:
            above = self.paths[node.parent] if node.parent >= 0 else 0
            path, ruled = self.sheet.of(node.element, attributes, above)
            self.paths.append(path)
            if ruled:
                does = {**ruled, **does, **{name: did for name, did in ruled.items() if did[1]}}
        if does:
            for name, how in UNDONE_BELOW.items():
                if node.hidden == how and does.get(name, ("hidden", False))[0] == "":
                    self._undo(node, how)
            if space := does.get("white-space"):
                node.pre = space[0].startswith(("pre", "break-spaces"))
            if align := does.get("vertical-align"):
                self.aligned = align[0] if align[0] in ("super", "sub") else ""
            if kind := does.get("list-style"):
                node.counter = counter_of(kind[0], node.counter)
            if node.tag == "li" and (display := does.get("display")) and display[0] != "list-item":
                node.counter = "none"
        if (attributes or does or node.tag in HIDING_TAGS) and (how := hidden_by(node.tag, attributes, does)):
            self.is_out = takes_no_place(does, how)
            node.hidden, node.hidden_at = how, index

    def _undo(self, node: Node, how: str) -> None:
        """Let an element be seen whose size or visibility is set again, unless more hides it."""
        while node.hidden == how and node.hidden_at >= 0:
            above = self.nodes[self.nodes[node.hidden_at].parent]
            node.hidden, node.hidden_at = above.hidden, above.hidden_at

    def _number(self, element: Any, index: int, parent: int) -> None:
        """Hold ready the number of an item until its first words."""
        self.item, self.number = index, ""
        if parent >= 0 and self.nodes[parent].tag in LISTS and not self.is_out:
            numbers = self.lists.get(parent) or self.lists.setdefault(
                parent, Numbers(self.nodes[parent].element)
            )
            self.number = numbers.next(element, element.get("type") or self.nodes[index].counter)

    def _begin(self) -> None:
        """Put the number of an item before its first words."""
        if self.number:
            self.pieces.append((self.number, self.item))
            self.number = ""

    def _field(self, element: Any, value: str, parent: int) -> None:
        """Take in what a filled-in field shows; whether it belongs to a text is known when its line ends."""
        if parent < 0 or value.isspace():
            return
        is_text = element.tag == "textarea" or self.nodes[parent].cell >= 0
        for count, line in enumerate(_LINE_BREAK.split(value)):
            if count:
                self._flush()
            index = self._add(element, element.tag, dict(element.items()), parent)
            (self.unseen if self.nodes[index].hidden else self.pieces).append((line, index))
            self.worded = self.worded or is_text

    def _apart(self, element: Any, tag: str, parent: int) -> None:
        """Take from an element that holds no text what it shows: a filled-in field, a formula, a file in a frame."""
        if tag in FIELDS and (value := field_value(element)):
            self._field(element, value, parent)
        elif tag in FRAMES and parent >= 0:
            self.anchors.frame(parent, element)
        elif tag == "script" and parent >= 0 and element.text:
            self.anchors.drawn(parent, element.text)
        elif tag == "math" and parent >= 0:
            self._piece(formula(element), parent)
        if tag in ("button", "input") and parent >= 0:
            words = element.get("value") or "".join(element.itertext())
            self.anchors.opened_by(parent, dict(element.items()), words)

    def _text(self, text: str, index: int) -> None:
        if self.nodes[index].pre and ("\n" in text or "\r" in text):
            first, *others = _LINE_BREAK.split(text)
            self._piece(first, index)
            for other in others:
                self._flush()
                self._piece(other, index)
            return
        self._piece(text, index)

    def _piece(self, text: str, index: int) -> None:
        if not text or text.isspace():
            if self.pieces and text:
                self.pieces.append((" ", index))
            return
        if self.nodes[index].hidden:
            self.unseen.append((text, index))
            return
        self._begin()
        self.linked += self.anchors.add(text)
        self.worded = True
        self.pieces.append((text, index))

    def _flush(self) -> None:
        self.small.end_line(self.pieces)
        if self.pieces and self.worded:
            self._line(self.pieces, self.linked)
        if self.unseen:
            self._lay_down_hidden()
        self.pieces, self.linked, self.worded = [], 0, False

    def _line(self, pieces: list[tuple[str, int]], linked: int, node: int = -1) -> None:
        joined = pieces[0][0] if len(pieces) == 1 else "".join([text for text, _ in pieces])
        text = _SPACE.sub(" ", joined).strip()
        if not text:
            return
        if node < 0:
            # In a hidden block a word may be seen, where it has a size of its own.
            hidden = self.nodes[self.block].hidden
            node = next(at for text, at in pieces if not text.isspace()) if hidden else self.block
        size = len(text) - text.count(" ")
        self.page.lines.append(Line(text, node, size, min(linked, size), tuple(pieces)))

    def _lay_down_hidden(self) -> None:
        """Lay down what stands in the line and is not seen, as lines of the elements that hide it."""
        block = self.block if self.nodes[self.block].hidden else -1
        for at, pieces in groupby(
            self.unseen, key=lambda piece: block if block >= 0 else self.nodes[piece[1]].hidden_at
        ):
            self._line(list(pieces), 0, at)
        self.unseen = []


@lru_cache(maxsize=8192)
def _label(name: str, classes: str) -> str:
    return (f"#{name}" if name else "") + ("." + ".".join(classes.split()) if classes else "")
