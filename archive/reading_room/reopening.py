"""Looking at the file that is at the path now. Whoever restores an archive puts another file there.

A connection goes on with the file it opened, whatever became of its name: it would show what is no longer held. So each
look first asks whether the file is the one that was opened, and opens it anew when it is not. That a checkpoint changes
the file, too, costs a millisecond.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from archive.reading_room.bounded import BoundedRows
from archive.reading_room.declared import identity

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.database import Database


def keep_current(datasette: Datasette) -> None:
    """Let every look at an archive see the file that is at its path."""
    for database in datasette.databases.values():
        if database.path and not hasattr(database, "yuanben_is_current"):
            database.yuanben_is_current = True
            database.execute_fn = _on_current(datasette, database, database.execute_fn)


def _on_current(
    datasette: Datasette, database: Database, plain: Callable[..., Awaitable[Any]]
) -> Callable[..., Awaitable[Any]]:
    async def execute_fn(look: Callable[[sqlite3.Connection], Any], *rest: Any, **named: Any) -> Any:
        return await plain(lambda conn: look(_current(datasette, database, conn)), *rest, **named)

    return execute_fn


def _current(datasette: Datasette, database: Database, conn: sqlite3.Connection) -> sqlite3.Connection:
    """Return a connection to the file at the path: the one given, or a new one in its place."""
    from datasette.database import connections

    rows = conn.row_factory
    now = identity(str(database.path))
    if not isinstance(rows, BoundedRows) or now is None or now == rows.file:
        return conn
    fresh: sqlite3.Connection = database.connect()
    datasette._prepare_connection(fresh, database.name)
    # By what name a thread keeps its connection is Datasette's affair.
    for name, held in list(vars(connections).items()):
        if held is conn:
            setattr(connections, name, fresh)
    if conn in database._all_file_connections:
        database._all_file_connections.remove(conn)
    conn.close()
    return fresh
