"""www.gov.cn, its library search and its big5 gateway: lists in JSON, two templates, twins of one document.

Written from field notes, not from our spider. Articles carry an ETag and honour it. ``lastmodifiedtime`` moves
without the text on one day and with it on another. The gateway puts other words for the same ones.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import lru_cache
from hashlib import sha1

from .files import file_reply
from .gov_cn_pages import gateway_page, page, shell
from .gov_cn_search import library
from .markup import html_reply, menu, redirect
from .pieces import Piece, read_pieces
from .remade import remade
from .wire import Answer, Reply, Request
from .world import TEXTS, Stage, World

HOST, SEARCH, GATEWAY = "www.gov.cn", "sousuo.www.gov.cn", "big5.www.gov.cn"
LISTS = {
    "/zhengce/zuixin/ZUIXINZHENGCE.json": ("zhengce/content", "zhengce"),
    "/zhengce/jiedu/ZCJD_QZ.json": ("zhengce/jiedu",),
    "/yaowen/liebiao/YAOWENLIEBIAO.json": ("yaowen/liebiao",),
    "/lianbo/YAOWENLIEBIAO.json": ("lianbo",),
    "/zhengce/zhengceku/gwywj/TONGYONGGAILAN.json": ("zhengce/zhengceku",),
    "/zhengce/zhengceku/bmwj/TONGYONGGAILAN.json": ("zhengce/zhengceku",),
    "/gongbao/zuixin/gongbao.json": (),
}
_ROBOTS = b"User-agent: *\nDisallow: /2016public/\nDisallow: /zhengce/draft/\n"
_TOPIC = {"TITLE": "专题：养老服务", "SUB_TITLE": "", "URL": "https://www.gov.cn/zhuanti/2026ylfw/index.htm"}


def address(piece: Piece) -> str:
    """Return the article's live address."""
    return f"https://{HOST}/{piece.column}/{piece.day[:4]}{piece.day[5:7]}/content_{piece.number}.htm"


def twin(piece: Piece) -> Piece:
    """Return the library's copy of a formal document: another column, the next number, template B."""
    return replace(piece, column="zhengce/zhengceku", number=str(int(piece.number) + 1), dialect="B")


_NEW_MARKUP = ((r"^\[", '{"code": 0, "rows": ['), (r"\]$", "]}"))
_NEW_PATHS = ((r"/content_(\d+)\.htm", r"/detail/\1.html"),)


class GovCn:
    """Answers for the three hosts. Plain http is sent on to https."""

    hosts = (HOST, SEARCH, GATEWAY)

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def __call__(self, request: Request) -> Answer:
        if request.path == "/robots.txt":
            return Reply(media="text/plain", body=_ROBOTS)
        if request.scheme == "http":
            return redirect(f"https://{request.host}{request.target}")
        if request.host == SEARCH:
            shown = [piece for piece in _all(self._stage.world) if piece.listed]
            return library(request, [(address(piece), piece) for piece in shown])
        if request.host == GATEWAY:
            return self._gateway(request)
        reply = remade(self._reply(request), request, self._stage.modes, markup=_NEW_MARKUP, paths=_NEW_PATHS)
        return _validated(reply, request)

    def _reply(self, request: Request) -> Reply:
        path = request.path
        if path in LISTS:
            return self._list(path, request)
        if path in {f"{name.rpartition('/')[0]}/" for name in LISTS}:
            return html_reply(shell(path))
        if path.startswith("/gongbao/"):
            return self._gazette(path)
        if path == "/zhengce/zhengceku/":
            return html_reply(
                "<html><head><title>403 Forbidden</title></head><body>403</body></html>", status=403
            )
        if path in ("/", "/index.htm"):
            return html_reply(f"<html><title>中国政府网</title><body>{menu('gov', 70, _ITEM)}</body></html>")
        return _article(self._stage.world, path)

    def _list(self, path: str, request: Request) -> Reply:
        columns = LISTS[path]
        silent = self._stage.world.day == 3 and path.endswith("ZUIXINZHENGCE.json")
        if silent or self._stage.modes.find(HOST, "empty_list", request):
            return Reply(media="application/json", body=b"[]")
        if "zhengce/content" in columns:
            columns = (*columns, "zhengce/zhengceku")
        rows = [_row(piece) for piece in _all(self._stage.world) if piece.column in columns and piece.listed]
        if rows:
            rows.insert(1, {**_TOPIC, "DOCRELPUBTIME": rows[0]["DOCRELPUBTIME"]})
        return Reply(media="application/json", body=json.dumps(rows, ensure_ascii=False).encode())

    def _gazette(self, path: str) -> Reply:
        """Answer the gazette's front page, and its issues: their articles are the library's, at addresses of their own."""
        if path == "/gongbao/":
            issues = "".join(f'<a href="/gongbao/2026/issue_{n}/">第{n - 12400}号</a>' for n in (12426,))
            return html_reply(
                f"<html><title>国务院公报</title><body><div class=issues>{issues}</div></body></html>"
            )
        found = re.fullmatch(r"/gongbao/2026/issue_12426/(?:202609/content_(\d+)\.html)?", path)
        shown = [piece for piece in _all(self._stage.world) if piece.dialect == "A"][:2]
        if found is None:
            return _missing()
        if found[1] is None:
            rows = "".join(f'<li><a href="202609/content_9{p.number}.html">{p.title}</a></li>' for p in shown)
            return html_reply(f"<html><title>公报</title><body><ul>{rows}</ul></body></html>")
        piece = next((p for p in shown if found[1] == f"9{p.number}"), None)
        return html_reply(page(piece)) if piece else _missing()

    def _gateway(self, request: Request) -> Reply:
        path = request.path.removeprefix(f"/gate/big5/{HOST}")
        written = read_pieces(TEXTS / "big5.txt")
        shown = next((piece for piece in written if address(piece).endswith(path)), None)
        return html_reply(gateway_page(shown)) if shown and path != request.path else _missing()


@lru_cache(maxsize=8)
def _all(world: World) -> tuple[Piece, ...]:
    shown = world.pieces("gov_cn")
    twins = tuple(twin(piece) for piece in shown if piece.dialect == "A")
    return tuple(sorted((*shown, *twins), key=lambda piece: piece.published, reverse=True))


@lru_cache(maxsize=8)
def _directory(world: World) -> tuple[dict[str, Piece], set[str]]:
    pages = {address(piece).removeprefix(f"https://{HOST}"): piece for piece in _all(world)}
    files = {
        f"{path.rpartition('/')[0]}/{link.href.removeprefix('./')}"
        for path, piece in pages.items()
        for link in piece.files
    }
    return pages, files


@lru_cache(maxsize=4096)
def _article(world: World, path: str) -> Reply:
    pages, files = _directory(world)
    if path in files:
        return file_reply(path, path.rpartition("/")[2])
    piece = pages.get(path)
    return html_reply(page(piece)) if piece and piece.state == "live" else _missing()


_ITEM = '<a href="{href}">{words}</a>'


def _row(piece: Piece) -> dict[str, str]:
    return {"TITLE": piece.title, "SUB_TITLE": "", "URL": address(piece), "DOCRELPUBTIME": piece.day}


def _missing() -> Reply:
    return html_reply("<html><head><title>404</title></head><body>404 Not Found</body></html>", status=404)


def _validated(reply: Reply, request: Request) -> Reply:
    if reply.status != 200:
        return reply
    tag = f'"{sha1(reply.body).hexdigest()[:16]}"'
    if request.header("If-None-Match") == tag:
        return Reply(status=304, headers=(("ETag", tag),))
    return replace(reply, headers=(*reply.headers, ("ETag", tag)))
