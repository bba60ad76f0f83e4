"""Workbooks (XLSX, XLS, ODS): the cells as they are shown, a row a line, cells separated by tabs.

No formula is worked out: the value that the file keeps is shown in the form that its cell names. Libraries give 0.05
where the cell shows 5%, and 104 for 10⁴; XLSX read here, within bounds, is as fast as theirs.
"""

from __future__ import annotations

import io
import posixpath
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import xlrd
from lxml import etree

from archive.attach.cellforms import BUILT_IN, formatted
from archive.attach.officestyles import PLAIN, Look, attribute, child, local, look_of
from archive.attach.packed import BROKEN, FEW_PAGES, MOST_CHARACTERS, Bundle, each
from archive.patterns import regex
from archive.text.numerals import lowered, raised

_MOST_ROWS, _MOST_SHEETS = 50_000, 200
# A sheet may say that it reaches to the last of a million rows.
_MOST_EMPTY = 1_000
_REPEATED = regex(r"number-(?:columns|rows)-repeated$")
Rows = Iterable[Iterable[str]]
MOST_COLUMNS = 500
_COLUMN = regex(r"([A-Z]{1,3})(\d{1,7})")
_WORKBOOK = "xl/workbook.xml"


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
        ((sheet.name, _xls_rows(book, sheet, flags)) for sheet in _visible_sheets(sheets, flags)), cheap=cheap
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


def _visible_sheets(sheets: Iterable[xlrd.sheet.Sheet], flags: set[str]) -> Iterator[xlrd.sheet.Sheet]:
    for sheet in sheets:
        if sheet.visibility:
            flags.add("hidden")
        else:
            yield sheet


def _xls_rows(book: xlrd.book.Book, sheet: xlrd.sheet.Sheet, flags: set[str]) -> Iterator[Iterator[str]]:
    for number in range(sheet.nrows):
        row = enumerate(islice(sheet.row(number), MOST_COLUMNS))
        runs = sheet.rich_text_runlist_map
        yield (_xls_text(book, cell, runs.get((number, column)), flags) for column, cell in row)


def _xls_text(
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
        return formatted(float(cell.value), form, is_1904=bool(book.datemode))
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


def sheets_of(bundle: Bundle, flags: set[str]) -> Iterator[tuple[str, Iterator[list[str]]]]:
    """Yield the name of each sheet that is shown, and its rows; flags say what was left out."""
    book = bundle.tree(_WORKBOOK)
    links = bundle.tree("xl/_rels/workbook.xml.rels")
    targets = {node.get("Id"): node.get("Target") or "" for node in links} if links is not None else {}
    is_1904 = attribute(child(book, "workbookPr"), "date1904") in ("1", "true")
    reading = _Cells(bundle, flags, is_1904=is_1904)
    listed = child(book, "sheets")
    for sheet in listed if listed is not None else ():
        if sheet.get("state") in ("hidden", "veryHidden"):
            flags.add("hidden")
            continue
        name = next((v for k, v in sheet.attrib.items() if k.startswith("{") and k.endswith("}id")), "")
        target = targets.get(name, "")
        place = target[1:] if target.startswith("/") else posixpath.normpath(f"xl/{target}")
        if place in bundle.names:
            yield sheet.get("name") or "", reading.rows(bundle.read(place))


class _Cells:
    """The cells of one workbook: what it holds once for all its sheets."""

    def __init__(self, bundle: Bundle, flags: set[str], *, is_1904: bool) -> None:
        self._flags = flags
        self._is_1904 = is_1904
        self._forms, self._looks = _forms(bundle.tree("xl/styles.xml"))
        self._strings: list[str] = []
        left = 8 * MOST_CHARACTERS
        place = "xl/sharedStrings.xml"
        for entry in each(bundle.read(place), ("si",)) if place in bundle.names else ():
            self._strings.append(_rich(entry, flags) if left > 0 else "")
            left -= len(self._strings[-1])

    def rows(self, sheet: bytes) -> Iterator[list[str]]:
        """Yield the rows of a sheet that are in its file."""
        yield from (self._row(row) for row in each(sheet, ("row",)))

    def _row(self, row: Any) -> list[str]:
        cells: list[str] = []
        for cell in row:
            place = _COLUMN.fullmatch(cell.get("r") or "")
            column = _column(place[1]) if place else len(cells)
            if column >= MOST_COLUMNS:
                break
            cells += [""] * (column - len(cells))
            # A cell that says it stands where one stands already is not believed.
            cells.append(self._cell(cell))
        return cells

    def _cell(self, cell: Any) -> str:
        style = cell.get("s") or "0"
        look = self._looks.get(style)
        text = self._value(cell, style)
        return text if look is None else in_look(text, look, self._flags)

    def _value(self, cell: Any, style: str) -> str:
        kind = cell.get("t") or "n"
        if kind == "inlineStr":
            return _rich(child(cell, "is"), self._flags)
        value = child(cell, "v")
        text = (value.text or "") if value is not None else ""
        if kind == "s":
            return self._strings[int(text)] if text.isdecimal() and int(text) < len(self._strings) else ""
        if kind == "b":
            return "TRUE" if text == "1" else "FALSE"
        if kind != "n" or not text:
            return "" if kind == "e" else text
        return self._number(text, style)

    def _number(self, text: str, style: str) -> str:
        try:
            number = float(text)
        except ValueError:
            return text
        if number != number or number in (float("inf"), float("-inf")):
            return text
        index = int(style) if style.isdecimal() and len(style) < 7 else 0
        form = self._forms[index] if index < len(self._forms) else "General"
        return formatted(number, form, is_1904=self._is_1904)


def _forms(styles: Any) -> tuple[list[str], dict[str, Look]]:
    """Return the form of each style of cells, in their order, and the looks of those that strike or raise."""
    own: dict[str, str] = {}
    written = child(styles, "numFmts")
    for form in written if written is not None else ():
        own[form.get("numFmtId") or ""] = form.get("formatCode") or "General"
    listed = child(styles, "cellXfs")
    numbers = [style.get("numFmtId") or "0" for style in (listed if listed is not None else ())]
    fonts = child(styles, "fonts")
    looks = [look_of(font) for font in (fonts if fonts is not None else ())]
    special: dict[str, Look] = {}
    for index, style in enumerate(listed if listed is not None else ()):
        font = style.get("fontId") or "0"
        if (
            font.isdecimal()
            and int(font) < len(looks)
            and (looks[int(font)].struck or looks[int(font)].raised)
        ):
            special[str(index)] = looks[int(font)]
    forms = [own.get(n) or BUILT_IN.get(int(n) if n.isdecimal() else 0, "General") for n in numbers]
    return forms, special


def _rich(entry: Any, flags: set[str]) -> str:
    """Return a text in a cell: its runs as they are shown, without how they are said."""
    written: list[str] = []
    for node in entry if entry is not None else ():
        name = local(node)
        if name == "t":
            written.append(node.text or "")
        elif name == "r":
            text = "".join(part.text or "" for part in node if local(part) == "t")
            written.append(in_look(text, look_of(child(node, "rPr")), flags))
    return "".join(written)


def in_look(text: str, look: Look, flags: set[str]) -> str:
    """Return text as a look shows it; what is struck through is left out, and flagged."""
    if look.struck and text.strip():
        flags.add("struck")
        return ""
    if look.raised:
        return raised(text) if look.raised == "raised" else lowered(text)
    return text


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number - 1
