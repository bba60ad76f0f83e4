"""Lists, searches of lists and facets that Datasette itself would make slowly in a large archive.

The facets of the list of documents come from what is kept counted, so that no page goes through every document
for them. The kept counts know only sites, states and days. Of a list that is narrowed by anything else, the
documents themselves are counted in one statement, within the time that facets have.

Datasette imports its plugins while it is being imported itself, so its facets are imported where they are used.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from datasette.utils import tilde_decode
from datasette.utils.asgi import BadRequest, Request, Response

from archive.patterns import regex
from archive.reading_room.connections import (
    PATIENCE,
    answer,
    day,
    has_copies,
    look_into,
    row_limit,
    whole_number,
)
from archive.reading_room.words import archives, declared_metadata, is_large
from archive.store.read.documents import rows
from archive.store.read.search import search

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.filters import FilterArguments

A_LIST = 50
_MOST = 2_000


async def asked(request: Request, datasette: Datasette, database: str, table: str) -> FilterArguments | None:
    """Return what holds a list to a search, if it is searched. Raise BadRequest for what no list can answer.

    Datasette's own clause would find candidates, pairs of characters in place of words, and nothing of attached files.
    """
    await _refuse_nonsense(request, datasette, database, table)
    query = request.args.get("_search")
    return await _search_clause(request, datasette, database, query) if query and table == "latest" else None


async def _refuse_nonsense(request: Request, datasette: Datasette, database: str, table: str) -> None:
    """Refuse values on which Datasette's lists end as if the fault were theirs."""
    limit, start = request.args.get("_timelimit"), request.args.get("_next")
    if limit and whole_number(limit) is None:
        raise BadRequest("_timelimit must be a number of milliseconds")
    if start and whole_number(start) is None and table in await datasette.get_database(database).view_names():
        raise BadRequest("_next must be a number of rows")
    for through in request.args.getlist("_through"):
        if not _leads_through(through):
            raise BadRequest("_through must be JSON with a table, a column and a value")


def _leads_through(text: str) -> bool:
    try:
        said = json.loads(text)
    except ValueError:
        return False
    return isinstance(said, dict) and {"table", "column", "value"} <= set(said)


async def _search_clause(
    request: Request, datasette: Datasette, database: str, query: str
) -> FilterArguments:
    """Return the clause that holds a list to what a search found, in attached files too.

    In a large archive those are the newest rows, one more than are shown.
    """
    from datasette.filters import FilterArguments  # not before Datasette is there

    shown = min(_MOST, (whole_number(request.args.get("_next")) or 0) + _page_size(request, datasette) + 1)
    wanted = shown if is_large(str(datasette.databases[database].path)) else None

    def read(db: sqlite3.Connection) -> list[int]:
        sites = {"site": request.args.get("site"), "state": request.args.get("state")}
        return [hit.document for hit in search(db, query, limit=wanted, **sites)]

    documents = await look_into(datasette, database, read)
    return FilterArguments(
        ["document in (select value from json_each(:room_found))"],
        {"room_found": json.dumps(documents)},
        human_descriptions=[],
    )


def search_as_json(db: sqlite3.Connection, *told: object) -> str:
    """Return the documents that a ready question's words, site, days, state and copies find, newest first.

    This is ``found`` in SQL: the search of the front page for people who ask in tables. No words find nothing.
    """
    words, site, since, until, state, copies, most = (str(value or "") for value in told)
    with row_limit(db, PATIENCE):
        hits = search(
            db,
            words,
            site=site or None,
            since=day(since),
            until=day(until),
            state=state or None,
            copied=has_copies(copies),
            limit=min(whole_number(most) or A_LIST, _MOST),
        )
    return json.dumps([hit.document for hit in hits])


async def data(request: Request, datasette: Datasette) -> Response:
    """Show what can be asked of an archive: ready questions, views, tables; none of them is counted for it."""
    name = next(
        (
            n
            for n, db in datasette.databases.items()
            if db.route == tilde_decode(request.url_vars["database"])
        ),
        None,
    )
    if name is None or name not in archives(datasette) or "sql" in request.args:
        from datasette.views.database import DatabaseView  # not before Datasette is there

        request.scope["url_route"] = {"kwargs": {**request.url_vars, "format": None}}
        return await DatabaseView(datasette).dispatch_request(request)
    await datasette.ensure_permissions(request.actor, [("view-database", name), "view-instance"])
    declared = declared_metadata(datasette, None)["databases"][name]
    hidden = {table for table, said in declared["tables"].items() if said.get("hidden")}
    db = datasette.get_database(name)
    named = await db.execute_fn(
        lambda conn: rows(
            conn, "select name, type from sqlite_master where type in ('table', 'view') order by name"
        )
    )
    context: dict[str, Any] = {
        "database": name,
        "metadata": declared,
        "queries": [{"name": key, **query} for key, query in declared["queries"].items()],
        "views": [row for row in named if row["type"] == "view"],
        "tables": [
            row | {"hidden": _is_hidden(row["name"], hidden)} for row in named if row["type"] == "table"
        ],
        "show_hidden": request.args.get("_show_hidden"),
        "hidden_count": sum(_is_hidden(row["name"], hidden) for row in named),
        "allow_execute_sql": await datasette.permission_allowed(
            request.actor, "execute-sql", name, default=datasette.setting("default_allow_sql")
        ),
    }
    return await answer(datasette, request, "database.html", context)


def _page_size(request: Request, datasette: Datasette) -> int:
    size = request.args.get("_size")
    most = int(datasette.setting("max_returned_rows"))
    return (
        most
        if size == "max"
        else min(most, whole_number(size) or int(datasette.setting("default_page_size")))
    )


