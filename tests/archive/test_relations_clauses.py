"""The tree of a text by its own numbering, and two versions of it side by side."""

from __future__ import annotations

import io
import random
import zipfile
from typing import Any
from xml.etree import ElementTree

from archive.relations.clauses import clauses
from archive.relations.contrast import Head, aligned, as_docx, as_html, counts, rows

LAW = """第一章 总则
第一条 为了管理渔港，制定本条例。
第二条 下列港口适用本条例：
(一)海港；
(二)河港，包括：
1.内河港；
2.湖港。
前款规定由水务局解释。
第二章 附则
第三条 本条例自2020年1月1日起施行。
海州市水务局
2019年12月1日
"""
NOTICE = """海州市关于印发渔港方案的通知
海府〔2020〕3号
各区：
现印发给你们。
一、总体要求
（一）目标。到2025年全部建成。
二、主要任务
（二）建设。
1. 规划；
2.2025年前完工。
（三）验收。
附件：1.渔港名单
2.分工表
海州市水务局
2020年3月1日
渔港方案
一、背景
二、措施
附件1
渔港名单
一、东港
公开方式：主动公开
"""


def test_a_law_is_a_tree_of_chapters_articles_items() -> None:
    found = clauses(LAW)
    assert [clause.path for clause in found] == [
        "第一章", "第一章/第一条", "第一章/第二条", "第一章/第二条/（一）", "第一章/第二条/（二）", "第一章/第二条/（二）/1",
        "第一章/第二条/（二）/2", "第二章", "第二章/第三条",
    ]  # fmt: skip
    by_path = {clause.path: LAW[clause.start : clause.end] for clause in found}
    assert by_path["第一章/第二条/（一）"] == "(一)海港；"
    assert by_path["第一章/第二条"].endswith("解释。")
    assert by_path["第二章"].endswith("起施行。")
    assert found[0].heading == "总则"


def test_numbers_that_run_on_stay_under_their_heading_and_a_second_text_is_told_apart() -> None:
    found = {clause.path: NOTICE[clause.start : clause.end] for clause in clauses(NOTICE)}
    assert "二/（二）/2" in found and "二/（三）" in found
    assert found["二/（三）"] == "（三）验收。"
    assert "[2]一" in found and found["附件1"].endswith("东港")
    assert "2" not in found and not any("分工表" in words for words in found.values())


def test_a_second_list_of_one_article_has_its_own_path() -> None:
    text = "第一条 应当：\n（一）甲；\n（二）乙。\n不得：\n（一）丙；\n（二）丁。"
    assert [clause.path for clause in clauses(text)][1:] == [
        "第一条/（一）", "第一条/（二）", "第一条/[2]（一）", "第一条/[2]（二）",
    ]  # fmt: skip


def test_a_wrapped_line_that_begins_with_an_article_opens_no_clause() -> None:
    text = "第七条 违反\n第三条、第四条规定的，处罚。\n第八条 略。"
    assert [clause.path for clause in clauses(text)] == ["第七条", "第八条"]


def test_an_article_beyond_the_thousandth_is_one() -> None:
    text = "第一千一百一十条 略。\n第一千一百一十一条 略。\n第一千二百条之二 略。"
    assert [clause.path for clause in clauses(text)] == [
        "第一千一百一十条",
        "第一千一百一十一条",
        "第一千二百条之二",
    ]


def test_clauses_nest_in_scrambled_texts() -> None:
    chance = random.Random(9)
    pieces = [
        "第一章 甲",
        "第二条 乙",
        "（一）丙",
        "1. 丁",
        "（2）戊",
        "一、己",
        "附件1",
        "2020年1月1日",
        "文字。",
        "",
    ]
    for _ in range(300):
        text = "\n".join(chance.choice(pieces) for _ in range(chance.randint(0, 14)))
        found = clauses(text)
        assert len({clause.path for clause in found}) == len(found), text
        for inner in found:
            parent = inner.path.rpartition("/")[0]
            outer = next((clause for clause in found if clause.path == parent), None)
            assert outer is None or outer.start <= inner.start <= inner.end <= outer.end, text


