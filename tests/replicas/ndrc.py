"""www.ndrc.gov.cn: a column that is only a shell, rows with and without a day, files after the body, no charset."""

from __future__ import annotations

from html import escape

from .markup import NOTE, attribute, html_reply, menu, style
from .pieces import Piece
from .pieces_html import blocks, cut
from .trs import ListPage, Row, Skin, Trs, metas, relative
from .wire import Reply, Request
from .world import Stage

HOST = "www.ndrc.gov.cn"
_NAMES = {
    "tz": "通知",
    "fzggwl": "令",
    "ghxwj": "规范性文件",
    "ghwb": "规划文本",
    "gg": "公告",
    "tzgg": "通知公告",
}
_ITEM = '<li><a href="{href}">{words}</a></li>'


def ndrc(stage: Stage) -> Trs:
    """Return what answers for the commission."""
    return Trs(stage, SKIN, _extra)


def _extra(request: Request, stage: Stage) -> Reply | None:
    if request.path == "/xxgk/zcfb/":
        return html_reply(
            "<html><head><script>window.location.href='./fzggwl/';</script></head><body></body></html>"
        )
    return None


def _name(column: str) -> str:
    return _NAMES[column.rpartition("/")[2]]


def _frame(title: str, meta: str, body: str) -> str:
    return f"""<!DOCTYPE html>
<html lang="zh-CN"><head>
<meta charset="utf-8">
{NOTE}
<title>{escape(title)}-国家发展和改革委员会</title>
{meta}
{style("ndrc", 40)}
</head><body>
<div class="header"><ul class="nav">{menu("ndrc-nav", 40, _ITEM)}</ul></div>
{body}
<div class="footer"><p>主办单位：国家发展和改革委员会 技术支持：测试中心</p><ul>{menu("ndrc-foot", 18, _ITEM)}</ul></div>
</body></html>
"""


def _list(page: ListPage) -> str:
    rows = []
    for number, (link, piece) in enumerate(page.rows):
        day = "" if page.column.endswith("/gg") else f"<span>{piece.day.replace('-', '/')}</span>"
        href = relative(link, page.column, HOST)
        rows.append(
            f'<li><a href="{href}" title="{attribute(piece.title)}" target="_blank">{escape(cut(piece.title))}</a>{day}</li>'
        )
        if number % 5 == 4:
            rows.append('<li class="empty"></li>')
    script = f'createPageHTML({page.pages}, {page.number}, "index", "html");'
    body = f"""<div class="container"><div class="list"><ul class="u-list">
{chr(10).join(rows)}
</ul><div class="page"><script>{script}</script></div></div></div>"""
    return _frame(_name(page.column), f'<meta name="ColumnName" content="{_name(page.column)}">', body)


def _article(piece: Piece, neighbours: list[Row]) -> str:
    meta = metas(
        piece,
        name="中华人民共和国国家发展和改革委员会",
        domain=HOST,
        code="bm04000007",
        column=_name(piece.column),
    )
    text = blocks(piece)
    if piece.dialect == "picture":
        text = '<p style="text-align:center"><img src="./W020260912300000000001.jpg" alt=""></p>' + text
    attached = "".join(
        f'<li><a href="{link.href}" target="_blank">{escape(link.name)}</a></li>' for link in piece.files
    )
    block = f'<div class="attachment"><h3>附件：</h3><ul>{attached}</ul></div>' if attached else ""
    related = "".join(f'<li><a href="{link}">{escape(other.title)}</a></li>' for link, other in neighbours)
    body = f"""<div class="article"><div class="article_title">{escape(piece.title)}</div>
<div class="article_time"><div class="time">发布时间：{piece.day.replace("-", "/")}</div>
<div class="ly laiyuantext">来源：<span>{escape(piece.source)}</span></div></div>
<div class="article_con"><div class="TRS_Editor">
{text}
</div></div>
{block}
<div class="article_fenxiang"><a>分享到：</a><a>[ 打印 ]</a></div>
<div class="xg_list"><h3>相关文章</h3><ul>{related}</ul></div></div>"""
    return _frame(piece.title, meta, body)


SKIN = Skin(site="ndrc", host=HOST, draw_list=_list, draw_article=_article, rows=25, label=False)
