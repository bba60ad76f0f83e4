"""Word files: what is shown is the text, what is not shown is none, and numbers are those that Word counts."""

from __future__ import annotations

import pytest

from archive.attach import text_of
from archive.text.numerals import counted, numeral
from tests.archive import attach_files as files

SPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MATHS = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'


def run(text: str, look: str = "") -> str:
    return f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*runs: str, number: tuple[int, int] | None = None, style: str = "") -> str:
    listed = (
        f'<w:numPr><w:ilvl w:val="{number[1]}"/><w:numId w:val="{number[0]}"/></w:numPr>' if number else ""
    )
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}{listed}</w:pPr>{''.join(runs)}</w:p>"


def level(at: int, form: str, pattern: str, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{pattern}"/>{more}'
        "</w:lvl>"
    )


def numbering(*levels: str, more: str = "") -> str:
    return (
        f'<w:numbering {SPACE}><w:abstractNum w:abstractNumId="7">{"".join(levels)}</w:abstractNum>'
        f'<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>{more}</w:numbering>'
    )


def read(body: str, **parts: str) -> tuple[str | None, tuple[str, ...]]:
    more = {f"word/{name}.xml": part for name, part in parts.items()}
    found = text_of(files.docx(body=body, more=more), "a.docx")
    return found.text, found.flags


UP, DOWN = '<w:vertAlign w:val="superscript"/>', '<w:vertAlign w:val="subscript"/>'
STRUCK, HIDDEN = "<w:strike/>", "<w:vanish/>"


@pytest.mark.parametrize(
    ("runs", "text", "flags"),
    [
        ([run("补助"), run("100", STRUCK), run("200万元")], "补助200万元", ("struck",)),
        ([run("限", "<w:dstrike/>"), run("期")], "期", ("struck",)),
        ([run("未删", '<w:strike w:val="0"/>'), run("期")], "未删期", ()),
        ([run("甲"), run("隐", HIDDEN), run("乙")], "甲乙", ("hidden",)),
        ([run("甲", '<w:vanish w:val="false"/>')], "甲", ()),
        ([run("1.5×10"), run("4", UP), run("吨")], "1.5×10⁴吨", ()),
        ([run("10"), run("-", UP), run("6", UP)], "10⁻⁶", ()),
        ([run("x"), run("3", UP), run("/", UP), run("2", UP)], "x^(3/2)", ()),
        ([run("CO"), run("2", DOWN), run("排放")], "CO₂排放", ()),
        ([run("120m"), run("2", UP)], "120m²", ()),
        ([run("平", '<w:vertAlign w:val="baseline"/>')], "平", ()),
        (['<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>', run("同意")], "☑同意", ()),
        ([f"<m:oMath {MATHS}><m:sSup><m:e><m:r><m:t>10</m:t></m:r></m:e><m:sup><m:r><m:t>8</m:t></m:r></m:sup></m:sSup></m:oMath>"],
         "10⁸", ()),
        ([f"<m:oMath {MATHS}><m:f><m:num><m:r><m:t>2</m:t></m:r></m:num><m:den><m:r><m:t>3</m:t></m:r></m:den></m:f></m:oMath>"],
         "2/3", ()),
    ],
)  # fmt: skip
def test_a_paragraph_reads_as_it_is_shown(runs: list[str], text: str, flags: tuple[str, ...]) -> None:
    assert read(paragraph(*runs)) == (text, flags)


def test_a_style_hides_strikes_and_raises() -> None:
    styles = (
        f'<w:styles {SPACE}><w:style w:type="character" w:styleId="gone"><w:rPr><w:strike/></w:rPr></w:style>'
        '<w:style w:type="character" w:styleId="up"><w:basedOn w:val="base"/></w:style>'
        f'<w:style w:type="character" w:styleId="base"><w:rPr>{UP}</w:rPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="off"><w:basedOn w:val="off"/><w:rPr><w:vanish/></w:rPr></w:style>'
        "</w:styles>"
    )
    body = paragraph(
        run("每亩"), run("500", '<w:rStyle w:val="gone"/>'), run("600元"), run("3", '<w:rStyle w:val="up"/>')
    )
    body += paragraph(run("模板说明"), style="off") + paragraph(
        run("露出", '<w:vanish w:val="0"/>'), style="off"
    )
    assert read(body, styles=styles) == ("每亩600元³\n露出", ("hidden", "struck"))


