"""What is read from our own pages is at least as right as it ever was, and the measures can tell when it is not."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import Any

import pytest

from tests.bench.extractors import ours
from tests.bench.floor import FLOOR, fallen, reached
from tests.bench.labelled import Labelled, labelled_pages
from tests.bench.measures import Reading, Score, score, similarity
from tests.bench.reasons import differing_lines

PAGES = {one.name: one for one in labelled_pages()}


@pytest.fixture(scope="module")
def floor() -> Any:
    return json.loads(FLOOR.read_text("utf-8"))


@pytest.mark.parametrize("path", ["known", "generic"])
def test_accuracy_on_our_own_pages_never_falls(path: str, floor: Any) -> None:
    assert fallen(floor[path], reached(floor[path]["each"], families=path == "known")) == []


def test_every_page_made_for_the_reader_has_its_floor(floor: Any) -> None:
    made = {name for name in PAGES if name.startswith("_reader/")}
    assert made <= set(floor["known"]["each"]) & set(floor["generic"]["each"]), (
        "run: ./run bench accuracy --floor"
    )


def test_the_pages_are_many_and_of_many_systems() -> None:
    made = [one for name, one in PAGES.items() if name.startswith("_reader/")]
    assert len(made) >= 30
    assert len({one.cms for one in made}) >= 8
    assert sum(not one.labels.body for one in made) >= 2


def test_a_floor_tells_what_fell(floor: Any) -> None:
    now = copy.deepcopy(floor["known"])
    name = sorted(now["each"])[0]
    now["each"][name] -= 0.01
    now["f1"] -= 0.01
    now["wrong"]["title"] += 1
    assert len(fallen(floor["known"], now)) == 3
    del now["each"][name]
    assert any(name in what for what in fallen(floor["known"], now))


TABLE = PAGES["_reader/jpaas_statistics"]
NOTICE = PAGES["_reader/trs_notice"]


def judged(one: Labelled, **changes: Any) -> Score:
    return score(one, replace(ours(one.page), **changes))


def test_a_lost_cell_breaks_its_table() -> None:
    whole, read = judged(TABLE), ours(TABLE.page)
    assert whole.cells.tables == whole.cells.own_tables == (1, 1)
    broken = judged(TABLE, text=read.text.replace("-2.3", ""))
    assert broken.cells.tables == broken.cells.own_tables == (0, 1)
    assert broken.cells.missing[0] == "-2.3"


def test_lost_and_foreign_lines_are_counted_and_named() -> None:
    read = ours(NOTICE.page)
    lines = read.text.split("\n")
    worse = score(
        NOTICE, replace(read, text="\n".join([*lines[:-3], "关于开展河道清淤检查的通知", "相关信息"]))
    )
    assert worse.f1 < judged(NOTICE).f1
    assert worse.lacks and worse.holds
    named = differing_lines(NOTICE.labels.body, "\n".join([*lines[:-3], "关于开展河道清淤检查的通知"]))
    assert {(line.sign, line.text[:6]) for line in named} == {("-", "2.巡查记录"), ("+", "关于开展河道")}


@pytest.mark.parametrize("name", ["title", "date", "source"])
def test_a_wrong_fact_is_wrong_and_one_that_no_page_shows_is_invented(name: str) -> None:
    read = ours(NOTICE.page)
    assert all(score(NOTICE, read).facts.values())
    assert not judged(NOTICE, facts={**read.facts, name: "别的"}).facts[name]
    nowhere = PAGES["_reader/no_date_at_all"]
    assert judged(nowhere, facts={**ours(nowhere.page).facts, "source": "某报"}).invented == ("source",)


def test_a_page_without_text_is_right_only_without_text() -> None:
    empty = PAGES["_reader/pictures_only"]
    assert score(empty, Reading()).f1 == 1.0
    assert score(empty, Reading(text="热门")).f1 == 0.0


def test_similarity_counts_characters_and_runs() -> None:
    assert similarity("青禾市2025年", "青禾市2025年") == 1.0
    assert similarity("甲乙丙丁", "丁丙乙甲") == 1.0
    assert similarity("甲乙丙丁", "丁丙乙甲", 4) == 0.0
    assert similarity("甲乙", "甲") == pytest.approx(2 / 3)
    assert similarity("甲乙", "") == 0.0
