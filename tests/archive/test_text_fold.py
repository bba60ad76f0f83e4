"""The key of search and comparison."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.text import bigrams, fold, fold_map, may_hold, place_of
from tests.conftest import Ends

TABLE = {
    "traditional": ("發展實體經濟", "发展实体经济"),
    "width and case": ("ＡＩ＋Ａｐｐ", "aiapp"),
    "punctuation out": ("“十四五”——规划（试行）！", "十四五规划试行"),
    "white space out": ("a b\u3000c\n1", "abc1"),
    "accents out": ("Café", "cafe"),
    "glosses out": ("發(fā)展(zhǎn)經(jīng)濟(jì)", "发展经济"),
    "legitimate brackets stay": ("总值(GDP)", "总值gdp"),
    "figures": ("1.5万亿", "1.5万亿"),
    "radicals": ("⾏动⺠⼈⼯", "行动民人工"),
    "compatibility ideographs": ("\uf9dd", "利"),
    "private characters of GB 18030": ("\ue81e\ue843\ue816", "\u9fb4\u9fb9\U00020087"),
    "巿 for 市": ("示例巿", "示例市"),
    "units": ("5㎡、3℃、2㎞", "5m²、3°c2km"),
    "subscripts": ("CO₂、PM₂.₅", "co2pm2.5"),
    "nothing": ("，。", ""),
}

TWO_FIGURES = {
    "decimal point": ("1.5亿", "15亿"),
    "full-width point": ("１．５亿", "１５亿"),
    "point moved": ("2.05", "20.5"),
    "leading point": (".5%", "5%"),
    "per cent": ("2.0%", "20%"),
    "per cent dropped": ("5%", "5"),
    "per mille": ("5‰", "5%"),
    "ratio": ("3∶1", "31"),
    "time": ("12：30", "1230"),
    "power": ("10⁸", "108"),
    "square": ("10²", "102"),
    "negative power": ("10⁻³", "10³"),
    "caret": ("10^8", "108"),
    "range": ("2024—2025年", "20242025年"),
    "range with units": ("5%—10%", "5%、10%"),
    "range of money": ("10亿—20亿", "10亿20亿"),
    "range with a tilde": ("5～6", "56"),
    "fraction": ("1/2", "12"),
    "fraction sign": ("1⁄3", "13"),
    "minus": ("-5", "5"),
    "true minus": ("−5%", "5%"),
    "full-width minus": ("－3.2%", "3.2%"),
    "plus": ("10+", "10"),
    "sign before": ("+5%", "-5%"),
    "at least": ("≥5", "≤5"),
    "plus or minus": ("±5", "5"),
    "product": ("3×5", "35"),
    "middle dot": ("3·15", "315"),
    "list": ("1、5", "15"),
    "list of months": ("1，2月", "12月"),
    "cells": ("12\t3", "123"),
    "lines": ("12\n3", "123"),
    "brackets": ("5（10）", "510"),
    "currency": ("$5", "¥5"),
    "full-width currency": ("￡5", "5"),
    "degrees": ("5℃", "5"),
    "square metres": ("5㎡", "5m"),
    "years in ideographs": ("二〇二四—二〇二五年", "二〇二四二〇二五年"),
    "list in ideographs": ("十、五", "十五"),
    "ratio in ideographs": ("三∶一", "三一"),
    "point in ideographs": ("三·五", "三五"),
    "thousands that are none": ("1,50", "150"),
    "thousands with an end too many": ("1,5000", "15000"),
}
ONE_FIGURE = {
    "full width": ("１．５亿", "1.5亿"),
    "Traditional": ("1.5億", "1.5亿"),
    "ratio colons": ("3∶1", "3：1"),
    "dashes": ("2024—2025", "2024–2025"),
    "double dash": ("2024——2025", "2024-2025"),
    "spaces": ("2024 — 2025", "2024—2025"),
    "slashes": ("1／2", "1/2"),
    "per cent": ("５％", "5%"),
    "thousands": ("1,500", "1500"),
    "millions": ("12,345,678.9", "12345678.9"),
    "thousands, full width": ("1，500", "1500"),
    "degrees": ("25℃", "25°C"),
    "square metres": ("5㎡", "5m²"),
    "minus": ("−5%", "-5%"),
    "products": ("3*5", "3×5"),
    "brackets of a number": ("〔2026〕402", "(2026)402"),
}
FIGURES = [figure for pair in (*TWO_FIGURES.values(), *ONE_FIGURE.values()) for figure in pair]


@pytest.mark.parametrize(("text", "folded"), TABLE.values(), ids=TABLE)
def test_only_letters_figures_and_ideographs_remain(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(max_size=60) | st.text(alphabet="發业(fāyè) １aＢ，ßİé", max_size=60))
def test_the_map_leads_each_character_back(text: str) -> None:
    folded, offsets = fold_map(text)
    assert folded == fold(text)
    assert len(offsets) == len(folded)
    assert offsets == sorted(offsets)
    # A mark is one only beside a figure; 、 stands for whatever parts two.
    alone = [fold(text[at]) or fold(f"1{text[at]}1") for at in offsets]
    assert all(character in "、" + one for character, one in zip(folded, alone, strict=True))


@given(st.text(max_size=200) | st.text(alphabet="發业(fāyè) １aＢ，ßİé", max_size=200), st.data())
def test_place_of_a_word_is_where_the_map_says(text: str, data: st.DataObject) -> None:
    folded, offsets = fold_map(text)
    start = data.draw(st.integers(0, max(0, len(folded) - 1)))
    word = folded[start : start + data.draw(st.integers(1, 9))]
    first = folded.find(word)
    if word:
        assert place_of(word, text) == (offsets[first], offsets[first + len(word) - 1] + 1)
    assert place_of("锆石蝌蚪", text) is None


@given(st.text(max_size=100) | st.text(alphabet="發业(fāyè) １○，豈⼀々发經(jīng)", max_size=100), st.data())
def test_no_text_that_holds_a_word_is_ruled_out(text: str, data: st.DataObject) -> None:
    folded = fold(text)
    start = data.draw(st.integers(0, max(0, len(folded) - 1)))
    word = folded[start : start + data.draw(st.integers(1, 9))]
    pattern = may_hold(word)
    assert pattern is None or pattern.search(text)


def test_ruling_out_takes_no_longer_for_a_hostile_text(ends: Ends) -> None:
    pattern = may_hold("未来产业北京")
    assert pattern
    with ends(10):
        for text in ("未 " * 100_000, "未" + " " * 200_000, "未来产业北 " * 30_000, "○未" * 100_000):
            assert not pattern.search(text)


@given(st.text(alphabet="发展發経ab１2，。 \n", max_size=40), st.integers(0, 40), st.integers(0, 40))
def test_the_folded_part_is_part_of_the_folded_whole(text: str, start: int, end: int) -> None:
    assert fold(text[start:end]) in fold(text)


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("folded", "pairs"), [("", []), ("科", ["科"]), ("科技", ["科技"]), ("科技部", ["科技", "技部"])]
)
def test_bigrams_overlap(folded: str, pairs: list[str]) -> None:
    assert bigrams(folded) == pairs
