"""Pages spoilt on purpose, by chance and by what spoils real ones. The same pages and number give the same."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

from archive.model import Page

TYPES = (
    "",
    "text/html",
    "text/html; charset=utf-8",
    "text/html; charset=gb2312",
    "text/html;charset=GBK",
    "text/html; charset=big5",
    "text/html; charset=utf-16",
    "text/html; charset=iso-8859-1",
    "text/html; charset=no-such-thing",
    "text/html; charset=\x00",
    "application/json",
    "image/png",
)
CHARSETS = (
    "gb2312",
    "gb18030",
    "big5",
    "utf-8",
    "utf-16",
    "utf-7",
    "iso-2022-jp",
    "windows-1252",
    "klingon",
    "",
)
ADDRESSES = (
    "https://www.example.gov.cn/zwgk/202405/t20240507_100.html",
    "http://example.org/",
    "https://例子.example/路径/页.html?a=1&b=%ZZ#片段",
    "http://user:pw@h.example:8080/a/b_2.shtml",
    "https://www.example.gov.cn/gate/big5/www.example.gov.cn/a.html",
)
TOKENS = (
    "<div>", "</div>", "<p>", "</p>", "<table>", "</table>", "<tr>", "<td>", "<td colspan=99999 rowspan=-1>", "<br>",
    "<a href='http://['>", "</a>", "<a href=javascript:x>", "<a href='./P02024.pdf'>附件", "<span>", "<ul><li>", "<li>",
    "<script>", "</script>", "<style>", "</style>", "<!--", "-->", "<![CDATA[", "]]>", "<?xml version='1.0' encoding='x'?>",
    "<title>", "</title>", "<head>", "<body>", "</body>", "</html>", "<frameset>", "<iframe src=x>", "<noscript>",
    "<textarea>", "<plaintext>", "<svg>", "<math>", "<select><option>", "<template>", "<form>", "<h1>", "</h1>", "<pre>",
    "<meta charset=gbk>", "<meta name=PubDate content='9999-99-99'>", "<meta name=ArticleTitle content='>'>",
    "<base href='//'>", "<div style='display:none'>", "<div class='TRS_Editor'>", "<div id=zoom>", "<ucapcontent>",
    "<div hidden>", "<div class='footer share comment related'>", "发布时间：2024-02-30 25:61", "来源：", "索引号：",
    "发文字号：国发〔9999〕99999号", "作者：", "责任编辑：", "【打印】【关闭】", "相关链接", "附件：", "（完）", "当前位置：",
    "&", "&amp", "&#", "&#x", "&#0;", "&#8;", "&#xD800;", "&#x110000;", "&#99999999999;", "&nbsp;", "&notanentity;",
    "\x00", "\x0b", "\x1e\x1f", "\x7f", "\u200b\u200f", "\u202e", "\ufeff", "\ufffe", "\ud800", "\u0301", "\u3000", "□", "�",
    "業(yè)", "辦(ban)(ban)", "規?；l(fā)", "宸ヤ俊閮", "<", ">", '"', "'", "=", "\t", "\r\n", "\u2028", "\u0085", "𠀀", "😀",
)  # fmt: skip
_TAG = re.compile(rb"<[a-zA-Z/][^<>]{0,300}>")
Mutation = Callable[[random.Random, bytes, Sequence[bytes]], bytes]


def spoilt(number: int, pages: Sequence[bytes], seed: str = "yuanben") -> Page:
    """Return the page with this number: one of ``pages`` after one to six mutations."""
    chance = random.Random(f"{seed}/{number}")
    body = chance.choice(pages)
    for _ in range(chance.choice((1, 1, 2, 3, 4, 6))):
        body = chance.choice(MUTATIONS)(chance, body, pages)[:400_000]
    # Most servers do not lie, and a page in the wrong characters is soon told.
    kind = chance.choice(TYPES) if chance.random() < 0.3 else "text/html; charset=utf-8"
    return Page(url=chance.choice(ADDRESSES), body=body, content_type=kind)


def _bytes(token: str) -> bytes:
    return token.encode("utf-8", "surrogatepass")


def _place(chance: random.Random, body: bytes) -> int:
    """Return a place in the page, as often as not one where a tag begins or ends."""
    at = chance.randrange(len(body) + 1)
    edge = body.find(b">" if chance.random() < 0.5 else b"<", at)
    return edge if edge >= 0 and chance.random() < 0.5 else at


def _slice(chance: random.Random, body: bytes, most: int) -> tuple[int, int]:
    start = _place(chance, body)
    return start, min(len(body), start + chance.randrange(1, most))


def _insert(chance: random.Random, body: bytes, pages: Sequence[bytes]) -> bytes:
    for _ in range(chance.randrange(1, 12)):
        at = _place(chance, body)
        body = body[:at] + _bytes(chance.choice(TOKENS)) + body[at:]
    return body


def _delete(chance: random.Random, body: bytes, pages: Sequence[bytes]) -> bytes:
    start, end = _slice(chance, body, chance.choice((8, 200, 5000)))
    return body[:start] + body[end:]


def _repeat(chance: random.Random, body: bytes, pages: Sequence[bytes]) -> bytes:
    start, end = _slice(chance, body, 400)
    return body[:end] + body[start:end] * chance.choice((1, 2, 20, 300)) + body[end:]


def _truncate(chance: random.Random, body: bytes, pages: Sequence[bytes]) -> bytes:
    return body[: _place(chance, body)]


def _behead(chance: random.Random, body: bytes, pages: Sequence[bytes]) -> bytes:
    return body[_place(chance, body) :]


def _flip(chance: random.Random, body: bytes, pages: Sequence[bytes]) -> bytes:
    spoiling = bytearray(body)
    for _ in range(chance.choice((1, 5, 50)) if spoiling else 0):
        spoiling[chance.randrange(len(spoiling))] = chance.randrange(256)
    return bytes(spoiling)


def _flood_attributes(chance: random.Random, body: bytes, pages: Sequence[bytes]) -> bytes:
    tags = [match.end() - 1 for match in _TAG.finditer(body) if match[0][1:2] != b"/"]
    at = chance.choice(tags) if tags else 0
    value = chance.choice(("x", "<", "display:none;", "打印" * 20, '">'))
    made = " ".join(
        f'{chance.choice(("a", "id", "class", "style", "href"))}{n}="{value}"'
        for n in range(chance.choice((5, 300)))
    )
    return body[:at] + b" " + made.encode() + body[at:]


def _nest(chance: random.Random, body: bytes, pages: Sequence[bytes]) -> bytes:
    tag = chance.choice(
        ("div", "span", "table><tr><td", "ul><li", "font", "b", "a href=x", "blockquote", "p")
    )
    at, deep = _place(chance, body), chance.choice((3, 40, 300, 1500))
    return body[:at] + f"<{tag}>".encode() * deep + body[at:]


def _lie(chance: random.Random, body: bytes, pages: Sequence[bytes]) -> bytes:
    """Declare another charset, or be in another one than declared."""
    if chance.random() < 0.5:
        return b"<meta charset='" + chance.choice(CHARSETS).encode() + b"'>" + body
    text = body.decode("utf-8", "replace")
    return text.encode(
        chance.choice(("gb18030", "big5", "utf-16", "utf-8-sig", "shift_jis", "utf-32")), "ignore"
    )


def _refer(chance: random.Random, body: bytes, pages: Sequence[bytes]) -> bytes:
    """Write characters as numeric references, as some editors do."""
    text, share = body.decode("utf-8", "replace"), chance.choice((0.02, 0.5))
    form = chance.choice(("&#{};", "&#{}", "&#x{:x};", "&#0000{};"))
    return "".join(
        form.format(ord(c)) if c > "\x7f" and chance.random() < share else c for c in text
    ).encode()


def _cross(chance: random.Random, body: bytes, pages: Sequence[bytes]) -> bytes:
    other = chance.choice(pages)
    return body[: _place(chance, body)] + other[_place(chance, other) :]


def _unclose(chance: random.Random, body: bytes, pages: Sequence[bytes]) -> bytes:
    ending = chance.choice(
        (b"</p>", b"</div>", b"</a>", b"</td>", b"</li>", b"</span>", b"</script>", b"</title>", b'"', b">")
    )
    return body.replace(ending, b"", chance.choice((1, -1)))


def _shout(chance: random.Random, body: bytes, pages: Sequence[bytes]) -> bytes:
    return (
        body.upper() if chance.random() < 0.3 else body.replace(b'"', chance.choice((b"'", b"", b"&quot;")))
    )


def _flatten(chance: random.Random, body: bytes, pages: Sequence[bytes]) -> bytes:
    return body.replace(
        chance.choice((b"<p", b"<div", b"<td", b"<li")), chance.choice((b"<span", b"<br", b"<a", b"<tr"))
    )


MUTATIONS: tuple[Mutation, ...] = (
    _insert, _insert, _delete, _delete, _repeat, _truncate, _behead, _flip, _flip, _flood_attributes, _nest, _lie,
    _refer, _cross, _unclose, _shout, _flatten,
)  # fmt: skip
