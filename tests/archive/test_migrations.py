"""An archive that any earlier yuanben left is brought up to date, and then says what one made today says."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database

from archive.migrations import migrations
from archive.schema import APPLICATION_ID
from archive.store.file.connection import open_for_reading, open_for_writing
from tests.archive.holding import TEXT, Holding, article

STEPS = [step.name for step in migrations.pending(Database(memory=True))]
TOLD = {
    "latest": "select document, url, title, published_at, version, versions, state from latest order by document",
    "changes": "select url, from_version, to_version, changed_at_earliest, changed_at_latest, summary from changes",
    "works": "select document, is_issuer from works order by document",
    "shingles": "select version, hash from shingles order by version, hash",
}


@pytest.fixture(scope="module")
def today(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("today") / "a.db"
    holding = Holding(path)
    holding.show(article(), "2026-03-02T00:00:00.000Z")
    holding.show(article(TEXT + "附则。"), "2026-03-09T00:00:00.000Z")
    long = TEXT + "\n".join(f"第{n}条 各区应当于第{n}季度前报送材料{n * 37}份。" for n in range(40))
    numbered = article(long, doc_number="示发〔2026〕7号", title="关于示范的通知")
    for name in ("two", "three"):
        holding.show(numbered, "2026-03-03T00:00:00.000Z", url=f"https://www.bureau.example/a/{name}.html")
    holding.close()
    return path


def told(path: Path) -> dict[str, list[tuple[object, ...]]]:
    db = open_for_reading(path)
    try:
        return {name: [tuple(row) for row in db.execute(query)] for name, query in TOLD.items()}
    finally:
        db.close()


def earlier(path: Path, today: Path, step: str) -> None:
    """Make an archive as it was before a step, with the rows that it would have held."""
    db = sqlite3.connect(path)
    migrations.apply(Database(db, recursive_triggers=False), stop_before=step)
    level = STEPS.index(step)
    db.execute("attach ? as today", (str(today),))
    tables = db.execute(
        "select name from main.sqlite_master where type = 'table' and name not like 'sqlite\\_%' escape '\\' "
        "and name not like '\\_%' escape '\\' and name not like '%\\_index%' escape '\\'"
    ).fetchall()
    with db:
        # Triggers look at versions and captures, and count what is put into the others.
        for (table,) in sorted(
            tables, key=lambda row: (row[0] not in ("versions", "captures"), "count" in row[0])
        ):
            if db.execute(f"select 1 from main.{table}").fetchone():
                db.execute(f"delete from main.{table}")
            columns = [row[1] for row in db.execute(f"pragma main.table_info({table})")]
            known = {row[1] for row in db.execute(f"pragma today.table_info({table})")}
            named = ", ".join(f'"{column}"' for column in columns if column in known)
            db.execute(f"insert into main.{table} ({named}) select {named} from today.{table}")
    db.execute(f"pragma application_id={APPLICATION_ID}")
    db.execute(f"pragma user_version={level}")
    db.close()


@pytest.mark.parametrize("step", STEPS[1:])
def test_an_archive_from_before_a_step_says_the_same_after_it(step: str, today: Path, tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    earlier(path, today, step)
    open_for_writing(path, create=False).close()
    assert told(path) == told(today)
    assert len(told(path)["works"]) == 2 and len(told(path)["changes"]) == 1
    holding = Holding(path)
    holding.show(article(TEXT + "又及。"), "2026-04-01T00:00:00.000Z")
    holding.close()
    assert told(path)["latest"][0][4] == 3, "and it is written to"
