"""Files of pages: PDF and OFD are read by what their codes mean and by where they stand; and what PDFs cannot say."""

from __future__ import annotations

import pytest

from archive.attach import text_of
from archive.attach.placed import Piece, Rule, lines_of
from tests.archive import attach_files as files

OFD = 'xmlns:ofd="http://www.ofdspec.org/2016"'
NOTICE = "登记总量不低于1.5万条，差错率不超过5%"


def text(x: float, y: float, *codes: str, size: float = 5.0, more: str = "") -> str:
    """Return a text object whose codes begin at its own corner."""
    shown = "".join(
        code if code.startswith("<") else f'<ofd:TextCode X="0" Y="{size}">{code}</ofd:TextCode>'
        for code in codes
    )
    return f'<ofd:TextObject Boundary="{x} {y} 100 {size}" Font="1" Size="{size}" {more}>{shown}</ofd:TextObject>'


def rule(x1: float, y1: float, x2: float, y2: float) -> str:
    return (
        f'<ofd:PathObject Boundary="0 0 210 297"><ofd:AbbreviatedData>M {x1} {y1} L {x2} {y2}</ofd:AbbreviatedData>'
        "</ofd:PathObject>"
    )


def ofd(*objects: str, template: str = "", uses: str = "9") -> bytes:
    named = f'<ofd:Template TemplateID="{uses}"/>' if template else ""
    layer = "<ofd:Content><ofd:Layer>{}</ofd:Layer></ofd:Content>"
    listed = (
        '<ofd:CommonData><ofd:TemplatePage ID="9" BaseLoc="Tpls/Tpl_0/Content.xml"/></ofd:CommonData>'
        if template
        else ""
    )
    members = {
        "OFD.xml": f"<ofd:OFD {OFD}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f'<ofd:Document {OFD}>{listed}<ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/>'
        "</ofd:Pages></ofd:Document>",
        "Doc_0/Pages/Page_0/Content.xml": f"<ofd:Page {OFD}>{named}{layer.format(''.join(objects))}</ofd:Page>",
    }
    if template:
        members["Doc_0/Tpls/Tpl_0/Content.xml"] = f"<ofd:Page {OFD}>{layer.format(template)}</ofd:Page>"
    return files.packed(members)


def read(*objects: str, template: str = "", uses: str = "9") -> str | None:
    return text_of(ofd(*objects, template=template, uses=uses), "a.ofd").text


@pytest.mark.parametrize(
    ("objects", "said"),
    [
        ([text(20, 60, "第二条"), text(20, 40, "第一条")], "第一条\n第二条"),
        ([text(60, 20, "右"), text(20, 20.3, "左")], "左\t右"),
        ([text(35, 20, "丙"), text(20, 20, "甲乙"), text(30, 20, "一")], "甲乙一丙"),
        ([text(20, 20, "关于", more='CTM="2 0 0 2 0 0"'), text(20, 50, "正文")], "关于\n正文"),
        ([text(20, 20, '<ofd:TextCode X="0" Y="5" DeltaX="5 20 5">甲乙丙丁</ofd:TextCode>')], "甲乙\t丙丁"),
        ([text(20, 20, '<ofd:TextCode X="0" Y="5" DeltaX="g 3 5">甲乙丙丁</ofd:TextCode>')], "甲乙丙丁"),
        ([text(20, 20, '<ofd:TextCode X="0" Y="5" DeltaX="5 -5 5" DeltaY="0 8 0">甲乙丙丁</ofd:TextCode>')], "甲乙\n丙丁"),
        ([text(20, 20, '<ofd:TextCode X="0" Y="5" DeltaY="6 6">附件一</ofd:TextCode>')], "附件一"),
        ([text(20, 20, '<ofd:TextCode X="0" Y="5">甲</ofd:TextCode>', '<ofd:TextCode X="0" Y="13">乙</ofd:TextCode>')], "甲\n乙"),
        ([text(20, 20, "见"), text(20, 20, "见"), text(25, 20, "附件")], "见附件"),
        ([text(20, 20, "公开"), text(20, 40, "底稿", more='Visible="false"')], "公开"),
        ([text(20, 22, "3×10"), text(32.5, 22.3, "4", size=3), text(34, 22, "亩")], "3×10⁴亩"),
        ([text(20, 22, "CO"), text(25, 25.5, "2", size=3), text(26.5, 22, "量")], "CO₂量"),
    ],
    ids=["order", "side by side", "between", "enlarged", "a gap", "moves of one size", "another line", "upright", "two codes",
         "drawn twice", "not visible", "raised", "lowered"],
)  # fmt: skip
def test_the_objects_of_a_page_are_read_by_their_places(objects: list[str], said: str) -> None:
    assert read(*objects) == said


