"""What is kept counted agrees with what is there, and the pages that show it with both."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from archive.reading_room.facets import narrowed
from tests.archive.desk import memory
from tests.archive.holding import Holding, article
from tests.archive.visit import see, visit

COUNTED = (
    "select site, state, coalesce(substr(published_at, 1, 7), ''), count(*) from documents group by 1, 2, 3"
)
TALLIED = "select site, state, month, documents from tallies where documents != 0"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return an archive of a few documents, one of them missing, one without a date."""
    holding = Holding(tmp_path_factory.mktemp("room") / "held.db")
    for number in range(7):
        shown = article(title=f"第{number}号通知", published_at=f"2026-0{number}-01" if number else None)
        holding.show(shown, "2026-03-02T00:00:00.000Z", url=f"https://www.bureau.example/a/{number}.html")
    holding.show(
        article("各区要加快布局。"), "2026-03-09T00:00:00.000Z", url="https://www.bureau.example/a/3.html"
    )
    holding.archive.db.execute("update documents set state = 'withdrawn' where id in (2, 5)")
    yield holding.path
    holding.close()


def test_tallies_follow_whatever_becomes_of_documents() -> None:
    db, chance = memory(), random.Random(5)
    db.execute("pragma foreign_keys=off")
    for _ in range(200):
        site, state = chance.choice("ab"), chance.choice(("live", "withdrawn", "moved"))
        day = chance.choice((None, "2026-01-02", "2026-01-09T08:00+08:00", "2025-12-31"))
        if chance.random() < 0.4:
            db.execute(
                "insert into documents (site, publisher, role, url, state, first_seen, last_seen, published_at) "
                "values (?, '', 'unknown', ?, ?, '', '', ?)",
                (site, str(chance.random()), state, day),
            )
        else:
            number = chance.randint(1, 60)
            db.execute("update documents set state = ?, published_at = ? where id = ?", (state, day, number))
    assert sorted(map(tuple, db.execute(TALLIED))) == sorted(map(tuple, db.execute(COUNTED)))


def test_tallies_follow_the_version_a_document_stands_at(path: Path) -> None:
    with sqlite3.connect(path) as db:
        assert sorted(db.execute(TALLIED)) == sorted(db.execute(COUNTED))
        assert db.execute("select sum(documents) from tallies where month = ''").fetchone() == (1,)


@pytest.mark.parametrize(
    "narrowing", ["", "&site=bureau", "&state=live", "&state=withdrawn&site=bureau", "&site=nowhere"]
)
def test_facets_say_what_counting_says(path: Path, narrowing: str) -> None:
    # A condition that holds for every row is all it takes to have Datasette count by itself.
    ours, theirs = (
        answer.json()["facet_results"]
        for answer in visit(
            path,
            f"/held/latest.json?_size=1{narrowing}",
            f"/held/latest.json?_size=1&document__gt=0{narrowing}",
        )
    )
    counts = [
        {name: [(value["value"], value["count"], value["selected"]) for value in facet["results"]]
         for name, facet in answer.items()}
        for answer in (ours, theirs)
    ]  # fmt: skip
    assert counts[0] == counts[1] and set(ours) == {"site", "state"}


def test_facets_lead_to_the_narrowed_list_and_back(path: Path) -> None:
    (answer,) = visit(path, "/held/latest.json?state=live")
    facets = answer.json()["facet_results"]
    assert "state=live&site=bureau" in facets["site"]["results"][0]["toggle_url"]
    assert facets["state"]["results"][0]["toggle_url"].endswith("/held/latest.json")


class _Args(dict[str, list[str]]):
    def getlist(self, name: str) -> list[str]:
        return self[name]

    def get(self, name: str, default: object = None) -> object:  # type: ignore[override]
        return self[name][0] if name in self else default


@pytest.mark.parametrize(
    "args",
    [{"title": ["x"]}, {"site": ["a", "b"]}, {"_where": ["1"]}, {"_search": ["x"]}, {"site__not": ["a"]}],
    ids=["another column", "twice", "SQL", "a search", "another comparison"],
)
def test_what_narrows_a_list_otherwise_is_counted_by_datasette(args: dict[str, list[str]]) -> None:
    assert narrowed(_Args(args)) is None


def test_ready_question_finds_what_the_box_finds(path: Path) -> None:
    def documents(more: str) -> list[int]:
        (answer,) = visit(path, f"/held/words.json?_shape=array&words={quote('产业')}{more}")
        return [row["document"] for row in answer.json()]

    assert len(documents("")) == 7
    assert len(documents("&most=2")) == 2
    assert set(documents("&state=withdrawn")) == {2, 5}
    assert documents("&since=2026-06-01&until=2026-06-30") == [7]
    assert documents("&copies=with") == []
    assert documents("&site=nowhere") == []


def test_front_page_counts_them(path: Path) -> None:
    assert "All 7 documents" in see(path, "/")
