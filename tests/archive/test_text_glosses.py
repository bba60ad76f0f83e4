"""Readings in brackets: out where a page is full of them, untouched where somebody meant them."""

from __future__ import annotations

import pytest

from archive.damage.repair import clean, restore
from archive.text.glosses import gloss_spans, is_reading, untoned
from tests.conftest import Ends

FAMILIES = {
    "toned, on traditional": (
        "產(chǎn)業(yè)發(fā)展規(guī)劃(huà)由部門(mén)印發(fā)",
        "產業發展規劃由部門印發",
    ),
    "toned, any character": ("新(xīn)型工(gōng)作的(de)要(yào)求", "新型工作的要求"),
    "untoned": ("制造(zao)業(ye)是立國(guo)之本", "制造業是立國之本"),
    "repeated": ("工業(ye)(ye)(ye)的體(ti)(ti)系是鏈(lian)", "工業的體系是鏈"),
    "a space after the bracket": ("關(guan) 於(yu) 更(geng) 好(hao) 的辦法", "關於更好的辦法"),
    "lenticular": ("实施【shī】方案【àn】的发【fā】布", "实施方案的发布"),
    "emoji": ("是(shì )  经(💷)济的(de)发(fā)展", "是经济的发展"),
    "emoji after a mark": ("标准、(❔)规(guī)范(fàn)各(gè(🌎) )种", "标准、规范各种"),
    "full-width brackets": ("創（chuàng）新發（fā）展規（guī）劃", "創新發展規劃"),
    "ü": ("綠(lǜ)色發(fā)展與(yǔ)戰略(lvè)", "綠色發展與戰略"),
}
LEGITIMATE = [
    "国内生产总值(GDP)和购买力平价(PPP)",
    "首台(套)装备，无线局域网(wifi)，选项(a)、选项(b)和选项(c)",
    "(完)",
    "网站(www)与应用(app)",
    "新华社电(记者 甲乙丙)",
    "单位：万元(人民币,下同)",
    "汉字“业”(yè)的读音",
    "小米(mi)公司与甲(jia)方",
    "饕(tāo)餮(tiè)纹和耄(mào)耋(dié)老人",
    "一(1)二(2)三(3)四(4)",
    "附件(略)、表格(见下)、说明(一)",
]


@pytest.mark.parametrize(("text", "expected"), FAMILIES.values(), ids=FAMILIES)
def test_each_family_goes(text: str, expected: str) -> None:
    cleaned = clean(text)
    assert cleaned.text == expected
    assert restore(cleaned) == text


@pytest.mark.parametrize("text", LEGITIMATE)
def test_legitimate_brackets_stay(text: str) -> None:
    assert gloss_spans(text) == []


@pytest.mark.parametrize(
    "text", [text for text in LEGITIMATE if "(" in text and "mi" not in text and "饕" not in text]
)
def test_legitimate_brackets_stay_on_a_glossed_page(text: str) -> None:
    glossed = FAMILIES["untoned"][0] + "\n"
    assert not [span for span in gloss_spans(glossed + text) if span[0] > len(glossed)]


def test_two_groups_are_not_enough() -> None:
    assert gloss_spans("產(chǎn)業(yè)發展") == []


def test_three_groups_in_a_long_text_are_not_enough() -> None:
    assert gloss_spans("產(chǎn)業(yè)發(fā)展" + "本市印发了新的规划和方案。" * 100) == []


@pytest.mark.parametrize(
    ("reading", "bare"),
    [("yè", "ye"), ("lǜ", "lü"), ("lv4", "lü"), ("ｙｅ", "ye"), (" shì ", "shi"), ("zhɑ̌o", "zhao")],
)
def test_a_reading_without_its_tone(reading: str, bare: str) -> None:
    assert untoned(reading) == bare


@pytest.mark.parametrize(
    ("character", "reading", "is_one"),
    [
        ("業", "yè", True),
        ("长", "zhang", True),
        ("长", "cháng", True),
        ("一", "yí", True),
        ("网", "wifi", False),
        ("绿", "lu", True),
        ("女", "nv", True),
        ("套", "a", False),
        ("业", "", False),
        ("𠀀", "x", False),
    ],
)
def test_a_reading_is_known(character: str, reading: str, is_one: bool) -> None:
    assert is_reading(character, reading) is is_one


@pytest.mark.parametrize("piece", ["(", "业(", "业(a", "业(ye", "业(💷", "业(ye)(", "業(yè)"])
def test_no_page_makes_it_slow(piece: str, ends: Ends) -> None:
    gloss_spans("业(ye)")  # loads the table
    with ends(20):
        gloss_spans(piece * (60_000 // len(piece)))
