"""www.chinanews.com.cn: RSS and scrolling lists, articles of several pages, ads inside the text, an old GBK age.

Written from field notes, not from our spider. Pages carry Last-Modified and honour it; a republished page has a
new one though no word of the article changed. On day 3 every page is a challenge.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from html import escape

from .challenges import JSL
from .chinanews_pages import ancient, article, list_page
from .markup import html_reply, menu
from .pieces import Piece
from .remade import remade
from .wire import Answer, Reply, Request
from .world import Stage, World

HOST, OLD_HOST = "www.chinanews.com.cn", "www.chinanews.com"
_FEEDS = ("scroll-news", "importnews", "china", "world", "finance", "sports", "ent")
_ROBOTS = (
    b"User-agent: *\nDisallow: /wap/\nDisallow: /search/\n\nSitemap: https://www.chinanews.com.cn/map.xml\n"
)
_ROWS = 20
_ITEM = '<a href="{href}">{words}</a>'


def address(piece: Piece, part: int = 1) -> str:
    """Return the live address of one page of the article."""
    suffix = f"_{part}" if part > 1 else ""
    return f"https://{HOST}/{piece.column}/{piece.day[:4]}/{piece.day[5:]}/{piece.number}{suffix}.shtml"


_NEW_MARKUP = (("<rss ", "<feed "), ("</rss>", "</feed>"), ("content_list", "news-stream"))
_NEW_PATHS = ((r"/(\d{4})/(\d\d-\d\d)/(\d+)\.shtml", r"/detail/\1\2\3.html"),)


class Chinanews:
    """Answers for the agency's host and its old name."""

    hosts = (HOST, OLD_HOST)

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def __call__(self, request: Request) -> Answer:
        path = request.path
        if path == "/robots.txt":
            return Reply(media="text/plain", body=_ROBOTS)
        if self._stage.world.day == 3:
            cookie = ("Set-Cookie", "__jsluid_s=1f7c; max-age=31536000; path=/; HttpOnly")
            return Reply(status=521, media="text/html", body=JSL, headers=(cookie,))
        if path.startswith("/rss/"):
            return self._remade(self._feed(path, request), request)
        if path in ("/", "/index.shtml"):
            return html_reply(f"<html><title>中国新闻网</title><body>{menu('cn', 80, _ITEM)}</body></html>")
        if shown := self._rows(path):
            if self._stage.modes.find(HOST, "empty_list", request):
                shown = ()
            drawn = html_reply(list_page(path, [(address(piece), piece) for piece in shown]))
            return self._remade(drawn, request)
        return _validated(*_article(self._stage.world, path), request)

    def _remade(self, reply: Reply, request: Request) -> Reply:
        return remade(reply, request, self._stage.modes, markup=_NEW_MARKUP, paths=_NEW_PATHS)

    def _pieces(self) -> tuple[Piece, ...]:
        return self._stage.world.pieces("chinanews")

    def _rows(self, path: str) -> tuple[Piece, ...]:
        recent = tuple(piece for piece in self._pieces() if piece.dialect != "gbk" and piece.listed)
        name = path.removeprefix("/scroll-news/news").removesuffix(".html")
        if path == f"/scroll-news/news{name}.html" and name.isdigit():
            return recent[_ROWS * (int(name) - 1) : _ROWS * int(name)]
        columns = {"/world.shtml": "gn", "/china.shtml": "gn", "/cj/gd.shtml": "cj", "/society.shtml": "sh"}
        return tuple(piece for piece in recent if piece.column == columns.get(path))[:_ROWS]

    def _feed(self, path: str, request: Request) -> Reply:
        name = path.removeprefix("/rss/").removesuffix(".xml")
        if name not in _FEEDS:
            return _missing()
        columns = {"china": ("gn",), "world": ("gn",), "finance": ("cj",)}.get(name, ("cj", "gn", "sh"))
        chosen = [
            piece
            for piece in self._pieces()
            if piece.column in columns and piece.dialect != "gbk" and piece.listed
        ]
        if self._stage.modes.find(HOST, "empty_list", request):
            chosen = []
        entries = "".join(
            f"<item><title><![CDATA[{piece.title}]]></title><link>{address(piece)}</link>"
            f"<description><![CDATA[{escape(piece.lines()[0][:100])}]]></description>"
            f"<pubDate>{piece.published}:00</pubDate></item>"
            for piece in chosen[:30]
        )
        text = f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{entries}</channel></rss>'
        return Reply(media="text/xml", body=text.encode())


@lru_cache(maxsize=8)
def _directory(world: World) -> dict[str, tuple[Piece, int]]:
    return {
        address(piece, part).removeprefix(f"https://{HOST}"): (piece, part)
        for piece in world.pieces("chinanews")
        for part in range(1, piece.parts + 1)
    }


@lru_cache(maxsize=4096)
def _article(world: World, path: str) -> tuple[Reply, datetime]:
    if path not in _directory(world):
        return _missing(), datetime.now(UTC)
    piece, part = _directory(world)[path]
    turned = turn_of(piece, world)
    if piece.dialect == "gbk":
        return html_reply(ancient(piece), charset="gb2312", label=False), _modified(piece, turned)
    others = [other for other in world.pieces("chinanews") if "/of-day-" not in other.key]
    related = [others[(turned * 5 + step) % len(others)] for step in range(6)]
    links = [(address(other), other.title) for other in related]
    return html_reply(article(piece, part, turned, links)), _modified(piece, turned)


def turn_of(piece: Piece, world: World) -> int:
    """Return how often the page has been republished without a change to the article: its noise follows."""
    if piece.key != "chinanews/noise" and world.day < 5:
        return 0
    return world.day - 1


def _modified(piece: Piece, turned: int) -> datetime:
    published = datetime.strptime(piece.published, "%Y-%m-%d %H:%M").replace(tzinfo=UTC) - timedelta(hours=8)
    return published + timedelta(minutes=12) if not turned else datetime(2026, 9, 14 + turned, 21, tzinfo=UTC)


def _validated(reply: Reply, modified: datetime, request: Request) -> Reply:
    if reply.status != 200:
        return reply
    stamp = ("Last-Modified", format_datetime(modified, usegmt=True))
    since = request.header("If-Modified-Since")
    if since and parsedate_to_datetime(since) >= modified:
        return Reply(status=304, headers=(stamp,))
    return replace(reply, headers=(*reply.headers, stamp))


def _missing() -> Reply:
    return html_reply("<html><title>404</title><body>404 Not Found</body></html>", status=404)
