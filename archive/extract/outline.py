"""A page laid flat: its elements in order, and its lines of text with what is known about each.

Everything later (container, furniture, metadata, attachments) works on these flat lists; the tree is not walked
again. A line is what stands between two block boundaries or line breaks; it belongs to the innermost block.

An element's tag, id and class say which part of the page it is: navigation, footer, related links. A name is a hint,
never proof: inside the container that was chosen, a zone only counts when it is small there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from archive.patterns import regex

_SKIPPED = (
    "script style noscript template svg math object embed applet iframe select textarea button input "
    "head title canvas audio video meter progress map datalist param link meta noframes"
)
SKIPPED = frozenset(_SKIPPED.split())
_INLINE = (
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark q rb rp rt rtc ruby s samp "
    "small span strike strong sub sup time tt u var wbr nobr o:p st1 publishtime html-slot"
)
INLINE = frozenset(_INLINE.split())
# Elements that hold a whole text in some pages: with line breaks of their own they count as blocks.
BROKEN = frozenset(("span", "font"))
FIELDS = frozenset(("input", "textarea", "select"))
FRAMES = frozenset(("iframe", "embed", "object"))
PRE = frozenset(("pre", "listing", "xmp", "plaintext"))
LISTS = {"ol": "decimal", "ul": "disc", "menu": "disc"}
SMALL = {"sup": "super", "sub": "sub"}
TAGS = {"nav": "navigation", "footer": "footer", "aside": "related"}
_ZONES = (
    (
        "breadcrumb",
        r"bread_?crumb|crumbs?\b|bread_lead|weizhi|dqwz|curmb|my_?location|position\b|path\b|location\b",
    ),
    ("comment", r"comment|pinglun|reply|replies|disqus|gentie|tie-area|uyan|cy_?thread|liuyan|fbcomments"),
    (
        "related",
        r"relat|xiangguan|xgwd|xgxw|xgwj|xgyd|recommend|tuijian|hot-?news|hotlist|guess|read-?more|morenews|"
        r"sidebar|side-?bar|right_?bar|rank|phb|paihang|next_?(?:page|article|post)|prev_?next|nextprev|"
        r"blogroll|friend_?link|yqlj|tags?\b|keywords?\b",
    ),
    (
        "toolbar",
        r"share|bdshare|fenxiang|jiathis|toolbar|tool_?box|tools\b|print_?(?:btn|box|bar|page)|font_?size|zoom_?size|"
        r"qr_?code|erweima|ewm|weixin|wechat|sns|favor|btn_?group|dayin|guanbi|close_?(?:win|page)|article_?fd\b|"
        r"jiucuo|voice|modal\b|popup|dialog|tooltip|wza|gotop|go_?top|backtop|back_?top",
    ),
    ("advert", r"advert|\bads?\b|\bad[_-]|[_-]ads?\b|guanggao|gg_|sponsor|adincontent|google_"),
    (
        "navigation",
        r"\bnav|nav\b|[_-]nav|navi|menu|topbar|top-?bar|header\b|\bhead\b|banner|crumb|login|search|logo",
    ),
    (
        "footer",
        r"footer|foot\b|\bfoot[_-]|copy_?right|banquan|page_?foot|beian|mianze|disclaimer|cpright|bottom-?nav",
    ),
    (
        "editor",
        r"\beditor_tex|zrbj|ze?renbianji|\bleft_name\b|\bep-editor\b|article_?editor|art_editor|\bedit\b",
    ),
)
_ZONE = regex("|".join(f"(?P<{name}>{pattern})" for name, pattern in _ZONES), re.I)
_CONTENT = regex(
    r"trs_?editor|trs_?ueditor|ucap|zoom|article|content|main_?text|detail|news_?text|p-detail|rwb_zw|rm_txt|"
    r"artibody|endtext|body_?text|story|post|entry|text|zhengwen|neirong|xilan|ivs_content|easysitetext|con_con|view",
    re.I,
)
_BLOCK_TAGS = "div section ul ol dl header main article figure fieldset center menu h1 h2"
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_OF_LINES = frozenset(("editor", "toolbar", "breadcrumb", "advert", "comment"))


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
    _rows_of_data: dict[int, frozenset[int]] = field(default_factory=dict)

    def is_datum(self, line: Line, columns: int = 3) -> bool:
        """Say whether a line stands in a table of data: three rows or more with text in so many cells or more."""
        row = self.nodes[line.node].row
        if row < 0:
            return False
        if columns not in self._rows_of_data:
            self._rows_of_data[columns] = _rows_of_data(self, columns)
        return row in self._rows_of_data[columns]

    def above(self, node: int, tag: str) -> int:
        """Return the nearest element of a tag, beginning with ``node`` itself; -1 where there is none."""
        while node >= 0 and self.nodes[node].tag != tag:
            node = self.nodes[node].parent
        return node

    def within(self, line: Line, node: int) -> bool:
        """Say whether ``line`` stands inside ``node``."""
        return node <= line.node < self.nodes[node].end

    def where(self, node: int) -> str:
        """Return a short name of a node for evidence: ``div#zoom.content``."""
        return self.nodes[node].tag + self.nodes[node].label


@lru_cache(maxsize=16_384)
def zone_of(tag: str, name: str, classes: str) -> str:
    """Return the part of the page an element names itself to be, or "".

    A cell, an item or a paragraph called "head" or "tags" is part of a text; only blocks name parts of a page.
    """
    if tag in TAGS:
        return TAGS[tag]
    if tag in ("body", "html", "form") or not (name or classes):
        return ""
    match = _ZONE.search(f"{name[:100]} {classes[:200]}")
    zone = (match.lastgroup or "") if match else ""
    return zone if tag in _BLOCKS or zone in _OF_LINES else ""


@lru_cache(maxsize=16_384)
def names_content(label: str) -> bool:
    """Say whether an id or class is one that article containers are given."""
    return bool(label) and bool(_CONTENT.search(label))


def _rows_of_data(page: Outline, columns: int) -> frozenset[int]:
    cells: dict[int, set[int]] = {}
    for line in page.lines:
        node = page.nodes[line.node]
        if node.row >= 0 and not node.hidden:
            cells.setdefault(node.row, set()).add(node.cell)
    tables: dict[int, list[int]] = {}
    for row in (row for row, held in cells.items() if len(held) >= columns):
        tables.setdefault(page.above(row, "table"), []).append(row)
    return frozenset(row for rows in tables.values() if len(rows) >= 3 for row in rows)
