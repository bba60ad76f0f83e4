"""Six more publishing systems (国资委 and its kin, 上海, WAS5, a newspaper as printed, 新华网's data source, a law base), a county.

Written from field notes, not from our spiders.
"""

from __future__ import annotations

import json
import re
from hashlib import md5
from html import escape

from .families import Family, Lists
from .markup import NOTE, html_reply, menu
from .pieces import Piece
from .pieces_html import cut
from .trs import missing
from .wire import Reply, Request
from .world import COLUMNS, Stage

SASAC, SHANGHAI, MOE = "www.sasac.gov.cn", "www.shanghai.gov.cn", "www.moe.gov.cn"
COUNTY = "www.anhexian.gov.cn"
GMRB, NEA, XZFG = "epaper.gmw.cn", "www.nea.gov.cn", "xzfg.moj.gov.cn"
MORE_SYSTEMS = ("sasac", "shanghai", "moe", "gmrb", "nea", "xzfg")
_ITEM = '<li class="n"><a href="{href}">{words}</a></li>'
_SOURCE = md5(b"nea").hexdigest()
_SIZE = 8


def systems(stage: Stage) -> tuple[Family, ...]:
    """Return the replicas of one site of each of the six systems, and of a county that nobody declares."""
    played: tuple[tuple[str, str, object, Lists], ...] = (
        ("sasac", SASAC, sasac_address, _counting_down),
        ("shanghai", SHANGHAI, shanghai_address, _counting_up),
        ("moe", MOE, moe_address, _searched),
        ("gmrb", GMRB, gmrb_address, _printed),
        ("nea", NEA, nea_address, _sourced),
        ("xzfg", XZFG, xzfg_address, _laws),
        ("county", COUNTY, county_address, _county),
    )
    return tuple(Family(stage, site, (host,), address, lists) for site, host, address, lists in played)  # type: ignore[arg-type]


def _frame(words: str, body: str) -> Reply:
    return html_reply(
        f'<html><head><meta charset="utf-8"><title>{words}</title>{NOTE}</head><body><ul class="nav">{menu(words, 12, _ITEM)}</ul>'
        f"{body}</body></html>"
    )


def _items(pieces: list[Piece], address: str, row: str) -> str:
    made = globals()[address]
    return "".join(
        row.format(
            href=made(p).partition("://")[2].partition("/")[2],
            title=escape(p.title),
            short=escape(cut(p.title)),
            day=p.day,
        )
        for p in pieces
    )


def _hex(piece: Piece) -> str:
    return md5(piece.key.encode()).hexdigest()


def sasac_address(piece: Piece) -> str:
    """Return an address below the column: its number, and a page that is always called content."""
    return f"http://{SASAC}/{piece.column}/c{piece.number}/content.html"


