"""The dates that lists are ordered by stand beside the texts, and say what the texts' own say."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database

from archive import migrations
from archive.store.connection import open_for_reading, open_for_writing
from tests.archive.holding import TEXT, Holding, article

LATEST = "select published_at from latest where document = 1"


@pytest.fixture
def holding(tmp_path: Path) -> Holding:
    return Holding(tmp_path / "held.db")


def test_dates_follow_the_version_a_document_stands_at(holding: Holding) -> None:
    db = holding.archive.db
    holding.show(article(published_at="2026-03-01"), "2026-03-02T00:00:00.000Z")
    assert db.execute(LATEST).fetchone()[0] == "2026-03-01"
    holding.show(article(TEXT + "附则。", published_at="2026-04-01"), "2026-04-02T00:00:00.000Z")
    assert db.execute(LATEST).fetchone()[0] == "2026-04-01"
    holding.show(article(published_at="2026-03-01"), "2026-04-03T00:00:00.000Z")
    rows = db.execute(
        "select d.published_at = v.published_at from documents d join versions v on v.id = d.current"
    )
    assert [row[0] for row in rows] == [1]
    moved = db.execute(
        "select t.changed_at, c.captured_at from transitions t join captures c on c.id = t.to_capture"
    )
    assert [row[0] == row[1] for row in moved] == [True, True]
    holding.close()


def test_archive_of_an_earlier_schema_gets_its_dates(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    holding = Holding(path)
    holding.show(article(), "2026-03-02T00:00:00.000Z")
    holding.show(article(TEXT + "附则。"), "2026-03-09T00:00:00.000Z")
    holding.close()
    _take_back(path)
    open_for_writing(path, create=False).close()
    db = open_for_reading(path)
    assert db.execute(LATEST).fetchone()[0] == "2026-03-01"
    assert db.execute("select changed_at_latest from changes").fetchone()[0] == "2026-03-09T00:00:00.000Z"
    db.close()


def test_long_lists_are_ordered_and_counted_without_a_text(holding: Holding) -> None:
    for sql in (
        "select * from latest order by published_at desc limit 51",
        "select * from latest where site = 'bureau' order by published_at desc limit 51",
        "select * from latest where state = 'withdrawn' order by published_at desc limit 51",
        "select count(*) from latest where site = 'bureau'",
        "select site as value, count(*) from (select * from latest) where site is not null group by site",
        "select state as value, count(*) from (select * from latest) where state is not null group by state",
        "select * from changes order by changed_at_latest desc limit 51",
    ):
        plan = [row[3] for row in holding.archive.db.execute(f"explain query plan {sql}")]
        assert not any("SCAN v" in step or "FOR ORDER BY" in step for step in plan), (sql, plan)
        if "count" in sql:
            assert not any("versions" in step for step in plan), (sql, plan)
    holding.close()


def _take_back(path: Path) -> None:
    """Make an archive what it was before the dates stood beside the texts."""
    name = migrations.dates_beside_the_texts.__name__
    with sqlite3.connect(path) as db:
        for kind, thing in db.execute(
            "select type, name from sqlite_master where name in ('latest', 'changes') or name glob '*dated*' "
            "or (type in ('view', 'index', 'trigger') and (sql like '%published_at%' or sql like '%changed_at%')) "
            "or name in ('documents_by_site_and_state', 'transitions_by_time', 'comparisons_by_copy', "
            "'comparisons_by_original', 'variants_by_comparison')"
        ).fetchall():
            db.execute(f"drop {kind} {thing}")
        db.execute("create index documents_by_site on documents (site)")
        db.execute("alter table documents drop column published_at")
        db.execute("alter table transitions drop column changed_at")
        for statement in migrations.views.FIRST.split(";\n")[:2]:
            db.execute(statement)
        db.execute("delete from _sqlite_migrations where name = ?", (name,))
    assert [step.name for step in migrations.migrations.pending(Database(path))] == [name]
