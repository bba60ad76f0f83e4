"""Pages that hurt whoever reads them, each round an article that must come out whole where that is possible."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from html import escape

from .loom import weave

TITLE = "关于做好县域充电设施运行维护工作的通知"


@lru_cache(maxsize=8)
def lines(seed: str = "fault") -> tuple[str, ...]:
    """Return the paragraphs of the article that stands in the middle of every faulty page."""
    return tuple(block for block in weave(seed, paragraphs=12).blocks if isinstance(block, str))


def article(
    *,
    title: str = TITLE,
    seed: str = "fault",
    head: str = "",
    before: str = "",
    after: str = "",
    meta: str = "",
) -> str:
    """Return a plain article page with something put into its head, or before or after its text."""
    text = "\n".join(f"<p>{escape(line)}</p>" for line in lines(seed))
    return f"""<!DOCTYPE html>
<html><head>{meta or '<meta charset="utf-8">'}<title>{title}</title>
<meta name="ArticleTitle" content="{title}"><meta name="PubDate" content="2026-09-01 10:00">{head}</head>
<body><div class="nav"><a href="/">首页</a></div>{before}
<h1>{title}</h1><div class="info">发布时间：2026-09-01 10:00 来源：测试司</div>
<div id="Zoom">
{text}
</div>{after}
<div class="foot">版权所有</div></body></html>
"""


def attributes(count: int = 50_000) -> str:
    """Return a page one of whose elements has so many attributes (50,000 are about 440 KB)."""
    return article(before="<div " + " ".join(f"a{n:x}=1" for n in range(count)) + "></div>")


def control_reference(which: str = "&#1;") -> str:
    """Return a page whose text holds a reference to a character that cannot be."""
    return article().replace("</p>", f"{which}</p>", 1)


def nested(depth: int = 300) -> str:
    """Return a page whose article lies that many elements deep."""
    return article(before="<div>" * depth, after="</div>" * depth)


def links(count: int = 300_000) -> str:
    """Return a page with that many links after the article."""
    return article(after="".join(f'<a href="/n/{n}">条目{n}</a>' for n in range(count)))


def listing(paths: list[str]) -> str:
    """Return a list page with a row for each path."""
    rows = "".join(
        f'<li><a href="{path}" title="{path}">{path}</a><span>2026-09-01</span></li>' for path in paths
    )
    return f'<html><head><meta charset="utf-8"><title>列表</title></head><body><ul class="list">{rows}</ul></body></html>'


CONTENT: dict[str, Callable[[], str]] = {
    "/ok": article,
    "/attributes": attributes,
    "/control_reference": control_reference,
    "/control_reference/1f": lambda: control_reference("&#x1F;"),
    "/control_reference/ffff": lambda: control_reference("&#xFFFF;"),
    "/control_reference/d800": lambda: control_reference("&#xD800;"),
    "/nested": nested,
    "/nested/2000": lambda: nested(2_000),
    "/nested/100000": lambda: nested(100_000),
    "/links300k": links,
    "/metas": lambda: article(head='<meta name="x" content="y">' * 100_000),
    "/spans": lambda: article(after="<p><span>字</span></p>" * 16_000),
    "/tables": lambda: article(before="<table><tr><td>" * 5_000),
    "/comments": lambda: article(after="<!--" * 200_000),
    "/one_text_node": lambda: article(after="字" * (5 << 20)),
    "/base_href": lambda: article(head='<base href="http://[">', after='<a href="http://[::1">x</a>'),
    "/canonical_spoof": lambda: article(
        head='<link rel="canonical" href="https://www.miit.gov.cn/xwfb/szyw/art/2026/art_0.html">'
        '<meta property="og:site_name" content="工业和信息化部">'
    ),
    "/no_date": lambda: article().replace("2026-09-01 10:00", "").replace("发布时间：", ""),
    "/future_date": lambda: article().replace("2026-09-01 10:00", "2036-09-01 10:00"),
    "/entities": lambda: (
        '<?xml version="1.0"?><!DOCTYPE html [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
        '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY x SYSTEM "file:///etc/hostname">]>'
        + article(after="<p>&c;&x;</p>")
    ),
    "/null_octets": lambda: article().replace("。", "。\0\x08", 3),
    "/links/file": lambda: listing(
        ["file:///etc/hostname", "data:text/html,x", "ftp://other.example/x", "/ok"]
    ),
    "/links/bad": lambda: listing(["http://[::1", "http://[", "javascript:void(0)", "//", "/ok"]),
    "/bidi_title": lambda: article(title=f"\u202e{TITLE}\u202c\u2066"),
    "/endless_page": lambda: article().replace("</body></html>", ""),
    "/short": lambda: article().split("<p>")[0] + "<p>已阅。</p></div></body></html>",
}
"""Paths whose page is well-formed HTTP in UTF-8."""

CHARSETS = {
    "/charset/gbk_as_utf8": ("gb18030", "text/html; charset=utf-8", '<meta charset="utf-8">'),
    "/charset/utf8_as_gbk": ("utf-8", "text/html; charset=gbk", '<meta charset="gbk">'),
    "/charset/gbk_in_meta": (
        "gb18030",
        "text/html",
        '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">',
    ),
    "/charset/gbk_unnamed": ("gb18030", "text/html", " "),
    "/charset/utf8_unnamed": ("utf-8", "text/html", " "),
    "/charset/utf16": ("utf-16", "text/html", " "),
    "/charset/bogus": ("utf-8", "text/html; charset=x-no-such-thing", " "),
    "/charset/utf7": ("utf-8", "text/html; charset=utf-7", " "),
}
"""Paths with the true codec of the body, the header's word for it and the page's own."""


def in_charset(path: str) -> tuple[bytes, str]:
    """Return body and Content-Type of one of ``CHARSETS``."""
    codec, media, meta = CHARSETS[path]
    return article(meta=meta).encode(codec), media