def test_numbers_are_counted_level_by_level() -> None:
    levels = (
        level(0, "chineseCounting", "%1、"),
        level(1, "chineseCounting", "（%2）"),
        level(2, "decimal", "%3."),
        level(3, "decimalEnclosedCircle", "%4"),
    )
    steps = (
        (0, "总则"),
        (1, "目标"),
        (1, "范围"),
        (2, "5万元以下"),
        (2, "以上"),
        (3, "其中"),
        (0, "附则"),
        (1, "施行"),
    )
    body = "".join(paragraph(run(text), number=(1, at)) for at, text in steps)
    assert read(body, numbering=numbering(*levels))[0] == (
        "一、总则\n（一）目标\n（二）范围\n1. 5万元以下\n2. 以上\n① 其中\n二、附则\n（一）施行"
    )


def test_numbers_of_several_levels_and_of_legal_form() -> None:
    levels = (
        level(0, "chineseCountingThousand", "第%1章 "),
        level(1, "decimal", "%1.%2", "<w:isLgl/>"),
        level(2, "lowerLetter", "%3)", '<w:lvlRestart w:val="0"/>'),
    )
    steps = ((0, "甲"), (1, "乙"), (2, "丙"), (1, "丁"), (2, "戊"), (0, "己"), (1, "庚"))
    body = "".join(paragraph(run(text), number=(1, at)) for at, text in steps)
    assert read(body, numbering=numbering(*levels))[0] == (
        "第一章 甲\n1.1 乙\na)丙\n1.2 丁\nb)戊\n第二章 己\n2.1 庚"
    )


def test_a_list_that_begins_anew_and_one_that_goes_on() -> None:
    again = (
        '<w:num w:numId="2"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/>'
        '</w:lvlOverride></w:num><w:num w:numId="3"><w:abstractNumId w:val="7"/></w:num>'
    )
    body = "".join(
        paragraph(run(text), number=(number, 0))
        for number, text in ((1, "甲"), (1, "乙"), (2, "丙"), (3, "丁"))
    )
    assert read(body, numbering=numbering(level(0, "upperRoman", "%1．"), more=again))[0] == (
        "I． 甲\nII． 乙\nI． 丙\nII． 丁"
    )


def test_numbers_by_style_and_none_where_a_paragraph_takes_them_back() -> None:
    styles = (
        f'<w:styles {SPACE}><w:style w:type="paragraph" w:styleId="article"><w:pPr><w:numPr><w:numId w:val="1"/>'
        "</w:numPr></w:pPr></w:style></w:styles>"
    )
    listed = numbering(level(0, "chineseCountingThousand", "第%1条", '<w:pStyle w:val="article"/>'))
    body = "".join(paragraph(run(text), style="article") for text in ("为规范登记，", "本办法所称"))
    body += paragraph(run("无号"), style="article", number=(0, 0)) + paragraph(run("施行。"), style="article")
    assert read(body, styles=styles, numbering=listed)[0] == (
        "第一条 为规范登记，\n第二条 本办法所称\n无号\n第三条 施行。"
    )


def test_points_of_a_list_are_no_numbers_and_a_column_of_numbers_is_counted() -> None:
    body = paragraph(run("要点"), number=(1, 1))
    cells = (
        f"<w:tc>{paragraph(number=(1, 0))}</w:tc><w:tc>{paragraph(run(text))}</w:tc>"
        for text in ("渔船", "渔具")
    )
    body += "<w:tbl>" + "".join(f"<w:tr>{cell}</w:tr>" for cell in cells) + "</w:tbl>"
    listed = numbering(level(0, "decimal", "%1"), level(1, "bullet", "\uf06c"))
    assert read(body, numbering=listed)[0] == "要点\n1 \t渔船\n2 \t渔具"


