"""Texts are set without a character more or less than they have."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.diff import edits
from archive.reading_room.side_by_side import Paragraph, difference
from archive.reading_room.typeset import blocks, contents, marked, shown_date, shown_time

TEXTS = st.text(alphabet="甲乙丙。，；\n\t15%", max_size=60)


def letters(text: str) -> str:
    return text.replace("\n", "").replace("¶", "")


def spoken(paragraphs: list[Paragraph], *kinds: str) -> str:
    return letters("".join(run.text for part in paragraphs for run in part.runs if run.kind in kinds))


@given(TEXTS, TEXTS)
def test_difference_holds_both_texts(old: str, new: str) -> None:
    whole = difference(old, new, edits(old, new), whole=True)
    assert spoken(whole, "same", "del") == letters(old)
    assert spoken(whole, "same", "ins") == letters(new)


@given(TEXTS, TEXTS)
def test_what_changed_is_never_left_out(old: str, new: str) -> None:
    changes = edits(old, new)
    short, whole = (difference(old, new, changes, whole=shown) for shown in (False, True))
    assert spoken(short, "del", "ins") == spoken(whole, "del", "ins")


@given(st.text(alphabet="甲乙一、第章 \n\t。", max_size=80))
def test_blocks_hold_the_text(text: str) -> None:
    said = "".join(
        block.text + "".join(cell.text for row in block.rows for cell in row) for block in blocks(text)
    )
    assert "".join(said.split()) == "".join(text.split())


@given(
    st.text(alphabet="甲乙一、第章条 \n\t。", max_size=80),
    st.lists(
        st.tuples(
            st.integers(0, 90),
            st.integers(0, 90),
            st.sampled_from(["heading", "item", "paragraph", "caption"]),
        )
    ),
    st.sets(st.integers(0, 80)),
)
def test_blocks_hold_the_text_whatever_was_kept_of_it(
    text: str, kept: list[tuple[int, int, str]], places: set[int]
) -> None:
    told = [{"kind": kind, "start": min(a, b), "end": max(a, b), "level": a % 6 + 1} for a, b, kind in kept]
    made = blocks(text, told, {at: f"n{at}" for at in places})
    said = "".join(block.text + "".join(cell.text for row in block.rows for cell in row) for block in made)
    assert "".join(said.split()) == "".join(text.split())
    anchors = [block.anchor for block in made if block.anchor]
    assert len(anchors) == len(set(anchors)) and set(anchors) <= {f"n{at}" for at in places}
    levels = [1, *(block.level for block in made if block.kind == "h")]
    assert all(1 < later <= earlier + 1 or later <= earlier for earlier, later in pairwise(levels))


def test_a_marker_that_stands_twice_has_its_way_from_the_top_for_a_name() -> None:
    paths = ["第一章", "第一章/第一条", "第二章", "第二章/一", "第三章/一", "第三章/一"]
    clauses = [{"path": path, "level": 1, "start": at, "heading": ""} for at, path in enumerate(paths)]
    names = [entry.anchor for _, entry in contents(clauses)]
    assert names == ["第一章", "第一条", "第二章", "第二章-一", "第三章-一", "第三章-一-"]


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        pytest.param("甲。\n乙。", "甲。\n丙。\n乙。", [[("ins", "丙。")]], id="a line added between lines"),
        pytest.param("甲。\n丙。\n乙。", "甲。\n乙。", [[("del", "丙。")]], id="a line removed"),
        pytest.param("甲。", "甲。\n乙丙。", [[("ins", "乙丙。")]], id="a line added at the end"),
        pytest.param("甲乙", "甲\n乙", [[("same", "甲"), ("ins", "¶")]], id="a paragraph cut in two"),
        pytest.param(
            "甲\n乙", "甲乙", [[("same", "甲"), ("del", "¶"), ("same", "乙")]], id="two paragraphs joined"
        ),
        pytest.param(
            "共5%", "共6%", [[("same", "共"), ("del", "5%"), ("ins", "6%")]], id="a figure stays whole"
        ),
    ],
)
def test_changes_are_shown_as_a_person_sees_them(
    old: str, new: str, shown: list[list[tuple[str, str]]]
) -> None:
    found = difference(old, new, edits(old, new), whole=False)
    assert [[(run.kind, run.text) for run in part.runs] for part in found] == shown


def test_short_changes_of_figures_are_marked() -> None:
    runs = difference("增长5%以上", "增长6%以上", edits("增长5%以上", "增长6%以上"), whole=False)[0].runs
    assert [run.mark for run in runs if run.kind != "same"] == ["number", "number"]


def test_far_from_a_change_only_its_surroundings_are_shown() -> None:
    old = "前" * 500 + "甲" + "后" * 500
    runs = difference(old, old.replace("甲", "乙"), edits(old, old.replace("甲", "乙")), whole=False)[0].runs
    assert sum(len(run.text) for run in runs) < 140
    assert [run.kind for run in runs] == ["gap", "same", "del", "ins", "same", "gap"]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("一、总体要求", "h"),
        ("第三章 保障措施", "h"),
        ("一、各单位要加强领导，落实责任。", "p"),
        ("（一）加强攻关", "p"),
        ("十四五规划", "p"),
        ("一、" + "长" * 60, "p"),
    ],
)
def test_headings_are_short_and_numbered(line: str, kind: str) -> None:
    assert [block.kind for block in blocks(line)] == [kind]


def test_ragged_tables_stay_as_small_as_their_text() -> None:
    (table,) = blocks("\t" * 20_000 + "\n" + "甲\t乙\n" * 19_999 + "甲\t乙")
    assert sum(map(len, table.rows)) < 70_000


@given(st.text(max_size=40), st.text(max_size=10))
def test_marking_keeps_the_text(text: str, query: str) -> None:
    assert "".join(piece for _, piece in marked(text, query)) == text


def test_marks_find_the_other_script() -> None:
    assert marked("關於產業的通知", "产业") == [(False, "關於"), (True, "產業"), (False, "的通知")]


@pytest.mark.parametrize(
    ("utc", "shown"),
    [("2026-03-01T20:30:00.000Z", "2026-03-02 04:30"), ("soon", "soon"), (None, ""), ("", "")],
)
def test_times_are_shown_in_beijing_time(utc: str | None, shown: str) -> None:
    assert shown_time(utc) == shown


def test_dates_are_shown_without_their_zone() -> None:
    assert [shown_date(d) for d in ("2026-03-01T09:00+08:00", "2026-03-01", None)] == [
        "2026-03-01 09:00",
        "2026-03-01",
        "",
    ]
