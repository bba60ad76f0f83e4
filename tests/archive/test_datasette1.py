"""What Datasette 1.0 is told at its start, and its CSV: the parts of it that need no 1.0 to be looked at."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from archive.reading_room.datasette1 import HarmlessRows, settle
from archive.reading_room.words import declared_metadata
from tests.archive.desk import memory
from tests.archive.holding import Holding


class _Datasette:
    """Keeps what it is told, as 1.0 does."""

    def __init__(self, path: Path) -> None:
        self.databases = {"held": SimpleNamespace(path=str(path))}
        self.config: dict[str, Any] = {
            "databases": {"held": {"tables": {"latest": {"sort_desc": "last_seen"}}}}
        }
        self.tables: dict[tuple[str, str], dict[str, str]] = {("held", "changes"): {"title": "Edits"}}
        self.columns: dict[tuple[str, str, str], dict[str, str]] = {}
        self.queries: dict[tuple[str, str], dict[str, Any]] = {}

    async def get_resource_metadata(self, *key: str) -> dict[str, str]:
        return self.tables.get(key, {})  # type: ignore[arg-type]

    async def set_resource_metadata(self, database: str, table: str, key: str, value: str) -> None:
        self.tables.setdefault((database, table), {})[key] = value

    async def get_column_metadata(self, *key: str) -> dict[str, str]:
        return self.columns.get(key, {})  # type: ignore[arg-type]

    async def set_column_metadata(self, database: str, table: str, column: str, key: str, value: str) -> None:
        self.columns[database, table, column] = {key: value}

    async def get_query(self, *key: str) -> dict[str, Any] | None:
        return self.queries.get(key)  # type: ignore[arg-type]

    async def add_query(self, database: str, name: str, sql: str, **said: Any) -> None:
        self.queries[database, name] = {"sql": sql, **said}


@pytest.fixture
def told(tmp_path: Path) -> _Datasette:
    holding = Holding(tmp_path / "held.db")
    holding.close()
    datasette = _Datasette(holding.path)
    asyncio.run(settle(datasette))  # type: ignore[arg-type]
    return datasette


def test_everything_declared_is_told_and_what_the_owner_said_stays(told: _Datasette) -> None:
    declared = declared_metadata(told, None)["databases"]["held"]  # type: ignore[arg-type]
    assert {name for _, name in told.queries} == set(declared["queries"])
    assert {name for _, name in told.tables} == set(declared["tables"])
    assert told.tables["held", "changes"] == {
        "title": "Edits",
        "description": declared["tables"]["changes"]["description"],
    }
    assert told.columns["held", "latest", "title"] == {
        "description": declared["tables"]["latest"]["columns"]["title"]
    }
    tables = told.config["databases"]["held"]["tables"]
    assert tables["latest"]["sort_desc"] == "last_seen" and tables["latest"]["facets"]
    assert tables["version_index"] == {"hidden": True}


def test_ready_questions_keep_their_parameters_and_may_be_asked_by_strangers(told: _Datasette) -> None:
    db = memory()
    for name in ("found", "matches"):
        db.create_function(name, -1, lambda *_: "[]")
    for query in told.queries.values():
        assert query["is_trusted"] and query["hide_sql"] and query["source"] == "yuanben"
        db.execute(query["sql"], dict.fromkeys(query["parameters"], "")).fetchall()


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+86 10", "'+86 10"),
        ("@x\ny", "'@x\ny"),
        ("＝1", "'＝1"),
        ('-"a",b', '\'-"a",b'),
        ("-5", "-5"),
        ("+1.5e-3", "+1.5e-3"),
        ("北京", "北京"),
        ("", ""),
    ],
    ids=[
        "formula",
        "telephone",
        "two lines",
        "full width",
        "quoted",
        "figure",
        "exponent",
        "text",
        "nothing",
    ],
)
def test_streamed_csv_holds_no_formula(cell: str, written: str) -> None:
    assert _streamed(lambda writer: writer.writerow([cell, "x" * 200_000])) == [[written, "x" * 200_000]]


def _streamed(write: Callable[[Any], Any]) -> list[list[str]]:
    pieces: list[str] = []

    class Sent:
        async def write(self, text: str) -> None:
            pieces.append(text)

    asyncio.run(write(csv.writer(HarmlessRows(Sent()))))
    return list(csv.reader(io.StringIO("".join(pieces), newline="")))
