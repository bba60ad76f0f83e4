"""What a machine did throughout is found as its rules; what a hand did is left to the hand."""

from __future__ import annotations

import pytest
from opencc import OpenCC

from archive.collate import Kind
from tests.archive.collating import TEXT, collated

LONG = (
    TEXT
    + "\n水务局负责人表示，渠道养护要坚持建管并重，养护资金优先安排重点渠道。\n下一步，水务局将组织专项检查，重点检查养护台账。"
)
OFFICES = "区委书记王五主持会议，区委书记强调政治责任，政治责任重于泰山。\n会后，区委书记到渠道工地检查，现场解决政治站位不高的问题。"


@pytest.mark.parametrize(
    "recipe",
    [
        pytest.param({"养护": ""}, id="a filter"),
        pytest.param({"养护": "保养"}, id="a synonym that keeps a character"),
        pytest.param({"重点": "要紧"}, id="a synonym that keeps none"),
        pytest.param({"检查": "查验", "水务": "河务"}, id="two synonyms"),
        pytest.param({"养护": "", "重点": "要紧", "检查": "查验"}, id="a filter and synonyms"),
        pytest.param({"渠道": "*"}, id="a star"),
    ],
)
@pytest.mark.parametrize("script", ["s", "t"])
def test_the_recipe_of_a_copy_is_recovered_exactly(recipe: dict[str, str], script: str) -> None:
    copy = LONG
    for old, new in recipe.items():
        copy = copy.replace(old, new)
    found = collated(OpenCC("s2t").convert(copy) if script == "t" else copy, LONG)
    assert {(rule.original, rule.found) for rule in found.rules} == set(recipe.items())
    assert {rule.original: rule.count for rule in found.rules} == {old: LONG.count(old) for old in recipe}
    assert all(variant.rule for variant in found.variants)


def test_a_filter_for_titles_is_known_by_its_words() -> None:
    found = collated(OFFICES.replace("书记", "").replace("政治", ""), OFFICES)
    assert {rule.name for rule in found.rules} == {"delete 书记", "delete 政治"}
    once = OFFICES.splitlines()[0].replace("区委书记强调", "区委强调")
    assert [v.rule for v in collated(once, OFFICES.splitlines()[0]).variants] == [None]


def test_a_hand_is_not_taken_for_a_rule() -> None:
    copy = LONG.replace("养护", "保养").replace("120公里", "210公里").replace("应当建立", "可以建立")
    found = collated(copy, LONG)
    by_hand = [(v.kind, v.original_text) for v in found.variants if v.rule is None]
    assert by_hand == [(Kind.NUMBER, "120"), (Kind.ALTERED, "应当")]
    assert found.substantive == LONG.count("养护") + 2


def test_a_word_that_was_spared_elsewhere_makes_no_rule() -> None:
    copy = LONG.replace("养护", "保养", 2)
    assert collated(copy, LONG).rules == ()
    assert [v.rule for v in collated(copy, LONG).variants] == [None, None]


def test_rules_that_always_meet_are_told_apart_when_one_is_met_alone() -> None:
    original = "经济发展要稳。经济发展要快。经济要活。各地经济，各有所长。发展是第一要务。"
    found = collated(original.replace("发展", "生长").replace("经济", "经贸"), original)
    assert {(rule.original, rule.found) for rule in found.rules} == {("经济", "经贸"), ("发展", "生长")}


def test_an_omitted_clause_does_not_count_for_a_filter() -> None:
    copy = LONG.replace("渠道养护要坚持建管并重，", "")
    assert collated(copy, LONG).rules == ()


def test_two_filters_that_meet_in_one_phrase_are_told_apart() -> None:
    original = (
        "会上，政治部书记讲话。\n政治部书记要求，工地书记要到场。\n散会后，政治部书记留下，政治部书记签字。"
    )
    found = collated(original.replace("政治", "").replace("书记", ""), original)
    assert {(rule.name, rule.count) for rule in found.rules} == {("delete 政治", 4), ("delete 书记", 5)}


def test_figures_that_change_alike_are_no_rule() -> None:
    original = LONG + "\n另有120公里渠道待修，共120公里。"
    assert collated(original.replace("120公里", "210公里"), original).rules == ()


def test_a_footer_is_the_whole_of_what_was_set_behind_the_text() -> None:
    footer = "【返回顶部】【打印本页】\n更多资讯请关注河畔资讯网，商务合作请联系在线客服。"
    found = collated(f"{LONG}\n{footer}", LONG)
    assert [(rule.kind, rule.found) for rule in found.rules] == [("append", footer)]


def test_what_was_added_to_the_last_line_is_no_part_of_the_footer() -> None:
    found = collated(
        f"{LONG.removesuffix('。')}，不得有误。\n免责声明：本站内容来自网络，版权归作者所有。", LONG
    )
    assert [(variant.kind, variant.copy_text) for variant in found.variants] == [(Kind.ADDED, "，不得有误")]
    assert [rule.kind for rule in found.rules] == ["append"]