def _counting_down(site: Family, request: Request) -> Reply | None:
    """Answer a list whose further pages are counted from the oldest: the newest of them bears the greatest number."""
    column, _, name = request.path[1:].rpartition("/")
    told = re.fullmatch(r"index(?:_2603340_(\d{1,3}))?\.html", name)
    if column not in COLUMNS["sasac"] or not told:
        return None
    rows = site.rows(column)
    last = -(-len(rows) // _SIZE)
    page = 1 if told[1] is None else last + 1 - int(told[1])
    if not 1 <= page <= last:
        return missing()
    items = _items(
        rows[_SIZE * (page - 1) : _SIZE * page],
        "sasac_address",
        '<li><a href="/{href}" title="{title}">{short}</a><span>[{day}]</span></li>',
    )
    links = "".join(f'<a href="index_2603340_{last + 1 - n}.html">{n}</a> ' for n in range(2, last + 1))
    return _frame(
        "政策发布",
        f'<div class="zsy_conlist"><ul>{items}</ul></div><div class="pages"><a href="index.html">1</a> {links}</div>',
    )


def shanghai_address(piece: Piece) -> str:
    """Return an address of the city: a column, a day, a hash."""
    return f"https://{SHANGHAI}/{piece.column}/{piece.day.replace('-', '')}/{_hex(piece)}.html"


def _counting_up(site: Family, request: Request) -> Reply | None:
    column, _, name = request.path[1:].rpartition("/")
    told = re.fullmatch(r"index(?:_(\d{1,3}))?\.html", name)
    if column not in COLUMNS["shanghai"] or not told:
        return None
    rows, page = site.rows(column), int(told[1] or 1)
    last = max(1, -(-len(rows) // _SIZE))
    if not 1 <= page <= last:
        return missing()
    row = '<li><a href="/{href}" title="{title}">{short}</a><span class="time">{day}</span></li><!-- <li><a href="/{href}">{short}</a></li> -->'
    items = _items(rows[_SIZE * (page - 1) : _SIZE * page], "shanghai_address", row)
    return _frame(
        "市政府文件",
        f"<ul class='tadaty-list'>{items}</ul><script>var p = {{totalPage: {last}, page: {page}}};</script>",
    )


def moe_address(piece: Piece) -> str:
    """Return an address of a document, or of news: both bear the day of the copy."""
    stamp = piece.day.replace("-", "")
    folder = piece.column if "/" in piece.column else f"srcsite/A16/s{piece.column}"
    return f"http://{MOE}/{folder}/{stamp[:6]}/t{stamp}_{piece.number}.html"


def _searched(site: Family, request: Request) -> Reply | None:
    is_search = request.path == "/was5/web/search"
    column = request.query.get("channelid", "") if is_search else request.path.strip("/")
    if column not in COLUMNS["moe"]:
        return None
    rows, page = site.rows(column), int(request.query.get("page", 1)) if is_search else 1
    last = max(1, -(-len(rows) // _SIZE))
    shown = rows[_SIZE * (page - 1) : _SIZE * page] if is_search else rows
    items = _items(
        shown, "moe_address", '<li><a href="/{href}" title="{title}">{short}</a><span>{day}</span></li>'
    )
    script = f"var countPage = {last if is_search else 1};" + (
        f" var recordCount = {len(rows)};" if is_search else ""
    )
    return _frame("部文", f'<div class="list"><ul>{items}</ul></div><script>{script}</script>')


def gmrb_address(piece: Piece) -> str:
    """Return an address of an article in the paper of the day of its sheet."""
    return f"https://{GMRB}/gmrb/html/content/202609/15/content_{piece.number}.html"


def _printed(site: Family, request: Request) -> Reply | None:
    """Answer the sheets of one day's paper; the front page names none."""
    if request.path == "/gmrb/":
        return _frame("电子报", "<p>光明日报电子版</p>")
    told = re.fullmatch(r"/gmrb/html/layout/202609/15/node_(\d\d)\.html", request.path)
    if not told or told[1] not in COLUMNS["gmrb"]:
        return None
    items = _items(site.rows(told[1]), "gmrb_address", '<li><a href="/{href}">{title}</a></li>')
    sheets = "".join(f'<a href="node_{number}.html">第{number}版</a>' for number in COLUMNS["gmrb"])
    return _frame(
        "版面",
        f'<ul class="articles">{items}</ul><div class="sheets">{sheets}<a href="../14/node_01.html">上一期</a></div>',
    )


def nea_address(piece: Piece) -> str:
    """Return an address of the administration: a day and a hash."""
    return f"https://{NEA}/{piece.day.replace('-', '')}/{_hex(piece)}/c.html"


def _sourced(site: Family, request: Request) -> Reply | None:
    if request.path == "/policy/zxwj.htm":
        return _frame("最新文件", f'<ul id="showData0" data="datasource:{_SOURCE}"></ul>')
    if request.path != f"/policy/ds_{_SOURCE}.json":
        return None
    rows = [
        {"title": f"<b>{p.title}</b>", "publishUrl": nea_address(p), "publishTime": f"{p.published}:00"}
        for p in site.rows("policy")
    ]
    return Reply(media="application/json", body=json.dumps({"datasource": rows}, ensure_ascii=False).encode())


def xzfg_address(piece: Piece) -> str:
    """Return an address whose query is the identity."""
    return f"https://{XZFG}/front/law/detail?LawID={piece.number}"


def _laws(site: Family, request: Request) -> Reply | None:
    if request.path != "/SearchAdvancedFront":
        return None
    rows, page = site.rows("law"), int(request.query["pageNo"])
    row = '<li class="list-item"><div class="title"><a href="/{href}">{title}</a></div><p>{day}公布 2026-12-01施行</p></li>'
    items = _items(rows[_SIZE * (page - 1) : _SIZE * page], "xzfg_address", row)
    last = -(-len(rows) // _SIZE)
    return _frame("国家行政法规库", f'<ul>{items}</ul><input id="page-count" type="hidden" value="{last}">')


_NAMED = {"zwgk/tzgg": "通知公告", "zwgk/zcwj": "政策文件", "xwzx/bxyw": "本县要闻"}


def county_address(piece: Piece) -> str:
    """Return an address of the county's own system: a day and a number."""
    return f"http://{COUNTY}/{piece.column}/{piece.day.replace('-', '')}/{piece.number}.html"


def _county(site: Family, request: Request) -> Reply | None:
    """Answer the front page of a county, with its columns and their newest rows, and the lists of these columns."""
    row = '<li class="item"><a href="/{href}" title="{title}">{short}</a><em class="day">{day}</em></li>'
    if request.path == "/":
        columns = "".join(f'<li><a href="/{path}/">{words}</a></li>' for path, words in _NAMED.items())
        newest = "".join(
            f'<div class="box"><h3><a href="/{path}/">{words}</a></h3><ul>{_items(site.rows(path)[:4], "county_address", row)}</ul></div>'
            for path, words in _NAMED.items()
        )
        foot = '<div class="foot">主办单位：安和县人民政府</div>'
        return _frame("安和县人民政府", f'<div class="nav"><ul>{columns}</ul></div>{newest}{foot}')
    column = request.path.strip("/").removesuffix("/index_2.html")
    if column not in _NAMED:
        return None
    rows, page = site.rows(column), 2 if request.path.endswith("index_2.html") else 1
    items = _items(rows[_SIZE * (page - 1) : _SIZE * page], "county_address", row)
    following = '<a href="index_2.html">下一页</a>' if page == 1 and len(rows) > _SIZE else ""
    return _frame(
        _NAMED[column],
        f'<div class="main"><ul class="newsList">{items}</ul><div class="page">{following}</div></div>',
    )