def _is_hidden(table: str, hidden: set[str]) -> bool:
    return table in hidden or table.startswith(("sqlite_", *(f"{name}_" for name in hidden)))


COUNTED = ("site", "state")
# In one go for all columns; the sign keeps SQLite from going through the documents by site for the sake of the order.
_GROUPED = "select {columns}, count(*) from ({sql}) group by {signed}"
# Whole months from what is kept counted; of a month that is only partly meant, the documents themselves.
_TALLIED = (
    "select site, state, sum(n) from (select site, state, documents as n from tallies where {months}{edges}) "
    "where (:site is null or site = :site) and (:state is null or state = :state) group by 1, 2 having sum(n) > 0"
)
_OF_A_MONTH = (
    " union all select site, state, 1 from documents where published_at >= :{edge} and published_at < :{edge} || '~'"
    "{dates}"
)
_COMPARED = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_DAY = regex(r"\d{4}-\d\d(?:-\d\d)?")


@lru_cache(maxsize=1)
def classes() -> list[type]:
    """Return the kinds of facets that are ours; ``datasette.yml`` asks for them by ``type``."""
    from datasette.database import QueryInterrupted
    from datasette.facets import ColumnFacet

    class Tallied(ColumnFacet):  # type: ignore[misc]
        """Counts by site and state: from the tallies where only they and days narrow the list, else in one go."""

        type = "tallied"

        async def suggest(self) -> list[Any]:
            return []

        async def facet_results(self) -> tuple[list[dict[str, Any]], list[str]]:
            asked = narrowed(self.request.args)
            columns = [source["config"]["simple"] for source in self.get_configs()]
            if not set(columns) <= set(COUNTED):
                result: tuple[list[dict[str, Any]], list[str]] = await super().facet_results()
                return result
            if not columns:
                return [], []
            try:
                places, rows = await self._tallied(*asked) if asked else await self._grouped(columns)
            except QueryInterrupted:
                return [], columns
            return [
                self._facet(column, self.request.args.get(column), summed(rows, places.index(column)))
                for column in columns
            ], []

        async def _tallied(self, sql: str, named: dict[str, str | None]) -> tuple[Sequence[str], Any]:
            return COUNTED, (await self.ds.execute(self.database, sql, named, truncate=False)).rows

        async def _grouped(self, columns: list[str]) -> tuple[Sequence[str], Any]:
            named, signed = ", ".join(columns), ", ".join(f"+{column}" for column in columns)
            limit = self.ds.setting("facet_time_limit_ms")
            sql = _GROUPED.format(columns=named, sql=self.sql, signed=signed)
            found = await self.ds.execute(
                self.database, sql, self.params, truncate=False, custom_time_limit=limit
            )
            return columns, found.rows

        def _facet(self, column: str, chosen: str | None, counts: list[tuple[str, int]]) -> dict[str, Any]:
            most = self.get_facet_size()
            return {
                "name": column,
                "type": "column",
                "hideable": False,
                "toggle_url": None,
                "results": [self._value(column, chosen, *count) for count in counts[:most]],
                "truncated": len(counts) > most,
            }

        def _value(self, column: str, chosen: str | None, value: str, documents: int) -> dict[str, Any]:
            from datasette.utils import path_with_added_args, path_with_removed_args

            change = path_with_removed_args if value == chosen else path_with_added_args
            path = self.ds.urls.path(change(self.request, {column: value}))
            return {
                "value": value,
                "label": value,
                "count": documents,
                "toggle_url": self.ds.absolute_url(self.request, path),
                "selected": value == chosen,
            }

    return [Tallied]


def summed(rows: Any, place: int) -> list[tuple[str, int]]:
    """Return the values in one place of rows that end in a count, with the sums of those, the largest first."""
    sums: Counter[str] = Counter()
    for row in rows:
        sums[row[place]] += row[len(row) - 1]
    return sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))


def narrowed(args: Any) -> tuple[str, dict[str, str | None]] | None:
    """Return how the documents of a list are counted by site and state from the tallies, with the values of that query.

    None when it is narrowed by more than a site, a state and days: there the tallies say nothing.
    """
    by_column = [key for key in args if not key.startswith("_")]
    days = {key.partition("__")[2]: args.get(key) for key in by_column if key.startswith("published_at__")}
    if not set(by_column) - {f"published_at__{how}" for how in days} <= set(COUNTED):
        return None
    if any(key.startswith(("_where", "_search", "_through", "_filter")) for key in args):
        return None
    if any(len(args.getlist(key)) > 1 for key in by_column):
        return None
    if not set(days) <= set(_COMPARED) or not all(map(_DAY.fullmatch, days.values())):
        return None
    return _counting(days, {name: args.get(name) for name in COUNTED})


def _counting(days: dict[str, str], named: dict[str, str | None]) -> tuple[str, dict[str, str | None]]:
    months = [f"month {_COMPARED[how][0]} substr(:{how}, 1, 7)" for how in days]
    dates = "".join(f" and published_at {_COMPARED[how]} :{how}" for how in days)
    edges = {day[:7]: f"in_{how}" for how, day in days.items()}
    sql = _TALLIED.format(
        # Documents without a date stand under no month at all.
        months=" and ".join([*months, "month > ''"] if days else ["true"]),
        edges="".join(_OF_A_MONTH.format(edge=edge, dates=dates) for edge in edges.values()),
    )
    return sql, named | days | {edge: month for month, edge in edges.items()}
