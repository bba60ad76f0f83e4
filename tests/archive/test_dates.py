"""The dates that lists are ordered by stand beside the texts, and say what the texts' own say."""

from __future__ import annotations

from pathlib import Path

import pytest

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
