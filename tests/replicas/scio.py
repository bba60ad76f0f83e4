"""www.scio.gov.cn: press conferences as directories with parts, transcripts in turns. Its markup is our guess.

On http as on https. The page for telephones stands beside each (``index_m.html``).
"""

from __future__ import annotations

from html import escape

from .markup import NOTE, menu
from .pieces import Piece
from .pieces_html import blocks, files
from .trs import ListPage, Row, Skin, Trs, metas
from .world import Stage

HOST = "www.scio.gov.cn"
_ITEM = '<li class="nav-item"><a href="{href}">{words}</a></li>'


def scio(stage: Stage) -> Trs:
    """Return what answers for the information office."""
    return Trs(stage, SKIN)


def _frame(title: str, meta: str, body: str) -> str:
    return f"""<!DOCTYPE html>
<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8">
{NOTE}
<title>{escape(title)}_中华人民共和国国务院新闻办公室</title>
{meta}
</head><body>
<div class="top"><ul class="nav">{menu("scio-nav", 30, _ITEM)}</ul></div>
{body}
<div class="bottom">版权所有：国务院新闻办公室 <ul>{menu("scio-foot", 12, _ITEM)}</ul></div>
</body></html>
"""


def _list(page: ListPage) -> str:
    rows = "\n".join(
        f'<li><a href="{link.removeprefix("https:")}" target="_blank">{escape(piece.title)}</a>'
        f"<span>{piece.day}</span></li>"
        for link, piece in page.rows
    )
    script = f'createPageHTML({page.pages}, {page.number}, "index", "html");'
    body = f'<div class="list"><ul>\n{rows}\n</ul><script>{script}</script></div>'
    return _frame("新闻发布会", '<meta name="ColumnName" content="新闻发布会">', body)


def _article(piece: Piece, neighbours: list[Row]) -> str:
    meta = metas(piece, name="国务院新闻办公室网站", domain=HOST, code="bm33000001", column="发布会")
    text = _turns(piece) if piece.dialect == "transcript" else blocks(piece)
    if piece.dialect == "part":
        text += '<p><a href="./202609/t20260910_918802.html">县域充电设施建设指南（摘要）</a></p>'
    parts = ""
    if piece.dialect == "event":
        parts = (
            '<div class="parts"><a href="./tw/">图文实录</a> <a href="./wjzc/index.html">文件和政策</a>'
            ' <a href="./fbyd/202609/t20260910_918801.html">发布要点</a> <a href="/zdgz/jj/">更多</a>'
            f'<div class="qwxz">全文下载：{files(piece)}</div></div>'
        )
    body = f"""<div class="content"><h1 class="tit">{escape(piece.title)}</h1>
<div class="info"><span>{piece.day}</span> <span>来源：{escape(piece.source)}</span></div>
<div class="pages_content" id="zoom"><div class="TRS_Editor">
{text}
</div></div>{parts}
<div class="share">分享到：<a>微信</a></div></div>"""
    return _frame(piece.title, meta, body)


def _turns(piece: Piece) -> str:
    """Return a transcript: names in bold, now in the paragraph of what is said, now in one of their own."""
    made = []
    for number, line in enumerate(piece.lines()):
        name, colon, said = line.partition("：")
        if not colon or len(name) > 16:
            made.append(f"<p>\u3000\u3000{escape(line)}</p>")
        elif number % 2:
            made.append(f"<p><strong>{escape(name)}：</strong></p><p>\u3000\u3000{escape(said)}</p>")
        else:
            made.append(f"<p>\u3000\u3000<strong>{escape(name)}：</strong>{escape(said)}</p>")
    return "\n".join(made)


SKIN = Skin(site="scio", host=HOST, draw_list=_list, draw_article=_article, rows=15)
