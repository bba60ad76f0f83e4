"""The whole repair, on copied pages made up here."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive.damage.mojibake import guessed, redecoded
from archive.damage.repair import clean, damage, restore, simplified_spans, spans_in_input

BODY = (
    "本市今年将新建一批公共充电设施，覆盖全部街道和乡镇，方便居民出行，降低使用成本，改善空气质量。\n"
    "一是完善规划。各区应当在年底前公布建设清单，并接受社会监督，相关部门要按月通报进展情况。\n"
    "二是加强管理。运营企业要定期检查设备，发现问题及时处理，确保设施安全可靠，服务规范有序。"
)
TITLE = "本市将新建一批公共充电设施"
PAGES = {
    "hijacked": (
        f"亚洲一区二区,久久高清在线,免费毛片\n\n{TITLE}\n\n发布时间:2024-04-17 13:16  来源:某某晚报、某某网\n\n{BODY}\n\n"
        "【返回顶部】 【关闭窗口】 【打印本页】\n网站地图某icp备00000000号",
        (TITLE, "2024-04-17T13:16+08:00", "某某晚报、某某网"),
    ),
    "with navigation": (
        "Network\n当前位置:主页 > 新闻中心 > 本地 >\n- 本地新闻\n- 政策解读\n- 园区规划\n- 行业洞见\n"
        f"{TITLE}\n来源:某某院 日期:2024-07-05 点击:次\n{BODY}\n相关文章推荐:",
        (TITLE, "2024-07-05", "某某院"),
    ),
    "with a related list": (
        f"{TITLE}\n{BODY}\n- 标签:充电\n- 编辑:某某\n- 相关文章\n-\n《某某游戏》新版本上线了，画面精美，快来和朋友一起玩…\n- 又一条新闻的标题",
        (TITLE, None, None),
    ),
    "with a legal footer": (
        f"{TITLE}\n时间：2024年5月1日\n来源：某某日报\n作者：甲乙\n{BODY}\n某某网版权与免责声明：\n"
        "一、凡本站中注明“来源：某某网”的所有文字，版权均属某某网所有，转载时必须注明来源。\n"
        "Copyright © 2016 某某网 All Rights Reserved",
        (TITLE, "2024-05-01", "某某日报"),
    ),
}


@pytest.mark.parametrize(("page", "claims"), PAGES.values(), ids=PAGES)
def test_only_the_body_is_left_of_a_copied_page(
    page: str, claims: tuple[str, str | None, str | None]
) -> None:
    cleaned = clean(page)
    assert cleaned.text == BODY
    assert (cleaned.head.title, cleaned.head.published_at, cleaned.head.source_line) == claims
    assert restore(cleaned) == page


@pytest.mark.parametrize(("page", "claims"), PAGES.values(), ids=PAGES)
def test_what_was_removed_can_be_found_in_the_page(
    page: str, claims: tuple[str, str | None, str | None]
) -> None:
    for block in clean(page).removed:
        assert page[block.start : block.end] == block.text


def test_a_dateline_names_the_outlet_and_the_reporter() -> None:
    cleaned = clean(f"某某社北京11月29日电 (记者 甲乙){BODY}")
    assert (cleaned.head.source_line, cleaned.head.author) == ("某某社", "甲乙")
    assert cleaned.head.published_at is None


CLEAN = {
    "body": BODY,
    "title and body": f"{TITLE}\n{BODY}",
    "headings": f"一、总体要求\n{BODY}\n二、保障措施\n{BODY}",
    "addressees and signature": f"各区人民政府，市政府各部门：\n{BODY}\n\n某某市人民政府办公厅\n2024年5月1日",
    "annexes": f"{BODY}\n附件：1.建设清单\n2.申报表",
    "contact": f"{BODY}\n联系电话：0100-12345\n联系人：甲乙",
    "table": f"{BODY}\n区\t数量\n东区\t12\n西区\t3",
    "short": "好的。",
    "spaces": "  某某社电 日前，会议召开。\n\n\n完 ",
    "empty": "",
}


@pytest.mark.parametrize("text", CLEAN.values(), ids=CLEAN)
def test_a_clean_text_is_not_touched(text: str) -> None:
    cleaned = clean(text)
    assert cleaned.text == text
    assert cleaned.text_simplified == text
    assert not cleaned.lost
    assert not cleaned.removed


PIECES = [
    "業(yè)",
    "發(fā)",
    "產(chǎn)",
    "?；l(fā)",
    "?lián)Q",
    "更新",
    "規(guī)",
    "\u200b",
    "e\u0301",
    "\r\n",
    "<br/>",
    "来源：",
    "\n",
]
PIECES += [
    TITLE,
    BODY,
    "【打印】",
    "相关文章：",
    "版权所有",
    "宸ヤ俊閮",
    "- 新闻",
    "2024-05-01",
    "久久一区二区毛片",
    "\u3000",
    "(💷)",
]


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
@settings(max_examples=150, deadline=None)
@example("".join(PIECES))
def test_every_step_can_be_undone(page: str) -> None:
    cleaned = clean(page)
    assert restore(cleaned) == page
    for index in range(len(cleaned.steps)):
        for start, end in spans_in_input(cleaned, index):
            assert 0 <= start <= end <= len(page)
    for block in cleaned.removed:
        assert page[block.start : block.end] == block.text
    for lost in cleaned.lost:
        assert 0 <= lost.start < lost.end <= len(cleaned.text)


@given(st.text(max_size=80))
@settings(deadline=None)
def test_every_step_can_be_undone_on_any_text(text: str) -> None:
    assert restore(clean(text)) == text


@pytest.mark.parametrize("page", [page for page, _ in PAGES.values()], ids=PAGES)
def test_a_repaired_text_needs_no_repair(page: str) -> None:
    once = clean(page).text
    assert clean(once).text == once


def test_the_spans_of_glosses_lie_in_the_page() -> None:
    page = "\u200b產(chǎn)業(yè)發\u200b(fā)展"
    cleaned = clean(page)
    index = [one.name for one in cleaned.steps].index("glosses")
    assert [page[a:b] for a, b in spans_in_input(cleaned, index)] == ["(chǎn)", "(yè)", "(fā)"]
    assert [page[a:b] for a, b in simplified_spans(cleaned)]


@pytest.mark.parametrize("text", ["工信部发布通知，规范产业发展。", "支持园区建设"])
@pytest.mark.parametrize("wrong", ["latin-1", "cp1252"])
def test_a_wrongly_decoded_line_is_put_right(text: str, wrong: str) -> None:
    shown = "".join(
        bytes([byte]).decode(wrong, errors="ignore") or bytes([byte]).decode("latin-1")
        for byte in text.encode()
    )
    assert redecoded(shown) == text
    assert clean(shown).text == text


def test_utf8_read_as_gbk_is_put_right_where_no_byte_is_lost() -> None:
    text = "中关村发展"
    shown = text.encode().decode("gbk", errors="replace")
    assert redecoded(shown) == (text if "\ufffd" not in shown else None)
    whole = "工业部门".encode().decode("gbk")
    assert clean(whole).text == "工业部门"


def test_a_line_that_lost_bytes_is_reported_and_left() -> None:
    shown = "工业和信息化部规划司介绍有关情况。".encode().decode("gbk", errors="replace")
    cleaned = clean(shown)
    assert cleaned.text == shown
    assert guessed(shown) == cleaned.lost[0].candidates[0]


@pytest.mark.parametrize(
    "line", ["Café déjà vu à la crème brûlée", "naïve façade – “quoted” ‘text’…", "宸", "£5 – €6"]
)
def test_other_languages_are_no_mojibake(line: str) -> None:
    assert redecoded(line) is None
    assert guessed(line) is None


@pytest.mark.parametrize(
    ("text", "least"),
    [
        pytest.param(
            "为加強(qiáng)水利(lì)設施(shī)建設，規範養護(hù)工作。", 100.0, id="readings in brackets"
        ),
        pytest.param(
            "为加强水利设施建设，锟斤拷养护\ufffd\ufffd工作。", 80.0, id="bytes that a decoder lost"
        ),
        pytest.param("会上，中央局委员、市长出席并讲话。", 50.0, id="a set phrase with a hole"),
        pytest.param("符号\ue0f1见附表。", 120.0, id="a private character"),
    ],
)
def test_the_damage_of_a_text_is_counted_for_each_thousand_characters(text: str, least: float) -> None:
    assert least <= damage(text) <= 1000


@pytest.mark.parametrize(
    "text",
    [
        "",
        "为加强水利设施建设（以下简称建设），到2027年新修渠道120公里（含支渠）。",
        "臺北市政府交通局公告，自即日起施行。",
    ],
)
def test_a_whole_text_has_no_damage(text: str) -> None:
    assert damage(text) == 0
