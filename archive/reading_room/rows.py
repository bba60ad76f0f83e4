"""Rows of the archive as dictionaries, for templates."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import Any

Row = dict[str, Any]


def rows(db: sqlite3.Connection, sql: str, *values: object, **named: object) -> list[Row]:
    """Return what a query finds, all of it."""
    found: Iterable[sqlite3.Row] = db.execute(sql, named or values)
    return [dict(row) for row in found]


def one(db: sqlite3.Connection, sql: str, *values: object) -> Row | None:
    """Return the first row a query finds, or None."""
    found = rows(db, sql, *values)
    return found[0] if found else None


def decoded(row: Row, *columns: str) -> Row:
    """Return a row with some of its columns read from JSON."""
    return row | {column: json.loads(row[column]) for column in columns}
