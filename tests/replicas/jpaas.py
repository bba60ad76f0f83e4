"""www.mofcom.gov.cn, www.mohurd.gov.cn and www.samr.gov.cn: one system, three dialects of the same answer.

Written from field notes, not from our spider: ``bulidstatic`` is how these sites spell it. A list is asked by the ids
its column page names; ``paramJson`` turns pages, a bare ``pageNo`` does not.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import md5
from html import escape
from urllib.parse import quote

from .files import file_reply
from .markup import NOTE, attribute, html_reply, menu, redirect
from .pieces import Piece
from .pieces_html import blocks, cut
from .remade import remade
from .trs import metas, missing
from .wire import Answer, Reply, Request
from .world import COLUMNS, Stage, World

API = "/api-gateway/jpaas-publish-server/front/page/build/unit"
DOWNLOAD = "/api-gateway/jpaas-web-server/front/document/download"
_ITEM = '<li><a href="{href}">{words}</a></li>'
Rows = list[tuple[str, Piece]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How one ministry's site speaks the system's language."""

    site: str
    host: str
    name: str
    tag: str
    rows: int
    body: str
    draw: Callable[[Rows, int, int, int], str]


def _with_attributes(rows: Rows, count: int, number: int, size: int) -> str:
    lines = "".join(
        f'<li><a href="{link}" title="{attribute(piece.title)}" target="_blank">{escape(cut(piece.title))}</a>'
        f"<span>[{piece.day}]</span></li>"
        for link, piece in rows
    )
    return (
        f'<div class="page-content"><ul class="txtList_01">{lines}</ul>'
        f'<div class="pagination" rows="{size}" count="{count}" pageNo="{number}"></div></div>'
    )


def _with_script(rows: Rows, count: int, number: int, size: int) -> str:
    lines = "".join(
        f'<li class="long-deta"><a href="{link}" title="{attribute(piece.title)}"><span class="title-info">'
        f'{escape(cut(piece.title))}</span></a><span class="date-info">{_piece_html(piece)}</span></li>'
        for link, piece in rows
    )
    script = f'oLayPageRender("page", {{rows:"{size}", count:"{count}", pageNo:"{number}"}});'
    return f'<div class="list"><ul>{lines}</ul><div id="page"></div><script>{script}</script></div>'


def _piece_html(piece: Piece) -> str:
    return "截止日期 2026-10-18" if piece.column.endswith("zqyj") else piece.day


def _side_by_side(rows: Rows, count: int, number: int, size: int) -> str:
    lines = "".join(
        f'<ul><li class="nav04Left02_content"><a href="{link}" title="{attribute(piece.title)}">'
        f'{escape(cut(piece.title))}</a></li><li class="nav04Left02_contenttime">{piece.day}</li></ul>'
        for link, piece in rows
    )
    return f'<div class="page-content">{lines}<div class="pagination" rows="{size}" count="{count}" pageno="{number}"></div></div>'


MINISTRIES = (
    Dialect(
        site="mofcom",
        host="www.mofcom.gov.cn",
        name="中华人民共和国商务部",
        tag="分页列表",
        rows=15,
        body='class="art-con art-con-bottonmLine" ergodic="article"',
        draw=_with_attributes,
    ),
    Dialect(
        site="mohurd",
        host="www.mohurd.gov.cn",
        name="中华人民共和国住房和城乡建设部",
        tag="内容1",
        rows=20,
        body='class="editor-content"',
        draw=_with_script,
    ),
    Dialect(
        site="samr",
        host="www.samr.gov.cn",
        name="国家市场监督管理总局",
        tag="内容区域",
        rows=20,
        body='class="Three_xilan_07 article-pagenation"',
        draw=_side_by_side,
    ),
)


def address(ministry: Dialect, piece: Piece) -> str:
    """Return the article's live address."""
    name = md5(piece.key.encode()).hexdigest()
    return f"https://{ministry.host}/{piece.column}/art/{piece.day[:4]}/art_{name}.html"


def page_id(ministry: Dialect, column: str) -> str:
    """Return the id of a column, as its page names it."""
    return md5(f"{ministry.site}/{column}".encode()).hexdigest()


NEW_MARKUP = (("queryData=", "data-unit="), ('class="art-title"', 'class="headline"'))
NEW_PATHS = ((r"/art/(\d{4})/art_", r"/detail/\1/"),)


