"""One walk over the parsed page, which lays it flat: ``outline``."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import groupby
from typing import Any

from archive.extract.hiding import UNDONE_BELOW, Effects, Sheet, effects, hidden_by
from archive.extract.outline import Line, Node, Outline
from archive.extract.targets import framed, target_of
from archive.extract.written import Numbers, field_value, lowered, raised
from archive.extract.zones import TAGS, zone_of
from archive.models.files import ENDINGS, leads_to_file

MAX_NODES = 300_000
MAX_LINES = 80_000
_SPACE = re.compile(r"[\s\u3000\u00a0]+")
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
# Elements that hold a whole text in some pages: with line breaks of their own they count as blocks.
_BROKEN = frozenset(("span", "font"))
_SKIPPED_TAGS = (
    "script style noscript template svg math object embed applet iframe select textarea button input "
    "head title canvas audio map datalist param link meta noframes"
)
_SKIPPED = frozenset(_SKIPPED_TAGS.split())
_INLINE_TAGS = (
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark q rb rp rt rtc ruby s samp "
    "small span strike strong sub sup time tt u var wbr nobr o:p st1 publishtime html-slot"
)
_INLINE = frozenset(_INLINE_TAGS.split())
_FIELDS = frozenset(("input", "textarea", "select"))
_FRAMES = frozenset(("iframe", "embed", "object"))
_PRE = frozenset(("pre", "listing", "xmp", "plaintext"))
_LISTS = {"ol": "decimal", "ul": "disc", "menu": "disc"}
_SMALL = {"sup": "super", "sub": "sub"}
_COUNTER_NAMES = (
    "none disc circle square decimal decimal-leading-zero lower-alpha lower-latin upper-alpha upper-latin lower-roman "
    "upper-roman cjk-ideographic simp-chinese-informal trad-chinese-informal cjk-decimal"
)
_COUNTERS = frozenset(_COUNTER_NAMES.split())


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
        self.sheet = Sheet(page.root)
        # What stands in the line and is not seen; whether the line has words of its own beside filled-in fields.
        self.unseen: list[tuple[str, int]] = []
        self.worded = False
        self.lists: dict[int, Numbers] = {}
        self.item, self.number = -1, ""
        self.aligned = ""

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
                if self.block == self.item:
                    self.number = ""
                self.block = index
        self._flush()

    def _enter(self, element: Any, parent: int, stack: list[tuple[Any, int, str | None]]) -> None:
        tag = element.tag
        if tag == "br":
            self._flush()
            return
        if tag in _SKIPPED or not isinstance(tag, str):
            self._apart(element, tag, parent)
            return
        children = list(element)
        attributes = dict(element.items())
        index = self._add(element, tag, attributes, parent)
        if tag != "a" and "onclick" in attributes:
            self._opens(index, attributes, "".join(element.itertext())[:300])
        if self.aligned and tag in _INLINE and (text := self._small(element)) is not None:
            self._text(text, index)
            return
        if tag not in _INLINE or (children and tag in _BROKEN and any(c.tag == "br" for c in children)):
            if self.pieces or self.unseen:
                self._flush()
            stack.append((None, self.block, None))
            self.block = index
            if tag == "li":
                self._number(element, index, parent)
        elif tag == "a":
            self._open_anchor(index, attributes)
            stack.append((None, -1, None))
        for child in reversed(children):
            if tail := child.tail:
                stack.append((None, index, tail))
            stack.append((child, index, None))
        if text := element.text:
            self._text(text, index)

    def _add(self, element: Any, tag: str, attributes: dict[str, str], parent: int) -> int:
        index = len(self.nodes)
        above = self.nodes[parent] if parent >= 0 else None
        node = Node(element, tag, parent, "")
        if above:
            node.zone, node.zone_at, node.hidden, node.hidden_at = (
                above.zone,
                above.zone_at,
                above.hidden,
                above.hidden_at,
            )
            node.row, node.cell, node.pre, node.counter = above.row, above.cell, above.pre, above.counter
        if tag == "tr":
            node.row, node.cell = index, -1
        elif tag == "td" or tag == "th":
            node.cell = index
        elif tag in _LISTS:
            node.counter = attributes.get("type") or _LISTS[tag]
        elif tag in _PRE:
            node.pre = True
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
        style = attributes.get("style")
        self.aligned = _SMALL.get(node.tag, "")
        does: Effects = effects(style) if style else {}
        if self.sheet:
            ruled = self.sheet.of(node.element)
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
                node.counter = next((word for word in kind[0].split() if word in _COUNTERS), node.counter)
            if node.tag == "li" and (display := does.get("display")) and display[0] != "list-item":
                node.counter = "none"
        if how := hidden_by(node.tag, attributes, does):
            node.hidden, node.hidden_at = how, index

    def _undo(self, node: Node, how: str) -> None:
        """Let an element be seen whose size or visibility is set again, unless more hides it."""
        while node.hidden == how and node.hidden_at >= 0:
            above = self.nodes[self.nodes[node.hidden_at].parent]
            node.hidden, node.hidden_at = above.hidden, above.hidden_at

    def _small(self, element: Any) -> str | None:
        before = "".join(text for text, _ in self.pieces[-3:])[-3:]
        return raised(element, before) if self.aligned == "super" else lowered(element)

    def _number(self, element: Any, index: int, parent: int) -> None:
        """Hold ready the number of an item until its first words."""
        self.item, self.number = index, ""
        if parent >= 0 and self.nodes[parent].tag == "ol":
            numbers = self.lists.get(parent) or self.lists.setdefault(
                parent, Numbers(self.nodes[parent].element)
            )
            self.number = numbers.next(element, element.get("type") or self.nodes[index].counter)

    def _field(self, value: str, index: int) -> None:
        """Take in what a filled-in field shows; whether it belongs to a text is known when its line ends."""
        if index >= 0 and not value.isspace():
            (self.unseen if self.nodes[index].hidden else self.pieces).append((value, index))
            self.worded = self.worded or self.nodes[index].cell >= 0

    def _apart(self, element: Any, tag: str, parent: int) -> None:
        """Take from an element that holds no text what it shows: a filled-in field, a file in a frame."""
        if tag in _FIELDS and (value := field_value(element)):
            self._field(value, parent)
        elif tag in _FRAMES and parent >= 0 and (href := framed(element)):
            self.page.links.append((parent, href, (element.get("title") or "").strip()))
        elif tag == "button" and parent >= 0:
            self._opens(parent, dict(element.items()), "".join(element.itertext()))

    def _opens(self, index: int, attributes: dict[str, str], words: str) -> None:
        """Note the file that an element opens by a script although it is no link."""
        if "onclick" in attributes and leads_to_file(target := target_of(attributes, words)):
            self.page.links.append((index, target, " ".join(words.split())[:300]))

    def _open_anchor(self, index: int, attributes: dict[str, str]) -> None:
        """Begin a link. One to a file counts as text: names of attachments belong to the article."""
        self.anchor, self.href, self.anchor_text = index, target_of(attributes), []
        self.is_file = leads_to_file(self.href, ENDINGS)

    def _close_anchor(self) -> None:
        words = " ".join("".join(self.anchor_text).split())
        if self.anchor >= 0:
            attributes = dict(self.nodes[self.anchor].element.items())
            named = (words, attributes.get("download", ""), attributes.get("title", ""))
            href = self.href
            if not href or href.startswith("#") or href.lower().startswith("javascript:"):
                href = target_of(attributes, " ".join(named))
            if href:
                self.page.links.append((self.anchor, href, words))
        self.anchor = -1

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
        if self.number:
            self.pieces.append((self.number, self.item))
            self.number = ""
        if self.anchor >= 0:
            self.anchor_text.append(text)
            self.linked += 0 if self.is_file else len("".join(text.split()))
        self.worded = True
        self.pieces.append((text, index))

    def _flush(self) -> None:
        if self.pieces and self.worded:
            self._line(self.pieces, self.linked)
        if self.unseen:
            self._unseen()
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

    def _unseen(self) -> None:
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
