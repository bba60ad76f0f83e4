"""What each line says for or against its being part of an article, added up for each element.

Prose counts for; links, controls, dates, footers and text that stood before count against.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from archive.extract.furniture import (
    edge_kind,
    is_byline,
    is_related_heading,
    is_weak_footer,
    kind_of,
    squash,
)
from archive.extract.outline import Line, Outline
from archive.model.files import name_in
from archive.patterns import regex

_STOPS = regex(r"[，。；：！？、,;!?”」』]")
_HEADINGS = ("h1", "h2", "h3", "h4")
_WRAPPER = {"comment": 0.8, "footer": 0.8, "related": 0.6}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """For each element: what its lines are worth, what those are worth that speak for it, how many are long and copied."""

    worth: list[float]
    prose: list[float]
    long: list[int]
    copied: list[int]


def correct(page: Outline) -> bool:
    """Take back what the names of wrappers said wrongly; return whether a hidden body was brought to light.

    A part called "share" or "head" that holds much of the page's prose was a wrapper. Where hardly any prose is
    visible, the elements that hide most of it are taken to wait for a script: the innermost hidden parts of a
    page that also shows prose stay hidden, whatever their size, unless a control of the page opens them.
    """
    prose = [line for line in page.lines if line.size >= 20 and line.linked < 0.3 * line.size]
    prose = [line for line in prose if _STOPS.search(line.text)]
    seen = [line for line in prose if not page.nodes[line.node].hidden]
    shown = sum(line.size for line in seen if not _is_around(line.text))
    total = sum(line.size for line in prose)
    lifted = shown < 60 and total > 3 * shown and _unhide(page, prose, total)
    lifted = lifted or _open_pane(page, prose, shown)
    _correct_zones(page, [line for line in prose if not page.nodes[line.node].hidden])
    return lifted


def _is_around(text: str) -> bool:
    """Say whether a line with marks of sentences is none: a date line, an editor's, a footer's."""
    return is_byline(text) or bool(kind_of(text) or edge_kind(text)) or is_weak_footer(text)


def _unhide(page: Outline, prose: list[Line], total: int) -> bool:
    under: dict[int, int] = {}
    for line in prose:
        at = page.nodes[line.node].hidden_at
        while at >= 0:
            under[at] = under.get(at, 0) + line.size
            at = page.nodes[page.nodes[at].parent].hidden_at if page.nodes[at].parent >= 0 else -1
    void = {at for at, size in under.items() if size > 0.4 * total}
    for node in page.nodes if void else ():
        if node.hidden_at in void:
            above = page.nodes[node.parent] if node.parent >= 0 else None
            node.hidden, node.hidden_at = (above.hidden, above.hidden_at) if above else ("", -1)
    return bool(void)


def _open_pane(page: Outline, prose: list[Line], shown: int) -> bool:
    """Bring to light the pane of a tab that holds the body: another pane is seen, or a control names it."""
    sizes: dict[int, int] = {}
    for line in prose:
        if (at := page.nodes[line.node].hidden_at) >= 0 and page.nodes[at].hidden in (
            "style",
            "class",
            "attribute",
        ):
            sizes[at] = sizes.get(at, 0) + line.size
    at = max(sizes, key=lambda one: sizes[one], default=-1)
    if at < 0 or sizes[at] < max(120, 2 * shown) or not _is_pane(page, page.nodes[at].element):
        return False
    for node in page.nodes:
        if node.hidden_at == at:
            node.hidden, node.hidden_at = "", -1
    return True


def _is_pane(page: Outline, element: Any) -> bool:
    """Say whether an element is one of several panes: a control names it, or a twin beside it is seen."""
    name = element.get("id")
    if name and any(href == f"#{name}" for _, href, _ in page.links):
        return True
    if element.get("role") == "tabpanel" or (name and _is_named_by_control(page, name)):
        return True
    above, classes = element.getparent(), set((element.get("class") or "").split())
    twins = [
        one for one in (above if above is not None else ()) if one is not element and one.tag == element.tag
    ]
    seen = {node.element for node in page.nodes if not node.hidden} if twins and classes else set()
    return any(one in seen and classes & set((one.get("class") or "").split()) for one in twins)


def _is_named_by_control(page: Outline, name: str) -> bool:
    controls = ("onclick", "onmouseover", "data-target", "data-bs-target", "data-tab", "aria-controls", "rel")
    word = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
    return any(
        word.search(value)
        for node in page.nodes[:20_000]
        for control in controls
        if (value := node.element.get(control))
    )


def _correct_zones(page: Outline, prose: list[Line]) -> None:
    nodes = page.nodes
    under: dict[int, int] = {}
    total = sum(line.size for line in prose)
    for line in prose:
        at = nodes[line.node].zone_at
        while at >= 0:
            under[at] = under.get(at, 0) + line.size
            at = nodes[nodes[at].parent].zone_at if nodes[at].parent >= 0 else -1
    void = {at for at, size in under.items() if size > _WRAPPER.get(nodes[at].zone, 0.4) * total}
    for node in nodes if void else ():
        if node.zone_at in void:
            above = nodes[node.parent] if node.parent >= 0 else None
            node.zone, node.zone_at = (above.zone, above.zone_at) if above else ("", -1)


def _pairs(title: str) -> frozenset[str]:
    return frozenset(a + b for a, b in pairwise(title) if "㐀" <= a <= "鿿" and "㐀" <= b <= "鿿")


def add_up(page: Outline, title: str) -> Sums:
    """Return the sums over the visible lines of each element.

    ``title`` is what the page's head claims: prose that shares words with it counts for more.
    """
    pairs = _pairs(title)
    own, long, copied = [0.0] * len(page.nodes), [0] * len(page.nodes), [0] * len(page.nodes)
    prose = [0.0] * len(page.nodes)
    copies, head = Copies(), squash(title)
    for line in page.lines:
        if page.nodes[line.node].hidden:
            continue
        value = line_worth(page, line)
        if 6 <= line.size <= 90 and value > -5 and _is_headline(page, line, head):
            value = -5.0
        if value > 20 and len(pairs) > 2 and _shares(line.text, pairs):
            value *= 2
        long[line.node] += line.size >= 12
        if value > 0 and line.size >= 12 and copies.holds(line.text, page.nodes[line.node].parent):
            value = -0.2 * value
            copied[line.node] += 1
        own[line.node] += value
        prose[line.node] += max(0.0, value)
    for index in range(len(own) - 1, 0, -1):
        above = page.nodes[index].parent
        own[above] += own[index]
        prose[above] += prose[index]
        long[above] += long[index]
        copied[above] += copied[index]
    return Sums(worth=own, prose=prose, long=long, copied=copied)


def _is_headline(page: Outline, line: Line, head: str) -> bool:
    """Say whether the page's ``<title>`` holds a line, or the first piece of a heading that goes on with a date."""
    if squash(line.text) in head:
        return True
    first = next((flat for text, _ in line.pieces if (flat := squash(text))), "")
    return len(first) >= 6 and first in head and page.nodes[line.node].tag in _HEADINGS


