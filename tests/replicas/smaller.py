"""Sites of which little more than the addresses is known: 火炬中心, the frozen 中关村管委会, two republishers.

Written from field notes, not from our spiders; the markup is our guess at what their systems draw.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from hashlib import md5
from html import escape

from .files import file_reply
from .markup import NOTE, html_reply, menu
from .pieces import Piece
from .pieces_html import blocks
from .trs import missing
from .wire import Answer, Request
from .world import Stage, World

TORCH, FROZEN, ACHIE, IMLINE = (
    "www.chinatorch.gov.cn",
    "zgcgw.beijing.gov.cn",
    "www.achie.org",
    "www.imline.cn",
)
COPIED = "cac/wxzw/zcfg/0"
SYNONYMS = {"申报": "上报", "评审": "品鉴"}
# A second article it has taken, of 科技部, with another word throughout and one other figure.
ALSO_COPIED, OTHER_WORDS = "most/fund", {"资金": "款项", "支持30个县": "支持50个县"}
_ITEM = '<li class="m"><a href="{href}">{words}</a></li>'


def torch_address(piece: Piece) -> str:
    """Return an address of 火炬中心: a month, no day, 32 hexadecimal digits."""
    digits = md5(piece.key.encode()).hexdigest()
    return f"https://{TORCH}/{piece.column}/{piece.day[:4]}{piece.day[5:7]}/{digits}.shtml"


def torch_file(piece: Piece) -> str:
    """Return the path of the file beside an article of 火炬中心."""
    digits = md5(f"file of {piece.key}".encode()).hexdigest()
    return (
        f"{torch_address(piece).removeprefix(f'https://{TORCH}').removesuffix('.shtml')}/files/{digits}.pdf"
    )


def frozen_address(piece: Piece) -> str:
    """Return an address of the frozen site: a directory."""
    return f"http://{FROZEN}/{piece.column}/{piece.number[-8:]}/"


def achie_address(piece: Piece) -> str:
    """Return an address of 高新院: the day in it is that of making, two days before the one shown."""
    made = piece.day.replace("-", "")[:6] + f"{max(1, int(piece.day[8:]) - 2):02}"
    return f"http://{ACHIE}/news/{piece.column}/{made}{piece.number[-4:]}.html"


def imline_address(piece: Piece) -> str:
    """Return an address of 北疆新闻: a token that hides a number."""
    token = base64.b64encode(f"uping{piece.number}".encode()).decode().rstrip("=")
    return f"https://{IMLINE}/article/ed{token}O0O.html"


class Small:
    """Answers for a site of one front page and its articles."""

    def __init__(
        self, stage: Stage, site: str, host: str, where: Callable[[Piece], str], draw: Callable[[Piece], str]
    ) -> None:
        self.hosts = (host,)
        self._stage, self._site, self._where, self._draw = stage, site, where, draw

    def __call__(self, request: Request) -> Answer:
        world = self._stage.world
        if request.path == "/robots.txt":
            return missing()
        if request.path in ("/", "/index.html", "/zgc/zwgk/tzgg/index.html"):
            shown = (
                ()
                if self._stage.modes.find(self.hosts[0], "empty_list", request)
                else _of_site(self._site, world)
            )
            return html_reply(_front(self._site, shown, self._where))
        if request.path.endswith(".pdf"):
            return file_reply(request.path, request.path.rpartition("/")[2])
        piece = _pages(self._site, self._where, world).get(request.path)
        return html_reply(self._draw(piece)) if piece else missing()


def smaller(stage: Stage) -> tuple[Small, ...]:
    """Return what answers for these sites. The frozen one answers nobody: its TLS handshake fails."""
    return (
        Small(stage, "chinatorch", TORCH, torch_address, _torch),
        Small(stage, "zgc", FROZEN, frozen_address, _frozen),
        Small(stage, "achie", ACHIE, achie_address, _achie),
        Small(stage, "beijiang", IMLINE, imline_address, _imline),
    )


@lru_cache(maxsize=16)
def _pages(site: str, where: Callable[[Piece], str], world: World) -> dict[str, Piece]:
    return {"/" + where(piece).split("/", 3)[3]: piece for piece in _of_site(site, world)}


def _of_site(site: str, world: World) -> tuple[Piece, ...]:
    """Return what a site shows: 高新院 has, beside its own, an article of 网信办 and one of 科技部 in its words."""
    if site != "achie":
        return world.pieces(site)
    taken = next(piece for piece in world.pieces("cac") if piece.key == COPIED)
    # Nobody goes over a copy again: it stays as it was taken on the first day.
    also = next(piece for piece in World(day=1).pieces("most") if piece.key == ALSO_COPIED)
    return (
        *world.pieces(site),
        replace(_in_other_words(taken, SYNONYMS), column="zcjd", number="90001234"),
        replace(_in_other_words(also, OTHER_WORDS), column="zcjd", number="90005678", files=()),
    )


def _in_other_words(piece: Piece, words: dict[str, str]) -> Piece:
    def rewritten(text: str) -> str:
        for old, new in words.items():
            text = text.replace(old, new)
        return text

    blocks = tuple(rewritten(block) if isinstance(block, str) else block for block in piece.blocks)
    return replace(piece, blocks=blocks)


def _front(site: str, shown: tuple[Piece, ...], where: Callable[[Piece], str]) -> str:
    if site == "chinatorch":
        links = "".join(
            f'<div class="row"><a href="{where(piece)}">{escape(piece.title)}</a><em>{piece.day}</em></div>'
            for piece in shown
        )
        return _frame("火炬中心", f"<div>{links}</div>")
    rows = "".join(
        f'<li class="clearfix"><a href="{where(piece)}"><img src="/thumb.jpg"></a>'
        f'<a href="{where(piece)}">{escape(piece.title)}</a><span class="fr">{piece.day}</span></li>'
        for piece in shown
    )
    return _frame("首页", f'<div class="w_ul_list"><ul>{rows}</ul></div>')


def _frame(title: str, body: str) -> str:
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8">{NOTE}
<title>{escape(title)}</title></head><body><ul class="nav">{menu(title, 12, _ITEM)}</ul>
{body}
<ul class="foot">{menu(title + "-foot", 8, _ITEM)}</ul></body></html>"""


