"""An archive from before figures were folded whole: its indexes are made again, and it stays sound."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.digests import state_digest, text_digest
from archive.store.file.connection import open_for_reading, open_for_writing
from archive.store.file.refolded import INDEXES
from archive.store.read.digests import check_digests
from archive.store.read.search import search
from archive.store.read.verify import is_sound
from archive.text.canonical import canon_of_width_alone
from tests.archive.holding import Holding, article

SHOWN = article("⼈⺠政府拨款1.5亿元，⾏使监督职责。", title="示例巿渔港办法", doc_number="示发〔2026〕8号")
OTHER = article("另一份文件，不含部首，拨款15亿元。", title="示例县渔港办法", published_at="2026-02-02")
RIGHT = article("人民政府拨款1.5亿元，行使监督职责。", title="示例市渔港办法", doc_number="示发〔2026〕8号")


@pytest.fixture
def old(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """An archive that says of no index which form it has, with states as they were digested then."""
    path = tmp_path / "old.db"
    holding = Holding(path)
    holding.show(SHOWN, "2026-03-02T00:00:00.000Z")
    holding.show(article("行使监督职责的办法停用。", title="示例市渔港办法"), "2026-03-09T00:00:00.000Z")
    holding.show(OTHER, "2026-03-02T00:00:00.000Z", url="https://www.bureau.example/a/two.html")
    holding.close()
    db = sqlite3.connect(path, isolation_level=None)
    trigger = db.execute("select sql from sqlite_master where name = 'versions_no_update'").fetchone()[0]
    db.execute("drop trigger versions_no_update")
    for number, shown in ((1, SHOWN), (2, RIGHT)):
        db.execute(
            "update versions set title = ?, text = ?, text_simplified = ?, text_digest = ?, doc_number = ?, "
            "state_digest = ? where id = ?",
            (shown.title, shown.text, shown.text, text_digest(shown.text), shown.doc_number,
             state_digest(shown, canon_of_width_alone), number),
        )  # fmt: skip
    db.execute(trigger)
    db.execute("drop table index_forms")
    db.execute("delete from _sqlite_migrations where name = 'figures_kept_whole'")
    for index in ("version_index", "title_index"):
        db.execute(f"insert into {index} ({index}) values ('delete-all')")
    yield db
    db.close()


def brought_over(db: sqlite3.Connection) -> sqlite3.Connection:
    path = Path(db.execute("pragma database_list").fetchone()[2])
    db.close()
    open_for_writing(path, create=False).close()
    return open_for_reading(path)


def test_an_archive_that_was_brought_over_is_sound_and_searched(old: sqlite3.Connection) -> None:
    db = brought_over(old)
    report = check_digests(db)
    assert is_sound(report), report["bad"]
    assert {hit.document for hit in search(db, "拨款1.5亿元")} == {1}
    assert {hit.document for hit in search(db, "拨款15亿元")} == {2}
    assert [hit.document for hit in search(db, "行使监督")] == [1]
    assert dict(db.execute("select name, form from index_forms").fetchall()) == dict.fromkeys(
        INDEXES, "fold/2"
    )


def test_two_versions_that_would_be_one_both_stay(old: sqlite3.Connection) -> None:
    assert state_digest(SHOWN) == state_digest(RIGHT)
    before = {row[0] for row in old.execute("select state_digest from versions where document = 1")}
    db = brought_over(old)
    after = {row[0] for row in db.execute("select state_digest from versions where document = 1")}
    assert len(after) == 2 and state_digest(RIGHT) in after and before & after


def test_a_state_that_was_wrong_before_is_not_made_right(old: sqlite3.Connection) -> None:
    trigger = old.execute("select sql from sqlite_master where name = 'versions_no_update'").fetchone()[0]
    old.execute("drop trigger versions_no_update")
    old.execute("update versions set doc_number = '示发〔2026〕9号' where id = 1")
    old.execute(trigger)
    bad = check_digests(brought_over(old))["bad"]
    assert [(row["table"], row["id"], row["column"]) for row in bad] == [("versions", 1, "state_digest")]


def test_an_index_of_another_form_is_told(tmp_path: Path) -> None:
    holding = Holding(tmp_path / "a.db")
    holding.show(SHOWN, "2026-03-02T00:00:00.000Z")
    holding.close()
    db = sqlite3.connect(tmp_path / "a.db")
    db.execute("update index_forms set form = 'fold/1' where name = 'title_index'")
    db.commit()
    db.close()
    bad = check_digests(open_for_reading(tmp_path / "a.db"))["bad"]
    assert [row["what"] for row in bad] == ["title_index is of fold/1, not of fold/2"]
