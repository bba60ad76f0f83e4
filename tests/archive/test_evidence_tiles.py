"""The rows under the logs: SQL writes leaves as Python does, tiles change nothing, and what is put aside keeps its place."""

from __future__ import annotations

import json
import random
import sqlite3

import pytest

from archive.evidence.leaves import CAPTURES, LOGS, OTHERS, leaf
from archive.evidence.merkle import leaf_hash, root
from archive.store.evidence import logs
from tests.archive.histories import archive_of, files, history

STRANGE = '€\x01\x1f\x7f\n\t"\\/\u2028\U0001f600\u0000x'


def archive(seed: int) -> sqlite3.Connection:
    """Return an archive with a history that was imported in any order."""
    return archive_of(files(history(seed), random.Random(seed))).db


def hashes(db: sqlite3.Connection, name: str) -> list[bytes]:
    return [leaf_hash(one.leaf) for one in logs.leaves(db, LOGS[name])]


def test_sql_and_python_write_the_same_leaf() -> None:
    db = archive(7)
    db.execute(
        "insert into captures (crawl, site, kind, url, method, captured_at, status, headers, flags, origin, clock) "
        "values (1, ?, 'article', 'u', 'GET', 't', 200, ?, '[]', ?, 'wall')",
        (STRANGE.replace("\0", ""), json.dumps([["a", STRANGE]], ensure_ascii=False), STRANGE),
    )
    db.row_factory = sqlite3.Row
    for log in (CAPTURES, *OTHERS):
        for one in logs.leaves(db, log):
            row = db.execute(f"select * from {log.name} where id = ?", (one.row,)).fetchone()
            if row is None:
                continue
            told = dict(row)
            if log is CAPTURES:
                repeats = db.execute(
                    "select digest, url, captured_at as at from repeats where capture = ?", (one.row,)
                )
                told["repeats"] = next(map(dict, repeats), None)
            if one.place % 1_000 == 0:
                assert leaf(log, told) == one.leaf


@pytest.mark.parametrize("seed", range(0, 60, 5))
def test_a_log_only_grows_while_files_are_read(seed: int) -> None:
    given = files(history(seed), random.Random(seed))
    desk = archive_of([])
    before: dict[str, list[bytes]] = {name: [] for name in LOGS}
    for one in given:
        desk.take(one)
        for name, known in before.items():
            if name == "crawls":
                continue
            now = hashes(desk.db, name)
            assert now[: len(known)] == known, f"{name} of seed {seed} lost what it said"
            before[name] = now


def test_tiles_change_no_root_and_hold_every_leaf(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "TILE_WIDTH", 4)
    import archive.evidence.merkle as merkle

    monkeypatch.setattr(merkle, "TILE_WIDTH", 4)
    monkeypatch.setattr(merkle, "TILE_HEIGHT", 2)
    db = archive(50)
    plain = logs.state(db, "a.example")
    logs.keep_tiles(db)
    assert logs.state(db, "a.example") == plain
    for log in (CAPTURES, *OTHERS):
        held = [hashed for tile in logs.tiles(db, log) for hashed in tile]
        assert held == hashes(db, log.name) or log.closing
    assert plain.root == root(hashes(db, "captures")) and plain.size == len(hashes(db, "captures")) > 8


def test_a_crawl_that_is_open_is_stated_as_open() -> None:
    db = archive(3)
    stated = logs.state(db, "a.example").others["crawls"]
    assert stated.open == (1,)
    db.execute("update crawls set finished_at = 't', verdict = 'OK' where id = 1")
    log = LOGS["crawls"]
    now = [leaf_hash(one.leaf) for one in logs.leaves(db, log, still_open=stated.open)]
    assert root(now) == stated.root
    assert logs.state(db, "a.example").others["crawls"].root != stated.root
