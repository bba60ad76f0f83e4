"""A figure is a unit in a comparison, and no figure, name or time that changed alike is a machine's work."""

from __future__ import annotations

import pytest

from archive.collate import Kind, collate, key_of
from archive.collate.figures import are_equal
from tests.archive.collating import PARAGRAPHS, TEXT, collated

REPORT = (
    TEXT + "\n全年安排疏浚资金1.5亿元，其中首期6亿元、二期4万元，比例3∶1，最低-5℃，2024—2025年分两期拨付。"
    "\n面积为10²平方米，完成率20%，占1/3，三十日内验收，增速2.0%，贷款9亿元，担保金8万元，覆盖12个镇、34个村。"
    "\n年发电量2.5亿千瓦时，标准见第1.10节，缴费2，500元，二〇二四—二〇二六年完成，分1.5倍计。"
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("1.5亿", "15亿", id="a point lost"),
        pytest.param("12个", "1.2个", id="a point put in"),
        pytest.param("9亿元", "9.亿元", id="a point without decimals"),
        pytest.param("3∶1", "31", id="a ratio"),
        pytest.param("-5℃", "5℃", id="a sign"),
        pytest.param("10²", "102", id="a power"),
        pytest.param("20%", "20", id="a percent sign"),
        pytest.param("20%", "20‰", id="per cent and per mille"),
        pytest.param("1/3", "13", id="a fraction"),
        pytest.param("9亿元", "9万元", id="a scale"),
        pytest.param("120公里", "120里", id="a unit"),
        pytest.param("34个村", "340个村", id="a zero"),
        pytest.param("1.5倍", "1、5倍", id="a comma for a point"),
        pytest.param("2，500元", "2、500元", id="two figures for one"),
        pytest.param("第1.10节", "第1.1节", id="a section"),
        pytest.param("2.5亿千瓦时", "2.5亿千瓦", id="an hour less"),
    ],
)
def test_a_changed_figure_is_told_as_a_number(old: str, new: str) -> None:
    (variant,) = collated(REPORT.replace(old, new, 1), REPORT).variants
    assert (variant.kind, variant.rule) == (Kind.NUMBER, None)
    assert variant.original_text in old and variant.copy_text in new
    assert any(c.isdigit() for c in variant.original_text)


@pytest.mark.parametrize(
    ("old", "new"),
    [("疏浚资金1.5亿元，", "疏浚资金1.5亿元、"), ("3∶1，", "3∶1；"), ("12个镇、34个村", "12个镇，34个村")],
)
def test_a_mark_between_two_figures_that_stay_two_is_punctuation(old: str, new: str) -> None:
    found = collated(REPORT.replace(old, new, 1), REPORT)
    assert (found.substantive, [variant.kind for variant in found.variants]) == (0, [Kind.PUNCTUATION])


def test_a_range_of_numerals_without_its_dash_is_an_edit() -> None:
    found = collated(REPORT.replace("二〇二四—二〇二六", "二〇二四二〇二六"), REPORT)
    assert found.substantive == 1


def test_a_range_without_its_dash_is_an_edit() -> None:
    (variant,) = collated(REPORT.replace("2024—2025年", "20242025年"), REPORT).variants
    assert variant.kind in (Kind.NUMBER, Kind.DATE)


@pytest.mark.parametrize(
    "edits",
    [
        pytest.param({"9亿": "9.亿", "8万": "8.万"}, id="points behind"),
        pytest.param({"12个": "1.2个", "34个": "3.4个"}, id="points inside"),
        pytest.param({"6亿元": "6万元", "9亿元": "9万元"}, id="scales"),
        pytest.param({"20%": "20", "2.0%": "2.0"}, id="percent signs"),
        pytest.param({"三十日": "三日", "有效期五年": "有效期五十年"}, id="numerals"),
        pytest.param({"120公里": "120里", "300万元": "300亿元"}, id="units"),
    ],
)
def test_edits_of_figures_are_no_rule_however_alike(edits: dict[str, str]) -> None:
    copy = REPORT
    for old, new in edits.items():
        copy = copy.replace(old, new, 1)
    found = collated(copy, REPORT)
    assert found.rules == ()
    assert found.substantive == len(edits)
    assert all(variant.rule is None for variant in found.variants)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("1.5亿", "15000万", id="a scale"),
        pytest.param("1.5亿", "一亿五千万", id="numerals"),
        pytest.param("1.5万亩", "15000亩", id="digits for a scale"),
        pytest.param("95%", "百分之九十五", id="a percentage in words"),
        pytest.param("2.0%", "2%", id="zeros"),
        pytest.param("12个", "十二个", id="a small number"),
        pytest.param("2024—2025年", "2024至2025年", id="a range in words"),
        pytest.param("3∶1", "3比1", id="a ratio in words"),
        pytest.param("-5℃", "零下5℃", id="a sign in words"),
        pytest.param("1/3", "三分之一", id="a fraction in words"),
    ],
)
def test_one_value_in_two_writings_is_neither_an_edit_nor_kept(old: str, new: str) -> None:
    found = collated(REPORT.replace(old, new, 1), REPORT)
    assert (found.substantive, found.variants, found.rules) == (0, (), ())
    (same,) = found.same_values
    assert same.original_text in old and same.copy_text in new
    assert found.coverage < 1


