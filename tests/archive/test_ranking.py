"""What a change is about, and what is shown first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.diff import edits
from archive.ranking import matter_of, ranked
from tests.archive.desk import Desk, html, replaced

TEXT = (
    "各单位应当于三月底前完成登记，总量不低于1.5万条，差错率不超过5%。不得要求提供其他材料。由工业和信息化部负责解释，"
    "联系人主任张三。自2026年3月5日起施行，原则上不再延期，相应情况另行通知。"
)


@pytest.mark.parametrize(
    ("old", "new", "matter"),
    [
        pytest.param("应当", "可以", "modal", id="a duty becomes a choice"),
        pytest.param("不得", "得", "modal", id="a prohibition loses its no"),
        pytest.param("原则上", "", "modal", id="a loophole closes"),
        pytest.param("不低于", "低于", "modal", id="a limit turns round"),
        pytest.param("1.5万", "15万", "number", id="a decimal point"),
        pytest.param("5%", "6%", "number", id="a share"),
        pytest.param("3月5日", "3月8日", "date", id="a day"),
        pytest.param("2026年", "2027年", "date", id="a year"),
        pytest.param("主任张三", "主任李四", "name", id="a name beside its office"),
        pytest.param("工业和信息化部", "科学技术部", "organisation", id="a ministry"),
        pytest.param("应当于", "于", "modal", id="a duty goes"),
        pytest.param("通知。", "通知，原规定同时废止。", "modal", id="another rule ends"),
        pytest.param("主任张三", "副主任张三", "name", id="an office"),
        pytest.param("主任张三", "主任", "name", id="a name goes"),
        pytest.param("主任张三", "主任张三、李四", "name", id="a second name"),
        pytest.param("2026年3月5日", "发布之日", "date", id="a day becomes another sort of day"),
        pytest.param("通知。", "通知，有效期五年。", "date", id="a term"),
        pytest.param("通知。", "通知，共支持三十家。", "number", id="a count that came"),
        pytest.param("工业和信息化部", "工业和信息化部、财政部", "organisation", id="a second ministry"),
        pytest.param("情况", "事项", "wording", id="a plain word"),
        pytest.param("相应情况", "相情况", "wording", id="a character that binds only elsewhere"),
        pytest.param("，联系人", "、联系人", "punctuation", id="a comma"),
        pytest.param("相应情况另行通知。", "相应情况另行通知。" + "有关事项由各地结合实际研究确定并及时报送" * 3, "passage",
                     id="a passage that came"),
    ],
)  # fmt: skip
def test_a_change_is_told_by_its_words(old: str, new: str, matter: str) -> None:
    changed = TEXT.replace(old, new)
    (edit,) = edits(TEXT, changed)
    assert matter_of(TEXT, changed, edit) == matter


@pytest.mark.parametrize(
    ("old", "new", "matter"),
    [
        ("企业应建立台账", "企业建立台账", "modal"),
        ("经批准后开工", "须经批准后开工", "modal"),
        ("后可开工", "后方可开工", "modal"),
        ("推广新技术", "推广应用新技术", "wording"),
        ("适时调整", "适应调整", "wording"),
    ],
)
def test_one_character_may_bind(old: str, new: str, matter: str) -> None:
    (edit,) = edits(old, new)
    assert matter_of(old, new, edit) == matter


def test_what_binds_comes_before_figures_and_commas_come_last() -> None:
    changed = (
        TEXT.replace("，联系人", "、联系人")
        .replace("1.5万", "15万")
        .replace("不得", "得")
        .replace("情况", "事项")
    )
    changes = edits(TEXT, changed)
    found = [changes[one.edit] for one in ranked(TEXT, changed, changes)]
    shown = [edit.to_text or edit.from_text for edit in found]
    assert [shown[0], shown[-1]] == ["不", "、"] and shown[1].startswith("15") and len(shown) == 4


@given(st.text("应当可不得的部1五%，。 a", max_size=60), st.text("应当可不得的部1五%，。 a", max_size=60))
def test_ranking_leaves_nothing_out(a: str, b: str) -> None:
    changes = edits(a, b)
    order = ranked(a, b, changes)
    assert sorted(one.edit for one in order) == list(range(len(changes)))
    assert [one.rank for one in order] == sorted((one.rank for one in order), reverse=True)


def test_a_summary_names_what_matters_first() -> None:
    desk = Desk()
    desk.see(html(), "2026-04-01T08:00:00")
    words = list(replaced("，现将", "、现将"))
    words[1] = words[1].replace("应当", "可以").replace("1.5万", "15万")
    desk.see(html(*words, date="2026-03-06"), "2026-04-02T08:00:00")
    assert (
        desk.one("select summary from changes") == "应当→可以; 1.5万→15万; ，→、; 日期: 2026-03-05→2026-03-06"
    )
