"""china.com.cn: one number under two skins (for screens, for telephones), hosts by subject and by province.

Press conferences told live are empty pages that name a script file with the turns; five lists show them.

Written from field notes, not from our spider; what its lists look like is our guess.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from html import escape

from .markup import NOTE, html_reply, menu
from .pieces import Piece
from .pieces_html import blocks
from .trs import missing
from .wire import Answer, Reply, Request
from .world import Stage, World

WWW, NEWS, HENAN = "www.china.com.cn", "news.china.com.cn", "henan.china.com.cn"
WEBCAST = "webcast.china.com.cn"
# The number of a list, and the conferences that it shows.
LIVE = {
    "7245314": ("40001001", "40001002"),
    "7243162": ("40001003",),
    "7243161": ("40001004",),
    "7243165": ("40001005",),
    "7243166": ("40001006",),
}
TOPICS = dict(
    zip(
        (name for names in LIVE.values() for name in names),
        ("潮汐能", "河口湿地", "海岛邮路", "盐田改造", "灯塔维护", "渔港扩建"),
        strict=True,
    )
)
_ITEM = '<li><a href="{href}">{words}</a></li>'


def address(piece: Piece, *, mobile: bool = False) -> str:
    """Return the article's live address in one of its skins."""
    folder = "m/" if mobile else ""
    return f"http://{piece.column}.china.com.cn/{folder}{piece.day[:7]}/{piece.day[8:]}/content_{piece.number}.htm"


class ChinaComCn:
    """Answers for the front host, the news host and one province."""

    hosts = (WWW, NEWS, HENAN, WEBCAST)

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
        if live := _live(request.host, request.path):
            return live
        found = _pages(self._stage.world).get(f"http://{request.host}{request.path}")
        if found is None:
            return missing()
        piece, mobile = found
        return html_reply(_mobile(piece) if mobile else _wide(piece), charset="utf-8", label=False)


def _live(host: str, path: str) -> Answer | None:
    """Return a list of conferences, the page of one, or the script file that holds what was said there."""
    if host == WWW and (match := re.fullmatch(r"/zhibo/node_(\d+)\.htm", path)) and match[1] in LIVE:
        rows = "".join(
            f'<li><a href="/zhibo/content_{name}.htm">{TOPICS[name]}情况发布会</a></li>'
            for name in LIVE[match[1]]
        )
        return html_reply(
            f"<!DOCTYPE html><html><head>{NOTE}<title>直播</title></head><body><ul class='newsList'>{rows}</ul></body></html>"
        )
    name = "".join(re.findall(r"\d{8}", path))
    if name not in TOPICS:
        return None
    if host == WWW and path == f"/zhibo/content_{name}.htm":
        return html_reply(
            f"<!DOCTYPE html><html><head>{NOTE}<title>{TOPICS[name]}情况发布会_中国网</title></head><body>"
            f"<h1 class='articleTitle'>{TOPICS[name]}情况发布会</h1>"
            f"<div id='content_data' src='http://{WEBCAST}/webcast/created/{name}/data.js'></div></body></html>"
        )
    if host == WEBCAST and path == f"/webcast/created/{name}/data.js":
        return Reply(media="application/javascript", body=_turns(name).encode())
    return None


def _turns(name: str) -> str:
    topic, number = TOPICS[name], int(name[-1])
    said = (
        ("主持人", f"各位记者上午好，今天的发布会介绍{topic}的进展。"),
        ("发言人", f"<p>去年{topic}项目开工{number * 7}处，完成投资{number * 3}.2亿元。</p><p>今年还要开工{number * 5}处。</p>"),
        ("记者", f"{topic}的下一步安排是什么？"),
        ("发言人", f"<p>年底以前完成{topic}的验收，结果向社会公布。</p>"),
    )  # fmt: skip
    turns = [{"speaker": who, "content": words, "date": "2026-09-10 10:00:00"} for who, words in said]
    return f"ciic_webcast['characters'] = {json.dumps(turns, ensure_ascii=False)};"


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
