"""Every difference is found, none is invented, and what differs leads from the original to the copy exactly."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opencc import OpenCC

from archive.collate import Kind, collate, key_of, letters_only
from archive.collate.alignment import applied, common_blocks
from archive.text import fold
from tests.archive.collating import PARAGRAPHS, TEXT, collated, variants_of
from tests.conftest import Ends

PIECES = st.sampled_from(
    [*"渠道水务养护，。、；\n\t ―—…“”（）()?？□%.0123456789aÅßÉ著着幹乾瞭覆", "發(fā)展", "業(yè)", "1.5万", "首页>正文", "\uf8f0", "\u200b", "😀",
     "版权声明：", "來源：某网", "?；l(fā)", "发展", "瞭解", "生长"]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=60).map("".join)


def leads_to_the_copy(original: str, copy: str) -> None:
    one, other = key_of(original), key_of(copy)
    collation = collate(other, one)
    spans = [difference.span for difference in collation.differences]
    assert applied(one.letters, spans, other.letters) == other.letters
    assert letters_only(applied(one.letters, spans, other.letters)) == fold(copy)
    for variant in collation.variants:
        assert copy[variant.copy_start : variant.copy_end] == variant.copy_text
        assert original[variant.original_start : variant.original_end] == variant.original_text
    for lost in collation.damage.lost:
        assert copy[lost.copy_start : lost.copy_end] == lost.found
    assert all(copy[block.start : block.end] == block.text for block in collation.boilerplate)
    assert 0 <= collation.coverage <= 1


@given(TEXTS, TEXTS)
@settings(max_examples=150, deadline=None)
def test_the_differences_make_the_copy_out_of_any_original(original: str, copy: str) -> None:
    leads_to_the_copy(original, copy)


@given(st.randoms(use_true_random=False), st.lists(TEXTS, max_size=4), st.booleans())
@settings(max_examples=60, deadline=None)
def test_the_differences_make_an_edited_copy_out_of_its_original(
    chance: random.Random, added: list[str], is_traditional: bool
) -> None:
    lines = list(PARAGRAPHS)
    chance.shuffle(lines) if chance.random() < 0.3 else None
    copy = "\n".join(lines[: chance.randint(1, 6)])
    for text in added:
        at, end = sorted((chance.randint(0, len(copy)), chance.randint(0, len(copy))))
        copy = copy[:at] + text + copy[min(end, at + chance.randint(0, 40)) :]
    copy = copy.replace("养护", chance.choice(("养护", "", "保养")))
    leads_to_the_copy(TEXT, OpenCC("s2t").convert(copy) if is_traditional else copy)


@given(TEXTS)
def test_a_key_without_its_marks_is_the_folded_text(text: str) -> None:
    assert letters_only(key_of(text).letters) == fold(text)


@pytest.mark.parametrize(
    "copy",
    [
        pytest.param(TEXT, id="the same"),
        pytest.param(OpenCC("s2t").convert(TEXT), id="the other script"),
        pytest.param(TEXT.replace("，", ",").replace("。", "。\u3000"), id="width and space"),
        pytest.param(TEXT.replace("\n", "\r\n\r\n"), id="line ends"),
        pytest.param(
            "".join(c + " " if n % 35 == 34 else c for n, c in enumerate(TEXT)), id="broken lines of a PDF"
        ),
        pytest.param(
            OpenCC("s2t")
            .convert(TEXT)
            .replace("設", "設(shè)")
            .replace("應", "應(yīng)")
            .replace("養", "養(yǎng)"),
            id="glosses",
        ),
    ],
)
def test_what_machines_do_to_letters_is_counted_and_not_listed(copy: str) -> None:
    found = collated(copy)
    assert (found.substantive, found.variants, found.rules, found.coverage) == (0, (), (), 1.0)


def test_glosses_and_script_are_counted() -> None:
    copy = OpenCC("s2t").convert(TEXT).replace("設", "設(shè)")
    found = collated(copy)
    assert found.damage.glosses == copy.count("(shè)") >= 3
    assert found.damage.script == sum(
        one != other for one, other in zip(TEXT, OpenCC("s2t").convert(TEXT), strict=True)
    )


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        pytest.param("1.5万亩", "15万亩", Kind.NUMBER, id="a point lost"),
        pytest.param("95%以上", "59%以上", Kind.NUMBER, id="figures changed"),
        pytest.param("到2027年", "到2028年", Kind.DATE, id="a year"),
        pytest.param("应当建立", "可以建立", Kind.ALTERED, id="shall and may"),
        pytest.param("予以通报批评，", "", Kind.OMITTED, id="a clause left out"),
        pytest.param("组织抢修", "立即组织抢修", Kind.ADDED, id="a word put in"),
        pytest.param("渗漏、坍塌", "渗漏，坍塌", Kind.PUNCTUATION, id="a mark"),
    ],
)
def test_an_edit_is_told_with_its_kind_and_nothing_else_is(old: str, new: str, kind: Kind) -> None:
    found = collated(TEXT.replace(old, new))
    assert [variant.kind for variant in found.variants] == [kind]
    assert found.substantive == (kind is not Kind.PUNCTUATION)
    variant = found.variants[0]
    assert variant.original_text in old and variant.copy_text in new
    assert variant.rule is None


def test_a_figure_is_shown_whole() -> None:
    assert variants_of(TEXT.replace("1.5万亩", "15万亩")) == [(Kind.NUMBER, "1.5", "15")]


def test_an_office_is_told_from_other_words() -> None:
    original = "会议由区长主持，副区长张三出席并讲话，各乡镇负责人参加会议，会议研究了渠道养护工作。"
    assert variants_of(original.replace("由区长主持", "由局长主持"), original)[0][0] is Kind.NAME_OR_TITLE


def test_a_paragraph_in_another_place_is_one_variant() -> None:
    moved = [*PARAGRAPHS[:1], *PARAGRAPHS[2:4], PARAGRAPHS[1], *PARAGRAPHS[4:]]
    found = collated("\n".join(moved))
    assert [variant.kind for variant in found.variants] == [Kind.REORDERED]
    assert found.coverage == 1.0


def test_an_edit_inside_a_moved_paragraph_is_told_too() -> None:
    moved = [*PARAGRAPHS[:1], *PARAGRAPHS[2:], PARAGRAPHS[1].replace("120公里", "210公里")]
    kinds = [variant.kind for variant in collated("\n".join(moved)).variants]
    assert sorted(kinds) == sorted([Kind.REORDERED, Kind.NUMBER])


def test_a_copy_that_is_cut_says_so_by_its_coverage() -> None:
    found = collated("\n".join(PARAGRAPHS[:3]))
    assert 0.4 < found.coverage < 0.6
    assert {variant.kind for variant in found.variants} == {Kind.OMITTED}


def test_lines_around_the_text_are_boilerplate_by_kind() -> None:
    copy = f"首页 > 资讯 > 正文\n来源：某某网 日期：2026-05-01\n{TEXT}\n版权声明：本站转载仅供参考。\n京ICP备00000000号"
    found = collated(copy)
    assert found.substantive == 0
    assert [block.kind for block in found.boilerplate] == ["breadcrumb", "source_line", "footer"]
    assert found.rules[-1].kind == "append"


def test_a_long_line_of_one_character_ends() -> None:
    found = collated("渠" * 20_000 + TEXT, "渠" * 19_000 + TEXT)
    assert found.coverage > 0.9


def test_a_million_bare_lines_cost_little(ends: Ends) -> None:
    with ends(3):
        found = collated("\n" * 1_000_000)
    assert found.coverage == 0


def test_a_blank_line_parts_a_list_and_more_of_them_part_it_no_further() -> None:
    page = "· 机构概况\n· 政务公开{}· 办事服务\n来源：某网 2026-05-01\n" + TEXT
    kinds = [[block.kind for block in collated(page.format("\n" * n)).boilerplate] for n in (1, 2, 9)]
    assert kinds[0] != kinds[1] == kinds[2]


@given(TEXTS)
@settings(deadline=None)
def test_what_is_written_stands_at_the_offsets(text: str) -> None:
    key = key_of(text)
    assert key.written == "".join(text[at] for at in key.offsets)
    assert len(key.written) == len(key.converted) == len(key.letters)


def test_what_is_shown_as_two_beside_what_is_not_shown_stays_in_its_place() -> None:
    assert key_of("\u200b甲ß乙").written == "甲ßß乙"


@pytest.mark.parametrize("edits", [3, 150, 500])
def test_the_stretches_between_edits_are_found_however_many_they_are(edits: int) -> None:
    dice = random.Random(edits)
    text = "".join(dice.sample([chr(code) for code in range(0x4E00, 0x9FA0)], 20 * edits))
    edited = "".join("〇" if at % 20 == 10 else letter for at, letter in enumerate(text))
    blocks = common_blocks(text, edited)
    assert len(blocks) == edits + 1
    assert all(text[one.a : one.a_end] == edited[one.b : one.b_end] for one in blocks)


@pytest.mark.parametrize("length", [100, 1000])
def test_what_stands_twice_begins_no_stretch(length: int) -> None:
    text = "".join(random.Random(1).sample([chr(code) for code in range(0x4E00, 0x9FA0)], length))
    assert common_blocks(text, text * 2) == common_blocks(text * 2, text) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("2月27日", "近日", id="a day made vague"),
        pytest.param("昨天", "2月27日", id="a day made certain"),
        pytest.param("今年1月", "2024年1月", id="a year made certain"),
    ],
)
def test_a_changed_time_is_shown_whole(old: str, new: str) -> None:
    found = variants_of(f"{new}，区里召开水利工作会议。\n{TEXT}", f"{old}，区里召开水利工作会议。\n{TEXT}")
    assert found == [(Kind.DATE, old.removesuffix("1月"), new.removesuffix("1月"))]


def test_a_figure_that_differs_in_two_places_is_one_change() -> None:
    assert variants_of(TEXT.replace("300万元", "53001万元")) == [(Kind.NUMBER, "300", "53001")]
