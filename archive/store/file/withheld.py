"""What is held and must not be shown: a court's order, a person's data. Hidden from every reader, never deleted.

A withholding is an event of a document, ``withheld``, with who, when and why; ``shown_again`` takes it back. Both are
in the log, like every event. The newest of a document counts.

Readers are kept from the text at one place: where the file is opened. Views of the same names, made for one connection
alone, stand before the tables: what refers to a withheld document, to one of its versions or to a body that showed it
is left out. So no query has to think of it. What stays is what the log witnesses of the looks: addresses, times,
headers, digests. Writers, ``verify``, ``backup`` and the log itself see the whole file.

This is no encryption: whoever may read the file can read all of it, and SQL that names ``main`` reaches the tables
themselves. Nor can a search index leave out pieces of a text: asked alone, it says which pieces of two characters a
version holds.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archive.errors import NotHeld, Withheld
from archive.patterns import regex
from archive.store.file.captures import add_event

WITHHELD, SHOWN_AGAIN = "withheld", "shown_again"
_KINDS = f"('{WITHHELD}', '{SHOWN_AGAIN}')"
_CURRENT = (
    "select document, happened_at, details from main.events where kind = 'withheld' and id in "
    f"(select max(id) from main.events where kind in {_KINDS} group by document)"
)
# What showed a document, wherever its bytes are asked for: read as it, a page of it, a file of it, not read yet.
_PAYLOADS = """
select payload from main.readings where document in (select id from withheld_documents)
    and outcome not in ('gone', 'blocked', 'failed', 'redirected', 'robots', 'not_modified')
union select c.payload from main.superseded_readings s join main.captures c on c.id = s.capture
    where s.document in (select id from withheld_documents)
union select c.payload from main.versions v, json_each(v.captures) e join main.captures c on c.id = e.value
    where v.id in (select id from withheld_versions)
union select c.payload from main.readings r join main.parts p on p.capture = r.capture
    join main.captures c on c.id = p.fetched where r.document in (select id from withheld_documents)
union select s.payload from main.attachments a join main.attachment_sightings s on s.url = a.url
    where a.version in (select id from withheld_versions)
union select payload from main.attachments where version in (select id from withheld_versions)
union select c.payload from main.captures c where c.status between 200 and 299
    and c.url in (select url from main.addresses where document in (select id from withheld_documents)
        union select url from main.documents where id in (select id from withheld_documents))
    and not exists (select 1 from main.readings r where r.capture = c.id)
