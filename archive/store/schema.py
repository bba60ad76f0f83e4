"""The one schema: what ``schema.sql`` and ``views.sql`` beside this module say, and how a file comes to it.

The first migration makes a whole archive of today. A change of the schema after a release is a further function here, in
a transaction of its own and never edited later; it finds nothing to do in an archive that was made with the change.
Archives of before the first release are not brought up to date in place: ``yuanben merge`` brings what they kept into a
new one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import TYPE_CHECKING

from archive.text import FOLD

if TYPE_CHECKING:
    from sqlite_utils import Database

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

_Migration = Callable[["Database"], None]
_MIGRATIONS: list[_Migration] = []


def _migration(migrate: _Migration) -> _Migration:
    _MIGRATIONS.append(migrate)
    return migrate


@_migration
def first_schema(db: Database) -> None:
    """Make all tables, indexes, triggers and views."""
    for name in ("schema.sql", "views.sql"):
        for statement in _script(name):
            db.execute(statement)
    for name in INDEXES:
        db.execute("insert into index_forms (name, form) values (?, ?)", (name, FOLD))


@_migration
def damage_of_versions(db: Database) -> None:
    """Add the column of a version's damage, and whatever table, index or trigger an earlier archive has not."""
    _make_missing(db)
    if "damage" not in db["versions"].columns_dict:
        db.execute("alter table versions add column damage real")
    _make_views(db)


@_migration
def simplified_once(db: Database) -> None:
    """Let a simplified text be left out that is the text itself.

    What an older archive holds twice stays so: versions are only ever added to.
    """
    _make_missing(db)
    _make_views(db)
    column = "select 1 from pragma_table_info('versions') where name = 'text_simplified' and \"notnull\""
    if db.execute(column).fetchone():
        _let_null(db)


@_migration
def numbers_and_kinds(db: Database) -> None:
    """Add the view of numbers in series; put relations in order by their kind as well."""
    _make_missing(db)
    for name in ("version_relations_by_number", "version_relations_by_title"):
        db.execute(f"drop index if exists {name}")
    _make_views(db)


@_migration
def standings_told(db: Database) -> None:
    """Add the triggers by which a late look settles its document, and the index of the days on which standings turn."""
    _make_missing(db)
    _make_views(db)


@_migration
def names_of_files(db: Database) -> None:
    """Keep what lists call files apart from the schedule: an import has the one and not the other."""
    _make_missing(db)
    if "name" in db["frontier"].columns_dict:
        db.execute("insert or ignore into list_names select url, name from frontier where name is not null")
        db.execute("alter table frontier drop column name")
    _make_views(db)


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


def _make_missing(db: Database) -> None:
    held = {row[0] for row in db.execute("select name from sqlite_master").fetchall()}
    for statement in _script("schema.sql"):
        if made_by(statement) not in held:
            db.execute(statement)


def _make_views(db: Database) -> None:
    for statement in _script("views.sql"):
        db.execute(f"drop view if exists {made_by(statement)}")
        db.execute(statement)


def _script(name: str) -> list[str]:
    return list(statements(files("archive.store").joinpath(name).read_text(encoding="utf-8")))


def made_by(statement: str) -> str:
    """Return the name of what a statement of the scripts makes."""
    words = next(line for line in statement.splitlines() if line and not line.startswith("--")).split()
    return words[3] if words[1] in ("virtual", "unique") else words[2]


def make(db: sqlite3.Connection) -> None:
    """Bring an open file, or an empty one, to today's schema and write down its level."""
    # Only who writes needs the library; who reads would wait for it at every start.
    from sqlite_utils import Database
    from sqlite_utils.migrations import Migrations

    migrations = Migrations("yuanben 0.2")
    for migrate in _MIGRATIONS:
        migrations()(migrate)
    known = Database(db, recursive_triggers=False, use_old_upsert=False)
    if migrations.pending(known):
        migrations.apply(known)
    db.execute(f"pragma user_version={level()}")


def level() -> int:
    """Return the number that an archive of today's schema has as its ``user_version``."""
    return _FIRST_LEVEL + len(_MIGRATIONS)


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
