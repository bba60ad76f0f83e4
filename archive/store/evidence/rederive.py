"""Rows derived again from captures, readings and versions, and compared with the file.

The derived tables are made again as temporary tables of the same names. The functions that keep them during a
crawl fill them, on a connection that cannot write the file. What a crawl has not settled yet is left out, and
reported so.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from archive.model.fields import LISTED
from archive.relations import RELATIONS_VERSION, connections
from archive.relations.turns import CHANGED, CONTRADICTED
from archive.store.write.connections import keep, settle
from archive.store.write.ledger import Ledger
from archive.store.write.looks import looks_of
from archive.store.write.states import count_all_looks

_NOW = "9999-12-31T23:59:59.999Z"
_TABLES = (
    "documents",
    "addresses",
    "transitions",
    "stories",
    "site_hours",
    "absences",
    "tallies",
    "superseded_events",
    "events",
)
_COPIED = ("events",)
_TRIGGERS = ("documents_listed", "documents_listed_at_once", "transitions_dated", "transitions_placed")
# The columns compared for each document, and its other rows.
_DOCUMENT = ("state", "first_seen", "last_seen", "current", "versions", "flags", *LISTED)
_ROWS = {
    "addresses": 'url, "from", "to"',
    "transitions": "from_version, to_version, from_capture, to_capture, summary, changed_at, site",
}
_IS_PART = "select 1 from parts p join captures c on c.id = p.fetched where c.url = ? limit 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A row that differs from what it is derived from."""

    table: str
    row: int | None
    column: str | None
    what: str


