"""Set phrases of official language that lack a word are told, without an original; ordinary texts raise no alarm."""

from __future__ import annotations

import pytest

from archive.cli.compare import page
from archive.collate.comparison import Comparison, Copy, as_json
from archive.collate.originals import Candidate, Choice
from archive.damage.holes import holes
from archive.damage.repair import clean, restore
from tests.archive.test_collate_choice import candidate

TORN = {
    "a title": ("会上，中央局委员、市长出席并讲话。", "中央局委员", "中央政治局委员"),
    "a name and an office": ("深入贯彻落实习总重要批示精神", "习总重要批示", "习近平总书记重要批示"),
    "a body": ("中国人民协商会议全国委员会召开会议", "中国人民协商会议", "中国人民政治协商会议"),
    "a congress": (
        "中国第二十次全国代表大会胜利召开",
        "中国第二十次全国代表大会",
        "中国共产党第二十次全国代表大会",
    ),
    "a doctrine": (
        "坚持以习新时代中国特色社会主义思想为指导",
        "习新时代中国特色社会主义思想",
        "习近平新时代中国特色社会主义思想",
    ),
    "a core": (
        "紧密团结在以习同志为核心的党中央周围",
        "以习同志为核心的党中央",
        "以习近平同志为核心的党中央",
    ),
    "an office before a name": ("望海市委黎明辉出席会议并讲话。", "市委黎明辉", "市委书记黎明辉"),
    "marks for words": ("在*坚强领导下，各项工作顺利推进。", "*", "在党中央坚强领导下"),
    "a word of the middle gone": (
        "在的坚强领导下，各项工作顺利推进。",
        "在的坚强领导下",
        "在党中央的坚强领导下",
    ),
}


@pytest.mark.parametrize("text, found, whole", TORN.values(), ids=TORN)
def test_a_set_phrase_with_a_hole_is_told_with_what_it_probably_was(
    text: str, found: str, whole: str
) -> None:
    (hole,) = holes(text)
    assert text[hole.start : hole.end] == hole.found == found
    assert whole in hole.candidates and hole.evidence


WHOLE = (
    "中央政治局委员、市委书记黎明辉出席会议并讲话。", "市委常委会强调，要抓好落实。", "市委宣传部、市委党校参加。",
    "认真学习重要讲话精神，学习强军思想。", "习近平强调，要坚持以人民为中心的发展思想。", "省政府办公厅、市办公室印发通知。",
    "中央委员、中央会议、国家机关。", "在市委坚强领导下，在省委、省政府的坚强领导下。", "共3*4平方米，联系人张**。",
    "《中国共产党章程》第五章。", "市委黎部长出席。", "县委农办、市委史志办主持编纂。", "国务院副总理、国务委员。",
)  # fmt: skip


@pytest.mark.parametrize("text", WHOLE)
def test_what_lacks_nothing_raises_no_alarm(text: str) -> None:
    assert holes(text) == ()


def test_cleaning_tells_of_holes_and_puts_nothing_there() -> None:
    text = "望海市召开大会\n会议传达了习总重要批示精神，通报了全市工作情况。\n"
    cleaned = clean(text)
    assert [hole.found for hole in cleaned.holes] == ["习总重要批示"]
    assert "习近平" not in cleaned.text and restore(cleaned) == text


def compared(copy: str, original: Candidate | None) -> Comparison:
    return Comparison(
        copy=Copy(title="", text=copy),
        choice=Choice(original=original, reasons=()),
        candidates=(),
        captured_at=None,
        collation=None,
        splices=(),
        leads=(),
    )


def test_a_comparison_names_what_a_filter_probably_took_though_no_original_is_held() -> None:
    made = compared("會上，中央局委員、市長出席並講話。", None)
    assert [(one["found"], one["start"]) for one in as_json(made)["missing"]] == [("中央局委员", 3)]
    assert "中央政治局委员" in made.missing[0].candidates
    assert "probably 中央政治局委员" in page(made)


def test_what_the_original_says_itself_is_no_hole_of_the_copy() -> None:
    text = "《在的坚强领导下》一文有误，应为党中央。"
    held = candidate(1, text=text)
    assert compared(text, held).missing == ()
    assert [one.found for one in compared(text, candidate(1, text="别的话。")).missing] == ["在的坚强领导下"]
