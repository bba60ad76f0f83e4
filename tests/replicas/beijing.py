"""www.beijing.gov.cn: all rows on page one, flags that are empty, three numbers in a pager, a gateway with other words."""

from __future__ import annotations

from html import escape

from .markup import NOTE, attribute, html_reply, menu, style
from .pieces import Piece
from .pieces_html import blocks, cut, files
from .trs import ListPage, Row, Skin, Trs, address, metas, missing, relative
from .wire import Reply, Request
from .world import Stage

HOST = "www.beijing.gov.cn"
GATE = f"/gate/big5/{HOST}"
_ITEM = '<li><a href="{href}">{words}</a></li>'
_LOCALISED = (
    ("互联网", "網際網路"),
    ("支持", "支援"),
    ("布局", "佈局"),
    ("产业", "産業"),
    ("项目", "專案"),
    ("满意", "滿意"),
)
CARDS = "gongkai/zfxxgk/zc/gz"
SLICED = "zhengce/zfwj/zfwj2016/szfwj"


def beijing(stage: Stage) -> Trs:
    """Return what answers for the city."""
    return Trs(stage, SKIN, _gateway)


def _gateway(request: Request, stage: Stage) -> Reply | None:
    if not request.path.startswith("/gate/big5/"):
        return None
    path = request.path.removeprefix(GATE)
    shown = next(
        (p for p in stage.world.pieces("beijing") if address(SKIN, p) == f"https://{HOST}{path}"), None
    )
    if shown is None:
        return missing()
    page = _article(shown, [])
    for word, other in _LOCALISED:
        page = page.replace(word, other)
    return html_reply(page)


def _frame(title: str, meta: str, body: str) -> str:
    return f"""<!DOCTYPE html>
<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8">
{NOTE}
<title>{escape(title)}_政策文件_首都之窗_北京市人民政府门户网站</title>
{meta}
{style("bj", 30)}
</head><body>
<div class="header"><div class="nav"><ul>{menu("bj-nav", 36, _ITEM)}</ul></div></div>
{body}
<div class="footer">主办：北京市人民政府办公厅 <ul>{menu("bj-foot", 20, _ITEM)}</ul></div>
</body></html>
"""


def _list(page: ListPage) -> str:
    if page.column == CARDS:
        cards = "".join(
            f'<div class="card"><p class="c-bt-t"><a href="{relative(link, page.column, HOST)}">{escape(piece.title)}</a></p>'
            f'<p class="c-bt-c">（{_chinese(piece.day)} 第{320 + n}号令公布）</p></div>'
            for n, (link, piece) in enumerate(page.rows)
        )
        return _frame("政府规章", "", f'<div class="cards">{cards}</div>')
    rows = [_row(link, piece, page.column, "是") for link, piece in page.rows]
    if page.rows and page.column == SLICED:
        link, piece = page.rows[0]
        spoilt = link.replace("_1", "_9") if "_1" in link else link[:-6] + "0.html"
        rows.insert(1, _row(spoilt, piece, page.column, ""))
    script = f"createPageHTML({page.count}, {page.pages}, {page.number + 1}, 'index', 'html');"
    if page.column == SLICED:
        script = "var all = $('.default_news li'); var pageSize = 15; all.slice(pageSize).hide();"
    listed = "\n".join(rows)
    body = f"""<div class="listBox"><ul class="list default_news">
{listed}
</ul><div class="pager"><script>{script}</script></div></div>"""
    return _frame("政策文件", '<meta name="ColumnName" content="政策文件">', body)


def _row(link: str, piece: Piece, column: str, flag: str) -> str:
    number = f"<span>{piece.doc_number}</span>" if piece.doc_number else ""
    return (
        f'<li><i class="flag" style="display:none">{flag}</i><a href="{relative(link, column, HOST)}" '
        f'title="{attribute(piece.title)}">{escape(cut(piece.title))}</a>{number}<b class="u_time">{piece.day}</b></li>'
    )


def _chinese(day: str) -> str:
    year, month, number = day.split("-")
    return f"{year}年{int(month)}月{int(number)}日"


def _article(piece: Piece, neighbours: list[Row]) -> str:
    meta = metas(piece, name="北京市人民政府门户网站", domain=HOST, code="1100000088", column="政策文件")
    card = ""
    if piece.doc_number:
        told = (
            ("发文机构", piece.issuer),
            ("成文日期", _chinese(piece.day)),
            ("发文字号", piece.doc_number),
            ("索引号", piece.index_number),
            ("发布日期", _chinese(piece.day)),
            ("主题分类", "城乡建设/社区"),
        )
        rows = "".join(f"<tr><th>[{label}]</th><td>{value}</td></tr>" for label, value in told)
        if piece.column.endswith("qtwj"):
            rows = "".join(f"<dl><dt>{label}：</dt><dd>{value}</dd></dl>" for label, value in told)
        card = f'<div class="doc-info"><table>{rows}</table></div>'
    text = blocks(piece)
    if piece.dialect == "picture":
        text = '<p align="center"><img src="./W020260909500000000001.jpg" width="800"></p>'
    body = f"""<div class="container"><div class="crumbs">首页 > 政策文件 > {escape(piece.title)}</div>
<div class="header"><p><h1>{escape(piece.title)}</h1></p></div>
<div class="info"><span>日期：{piece.published}</span><span>来源：{escape(piece.source)}</span><a>打印</a><a>字号</a></div>
{card}
<div class="view TRS_UEDITOR" id="mainText"><div class="view-content">
{text}
{files(piece)}
</div></div>
<div class="share">分享：<a>微信</a></div></div>"""
    return _frame(piece.title, meta, body)


SKIN = Skin(
    site="beijing",
    host=HOST,
    draw_list=_list,
    draw_article=_article,
    rows=15,
    whole=frozenset({SLICED, "zhengce/zcjd"}),
    https_only=True,
)
