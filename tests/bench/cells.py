"""Whether the tables of a page came out whole, counted cell by cell on a parse of its own.

A data table has no table inside and at least two rows of at least two filled cells. It belongs to the article when
its cells stand in the labelled text (``tables``), or when it stands in the container that our reader says it chose
(``own_tables``). It is whole when every filled cell is in the reading, as often as it is in the table.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lxml import etree

from archive.extract import decode
from archive.model import Page
from tests.bench.labelled import Labelled

_SILENT = ("script", "style", "noscript", "template", "textarea", "select", "svg")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Pairs (whole, of how many). ``missing``: the first words of the cells that are not in the reading."""

    tables: tuple[int, int] = (0, 0)
    cells: tuple[int, int] = (0, 0)
    own_tables: tuple[int, int] = (0, 0)
    missing: tuple[str, ...] = ()


@lru_cache(maxsize=4)
def _root(page: Page) -> Any:
    source = decode(page.body, page.content_type).text.replace("\0", "")
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    return etree.fromstring(source.encode("utf-8", "replace"), parser)


def cells_found(one: Labelled, text: str, how: str) -> Cells:
    """Count the cells of a page's tables in a reading; ``how`` is where our reader says the text came from."""
    if b"<td" not in one.page.body and b"<TD" not in one.page.body:
        return Cells()
    tables = [(table, cells) for table in _root(one.page).iter("table") if (cells := _cells(table))]
    flat, gold = _flat(text), _flat(one.labels.body)
    ours = [cells for _, cells in tables if len(_absent(cells, gold)) <= 0.2 * len(cells)] if gold else []
    absent = [_absent(cells, flat) for cells in ours]
    chosen = _chosen(one.page, how, flat)
    inside = [c for table, c in tables if chosen is not None and chosen in [table, *table.iterancestors()]]
    inside_absent = [_absent(cells, flat) for cells in inside]
    return Cells(
        tables=(sum(not a for a in absent), len(ours)),
        cells=(sum(map(len, ours)) - sum(map(len, absent)), sum(map(len, ours))),
        own_tables=(sum(not a for a in inside_absent), len(inside)),
        missing=tuple(cell[:60] for a in absent + inside_absent for cell in a),
    )


def _cells(table: Any) -> list[str]:
    if table.find(".//table") is not None or _is_hidden(table):
        return []
    rows = [[_flat("".join(_texts(c))) for c in row.iter("td", "th")] for row in table.iter("tr")]
    filled = [[cell for cell in row if cell] for row in rows]
    return [cell for row in filled for cell in row] if sum(len(row) > 1 for row in filled) > 1 else []


def _texts(element: Any) -> list[str]:
    if element.tag in _SILENT or "display:none" in (element.get("style") or "").replace(" ", ""):
        return []
    texts = [element.text or ""]
    for child in element:
        texts += [*_texts(child), child.tail or ""]
    return texts


def _is_hidden(element: Any) -> bool:
    around = [element, *element.iterancestors()]
    return any("display:none" in (e.get("style") or "").replace(" ", "").lower() for e in around)


def _flat(text: str) -> str:
    return "".join(text.replace("\u200b", "").replace("\ufeff", "").split())


def _absent(cells: list[str], flat: str) -> list[str]:
    """Return the cells that stand less often in a text than in the table."""
    return [cell for cell, count in Counter(cells).items() if flat.count(cell) < count]


def _chosen(page: Page, how: str, flat: str) -> Any:
    """Return the element that our reader's evidence names; of several the one that holds most of the text."""
    name = how.rpartition(": ")[2]
    named = [element for element in _root(page).iter() if name and _name(element) == name]
    pieces = [flat[at : at + 20] for at in range(0, len(flat) - 20, 200)]
    return max(named, key=lambda e: _held(_flat("".join(e.itertext())), pieces), default=None)


def _held(whole: str, pieces: list[str]) -> tuple[int, int]:
    return sum(piece in whole for piece in pieces), -len(whole)


def _name(element: Any) -> str:
    name, classes = element.get("id") or "", (element.get("class") or "").split()
    return str(element.tag) + (f"#{name}" if name else "") + "".join(f".{c}" for c in classes)
