"""people.com.cn: GB2312, hrefs in single quotes, articles of several pages, numbers for names, a twin in other words.

Written from field notes, not from our spider.
"""

from __future__ import annotations

from functools import lru_cache
from html import escape

from .markup import NOTE, html_reply, menu
from .pieces import Piece
from .trs import missing
from .wire import Answer, Reply, Request
from .world import Stage, World

CHANNELS = ("politics", "finance", "culture")
WWW, PAPER = "www.people.com.cn", "paper.people.com.cn"
_ITEM = "<li><a href='{href}'>{words}</a></li>"
_ROWS = 8
_LOCALISED = (("网络", "網路"), ("数据", "資料"), ("支持", "支援"))


def address(piece: Piece, part: int = 1) -> str:
    """Return the live address of one page of the article."""
    suffix = f"-{part}" if part > 1 else ""
    stamp = f"{piece.day[:4]}/{piece.day[5:7]}{piece.day[8:]}"
    return f"http://{piece.column}.people.com.cn/n1/{stamp}/c1013-{piece.number}{suffix}.html"


class People:
    """Answers for the front host (feeds) and three channels, on http as on https."""

    hosts = (WWW, PAPER, *(f"{channel}.people.com.cn" for channel in CHANNELS))

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def __call__(self, request: Request) -> Answer:
        channel = request.host.partition(".")[0]
        if request.path == "/robots.txt":
            return missing()
        if request.host == WWW:
            return self._feed(request.path)
        if request.host == PAPER:
            return self._paper(request.path)
        if channel == "politics" and request.path.startswith("/GB/1024/index"):
            return self._list(request)
        path = request.path.replace("/BIG5/", "/")
        shown = _pages(self._stage.world).get(f"http://{request.host}{path}")
        if shown is None:
            return missing()
        page = _article(*shown)
        if path != request.path:
            page = page.replace("href='/n1/", "href='/BIG5/n1/")
            for word, other in _LOCALISED:
                page = page.replace(word, other)
        return html_reply(page, charset="gb2312", label=False)

    def _paper(self, path: str) -> Reply:
        """Answer the newspaper of the world's day: two sheets, each with two articles of the channels."""
        day = self._stage.world.now[:10].split("-")
        sheets, month = f"/rmrb/pc/layout/{day[0]}{day[1]}/{day[2]}/", f"{day[0]}{day[1]}/{day[2]}"
        pieces = [p for p in self._stage.world.pieces("people") if p.column == "politics"][:4]
        if path == "/":
            return html_reply(_frame("人民日报", "<p>人民日报图文数据库</p>"))
        if path in (f"{sheets}node_01.html", f"{sheets}node_02.html"):
            shown = pieces[:2] if path.endswith("1.html") else pieces[2:]
            rows = "".join(
                f"<li><a href='/rmrb/pc/content/{month}/content_{p.number}.html'>{escape(p.title)}</a></li>"
                for p in shown
            )
            other = "<a href='node_01.html'>01</a><a href='node_02.html'>02</a>"
            return html_reply(
                _frame("版面", f"<ul class='news-list'>{rows}</ul><div class='swiper'>{other}</div>")
            )
        piece = next((p for p in pieces if path == f"/rmrb/pc/content/{month}/content_{p.number}.html"), None)
        return html_reply(_article(piece, 1)) if piece else missing()

    def _feed(self, path: str) -> Reply:
        channel = path.removeprefix("/rss/").removesuffix(".xml")
        shown = [piece for piece in self._stage.world.pieces("people") if piece.column == channel]
        if not shown:
            return missing()
        entries = "".join(
            f"<item><title><![CDATA[{piece.title}]]></title><link>{address(piece)}</link>"
            f"<pubDate>{piece.day}</pubDate></item>"
            for piece in shown
        )
        text = f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>{entries}</channel></rss>'
        return Reply(media="text/xml", body=text.encode())

    def _list(self, request: Request) -> Reply:
        name = request.path.rpartition("/index")[2].removesuffix(".html")
        number = int(name) if name.isdigit() else 1
        shown = [
            piece for piece in self._stage.world.pieces("people") if piece.column in ("politics", "culture")
        ]
        rows = shown[_ROWS * (number - 1) : _ROWS * number]
        if not rows or self._stage.modes.find(request.host, "empty_list", request):
            return (
                missing() if number > 1 else html_reply(_list_page([], 1, 1), charset="gb2312", label=False)
            )
        return html_reply(_list_page(rows, number, -(-len(shown) // _ROWS)), charset="gb2312", label=False)


@lru_cache(maxsize=8)
def _pages(world: World) -> dict[str, tuple[Piece, int]]:
    return {
        address(piece, part): (piece, part)
        for piece in world.pieces("people")
        for part in range(1, piece.parts + 1)
    }


def _list_page(rows: list[Piece], number: int, pages: int) -> str:
    def href(piece: Piece) -> str:
        url = address(piece)
        return url.removeprefix("http://politics.people.com.cn")

    listed = "\n".join(
        f"<li><a href='{href(piece)}' target=\"_blank\">{escape(piece.title)}</a> <em>{piece.day}</em></li>"
        for piece in rows
    )
    pager = " ".join(
        f'<a href="index{n}.html" class="{"common_current_page" if n == number else ""}">{n}</a>'
        for n in range(1, pages + 1)
    )
    return _frame(
        "时政",
        f'<div class="ej_list_box"><ul class="list_14">{listed}</ul><div class="page_n">{pager}</div></div>',
    )


def _frame(title: str, body: str, meta: str = "") -> str:
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html><head><meta http-equiv="content-type" content="text/html;charset=GB2312"/>{NOTE}
<title>{escape(title)}--人民网</title>
{meta}</head><body>
<div class="nav"><ul>{menu("people-nav", 28, _ITEM)}</ul></div>
{body}
<div id="copyright"><ul>{menu("people-foot", 12, _ITEM)}</ul></div></body></html>
"""


def _article(piece: Piece, part: int) -> str:
    lines = piece.lines()
    size = -(-len(lines) // piece.parts)
    shown = "\n".join(f"<p>\u3000\u3000{escape(line)}</p>" for line in lines[size * (part - 1) : size * part])
    pager = ""
    if piece.parts > 1:
        links = "".join(
            f"<a href='{address(piece, n).partition('.com.cn')[2]}'>【{n}】</a>"
            for n in range(1, piece.parts + 1)
        )
        pager = f'<div class="zdfy clearfix">{links}</div>'
    year, month, day = piece.day.split("-")
    meta = f"""<meta name="publishdate" content="{piece.day}" /><meta name="author" content="106105" />
<meta name="source" content="来源：{escape(piece.source)}" /><meta name="editor" content="106105" />
<meta name="contentid" content="{piece.number}" /><meta name="catalogs" content="F_1013" />"""
    body = f"""<div class="path"><div class="path_w">人民网&gt;&gt;频道</div></div>
<div class="clearfix w1000_320 text_title"><h3 class="pre"></h3><h1>{escape(piece.title)}</h1><h4 class="sub"></h4>
<p class="author">{piece.author}</p><div class="box01"><div class="fl">{year}年{month}月{day}日{piece.published[11:]}\u3000\u3000来源：<a
 href="http://{piece.column}.people.com.cn">{escape(piece.source)}</a></div></div></div>
<div class="clearfix w1000_320 text_con"><div class="fl text_con_left"><div class="box_con" id="rwb_zw">
{shown}
{pager}
<div class="box_pic"></div></div><div class="edit clearfix">(责编：{piece.editor or "方圆、林中"})</div></div></div>"""
    return _frame(piece.title, body, meta)
