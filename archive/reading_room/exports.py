"""CSV that a spreadsheet opens as text: what would be taken for a formula is led by an apostrophe.

Datasette imports its plugins while it is being imported itself: its views are imported where they are used.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from datasette.utils import CustomRow, tilde_decode
from datasette.utils.asgi import BadRequest, Request, Response

from archive.reading_room.bounded import Unfinished

if TYPE_CHECKING:
    from datasette.app import Datasette

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
    return await view.dispatch_request(request)


def _harmless_row(row: Any) -> Any:
    cells = [_cell(cell) for cell in row]
    names = row.columns if isinstance(row, CustomRow) else row.keys()
    return row if cells == list(row) else CustomRow(names, dict(zip(names, cells, strict=True)))


def _cell(value: Any) -> Any:
    if isinstance(value, dict):  # a label beside a number
        return {name: harmless(part) for name, part in value.items()}
    return harmless(value)
