"""Traditional to Simplified: offset for offset, and never on a Simplified text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.text import is_traditional, simplified

TABLE = {
    "plain": ("實施創新驅動發展戰略，優化產業結構", "实施创新驱动发展战略，优化产业结构"),
    "over-converted": ("若幹製度，全麵覆蓋，體係健全，誌願服務", "若干制度，全面覆盖，体系健全，志愿服务"),
    "着": ("著力推動，著眼長遠，沿著這條道路，意味著責任", "着力推动，着眼长远，沿着这条道路，意味着责任"),
    "著": ("顯著提升，著名專家的著作與專著，編著者", "显著提升，著名专家的著作与专著，编著者"),
    "words stay": ("資訊與網際網路的軟體開發", "资讯与网际网路的软体开发"),
    "a short title": ("工業和信息化部", "工业和信息化部"),
}
SIMPLIFIED = {
    "著": "显著提升，著力不是着力，著名学者",
    "乾": "乾隆年间的藉口，瞭望塔，慰藉",
    "one traditional name in a long text": "参加座谈会的有企业负责人和专家学者，" * 12 + "以及劉先生",
    "nothing": "",
    "no ideographs": "GDP 5%",
}


@pytest.mark.parametrize(("text", "expected"), TABLE.values(), ids=TABLE)
def test_a_traditional_text_becomes_simplified(text: str, expected: str) -> None:
    assert is_traditional(text)
    assert simplified(text) == expected


@pytest.mark.parametrize("text", SIMPLIFIED.values(), ids=SIMPLIFIED)
def test_a_simplified_text_stays_as_it_is(text: str) -> None:
    assert simplified(text) == text


@given(st.text(alphabet="發展著乾隆後臺灣的一是\n，\U00020000", max_size=80))
def test_offsets_stay_valid(text: str) -> None:
    assert len(simplified(text)) == len(text)
