"""The chosen element as lines of text: furniture taken out and recorded, table rows put back together."""

from __future__ import annotations

from dataclasses import dataclass

from archive.extract.blocks import Entry
from archive.extract.furniture import (
    edge_kind,
    is_byline,
    is_related_heading,
    is_weak_footer,
    kind_of,
    squash,
)
from archive.extract.outline import Line, Outline
from archive.extract.stripping import BOTH, THEIRS, TrafilaturaText, decided
from archive.extract.styles import RUBY, STRUCK
from archive.extract.worth import line_worth
from archive.model import Removed
from archive.patterns import regex

_ROW_LIMIT = 400
_OTHER_TITLE = regex(r"^[（(]?\s?原(?:标题|標題|题|文标题)\s?[:：]")

# An invitation says when, then where or with whom; a date line says whence, or nothing.
_WHEN = regex(r"^(?:[一二三四五六七八九十\d]{1,2}[、.．])?\s?(?:时\s?间|日\s?期)\s?[:：]")
_WHERE = regex(
    r"^(?:[一二三四五六七八九十\d]{1,2}[、.．])?\s?(?:地\s?点|地\s?址|议\s?题|主\s?题|参会|参加|出席|主\s?持|方\s?式|对\s?象|内\s?容|嘉\s?宾)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """The text of a container, one block a line (the ``entries``), what was taken out of it and the lines that were kept.

    ``by`` says for each line of the container who dropped it, "" where it was kept.
    """

    text: str
    lines: tuple[Line, ...]
    entries: tuple[Entry, ...]
    removed: tuple[Removed, ...]
    by: tuple[str, ...] = ()


def render(
    page: Outline,
    node: int,
    title: str,
    *,
    drop: frozenset[int] = frozenset(),
    theirs: TrafilaturaText | None = None,
    by: str = BOTH,
) -> Rendering:
    """Return the lines of ``node`` that are text, in order, and the others as what was removed.

    ``theirs`` is what trafilatura keeps of the same element: what the two differ in is decided by ``stripping``,
    unless ``by`` says that one side alone decides.
    """
    inside = [line for line in page.lines if page.within(line, node)]
    furniture = _furniture(page, inside, node)
    if theirs and by == THEIRS:
        kinds = ["" if theirs.holds(line) else "stripped" for line in inside]
        dropped = [THEIRS if kind else "" for kind in kinds]
    else:
        kinds = _kinds(page, inside, node, title, furniture, drop)
        dropped = decided(page, inside, kinds, theirs, furniture)
    kept = [line for line, kind in zip(inside, kinds, strict=True) if not kind]
    removed = _removed(page, inside, kinds, dropped)
    entries = tuple(_entries(page, kept, node))
    text = "\n".join(entry.text for entry in entries)
    return Rendering(text=text, lines=tuple(kept), entries=entries, removed=removed, by=tuple(dropped))


def _kinds(
    page: Outline,
    lines: list[Line],
    node: int,
    title: str,
    furniture: frozenset[int],
    drop: frozenset[int],
) -> list[str]:
    """Return for each line of a container which kind of furniture our rules take it for, "" for text."""
    kinds = [_kind(page, line, furniture, drop) for line in lines]
    _head(page, lines, kinds, node, title)
    _related(page, lines, kinds)
    _tail(page, lines, kinds)
    _copies(lines, kinds)
    return kinds


def _kind(page: Outline, line: Line, furniture: frozenset[int], drop: frozenset[int]) -> str:
    here = page.nodes[line.node]
    if drop and _inside_any(page, line.node, drop):
        return "rule"
    if here.hidden:
        return here.hidden if here.hidden in (STRUCK, RUBY) else "hidden"
    if here.zone_at in furniture:
        return here.zone
    # No rule looks at a long line, and what is asked is remembered.
    is_value = (here.cell >= 0 and line.size < 4) or page.is_datum(line)
    return "" if line.size > 140 or is_value else kind_of(line.text)


def _inside_any(page: Outline, node: int, drop: frozenset[int]) -> bool:
    while node >= 0:
        if node in drop:
            return True
        node = page.nodes[node].parent
    return False


def _furniture(page: Outline, lines: list[Line], node: int) -> frozenset[int]:
    """Return the parts named as furniture that are some: a small share of the container, no prose of their own."""
    whole = sum(line.size for line in lines if not page.nodes[line.node].hidden)
    parts: dict[int, list[Line]] = {}
    for line in lines:
        if (at := page.nodes[line.node].zone_at) > node:
            parts.setdefault(at, []).append(line)
    return frozenset(at for at, part in parts.items() if _is_furniture(page.nodes[at].zone, part, whole))


def _is_furniture(zone: str, part: list[Line], whole: int) -> bool:
    size = sum(line.size for line in part)
    if size > 0.4 * whole:
        return False
    if zone in ("comment", "footer", "editor"):
        return True
    prose = sum(line.size for line in part if line.size >= 30 and line.linked == 0 and "。" in line.text)
    return prose < 0.6 * size or any(line.linked for line in part)


def _head(page: Outline, lines: list[Line], kinds: list[str], node: int, title: str) -> None:
    """Take the headline and the date line off the top: within the first lines only."""
    wanted = squash(title)
    looked = 0
    for at, line in enumerate(lines):
        if kinds[at]:
            continue
        looked += 1
        if looked > 6:
            return
        if line.size <= 140 and is_byline(line.text) and not _is_of_text(page, lines, at):
            kinds[at] = "byline"
        elif _OTHER_TITLE.match(line.text):
            kinds[at] = "original title"
        elif wanted and squash(line.text) == wanted and _is_heading(page, line.node, node):
            kinds[at] = "title"


def _is_of_text(page: Outline, lines: list[Line], at: int) -> bool:
    """Say whether what looks like a date line is none: a cell of a table, or when something takes place."""
    if page.is_datum(lines[at], columns=2):
        return True
    below = lines[at + 1].text if at + 1 < len(lines) else ""
    return bool(_WHEN.match(lines[at].text) and _WHERE.match(below))


def _is_heading(page: Outline, node: int, container: int) -> bool:
    while node >= container:
        here = page.nodes[node]
        if here.tag in ("h1", "h2", "h3", "h4"):
            return True
        if "tit" in here.label.lower() or "bt" in here.label.lower() or "head" in here.label.lower():
            return True
        node = here.parent
    return False


def _related(page: Outline, lines: list[Line], kinds: list[str]) -> None:
    """Take out lists of other articles: a heading that announces them and the links that follow it."""
    for at, line in enumerate(lines):
        if kinds[at] or not is_related_heading(line.text):
            continue
        follow = [i for i in range(at + 1, len(lines)) if not kinds[i]]
        last = -1
        for count, i in enumerate(follow):
            if _is_link(lines[i]):
                last = count
            elif lines[i].size > 14 or count - last > 2:
                break
        if last >= 0 or not follow:
            for i in [at, *follow[: last + 1]]:
                kinds[i] = "related"


def _is_link(line: Line) -> bool:
    return line.linked > 0.5 * line.size and not line.text.startswith(("附件", "附表", "附："))


def _tail(page: Outline, lines: list[Line], kinds: list[str]) -> None:
    """Take disclaimers, footers and trailing links off the end, from the last line upwards."""
    below = ""
    for at in range(len(lines) - 1, -1, -1):
        if kinds[at]:
            below = kinds[at]
            continue
        line = lines[at]
        kind = edge_kind(line.text) if line.size < 400 else ""
        if not kind and _is_link(line) and line.linked > 0.8 * line.size and line_worth(page, line) < 0:
            kind = "related"
        if not kind and is_related_heading(line.text):
            kind = "related"
        if not kind and below == "footer" and is_weak_footer(line.text):
            kind = "footer"
        if not kind:
            return
        kinds[at] = below = kind


def _copies(lines: list[Line], kinds: list[str]) -> None:
    """Take out a second printed copy: at least three long lines in a row that stood before."""
    seen: set[str] = set()
    run: list[int] = []
    for at, line in enumerate(lines):
        if kinds[at]:
            continue
        if line.text in seen:
            run.append(at)
            continue
        _mark_copy(lines, kinds, run)
        run = []
        seen.add(line.text)
    _mark_copy(lines, kinds, run)


def _mark_copy(lines: list[Line], kinds: list[str], run: list[int]) -> None:
    if len({lines[i].text for i in run if lines[i].size >= 30}) >= 3:
        for i in run:
            kinds[i] = "second copy"


def _removed(page: Outline, lines: list[Line], kinds: list[str], by: list[str]) -> tuple[Removed, ...]:
    """Join neighbouring lines of one kind that one side dropped into blocks, cut at 500 characters."""
    found: list[Removed] = []
    at = 0
    while at < len(lines):
        same, start = (kinds[at], by[at]), at
        while at < len(lines) and (kinds[at], by[at]) == same:
            at += 1
        if kinds[start]:
            text = "\n".join(line.text for line in lines[start:at])[:500]
            where = page.where(lines[start].node)
            found.append(Removed(kind=kinds[start], text=text, where=where, by=by[start]))
    return tuple(found)


def _entries(page: Outline, lines: list[Line], node: int) -> list[Entry]:
    """Join the lines of one table row by tabs, unless the table only serves the layout."""
    out: list[Entry] = []
    at = 0
    while at < len(lines):
        row = page.nodes[lines[at].node].row
        end = at
        while end < len(lines) and page.nodes[lines[end].node].row == row:
            end += 1
        of_row = _row(page, lines[at:end], row) if row > node else None
        out += [of_row] if of_row else [Entry(text=line.text, lines=(line,)) for line in lines[at:end]]
        at = end
    return out


def _row(page: Outline, lines: list[Line], row: int) -> Entry | None:
    cells: dict[int, list[str]] = {}
    for line in lines:
        cells.setdefault(page.nodes[line.node].cell, []).append(line.text)
    all_cells = cells_of(page, row)
    if len(all_cells) <= 1 or (
        sum(line.size for line in lines) > _ROW_LIMIT and len(lines) > 3 * len(all_cells)
    ):
        return None
    text = "\t".join(" ".join(cells.get(cell, ())) for cell in all_cells).rstrip("\t")
    return Entry(text=text, lines=tuple(lines), row=row, cells=tuple(all_cells))


def cells_of(page: Outline, row: int) -> list[int]:
    """Return the cells of a row that are laid out, in their order."""
    nodes = page.nodes
    cells = [
        i for i in range(row + 1, nodes[row].end) if nodes[i].tag in ("td", "th") and nodes[i].row == row
    ]
    return [i for i in cells if nodes[i].hidden_at != i or nodes[i].hidden in (STRUCK, "visibility")]