def test_a_day_in_two_writings_is_one_day() -> None:
    original = TEXT + "\n本办法自2026年3月1日起施行。"
    for day in ("2026-03-01", "二〇二六年三月一日", "2026/3/1"):
        found = collated(original.replace("2026年3月1日", day), original)
        assert found.variants == () and found.same_values, day
    assert collated(original.replace("2026年3月1日", "2026-03-11"), original).substantive == 1


@pytest.mark.parametrize("figure", ["１.５亿", "1．5億", "１．５億"])
def test_width_and_script_of_a_figure_are_counted(figure: str) -> None:
    found = collated(REPORT.replace("1.5亿", figure, 1), REPORT)
    assert (found.variants, found.same_values, found.coverage) == ((), (), 1.0)
    assert found.damage.width + found.damage.script > 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("1.5亿", "1亿5000万", id="mixed"),
        pytest.param("150,000,000", "一亿五千万", id="grouped"),
        pytest.param("50%", "500‰", id="per mille"),
        pytest.param("一千零五", "1005", id="a zero between"),
        pytest.param("5千万", "5000万", id="a thousand"),
    ],
)
def test_figures_of_one_value(one: str, other: str) -> None:
    assert are_equal(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("一百二", "120"), ("三万五", "35000"), ("2024-2025", "20242025"), ("3:1", "31"), ("1/3", "13"), ("1.亿", "1亿"),
     ("1.5亿", "15亿"), ("2.0%", "20%"), ("10²", "102")],
)  # fmt: skip
def test_figures_of_two_values_or_of_no_certain_one(one: str, other: str) -> None:
    assert not are_equal(one, other)


SPEECH = (
    "\n我们将在昨天部署的基础上推进，我国水利建设取得成效。\n会议指出，我们要抓好落实，我国渠道总长位居前列。"
    "\n昨天的检查表明，我们的任务仍然很重，教育部已发文。\n我国将继续投入，教育部同日答复。"
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("我们", "工业和信息化部", id="a ministry for we"),
        pytest.param("我国", "中国", id="a country for our country"),
        pytest.param("昨天", "近日", id="a vague day"),
        pytest.param("教育部", "科技部", id="a ministry for another"),
        pytest.param("我们", "水利部", id="a short name"),
    ],
)
def test_a_name_put_for_another_is_a_hands_edit_the_same_in_each_place(old: str, new: str) -> None:
    original = TEXT + SPEECH
    found = collated(original.replace(old, new), original)
    assert found.rules == ()
    count = SPEECH.count(old)
    told = [(v.original_text, v.copy_text, v.rule, v.places, v.throughout) for v in found.variants]
    assert told == [(old, new, None, count, True)] * count
    assert found.substantive == count


def test_a_name_that_was_spared_once_is_not_the_same_in_each_place() -> None:
    original = TEXT + SPEECH
    found = collated(original.replace("我国", "中国", 2), original)
    assert [(v.places, v.throughout) for v in found.variants] == [(2, False)] * 2


@pytest.mark.parametrize(
    ("removed", "put"),
    [
        pytest.param("（完）", "（完）", id="a wire's mark"),
        pytest.param("（完）", "(完)", id="another width"),
        pytest.param("责任编辑：张三", "\n责任编辑：张三", id="an editor's line"),
        pytest.param("【编辑:李四】", "【编辑:李四】", id="an editor in brackets"),
        pytest.param("来源：示例日报", "\n来源：示例日报", id="a source line"),
        pytest.param("扫一扫在手机打开当前页", "\n扫一扫在手机打开当前页", id="a hint"),
    ],
)
def test_what_our_reader_took_off_either_page_counts_on_neither_side(removed: str, put: str) -> None:
    longer, shorter = key_of(TEXT + put), key_of(TEXT)
    kept = collate(longer, shorter, stripped=((), (removed,)))
    assert (kept.variants, kept.rules, kept.boilerplate, kept.coverage) == ((), (), (), 1.0)
    left_off = collate(shorter, longer, stripped=((removed,), ()))
    assert (left_off.variants, left_off.coverage) == ((), 1.0)
    assert collate(longer, shorter).variants or collate(longer, shorter).boilerplate


@pytest.mark.parametrize("added", ["（实习编辑）", "（未完待续）", "（本文有删节）"])
def test_what_the_page_never_said_is_told(added: str) -> None:
    found = collate(key_of(TEXT + added), key_of(TEXT), stripped=((), ("（完）",)))
    assert [v.copy_text for v in found.variants] == [added]


def test_a_removed_word_inside_a_sentence_is_a_word() -> None:
    copy = TEXT.replace(PARAGRAPHS[1], PARAGRAPHS[1] + "另由编辑人员负责整理档案。")
    found = collate(key_of(copy), key_of(TEXT), stripped=((), ("编辑",)))
    assert [v.copy_text for v in found.variants] == ["另由编辑人员负责整理档案。"]
