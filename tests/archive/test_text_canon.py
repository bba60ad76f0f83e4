"""Law 3: noise makes no version, an edit always does. The pairs are made up for the purpose."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.text import canon
from tests.conftest import Ends

BODY = "市科技局今年投入1.5万亿元，比上年增长5%，应当在2024—2025年完成。"

NOISE = {
    "ideographic space": ("第一条　总则", "第一条 总则"),
    "no-break space": ("第一条\u00a0总则", "第一条总则"),
    "line break in a sentence": ("完善制\n度", "完善制度"),
    "windows line ends": ("甲\r\n乙", "甲\n乙"),
    "space between figure and word": ("2024 年 5 月", "2024年5月"),
    "zero width": ("发\u200b展", "发展"),
    "byte order mark": ("\ufeff发展", "发展"),
    "bidi override": ("\u202e发展\u202c", "发展"),
    "soft hyphen": ("发\u00ad展", "发展"),
    "variation selector": ("发\ufe00展", "发展"),
    "control character": ("发\x01展", "发展"),
    "full-width figures": ("第１２条", "第12条"),
    "full-width letters": ("ＧＤＰ", "GDP"),
    "full-width per cent": ("增长５％", "增长5%"),
    "width of a comma": ("甲，乙", "甲,乙"),
    "width of brackets": ("（试行）", "(试行)"),
    "width of a colon": ("来函：", "来函:"),
    "brackets of a number": ("〔2024〕3号", "[2024]3号"),
    "half-width full stop": ("好｡", "好。"),
    "traditional": ("發展實體經濟", "发展实体经济"),
    "one traditional character": ("發展", "发展"),
    "over-converted": ("製度", "制度"),
    "著 for 着": ("沿著", "沿着"),
    "compatibility ideograph": ("\uf9ca", "流"),
    "radicals": ("⼈⺠政府⼯作⾏动", "人民政府工作行动"),
    "radical of another form": ("⻓⻆⻢", "长角马"),
    "巿 for 市": ("示例巿人民政府", "示例市人民政府"),
    "private character": ("\ue81e", "\u9fb4"),
    "square brackets": ("示政发［2026］9号", "示政发[2026]9号"),
    "small brackets": ("示政发﹝2026﹞9号", "示政发〔2026〕9号"),
    "vertical brackets": ("︵试行︶", "（试行）"),
    "small comma": ("甲﹐乙", "甲，乙"),
    "corner quotes": ("「小巨人」", "“小巨人”"),
    "straight quotes": ('"小巨人"', "“小巨人”"),
    "single quotes": ("‘十四五’", "'十四五'"),
    "inner corner quotes": ("『十四五』", "‘十四五’"),
    "kinds of dash": ("2024—2025年", "2024–2025年"),
    "hyphen for a dash": ("2024—2025年", "2024-2025年"),
    "double dash": ("改革——探索", "改革—探索"),
    "kinds of tilde": ("5～6", "5~6"),
    "dots": ("等……", "等..."),
    "middle dots": ("阿·明", "阿•明"),
    "zero as a circle": ("二〇二四", "二○二四"),
    "decomposed letter": ("cafe\u0301", "café"),
    "views, full-width colon": (f"浏览次数：123\n{BODY}", f"浏览次数：4567\n{BODY}"),
    "views, none yet": (f"{BODY}\n浏览次数：", f"{BODY}\n浏览次数：9"),
    "clicks": (f"点击:12次\n{BODY}", f"点击:13次\n{BODY}"),
    "clicks, empty": (f"点击:次\n{BODY}", f"点击:13次\n{BODY}"),
    "reads": (f"阅读量：1.2万\n{BODY}", f"阅读量：1.3万\n{BODY}"),
    "visits in a line of claims": ("日期：2024-05-01 访问量：12", "日期：2024-05-01 访问量：99"),
    "visitor number": (f"您是第1024位访客\n{BODY}", f"您是第1025位访客\n{BODY}"),
    "font size": (f"字体：大 中 小\n{BODY}", BODY),
    "font size in brackets": (f"【字体：大中小】\n{BODY}", BODY),
    "font size, short": (f"字号：[大 中 小]\n{BODY}", BODY),
    "clock": (f"现在是2024年5月1日 星期三 12:00:01\n{BODY}", f"现在是2024年5月2日 星期四 9:10:00\n{BODY}"),
    "today": (f"今天是2024年5月1日 星期三\n{BODY}", f"今天是2024年5月9日 星期四\n{BODY}"),
    "time of printing": (f"{BODY}\n打印时间：2024-05-01 10:00", f"{BODY}\n打印时间：2024-06-01 11:30"),
}

EDITS = {
    "decimal point": ("1.5万亿", "15万亿"),
    "per cent": ("5%", "6%"),
    "per mille": ("5%", "5‰"),
    "must and may": ("应当报告", "可以报告"),
    "lost dash between years": ("2024—2025年", "20242025年"),
    "lost not": ("不得转让", "得转让"),
    "figures apart": ("1 2", "12"),
    "cells": ("12\t3", "1\t23"),
    "cells over lines": ("12\n3", "1\n23"),
    "an empty cell moved": ("1\t\t2", "1\t2"),
    "words apart": ("now here", "nowhere"),
    "removed full stop": ("完成。", "完成"),
    "comma to enumeration comma": ("甲，乙", "甲、乙"),
    "full stop to comma": ("甲。乙", "甲，乙"),
    "question": ("是吗？", "是吗！"),
    "quotes dropped": ("“小巨人”企业", "小巨人企业"),
    "title marks dropped": ("《办法》", "办法"),
    "brackets dropped": ("（试行）", "试行"),
    "minus": ("5%", "-5%"),
    "range mark": ("5～6", "5—6"),
    "unit": ("10亿元", "10万元"),
    "currency": ("10亿元", "10亿美元"),
    "month": ("5月1日", "6月1日"),
    "day": ("5月1日", "5月11日"),
    "number of a document": ("〔2024〕3号", "〔2024〕8号"),
    "order": ("甲、乙", "乙、甲"),
    "name": ("张三", "张山"),
    "title of office": ("副部长", "部长"),
    "letter case": ("GDP", "gdp"),
    "superscript": ("10²", "102"),
    "power": ("10⁸", "108"),
    "negative power": ("10⁻³", "10³"),
    "subscript": ("CO₂", "CO2"),
    "enclosed figure": ("①", "1"),
    "roman numeral": ("Ⅳ级", "Ⅲ级"),
    "chinese figure": ("三成", "二成"),
    "capital figure": ("叁万元", "贰万元"),
    "similar character": ("己经", "已经"),
    "another homophone": ("制定", "制订"),
    "plural": ("我们", "我"),
    "tense": ("已完成", "将完成"),
    "and to or": ("甲和乙", "甲或乙"),
    "at least to at most": ("不少于3人", "不多于3人"),
    "visits as a figure of the text": ("本网站访问量：1234万次，", "本网站访问量：1334万次，"),
    "today in a sentence": ("今天是5月1日，我们出发", "今天是5月2日，我们出发"),
    "reads in a sentence": ("阅读：5篇文章", "阅读：6篇文章"),
    "date shown": ("发布时间：2024-05-01", "发布时间：2024-05-02"),
    "clock of an event": ("会议时间：2024-05-01 9:00", "会议时间：2024-05-01 10:00"),
    "added clause": ("深化改革。", "深化改革，扩大开放。"),
    "added paragraph": ("甲。\n乙。", "甲。\n乙。\n丙。"),
}

AROUND = {"alone": "{}", "first": "{}\n" + BODY, "last": BODY + "\n{}"}
GENERATED = [
    *((f"{n}.{m}万亿元", f"{n}{m}万亿元") for n in range(1, 5) for m in range(1, 4)),
    *((f"增长{n}%", f"增长{n + 1}%") for n in range(1, 13)),
    *((f"{year}年", f"{year + 1}年") for year in range(2014, 2026)),
    *((f"第{a}条", f"第{b}条") for a, b in zip("一二三四五六七八九", "二三四五六七八九十", strict=True)),
    *(
        (f"{word}支持", f"{other}支持")
        for word in ("应当", "可以", "必须")
        for other in ("不得", "鼓励", "禁止")
    ),
]
SPACES = ["\u3000", "\u00a0", "\u2003", "\u200b", "\u2060", "\ufeff", " \n", "\r\n", "\u2028", "\t"]
SPACED = [BODY[:at] + space + BODY[at:] for space in SPACES for at in (3, 6, 14, 16, 22)]


@pytest.mark.parametrize("pair", NOISE.values(), ids=NOISE)
@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
def test_noise_makes_no_version(pair: tuple[str, str], around: str) -> None:
    before, after = (around.format(text) for text in pair)
    assert canon(before) == canon(after)


@pytest.mark.parametrize("pair", EDITS.values(), ids=EDITS)
@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
def test_an_edit_always_does(pair: tuple[str, str], around: str) -> None:
    before, after = (around.format(text) for text in pair)
    assert canon(before) != canon(after)


@pytest.mark.parametrize("pair", GENERATED, ids="{0[0]} {0[1]}".format)
def test_a_generated_edit_always_does(pair: tuple[str, str]) -> None:
    assert canon(BODY + pair[0]) != canon(BODY + pair[1])


@pytest.mark.parametrize("spaced", SPACED, ids=ascii)
def test_white_space_anywhere_in_a_sentence_is_noise(spaced: str) -> None:
    assert canon(spaced) == canon(BODY)


def test_the_table_has_three_hundred_pairs() -> None:
    assert 3 * (len(NOISE) + len(EDITS)) + len(GENERATED) + len(SPACED) >= 300


@given(
    st.text(alphabet="甲乙發发12 \t\n.-—…“”「浏览点击次数：:字体大中小\u200b\u0301eE，。【】|", max_size=60)
)
def test_the_canonical_form_is_its_own(text: str) -> None:
    assert canon(canon(text)) == canon(text)


@given(st.text(max_size=40))
def test_the_canonical_form_of_any_text_is_its_own(text: str) -> None:
    assert canon(canon(text)) == canon(text)


@pytest.mark.parametrize(
    "piece", ["1 ", " ", "浏览：", "\n浏览次数：", "字体：大中小 ", "-", "【", "今天是2024年"]
)
def test_no_page_makes_it_slow(piece: str, ends: Ends) -> None:
    with ends(20):
        canon(piece * (100_000 // len(piece)))
