"""Rows of the views as JSON Lines and as Parquet, a file each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from archive.errors import BadInput

Row = Sequence[Any]
_GROUP = 2_000


def write_jsonl(target: Path, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Write one JSON object a line and return how many there are."""
    count = 0
    with target.open("w", encoding="utf-8", newline="\n") as out:
        for row in rows:
            out.write(json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False) + "\n")
            count += 1
    return count


def write_parquet(
    target: Path, columns: Mapping[str, str], rows: Iterable[Row], about: Mapping[str, str]
) -> int:
    """Write a Parquet file and return its rows. ``columns``: SQLite's type of each; ``about``: what each means."""
    arrow, parquet = arrow_modules()
    kinds = {"integer": arrow.int64(), "real": arrow.float64(), "blob": arrow.binary()}
    schema = arrow.schema(
        [
            arrow.field(name, kinds.get(kind, arrow.string()), metadata={"description": about.get(name, "")})
            for name, kind in columns.items()
        ]
    )
    count, waiting = 0, iter(rows)
    with parquet.ParquetWriter(target, schema, compression="zstd") as out:
        while group := list(islice(waiting, _GROUP)):
            count += len(group)
            out.write_batch(_batch(arrow, schema, columns, group))
    return count


def arrow_modules() -> tuple[Any, Any]:
    """Return pyarrow and its Parquet module. Raise BadInput where they are not installed."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise BadInput('Parquet needs pyarrow — run: pip install "yuanben[parquet]"') from None
    return pyarrow, pyarrow.parquet


def column_type(kinds: Iterable[str]) -> str:
    """Return the type of a column from the types of its values; texts are what can hold any mixture."""
    found = set(kinds) - {"null"}
    if found <= {"integer"}:
        return "integer" if found else "text"
    if found <= {"integer", "real"}:
        return "real"
    return "blob" if found == {"blob"} else "text"


def described(path: Path, rows: int | None, columns: Mapping[str, str]) -> dict[str, Any]:
    """Return what a manifest says of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    told: dict[str, Any] = {"name": path.name, "bytes": path.stat().st_size, "sha256": digest}
    return told if rows is None else told | {"rows": rows, "columns": dict(columns)}


def _batch(arrow: Any, schema: Any, columns: Mapping[str, str], group: list[Row]) -> Any:
    held = [
        arrow.array(list(_values(kind, (row[at] for row in group))), type=schema.field(at).type)
        for at, kind in enumerate(columns.values())
    ]
    return arrow.record_batch(held, schema=schema)


def _values(kind: str, values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        yield str(value) if kind == "text" and value is not None and not isinstance(value, str) else value
