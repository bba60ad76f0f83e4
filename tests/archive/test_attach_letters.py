"""RTF, slides, and web pages saved as files: the text that is shown, and no source code."""

from __future__ import annotations

import base64

import pytest

from archive.attach import text_of
from tests.archive import attach_files as files
from tests.conftest import Ends

HEAD = rb"{\rtf1\ansi\ansicpg936\deff0{\fonttbl{\f0\fnil\fcharset134 SimSun;}{\f1\fnil\fcharset0 Arial;}}{\*\generator X;}"


def hexed(text: str) -> bytes:
    return "".join(f"\\'{byte:02x}" for byte in text.encode("gb18030")).encode()


@pytest.mark.parametrize(
    ("rtf", "text", "flags"),
    [
        (hexed("渔港管理办法") + rb"\par " + hexed("第一条"), "渔港管理办法\n第一条", ()),
        (rb"\uc1\u28180?\u28207?\par 5%", "渔港\n5%", ()),
        (rb"\uc2\u28180\'d3\'e6 end", "渔 end", ()),
        (rb"\f1 abc \f0 " + hexed("甲"), "abc 甲", ()),
        (rb"10{\super 4} CO{\sub 2}", "10⁴ CO₂", ()),
        (rb"\super 2\nosupersub m", "²m", ()),
        (hexed("补助") + rb"{\strike 100}200", "补助200", ("struck",)),
        (rb"a{\v secret}b{\deleted gone}c", "abc", ("hidden",)),
        (rb"{\field{\*\fldinst HYPERLINK x}{\fldrslt link}}", "link", ()),
        (rb"{\listtext 1.\tab}x\par{\pntext 2.\tab}y", "1.\tx\n2.\ty", ()),
        (rb"\trowd A\cell B\cell\row C\cell D\cell\row", "A\tB\nC\tD", ()),
        (rb"{\pict\bin4 {{{{}a\bin3 {{{b", "ab", ()),
        (rb"\{x\}\\ a\~b\-c\_d", "{x}\\ a\xa0bc-d", ()),
        (rb"{\header top}{\footer foot}{\info{\title t}}body", "body", ()),
        (rb"\u-10179?\u-8704?", "\U0001f600", ()),
    ],
)  # fmt: skip
def test_an_rtf_says_what_it_shows(rtf: bytes, text: str, flags: tuple[str, ...]) -> None:
    found = text_of(HEAD + rtf + b"}", "a.rtf")
    assert (found.kind, found.text, found.flags) == ("rtf", text, flags)


@pytest.mark.parametrize(
    "body",
    [rb"{\rtf1" + b"{" * 200_000, rb"{\rtf1" + b"}" * 1000 + b"x", rb"{\rtf1\u", rb"{\rtf1\bin99999999 x"],
)
def test_a_hostile_rtf_ends(body: bytes, ends: Ends) -> None:
    with ends(20):
        assert text_of(body, "a.rtf").kind == "rtf"


def slide(*paragraphs: str, more: str = "", show: str = "") -> str:
    space = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    body = f"<p:sp><p:txBody>{''.join(paragraphs)}</p:txBody></p:sp>{more}"
    return (
        f'<p:sld xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" {space} {show}><p:cSld><p:spTree>{body}'
        "</p:spTree></p:cSld></p:sld>"
    )


def par(text: str, look: str = "", form: str = "") -> str:
    numbered = f'<a:pPr><a:buAutoNum type="{form}"/></a:pPr>' if form else ""
    return f"<a:p>{numbered}<a:r><a:rPr {look}/><a:t>{text}</a:t></a:r></a:p>"


def slides(*pages: str) -> bytes:
    space = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
    r = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    listed = "".join(f'<p:sldId id="{n}" xmlns:r="{r}" r:id="r{n}"/>' for n in range(len(pages)))
    links = "".join(f'<Relationship Id="r{n}" Target="slides/slide{9 - n}.xml"/>' for n in range(len(pages)))
    return files.packed(
        {
            "ppt/presentation.xml": f"<p:presentation {space}><p:sldIdLst>{listed}</p:sldIdLst></p:presentation>",
            "ppt/_rels/presentation.xml.rels": f"<Relationships>{links}</Relationships>",
            **{f"ppt/slides/slide{9 - n}.xml": page for n, page in enumerate(pages)},
        }
    )


