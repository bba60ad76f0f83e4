"""Byte damage: made by the model out of texts of our own, then found, marked and explained again."""

from __future__ import annotations

import pytest

from archive.damage.conversion import forward, reproduces
from archive.damage.lost import MARK, lost_runs
from archive.damage.repair import clean, restore
from archive.text import simplified
from tests.conftest import Ends

TABLE = [
    ("內", "nèi"),
    ("堅", "jiān"),
    ("聯", "lián"),
    ("範", "fàn"),
    ("發", "fā"),
    ("產", "chǎn"),
    ("會", "huì"),
]
TABLE += [("業", "yè"), ("關", "guān"), ("經", "jīng"), ("濟", "jì"), ("實", "shí")]
WORLD = "各地要實現產業規模增長，建設海洋強國，關心人們的生產和生活，發展經濟。各部門要協同。"

# What the bytes of the text say, the place that breaks, and what stood there in Simplified writing.
BROKEN = {
    "the sentence ender ；": ("擴大規模化發展的範圍", "规模化发", "模化发"),
    "the sentence ender ？": ("建設深海空天開發平臺", "深海空天开", "海空天开"),
    "a full stop before 科": ("進行了交流。科技部有關人員參加", "。科技部有关", "。科技部有关"),
    "a gloss between two characters": ("深刻改變人們的生活", "改变人们", "人"),
    "determined by one byte": ("做好設備更新換代工作", "更新换代", "换"),
    "two glosses": ("局長李壯龍在會上表示", "在会上", "在会"),
    "a glossed neighbour": ("推動新能源汽車發展營造環境", "展营造", "营"),
}
LOOK_ALIKES = [
    "真的?！我們不知道這是什麼A股",
    "為什麼??因為Windows系統",
    "什么?!yes",
    "谁来负责?;责任在谁",
    "问：能否办理?答：可以。",
    "来源:经济日报 ?作者 甲乙",
    "是不是???好",
    "链接 http://example.org/?id=1;a=b",
    "怎么办?(见附件)好的)吗",
    "成本?！效益?！二者都要看。",
    "选A还是选B?；选C",
]


@pytest.mark.parametrize(("text", "context", "truth"), BROKEN.values(), ids=BROKEN)
def test_a_break_is_found_and_its_truth_ranked(text: str, context: str, truth: str) -> None:
    damaged = forward(WORLD + text, TABLE)
    assert simplified(text) not in simplified(damaged)
    (lost,) = lost_runs(damaged)
    assert any(
        truth in simplified(candidate + "發展經濟體系會議")[: len(candidate)]
        for candidate in lost.candidates[:5]
    )
    cleaned = clean(damaged)
    assert restore(cleaned) == damaged
    place = cleaned.lost[0]
    shown = cleaned.text[place.start : place.end]
    assert MARK in shown or shown == place.candidates[0]


def test_what_one_reading_determines_is_written_out() -> None:
    cleaned = clean(forward(WORLD + "做好設備更新換代工作", TABLE))
    assert cleaned.text.endswith("更新換代工作")
    assert cleaned.lost[0].candidates[0] == "換"


def test_what_no_rule_determines_is_marked() -> None:
    cleaned = clean(forward(WORLD + "擴大規模化發展的範圍", TABLE))
    assert MARK in cleaned.text
    assert "規模化" not in cleaned.text


def test_a_swallowed_figure_is_marked() -> None:
    damaged = forward(WORLD + "要相信自己人。”2023年又有進步", TABLE)
    (lost,) = lost_runs(damaged)
    assert lost.sketch.endswith(MARK)
    assert "2" not in lost.sketch


@pytest.mark.parametrize("text", LOOK_ALIKES)
def test_look_alikes_are_no_damage(text: str) -> None:
    assert lost_runs(text) == []


@pytest.mark.parametrize("text", [WORLD, simplified(WORLD)], ids=["traditional", "simplified"])
def test_a_clean_text_raises_no_alarm(text: str) -> None:
    assert lost_runs(text) == []


@pytest.mark.parametrize(("text", "context", "truth"), BROKEN.values(), ids=BROKEN)
def test_the_model_proves_the_original(text: str, context: str, truth: str) -> None:
    damaged = forward(WORLD + text, TABLE)
    (lost,) = lost_runs(damaged)
    found = damaged[lost.start : lost.end]
    candidate = next(c for c in lost.candidates if truth in simplified(c + "發展經濟體系會議"))
    before = text[text.index(candidate) - 1]
    assert reproduces(
        found, simplified(candidate + "發展經濟體系")[: len(candidate)], before=before, glosses=TABLE
    )
    assert not reproduces(found, "改" * len(candidate), before=before, glosses=TABLE)


@pytest.mark.parametrize("piece", ["业?；", "业?lián)", "?", "？！", "业?；业", "業?lián)Q"])
def test_no_page_makes_it_slow(piece: str, ends: Ends) -> None:
    with ends(100):
        lost_runs(piece * (60_000 // len(piece)))
