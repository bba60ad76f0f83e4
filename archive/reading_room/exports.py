"""CSV that a spreadsheet opens as text: what would be taken for a formula is led by an apostrophe.

Datasette imports its plugins while it is being imported itself: its views are imported where they are used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datasette.utils import CustomRow, tilde_decode
from datasette.utils.asgi import BadRequest, Request, Response

if TYPE_CHECKING:
    from datasette.app import Datasette

STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠")


def harmless(value: Any) -> Any:
    """Return a value as a spreadsheet may have it. Figures stay figures: only texts can be formulas."""
    return "'" + value if isinstance(value, str) and value.startswith(STARTS_FORMULA) else value


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
        answer = await plain(*args, **named)
        if isinstance(answer, tuple):
            if answer[0].get("error"):  # Datasette would hand out an empty file
                raise BadRequest(str(answer[0]["error"]))
            answer[0]["rows"] = [_harmless_row(row) for row in answer[0].get("rows", ())]
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
