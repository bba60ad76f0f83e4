"""Rebuilding derived rows, and taking damaged bodies from a second copy.

What was witnessed is never touched: a changed capture, reading or version cannot be repaired from the file
itself. The hashes that checkpoints stored stay, too: they are the evidence of the change.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field

import zstandard

from archive.collate.sameness import sampled
from archive.errors import ArchiveError
from archive.store.evidence.consistency import shapes
from archive.store.evidence.rederive import Rederived
from archive.store.file.payloads import LEVEL, Payloads
from archive.store.schema import INDEXES
from archive.store.write.ledger import Ledger
from archive.store.write.looks import looks_of
from archive.store.write.originals import add_shingles
from archive.store.write.states import count_all_looks
from archive.store.write.versions import index_version
from archive.text import FOLD
from archive.text.folding import different_pieces

_VERSIONS = (
    "select v.id, v.title, v.text, v.doc_number, v.issuer, d.publisher, v.source_line from versions v "
    "join documents d on d.id = v.document where v.id > ? order by v.id limit 200"
)
_FILES = "select id, text from attachment_texts where id > ? order by id limit 200"


@dataclass(slots=True)
class Repaired:
    """What was rebuilt, and which bodies no copy could give."""

    shapes: list[str] = field(default_factory=list)
    entries: int = 0
    documents: list[int] = field(default_factory=list)
    payloads: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def repair(
    db: sqlite3.Connection,
    expected: dict[str, str],
    documents: list[int],
    copy: sqlite3.Connection | None,
    now: Callable[[], str],
    tick: Callable[[], None],
) -> Repaired:
    """Rebuild what follows from the kept rows.

    The caller holds a transaction; nothing is acknowledged before its end.
    """
    done = Repaired(documents=documents)
    _make_shapes(db, expected, done)
    db.execute("reindex")
    _take_bodies(db, copy, done, tick)
    _make_indexes(db, done, tick)
    _make_states(db, done, now, tick)
    return done


def differing(reader: sqlite3.Connection, tick: Callable[[], None]) -> list[int]:
    """Return the documents that differ from their looks. ``reader`` is a connection of its own."""
    again = Rederived(reader)
    try:
        found = []
        for document in again.documents():
            if next(again.differences(document), None) is not None:
                found.append(document)
            tick()
        return found
    finally:
        again.close()


def _make_shapes(db: sqlite3.Connection, expected: dict[str, str], done: Repaired) -> None:
    kinds = dict(db.execute("select name, type from sqlite_master").fetchall())
    for name in [one.table for one in shapes(db, expected)]:
        if name in kinds:
            db.execute(f'drop {kinds[name]} "{name}"')
        db.execute(expected[name])
        done.shapes.append(name)


def _take_bodies(
    db: sqlite3.Connection, copy: sqlite3.Connection | None, done: Repaired, tick: Callable[[], None]
) -> None:
    """Replace bodies that no longer match their digest by matching ones from a copy."""
    ours = Payloads(db)
    theirs = Payloads(copy) if copy is not None else None
    trigger = db.execute("select sql from sqlite_master where name = 'payloads_no_update'").fetchone()[0]
    for (digest,) in db.execute("select digest from payloads order by id").fetchall():
        tick()
        try:
            ours.get(digest)
            continue
        except ArchiveError:
            pass
        try:
            body = theirs.get(digest) if theirs is not None else None
        except ArchiveError:
            body = None
        if body is None:
            done.lost.append(digest)
            continue
        db.execute("drop trigger payloads_no_update")
        db.execute(
            "update payloads set body = ?, base = null, dictionary = null, length = ? where digest = ?",
            (zstandard.ZstdCompressor(level=LEVEL).compress(body), len(body), digest),
        )
        db.execute(trigger)
        done.payloads.append(digest)


def _make_indexes(db: sqlite3.Connection, done: Repaired, tick: Callable[[], None]) -> None:
    for index in ("version_index", "title_index", "attachment_index"):
        db.execute(f"insert into {index} ({index}) values ('delete-all')")
    db.execute("delete from shingles")
    last = 0
    while rows := db.execute(_VERSIONS, (last,)).fetchall():
        for version, title, text, *about in rows:
            folded = index_version(db, version, title, text, *about)
            add_shingles(db, version, sampled(folded))
            last = version
            done.entries += 1
            tick()
    last = 0
    while rows := db.execute(_FILES, (last,)).fetchall():
        for row, text in rows:
            db.execute(
                "insert into attachment_index (rowid, grams) values (?, ?)",
                (row, different_pieces(text or "")),
            )
            last = row
            done.entries += 1
    db.executemany(
        "insert or replace into index_forms (name, form) values (?, ?)", [(name, FOLD) for name in INDEXES]
    )


def _make_states(
    db: sqlite3.Connection, done: Repaired, now: Callable[[], str], tick: Callable[[], None]
) -> None:
    for table in ("site_hours", "absences"):
        db.execute(f"delete from {table}")
    count_all_looks(db)
    (by,) = db.execute("select coalesce(max(id), 0) from captures").fetchone()
    ledger = Ledger(db, now)
    for document in done.documents:
        db.execute("delete from transitions where document = ?", (document,))
        db.execute("delete from stories where document = ?", (document,))
        ledger.rederive(document, looks_of(db, document), set(), by=by)
        tick()
    _list_again(db)
    db.execute("delete from tallies")
    db.execute(
        "insert into tallies (site, state, month, documents) "
        "select site, state, coalesce(substr(published_at, 1, 7), ''), count(*) from documents group by 1, 2, 3"
    )


def _list_again(db: sqlite3.Connection) -> None:
    """Write each document's fields from its current version, as the trigger would."""
    (statement,) = db.execute("select sql from sqlite_master where name = 'documents_listed'").fetchone()
    listed = statement[statement.index("update documents set") : statement.rindex("where id = new.id")]
    db.execute(listed.replace("new.current", "documents.current"))
