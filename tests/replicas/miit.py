"""www.miit.gov.cn and its mobile twin: a list that is not in the list page, and two headers or nothing.

Written from field notes, not from our spider. The column page holds only ids, in an attribute that looks like
JSON and is not; the rows come from one GET endpoint; a bare ``pageNo`` is ignored there.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import lru_cache
from hashlib import md5

from .challenges import BLOCKED
from .files import file_reply
from .markup import html_reply, menu, zipped
from .miit_pages import API, ROWS, article_page, column_page, list_html
from .miit_search import feed, found
from .pieces import Piece
from .wire import Answer, Reply, Request
from .world import COLUMNS, Stage, World

WWW, WAP, INSIDE = "www.miit.gov.cn", "wap.miit.gov.cn", "jyhwzhq.miit.gov.cn"
_COOKIE = ("Set-Cookie", "__jsluid_s=9d1b6c0e57f24a; max-age=31536000; path=/; HttpOnly")
REPLACED = "attach/20269/0a1b2c3d4e5f46718293a4b5c6d7e8f9.pdf"
_KNOWN_IDS = {
    "xwfb/szyw": "6333578be1d646aabc3e0e79406688c9",
    "xwfb/bldhd": "d3e2bede1bc045e2875fc7161c01db7d",
    "jgsj/kjs/wjfb": "7df23bf39e2d42b793ebfcc3319015b7",
    "gxsj/tjfx/rjy": "50bf589f36614b7394522245a13fedae",
    "gxsj/tjfx/txy": "1434685f08314ae8ae78f78b6a5a7915",
}
PAGE_IDS = {name: _KNOWN_IDS.get(name) or md5(name.encode()).hexdigest() for name in COLUMNS["miit"]}


def identity(piece: Piece) -> str:
    """Return the 32 hexadecimal digits by which the site knows the article."""
    return md5(piece.key.encode()).hexdigest()


def address(piece: Piece, host: str = WWW) -> str:
    """Return the article's live address."""
    return f"https://{host}/{piece.column}/art/{piece.day[:4]}/art_{identity(piece)}.html"


class Miit:
    """Answers for the ministry's hosts. The internal one refuses everybody."""

    hosts = (WWW, WAP, INSIDE)

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def __call__(self, request: Request) -> Answer:
        reply = zipped(self._reply(request), request)
        return replace(reply, headers=(*reply.headers, _COOKIE))

    def _reply(self, request: Request) -> Reply:
        path = request.path
        if request.host == INSIDE or path == "/robots.txt" or path.startswith("/n1146"):
            return _refusal()
        browser_like = request.header("User-Agent").startswith("Mozilla/5.0 (")
        open_to_all = path.startswith(("/search-front-server/", "/api-gateway/jpaas-plugins"))
        if not browser_like or not (open_to_all or request.header("Referer")):
            return _refusal()
        if path == API:
            return self._unit(request)
        if open_to_all:
            pieces = self._stage.world.pieces("miit")
            return found(request, pieces) if path.startswith("/search") else feed(pieces)
        return self._page(request)

    def _page(self, request: Request) -> Reply:
        path = request.path.strip("/").removesuffix("/index.html")
        if path in PAGE_IDS:
            return html_reply(column_page(path, PAGE_IDS[path]))
        if path in ("", "index.html"):
            return html_reply(
                f"<html><title>工业和信息化部</title><body>{menu('miit', 60, _ITEM)}</body></html>"
            )
        if path in ("zwgk/zcwj/wjfb", "search/wjfb.html"):
            return html_reply("<html><script>window.location.href='/search/zcwjk.html'</script></html>")
        return _article(self._stage.world, path)

    def _unit(self, request: Request) -> Reply:
        if request.method != "GET":
            return _json(
                {"success": False, "code": "500", "message": "Request method 'POST' not supported"}, 500
            )
        asked = request.query
        column = next((name for name, page_id in PAGE_IDS.items() if page_id == asked.get("pageId")), None)
        complete = asked.get("parseType") == "buildstatic" and asked.get("pageType") == "column"
        if self._stage.modes.find(request.host, "success_false", request) or not (complete and column):
            return _json({"success": False, "code": "500", "message": "系统繁忙，请稍后再试", "data": None})
        number = 1
        if not self._stage.modes.find(request.host, "repeated_list", request):
            number = _page_number(asked.get("paramJson", ""))
        return self._unit_page(request, column, number)

    def _unit_page(self, request: Request, column: str, number: int) -> Reply:
        rows = [
            (address(piece).removeprefix(f"https://{WWW}"), piece.title, piece.day)
            for piece in self._stage.world.pieces("miit")
            if piece.column == column
        ]
        if column == "xwfb/szyw":
            rows.insert(
                2, ("https://zt.yearbook.example/2026/fwy/index.html", "专题：服务业年鉴2026", rows[2][2])
            )
        if self._stage.modes.find(request.host, "empty_list", request):
            rows = []
        html = list_html(column, rows[ROWS * (number - 1) : ROWS * number], len(rows), number)
        code = "200" if number == 1 else 200
        return _json({"success": True, "code": code, "message": "操作成功", "data": {"html": html}})


@lru_cache(maxsize=8)
def _directory(world: World) -> tuple[dict[str, Piece], set[str]]:
    pieces = world.pieces("miit")
    pages = {address(piece).removeprefix(f"https://{WWW}/"): piece for piece in pieces}
    links = (link.href.removeprefix(f"https://{INSIDE}") for piece in pieces for link in piece.files)
    return pages, {href.strip("/") for href in links}


@lru_cache(maxsize=4096)
def _article(world: World, path: str) -> Reply:
    pages, files = _directory(world)
    if path in pages:
        same = [other for other in world.pieces("miit")[-60:] if other.column == pages[path].column]
        return html_reply(article_page(pages[path], [(address(other), other.title) for other in same[-5:]]))
    if path in files:
        edition = 2 if path.endswith(REPLACED) and world.day >= 4 else 1
        return file_reply(path, f"{path.rpartition('/')[2]} edition {edition}")
    return html_reply("<html><title>404</title><body>您访问的页面不存在</body></html>", status=404)


_ITEM = '<a href="{href}">{words}</a>'


def _page_number(parameter: str) -> int:
    try:
        return max(1, int(json.loads(parameter)["pageNo"]))
    except (ValueError, KeyError, TypeError):
        return 1


def _refusal() -> Reply:
    return Reply(status=403, media="text/html; charset=utf-8", body=BLOCKED)


def _json(value: object, status: int = 200) -> Reply:
    body = json.dumps(value, ensure_ascii=False).encode()
    return Reply(status=status, media="application/json;charset=UTF-8", body=body)
