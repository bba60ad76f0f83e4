"""A date that was still to come when its page was last seen leads no search: it is placed by when the page was first seen."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.store.file.connection import open_for_reading
from archive.store.read import query
from archive.store.read.search import search
from tests.archive.holding import Holding, article, runner
from tests.archive.visit import see

HOST = "https://www.bureau.example/a"
PAGES = {
    "early": ("2026-01-05", "2026-01-06"),
    "ahead": ("2031-07-01", "2026-02-10"),
    "slip": ("2062-03-01T09:00+08:00", "2026-03-02"),
    "undated": (None, "2026-03-20"),
    "late": ("2026-04-01", "2026-04-02"),
    "tomorrow": ("2026-04-11", "2026-04-10"),
}
ORDER = ["tomorrow", "late", "undated", "slip", "ahead", "early"]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ahead") / "held.db"
    holding = Holding(path)
    for name, (published_at, seen) in PAGES.items():
        page = article(f"航标检修的安排，编号{name}。" * 3, title=f"航标{name}", published_at=published_at)
        holding.show(page, f"{seen}T04:00:00.000Z", url=f"{HOST}/{name}.html")
    holding.close()
    return path


@pytest.fixture(scope="module")
def db(path: Path) -> Iterator[sqlite3.Connection]:
    db = open_for_reading(path)
    yield db
    db.close()


def names(db: sqlite3.Connection, **options: object) -> list[str]:
    hits = search(db, "航标检修", **options)  # type: ignore[arg-type]
    return [hit.url.rpartition("/")[2].removesuffix(".html") for hit in hits]


@pytest.mark.parametrize("few", [3_000, 0])
@pytest.mark.parametrize(
    "options", [{}, {"limit": 20}, {"all_versions": True}, {"limit": 20, "site": "bureau"}]
)
def test_date_ahead_is_placed_by_when_it_was_seen(
    db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, few: int, options: dict[str, object]
) -> None:
    monkeypatch.setattr(query, "_FEW", few)
    assert names(db, **options) == ORDER


@pytest.mark.parametrize("few", [3_000, 0])
@pytest.mark.parametrize(
    ("days", "found"),
    [({"until": "2026-03-31"}, ["undated", "slip", "ahead", "early"]), ({"since": "2026-03-01"}, ORDER[:4]),
     ({"since": "2026-02-01", "until": "2026-03-10"}, ["slip", "ahead"]), ({"since": "2030-01-01"}, [])],
)  # fmt: skip
def test_days_asked_for_hold_the_day_it_was_seen(
    db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, few: int, days: dict[str, str], found: list[str]
) -> None:
    monkeypatch.setattr(query, "_FEW", few)
    assert names(db, limit=20, **days) == found


def test_page_and_command_say_that_the_date_is_not_believed(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert see(path, "/?q=%E8%88%AA%E6%A0%87").count("not believed") == 2
    out = runner(path, capsys)("search", "航标").out
    assert out.count("not believed") == 2 and "dated 2031-07-01, a day still to come" in out
