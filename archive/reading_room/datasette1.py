"""The same for Datasette 1.0 (tried with 1.0a41): it is told once, at its start, what 0.65 asks for on each page.

Its pages of lists are its own. What they say and offer is ours: descriptions, ready questions, orders, facets, and CSV
in which nothing is a formula.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import AsgiStream, Request

from archive.reading_room.connections import LONGEST_VALUE
from archive.reading_room.feeds import harmless
from archive.reading_room.words import archives, declared_metadata

if TYPE_CHECKING:
    from datasette.app import Datasette

_OF_CONFIG = ("sort", "sort_desc", "facets", "sortable_columns", "label_column", "hidden")
# A text that is a figure is one to a spreadsheet, never a formula; in CSV the two cannot be told apart.
_FIGURE = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


async def settle(datasette: Datasette) -> None:
    """Tell Datasette what ``datasette.yml`` declares of each archive; what its owner said of it already stays."""
    for name in archives(datasette):
        declared = declared_metadata(datasette, None)["databases"][name]
        _configure(datasette, name, declared["tables"])
        for table, said in declared["tables"].items():
            await _describe(datasette, name, table, said)
        for query, said in declared["queries"].items():
            await _ask(datasette, name, query, said)


def _configure(datasette: Any, name: str, declared: Mapping[str, Mapping[str, Any]]) -> None:
    datasette.config = datasette.config or {}
    tables = datasette.config.setdefault("databases", {}).setdefault(name, {}).setdefault("tables", {})
    for table, said in declared.items():
        ours = {key: said[key] for key in _OF_CONFIG if key in said}
        tables[table] = {**ours, **tables.get(table, {})}


async def _describe(datasette: Any, name: str, table: str, said: Mapping[str, Any]) -> None:
    held = await datasette.get_resource_metadata(name, table)
    for key in ("title", "description"):
        if key in said and key not in held:
            await datasette.set_resource_metadata(name, table, key, said[key])
    for column, text in said.get("columns", {}).items():
        if not await datasette.get_column_metadata(name, table, column):
            await datasette.set_column_metadata(name, table, column, "description", text)


async def _ask(datasette: Any, name: str, query: str, said: Mapping[str, Any]) -> None:
    if await datasette.get_query(name, query):
        return
    # Trusted: it may be asked where strangers may write no SQL of their own.
    await datasette.add_query(
        name,
        query,
        said["sql"],
        title=said["title"],
        description=said["description"],
        hide_sql=said["hide_sql"],
        parameters=said.get("params", []),
        is_trusted=True,
        source="yuanben",
    )


async def table(request: Request, datasette: Datasette) -> Any:
    """Hand out a table, a view or a ready question as CSV."""
    from datasette.views.table import table_view

    return _made_harmless(await table_view(datasette, request))


async def query(request: Request, datasette: Datasette) -> Any:
    """Hand out the answer to a query as CSV."""
    from datasette.views.database import QueryView

    return _made_harmless(await QueryView()(request, datasette))


LISTS: list[tuple[str, Callable[..., Any]]] = [
    (r"/(?P<database>[^\/\.]+)/(?P<table>[^\/\.]+)\.(?P<format>csv)$", table),
    (r"/(?P<database>[^\/\.]+)/-/query\.(?P<format>csv)$", query),
]


def _made_harmless(response: Any) -> Any:
    if not isinstance(response, AsgiStream):
        return response
    plain = response.stream_fn

    async def guarded(writer: Any) -> None:
        await plain(HarmlessRows(writer))

    response.stream_fn = guarded
    return response


class HarmlessRows:
    """Writes CSV on; given a row at a time, as Datasette streams it."""

    def __init__(self, writer: Any) -> None:
        csv.field_size_limit(LONGEST_VALUE)
        self._writer = writer

    async def write(self, lines: str) -> None:
        """Write rows with an apostrophe before what a spreadsheet would take for a formula."""
        told = io.StringIO(newline="")
        csv.writer(told).writerows(
            [cell if _FIGURE.fullmatch(cell) else harmless(cell) for cell in row]
            for row in csv.reader(io.StringIO(lines, newline=""))
        )
        await self._writer.write(told.getvalue())