class Jpaas:
    """Answers for one of the ministries."""

    def __init__(self, stage: Stage, ministry: Dialect) -> None:
        self.hosts = (ministry.host,)
        self._stage = stage
        self._ministry = ministry

    def __call__(self, request: Request) -> Answer:
        return remade(self._reply(request), request, self._stage.modes, markup=NEW_MARKUP, paths=NEW_PATHS)

    def _reply(self, request: Request) -> Reply:
        ministry, path = self._ministry, request.path
        if path == "/robots.txt":
            return missing()
        if request.scheme == "http":
            return redirect(f"https://{request.host}{request.target}")
        if path == API:
            return self._unit(request)
        if path == DOWNLOAD:
            return file_reply("annex.pdf", f"annex {request.query.get('fileUrl', '')}")
        column = path.strip("/").removesuffix("/index.html")
        if column in COLUMNS[ministry.site]:
            return html_reply(_column(ministry, column))
        piece = _pages(ministry, self._stage.world).get(path)
        return html_reply(_article(ministry, piece)) if piece else missing()

    def _unit(self, request: Request) -> Reply:
        ministry, asked = self._ministry, request.query
        column = next(
            (c for c in COLUMNS[ministry.site] if page_id(ministry, c) == asked.get("pageId")), None
        )
        complete = asked.get("parseType") == "bulidstatic" and asked.get("tagId") == ministry.tag
        if self._stage.modes.find(request.host, "success_false", request) or not (column and complete):
            return _json({"success": False, "code": "500", "data": {}})
        number = 1
        if not self._stage.modes.find(request.host, "repeated_list", request):
            number = _page_number(asked.get("paramJson", ""))
        pieces = [piece for piece in self._stage.world.pieces(ministry.site) if piece.column == column]
        rows = [
            (address(ministry, piece).removeprefix(f"https://{ministry.host}"), piece) for piece in pieces
        ]
        if ministry.site == "samr":
            rows.insert(1, ("https://www.gov.cn/zhengce/content/202609/content_7999001.htm", pieces[0]))
        if self._stage.modes.find(request.host, "empty_list", request):
            rows = []
        shown = rows[ministry.rows * (number - 1) : ministry.rows * number]
        return _json(
            {
                "success": True,
                "code": "200",
                "data": {"html": ministry.draw(shown, len(rows), number, ministry.rows)},
            }
        )


@lru_cache(maxsize=16)
def _pages(ministry: Dialect, world: World) -> dict[str, Piece]:
    return {
        address(ministry, piece).removeprefix(f"https://{ministry.host}"): piece
        for piece in world.pieces(ministry.site)
    }


def _page_number(parameter: str) -> int:
    try:
        return max(1, int(json.loads(parameter)["pageNo"]))
    except (ValueError, KeyError, TypeError):
        return 1


def _json(value: object) -> Reply:
    return Reply(media="application/json;charset=UTF-8", body=json.dumps(value, ensure_ascii=False).encode())


def _frame(ministry: Dialect, title: str, meta: str, body: str) -> str:
    return f"""<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8">{NOTE}
<title>{escape(title)}</title>
{meta}</head><body>
<div class="header"><ul class="nav">{menu(f"{ministry.site}-nav", 30, _ITEM)}</ul></div>
{body}
<div class="footer"><ul>{menu(f"{ministry.site}-foot", 14, _ITEM)}</ul><p>版权所有：{ministry.name}</p></div></body></html>
"""


def _column(ministry: Dialect, column: str) -> str:
    def script(tag: str, of: str) -> str:
        asked = {
            "parseType": "bulidstatic",
            "webId": md5(ministry.site.encode()).hexdigest(),
            "tplSetId": md5(ministry.host.encode()).hexdigest(),
            "pageType": "column",
            "tagId": tag,
            "editType": "null",
            "pageId": of,
        }
        told = str(asked).replace(", ", ",").replace(": ", ":")
        return f'<script src="/script/unitbuild.js" url="{API}" queryData="{told}"></script>'

    weather = script("天气", md5(b"weather").hexdigest())
    listed = script(ministry.tag, page_id(ministry, column))
    body = f'<div class="side">{weather}</div><div class="main"><div class="list-box">{listed}</div></div>'
    return _frame(ministry, "栏目", '<meta name="ColumnType" content="工作动态">', body)


def _article(ministry: Dialect, piece: Piece) -> str:
    meta = metas(piece, name=ministry.name, domain=ministry.host, code="bm00000000", column="政策发布")
    annex = ""
    if ministry.site == "mohurd" and piece.title.startswith("关于"):
        href = f"{DOWNLOAD}?fileName={quote('附件.pdf')}&fileUrl={md5(piece.key.encode()).hexdigest()}"
        annex = f'<div class="editorContent-download"><a href="{escape(href)}">附件：{escape(piece.title)}</a></div>'
    body = f"""<div class="article"><h1 class="art-title">{escape(piece.title)}</h1>
<div class="info"><span>发布时间：{piece.published}</span><span>来源：{escape(piece.source)}</span></div>
<div {ministry.body}>
{blocks(piece)}
</div>{annex}
<div class="share gwdshare_t">分享：<a>微信</a><a>打印</a></div></div>"""
    return _frame(ministry, piece.title, meta, body)