def _torch(piece: Piece) -> str:
    name = torch_file(piece).rpartition("/files/")
    folder = name[0].rpartition("/")[2]
    body = f"""<div class="title">{escape(piece.title)}</div><div class="date">日期：{piece.day} 来源：{escape(piece.source)}</div>
<div id="allStyleDIV">
{blocks(piece)}
<p><a href="{folder}/files/{name[2]}">附件：统计表.pdf</a></p></div>"""
    return _frame(f"{piece.title}-火炬中心", body)


def _frozen(piece: Piece) -> str:
    return _frame(
        piece.title, f'<h1>{escape(piece.title)}</h1><div class="easysiteText">{blocks(piece)}</div>'
    )


def _achie(piece: Piece) -> str:
    body = f"""<div class="place">当前位置：<a href="/">主页</a> &gt; <a href="/news/">新闻中心</a> &gt; 产业规划 &gt;</div>
<div class="viewbox"><div class="title"><h2>{escape(piece.title)}</h2></div>
<div class="info">来源:高新院 achie.org 日期:{piece.day} 点击:<script src="/plus/count.php?aid=1"></script>次</div>
<div class="content">
{blocks(piece)}
</div><div class="related"><h3>相关文章推荐：</h3><ul>{menu("achie-related", 6, _ITEM)}</ul></div></div>"""
    return _frame(f"{piece.title}_高新院", body)


def _imline(piece: Piece) -> str:
    body = f"""<div class="wrap"><h1>{escape(piece.title)}</h1><p class="from">{piece.published} 来源：{escape(piece.source)}</p>
<div class="txt">
{blocks(piece)}
<p>北疆新闻版权与免责声明：</p><p>一、凡本站中注明“来源：北疆新闻”的所有文字、图片和音视频，版权均属北疆新闻所有。</p>
</div></div><p>蒙ICP备00000000号 虚构</p>"""
    return _frame(f"{piece.title}-北疆新闻", body)
