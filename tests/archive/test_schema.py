"""One schema makes an archive; one of before the first release is refused, and says how it is brought over."""

from __future__ import annotations

import sqlite3
from importlib.resources import files
from pathlib import Path

import pytest

from archive.errors import ArchiveForeign, NotWritable
from archive.store.file import connection
from archive.store.file.connection import empty, open_for_reading, open_for_writing
from archive.store.schema import APPEND_ONLY, APPLICATION_ID, INDEXES, level, made_by, make, statements
from archive.text import FOLD
from tests.archive.holding import Holding, article

SCRIPTS = {
    name: files("archive.store").joinpath(name).read_text("utf-8") for name in ("schema.sql", "views.sql")
}


def held(db: sqlite3.Connection, kinds: str) -> set[str]:
    return {row[0] for row in db.execute(f"select name from sqlite_master where type in ({kinds})")}


def test_the_two_scripts_say_all_that_an_archive_has() -> None:
    db = empty()
    named = {kind: set() for kind in ("schema.sql", "views.sql")}
    for script, names in named.items():
        for statement in statements(SCRIPTS[script]):
            names.add(made_by(statement))
    assert held(db, "'view'") == named["views.sql"]
    tables = {
        name
        for name in held(db, "'table', 'index', 'trigger'")
        if not name.startswith(("sqlite_", "_sqlite", "idx__sqlite"))
        and not name.startswith(tuple(f"{one}_" for one in INDEXES))
    }
    assert tables == named["schema.sql"]


@pytest.mark.parametrize("table", [*APPEND_ONLY, "checkpoints"])
@pytest.mark.parametrize("verb", ["update", "delete"])
def test_what_is_only_ever_added_to_has_triggers_that_hold_it(table: str, verb: str) -> None:
    assert f"{table}_no_{verb}" in held(empty(), "'trigger'")


def test_every_index_says_of_which_form_it_is() -> None:
    assert dict(empty().execute("select name, form from index_forms").fetchall()) == dict.fromkeys(
        INDEXES, FOLD
    )


def test_statements_end_where_sqlite_says_that_they_do() -> None:
    script = "-- a; b\ncreate table t (a);\ncreate trigger x after insert on t begin delete from t; end;\n"
    assert [one.splitlines()[-1][:14] for one in statements(script)] == ["create table t", "create trigger"]


@pytest.mark.parametrize("found", [1, 20, 28])
def test_an_archive_of_before_the_first_release_says_how_it_is_brought_over(
    found: int, tmp_path: Path
) -> None:
    path = tmp_path / "old.db"
    db = sqlite3.connect(path)
    db.execute("create table captures (id integer primary key)")
    db.execute(f"pragma application_id={APPLICATION_ID}")
    db.execute(f"pragma user_version={found}")
    db.close()
    before = path.read_bytes()
    for opened in (lambda: open_for_writing(path, create=False), lambda: open_for_reading(path)):
        with pytest.raises(ArchiveForeign, match="yuanben merge"):
            opened()
    assert path.read_bytes() == before


def test_an_archive_of_a_later_yuanben_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    holding = Holding(path)
    holding.show(article(), "2026-03-02T00:00:00.000Z")
    holding.close()
    db = sqlite3.connect(path)
    assert db.execute("pragma user_version").fetchone() == (level(),)
    db.execute(f"pragma user_version={level() + 1}")
    db.close()
    with pytest.raises(ArchiveForeign, match="newer"):
        open_for_reading(path)


def test_an_archive_of_the_first_schema_gets_what_came_since(tmp_path: Path) -> None:
    path = tmp_path / "first.db"
    made = Holding(path)
    made.show(article(), "2026-03-02T00:00:00.000Z")
    made.close()
    db = sqlite3.connect(path)
    db.execute("drop index events_of_withholdings")
    db.execute("delete from _sqlite_migrations where name != 'first_schema'")
    db.execute(f"pragma user_version={level() - 1}")
    db.commit()
    db.close()
    with pytest.raises(ArchiveForeign, match="older"):
        open_for_reading(path)
    opened = open_for_writing(path, create=False)
    fresh = empty()
    shapes = "select name, sql from sqlite_master where name not like '%migrations%' order by name"
    assert opened.execute(shapes).fetchall() == fresh.execute(shapes).fetchall()
    assert opened.execute("pragma user_version").fetchone()[0] == level()
    opened.close()
    # The archive was copied before its tables changed; where there is no room for that, they do not change.
    copy = sqlite3.connect(path.with_name(f"first.db.schema-{level() - 1}"))
    assert copy.execute("select (select count(*) from captures), user_version from pragma_user_version").fetchone() == (
        1, level() - 1,
    )  # fmt: skip
    copy.close()


def test_without_room_for_a_copy_the_tables_stay_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "first.db"
    Holding(path).close()
    db = sqlite3.connect(path)
    db.execute(f"pragma user_version={level() - 1}")
    db.close()
    monkeypatch.setattr(connection, "_free", lambda path: 1 << 20)
    with pytest.raises(NotWritable, match="is copied before its tables change"):
        open_for_writing(path, create=False)
    assert [one.name for one in tmp_path.iterdir() if "schema" in one.name] == []


def test_an_archive_of_before_gets_what_it_has_not_and_keeps_what_it_has() -> None:
    db = empty()
    whole = {row[0]: row[1] for row in db.execute("select name, sql from sqlite_master")}
    db.execute("drop index events_of_reviews")
    db.execute("drop view latest")
    db.execute("alter table versions drop column damage")
    db.execute("delete from _sqlite_migrations where name = 'damage_of_versions'")
    make(db)
    again = {row[0]: row[1] for row in db.execute("select name, sql from sqlite_master")}
    assert again.keys() == whole.keys() and again["latest"] == whole["latest"]
    assert db.execute("pragma user_version").fetchone()[0] == level()
    assert db.execute("select damage from latest").fetchall() == []


def test_an_archive_of_the_first_schema_gains_what_came_later_and_keeps_what_it_has(tmp_path: Path) -> None:
    path = tmp_path / "first.db"
    old = sqlite3.connect(path, isolation_level=None)
    script = SCRIPTS["schema.sql"].replace(
        "text_simplified text check (text_simplified is not text)", "text_simplified text not null"
    )
    for statement in [*statements(script), *statements(SCRIPTS["views.sql"])]:
        if "site_leases" not in statement and "sources_freshness" not in statement:
            old.execute(statement)
    old.executemany("insert into index_forms (name, form) values (?, ?)", [(name, FOLD) for name in INDEXES])
    old.execute(f"pragma application_id={APPLICATION_ID}")
    old.execute("pragma user_version=101")
    old.execute(
        "create table _sqlite_migrations (id integer primary key, migration_set text, name text, applied_at text)"
    )
    old.execute(
        "insert into _sqlite_migrations (migration_set, name, applied_at) values ('yuanben 0.2', 'first_schema', '2026')"
    )
    old.close()
    holding = Holding(path)
    holding.show(article(), "2026-03-02T00:00:00.000Z")
    db = holding.archive.db
    everything = "'table', 'view', 'index', 'trigger'"
    # Of its migrations this archive was told by hand, without their index.
    assert held(db, everything) == held(empty(), everything) - {"idx__sqlite_migrations_migration_set_name"}
    assert db.execute("select text_simplified from versions").fetchone()[0] is None
    (text,), (plain,) = (
        db.execute(f"select {one} from latest").fetchone() for one in ("text", "text_simplified")
    )
    assert plain == text
    assert [row[0] for row in db.execute("pragma integrity_check")] == ["ok"]
    holding.close()
