"""Readings and versions that were never so, as what came to be known later shows: put aside, word for word.

Who reads a citation of such a version finds here what it said and which capture showed it to be otherwise. Its number
is not given again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

from archive.text import bigrams, fold
from archive.text.pieces import fields_to_search, folded_pieces


def put_readings_aside(db: sqlite3.Connection, readings: Iterable[sqlite3.Row], *, by: int) -> None:
    """Take readings out of ``readings``; ``by`` is the capture that showed them to be otherwise."""
    for row in readings:
        told = dict(db.execute("select * from readings where id = ?", (row["id"],)).fetchone())
        db.execute(
            "insert into superseded_readings (reading, capture, document, told, superseded_by) values (?, ?, ?, ?, ?)",
            (told["id"], told["capture"], told["document"], json.dumps(told, ensure_ascii=False), by),
        )
        db.execute("delete from readings where id = ?", (told["id"],))


def put_versions_aside(db: sqlite3.Connection, document: int, *, by: int) -> None:
    """Take out the versions of a document that no reading shows."""
    rows = db.execute(
        "select v.* from versions v where v.document = ? and not exists (select 1 from readings where version = v.id)",
        (document,),
    ).fetchall()
    for row in rows:
        db.execute(
            "insert into superseded_versions (version, document, number, state_digest, told, superseded_by) "
            "values (?, ?, ?, ?, ?, ?)",
            (
                row["id"],
                document,
                row["number"],
                row["state_digest"],
                json.dumps(dict(row), ensure_ascii=False),
                by,
            ),
        )
        _forget(db, row)
        db.execute("delete from versions where id = ?", (row["id"],))


def next_number(db: sqlite3.Connection, document: int) -> tuple[int, int]:
    """Return id and number for a new version of a document: neither was ever that of another."""
    version, number = db.execute(
        "select max((select coalesce(max(id), 0) from versions), (select coalesce(max(version), 0) from superseded_versions)), "
        "max((select coalesce(max(number), 0) from versions where document = :document), "
        "(select coalesce(max(number), 0) from superseded_versions where document = :document))",
        {"document": document},
    ).fetchone()
    return version + 1, number + 1


def _forget(db: sqlite3.Connection, row: sqlite3.Row) -> None:
    """Remove what was derived from a version."""
    version = row["id"]
    publisher = db.execute("select publisher from documents where id = ?", (row["document"],)).fetchone()[0]
    titled, about = fold(row["title"]), (row["doc_number"], row["issuer"], publisher, row["source_line"])
    pieces = f"{folded_pieces(titled, fold(row['text']))} {fields_to_search(*about)}"
    pairs = " ".join(dict.fromkeys(bigrams(titled)))
    for index, grams in (("version_index", pieces), ("title_index", pairs)):
        # The index keeps no texts: what is to go out of it has to be named.
        db.execute(f"insert into {index} ({index}, rowid, grams) values ('delete', ?, ?)", (version, grams))
    compared = "select id from comparisons where :version in (copy_version, original_version)"
    for table in ("variants", "copier_rule_counts"):
        db.execute(f"delete from {table} where comparison in ({compared})", {"version": version})
    db.execute(f"delete from comparisons where id in ({compared})", {"version": version})
    db.execute("delete from transitions where ? in (from_version, to_version)", (version,))
    db.execute("update documents set current = null where current = ?", (version,))
    for table in ("shingles", "attachments"):
        db.execute(f"delete from {table} where version = ?", (version,))
