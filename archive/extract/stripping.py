"""What trafilatura strips from an article, held against what our own rules strip from it.

The container is chosen first; trafilatura reads that part of the page alone, as a small page of its own. Then each
line that stands in the container is decided:

- What both keep is text; what both drop is none.
- What only our rules drop stays out: they know the lines of these sites. It comes back where nothing but the name of
  an element spoke against a sentence.
- What only trafilatura drops stays in where it is a cell, an item, a heading, a sentence, a date, or names a file:
  tables, annexes and signatures are what it loses. It goes where it is a link, or where one of our rules that is too
  weak to act alone says the same.

Where no container is found, trafilatura's readings of the whole page compete by the worth of their lines. Agreement of
the two proves nothing about the text; it says that two programs took it for one.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Any

from lxml import etree

from archive.extract.furniture import edge_kind, is_byline, is_related_heading, is_weak_footer, squash
from archive.extract.outline import Line, Outline
from archive.extract.worth import line_worth
from archive.model.files import ADDRESSES, leads_to_file, name_in
from archive.patterns import regex

OURS, THEIRS, BOTH = "rules", "trafilatura", "both"
_LARGEST = 1_500_000
_MOST_ELEMENTS = 20_000
_MOST_DEPTH = 200
_SENTENCE = regex(r"[。；？！]|[，：、].*[，：、]|.{30}")
_DATE = regex(r"(?:19|20)\d{2}|[〇○零一二三四五六七八九]{4}\s?年|\d\s?月\s?\d{1,2}\s?日")
_ANNEX = regex(r"附\s?(?:件|表|图|圖|录|錄)|附\s?[:：]")
_WORDS = regex(r"[^\W\d_]{2}")
_TEMPERS: dict[str, dict[str, Any]] = {
    "precise": {"favor_precision": True},
    "plain": {},
    "recall": {"favor_recall": True},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafilaturaText:
    """What trafilatura kept, without white space and marks of tables, and which reading of it that is."""

    text: str
    how: str = ""

    def holds(self, line: Line) -> bool:
        """Say whether a line is in it: as it is shown, or most of the pieces it came in."""
        if _flat(line.text) in self.text:
            return True
        pieces = [flat for text, _ in line.pieces if len(flat := _flat(text)) > 1]
        whole = sum(map(len, pieces))
        return whole > 0 and sum(len(piece) for piece in pieces if piece in self.text) >= 0.6 * whole


@cache
def trafilatura_version() -> str:
    """Return the name and version of the library: what it strips may change with it."""
    return f"trafilatura {version('trafilatura')}"


def trafilatura_text(page: Outline, node: int) -> TrafilaturaText | None:
    """Return what trafilatura keeps of one element; None where it is too large for it or nothing is left."""
    here = page.nodes[node]
    if here.end - node > _MOST_ELEMENTS or _is_deep(page, node):
        return None
    markup = etree.tostring(here.element, encoding="unicode", method="html", with_tail=False)
    if len(markup) > _LARGEST:
        return None
    text = _extracted(f"<html><body><article>{markup}</article></body></html>", fast=True)
    return TrafilaturaText(text=_flat(text)) if text else None


def decided(
    page: Outline,
    lines: Sequence[Line],
    kinds: list[str],
    kept: TrafilaturaText | None,
    zoned: frozenset[int],
) -> list[str]:
    """Settle the kinds of furniture in place, "" for text; return for each line who dropped it.

    ``zoned`` are the elements that are furniture by their name alone.
    """
    if kept is None:
        return [OURS if kind else "" for kind in kinds]
    return [_decide(page, lines, kinds, at, kept, zoned) for at in range(len(lines))]


def _decide(
    page: Outline,
    lines: Sequence[Line],
    kinds: list[str],
    at: int,
    kept: TrafilaturaText,
    zoned: frozenset[int],
) -> str:
    line, theirs = lines[at], kept.holds(lines[at])
    if kinds[at]:
        here = page.nodes[line.node]
        if theirs and here.zone_at in zoned and kinds[at] == here.zone and _is_sentence(line):
            kinds[at] = ""
            return ""
        return OURS if theirs else BOTH
    if theirs or not (kind := _weak_kind(page, line)):
        return ""
    kinds[at] = kind
    return THEIRS


def _is_sentence(line: Line) -> bool:
    return line.size >= 30 and line.linked == 0 and "。" in line.text


def _weak_kind(page: Outline, line: Line) -> str:
    """Return what a line that trafilatura drops is by a sign too weak to act alone, "" where it stands."""
    text, nodes = line.text, page.nodes
    if nodes[line.node].cell >= 0 or name_in(text) or _ANNEX.match(text) or _leads_to_file(page, line):
        return ""
    if line.linked > 0.6 * line.size and not text.endswith(("。", "；")):
        return "related"
    if not _WORDS.search(text) and not _DATE.search(text):
        return "controls" if nodes[line.node].tag not in ("li", "p", "h1", "h2", "h3", "h4") else ""
    if is_related_heading(text):
        return "related"
    if line.size <= 140 and (kind := edge_kind(text)):
        return kind
    if line.size <= 60 and is_byline(text) and not _is_signed(text):
        return "byline"
    if is_weak_footer(text) and nodes[line.node].zone:
        return "footer"
    return nodes[line.node].zone if line.size < 30 and not _SENTENCE.search(text) else ""


def _is_signed(text: str) -> bool:
    return text.rstrip("）)").endswith(("日", "号"))


def _leads_to_file(page: Outline, line: Line) -> bool:
    owners = {at for _, at in line.pieces} | {page.nodes[at].parent for _, at in line.pieces}
    return (
        any(at in owners and leads_to_file(href, ADDRESSES) for at, href, _ in page.links)
        if line.linked
        else False
    )


def compared(by: Sequence[str], kept: TrafilaturaText | None) -> str:
    """Return for evidence how the two readings of a container compare, in lines."""
    if kept is None:
        return f"{trafilatura_version()} kept nothing of it, or it was too large for it"
    alone = {who: sum(one == who for one in by) for who in (OURS, THEIRS, BOTH)}
    return (
        f"{trafilatura_version()}: of {len(by)} lines {alone[BOTH]} dropped by both, "
        f"{alone[THEIRS]} by it alone, {alone[OURS]} by our rules alone"
    )


def disagree(page: Outline, lines: Sequence[Line], kept: TrafilaturaText) -> bool:
    """Say whether trafilatura leaves out more than half of a text that is no table."""
    prose = [line for line in lines if page.nodes[line.node].cell < 0]
    whole = sum(line.size for line in prose)
    return whole > 100 and 2 * sum(line.size for line in prose if kept.holds(line)) < whole


def rivals(page: Outline, source: str, least: float) -> Iterator[tuple[TrafilaturaText, list[Line], float]]:
    """Yield trafilatura's readings of a whole page: each with the visible lines it keeps and what they are worth.

    None is made where not even all lines that speak for a text are worth ``least`` together.
    """
    if len(source) > _LARGEST or source.count("<") > _MOST_ELEMENTS or not page.nodes:
        return
    seen = [line for line in page.lines if not page.nodes[line.node].hidden]
    if sum(max(0.0, line_worth(page, line)) for line in seen) < least:
        return
    for how, options in {**_TEMPERS, "baseline": {}}.items():
        text = _baseline(source) if how == "baseline" else _extracted(source, **options)
        kept = TrafilaturaText(text=_flat(text), how=how)
        lines = [line for line in seen if kept.holds(line)] if text else []
        if lines:
            yield kept, lines, sum(line_worth(page, line) for line in lines)


def _extracted(markup: str, **options: Any) -> str:
    # Imported here: it takes a second, and most processes that import this package read no page.
    from trafilatura import extract

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        return extract(markup, include_comments=False, include_tables=True, **options) or ""
    except (RecursionError, etree.LxmlError):
        return ""


def _baseline(markup: str) -> str:
    from trafilatura import baseline

    return baseline(markup)[1]


def _is_deep(page: Outline, node: int) -> bool:
    depth = {node: 0}
    for at in range(node + 1, page.nodes[node].end):
        depth[at] = depth.get(page.nodes[at].parent, 0) + 1
        if depth[at] > _MOST_DEPTH:
            return True
    return False


def _flat(text: str) -> str:
    return squash(text).replace("|", "")
