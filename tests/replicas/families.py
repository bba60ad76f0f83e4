"""Publishing systems that many sites share: 广东's catalogue, UCAP channels, older Hanweb, TRS as 财政部 has it.

Written from field notes, not from our spiders.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from hashlib import md5
from html import escape

from .markup import NOTE, html_reply, menu
from .pieces import Piece
from .pieces_html import blocks, cut
from .trs import metas, missing
from .wire import Answer, Reply, Request
from .world import COLUMNS, Stage

GD, CSRC, JIANGSU, MOF, GKS = (
    "www.gd.gov.cn",
    "www.csrc.gov.cn",
    "www.jiangsu.gov.cn",
    "www.mof.gov.cn",
    "gks.mof.gov.cn",
)
SYSTEMS = ("gd", "csrc", "jiangsu", "mof")
_ITEM = '<li class="n"><a href="{href}">{words}</a></li>'
# The element that holds the text, as it was reported of each site. Of the county nobody has reported anything.
_CONTAINERS = {
    "gd": ('<div class="article-content">', "</div>"),
    "csrc": ('<div class="detail-news">', "</div>"),
    "jiangsu": ('<div class="artile_zw"><div id="zoom">', "</div></div>"),
    "mof": ('<div class="my_conboxzw">', "</div>"),
    "sasac": ('<div class="zsy_comain">', "</div>"),
    "shanghai": ('<div class="Article"><div id="ivs_content">', "</div></div>"),
    "moe": ('<div class="moe-detail-box">', "</div>"),
    "gmrb": ('<div id="articleContent">', "</div>"),
    "nea": ('<table><tr><td class="detail">', "</td></tr></table>"),
    "xzfg": ('<div class="law"><div class="law-chapter">', "</div></div>"),
    "county": ('<div class="con_text">', "</div>"),
}
_PAGE, _NUMBERED_PAGE = 6, 10


def families(stage: Stage) -> tuple[Family, ...]:
    """Return the replicas of one site of each of the four systems."""
    return (
        Family(stage, "gd", (GD,), gd_address, _catalogue),
        Family(stage, "csrc", (CSRC,), csrc_address, _channel),
        Family(stage, "jiangsu", (JIANGSU,), jiangsu_address, _records),
        Family(stage, "mof", (MOF, GKS), mof_address, _numbered),
    )


Lists = Callable[["Family", Request], Reply | None]


class Family:
    """Answers for one site: its lists as its system draws them, its articles as pages."""

    def __init__(
        self, stage: Stage, site: str, hosts: tuple[str, ...], address: Callable[[Piece], str], lists: Lists
    ) -> None:
        self.hosts = hosts
        self.site = site
        self.address = address
        self._stage = stage
        self._lists = lists

    def __call__(self, request: Request) -> Answer:
        if request.path == "/robots.txt":
            return missing()
        listed = self._lists(self, request)
        if listed is not None:
            return listed
        for piece in self._stage.world.pieces(self.site):
            if (
                self.address(piece).partition("://")[2]
                in (f"{request.host}{request.path}", f"{request.host}{request.target}")
                and piece.state == "live"
            ):
                return html_reply(_article(self.site, piece))
        return missing()

    def rows(self, column: str) -> list[Piece]:
        """Return the articles of a column, newest first."""
        return [p for p in self._stage.world.pieces(self.site) if p.column == column and p.listed]


def _article(site: str, piece: Piece) -> str:
    begins, ends = _CONTAINERS[site]
    head = metas(piece, name="某单位", domain=site, code="0000000000", column="公告")
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{escape(piece.title)}</title>\n{NOTE}\n{head}</head><body>'
        f'<ul class="nav">{menu(site, 12, _ITEM)}</ul><div class="content"><h1>{escape(piece.title)}</h1>'
        f'<div class="date-row">发布日期：{piece.published} 来源：{piece.source}</div>'
        f"{begins}{blocks(piece)}{ends}</div></body></html>"
    )


def _json(answer: object) -> Reply:
    return Reply(media="application/json", body=json.dumps(answer, ensure_ascii=False).encode())


def gd_address(piece: Piece) -> str:
    """Return an address of the catalogue: the number in folders, and whole."""
    return f"https://{GD}/gkmlpt/content/{piece.number[0]}/{piece.number[:4]}/post_{piece.number}.html"


def _catalogue(site: Family, request: Request) -> Reply | None:
    if request.path == "/gkmlpt/index":
        leaves = [
            {"id": int(c), "name": "规范性文件", "post_count": n, "jump_url": "", "children": []}
            for c, n in COLUMNS["gd"].items()
        ]
        tree = [
            {"id": 1, "name": "机构", "post_count": 0, "jump_url": "/jg/", "children": []},
            {"id": 2, "name": "政策", "children": leaves},
        ]
        config = f"window._CONFIG = {{ SID: '2', DETAIL: {{}}, TREE: {json.dumps(tree, ensure_ascii=False)}, API: '/gkmlpt/api' }};"
        return html_reply(
            f"<html><head><title>公开平台</title>{NOTE}<script>{config}</script></head><body><div id=app></div></body></html>"
        )
    if not request.path.startswith("/gkmlpt/api/all/"):
        return None
    rows = site.rows(request.path.rpartition("/")[2])
    articles = [
        {
            "id": p.number,
            "title": p.title,
            "url": gd_address(p),
            "created_at": f"{p.published}:00",
            "publisher": p.source,
        }
        for p in rows
    ]
    return _json({"classify": {"post_count": len(rows) + 3}, "total": len(rows), "articles": articles})


def csrc_address(piece: Piece) -> str:
    """Return an address of a channel's article: two numbers as folders."""
    return f"https://{CSRC}/csrc/c100028/c{piece.number}/content.shtml"


