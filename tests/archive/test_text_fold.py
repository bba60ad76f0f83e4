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
    "figures": ("1.5万亿", "15万亿"),
    "nothing": ("，。", ""),
}


@pytest.mark.parametrize(("text", "folded"), TABLE.values(), ids=TABLE)
def test_only_letters_figures_and_ideographs_remain(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(max_size=60) | st.text(alphabet="發业(fāyè) １aＢ，ßİé", max_size=60))
def test_the_map_leads_each_character_back(text: str) -> None:
    folded, offsets = fold_map(text)
    assert folded == fold(text)
    assert len(offsets) == len(folded)
    assert offsets == sorted(offsets)
    assert all(
        fold(text[at]) and character in fold(text[at]) for character, at in zip(folded, offsets, strict=True)
    )


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