OLD = """第一条 为了管理渔港，保障船舶停泊安全，制定本条例。
第二条 渔港由县级以上水务部门负责管理。
第三条 进出渔港的船舶应当办理备案登记，登记办法另行规定。
第四条 渔港内禁止倾倒垃圾、排放油污和从事危险作业。
第五条 违反本条例第四条规定的，处五百元以上五千元以下罚款。
第六条 本条例自2001年1月1日起施行。
"""
NEW = """第一条 为了管理渔港，保障船舶停泊安全，制定本条例。
第二条 渔港由县级以上渔业部门负责管理。
第三条 渔港内禁止倾倒垃圾、排放油污和从事危险作业。
第四条 违反本条例第三条规定的，处一千元以上一万元以下罚款。
第五条 鼓励渔港建设智慧管理平台，共享气象与航道信息。
第六条 本条例自2021年1月1日起施行。
"""


def test_renumbered_amended_inserted_and_deleted_articles_are_told_apart() -> None:
    pairs = [
        (p.old.marker if p.old else None, p.new.marker if p.new else None, p.change, p.is_renumbered)
        for p in aligned(OLD, NEW)
    ]
    assert pairs == [
        ("第一条", "第一条", "same", False),
        ("第二条", "第二条", "amended", False),
        ("第三条", None, "deleted", False),
        ("第四条", "第三条", "same", True),
        ("第五条", "第四条", "amended", True),
        (None, "第五条", "inserted", False),
        ("第六条", "第六条", "amended", False),
    ]


def test_an_article_that_changed_its_place_is_moved() -> None:
    old = "第一条 甲类船舶停泊东港。\n第二条 乙类船舶停泊西港。\n第三条 丙类船舶停泊南港。"
    new = "第一条 丙类船舶停泊南港。\n第二条 甲类船舶停泊东港。\n第三条 乙类船舶停泊西港。"
    changes = [p.change for p in aligned(old, new)]
    assert changes == ["moved", "same", "same"]


def test_a_draft_is_set_against_its_final_text() -> None:
    # Three pairs in the form of real drafts and decisions; their matter is made up.
    for draft, final, changes in (
        ("一、加强管理\n（一）建立台账。", "一、加强管理\n（一）建立电子台账。", {"same", "amended"}),
        (
            "第一条 水费按月收取。",
            "第一条 水费按月收取。\n第二条 逾期不缴的，加收滞纳金。",
            {"same", "inserted"},
        ),
        ("一、范围\n二、标准\n三、附则", "一、范围\n二、附则", {"same", "deleted"}),
    ):
        assert {pair.change for pair in aligned(draft, final)} == changes


def test_equal_texts_hold_only_same_clauses() -> None:
    assert {pair.change for pair in aligned(NOTICE, NOTICE)} == {"same"}


HEAD = Head(title="渔港<条例>", url="https://example.org/a?b=1&c=2", old="版本 1", new="版本 2")


def test_a_table_shows_both_texts_whole_and_marks_what_differs() -> None:
    pairs = aligned(OLD, NEW)
    page = as_html(pairs, HEAD)
    assert "<del>水务</del>" in page and "<ins>渔业</ins>" in page and "渔港&lt;条例&gt;" in page
    assert counts(pairs) == {"same": 2, "amended": 3, "inserted": 1, "deleted": 1, "moved": 0}
    for side, text in (("old", OLD), ("new", NEW)):
        assert "\n".join(row[side]["text"] for row in _sorted(rows(pairs), side)) == text.strip()


def _sorted(made: list[dict[str, Any]], side: str) -> list[dict[str, Any]]:
    held = [row for row in made if row[side]]
    return sorted(
        held, key=lambda row: OLD.find(row[side]["text"]) if side == "old" else NEW.find(row[side]["text"])
    )


def test_a_word_file_is_well_formed_and_the_same_each_time() -> None:
    pairs = aligned(OLD, NEW)
    made = as_docx(pairs, HEAD)
    assert made == as_docx(pairs, HEAD)
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        root = ElementTree.fromstring(parts.read("word/document.xml"))
    words = "".join(root.itertext())
    assert "共享气象与航道信息" in words and "渔港<条例>" in words
    assert any(node.tag.endswith("}strike") for node in root.iter())
