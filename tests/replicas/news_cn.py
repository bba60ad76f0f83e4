"""www.news.cn and its old name: lists as JSON with HTML in titles, hidden headlines, a date split over three elements.

Written from field notes, not from our spider.
"""

from __future__ import annotations

import json
from functools import lru_cache
from hashlib import md5
from html import escape

from .markup import NOTE, html_reply, menu, redirect
from .pieces import Piece
from .pieces_html import blocks
from .trs import missing
from .wire import Answer, Reply, Request
from .world import Stage, World

HOST, OLD_HOST = "www.news.cn", "www.xinhuanet.com"
SOURCES = {
    "/politics/zywj/ds_fa4d1c1ddde34b3eb63719d67879d727.json": "politics/zywj",
    "/tech/ds_fd79514d92f34849bc8baef7ce3d5aae.json": "tech",
    "/fortune/ds_b53aac3e4e6342f699a9e2acdd0ee8fd.json": "fortune",
}
_ITEM = '<li><a href="{href}">{words}</a></li>'


def address(piece: Piece, host: str = HOST) -> str:
    """Return the article's live address; every sixth piece is of the old grammar."""
    if _is_old(piece):
        return f"https://{host}/{piece.column}/{piece.day[:7]}/{piece.day[8:]}/c_11{piece.number}.htm"
    digits = md5(piece.key.encode()).hexdigest()
    section = "" if piece.column == "politics/zywj" else f"{piece.column}/"
    return f"https://{host}/{section}{piece.day.replace('-', '')}/{digits}/c.html"


def _is_old(piece: Piece) -> bool:
    return piece.number.isdigit() and int(piece.number) % 12 == 4


class NewsCn:
    """Answers for the agency's site under both names; plain http is sent on."""

    hosts = (HOST, OLD_HOST)

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def __call__(self, request: Request) -> Answer:
        if request.path == "/robots.txt":
            return Reply(media="text/plain", body=b"User-agent: *\nDisallow: /search/\n")
        if request.scheme == "http":
            return redirect(f"https://{request.host}{request.target}")
        if request.path in SOURCES:
            return self._list(SOURCES[request.path], request)
        page = _pages(self._stage.world).get(request.path)
        return html_reply(_old(page) if _is_old(page) else _new(page), label=False) if page else missing()

    def _list(self, section: str, request: Request) -> Reply:
        shown = [piece for piece in self._stage.world.pieces("news_cn") if piece.column == section]
        if self._stage.modes.find(HOST, "empty_list", request):
            shown = []
        rows = [_row(piece, number) for number, piece in enumerate(shown)]
        body = json.dumps({"datasource": rows}, ensure_ascii=False).encode()
        return Reply(media="application/json", body=body)


def _row(piece: Piece, number: int) -> dict[str, str]:
    title = escape(piece.title)
    return {
        "contentId": piece.number,
        "title": f"<font color='red'>{title}</font>" if number % 4 == 1 else title,
        "showTitle": f"<b>{title}</b>" if number % 4 == 2 else title,
        "publishUrl": address(piece) if number % 3 else address(piece).removeprefix(f"https://{HOST}"),
        "publishTime": f"{piece.published}:07",
        "keywords": "",
        "author": piece.author,
        "sourceText": piece.source,
        "summary": "",
    }


@lru_cache(maxsize=8)
def _pages(world: World) -> dict[str, Piece]:
    return {address(piece).removeprefix(f"https://{HOST}"): piece for piece in world.pieces("news_cn")}


def _seo(piece: Piece) -> str:
    return '<div class="seo" style="display:none"><ul>' + menu(f"seo-{piece.key}", 24, _ITEM) + "</ul></div>"


def _new(piece: Piece) -> str:
    year, month, day = piece.day.split("-")
    return f"""<!DOCTYPE html>
<html lang="zh"><head><meta charset="utf-8">{NOTE}
<title>{escape(piece.title)}-新华网</title>
<meta name="publishdate" content="{piece.day}"><meta name="keywords" content=""></head><body>
<div class="top-nav"><ul>{menu("xh-nav", 30, _ITEM)}</ul></div>
{_seo(piece)}
<div class="header domPC"><div class="header-top clearfix"><div class="header-time left"><span class="year"><em>{year}</em></span>
<span class="day"><em>{month}</em>/<em>{day}</em></span> <span class="time">{piece.published[11:]}:07</span></div>
<div class="source">来源：{escape(piece.source)}</div></div>
<div class="head-line clearfix"><h1><span class="title">{escape(piece.title)}</span></h1></div></div>
<div class="main clearfix"><div class="main-left left"><div id="detail"><span id="detailContent">
{blocks(piece)}
</span><div id="articleEdit"><span class="tiyi1">【纠错】</span><span class="editor">【责任编辑:{piece.editor or "杜若"}】</span></div>
</div><div class="nextpage">阅读下一篇：<a href="/tech/">更多</a></div></div></div>
<div class="foot"><ul>{menu("xh-foot", 10, _ITEM)}</ul></div></body></html>
"""


def _old(piece: Piece) -> str:
    return f"""<!DOCTYPE html>
<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8">{NOTE}
<title>{escape(piece.title)}-新华网</title></head><body>
<div class="nav"><ul>{menu("xh-old-nav", 22, _ITEM)}</ul></div>
<div class="h-news"><div class="h-title">{escape(piece.title)}</div>
<div class="h-info"><span class="h-time"> {piece.published}:58</span> 来源： {escape(piece.source)}</div></div>
{_seo(piece)}
<div class="main"><div id="p-detail">
{blocks(piece)}
<div class="p-tags"></div><span class="tiyi1">【纠错】</span> <div class="p-jc">责任编辑： {piece.editor or "杜若"}</div>
</div></div><div class="foot"><ul>{menu("xh-foot", 10, _ITEM)}</ul></div></body></html>
"""
