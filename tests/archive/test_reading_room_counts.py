"""What is kept counted agrees with what is there, and the pages that show it with both."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from archive.reading_room import words
from archive.reading_room.listing import narrowed
from archive.reading_room.safety import asked_of_list
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
    "narrowing",
    [
        "",
        "&site=bureau",
        "&state=live",
        "&state=withdrawn&site=bureau",
        "&site=nowhere",
        "&published_at__gte=2026-02-01",
        "&published_at__gt=2026-02-01",
        "&published_at__lt=2026-06-01&site=bureau",
        "&published_at__gte=2026-02-02&published_at__lte=2026-05-01",
        "&published_at__gte=2026-04&state=live",
        "&published_at__gt=2026-05-01&published_at__lt=2026-05-02",
        "&published_at__gte=2026",
        "&published_at__lt=2027-01",
    ],
)
def test_facets_say_what_counting_says(path: Path, narrowing: str) -> None:
    # A condition that holds for every row is all it takes to have the rows themselves counted.
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


def test_lists_show_of_a_document_what_its_current_version_says(path: Path) -> None:
    kept = "title, published_at, source_line, author, doc_number, issuer, index_number"
    with sqlite3.connect(path) as db:
        shown = db.execute(f"select {kept} from documents order by id").fetchall()
        said = db.execute(
            f"select {', '.join('v.' + name for name in kept.split(', '))} from documents d "
            "left join versions v on v.id = d.current order by d.id"
        ).fetchall()
        assert shown == said and shown[0][0] == "第0号通知"
        db.execute("update documents set current = null where id = 1")
        assert db.execute(f"select {kept} from documents where id = 1").fetchone() == (None,) * 7
        db.rollback()


@pytest.mark.parametrize(
    ("query", "table", "uncounted"),
    [
        ("", "latest", False),
        ("_sort=site", "latest", False),
        ("site=a&published_at__gte=2024", "latest", False),
        ("role=copy&source_line__exact=a", "latest", False),
        ("title__contains=a", "latest", True),
        ("site__contains=a", "latest", True),
        ("_where=1", "latest", True),
        ("title__contains=a", "latest.json", False),
        ("title__contains=a&_nocount=&_nofacet=", "latest", False),
        ("_search=a", "latest.json", True),
        ("", "version_detail", True),
        ("", "copier_rules", True),
        ("site=a", "copier_rules", False),
        ("_next=30", "version_detail", True),
        ("document=1", "version_detail", False),
        ("url=a", "captures", True),
        ("", "captures", False),
    ],
)
def test_a_long_list_comes_before_a_count_that_takes_long(query: str, table: str, uncounted: bool) -> None:
    assert asked_of_list(query, table, is_long=False) == query
    assert ("_nocount=1" in asked_of_list(query, table, is_long=True)) == uncounted


def test_a_long_list_that_fits_a_page_is_counted_all_the_same(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "LONG_LIST", 1)
    words.is_large.cache_clear()
    narrow = "/held/latest?title__contains=%E5%8F%B7"
    whole, part, asked = visit(path, narrow, f"{narrow}&_size=2", f"{narrow}&_size=2&_nocount=&_nofacet=")
    words.is_large.cache_clear()
    assert "Rows: 6" in whole.text and "Count them" not in whole.text
    assert "Count them" in part.text and "Rows:" not in part.text
    assert "Rows: 6" in asked.text and "facet-site" in asked.text
    assert all('name="_nocount"' not in page.text for page in (whole, part, asked))


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
    [
        {"title": ["x"]},
        {"site": ["a", "b"]},
        {"_where": ["1"]},
        {"_search": ["x"]},
        {"site__not": ["a"]},
        {"published_at__gte": ["soon"]},
        {"published_at__like": ["2026-01-01"]},
    ],
    ids=[
        "another column",
        "twice",
        "SQL",
        "a search",
        "another comparison",
        "no day",
        "another comparison of days",
    ],
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
    assert documents("&since=2026-01-01&until=2026-01-31") == [2]
    assert documents("&since=2026-06-01&until=2026-06-30") == [], "a date still to come is not believed"
    assert documents("&copies=with") == []
    assert documents("&site=nowhere") == []


def test_front_page_counts_them(path: Path) -> None:
    assert "All 7 documents" in see(path, "/")
