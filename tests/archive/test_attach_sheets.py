"""Workbooks: a cell says what it shows, in the form that it names."""

from __future__ import annotations

import io
from datetime import date, datetime, time

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from archive.attach import text_of
from archive.attach.cellforms import formatted
from tests.archive import attach_files as files


def workbook(*cells: tuple[object, str], font: Font | None = None) -> bytes:
    """Return a workbook whose first column holds values in their forms."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "表"
    for row, (value, form) in enumerate(cells, 1):
        cell = sheet.cell(row=row, column=1, value=value)
        cell.number_format = form
        if font is not None:
            cell.font = font
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (0.05, "0%", "5%"), (0.0525, "0.00%", "5.25%"), (-0.05, "0%", "-5%"), (0.125, "0.0%", "12.5%"), (1.5, "General", "1.5"),
        (0.1 + 0.2, "General", "0.3"), (100.0, "General", "100"), (1e20, "General", "1e+20"), (1234.5, "#,##0.00", "1,234.50"),
        (1234567, "#,##0", "1,234,567"), (-3, "0;(0)", "(3)"), (0, '0;-0;"零"', "零"), (5, "0.0#", "5.0"), (5.256, "0.0#", "5.26"),
        (2.5, "0", "3"), (0.5, "#.0", ".5"), (7, "000", "007"), (12, '0"万元"', "12万元"), (12, "0.00_);[Red](0.00)", "12.00"),
        (12345, "0.00E+00", "1.23E+04"), (0.5, "# ?/?", "1/2"), (1.25, "# ??/??", "1 1/4"), (3.5, '"¥"#,##0.00', "¥3.50"),
        (3.5, "[$￥-804]#,##0.0", "￥3.5"), (46082, "yyyy/m/d", "2026/3/1"), (46082, 'yyyy"年"m"月"d"日"', "2026年3月1日"),
        (46082, "yyyy-mm-dd", "2026-03-01"), (46082, '[$-804]yyyy"年"m"月"', "2026年3月"), (46082.5, "yyyy-m-d h:mm", "2026-3-1 12:00"),
        (0.5, "h:mm:ss", "12:00:00"), (1.5, "[h]:mm", "36:00"), (0.75, "h:mm AM/PM", "6:00 PM"), (46082, "mmm-yy", "Mar-26"),
        (1, "yyyy-m-d", "1900-1-1"), (-1, "yyyy-m-d", "-1"), (12, "@", "12"), (0.35, "0‰", "350‰"), (1234567, "0.0,", "1234.6"),
        (0.0, "0%", "0%"), (-0.001, "0%", "0%"), (5, '0"%"', "5%"),
    ],
)  # fmt: skip
def test_a_number_in_the_form_of_its_cell(value: float, form: str, text: str) -> None:
    assert formatted(value, form) == text


def test_a_percentage_that_is_only_written_is_not_reckoned() -> None:
    assert formatted(0.05, '0.00"%"') == "0.05%"


def test_the_days_of_the_other_calendar() -> None:
    assert formatted(44620, "yyyy-m-d", is_1904=True) == "2026-3-1"


def test_an_xlsx_shows_what_its_cells_show() -> None:
    cells = (
        ("比例", "General"), (0.05, "0%"), (1.5, "General"), (date(2026, 3, 1), 'yyyy"年"m"月"d"日"'), (True, "General"),
        (datetime(2026, 3, 1, 9, 30), "yyyy/m/d h:mm"), (time(9, 5), "h:mm"), (12345.678, "#,##0.00"),
    )  # fmt: skip
    found = text_of(workbook(*cells), "a.xlsx")
    said = "表\n比例\n5%\n1.5\n2026年3月1日\nTRUE\n2026/3/1 9:30\n9:05\n12,345.68"
    assert (found.kind, found.text, found.flags) == ("xlsx", said, ())


def test_raised_and_struck_text_in_cells() -> None:
    rich = CellRichText(
        "面积3×10",
        TextBlock(InlineFont(vertAlign="superscript"), "4"),
        "亩",
        TextBlock(InlineFont(strike=True), "旧"),
        "新",
    )
    found = text_of(workbook((rich, "General")), "a.xlsx")
    assert (found.text, found.flags) == ("表\n面积3×10⁴亩新", ("struck",))
    gone = text_of(workbook((5, "General"), font=Font(strike=True)), "a.xlsx")
    assert (gone.text, gone.flags) == ("表", ("struck",))


def test_a_sheet_that_is_hidden_is_left_out_and_flagged() -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["公开"])
    book.create_sheet("底稿").append(["未公开"])
    book["底稿"].sheet_state = "hidden"
    made = io.BytesIO()
    book.save(made)
    found = text_of(made.getvalue(), "a.xlsx")
    assert (found.text, found.flags) == ("Sheet\n公开", ("hidden",))


def test_cells_stand_in_their_columns() -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active["C2"] = "丙"
    book.active["A2"] = "甲"
    book.active["A9"] = "末"
    made = io.BytesIO()
    book.save(made)
    assert text_of(made.getvalue(), "a.xlsx").text == "Sheet\n甲\t\t丙\n末"


def test_an_xls_shows_percentages_and_days() -> None:
    rows = [["比例", 0.05], ["日期", 46082.0], ["数", 1.5]]
    body = files.xls(rows, forms=["General", "0.00%", 'yyyy"年"m"月"d"日"', "General"])
    found = text_of(body, "a.xls")
    assert (found.kind, found.text, found.flags) == (
        "xls",
        "Sheet1\n比例\t5.00%\n日期\t2026年3月1日\n数\t1.5",
        (),
    )


def test_an_ods_shows_what_its_cells_show() -> None:
    names = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:'
        'xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    )
    content = (
        f'<office:document-content {names}><office:body><office:spreadsheet><table:table table:name="表一"><table:table-row>'
        '<table:table-cell><text:p>比例</text:p></table:table-cell><table:table-cell table:number-columns-repeated="2">'
        '<text:p>5%</text:p></table:table-cell><table:table-cell table:number-columns-repeated="16000"/></table:table-row>'
        '<table:table-row table:number-rows-repeated="1000000"><table:table-cell/></table:table-row></table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    mimetype = "application/vnd.oasis.opendocument.spreadsheet"
    found = text_of(files.packed({"mimetype": mimetype, "content.xml": content}), "a.ods")
    assert (found.kind, found.text) == ("ods", "表一\n比例\t5%\t5%")


@pytest.mark.parametrize(
    ("body", "name", "kind", "text"),
    [
        ("项目,金额\n渔船,\"1,200\"\n".encode(), "a.csv", "csv", "项目\t金额\n渔船\t1,200"),
        ("项目,金额\r\n渔船,5%\r\n".encode("gb18030"), "a.csv", "csv", "项目\t金额\n渔船\t5%"),
        ("项目\t金额\n渔船\t5\n".encode("utf-16"), "a.xls", "csv", "项目\t金额\n渔船\t5"),
        ("项目\t金额\n渔船\t5\n".encode(), "a.et", "csv", "项目\t金额\n渔船\t5"),
        (b"<html xmlns:x='urn:schemas-microsoft-com:office:excel'><head><title>t</title></head><body><table><tr><td>A</td>"
         b"<td>5%</td></tr><tr><td>10<sup>4</sup></td><td><s>1</s>2</td></tr></table></body></html>",
         "a.xls", "xls", "A\t5%\n10⁴\t2"),
        ("<table border=1><tr><th>项目</th><th>金额</th></tr><tr><td>渔船<br>渔具</td><td><p>5</p></td></tr></table>".join(
            ("<html><meta charset=gbk><body>", "</body></html>")).encode("gbk"), "a.xls", "xls", "项目\t金额\n渔船 渔具\t5"),
        ('<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:'
         'spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="表"><Table><Row><Cell><Data>'
         '甲</Data></Cell><Cell ss:Index="3"><Data>5</Data></Cell></Row></Table></Worksheet></Workbook>'.encode(),
         "a.xls", "xls", "表\n甲\t\t5"),
        ("说明一\r\n说明二".encode("gbk"), "a.txt", "txt", "说明一\n说明二"),
        ("第一条".encode(), "a.doc", "txt", "第一条"),
    ],
)  # fmt: skip
def test_what_is_called_a_sheet_or_letter_and_is_text(body: bytes, name: str, kind: str, text: str) -> None:
    found = text_of(body, name)
    assert (found.kind, found.text) == (kind, text)


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body><div><a href='/'>home</a> 404</div></body></html>",
        b"<!DOCTYPE html><html><script>location='/'</script><table><tr><td>x</table>",
    ],
)
def test_a_web_page_in_place_of_a_sheet_is_none(body: bytes) -> None:
    assert text_of(body, "a.xls").kind == "html"


SAVED = {
    "a bare table": ("<table><tr><td>物资</td><td>10<sup><i class='q'>8</i></sup></td></tr></table>", "物资\t10⁸"),
    "a style sheet": (
        "<style>.x{display:none} .y{text-decoration:line-through}</style>"
        "<table><tr class=x><td>甲</td></tr><tr><td><b class=y>3</b>8</td><td>乙</td></tr></table>",
        "8\t乙",
    ),
    "a hidden column": ("<table><tr><td>甲</td><td style='display:none'>q</td><td>乙</td></tr></table>", "甲\t乙"),
    "a table in a cell": ("<table><tr><td>甲<table><tr><td>子</td><td>丑</td></tr></table></td><td>乙</td></tr></table>", "甲 子 丑\t乙"),
    "a list in a cell": ("<table><tr><td>甲</td><td><ol start=3><li>子</li><li>丑</li></ol></td></tr></table>", "甲\t3. 子 4. 丑"),
}  # fmt: skip


@pytest.mark.parametrize(("html", "rows"), SAVED.values(), ids=SAVED.keys())
def test_a_sheet_saved_as_a_web_page_is_read_as_it_is_seen(html: str, rows: str) -> None:
    assert text_of(html.encode("gb18030"), "登记表.xls").text == rows


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        ("sep=;\r\n物资;数量\r\n沙袋,大号;300", "物资\t数量\n沙袋,大号\t300"),
        ("SEP=\t\n物资\t数量", "物资\t数量"),
        ("物资,价\r\n沙袋,\x80300", "物资\t价\n沙袋\t€300"),
        ("sep,数量\r\n沙袋,300", "sep\t数量\n沙袋\t300"),
    ],
)
def test_a_table_of_text_is_read_as_excel_reads_it(body: str, rows: str) -> None:
    written = b"\x80".join(part.encode("gb18030") for part in body.split("\x80"))
    found = text_of(written, "登记表.csv", "text/csv")
    assert (found.text, found.flags) == (rows, ())
