"""The logs compared with checkpoints and with the hashes stored when those were made.

A checkpoint kept elsewhere shows whether any row up to it was changed, inserted or deleted. The stored hashes
say which row, unless whoever changed it also changed them. Rows after the newest checkpoint are not covered.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from archive.evidence.leaves import CAPTURES, LOGS, OTHERS, Log
from archive.evidence.merkle import Growing, leaf_hash, root
from archive.evidence.note import Checkpoint, TreeHead
from archive.store.evidence import logs
from archive.store.evidence.rederive import Difference


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A checkpoint and its origin; one from outside the archive proves more."""

    checkpoint: Checkpoint
    place: str


def check_logs(
    db: sqlite3.Connection, stated: Sequence[Stated], tick: Callable[[], None]
) -> Iterator[Difference]:
    """Yield what was stated and the logs do not hold."""
    for log in (CAPTURES, *OTHERS):
        try:
            yield from _closing(db, log, stated) if log.closing else _log(db, log, stated, tick)
        except (sqlite3.DatabaseError, UnicodeDecodeError, ValueError, KeyError) as error:
            yield Difference(table=log.name, row=None, column=None, what=f"its log cannot be read ({error})")
    for one in stated:
        for name in one.checkpoint.others.keys() - LOGS.keys():
            yield Difference(
                table=name, row=None, column=None, what=f"{one.place} states a log this yuanben does not know"
            )


def tree_head_of(checkpoint: Checkpoint, log: Log) -> TreeHead | None:
    """Return the tree head of a log in a checkpoint."""
    return TreeHead(checkpoint.size, checkpoint.root) if log is CAPTURES else checkpoint.others.get(log.name)


def _log(
    db: sqlite3.Connection, log: Log, stated: Sequence[Stated], tick: Callable[[], None]
) -> Iterator[Difference]:
    known = [hashed for tile in logs.tiles(db, log) for hashed in tile]
    wanted = sorted(
        ((head, one.place) for one in stated if (head := tree_head_of(one.checkpoint, log))),
        key=lambda pair: pair[0].size,
    )
    growing, held, named = Growing(), 0, False
    last = 0
    waiting = iter(wanted)
    head, place = next(waiting, (None, ""))
    while head is not None and head.size == 0:
        head, place = next(waiting, (None, ""))
    for one in logs.leaves(db, log):
        for missing in range(last + 1, one.row):
            named = True
            growing.add(known[growing.size] if growing.size < len(known) else b"\0" * 32)
            yield Difference(table=log.name, row=missing, column="id", what="the row is missing")
        last = one.row
        hashed = leaf_hash(one.leaf)
        if growing.size < len(known) and known[growing.size] != hashed:
            named = True
            yield Difference(
                table=log.name, row=one.row, column=None, what="is not as it was when a checkpoint stated it"
            )
        growing.add(hashed)
        tick()
        while head is not None and head.size <= growing.size:
            if head.size == growing.size and head.root == growing.root():
                held = head.size
            elif not named:
                yield _unnamed(log, held, head.size, place)
                named = True
            head, place = next(waiting, (None, ""))
    if len(known) > growing.size:
        what = f"rows are missing at the end: {growing.size} are there, {len(known)} were stated"
        yield Difference(table=log.name, row=last + 1, column="id", what=what)
    if head is not None:
        what = f"rows are missing at the end: {growing.size} are there, {place} states {head.size}"
        yield Difference(table=log.name, row=last + 1, column="id", what=what)


def _unnamed(log: Log, held: int, size: int, place: str) -> Difference:
    what = f"the rows are not those that {place} states: the first {held} hold, one of {held + 1} to {size} does not"
    return Difference(table=log.name, row=None, column=None, what=what)


def _closing(db: sqlite3.Connection, log: Log, stated: Sequence[Stated]) -> Iterator[Difference]:
    """Check a log whose rows are closed once; each checkpoint names the rows that were open."""
    held = 0
    known = [hashed for tile in logs.tiles(db, log) for hashed in tile]
    everything = [placed.row for placed in logs.leaves(db, log)]
    for closed, opened, hashed in zip(
        logs.leaves(db, log), logs.leaves(db, log, still_open=everything), known, strict=False
    ):
        if hashed not in (leaf_hash(closed.leaf), leaf_hash(opened.leaf)):
            what = "is not as it was when a checkpoint stated it"
            yield Difference(table=log.name, row=closed.row, column=None, what=what)
            break
    for one in sorted(stated, key=lambda one: one.checkpoint.size):
        head = tree_head_of(one.checkpoint, log)
        if head is None:
            continue
        hashes = [leaf_hash(leaf.leaf) for leaf in logs.leaves(db, log, still_open=head.open)][: head.size]
        if len(hashes) < head.size:
            what = f"rows are missing: {len(hashes)} are there, {one.place} states {head.size}"
            yield Difference(table=log.name, row=None, column="id", what=what)
        elif root(hashes) != head.root:
            yield _unnamed(log, held, head.size, one.place)
        else:
            held = head.size
