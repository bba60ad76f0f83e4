"""www.cac.gov.cn: a front page that names its columns, whose names change. Its article markup is our guess.

Written from field notes, not from our spider.
"""

from __future__ import annotations

import json
from functools import lru_cache
from html import escape
from urllib.parse import parse_qsl

from .markup import NOTE, html_reply, menu
from .pieces import Piece
from .pieces_html import blocks
from .trs import missing
from .wire import Answer, Reply, Request
from .world import COLUMNS, Stage, World

HOST = "www.cac.gov.cn"
CHANNELS = {"A093703": "wxzw/zcfg", "A093702": "wxzw/xwfb"}
_ITEM = '<li><a href="{href}">{words}</a></li>'


def address(piece: Piece) -> str:
    """Return the article's live address."""
    return f"https://{HOST}/{piece.day[:7]}/{piece.day[8:]}/c_17{int(piece.number):014}.htm"


def column_address(column: str) -> str:
    """Return the address of a column, with the letters and digits that nobody can foresee."""
    return f"http://{HOST}/{column}/A09{len(column):02}index_1.htm"


class Cac:
    """Answers for the administration's site, on http as on https."""

    hosts = (HOST,)

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def __call__(self, request: Request) -> Answer:
        pieces = self._stage.world.pieces("cac")
        if request.path in ("/", "/index.htm"):
            return html_reply(_front(list(pieces[:5])))
        for column in COLUMNS["cac"]:
            if column_address(column).endswith(f"{HOST}{request.path}"):
                shown = [] if self._stage.modes.find(HOST, "empty_list", request) else pieces
                return html_reply(_list([piece for piece in shown if piece.column == column]))
        if request.path == "/cms/JsonList":
            return _channel(request, list(pieces))
        piece = _pages(self._stage.world).get(request.path)
        return html_reply(_article(piece), label=False) if piece else missing()


@lru_cache(maxsize=8)
def _pages(world: World) -> dict[str, Piece]:
    return {address(piece).removeprefix(f"https://{HOST}"): piece for piece in world.pieces("cac")}


def _front(shown: list[Piece]) -> str:
    columns = "".join(f'<a href="{column_address(column)[5:]}">栏目</a>' for column in COLUMNS["cac"])
    rows = "".join(f'<li><a href="{address(piece)[6:]}">{escape(piece.title)}</a></li>' for piece in shown)
    return _frame("首页", f'<div class="nav2">{columns}</div><ul class="focus">{rows}</ul>')


def _channel(request: Request, pieces: list[Piece]) -> Answer:
    """Answer the POST of a form; anything else is refused."""
    asked = dict(parse_qsl(request.body.decode()))
    column = CHANNELS.get(asked.get("channelCode", ""))
    if request.method != "POST":
        return Reply(status=405, media="text/plain")
    rows = [piece for piece in pieces if piece.column == column]
    size, number = int(asked["perPage"]), int(asked["pageno"])
    listed = [
        {"topic": p.title, "infourl": address(p).removeprefix("https:"), "pubtime": f"{p.published}:00"}
        for p in rows[size * (number - 1) : size * number]
    ]
    answer = json.dumps({"totalRec": len(rows), "list": listed}, ensure_ascii=False)
    return Reply(media="application/json;charset=UTF-8", body=answer.encode())


def _list(shown: list[Piece]) -> str:
    rows = "".join(
        f'<li><h5><a href="//{HOST}{address(piece).removeprefix(f"https://{HOST}")}">{escape(piece.title)}</a></h5>'
        f'<div class="times">{piece.day}</div></li>'
        for piece in shown
    )
    return _frame("政策法规", f'<div id="loadingInfoPage"><ul>{rows}</ul></div>')


def _frame(title: str, body: str) -> str:
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8">{NOTE}
<title>{escape(title)}_中央网络安全和信息化委员会办公室</title></head><body>
<ul class="nav">{menu("cac-nav", 18, _ITEM)}</ul>{body}<ul class="foot">{menu("cac-foot", 8, _ITEM)}</ul></body></html>"""


def _article(piece: Piece) -> str:
    year, month, day = piece.day.split("-")
    body = f"""<div class="main"><h1 class="title">{escape(piece.title)}</h1>
<div class="info"><span id="pubtime">{year}年{month}月{day}日 {piece.published[11:]}</span>
<span id="source">来源： {escape(piece.source)}</span><span>【打印】【纠错】</span></div>
<div id="BodyLabel">
{blocks(piece)}
</div></div>"""
    return _frame(piece.title, body)