"""
_SETS = (
    ("documents", f"select document as id from ({_CURRENT})"),
    ("versions", "select id from main.versions where document in (select id from withheld_documents)"),
    ("comparisons", "select id from main.comparisons where copy_document in (select id from withheld_documents) "
        "or original_document in (select id from withheld_documents)"),
    ("payloads", f"select payload as id from ({_PAYLOADS}) where payload is not null"),
)  # fmt: skip
_HOLDS = {name for name, _ in _SETS}
_OF_INDEX = regex("_index_(?:data|idx|docsize|config)$")
_LESS_THE_WITHHELD = (
    "documents - (select count(*) from main.documents d where d.id in (select id from withheld_documents) and "
    "d.site = t.site and d.state = t.state and coalesce(substr(d.published_at, 1, 7), '') = t.month)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Withholding:
    """A document that is withheld: since when, why and by whose word. It says nothing of what the text says."""

    document: int
    url: str
    at: str
    reason: str
    by: str

    def __str__(self) -> str:
        return f"{self.url} is withheld since {self.at} by {self.by}: {self.reason}"


def withholdings(db: sqlite3.Connection) -> list[Withholding]:
    """Return what is withheld now, in the order of the documents."""
    found = []
    for document, at, details in db.execute(f"{_CURRENT} order by document").fetchall():
        said = json.loads(details)
        found.append(
            Withholding(document=document, url=said["url"], at=at, reason=said["reason"], by=said["by"])
        )
    return found


def withhold(db: sqlite3.Connection, document: int, *, reason: str, by: str, at: str) -> None:
    """Withhold a document from now on, with all its versions and those to come. The caller holds a transaction."""
    _note(db, WITHHELD, document, reason=reason, by=by, at=at)


def show_again(db: sqlite3.Connection, document: int, *, reason: str, by: str, at: str) -> None:
    """Take a withholding back. The caller holds a transaction."""
    _note(db, SHOWN_AGAIN, document, reason=reason, by=by, at=at)


def _note(db: sqlite3.Connection, kind: str, document: int, *, reason: str, by: str, at: str) -> None:
    site, url = db.execute("select site, url from main.documents where id = ?", (document,)).fetchone()
    add_event(
        db,
        kind,
        at=at,
        site=site,
        document=document,
        details={"url": url, "reason": reason, "by": by},
    )


def same_text(db: sqlite3.Connection, document: int) -> list[str]:
    """Return the addresses of other documents with a text of this one, or that were set against it as copies.

    A page that names the document, a list or an attached file elsewhere among them, is not looked for.
    """
    rows = db.execute(
        "select url from main.documents where id != :document and id in (select o.document from main.versions v "
        "join main.versions o on o.text_digest = v.text_digest where v.document = :document union "
        "select copy_document from main.comparisons where original_document = :document union "
        "select original_document from main.comparisons where copy_document = :document) "
        "and id not in (select document from main.events where kind = 'withheld' and id in "
        f"(select max(id) from main.events where kind in {_KINDS} group by document)) order by url",
        {"document": document},
    )
    return [row[0] for row in rows]


def not_held(
    db: sqlite3.Connection, what: str, *, document: int | None = None, urls: Iterable[str] = ()
) -> NotHeld:
    """Return the error for what a reader does not find: it is withheld, or else not held (``what`` says so)."""
    asked = set(urls)
    for one in withholdings(db):
        if one.document == document or asked & _addresses(db, one.document):
            return Withheld(str(one))
    return NotHeld(what)


def _addresses(db: sqlite3.Connection, document: int) -> set[str]:
    rows = db.execute(
        "select url from main.documents where id = :document union select url from main.addresses "
        "where document = :document",
        {"document": document},
    )
    return {row[0] for row in rows}


def last_decision(db: sqlite3.Connection) -> int:
    """Return the number of the newest decision to withhold or to show again; 0 where there is none."""
    row = db.execute(f"select max(id) from main.events where kind in {_KINDS}").fetchone()
    return int(row[0] or 0)


def hide(db: sqlite3.Connection, *, listed: bool = False) -> int:
    """Let a connection see nothing that is withheld, and return the newest decision that it knows of.

    ``listed``: it serves Datasette, which asks tables for ``rowid``.
    """
    known = last_decision(db)
    if not known:
        return 0
    _uncover(db)
    if db.execute(f"select 1 from ({_CURRENT}) limit 1").fetchone() is None:
        return known
    for name, query in _SETS:
        key = "text" if name == "payloads" else "integer"
        db.execute(f"create temp table withheld_{name} (id {key} primary key)")
        db.execute(f"insert or ignore into temp.withheld_{name} {query}")
    for name, query in list(_views(db, listed=listed)):
        db.execute(f'create temp view "{name}" as {query}')
    for (statement,) in db.execute("select sql from main.sqlite_master where type = 'view'").fetchall():
        db.execute(re.sub(r"(?i)^\s*create\s+view", "create temp view", statement, count=1))
    return known


def is_covered(db: sqlite3.Connection) -> bool:
    """Return whether a connection hides anything."""
    row = db.execute("select 1 from sqlite_temp_master where name = 'withheld_documents'").fetchone()
    return row is not None


def hidden_versions(db: sqlite3.Connection) -> frozenset[int]:
    """Return the versions that a connection does not see and that a search index may still name."""
    if not is_covered(db):
        return frozenset()
    return frozenset(row[0] for row in db.execute("select id from temp.withheld_versions"))


def _uncover(db: sqlite3.Connection) -> None:
    """Take the views of an earlier decision away."""
    for kind, name in db.execute("select type, name from sqlite_temp_master").fetchall():
        if kind == "view" or (kind == "table" and name.removeprefix("withheld_") in _HOLDS):
            db.execute(f'drop {kind} temp."{name}"')


def _views(db: sqlite3.Connection, *, listed: bool) -> Iterator[tuple[str, str]]:
    """Yield each table of which rows are left out, with the query that leaves them out."""
    tables = db.execute(
        "select name, sql from main.sqlite_master where type = 'table' and sql not like 'create virtual%' "
        "and name not like 'sqlite_%'"
    ).fetchall()
    for name, statement in tables:
        columns = [row[1] for row in db.execute(f"pragma main.table_info({name})").fetchall()]
        if _OF_INDEX.search(name):
            # Nobody lists these but Datasette; SQLite itself finds them in ``main``.
            yield from [(name, f"select * from main.{name} where 0")] if listed else []
            continue
        if name == "tallies":
            said = ", ".join(f"{_LESS_THE_WITHHELD} as documents" if c == "documents" else c for c in columns)
            yield name, f"select {said} from main.tallies t"
        elif conditions := _conditions(db, name):
            said = ", ".join(f'"{column}"' for column in columns)
            has_rowid = "without rowid" not in statement.lower()
            rowid = (", rowid as rowid" if has_rowid else ", null as rowid") if listed else ""
            yield name, f"select {said}{rowid} from main.{name} where {' and '.join(conditions)}"


def _conditions(db: sqlite3.Connection, table: str) -> list[str]:
    """Return what a row of a table must not refer to, by the table's own references."""
    found = [
        f'("{row[3]}" is null or "{row[3]}" not in (select id from withheld_{row[2]}))'
        for row in db.execute(f"pragma main.foreign_key_list({table})").fetchall()
        if row[2] in _HOLDS - {"payloads"}
    ]
    if table in ("documents", "comparisons"):
        found.append(f"id not in (select id from withheld_{table})")
    if table in ("payloads", "attachment_texts"):
        column = "digest" if table == "payloads" else "payload"
        found.append(f"{column} not in (select id from withheld_payloads)")
    # That something is withheld, by whom and why is no secret.
    return [f"(kind in {_KINDS} or {' and '.join(found)})"] if table == "events" else found