def test_a_row_that_was_deleted_and_a_table_in_a_cell() -> None:
    gone = f"<w:tr><w:trPr><w:del/></w:trPr><w:tc>{paragraph(run('删去'))}</w:tc></w:tr>"
    inner = f"<w:tbl><w:tr><w:tc>{paragraph(run('内'))}</w:tc></w:tr></w:tbl>"
    body = f"<w:tbl>{gone}<w:tr><w:tc>{paragraph(run('外'))}{inner}</w:tc></w:tr></w:tbl>" + paragraph(
        run("后")
    )
    text, _ = read(body)
    assert text is not None and [line.split() for line in text.split("\n")] == [["外", "内"], ["后"]]


def test_notes_are_numbered_where_they_are_named() -> None:
    notes = (
        f'<w:footnotes {SPACE}><w:footnote w:id="0"><w:p/></w:footnote><w:footnote w:id="4">'
        f"{paragraph(run('以2025年为准。'))}</w:footnote></w:footnotes>"
    )
    body = paragraph(run("增长5%"), '<w:r><w:footnoteReference w:id="4"/></w:r>', run("。"))
    assert read(body, footnotes=notes)[0] == "增长5%[1]。\n[1] 以2025年为准。"


def test_a_text_box_stands_before_the_paragraph_that_holds_it() -> None:
    box = f"<w:r><w:pict><w:txbxContent>{paragraph(run('盒中'))}</w:txbxContent></w:pict></w:r>"
    assert read(paragraph(run("前"), box, run("后")))[0] == "盒中\n前后"


@pytest.mark.parametrize(
    ("number", "form", "written"),
    [
        (10, "chineseCounting", "十"), (11, "chineseCounting", "十一"), (20, "japaneseCounting", "二十"),
        (103, "chineseCountingThousand", "一百零三"), (110, "chineseCountingThousand", "一百一十"),
        (2050, "chineseCountingThousand", "二千零五十"), (12, "chineseLegalSimplified", "壹拾贰"),
        (20, "ideographDigital", "二〇"), (3, "ideographTraditional", "丙"), (11, "ideographTraditional", "11"),
        (2, "ideographZodiac", "丑"), (4, "upperRoman", "IV"), (19, "lowerRoman", "xix"), (27, "upperLetter", "AA"),
        (28, "lowerLetter", "bb"), (3, "decimalZero", "03"), (12, "decimalFullWidth", "１２"),
        (21, "decimalEnclosedCircle", "21"), (2, "decimalEnclosedParen", "⑵"), (5, "none", ""), (5, "bullet", ""),
        (7, "of a later Word", "7"), (0, "chineseCounting", "0"),
    ],
)  # fmt: skip
def test_a_number_in_a_form(number: int, form: str, written: str) -> None:
    assert numeral(number, form) == written


def test_counted_numbers_differ_from_each_other() -> None:
    assert len({counted(number) for number in range(1, 10_000)}) == 9_999


def test_hidden_rows_go_and_cells_below_a_merged_one_stay_in_their_column() -> None:
    def row(first: str, second: str, more: str = "") -> str:
        cells = "".join(f"<w:tc><w:p><w:r><w:t>{cell}</w:t></w:r></w:p></w:tc>" for cell in (first, second))
        return f"<w:tr>{more}{cells}</w:tr>"

    hidden = row("q", "7", "<w:trPr><w:hidden/></w:trPr>")
    shown = row("丙", "丁", "<w:trPr><w:hidden w:val='0'/></w:trPr>")
    found = text_of(
        files.docx(body=f"<w:tbl>{row('甲', '乙')}{hidden}{row('', '子')}{shown}</w:tbl>"), "a.docx"
    )
    assert found.text is not None and found.flags == ("hidden",)
    assert [line.replace(" ", "") for line in found.text.split("\n")] == ["甲\t乙", "\t子", "丙\t丁"]


@pytest.mark.parametrize(
    ("number", "form", "shown"),
    [(2, "decimalEnclosedCircleChinese", "②"), (1, "ordinal", "1st"), (12, "ordinal", "12th"), (22, "ordinal", "22nd")],
)  # fmt: skip
def test_forms_of_numbers(number: int, form: str, shown: str) -> None:
    assert numeral(number, form) == shown
