"""Whole sites come over in bulk: the same as one crawl, however it is interrupted, and only where nothing speaks against it."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archive.model import Role, Site
from archive.store import READER_NAME
from archive.store.archive import Archive
from archive.store.evidence import logs
from archive.store.evidence.logcheck import Stated
from archive.store.file.connection import open_whatever_age
from archive.store.read.merging import Merged, merge
from archive.store.read.verify import Wanted, is_sound, verify
from archive.store.write import takeover
from archive.store.write.takeover import Takeover, together
from tests.archive.collating import TEXT
from tests.archive.desk import clock
from tests.archive.histories import differences
from tests.archive.holding import article
from tests.archive.test_copies_followed import BUREAU, SITES, Shelf, notice
from tests.archive.test_merge_and_repair import merged
from tests.archive.test_shards_merged import (
    Shard,
    answers_of,
    archive_of,
    captured,
    of_two_sites,
    partition,
    texts,
)

MIRROR = "https://www.mirror.example/n/5.html"
LIBRARY = "https://library.example/doc/77.html"


class OlderReader(Shard):
    """A shard whose pages an older yuanben has read."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.archive.readings._reader = self.archive.jobs._reader = "yuanben/0 (older)"


def read_by(kind: type[Shard], part: list[Any]) -> Shard:
    shard = kind.__new__(kind)
    Shard.__init__(shard)
    shard.take(part)
    return shard


