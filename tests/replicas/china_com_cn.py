"""china.com.cn: one number under two skins (for screens, for telephones), hosts by subject and by province.

Written from field notes, not from our spider; what its lists look like is our guess.
"""

from __future__ import annotations

from functools import lru_cache
from html import escape

from .markup import NOTE, html_reply, menu
from .pieces import Piece
from .pieces_html import blocks
from .trs import missing
from .wire import Answer, Request
from .world import Stage, World

WWW, NEWS, HENAN = "www.china.com.cn", "news.china.com.cn", "henan.china.com.cn"
_ITEM = '<li><a href="{href}">{words}</a></li>'


def address(piece: Piece, *, mobile: bool = False) -> str:
    """Return the article's live address in one of its skins."""
    folder = "m/" if mobile else ""
    return f"http://{piece.column}.china.com.cn/{folder}{piece.day[:7]}/{piece.day[8:]}/content_{piece.number}.htm"


class ChinaComCn:
    """Answers for the front host, the news host and one province."""

    hosts = (WWW, NEWS, HENAN)

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def __call__(self, request: Request) -> Answer:
        if request.path == "/robots.txt":
            return missing()
        pieces = self._stage.world.pieces("china_com_cn")
        if request.path == "/":
            shown = [] if self._stage.modes.find(request.host, "empty_list", request) else pieces
            return html_reply(
                _front([piece for piece in shown if request.host in (WWW, f"{piece.column}.china.com.cn")])
            )
        found = _pages(self._stage.world).get(f"http://{request.host}{request.path}")
        if found is None:
            return missing()
        piece, mobile = found
        return html_reply(_mobile(piece) if mobile else _wide(piece), charset="utf-8", label=False)


@lru_cache(maxsize=8)
def _pages(world: World) -> dict[str, tuple[Piece, bool]]:
    pieces = world.pieces("china_com_cn")
    return {address(piece, mobile=mobile): (piece, mobile) for piece in pieces for mobile in (False, True)}


def _front(shown: list[Piece]) -> str:
    rows = "".join(
        f'<li><a href="{address(piece, mobile=number % 7 == 3)}">{escape(piece.title)}</a></li>'
        for number, piece in enumerate(shown)
    )
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8">{NOTE}<title>中国网</title></head><body>
<ul class="nav">{menu("cn-nav", 20, _ITEM)}</ul><ul class="newsList">{rows}</ul></body></html>"""


def _wide(piece: Piece) -> str:
    year, month, day = piece.day.split("-")
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8">{NOTE}
<title>{escape(piece.title)}_中国网</title></head><body>
<div class="nav"><ul>{menu("cn-nav", 20, _ITEM)}</ul></div>
<div class="article"><h1 class="articleTitle">{escape(piece.title)}</h1>
<div class="info"><span id="pubtime_baidu">发布时间：{year}-{month}-{day} {piece.published[11:]}:31</span>
<span id="source_baidu">来源：<a href="http://www.china.com.cn">{escape(piece.source)}</a></span>
<span id="author_baidu">作者：{piece.author or "谢知行"}</span> <span id="editor_baidu">责任编辑：穆青</span></div>
<div id="articleBody"><div id="videoarea">视频加载中，请稍候……</div>
{blocks(piece)}
</div><div class="share">分享到：</div></div>
<div class="foot"><ul>{menu("cn-foot", 10, _ITEM)}</ul></div></body></html>"""


def _mobile(piece: Piece) -> str:
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">{NOTE}
<title>{escape(piece.title)}_中国网</title></head><body>
<div class="d_title">{escape(piece.title)}</div>
<div class="d_time"><span>{piece.published}</span> 来源：{escape(piece.source)}</div>
<div class="d_img"></div><div class="d_cont">
{blocks(piece)}
</div></body></html>"""
