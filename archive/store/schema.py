"""The one schema: what ``schema.sql`` and ``views.sql`` beside this module say, and how a file comes to it.

The first migration makes a whole archive. A change of the schema after a release is a further function here, in a
transaction of its own and never edited later. Archives of before the first release are not brought up to date in
place: ``yuanben merge`` brings what they kept into a new one.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from importlib.resources import files

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from archive.text import FOLD

APPLICATION_ID = 0x7975616E  # "yuan"
APPEND_ONLY = (
    "payloads",
    "captures",
    "rules",
    "readings",
    "versions",
    "attachments",
    "events",
    "attachment_sightings",
    "attachment_texts",
    "superseded_events",
    "superseded_readings",
    "superseded_versions",
)
# What is searched by, each made of the form that ``index_forms`` says.
INDEXES = ("version_index", "title_index", "attachment_index", "shingles")
# Programs of before the first release counted their own steps here, up to some thirty.
_FIRST_LEVEL = 100
_MADE = re.compile(r"^create (?:unique |virtual )?(?:table|index|trigger|view) (\w+)", re.MULTILINE)

migrations = Migrations("yuanben 0.2")


@migrations()
def first_schema(db: Database) -> None:
    """Make all tables, indexes, triggers and views."""
    for name in ("schema.sql", "views.sql"):
        for statement in statements(files("archive.store").joinpath(name).read_text(encoding="utf-8")):
            db.execute(statement)
    for name in INDEXES:
        db.execute("insert into index_forms (name, form) values (?, ?)", (name, FOLD))


@migrations()
def simplified_once(db: Database) -> None:
    """Make what the scripts have gained, the views anew, and let a simplified text that is the text be left out.

    What is kept twice in an older archive stays so: versions are only ever added to.
    """
    there = {row[0] for row in db.execute("select name from sqlite_master")}
    for view in db.execute("select name from sqlite_master where type = 'view'").fetchall():
        db.execute(f"drop view {view[0]}")
        there.discard(view[0])
    for name in ("schema.sql", "views.sql"):
        for statement in statements(files("archive.store").joinpath(name).read_text(encoding="utf-8")):
            if _MADE.search(statement)[1] not in there:  # type: ignore[index]
                db.execute(statement)
    if db.execute(
        "select 1 from pragma_table_info('versions') where name = 'text_simplified' and \"notnull\""
    ).fetchone():
        _let_null(db)


def _let_null(db: Database) -> None:
    """Take NOT NULL from ``versions.text_simplified`` where it is: the table may be larger than what is free."""
    db.execute("pragma writable_schema=on")
    db.execute(
        "update sqlite_master set sql = replace(sql, 'text_simplified text not null', 'text_simplified text') "
        "where type = 'table' and name = 'versions'"
    )
    version = db.execute("pragma schema_version").fetchone()[0]
    db.execute(f"pragma schema_version={version + 1}")
    db.execute("pragma writable_schema=off")


def make(db: sqlite3.Connection) -> None:
    """Bring an open file, or an empty one, to today's schema and write down its level."""
    known = Database(db, recursive_triggers=False, use_old_upsert=False)
    if migrations.pending(known):
        migrations.apply(known)
    db.execute(f"pragma user_version={level()}")


def level() -> int:
    """Return the number that an archive of today's schema has as its ``user_version``."""
    return _FIRST_LEVEL + len(migrations._migrations)


def is_before_first_release(found: int) -> bool:
    """Return whether a ``user_version`` is one of a program of before the first release; 0 is a file never finished."""
    return 0 < found <= _FIRST_LEVEL


def statements(script: str) -> Iterator[str]:
    """Yield the statements of a script one by one: ``executescript`` would end the transaction that it runs in."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement.strip()
            statement = ""