def _shares(text: str, pairs: frozenset[str]) -> bool:
    found = 0
    for pair in pairs:
        if pair in text:
            found += 1
            if found == 3:
                return True
    return False


def links_as_text(page: Outline) -> bool:
    """Take linked sentences for text, where a page holds no other; return whether there are any.

    Where every paragraph of a law is a link, the paragraphs are sentences that follow each other; the titles that a
    list links are none.
    """
    found = [
        line
        for line in page.lines
        if line.linked > 0.5 * line.size and line.size >= 16 and not page.nodes[line.node].zone
    ]
    sentences = [line for line in found if line.text.endswith(("。", "；", "：", "！", "？", ".”", "。”"))]
    if len(sentences) < 2 or len(sentences) < 0.6 * len(found):
        return False
    for line in found:
        line.linked = 0
    return True


class Copies:
    """Recognises text that stood elsewhere on the page, although it was cut into lines differently there.

    A paragraph repeated among its own neighbours is no copy of the page's text.
    """

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def holds(self, text: str, place: int) -> bool:
        """Say whether the beginning, the middle and the end of ``text`` stood before in another place; take it in."""
        flat = squash(text)
        last, half = len(flat) - 12, len(flat) // 2 - 6
        if last < 0:
            return False
        found = [self._seen.get(flat[at : at + 12], place) for at in (0, half, last)]
        if len(self._seen) < 100_000:
            for at in range(min(last + 1, 3000)):
                self._seen.setdefault(flat[at : at + 12], place)
        return place not in found


def line_worth(page: Outline, line: Line) -> float:
    """Return what a line says for (positive) or against its being part of an article."""
    zone = page.nodes[line.node].zone
    if zone and zone != "editor":
        return -0.5 * line.size - 2
    value = _worth_alone(page, line)
    # A day, a source or a link in a cell is a value of its table.
    return 0.0 if value < 0 and page.is_datum(line) else value


def _worth_alone(page: Outline, line: Line) -> float:
    size, linked, text = line.size, line.linked, line.text
    if size <= 140 and (kind_of(text) or is_byline(text)):
        return -0.5 * size - 5
    if is_related_heading(text):
        return -20.0
    if size < 200 and edge_kind(text):
        return -0.5 * size - 5
    if is_weak_footer(text):
        return 0.0
    stops = len(_STOPS.findall(text)) if size >= 10 else 0
    if linked > 0.5 * size:
        return 0.5 * size if name_in(text) else -1.0 * linked - 3
    if stops == 0:
        in_table = page.nodes[line.node].cell >= 0
        return 0.2 * size - (0.0 if in_table else 0.5) if size < 60 else 0.5 * size
    if text.endswith(("...", "…", "... »")) and not text.endswith("……"):
        return 0.2 * size
    return float(size) - 2 * linked if size >= 20 else 0.5 * size
