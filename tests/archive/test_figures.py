"""Whole figures in search and quotations, and figures of one value that are written differently."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.cli import main
from archive.reading_room.typeset import marked
from archive.store.file.connection import open_for_reading
from archive.store.read.quotes import Form, QuoteMatch, quote
from archive.store.read.search import search
from archive.text import fold
from archive.text.amounts import amounts, spellings, valued
from archive.text.figures import holds, whole
from tests.archive.holding import URL, Holding, article

HOST = "https://www.bureau.example/a"
#: The figure a page has, and one that is another although it is written nearly alike.
PAIRS = {
    "money": ("1.5亿元", "15亿元"),
    "percent": ("2.0%", "20%"),
    "permille": ("5‰", "5%"),
    "ratio": ("3∶1", "31"),
    "power": ("10⁸", "108"),
    "square": ("10²", "102"),
    "years": ("2024—2025年度", "20242025年度"),
    "fraction": ("1/2", "12"),
    "minus": ("-5℃", "5℃"),
    "plus": ("100+", "100"),
    "list": ("1、2月", "12月"),
    "atleast": ("≥30%", "≤30%"),
    "point": ("0.35", "3.05"),
    "multiple": ("3万亿元", "3亿元"),
    "chinese": ("二十五亿元", "五亿元"),
    "chineseyears": ("二〇二四—二〇二五年", "二〇二四二〇二五年"),
}
#: The same value, written differently.
SAME = {
    "１．５亿元": "1.5亿元",
    "1.5億元": "1.5亿元",
    "15000万元": "1.5亿元",
    "150,000,000元": "1.5亿元",
    "百分之五": "5%",
    "5％": "5%",
    "1,500吨": "1500吨",
    "二十五个": "25个",
    "10^8": "10⁸",
    "三分之二": "⅔",
    "2024-05-01": "2024年5月1日",
    "千分之三": "3‰",
    "½": "1/2",
    "五分之二": "2/5",
    "零下5℃": "-5℃",
    "2024至2026年": "2024—2026年",
    "5%至8%": "5%~8%",
    "3比1": "3∶1",
    "8时30分": "8:30",
    "壹佰贰拾万元": "120万元",
    "一百〇五个": "105个",
    "2.50万元": "2.5万元",
    "6.0级": "6级",
    "05月": "5月",
}
NO_VALUE = {
    "三五年": "35年",
    "十三五": "135",
    "5%": "5‰",
    "1.5亿": "1.5万",
    "1/2": "1:2",
    "十五": "105",
    "-5%": "5%",
    "第1.10节": "第1.1节",
    "2024.10": "2024.1",
    "2.0版": "2版",
    "区号010": "区号10",
    "代码000001": "代码1",
    "2/4": "1/2",
    "3/1": "1/3",
    "8:30": "830",
    "零下5℃": "5℃",
    "5个百分点": "5%",
}
#: A short wording that is mostly a figure, and what a page says for it.
SHORT = {
    "1.5万亿": ("15000亿元", Form.SAME_VALUE),
    "26.5%": ("265‰", Form.SAME_VALUE),
    "三百七十五个": ("375个", Form.SAME_VALUE),
    "⅜": ("八分之三", Form.SAME_VALUE),
    "海塘投4.5亿元": ("海塘投7620万元", Form.CHANGED),
    "沿海围垦增0.7个百分点": ("沿海围垦增0.7%", Form.CHANGED),
    "水价定零下6度": ("水价定6度", Form.CHANGED),
}


def text(figure: str) -> str:
    return f"经研究，今年海堤修缮按照{figure}安排落实到各镇各村，岁修养护由海塘管理处负责。"


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path = tmp_path_factory.mktemp("figures") / "a.db"
    holding = Holding(path)
    for name, pair in PAIRS.items():
        for number, figure in enumerate(pair):
            shown = article(text(figure).replace("海堤", name), title=f"{name} {'甲乙'[number]}")
            holding.show(shown, "2026-04-01T00:00:00.000Z", url=f"{HOST}/{name}{number}.html")
    for number, figure in enumerate(SAME.values()):
        shown = article(text(figure).replace("海堤", f"same{number}x"), title=f"same {number}")
        holding.show(shown, "2026-04-01T00:00:00.000Z", url=f"{HOST}/same{number}.html")
    for number, (figure, _) in enumerate(SHORT.values()):
        shown = article(f"经研究，今年{figure}，岁修养护由沙洲管理处负责。", title=f"short {number}")
        holding.show(shown, "2026-04-01T00:00:00.000Z", url=f"{HOST}/short{number}.html")
    holding.close()
    db = open_for_reading(path)
    yield db
    db.close()


def page(found: list[QuoteMatch]) -> dict[str, QuoteMatch]:
    return {one.url.rsplit("/", 1)[1][:-5]: one for one in found}


@pytest.mark.parametrize("name", PAIRS)
def test_a_sentence_finds_the_text_with_its_own_figure(db: sqlite3.Connection, name: str) -> None:
    for own, figure in enumerate(PAIRS[name]):
        words = f"今年{name}修缮按照{figure}安排落实"
        assert [hit.url for hit in search(db, words)] == [f"{HOST}/{name}{own}.html"]


@pytest.mark.parametrize("name", PAIRS)
def test_a_quotation_tells_the_other_figure_as_a_changed_form(db: sqlite3.Connection, name: str) -> None:
    for own, figure in enumerate(PAIRS[name]):
        found = page(quote(db, f"今年{name}修缮按照{figure}安排落实到各镇各村"))
        mine, other = found[f"{name}{own}"], found[f"{name}{1 - own}"]
        assert (mine.form, mine.is_exact, mine.edits) == (Form.EXACT, True, ())
        assert (other.form, other.is_exact) == (Form.CHANGED, False)
        assert any(edit.from_text + edit.to_text for edit in other.edits)


@pytest.mark.parametrize("figure", SAME)
def test_the_same_value_written_differently_is_a_kind_of_its_own(db: sqlite3.Connection, figure: str) -> None:
    number = list(SAME).index(figure)
    found = page(quote(db, f"今年same{number}x修缮按照{figure}安排落实到各镇各村"))[f"same{number}"]
    assert (found.form, found.is_exact) == (Form.SAME_VALUE, False)
    assert all(value.asked != value.found for value in found.values) and found.values
    assert SAME[figure][0] in found.text


@pytest.mark.parametrize("wording", [wording for wording in SHORT if wording != "⅜"])
def test_a_short_wording_finds_its_figure_in_another_spelling(db: sqlite3.Connection, wording: str) -> None:
    held, form = SHORT[wording]
    found = page(quote(db, wording))[f"short{list(SHORT).index(wording)}"]
    assert (found.form, found.is_exact) == (form, False)
    assert found.text in held


def test_a_changed_figure_at_the_end_is_shown_whole(db: sqlite3.Connection) -> None:
    assert page(quote(db, "今年ratio修缮按照31"))["ratio0"].text == "今年ratio修缮按照3∶1"
    assert page(quote(db, "今年years修缮按照20242025"))["years0"].text == "今年years修缮按照2024—2025"


def test_a_wording_of_a_day_is_not_near_every_day(db: sqlite3.Connection) -> None:
    assert quote(db, "今年于2023年7月19日负责") == []


@pytest.mark.parametrize("pair", SAME.items(), ids=SAME)
def test_figures_of_one_value(pair: tuple[str, str]) -> None:
    assert valued(fold(pair[0]))[0] == valued(fold(pair[1]))[0]


@pytest.mark.parametrize("pair", [*NO_VALUE.items(), *PAIRS.values()], ids=str)
def test_figures_of_two_values(pair: tuple[str, str]) -> None:
    assert valued(fold(pair[0]))[0] != valued(fold(pair[1]))[0]


@pytest.mark.parametrize(
    ("query", "held", "found", "quoted"),
    [
        pytest.param("5亿元", "安排1.5亿元", False, False, id="behind a point"),
        pytest.param("5亿元", "安排15亿元", False, False, id="behind a digit"),
        pytest.param("第十三条", "第十二条", False, False, id="an article"),
        pytest.param("第1.1节", "第1.10节", False, False, id="a section"),
        pytest.param("5亿元", "安排5亿元", True, True, id="whole"),
        pytest.param("五亿元", "安排十五亿元", False, False, id="in ideographs"),
        pytest.param("增长20", "增长20%", False, False, id="before a per cent sign"),
        pytest.param("增长5", "增长5.5%", False, False, id="before a point"),
        pytest.param("5%", "下降-5%", False, False, id="behind a minus"),
        pytest.param("1配备", "按3∶1配备", False, False, id="of a ratio"),
        pytest.param("百分之五", "百分之五十", False, False, id="of a share"),
        pytest.param("10", "10⁸", False, False, id="without its power"),
        pytest.param("2025年", "2024—2025年", True, False, id="end of a range"),
        pytest.param("2024年", "2024年—2025年", True, False, id="start of a range"),
        pytest.param("安排1.5", "安排1.5亿元", True, False, id="without 亿"),
        pytest.param("2025年行动", "碳达峰——2025年行动", True, True, id="year behind a dash"),
        pytest.param("2025年计划", "附件1：2025年计划", True, True, id="year behind a colon"),
        pytest.param("2024", "2024.05.01发布", True, True, id="year of a date"),
        pytest.param("十四五", "“十三五”“十四五”规划", True, True, id="plans side by side"),
        pytest.param("402号", "工信部科函〔2026〕402号", True, True, id="number behind brackets"),
        pytest.param("亿元用于", "1.5亿元用于", True, True, id="no figure at all"),
    ],
)
def test_a_figure_at_an_end_is_the_whole_figure(query: str, held: str, found: bool, quoted: bool) -> None:
    assert holds(fold(query), fold(held)) is found
    assert (whole(fold(query), fold(held), strict=True) >= 0) is quoted


def test_a_page_is_marked_where_it_holds_the_figure() -> None:
    pieces = marked("15亿元，1.5亿元，21.5亿元，1.5億元", "1.5亿元")
    assert [piece for hit, piece in pieces if hit] == ["1.5亿元", "1.5億元"]
    assert not any(hit for hit, _ in marked("安排15亿元", "1.5亿"))
    assert not any(hit for hit, _ in marked("按31配备", "3∶1"))
    assert [piece for hit, piece in marked("增长２．０％，增长20%", "2.0%") if hit] == ["２．０％"]


@given(st.integers(1, 10**11))
def test_every_spelling_of_a_number_is_its_value(number: int) -> None:
    (one,) = amounts(str(number))
    for written in spellings(one):
        assert valued(written)[0] == one.value


@given(st.integers(1, 10**13), st.integers(0, 3))
def test_a_value_is_one_however_it_is_grouped(number: int, places: int) -> None:
    plain, grouped = f"{number:.{places}f}", f"{number:,.{places}f}"
    assert valued(fold(plain))[0] == valued(fold(grouped))[0]


@given(st.text(alphabet="0123456789.,%万亿十百千〇一二三两点分之-~/:^⁸½×发展 年月日", max_size=30))
def test_any_text_has_its_values(words: str) -> None:
    key = fold(words)
    value, places = valued(key)
    assert len(places) == len(value) + 1
    assert places == sorted(places)


def test_the_command_tells_the_same_value(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:

    path = tmp_path / "a.db"
    holding = Holding(path)
    holding.show(article(text("1.5亿元")), "2026-04-01T00:00:00.000Z", url=f"{HOST}/one.html")
    holding.close()
    words = "海堤修缮按照15000万元安排落实到各镇"
    assert main(["quote", words, "--archive", str(path)]) == 0
    out = capsys.readouterr().out
    assert "0 hold it word for word, 1 with the same value, written differently, 0 in a changed form" in out
    assert "数值相同，写法不同: 15000万 → 1.5亿" in out
    assert main(["quote", words, "--json", "--archive", str(path)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["first"] is None
    assert told["versions"][0]["form"] == "same_value"
    assert told["versions"][0]["values"] == [{"asked": "15000万", "found": "1.5亿"}]


def test_a_quotation_is_bounded_by_whole_captures(tmp_path: Path) -> None:
    holding = Holding(tmp_path / "a.db")
    holding.show(article(text("6亿元")), "2026-04-01T00:00:00.000Z")
    holding.show(article(text("6亿元")), "2026-04-03T00:00:00.000Z")
    holding.look("2026-04-05T00:00:00.000Z", status=304)
    (current,) = quote(holding.archive.db, "海堤修缮按照6亿元安排落实")
    seen = current.first_captured_at, current.last_captured_at, current.gone_by
    assert seen == ("2026-04-01T00:00:00.000Z", "2026-04-03T00:00:00.000Z", None)
    holding.show(article("该事项另行通知，各镇各村不再执行原定办法。"), "2026-04-07T00:00:00.000Z")
    old = next(one for one in quote(holding.archive.db, "海堤修缮按照6亿元安排落实") if one.is_exact)
    holding.close()
    assert (old.last_captured_at, old.gone_by) == ("2026-04-03T00:00:00.000Z", "2026-04-07T00:00:00.000Z")


def test_a_wording_below_zero_is_no_option(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    holding = Holding(tmp_path / "a.db")
    holding.show(article(text("-5.5℃")), "2026-04-01T00:00:00.000Z")
    holding.close()
    for command in ("quote", "search"):
        assert main([command, "-5.5℃", "--json", "--archive", str(tmp_path / "a.db")]) == 0
        assert URL in capsys.readouterr().out
    assert main(["quote", "--nothing", "--archive", str(tmp_path / "a.db")]) == 2


def test_a_minus_is_no_word_to_leave_out(db: sqlite3.Connection) -> None:
    assert [hit.title for hit in search(db, "minus修缮 -5℃")] == ["minus 甲"]
    assert [hit.title for hit in search(db, "minus修缮 -安排")] == []


def test_a_standing_query_takes_a_figure_whole(tmp_path: Path) -> None:
    from archive.store.read.news import news

    path = tmp_path / "a.db"
    holding = Holding(path)
    for number, figure in enumerate(("1.5亿元", "15亿元", "1.5億元")):
        holding.show(article(text(figure)), "2026-04-01T00:00:00.000Z", url=f"{HOST}/n{number}.html")
    holding.close()
    db = open_for_reading(path)
    assert sorted(one.url[-7:-5] for one in news(db, query="按照1.5亿元")) == ["n0", "n2"]
    assert [one.url[-7:-5] for one in news(db, query="5亿元")] == []
    db.close()