class Rederived:
    """The derived tables of an archive, made again beside it."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        # Rows of temporary tables refer to the file; SQLite cannot check that.
        db.execute("pragma foreign_keys = off")
        for table in _TABLES:
            (made,) = db.execute("select sql from main.sqlite_master where name = ?", (table,)).fetchone()
            db.execute(
                made.replace("table", "temp table", 1)
                if "table" in made[:8]
                else made.replace("TABLE", "TEMP TABLE", 1)
            )
        for table in _COPIED:
            db.execute(f"insert into temp.{table} select * from main.{table}")
        for trigger in _TRIGGERS:
            row = db.execute("select sql from main.sqlite_master where name = ?", (trigger,)).fetchone()
            if row:
                db.execute("create temp" + row[0][len("create") :])
        db.execute(
            "insert into temp.documents (id, site, publisher, url, role, kind, state, first_seen, last_seen) "
            "select d.id, d.site, d.publisher, d.url, d.role, d.kind, 'unreachable', s.first, s.first from main.documents d "
            "join (select r.document as document, min(c.captured_at) as first from main.readings r "
            "  join main.captures c on c.id = r.capture where r.document is not null group by 1) s on s.document = d.id"
        )
        db.execute("create index temp.events_by_document_again on events (document)")
        db.execute("create index temp.addresses_by_document_again on addresses (document)")
        db.execute("create index temp.transitions_by_document_again on transitions (document)")
        count_all_looks(db)
        self._last = db.execute("select coalesce(max(id), 0) from main.events").fetchone()[0]
        self._ledger = Ledger(db, lambda: _NOW)

    def close(self) -> None:
        """Drop the tables."""
        for table in _TABLES:
            self._db.execute(f"drop table temp.{table}")

    def documents(self) -> list[int]:
        """Return the documents that can be derived again."""
        return [row[0] for row in self._db.execute("select id from main.documents order by id")]

    def differences(self, document: int) -> Iterator[Difference]:
        """Derive one document again and yield the differences from the file."""
        self._ledger.rederive(document, looks_of(self._db, document), set(), by=0)
        yield from self._of_document(document)
        for table, columns in _ROWS.items():
            yield from self._of_rows(document, table, columns)
        yield from self._of_events(document)

    def _of_document(self, document: int) -> Iterator[Difference]:
        names = ", ".join(_DOCUMENT)
        now = self._db.execute(f"select {names} from temp.documents where id = ?", (document,)).fetchone()
        held = self._db.execute(f"select {names} from main.documents where id = ?", (document,)).fetchone()
        if now is None:
            yield Difference(table="documents", row=document, column=None, what="no reading is of it")
            return
        for name in _DOCUMENT:
            if now[name] != held[name]:
                what = f"says {_short(held[name])}, its looks come to {_short(now[name])}"
                yield Difference(table="documents", row=document, column=name, what=what)

    def _of_rows(self, document: int, table: str, columns: str) -> Iterator[Difference]:
        def rows(place: str) -> dict[tuple[object, ...], int]:
            found = self._db.execute(
                f"select {columns}, id from {place}.{table} where document = ?", (document,)
            )
            return {tuple(row)[:-1]: row["id"] for row in found}

        held, now = rows("main"), rows("temp")
        for row in held.keys() - now.keys():
            yield Difference(
                table=table, row=held[row], column=None, what="does not follow from the looks at its document"
            )
        for row in now.keys() - held.keys():
            # The further pages of an article are not its addresses.
            if table == "addresses" and self._db.execute(_IS_PART, (row[0],)).fetchone():
                continue
            what = f"a row of document {document} is missing ({_short(row[0])} …)"
            yield Difference(table=table, row=None, column=None, what=what)

    def _of_events(self, document: int) -> Iterator[Difference]:
        for row in self._db.execute(
            "select event, kind from temp.superseded_events where document = ? order by event", (document,)
        ).fetchall():
            what = f"{row['kind']} does not follow from the looks at document {document}"
            yield Difference(table="events", row=row["event"], column="details", what=what)
        for row in self._db.execute(
            "select kind, happened_at from temp.events where document = ? and id > ? order by id",
            (document, self._last),
        ).fetchall():
            what = f"{row['kind']} of document {document} at {row['happened_at']} is missing"
            yield Difference(table="events", row=None, column=None, what=what)


def _short(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)[:80]


class Connected:
    """The citations and acts of versions, and the standings, made again beside those of an archive."""

    _OF_VERSION = ("version_connections", "version_citations", "version_relations", "version_clauses")
    _OF_DOCUMENT = ("document_names", "standing_spans")
    _TABLES = (*_OF_VERSION, *_OF_DOCUMENT, "unsettled", "events", "superseded_events")

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        db.execute("pragma foreign_keys = off")
        for table in self._TABLES:
            (made,) = db.execute("select sql from main.sqlite_master where name = ?", (table,)).fetchone()
            db.execute("create temp" + made[len("create") :])
            db.execute(f"insert into temp.{table} select * from main.{table}")
        db.execute("create index temp.events_by_document_told on events (document)")

    def close(self) -> None:
        """Drop the tables."""
        for table in self._TABLES:
            self._db.execute(f"drop table temp.{table}")

    def others(self) -> int:
        """Return how many versions are not derived again.

        They were connected by another reader, or wait to be settled.
        """
        (count,) = self._db.execute(
            "select count(*) from main.versions v left join main.version_connections c on c.version = v.id "
            "where c.reader is not ? or v.document in (select document from main.unsettled)",
            (RELATIONS_VERSION,),
        ).fetchone()
        return int(count)

    def documents(self) -> list[int]:
        """Return the documents that are settled, by this reader of connections."""
        rows = self._db.execute(
            "select d.id from main.documents d where d.current is not null "
            "and not exists (select 1 from main.unsettled where document = d.id) and not exists "
            "(select 1 from main.version_connections c where c.version = d.current and c.reader != ?) order by d.id",
            (RELATIONS_VERSION,),
        )
        return [row[0] for row in rows]

    def differences(self, document: int) -> Iterator[Difference]:
        """Derive one document's connections again and yield the differences from the file."""
        (current,) = self._db.execute(
            "select current from main.documents where id = ?", (document,)
        ).fetchone()
        read = self._db.execute(
            "select v.id, v.title, v.text from main.versions v join main.version_connections c on c.version = v.id "
            "where v.document = ? and c.reader = ?",
            (document, RELATIONS_VERSION),
        ).fetchall()
        for version, title, text in read:
            for table in self._OF_VERSION:
                self._db.execute(f"delete from temp.{table} where version = ?", (version,))
            if version != current:
                keep(self._db, version, connections(text, title))
        settle(self._db, document)
        for version in {current, *(row[0] for row in read)}:
            yield from self._compared(self._OF_VERSION, "version", version)
        yield from self._compared(self._OF_DOCUMENT, "document", document)
        yield from self._of_turns(document)

    def _of_turns(self, document: int) -> Iterator[Difference]:
        """Yield the events of a document's standing that do not follow, and those that are missing."""
        held, now = (
            {
                tuple(row)[1:]: row["id"]
                for row in self._db.execute(
                    f"select id, kind, happened_at, capture, details from {place}.events where document = ? "
                    "and kind in (?, ?)",
                    (document, CHANGED, CONTRADICTED),
                )
            }
            for place in ("main", "temp")
        )
        for row in held.keys() - now.keys():
            what = f"{row[0]} does not follow from the texts"
            yield Difference(table="events", row=held[row], column="details", what=what)
        for row in now.keys() - held.keys():
            what = f"{row[0]} of document {document} at {row[1]} is missing"
            yield Difference(table="events", row=None, column=None, what=what)

    def _compared(self, tables: tuple[str, ...], column: str, row: int) -> Iterator[Difference]:
        for table in tables:
            held, now = (self._rows(f"{place}.{table}", column, row) for place in ("main", "temp"))
            if held != now:
                what = f"does not follow from the texts ({len(held)} rows are held, {len(now)} follow)"
                yield Difference(table=table, row=row, column=None, what=what)

    def _rows(self, table: str, column: str, row: int) -> list[str]:
        """Return rows as texts; a version that is no longer current keeps the card of its time."""
        found = self._db.execute(f"select * from {table} where {column} = ?", (row,)).fetchall()
        return sorted(repr([one[name] for name in one.keys() if name != "card"]) for one in found)  # noqa: SIM118
