"""kw.beijing.gov.cn: moved to another system, its old addresses dead; asks for a Referer."""

from __future__ import annotations

from html import escape

from .markup import NOTE, attribute, menu
from .pieces import Piece
from .pieces_html import blocks, cut, files
from .trs import ListPage, Row, Skin, Trs, metas, relative
from .world import Stage

HOST = "kw.beijing.gov.cn"
_ITEM = '<li><a href="{href}">{words}</a></li>'


def kw_beijing(stage: Stage) -> Trs:
    """Return what answers for the commission; old addresses (``/col/…``, ``/art/…``) are not there any more."""
    return Trs(stage, SKIN)


def _frame(title: str, meta: str, body: str) -> str:
    return f"""<!DOCTYPE html>
<html><head><meta charset="utf-8">{NOTE}
<title>{escape(title)}_北京市科学技术委员会、中关村科技园区管理委员会</title>
{meta}</head><body>
<div class="nav"><ul>{menu("kw-nav", 26, _ITEM)}</ul></div>
{body}
<div class="footer"><ul>{menu("kw-foot", 14, _ITEM)}</ul></div>
</body></html>
"""


def _list(page: ListPage) -> str:
    rows = "\n".join(
        f'<li><a href="{relative(link, page.column, HOST)}" title="{attribute(piece.title)}">'
        f"<span>{escape(cut(piece.title))}</span></a><span>{piece.day}</span></li>"
        for link, piece in page.rows
    )
    script = f'createPageHTML({page.pages}, {page.number}, "index", "html");'
    box = f'<ul class="hot-news-list">{rows}</ul>' if page.column.startswith("xwdt") else (
        f'<div class="title-list-box"><ul class="list">{rows}</ul></div>'
    )  # fmt: skip
    return _frame("政策文件", "", f'<div class="main">{box}<script>{script}</script></div>')


def _article(piece: Piece, neighbours: list[Row]) -> str:
    meta = metas(
        piece,
        name="北京市科学技术委员会、中关村科技园区管理委员会",
        domain=HOST,
        code="1100000224",
        column="政策",
    )
    body = f"""<div class="article_box"><h1>{escape(piece.title)}</h1>
<div class="article_info"><span>发布日期：{piece.published}</span> <span>来源：{escape(piece.source)}</span></div>
<div id="zoom"><div class="trs_editor_view TRS_UEDITOR">
<p style="text-align:center">{piece.doc_number}</p>
{blocks(piece)}
{files(piece)}
</div></div>
<div class="share">分享：</div></div>"""
    return _frame(piece.title, meta, body)


SKIN = Skin(
    site="kw_beijing",
    host=HOST,
    draw_list=_list,
    draw_article=_article,
    rows=15,
    wants_referer=True,
    https_only=True,
)
