"""What Datasette's own lists would do slowly in a large archive, done by us."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING, Any

from datasette.utils import tilde_decode
from datasette.utils.asgi import BadRequest, Request, Response

from archive.reading_room.bounded import row_limit
from archive.reading_room.declared import archives, declared_metadata, is_large
from archive.reading_room.looks import PATIENCE, answer, day, has_copies, look_into, whole_number
from archive.reading_room.rows import rows
from archive.store.answers.search import search

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
    return await _found(request, datasette, database, query) if query and table == "latest" else None


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


async def _found(request: Request, datasette: Datasette, database: str, query: str) -> FilterArguments:
    """Return the clause that holds a list to what a search found, in attached files too.

    In a large archive those are the newest rows, one more than are shown.
    """
    from datasette.filters import FilterArguments  # not before Datasette is there

    shown = min(_MOST, (whole_number(request.args.get("_next")) or 0) + _shown(request, datasette) + 1)
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


def found_as_json(db: sqlite3.Connection, *told: object) -> str:
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


def _shown(request: Request, datasette: Datasette) -> int:
    size = request.args.get("_size")
    most = int(datasette.setting("max_returned_rows"))
    return (
        most
        if size == "max"
        else min(most, whole_number(size) or int(datasette.setting("default_page_size")))
    )


def _is_hidden(table: str, hidden: set[str]) -> bool:
    return table in hidden or table.startswith(("sqlite_", *(f"{name}_" for name in hidden)))