@pytest.fixture
def came(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return how many captures each batch brought in bulk, as far as the test has come."""
    found: list[int] = []
    take = Takeover.take

    def counted(self: Takeover, batch: int, path: Path) -> list[tuple[str, int]]:
        crawls = take(self, batch, path)
        found.append(self.count(batch))
        return crawls

    monkeypatch.setattr(Takeover, "take", counted)
    return found


def test_sites_that_nobody_else_has_come_over_in_bulk(came: list[int]) -> None:
    told = of_two_sites(7)
    parts = partition(told, random.Random(1), lambda one: one.site)
    desk, given = merged(*(archive_of([part]).db for part in parts if part))
    assert sum(came) == sum(one.kept for one in given) == len(captured(desk))


def test_a_site_of_which_something_is_held_comes_capture_by_capture(came: list[int]) -> None:
    told = [one for one in of_two_sites(7) if one.site == "bureau"]
    desk, _ = merged(archive_of([told[::2]]).db, archive_of([told[1::2]]).db)
    assert sum(came) == len(told[::2])
    assert not differences(answers_of(archive_of([told])), answers_of(desk))


@pytest.mark.loop
@pytest.mark.parametrize("seed", range(8))
def test_what_an_older_reader_made_is_read_anew(seed: int, came: list[int]) -> None:
    told = of_two_sites(seed)
    parts = partition(told, random.Random(seed), lambda one: one.site)
    shards = [read_by(OlderReader if n % 2 else Shard, part) for n, part in enumerate(parts) if part]
    desk, _ = merged(*(shard.db for shard in shards))
    whole = archive_of([told])
    assert captured(desk) == captured(whole) and texts(desk) == texts(whole)
    assert not differences(answers_of(whole), answers_of(desk))
    assert set(desk.column("select distinct reader from readings where version is not null")) <= {READER_NAME}


class Killed(Exception):
    """The process ended here."""


@pytest.mark.parametrize("stage", ["land", "derive", "index", "meet"])
def test_a_merge_that_was_killed_goes_on(
    stage: str, monkeypatch: pytest.MonkeyPatch, came: list[int]
) -> None:
    told = of_two_sites(3)
    source = archive_of([told]).db
    monkeypatch.setattr(takeover, "MOST_AT_ONCE", 1)
    with monkeypatch.context() as once:
        once.setattr(Takeover, stage, _second_time_killed(getattr(Takeover, stage)))
        target, _ = merged()
        with pytest.raises(Killed):
            merged(source, into=target.db)
    desk, (one,) = merged(source, into=target.db)
    whole = archive_of([told])
    assert one.kept and one.held and captured(desk) == captured(whole) and texts(desk) == texts(whole)
    assert not differences(answers_of(whole), answers_of(desk))
    before = list(desk.db.iterdump())
    _, (again,) = merged(source, into=desk.db)
    assert not again.kept and list(desk.db.iterdump()) == before


def _second_time_killed(work: Callable[..., Any]) -> Callable[..., Any]:
    calls: list[int] = []

    def run(self: Takeover, *values: Any) -> Any:
        calls.append(1)
        made = work(self, *values)
        if len(calls) == 2:
            raise Killed
        return made

    return run


def of_shelf(path: Path, *shown: tuple[str, Any, str]) -> Path:
    """Return the file of an archive to which addresses showed articles."""
    shelf = Shelf(path)
    for url, one, day in shown:
        shelf.show(url, one, day)
    for site in SITES:
        shelf.archive.settle(site)
    shelf.archive.close()
    return path


def brought_together(path: Path, *sources: Path) -> tuple[sqlite3.Connection, list[Merged]]:
    sites: dict[str, Site] = {}
    archive = Archive.open(path, holder="tests", sites=sites, create=True, clock=clock())
    told = []
    for source in sources:
        db = open_whatever_age(source)
        told.append(merge(archive, sites, db, source.name))
        db.close()
    return archive.db, told


ORIGINAL = (BUREAU, notice(), "2026-03-02")
COPY = (MIRROR, notice(TEXT.replace("300万元", "380万元")), "2026-03-04")
NUMBERED = [(url, notice(doc_number="示水发〔2026〕3号"), "2026-03-02") for url in (BUREAU, LIBRARY)]
ACTS = [
    (BUREAU, notice(doc_number="示水发〔2026〕3号"), "2026-03-02"),
    (
        LIBRARY,
        article(
            "经研究，决定废止《关于加强渠道养护工作的通知》（示水发〔2026〕3号）。本决定自2026年5月1日起施行。"
            "各有关单位应当做好衔接工作，此前依据该通知作出的安排按本决定执行，由示例水务局负责解释。",
            title="关于废止《关于加强渠道养护工作的通知》的决定",
            published_at="2026-04-20",
        ),
        "2026-04-21",
    ),
]
COPIES = (
    "select c.url, o.url, k.coverage, k.substantive from comparisons k join documents c on c.id = k.copy_document "
    "join documents o on o.id = k.original_document order by 1, 2"
)
WORKS = "select d.url, w.is_issuer from work_documents w join documents d on d.id = w.document order by 1"
STANDINGS = "select d.url, s.standing, s.since, s.because from standing_spans s join documents d on d.id = s.document order by d.url, s.position"
MEETINGS = {
    "a copy comes to its original": ((ORIGINAL, COPY), COPIES),
    "an original comes to its copy": ((COPY, ORIGINAL), COPIES),
    "one work": (tuple(NUMBERED), WORKS),
    "what repeals comes to what is repealed": (tuple(ACTS), STANDINGS),
    "what is repealed comes to what repeals": (tuple(reversed(ACTS)), STANDINGS),
}


@pytest.mark.parametrize(("shown", "question"), MEETINGS.values(), ids=MEETINGS.keys())
def test_what_meets_on_both_sides_is_worked_out_anew(
    shown: tuple[Any, ...], question: str, tmp_path: Path, came: list[int]
) -> None:
    shards = [of_shelf(tmp_path / f"{n}.db", one) for n, one in enumerate(shown)]
    db, _ = brought_together(tmp_path / "all.db", *shards)
    whole = open_whatever_age(of_shelf(tmp_path / "whole.db", *shown))
    said = [tuple(row) for row in db.execute(question)]
    assert sum(came) == len(shown)
    assert said and said == [tuple(row) for row in whole.execute(question)]


def test_what_is_copied_with_both_sides_is_as_it_was(tmp_path: Path, came: list[int]) -> None:
    shard = of_shelf(tmp_path / "a.db", ORIGINAL, COPY, *NUMBERED[1:], ACTS[1])
    db, _ = brought_together(tmp_path / "all.db", shard)
    source = open_whatever_age(shard)
    for question in (COPIES, WORKS, STANDINGS, "select key, kind from document_names order by 1, 2"):
        assert [tuple(row) for row in db.execute(question)] == [
            tuple(row) for row in source.execute(question)
        ]
    assert is_sound(verify(db, Wanted(sample=None, reads=0))) and came


def test_the_log_before_a_merge_is_the_beginning_of_the_log_after_it(tmp_path: Path) -> None:
    home = of_shelf(tmp_path / "home.db", ORIGINAL)
    shard = of_shelf(tmp_path / "shard.db", COPY, *NUMBERED[1:])
    with_home = open_whatever_age(home)
    stated = logs.state(with_home, "a.example")
    with_home.close()
    db, (told,) = brought_together(home, shard)
    wanted = Wanted(stated=[Stated(checkpoint=stated, place="before")], sample=None, reads=0)
    assert told.kept == 2 and is_sound(verify(db, wanted))


def test_what_is_withheld_there_is_withheld_when_it_comes(tmp_path: Path, came: list[int]) -> None:
    shard = of_shelf(tmp_path / "a.db", ORIGINAL)
    db = sqlite3.connect(shard)
    db.execute(
        "insert into events (kind, happened_at, site, document, details) select 'withheld', '2026-04-01T00:00:00.000Z', "
        "site, id, json_object('url', url, 'reason', 'by order', 'by', 'the office') from documents"
    )
    db.commit()
    db.close()
    found, _ = brought_together(tmp_path / "all.db", shard)
    (details,) = found.execute("select details from events where kind = 'withheld'").fetchone()
    assert came and "in a.db" in details


def test_sites_that_refer_to_each_other_come_together() -> None:
    groups = together(["a", "b", "c", "d"], [("a", "c"), ("c", "d"), ("x", "b")])
    assert sorted(sorted(group) for group in groups) == [["a", "c", "d"], ["b"]]


def test_a_site_declared_otherwise_here_is_read_by_the_rules_of_here(tmp_path: Path, came: list[int]) -> None:
    shard = of_shelf(tmp_path / "a.db", ORIGINAL)
    archive = Archive.open(
        tmp_path / "all.db",
        holder="tests",
        sites={"bureau": replace(SITES["bureau"], role=Role.COPY)},
        create=True,
        clock=clock(),
    )
    archive.begin_crawl("bureau", "watch")
    archive.close()
    brought_together(tmp_path / "all.db", shard)
    assert not came
