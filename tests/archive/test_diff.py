"""Differences by character."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.diff import apply_edits, edits, summary
from tests.conftest import Ends

CLAUSES = st.lists(
    st.sampled_from(["甲方应当", "乙方可以", "1.5万亿", "增长5%", "，", "。", "\n", "；", "2024—2025年"])
)


@given(CLAUSES.map("".join), CLAUSES.map("".join))
def test_the_edits_make_the_second_text_out_of_the_first(a: str, b: str) -> None:
    assert apply_edits(a, edits(a, b)) == b


@given(st.text(alphabet="甲乙1.，。", max_size=40), st.text(alphabet="甲乙1.，。", max_size=40))
def test_offsets_are_half_open_and_in_order(a: str, b: str) -> None:
    last_from = last_to = 0
    for edit in edits(a, b):
        assert a[edit.from_start : edit.from_end] == edit.from_text
        assert b[edit.to_start : edit.to_end] == edit.to_text
        assert a[last_from : edit.from_start] == b[last_to : edit.to_start]
        assert edit.op == ("insert" if not edit.from_text else "delete" if not edit.to_text else "replace")
        last_from, last_to = edit.from_end, edit.to_end
    assert a[last_from:] == b[last_to:]


def test_equal_texts_have_no_edits() -> None:
    assert edits("同样的文字", "同样的文字") == []


@pytest.mark.parametrize(
    ("a", "b", "line"),
    [
        ("投入1.5万亿元。", "投入15万亿元。", "1.5万亿→15万亿"),
        ("增长5%。", "增长6%。", "5%→6%"),
        ("各单位应当报告。", "各单位可以报告。", "应当→可以"),
        ("在2024—2025年完成", "在20242025年完成", "2024—2025→20242025"),
        ("不得转让", "得转让", "−“不”"),
        ("转让", "不得转让", "+“不得”"),
    ],
)
def test_a_summary_names_what_changed(a: str, b: str, line: str) -> None:
    assert summary(edits(a, b)) == line


def test_a_summary_counts_what_is_too_long_to_show() -> None:
    added = "新增一段比较长的文字，说明今后两年的安排和分工。"
    assert summary(edits("第一段。第二段。", f"第一段。{added}第二段。")) == f"+{len(added)}字"


@pytest.mark.parametrize(
    ("a", "b"),
    [("业务" * 20_000, "务业" * 20_000), ("甲，" * 20_000, "乙，" * 20_000), ("，" * 50_000, "。" * 50_000)],
    ids=["one clause", "many clauses", "marks only"],
)
def test_no_pair_of_texts_makes_it_slow(a: str, b: str, ends: Ends) -> None:
    with ends(50):
        assert apply_edits(a, edits(a, b)) == b