def _channel(site: Family, request: Request) -> Reply | None:
    if not request.path.startswith("/searchList/"):
        return None
    rows, size, page = (
        site.rows(request.path.rpartition("/")[2]),
        int(request.query["_pageSize"]),
        int(request.query["page"]),
    )
    shown = [
        {
            "title": p.title,
            "url": csrc_address(p).removeprefix(f"https://{CSRC}"),
            "publishedTimeStr": f"{p.published}:00",
            "content": "",
        }
        for p in rows[size * (page - 1) : size * page]
    ]
    return _json({"data": {"total": len(rows), "page": page, "rows": size, "results": shown}})


def jiangsu_address(piece: Piece) -> str:
    """Return an address of older Hanweb: the day without leading zeros, column and number."""
    year, month, day = piece.day.split("-")
    return f"https://{JIANGSU}/art/{year}/{int(month)}/{int(day)}/art_{piece.column.removeprefix('col')}_{piece.number}.html"


def _records(site: Family, request: Request) -> Reply | None:
    asked = request.query
    is_proxy = request.path.endswith("dataproxy.jsp")
    column = f"col{asked['columnid']}" if is_proxy else request.path.removeprefix("/col/").partition("/")[0]
    if column not in COLUMNS["jiangsu"]:
        return None
    rows = site.rows(column)
    start = int(asked["startrecord"]) - 1 if is_proxy else 0
    end = int(asked["endrecord"]) if is_proxy else _PAGE
    records = "".join(
        f'<record><![CDATA[<li><a href="{jiangsu_address(p).removeprefix(f"https://{JIANGSU}")}" title="{escape(p.title)}">'
        f'{escape(cut(p.title))}</a><span class="time">\n{p.day}\n</span></li>]]></record>'
        for p in rows[start:end]
    )
    store = f"<datastore><totalrecord>{len(rows)}</totalrecord><recordset>{records}</recordset></datastore>"
    if is_proxy:
        return Reply(media="application/xml", body=store.encode())
    script = f"<script>page({{totalRecord:{len(rows)}, perPage:{_PAGE}, columnid:{column[3:]}, unitid:356383, webid:1}})</script>"
    return html_reply(
        f'<html><head><meta charset="utf-8"><title>最新文件</title>{NOTE}</head><body><ul class="nav">{menu(column, 12, _ITEM)}</ul>'
        f'<div id="list"><script type="text/xml">{store}</script></div>{script}</body></html>'
    )


def mof_address(piece: Piece) -> str:
    """Return an address of an article of a department: another host than that of the list."""
    stamp = piece.day.replace("-", "")
    return (
        f"http://{GKS}/{md5(piece.column.encode()).hexdigest()[:8]}/{stamp[:6]}/t{stamp}_{piece.number}.htm"
    )


def _numbered(site: Family, request: Request) -> Reply | None:
    column, _, name = request.path[1:].rpartition("/")
    told = re.fullmatch(r"(?:index(?:_(\d{1,4}))?\.htm)?", name)
    number = int(told[1] or 0) if told else -1
    if request.host != MOF or column not in COLUMNS["mof"] or number < 0:
        return None
    rows = site.rows(column)
    pages = max(1, -(-len(rows) // _NUMBERED_PAGE))
    if number >= pages:
        return missing()
    items = "".join(
        f"<li><a href='{mof_address(p)}' title='{escape(p.title)}'>{escape(cut(p.title))}</a><span>{p.day}</span></li>"
        for p in rows[_NUMBERED_PAGE * number : _NUMBERED_PAGE * (number + 1)]
    )
    return html_reply(
        f'<html><head><meta charset="utf-8"><title>政策发布</title>{NOTE}</head><body><ul class="nav">{menu(column, 12, _ITEM)}</ul>'
        f"<ul class=xwfb_listbox>{items}</ul><script>var currentPage = {number}; var countPage = {pages};</script></body></html>"
    )
