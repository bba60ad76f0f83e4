"""Sites on TRS WCM: directories of static pages, numbered lists, files beside the article. Four skins of one system.

Written from field notes, not from our spiders.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from .files import file_reply
from .markup import html_reply, redirect
from .pieces import Piece
from .wire import Answer, Reply, Request
from .world import COLUMNS, Stage, World

Row = tuple[str, Piece]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """One page of a list as a skin draws it: its rows (address, piece), its number from 0 and how many there are."""

    column: str
    rows: list[Row]
    number: int
    pages: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Skin:
    """What tells one TRS site from another. ``whole`` are the columns that give all their rows on page one."""

    site: str
    host: str
    draw_list: Callable[[ListPage], str]
    draw_article: Callable[[Piece, list[Row]], str]
    rows: int = 20
    whole: frozenset[str] = frozenset()
    label: bool = True
    wants_referer: bool = False
    https_only: bool = False


def address(skin: Skin, piece: Piece) -> str:
    """Return the article's live address."""
    stamp = piece.day.replace("-", "")
    if piece.dialect in ("event", "transcript", "part"):
        return f"https://{skin.host}/{piece.column}/"
    return f"https://{skin.host}/{piece.column}/{stamp[:6]}/t{stamp}_{piece.number}.html"


class Trs:
    """Answers for one TRS site; ``extra`` sees a request first."""

    def __init__(
        self,
        stage: Stage,
        skin: Skin,
        extra: Callable[[Request, Stage], Reply | None] = lambda request, stage: None,
    ) -> None:
        self.hosts = (skin.host,)
        self._stage = stage
        self._skin = skin
        self._extra = extra

    def __call__(self, request: Request) -> Answer:
        if request.path == "/robots.txt":
            return missing()
        if self._skin.https_only and request.scheme == "http":
            return redirect(f"https://{request.host}{request.target}")
        if self._skin.wants_referer and not request.header("Referer"):
            return Reply(status=403, media="text/html", body=b"<h1>403 Forbidden</h1>")
        return self._extra(request, self._stage) or self._page(request)

    def _page(self, request: Request) -> Reply:
        folder, _, name = request.path[1:].rpartition("/")
        lists = self.columns()
        if folder in lists and (number := _page_number(name)) is not None:
            return self._list(folder, number, request)
        if request.path.strip("/") in lists:
            return redirect(f"{request.scheme}://{request.host}{request.path}/")
        return _article(self._skin, self._stage.world, request.path)

    def columns(self) -> set[str]:
        """Return the folders that are lists, those that only gather others included."""
        return {*COLUMNS[self._skin.site], *GATHERED.get(self._skin.site, {})}

    def _list(self, column: str, number: int, request: Request) -> Reply:
        gathered = GATHERED.get(self._skin.site, {}).get(column, (column,))
        shown = [
            (address(self._skin, piece), piece)
            for piece in self._stage.world.pieces(self._skin.site)
            if piece.listed and piece.dialect != "transcript" and piece.column.startswith(gathered)
        ]
        size = len(shown) or 1 if column in self._skin.whole else self._skin.rows
        pages = max(1, -(-len(shown) // size))
        if number >= pages:
            return missing()
        rows = shown[size * number : size * (number + 1)]
        if self._stage.modes.find(self._skin.host, "empty_list", request):
            rows = []
        drawn = self._skin.draw_list(
            ListPage(column=column, rows=rows, number=number, pages=pages, count=len(shown))
        )
        if self._stage.modes.find(self._skin.host, "new_markup", request):
            drawn = drawn.replace("<li", "<div").replace("</li>", "</div>").replace("<ul", "<section")
        if self._stage.modes.find(self._skin.host, "new_paths", request):
            drawn = re.sub(r"/\d{6}/t(\d{8})_(\d+)\.html", r"/c\1/detail-\2.html", drawn)
        return html_reply(drawn, label=self._skin.label)


GATHERED: dict[str, dict[str, tuple[str, ...]]] = {
    "scio": {"xwfb": ("xwfb/", "live/"), "xwfb/gwyxwbgsxwfbh": ("live/", "xwfb/gwyxwbgsxwfbh")},
    "kw_beijing": {"xwdt": ("xwdt/",)},
}
"""Lists that show what is filed in other columns."""


_JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000") + bytes(200) + bytes.fromhex("ffd9")
"""Bytes that begin and end as a picture does; nothing is to be seen in them."""


@lru_cache(maxsize=32)
def _directory(skin: Skin, world: World) -> tuple[dict[str, Piece], set[str]]:
    pages = {
        address(skin, piece).removeprefix(f"https://{skin.host}"): piece for piece in world.pieces(skin.site)
    }
    files = {
        f"{path.rpartition('/')[0]}/{link.href.removeprefix('./')}"
        for path, piece in pages.items()
        for link in piece.files
    }
    return pages, files


def _article(skin: Skin, world: World, path: str) -> Reply:
    pages, files = _directory(skin, world)
    if path in files:
        return file_reply(path, path.rpartition("/")[2])
    if path.endswith(".jpg") and any(
        piece.dialect == "picture" and path.startswith(f"{known.rpartition('/')[0]}/")
        for known, piece in pages.items()
    ):
        return Reply(media="image/jpeg", body=_JPEG)
    plain = path.removesuffix("index.html").removesuffix("index_m.html").replace("/wap_t", "/t")
    piece = pages.get(plain)
    if piece is None or piece.state != "live":
        return missing()
    same = [
        (address(skin, other), other) for other in world.pieces(skin.site) if other.column == piece.column
    ]
    return html_reply(skin.draw_article(piece, same[-4:]), label=skin.label)


def _page_number(name: str) -> int | None:
    if name in ("", "index.html", "index_m.html", "wap_index.html"):
        return 0
    number = name.removeprefix("index_").removesuffix(".html")
    return int(number) if name == f"index_{number}.html" and number.isdigit() else None


def missing() -> Reply:
    """Return the answer for what is not there."""
    page = (
        "<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1><hr>nginx</body></html>"
    )
    return html_reply(page, status=404)


def relative(link: str, column: str, host: str) -> str:
    """Return an address as a TRS list writes it: ``./`` in its own column, ``../`` beside it, else whole."""
    path = link.removeprefix(f"https://{host}/")
    if path.startswith(f"{column}/"):
        return "./" + path.removeprefix(f"{column}/")
    parent = column.rpartition("/")[0]
    return "../" + path.removeprefix(f"{parent}/") if parent and path.startswith(f"{parent}/") else f"/{path}"


def metas(piece: Piece, *, name: str, domain: str, code: str, column: str) -> str:
    """Return the meta elements that the standard for government sites asks for."""
    named = (
        ("SiteName", name),
        ("SiteDomain", domain),
        ("SiteIDCode", code),
        ("ColumnName", column),
        ("ColumnType", "工作动态"),
        ("ArticleTitle", piece.title),
        ("PubDate", piece.published),
        ("ContentSource", piece.source),
        ("Keywords", ""),
    )
    return "\n".join(f'<meta name="{key}" content="{value}" />' for key, value in named)
