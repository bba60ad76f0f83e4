"""Lists to take away: CSV that a spreadsheet opens as text, workbooks, Parquet.

What a spreadsheet would take for a formula is led by an apostrophe in CSV; in a workbook every text is written as text.
Whoever downloads CSV for a spreadsheet (``_dl=1``) gets the mark that says it is UTF-8; a program that asks for it does not.

Datasette imports its plugins while it is being imported itself: its views are imported where they are used.
"""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from datasette.utils import CustomRow, tilde_decode
from datasette.utils.asgi import AsgiStream, BadRequest, Request, Response

from archive.reading_room.connections import Unfinished
from archive.reading_room.words import language_of, say, say_or_name

if TYPE_CHECKING:
    from datasette.app import Datasette

MARK = "\ufeff"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Characters that one cell of a workbook may hold; figures that one can hold without losing the last of them.
LONGEST_CELL, LARGEST_FIGURE = 32_767, 10**15

# What a spreadsheet reads as the beginning of a formula, in any width; and what it passes over before one: spaces, line
# ends, controls, and letters without a width. A cell that begins with a tab, a line end or a NUL is guarded whatever follows.
_SIGNS = "=+\\-@＝＋－＠﹢﹣﹦﹫−"
_UNSEEN = r"\s\x00-\x20\x7f-\xa0\xad\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0"
_FORMULA = re.compile(f"[\t\r\n\0]|[{_UNSEEN}'\"]*[{_SIGNS}]")


def harmless(value: Any) -> Any:
    """Return a value as a spreadsheet may have it. Figures stay figures: only texts can be formulas."""
    return "'" + value if isinstance(value, str) and _FORMULA.match(value) else value


async def table(request: Request, datasette: Datasette) -> Response:
    """Hand out a table, a view or a ready query as CSV."""
    from datasette.views.table import TableView

    return await _exported(TableView(datasette), request)


async def query(request: Request, datasette: Datasette) -> Response:
    """Hand out the answer to a query as CSV."""
    from datasette.views.database import DatabaseView

    route = tilde_decode(request.url_vars["database"])
    if not request.args.get("sql") and any(db.route == route for db in datasette.databases.values()):
        raise BadRequest("?sql= is required")
    return await _exported(DatabaseView(datasette), request)


async def _exported(view: Any, request: Request) -> Response:
    plain = view.data

    async def guarded(*args: Any, **named: Any) -> Any:
        try:
            answer = await plain(*args, **named)
        except Exception as error:
            if "_next" not in named:
                raise
            # Rows have been handed out. Datasette would write the error below them, and end as if that were all.
            raise Unfinished(f"a list was cut off: {error}") from None
        if isinstance(answer, tuple):
            if answer[0].get("error"):  # Datasette would hand out an empty file
                raise BadRequest(str(answer[0]["error"]))
            answer[0]["rows"] = [_harmless_row(row) for row in answer[0].get("rows", ())]
            # A query names its columns itself.
            answer[0]["columns"] = [harmless(name) for name in answer[0].get("columns", ())]
        return answer

    view.data = guarded
    response: Response = await view.dispatch_request(request)
    if isinstance(response, AsgiStream) and request.args.get("_dl"):
        response.stream_fn = _marked(response.stream_fn)
    return response


def _marked(stream: Any) -> Any:
    async def marked(writer: Any) -> None:
        await writer.write(MARK)
        await stream(writer)

    return marked


def _harmless_row(row: Any) -> Any:
    cells = [_cell(cell) for cell in row]
    names = row.columns if isinstance(row, CustomRow) else row.keys()
    return row if cells == list(row) else CustomRow(names, dict(zip(names, cells, strict=True)))


def _cell(value: Any) -> Any:
    if isinstance(value, dict):  # a label beside a number
        return {name: harmless(part) for name, part in value.items()}
    return harmless(value)


def as_csv(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return rows as CSV for a spreadsheet: marked as UTF-8, and with nothing that it would take for a formula."""
    import csv

    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([[harmless(value) for value in row] for row in rows])
    return MARK + out.getvalue()


def workbook(columns: Sequence[str], rows: Sequence[Sequence[Any]], about: Mapping[str, str]) -> bytes:
    """Return rows as a workbook: texts as texts, figures as figures, and on a sheet of its own what they are.

    A text longer than a cell can hold is cut, and says so.
    """
    from xlsxwriter import Workbook

    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet("data")
        for at, name in enumerate(columns):
            sheet.write_string(0, at, name, bold)
        for line, row in enumerate(rows, 1):
            for at, value in enumerate(row):
                _write(sheet, line, at, value)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(rows), max(0, len(columns) - 1))
        beside = book.add_worksheet("about")
        for line, (name, value) in enumerate(about.items()):
            beside.write_string(line, 0, name, bold)
            beside.write_string(line, 1, value)
    return out.getvalue()


def _write(sheet: Any, line: int, at: int, value: Any) -> None:
    if isinstance(value, dict):  # a label beside a number
        value = value.get("label") or value.get("value")
    if value is None:
        return
    if isinstance(value, bool | int | float) and abs(value) < LARGEST_FIGURE:
        sheet.write_number(line, at, value)
    else:
        text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
        sheet.write_string(line, at, text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…")


async def render_workbook(
    datasette: Datasette, columns: Sequence[str], rows: Sequence[Any], table: str | None, query_name: str | None,
    request: Request, data: Mapping[str, Any],
) -> Response:  # fmt: skip
    """Hand out the rows of a list as a workbook; its second sheet says whether there are more."""
    name = table or query_name or "sql"
    has_more = bool(data.get("next") or data.get("truncated"))
    beside = about(datasette, request, len(rows), has_more)
    values = [[row[column] for column in columns] for row in rows]
    labels = [say_or_name(language_of(request), "field", column) for column in columns]
    body = await asyncio.to_thread(workbook, labels, values, beside)
    return handed(body, WORKBOOK, f"{name}.xlsx")


def about(datasette: Datasette, request: Request, count: int, has_more: bool) -> dict[str, str]:
    """Return what the second sheet of a workbook says: where its rows are from, how many, and whether these are all."""
    language = language_of(request)
    return {
        say(language, "download.address"): str(datasette.absolute_url(request, request.full_path)),
        say(language, "download.rows"): f"{count:,}",
        say(language, "download.whole"): say(language, "download.cut" if has_more else "download.all"),
    }


def handed(body: bytes, kind: str, name: str) -> Response:
    """Return a file to keep."""
    plain = re.sub(r"[^A-Za-z0-9_.-]", "_", name)
    return Response(
        body, content_type=kind, headers={"content-disposition": f'attachment; filename="{plain}"'}
    )


def has_parquet() -> bool:
    """Return whether Parquet can be written here (the extra ``yuanben[parquet]``)."""
    return find_spec("pyarrow") is not None


async def render_parquet(
    columns: Sequence[str], rows: Sequence[Any], table: str | None, query_name: str | None
) -> Response:
    """Hand out the rows of a list as Parquet, figures as figures where a column holds nothing else."""
    values = {column: [_plain(row[column]) for row in rows] for column in columns}
    body = await asyncio.to_thread(_parquet, values)
    return handed(body, "application/vnd.apache.parquet", f"{table or query_name or 'sql'}.parquet")


def _parquet(values: Mapping[str, list[Any]]) -> bytes:
    import pyarrow
    import pyarrow.parquet

    made = {
        name: column
        if all(isinstance(v, int | None) for v in column)
        else [None if v is None else str(v) for v in column]
        for name, column in values.items()
    }
    out = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(made), out)
    return out.getvalue()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return value.get("value")
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