def test_slides_are_read_in_their_order() -> None:
    table = (
        "<a:tbl><a:tr><a:tc><a:txBody>{}</a:txBody></a:tc><a:tc><a:txBody>{}</a:txBody></a:tc></a:tr></a:tbl>"
    )
    first = slide(
        par("渔港建设"), more=f"<p:graphicFrame>{table.format(par('项目'), par('5%'))}</p:graphicFrame>"
    )
    second = slide(
        par("要求一", form="ea1ChsPeriod"), par("要求二", form="ea1ChsPeriod"), par("面积"), "<a:p/>"
    )
    found = text_of(slides(first, second, slide(par("不放映"), show='show="0"')), "a.pptx")
    assert (found.kind, found.text) == ("pptx", "渔港建设\n项目\t5%\n一. 要求一\n二. 要求二\n面积")
    assert found.flags == ("hidden",)


def test_raised_and_struck_text_of_slides() -> None:
    runs = '<a:p><a:r><a:t>10</a:t></a:r><a:r><a:rPr baseline="30000"/><a:t>4</a:t></a:r><a:r><a:rPr strike="sngStrike"/><a:t>旧</a:t></a:r><a:r><a:rPr baseline="-25000"/><a:t>2</a:t></a:r></a:p>'
    found = text_of(slides(slide(runs)), "a.pptx")
    assert (found.text, found.flags) == ("10⁴₂", ("struck",))


PAGE = "<html><head><title>t</title><style>p{}</style></head><body><p>渔港管理办法</p><p>面积10<sup>4</sup>亩</p><p style='display:none'>x</p></body></html>"


def mail(*parts: tuple[str, bytes, str], head: str = "MIME-Version: 1.0\r\n") -> bytes:
    made = f'From: <Saved by>\r\n{head}Content-Type: multipart/related;\r\n boundary="b"\r\n\r\n'
    for kind, body, transfer in parts:
        held = base64.encodebytes(body) if transfer == "base64" else body
        made += f"--b\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: {transfer}\r\n\r\n{held.decode('latin-1')}\r\n"
    return (made + "--b--\r\n").encode("latin-1")


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (
            mail(
                ('text/html; charset="gb2312"', PAGE.encode("gb2312"), "base64"),
                ("image/png", b"\x89PNG", "base64"),
            ),
            "a.doc",
        ),
        (mail(("text/html; charset=utf-8", PAGE.encode(), "8bit")), "a.mht"),
        (
            mail(("text/plain", b"plain", "7bit"), ("text/html; charset=utf-8", PAGE.encode(), "base64")),
            "a.xls",
        ),
        (b"\xef\xbb\xbf\r\n" + mail(("text/html; charset=utf-8", PAGE.encode(), "base64")), "a.wps"),
    ],
)
def test_a_page_saved_as_mail_is_read_as_its_page(body: bytes, name: str) -> None:
    found = text_of(body, name)
    assert (found.kind, found.text, found.flags) == ("mht", "渔港管理办法\n面积10⁴亩", ("hidden",))


def test_a_page_that_word_saved_as_a_letter() -> None:
    body = (
        "<html xmlns:o='urn:schemas-microsoft-com:office:office'><body><!--x--><p class=MsoNormal>补助<s>100</s>"
        "<span style='text-decoration:line-through'>150</span>200元<o:p></o:p></p><table><tr><td><p>甲</p></td><td>乙"
        "<table><tr><td>内</td></tr></table></td></tr></table></body></html>"
    )
    found = text_of(body.encode(), "a.doc")
    assert (found.kind, found.flags) == ("doc", ("struck",))
    assert [line.split() for line in (found.text or "").split("\n")] == [["补助200元"], ["甲", "乙", "内"]]


def test_a_letter_that_word_2003_wrote_in_xml() -> None:
    space = "http://schemas.microsoft.com/office/word/2003/wordml"
    body = (
        f'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument xmlns:w="{space}"><w:body><w:p>'
        "<w:r><w:t>补助</w:t></w:r><w:r><w:rPr><w:strike/></w:rPr><w:t>100</w:t></w:r><w:r><w:t>200</w:t></w:r></w:p></w:body>"
        "</w:wordDocument>"
    )
    found = text_of(body.encode(), "a.doc")
    assert (found.kind, found.text, found.flags) == ("doc", "补助200", ("struck",))


def test_mail_within_mail_ends(ends: Ends) -> None:
    body = b"MIME-Version: 1.0\n" + b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(1_000)
    )
    with ends(30):
        assert text_of(body, "a.mht").kind == "mht"
