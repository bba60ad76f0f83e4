"""XLSX and XLS: the values of the cells as kept, a row a line, cells separated by tabs. No formula is worked out."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from itertools import islice

import openpyxl
import xlrd

from archive.attach.bounds import FEW_PAGES, MOST_CHARACTERS
from archive.attach.packed import Bundle

_MOST_ROWS, _MOST_COLUMNS, _MOST_SHEETS = 50_000, 500, 200
# A sheet may say that it reaches to the last of a million rows.
_MOST_EMPTY = 1_000


def xlsx_text(body: bytes, bundle: Bundle, *, cheap: bool = False) -> tuple[str, tuple[str, ...]]:
    """Return the text of a workbook's cells and flags, the sheets in their order, each under its name."""
    # openpyxl knows no bounds of its own.
    bundle.check()
    has_macro = any(name.endswith("vbaProject.bin") for name in bundle.names)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(body), read_only=True, data_only=True, keep_links=False)
        sheets = (
            (sheet.title, sheet.iter_rows(values_only=True, max_col=_MOST_COLUMNS))
            for sheet in book.worksheets
        )
        text, flags = _cells(sheets, cheap=cheap)
    return text, (*flags, *("macro",) * has_macro)


def xls_text(body: bytes, *, cheap: bool = False) -> tuple[str, tuple[str, ...]]:
    """Return the text of an old workbook's cells and flags."""
    book = xlrd.open_workbook(file_contents=body, on_demand=True, ragged_rows=True, logfile=io.StringIO())
    sheets = ((sheet.name, _xls_rows(book, sheet)) for sheet in map(book.sheet_by_index, range(book.nsheets)))
    text, flags = _cells(sheets, cheap=cheap)
    has_macro = "_VBA_PROJECT".encode("utf-16-le") in body
    return text, (*flags, *("macro",) * has_macro)


def _xls_rows(book: xlrd.book.Book, sheet: xlrd.sheet.Sheet) -> Iterator[tuple[object, ...]]:
    for number in range(sheet.nrows):
        yield tuple(
            _xls_value(book, cell.ctype, cell.value) for cell in islice(sheet.row(number), _MOST_COLUMNS)
        )


def _xls_value(book: xlrd.book.Book, kind: int, value: object) -> object:
    if kind == xlrd.XL_CELL_DATE and isinstance(value, float):
        return xlrd.xldate.xldate_as_datetime(value, book.datemode)
    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    return None if kind in (xlrd.XL_CELL_ERROR, xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK) else value


def _cells(
    sheets: Iterable[tuple[str, Iterable[tuple[object, ...]]]], *, cheap: bool
) -> tuple[str, tuple[str, ...]]:
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
            line = "\t".join(_shown(value) for value in row).rstrip()
            empty = 0 if line else empty + 1
            if count >= most or empty > _MOST_EMPTY or left <= 0:
                is_cut = is_cut or bool(line)
                break
            if line:
                lines.append(line[:left])
                left -= len(line)
    return "\n".join(lines), ("cut",) * is_cut


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if value.time() == time() else "%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.15g}"
    return " ".join(str(value).split())
