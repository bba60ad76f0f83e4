"""Workbooks (XLSX, XLS, ODS): the cells as they are shown, a row a line, cells separated by tabs.

No formula is worked out: the value that the file keeps is shown in the form that its cell names.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import xlrd
from lxml import etree

from archive.attach.bounds import BROKEN, FEW_PAGES, MOST_CHARACTERS
from archive.attach.cellforms import shown
from archive.attach.packed import Bundle
from archive.attach.wordstyles import PLAIN, Look
from archive.attach.xlsx import MOST_COLUMNS, in_look, sheets_of

_MOST_ROWS, _MOST_SHEETS = 50_000, 200
# A sheet may say that it reaches to the last of a million rows.
_MOST_EMPTY = 1_000
_REPEATED = re.compile(r"number-(?:columns|rows)-repeated$")
Rows = Iterable[Iterable[str]]


def xlsx_text(bundle: Bundle, *, cheap: bool = False) -> tuple[str, tuple[str, ...]]:
    """Return the text of a workbook's cells and flags, the sheets in their order, each under its name."""
    bundle.check()
    flags: set[str] = set()
    text, cut = _cells(sheets_of(bundle, flags), cheap=cheap)
    has_macro = any(name.endswith("vbaProject.bin") for name in bundle.names)
    return text, (*cut, *sorted(flags), *("macro",) * has_macro)


def xls_text(body: bytes, *, cheap: bool = False) -> tuple[str, tuple[str, ...]]:
    """Return the text of an old workbook's cells and flags."""
    book = _opened(body)
    flags: set[str] = set()
    sheets = map(book.sheet_by_index, range(book.nsheets))
    text, cut = _cells(
        ((sheet.name, _xls_rows(book, sheet, flags)) for sheet in _shown(sheets, flags)), cheap=cheap
    )
    has_macro = "_VBA_PROJECT".encode("utf-16-le") in body
    return text, (*cut, *sorted(flags), *("macro",) * has_macro)


def ods_text(bundle: Bundle, *, cheap: bool = False) -> tuple[str, tuple[str, ...]]:
    """Return the text of an OpenDocument sheet, whose cells hold what they show."""
    tree = bundle.tree("content.xml")
    tables = [node for node in (tree.iter() if tree is not None else ()) if _named(node, "table")]
    return _cells(((_attribute(table, "name"), _ods_rows(table)) for table in tables), cheap=cheap)


def _opened(body: bytes) -> xlrd.book.Book:
    """Open an old workbook with the forms of its cells, or without where those are broken."""
    for with_forms in (True, False):
        try:
            return xlrd.open_workbook(
                file_contents=body,
                on_demand=True,
                ragged_rows=True,
                formatting_info=with_forms,
                logfile=io.StringIO(),
            )
        except BROKEN:
            if not with_forms:
                raise
    raise AssertionError


def _shown(sheets: Iterable[xlrd.sheet.Sheet], flags: set[str]) -> Iterator[xlrd.sheet.Sheet]:
    for sheet in sheets:
        if sheet.visibility:
            flags.add("hidden")
        else:
            yield sheet


def _xls_rows(book: xlrd.book.Book, sheet: xlrd.sheet.Sheet, flags: set[str]) -> Iterator[Iterator[str]]:
    for number in range(sheet.nrows):
        row = enumerate(islice(sheet.row(number), MOST_COLUMNS))
        runs = sheet.rich_text_runlist_map
        yield (_xls_written(book, cell, runs.get((number, column)), flags) for column, cell in row)


def _xls_written(
    book: xlrd.book.Book, cell: xlrd.sheet.Cell, runs: list[tuple[int, int]] | None, flags: set[str]
) -> str:
    """Return a cell as it is shown: its runs raised, lowered, or left out where they are struck through."""
    text = _xls_cell(book, cell)
    index = cell.xf_index
    own = book.xf_list[index].font_index if index is not None and index < len(book.xf_list) else -1
    pieces = [(0, own), *(runs or ())]
    ends = [start for start, _ in pieces[1:]] + [len(text)]
    return "".join(
        in_look(text[start:end], _xls_look(book, font), flags)
        for (start, font), end in zip(pieces, ends, strict=True)
    )


def _xls_look(book: xlrd.book.Book, index: int) -> Look:
    if not 0 <= index < len(book.font_list):
        return PLAIN
    font = book.font_list[index]
    return Look(struck=bool(font.struck_out), raised={1: "raised", 2: "lowered"}.get(font.escapement))


def _xls_cell(book: xlrd.book.Book, cell: xlrd.sheet.Cell) -> str:
    if cell.ctype in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        form = "General" if cell.ctype == xlrd.XL_CELL_NUMBER else "yyyy-mm-dd"
        if cell.xf_index is not None and cell.xf_index < len(book.xf_list):
            key = book.xf_list[cell.xf_index].format_key
            form = book.format_map[key].format_str if key in book.format_map else form
        return shown(float(cell.value), form, is_1904=bool(book.datemode))
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return "TRUE" if cell.value else "FALSE"
    return str(cell.value) if cell.ctype == xlrd.XL_CELL_TEXT else ""


def _ods_rows(table: Any) -> Iterator[Iterator[str]]:
    for row in table.iter():
        if not _named(row, "table-row"):
            continue
        cells = [cell for cell in row if _named(cell, "table-cell") or _named(cell, "covered-table-cell")]
        yield islice((text for cell in cells for text in _ods_cell(cell)), MOST_COLUMNS)


def _ods_cell(cell: Any) -> Iterator[str]:
    lines = [
        "".join(node.itertext()) for node in cell if isinstance(node.tag, str) and node.tag.endswith("}p")
    ]
    repeated = next((value for key, value in cell.attrib.items() if _REPEATED.search(key)), "1")
    count = int(repeated) if repeated.isdecimal() and len(repeated) < 6 else 1
    yield from [" ".join(lines)] * min(count, MOST_COLUMNS)


def _named(node: Any, name: str) -> bool:
    return isinstance(node.tag, str) and etree.QName(node).localname == name


def _attribute(node: Any, name: str) -> str:
    return next((value for key, value in node.attrib.items() if key.endswith("}" + name)), "")


def _cells(sheets: Iterable[tuple[str, Rows]], *, cheap: bool) -> tuple[str, tuple[str, ...]]:
    lines: list[str] = []
    left, is_cut = MOST_CHARACTERS, False
    most = FEW_PAGES * 50 if cheap else _MOST_ROWS
    for number, (title, rows) in enumerate(sheets):
        if number >= _MOST_SHEETS or left <= 0:
            is_cut = True
            break
        lines.append(title)
        empty = 0
        for count, row in enumerate(rows):
            line = "\t".join(" ".join(value.split()) for value in row).rstrip()
            empty = 0 if line else empty + 1
            if count >= most or empty > _MOST_EMPTY or left <= 0:
                is_cut = is_cut or bool(line)
                break
            if line:
                lines.append(line[:left])
                left -= len(line)
    return "\n".join(lines), ("cut",) * is_cut
