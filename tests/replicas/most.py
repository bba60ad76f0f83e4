"""www.most.gov.cn: static TRS pages, two dialects of list, an old age in GB2312, and no validators at all.

Written from field notes, not from our spider. There is no robots.txt. One article's body never comes.
"""

from __future__ import annotations

from functools import lru_cache

from .files import file_reply
from .markup import html_reply, menu
from .most_pages import ancient_list, ancient_page, article_page, info_list, table_list
from .pieces import Piece
from .spam import spam_page
from .wire import Answer, Reply, Request, Script, Then
from .world import COLUMNS, Stage, World

HOST = "www.most.gov.cn"
HANGING = "/kjbgz/202609/t20260903_199001.html"
FIRST_ROWS = 20
_ITEM = '<a href="{href}">{words}</a>'


def address(piece: Piece) -> str:
    """Return the article's live address."""
    stamp = piece.day.replace("-", "")
    ending = "htm" if piece.dialect == "ancient" else "html"
    return f"https://{HOST}/{piece.column}/{stamp[:6]}/t{stamp}_{piece.number}.{ending}"


class Most:
    """Answers for the ministry's host, on http as on https."""

    hosts = (HOST,)

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def __call__(self, request: Request) -> Answer:
        path = request.path
        if path == HANGING:
            return Script(steps=(_OPENING,), then=Then.HANG, status=200)
        if path in ("/", "/index.html"):
            return html_reply(f"<html><title>科学技术部</title><body>{menu('most', 60, _ITEM)}</body></html>")
        if path == "/kjbgz/2017/index.htm":
            old = [piece for piece in self._pieces() if piece.dialect == "ancient"]
            return html_reply(ancient_list(old), charset="gb2312", label=False)
        folder, _, name = path[1:].rpartition("/")
        if folder in COLUMNS["most"] and (number := _page_number(name)) is not None:
            return self._list(folder, number, request)
        if path.strip("/") in COLUMNS["most"] and not path.endswith("/"):
            return Reply(status=301, headers=(("Location", f"{request.scheme}://{HOST}{path}/"),))
        return _article(self._stage.world, path)

    def _pieces(self) -> tuple[Piece, ...]:
        return self._stage.world.pieces("most")

    def _list(self, column: str, number: int, request: Request) -> Reply:
        rows = [
            (address(piece), piece) for piece in self._pieces() if piece.column == column and piece.listed
        ]
        pages = max(1, -(-len(rows) // FIRST_ROWS))
        if number >= pages:
            return _missing()
        shown = rows[FIRST_ROWS * number : FIRST_ROWS * (number + 1)]
        if self._stage.modes.find(HOST, "empty_list", request):
            shown = []
        if column.startswith("xxgk/"):
            return html_reply(table_list(column, shown, pages, number))
        extra = []
        if column == "tztg" and number == 0:
            extra = [("./202609/W020260910123456789012.pdf", "科技活动统计调查表式（PDF）", "2026-09-10")]
        if column == "kjbgz" and number == 0 and self._stage.modes.find(HOST, "hanging_article", request):
            extra = [("./202609/t20260903_199001.html", "野外科学考察安全工作提示", "2026-09-03")]
        return html_reply(info_list(column, shown, extra, pages, number))


@lru_cache(maxsize=8)
def _directory(world: World) -> tuple[dict[str, Piece], set[str]]:
    pages = {address(piece).removeprefix(f"https://{HOST}"): piece for piece in world.pieces("most")}
    files = {
        f"{path.rpartition('/')[0]}/{link.href.removeprefix('./')}"
        for path, piece in pages.items()
        for link in piece.files
    }
    return pages, files | {"/tztg/202609/W020260910123456789012.pdf"}


@lru_cache(maxsize=4096)
def _article(world: World, path: str) -> Reply:
    pages, files = _directory(world)
    if path in files:
        return file_reply(path, path.rpartition("/")[2])
    return _page(pages[path], world) if path in pages else _missing()


def _page(piece: Piece, world: World) -> Reply:
    if piece.state == "spam":
        return html_reply(spam_page(piece.key))
    if piece.dialect == "ancient":
        return html_reply(ancient_page(piece), charset="gb2312", label=False)
    same = [other for other in world.pieces("most")[-40:] if other.column == piece.column]
    return html_reply(article_page(piece, [(address(other), other.title) for other in same[-4:]]))


_OPENING = (
    "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 20480\r\n\r\n"
    "<!doctype html><html><head><title>野外科学考察安全工作提示</title>"
).encode()


def _page_number(name: str) -> int | None:
    if name in ("", "index.html"):
        return 0
    number = name.removeprefix("index_").removesuffix(".html")
    return int(number) if name == f"index_{number}.html" and number.isdigit() else None


def _missing() -> Reply:
    page = "<html><head><title>404</title></head><body><h1>404 Not Found</h1><hr>nginx</body></html>"
    return html_reply(page, status=404)
