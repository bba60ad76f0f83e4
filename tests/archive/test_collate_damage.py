"""Damaged bytes are proven against the original, or said not to be; words of another region are no edits."""

from __future__ import annotations

import pytest
from opencc import OpenCC

from archive.collate import Kind
from archive.damage.conversion import forward
from tests.archive.collating import TEXT, collated

ORIGINAL = (
    TEXT
    + "\n要推动规模化发展，加快深海空间站研究。水务局要改变人们的用水习惯，营造节水氛围。会议由局长主持。科技处参加。"
)
GLOSSES = (("發", "fā"), ("內", "nèi"), ("設", "shè"), ("養", "yǎng"), ("產", "chǎn"))


def damaged(text: str) -> str:
    return forward(OpenCC("s2t").convert(text), GLOSSES)


def test_every_damaged_place_is_proven_and_no_edit() -> None:
    found = collated(damaged(ORIGINAL), ORIGINAL)
    assert len(found.damage.lost) >= 3
    assert all(lost.proven for lost in found.damage.lost)
    assert found.substantive == 0
    assert found.coverage == 1.0


def test_what_is_restored_is_the_originals_words_there() -> None:
    lost = collated(damaged(ORIGINAL), ORIGINAL).damage.lost
    assert any(place.restored and "模化" in place.restored for place in lost)
    assert all(place.restored in ORIGINAL for place in lost if place.restored)


def test_damage_beside_an_edit_does_not_hide_it() -> None:
    found = collated(
        damaged(ORIGINAL.replace("120公里", "210公里").replace("及时报告", "定期报告")), ORIGINAL
    )
    assert {(v.kind, v.original_text) for v in found.variants} == {
        (Kind.NUMBER, "120"),
        (Kind.ALTERED, "及时"),
    }


def test_damage_that_the_original_does_not_explain_is_not_proven() -> None:
    original = ORIGINAL.replace("规模化发展", "统筹协调推进")
    found = collated(damaged(ORIGINAL), original)
    places = [lost for lost in found.damage.lost if "l" in lost.found]
    assert places and not any(lost.proven for lost in places)


def test_one_gloss_is_enough_when_the_original_is_at_hand() -> None:
    copy = OpenCC("s2t").convert(TEXT).replace("責任", "責(zé)任", 1)
    found = collated(copy)
    assert (found.substantive, found.damage.glosses) == (0, 1)


def test_a_bracket_that_is_no_reading_is_an_addition() -> None:
    assert [v.copy_text for v in collated(TEXT.replace("泵站", "泵站(pump)")).variants] == ["(pump)"]


def test_words_of_taiwan_are_counted_not_listed() -> None:
    original = (
        "要加快软件和信息系统建设，提高网络服务质量，用好数据库，完善渠道养护信息平台，做好项目验收。" * 2
    )
    copy = OpenCC("s2twp").convert(original)
    assert copy != OpenCC("s2t").convert(original)
    found = collated(copy, original)
    assert found.damage.phrases >= 2
    assert found.substantive == 0


@pytest.mark.parametrize("word", ["软件", "网络"])
def test_one_such_word_alone_may_be_an_edit(word: str) -> None:
    original = f"要推进{word}建设，确保渠道养护取得实效，各单位抓紧落实。"
    copy = OpenCC("s2t").convert(original).replace(OpenCC("s2t").convert(word), OpenCC("s2twp").convert(word))
    assert collated(copy, original).substantive == 1
