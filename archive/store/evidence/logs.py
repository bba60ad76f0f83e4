"""The rows of the logs in order, and the hashes of those leaves that a checkpoint has stated.

``log_tiles`` is derived: the hashes of the leaves in tiles of 256, each with its root. It makes a checkpoint
of a large archive fast, and it names the row whose leaf has changed. It proves nothing by itself: whoever can
write the file can write it, too.

The log is that of the whole file, also for a reader from whom something is withheld: hence ``main``.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from heapq import merge
from itertools import islice
from typing import Any

from archive.evidence.leaves import CAPTURES, OTHERS, Log, leaf
from archive.evidence.merkle import HASH_SIZE, TILE_WIDTH, Growing, Subtree, leaf_hash, node_hash, root
from archive.evidence.note import Checkpoint, TreeHead

# Rows that share a number: a row put aside whose number a yuanben before 0.1.0 gave again.
_PLACES = 1_000
# A crawl that is still open after this many tiles of other crawls was never closed.
_CLOSED_BY = 4
_EVENT = "select event as id, kind, happened_at, site, document, capture, crawl, details from main.superseded_events"
_ASIDE = {
    "superseded_readings": ("superseded_readings", "reading"),
    "superseded_versions": ("superseded_versions", "version"),
    "superseded_events": ("superseded_events", "event"),
}


@dataclass(frozen=True, slots=True)
class Placed:
    """A leaf with the number of its row and its place in the order of the log."""

    place: int
    leaf: bytes

    @property
    def row(self) -> int:
        """The number of the row."""
        return self.place // _PLACES


@dataclass(frozen=True, slots=True)
class Tile:
    """Up to 256 hashes of leaves, their root, and the place of the last of them."""

    hashes: bytes
    last: int
    root: bytes

    def __iter__(self) -> Iterator[bytes]:
        return iter(_parts(self.hashes))

    @property
    def is_full(self) -> bool:
        """Whether no leaf can be added."""
        return len(self.hashes) == TILE_WIDTH * HASH_SIZE


def leaves(
    db: sqlite3.Connection, log: Log, *, after: int = 0, still_open: Collection[int] = ()
) -> Iterator[Placed]:
    """Yield the leaves of a log after a place, in order.

    Rows that were put aside since keep their place.
    """
    aside = _aside(db, log)
    rows = (Placed(row * _PLACES + len(aside.get(row, ())), held) for row, held in _held(db, log, after))
    gone = (Placed(row * _PLACES + at, held) for row in sorted(aside) for at, held in enumerate(aside[row]))
    for one in merge(rows, gone, key=lambda placed: placed.place):
        if one.place > after:
            yield _opened(db, log, one) if one.row in still_open else one


def leaf_of(db: sqlite3.Connection, log: Log, row: int) -> bytes:
    """Return the leaf of one existing row."""
    cursor = db.cursor()
    cursor.row_factory = None
    statement = _query(log).replace("t.id >= ?", "t.id = ?")
    found: bytes = cursor.execute(statement, (row,)).fetchone()[1]
    return found


def tiles(db: sqlite3.Connection, log: Log) -> list[Tile]:
    """Return the stored tiles of a log, as far as they follow each other."""
    rows = db.execute("select hashes, last, root from log_tiles where log = ? order by number", (log.name,))
    found: list[Tile] = []
    for row in rows:
        found.append(Tile(*row))
        if not found[-1].is_full:
            break
    return found


def state(db: sqlite3.Connection, origin: str) -> Checkpoint:
    """Return the checkpoint of the whole archive, from the stored tiles and the rows after them."""
    size, top = _grown(db, CAPTURES)
    others = {log.name: _tree_head(db, log) for log in OTHERS}
    return Checkpoint(
        origin=origin, size=size, root=top, others={name: held for name, held in others.items() if held.size}
    )


def begins_as(db: sqlite3.Connection, stated: Checkpoint) -> bool:
    """Return whether the archive begins with the captures of a checkpoint, by stored tiles if possible."""
    (held,) = db.execute("select count(*) from main.captures").fetchone()
    if held < stated.size:
        return False
    return not stated.size or subtrees(db, CAPTURES, stated.size)(0, stated.size) == stated.root


def keep_tiles(db: sqlite3.Connection) -> None:
    """Store the hashes of the leaves that are in no full tile yet. The caller holds a transaction."""
    for log in (CAPTURES, *OTHERS):
        whole = [tile for tile in tiles(db, log) if tile.is_full]
        # The leaf of a crawl changes when the crawl is closed.
        still_open = open_crawls(db) if log.closing else ()
        whole = whole[:-_CLOSED_BY] if log.closing else whole
        number, last = len(whole), whole[-1].last if whole else 0
        for tile in _made(leaves(db, log, after=last, still_open=still_open)):
            db.execute(
                "insert or replace into log_tiles (log, number, root, last, hashes) values (?, ?, ?, ?, ?)",
                (log.name, number, tile.root, tile.last, tile.hashes),
            )
            number += 1


def keep_checkpoint(db: sqlite3.Connection, checkpoint: Checkpoint, note: str, *, at: str) -> None:
    """Add a checkpoint to those the archive remembers. The caller holds a transaction."""
    db.execute("insert into checkpoints (made_at, size, note) values (?, ?, ?)", (at, checkpoint.size, note))


def last_checkpoint(db: sqlite3.Connection) -> str | None:
    """Return the newest checkpoint note that the archive remembers."""
    row = db.execute("select note from checkpoints order by id desc limit 1").fetchone()
    return row[0] if row else None


def open_crawls(db: sqlite3.Connection) -> tuple[int, ...]:
    """Return the crawls that are not closed."""
    return tuple(row[0] for row in db.execute("select id from crawls where finished_at is null order by id"))


def _grown(db: sqlite3.Connection, log: Log) -> tuple[int, bytes]:
    growing, last = Growing(), 0
    for top, place in db.execute(
        "select root, last from log_tiles where log = ? and length(hashes) = ? order by number",
        (log.name, TILE_WIDTH * HASH_SIZE),
    ):
        growing.add_tile(top)
        last = place
    for one in leaves(db, log, after=last):
        growing.add(leaf_hash(one.leaf))
    return growing.size, growing.root()


def _tree_head(db: sqlite3.Connection, log: Log) -> TreeHead:
    if not log.closing:
        return TreeHead(*_grown(db, log))
    still_open = open_crawls(db)
    hashes = [leaf_hash(one.leaf) for one in leaves(db, log, still_open=still_open)]
    return TreeHead(len(hashes), root(hashes), still_open)


def _made(placed: Iterator[Placed]) -> Iterator[Tile]:
    hashes, last = bytearray(), 0
    for one in placed:
        hashes += leaf_hash(one.leaf)
        last = one.place
        if len(hashes) == TILE_WIDTH * HASH_SIZE:
            yield _tile(bytes(hashes), last)
            hashes.clear()
    if hashes:
        yield _tile(bytes(hashes), last)


def _tile(hashes: bytes, last: int) -> Tile:
    return Tile(hashes, last, root(_parts(hashes)))


def _parts(hashes: bytes) -> list[bytes]:
    return [hashes[at : at + HASH_SIZE] for at in range(0, len(hashes), HASH_SIZE)]


def _held(db: sqlite3.Connection, log: Log, after: int) -> Iterator[tuple[int, bytes]]:
    cursor = db.cursor()
    cursor.row_factory = None
    cursor.execute(_query(log), (after // _PLACES,))
    while rows := cursor.fetchmany(1_000):
        yield from rows


def _query(log: Log) -> str:
    """Return the statement for the leaves of a log.

    SQLite's JSON equals that of RFC 8785 for texts and whole numbers.
    """
    own = _object(log, {name: f"t.{name}" for name in log.columns})
    if log is not CAPTURES:
        return f"select t.id, cast({own} as blob) from main.{log.name} t where t.id >= ? order by t.id"
    told = {name: f"t.{name}" for name in log.columns} | {
        "payload": "null",
        "repeats": "json_object('at', r.captured_at, 'digest', r.digest, 'url', r.url)",
    }
    return (
        f"select t.id, cast(case when r.capture is null then {own} else {_object(log, told)} end as blob) "
        f"from main.captures t left join main.repeats r on r.capture = t.id where t.id >= ? order by t.id"
    )


def _object(log: Log, columns: dict[str, str]) -> str:
    said = columns | {"leaf": f"'{log.form}'"}
    return "json_object(" + ", ".join(f"'{name}', {said[name]}" for name in sorted(said)) + ")"


def _aside(db: sqlite3.Connection, log: Log) -> dict[int, list[bytes]]:
    """Return the leaves of rows that were put aside, by their numbers."""
    found: dict[int, list[bytes]] = {}
    if log.aside is None:
        return found
    for row in _rows_aside(db, log.aside):
        found.setdefault(row["id"], []).append(leaf(log, row))
    return found


def _rows_aside(db: sqlite3.Connection, table: str) -> Iterator[dict[str, Any]]:
    cursor = db.cursor()
    if table == "superseded_events":
        cursor.row_factory = sqlite3.Row
        yield from map(dict, cursor.execute(f"{_EVENT} order by id"))
        return
    cursor.row_factory = None
    for (told,) in cursor.execute(f"select told from main.{table} order by id"):
        yield json.loads(told)


def _opened(db: sqlite3.Connection, log: Log, placed: Placed) -> Placed:
    cursor = db.cursor()
    cursor.row_factory = sqlite3.Row
    row = cursor.execute(f"select * from main.{log.name} where id = ?", (placed.row,)).fetchone()
    return Placed(placed.place, leaf(log, dict(row), is_open=True))


def subtrees(db: sqlite3.Connection, log: Log, size: int, still_open: Collection[int] = ()) -> Subtree:
    """Return a function that gives the root of any range among the first leaves of a log."""
    known = [] if log.closing else [tile for tile in tiles(db, log) if tile.is_full]
    hashes = b"".join(tile.hashes for tile in known)
    behind = leaves(db, log, after=known[-1].last if known else 0, still_open=still_open)
    hashes += b"".join(leaf_hash(one.leaf) for one in islice(behind, max(0, size - len(hashes) // HASH_SIZE)))

    @lru_cache(maxsize=1 << 17)
    def subtree(first: int, end: int) -> bytes:
        if end - first == TILE_WIDTH and first % TILE_WIDTH == 0 and first // TILE_WIDTH < len(known):
            return known[first // TILE_WIDTH].root
        if end - first <= TILE_WIDTH:
            return root(_parts(hashes[first * HASH_SIZE : end * HASH_SIZE]))
        middle = first + (1 << (end - first - 1).bit_length() - 1)
        return node_hash(subtree(first, middle), subtree(middle, end))

    return subtree


def index_of(db: sqlite3.Connection, log: Log, row: int) -> int:
    """Return the place of a row's leaf in its log, counted from 0."""
    table, column = _ASIDE.get(log.aside or "", ("", ""))
    before = db.execute(f"select count(*) from main.{log.name} where id < ?", (row,)).fetchone()[0]
    if not table:
        return int(before)
    return int(
        before + db.execute(f"select count(*) from main.{table} where {column} <= ?", (row,)).fetchone()[0]
    )
