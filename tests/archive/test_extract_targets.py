"""The files of an article, however the page leads to them."""

from __future__ import annotations

import pytest

from tests.archive.test_extract_seen import PROSE, article, page

HOST = "http://www.qinghe.example.gov.cn"
LINKS = {
    "backslashes": (r'<a href="..\files\7.doc">清单</a>', "/zw/files/7.doc"),
    "backslashes from the root": (r'<a href="\files\7.xls">清单</a>', "/files/7.xls"),
    "a line break": ('<a href="/fi\nles/7.doc">清单</a>', "/files/7.doc"),
    "script in the address": (
        """<a href="javascript:window.open('/files/7.docx')">清单</a>""",
        "/files/7.docx",
    ),
    "script with entities": (
        '<a href="javascript:open(&quot;\\/files\\/7.pdf&quot;)">清单</a>',
        "/files/7.pdf",
    ),
    "onclick": ("""<a href="#" onclick="window.open('../f/7.ofd','_blank')">清单</a>""", "/zw/f/7.ofd"),
    "location, joined": ("""<a onclick="location.href='/f/'+'7.pdf'">清单</a>""", "/f/7.pdf"),
    "no link at all": ("""<span onclick="window.open('/f/7.zip')">清单</span>""", "/f/7.zip"),
    "a button": ("""<button onclick="window.open('/f/7.xlsx')">下载</button>""", "/f/7.xlsx"),
    "held by the element": ('<a href="javascript:;" data-href="/f/7.rar">清单</a>', "/f/7.rar"),
    "script and words": ("""<a href="javascript:down('/get/17')">清单.docx</a>""", "/get/17"),
    "iframe": ('<iframe src="/f/7.pdf"></iframe>', "/f/7.pdf"),
    "embed": ('<embed src="/f/7.pdf">', "/f/7.pdf"),
    "object": ('<object data="/f/7.pdf"><p>无法显示</p></object>', "/f/7.pdf"),
    "viewer": ('<iframe src="/pdfjs/web/viewer.html?file=%2Ff%2F7.pdf#page=1"></iframe>', "/f/7.pdf"),
    "viewer, relative": ('<a href="/js/web/viewer.html?file=../../f/7.pdf">清单</a>', "/f/7.pdf"),
    "a program that hands out": (
        '<a href="/download.jsp?filename=7.doc">清单</a>',
        "/download.jsp?filename=7.doc",
    ),
    "words only": ('<a href="/attach/2026/7f3a">附件1：清单.xlsx</a>', "/attach/2026/7f3a"),
    "name to be kept under": (
        '<a href="/attach/2026/7f3b" download="清单.docx">下载</a>',
        "/attach/2026/7f3b",
    ),
    "a break in the scheme": (
        """<a href="java\nscript:window.open('/files/7.doc')">清单</a>""",
        "/files/7.doc",
    ),
    "characters by number": (
        r"""<a href="javascript:open('\u002ffiles\x2f7.doc')">清单</a>""",
        "/files/7.doc",
    ),
    "a frame at a page": ('<iframe src="/f/7.pdf#toolbar=0"></iframe>', "/f/7.pdf"),
    "viewer, written twice": (
        '<iframe src="/pdfjs/web/viewer.html?file=%252Ff%252F7.pdf"></iframe>',
        "/f/7.pdf",
    ),
    "a session": ('<a href="/f/7.doc;jsessionid=1A2B">清单</a>', "/f/7.doc;jsessionid=1A2B"),
    "a player": (
        """<div class="pdf_player" pdfsrc="/_up/7.pdf" sudyfile-attr="{'title':'清单.pdf'}"></div>""",
        "/_up/7.pdf",
    ),
    "drawn by a script": (
        """<script>showVsbpdfIframe("/__local/7.pdf","100%","600","0","x");</script>""",
        "/__local/7.pdf",
    ),
    "explained": ('<a href="/attach/2026/7f3c" title="清单.pdf">下载</a>', "/attach/2026/7f3c"),
}


@pytest.mark.parametrize(("link", "address"), LINKS.values(), ids=LINKS.keys())
def test_a_file_is_found_behind(link: str, address: str) -> None:
    found = article(page(f"{PROSE}<p>{link}</p>"))
    assert [one.url for one in found.attachments] == [HOST + address]


NONE = {
    "a page named as a file": '<a href="t20260402_8.html">清单.doc</a>',
    "a script that opens a page": """<a href="javascript:window.open('/zw/8.html')">说明</a>""",
    "a frame with a page": '<iframe src="/video/8.html"></iframe>',
    "a script without an address": """<a href="javascript:show('8')">清单.doc</a>""",
    "a script that prints": """<a href="javascript:window.print()">打印</a>""",
}


@pytest.mark.parametrize("link", NONE.values(), ids=NONE.keys())
def test_no_file_is_made_up(link: str) -> None:
    assert article(page(f"{PROSE}<p>{link}</p>")).attachments == ()