def test_what_stands_in_the_template_is_on_the_page() -> None:
    form = text(20, 20, "文号：") + text(20, 40, "金额：")
    values = [text(39, 40, "五万元"), text(39, 20, "渔发〔2026〕7号")]
    assert read(*values, template=form) == "文号： 渔发〔2026〕7号\n金额： 五万元"
    assert read(*values, template=form, uses="8") == "渔发〔2026〕7号\n五万元"


def test_a_ruled_table_is_a_row_a_line_whatever_its_cells_wrap() -> None:
    rules = [rule(20, y, 120, y) for y in (30, 50, 60)] + [rule(x, 30, x, 60) for x in (20, 60, 120)]
    cells = [
        text(22, 32, "渔船登"),
        text(22, 40, "记数"),
        text(62, 36, "1.5万艘"),
        text(22, 52, "合计"),
        text(62, 52, "20"),
    ]
    assert (
        read(text(20, 20, "附表"), *rules, *cells, text(20, 70, "注"))
        == "附表\n渔船登记数\t1.5万艘\n合计\t20\n注"
    )


def test_a_frame_around_a_page_is_no_table() -> None:
    frame = [rule(10, y, 200, y) for y in (10, 280)] + [rule(x, 10, x, 280) for x in (10, 200)]
    assert read(*frame, text(20, 20, "甲"), text(20, 40, "乙")) == "甲\n乙"


def test_places_that_are_no_numbers_and_many_rules_cost_nothing() -> None:
    assert read(text(20, 20, "甲").replace('"20 20', '"x nan'), text(20, 40, "乙")) == "甲\n乙"
    rules = [Rule(is_level=bool(n % 2), at=n, start=0, end=1) for n in range(20_000)]
    assert len(lines_of([Piece(x=0, y=n, size=1, text="字") for n in range(2_000)], rules)) == 2_000


def test_a_pdf_that_holds_its_fonts_is_read_by_pdfium() -> None:
    found = text_of(files.drawn_pdf(f"{NOTICE}\n第二行", NOTICE), "a.pdf")
    assert (found.text, found.flags) == (f"{NOTICE}\n第二行\n{NOTICE}", ())


@pytest.mark.parametrize(
    ("encoding", "charset", "script"),
    [
        ("GBKp-EUC-H", "gbk", "GB1"), ("GBKp-EUC-V", "gbk", "GB1"), ("GBK-EUC-H", "gbk", "GB1"), ("GBK2K-H", "gb18030", "GB1"),
        ("GB-EUC-H", "gb2312", "GB1"), ("GBpc-EUC-H", "gb2312", "GB1"), ("UniGB-UCS2-H", "utf-16-be", "GB1"),
        ("UniGB-UTF16-H", "utf-16-be", "GB1"), ("ETen-B5-H", "big5", "CNS1"), ("HKscs-B5-H", "big5", "CNS1"),
    ],
)  # fmt: skip
def test_encodings_with_a_name_are_read(encoding: str, charset: str, script: str) -> None:
    said = "公告如下各港口" if script == "CNS1" else "关于印发渔港管理办法的通知"
    found = text_of(files.pdf_without_fonts(said.encode(charset), encoding=encoding, script=script), "a.pdf")
    assert (found.text, found.flags) == (said, ("scanned",) if len(said) < 9 else ())


@pytest.mark.parametrize(
    "body",
    [
        files.pdf_without_fonts(b"\x0e\x1d\x0a\x3f\x0b\x2c" * 4),
        files.pdf_without_fonts(b"\x0e\x1d\x0a\x3f\x0b\x2c" * 4, encoding="Identity-V", script="Identity"),
        files.pdf_without_fonts(b"\x0e\x1d\x0a\x3f" * 4, kind="CIDFontType0"),
        files.pdf_without_fonts("通知".encode() * 4, encoding="UniGB-UTF8-H"),
        files.drawn_pdf(NOTICE, names=False),
        files.drawn_pdf(NOTICE, lost=NOTICE),
    ],
    ids=[
        "numbers of outlines",
        "without a script",
        "not in the file",
        "unknown encoding",
        "drawn, nameless",
        "no character told",
    ],
)
def test_codes_that_say_no_characters_are_no_text(body: bytes) -> None:
    found = text_of(body, "a.pdf")
    assert (found.text, found.flags) == (None, ("no_unicode",))
    assert "characters" in (found.reason or "")


def test_a_few_codes_without_a_character_are_marked() -> None:
    found = text_of(files.drawn_pdf("补贴每亩五百元整", lost="五"), "a.pdf")
    assert (found.text, found.flags[:1]) == ("补贴每亩□百元整", ("no_unicode",))
