"""The science ministry's markup: lists in two dialects, articles in three kinds of container, the old age."""

from __future__ import annotations

from html import escape

from .markup import NOTE, attribute, menu, style
from .pieces import Block, Entry, Heading, Piece, Signature, Table

NAMES = {
    "tztg": "通知通告",
    "kjbgz": "科技部工作",
    "gfxwj": "规范性文件",
    "bmgz": "部门规章",
    "zcjd": "政策解读",
}
_ITEM = '<li class="menu_li"><a href="{href}">{words}</a></li>'
Shown = list[tuple[str, Piece]]


def _name(column: str) -> str:
    return NAMES.get(column.rpartition("/")[2], "其他文件")


def _frame(title: str, meta: str, body: str) -> str:
    return f"""<!doctype html>
<html>

<head>
    <meta http-equiv="Content-Type" content="text/html; charset=utf-8" />
    <meta http-equiv="X-UA-Compatible" content="IE=edge,Chrome=1" />
    {NOTE}
    <!-- 网站名称 -->
<meta name="SiteName" content="中华人民共和国科学技术部" />
    <!-- 网站域名 -->
<meta name="SiteDomain"content="www.most.gov.cn" />
<meta name="SiteIDCode" content="bm06000001" />
{meta}
    <title>
        {escape(title)}-中华人民共和国科学技术部
    </title>
    {style("most", 60)}
</head>

<body>
<div class="topline"><ul>{menu("most-top", 14, _ITEM)}</ul></div>
<div class="nav_menu"><ul>
{menu("most-nav", 52, _ITEM)}
</ul></div>
{body}
<div class="footer"><div class="text_center">版权所有：中华人民共和国科学技术部</div>
<div>地址：测试路2号 | 网站标识码：bm06000001</div><ul>{menu("most-foot", 20, _ITEM)}</ul></div>
</body>
</html>
"""


def info_list(column: str, shown: Shown, extra: list[tuple[str, str, str]], pages: int, number: int) -> str:
    """Return a list in the first dialect; the number of its pages stands in a script."""
    rows = [(_relative(address), piece.title, piece.day) for address, piece in shown]
    rows[1:1] = extra
    hide = " mhide" if column == "kjbgz" else ""
    lines = "\n".join(
        f'<li><a href="{href}" title="{attribute(title)}" target="_blank">{escape(_cut(title))}</a>'
        f'<span class="date{hide}">{day}</span></li>'
        for href, title, day in rows
    )
    script = f"var pagination_script_config = {{ pageNumber:'{number}', total:'{pages}' }};"
    if column == "kjbgz":
        script = f'createPageHTML({pages}, {number}, "index", "html");'
    body = f"""<div class="main"><h2>{_name(column)}</h2>
<ul class="info_list2">
{lines}
</ul>
<div class="pagination"><script type="text/javascript">{script}</script></div></div>"""
    return _frame(_name(column), f'<meta name="ColumnName" content="{_name(column)}" />', body)


def table_list(column: str, shown: Shown, pages: int, number: int) -> str:
    """Return a list in the second dialect: a table's rows, the titles in single quotes."""
    lines = "\n".join(
        f"""<div class="w_list_tr"><a class="list-main-li-item" href="{_relative(address)}"
 title='{piece.title}'>
<div class="w_list_bt">{escape(_cut(piece.title))}</div></a>
<div class="w_list_fwzh">{piece.doc_number}</div><div class="w_list_rq">{piece.day}</div></div>"""
        for address, piece in shown
    )
    body = f"""<div class="main"><div class="list-main">
{lines}
</div><script>createPageHTML({pages}, {number}, "index", "html");</script></div>"""
    return _frame(_name(column), f'<meta name="ColumnName" content="{_name(column)}" />', body)


def _relative(address: str) -> str:
    return "./" + "/".join(address.rsplit("/", 2)[1:])


def _cut(title: str) -> str:
    return title if len(title) <= 30 else title[:29] + "…"


def article_page(piece: Piece, neighbours: list[tuple[str, str]]) -> str:
    """Return an article; its container depends on the column."""
    named = (
        ("ColumnName", _name(piece.column)),
        ("ColumnDescription", ""),
        ("ColumnType", ""),
        ("ArticleTitle", piece.title),
        ("PubDate", piece.published),
        ("ContentSource", piece.source),
        ("Keywords", ""),
    )
    meta = "\n".join(f'<meta name="{name}" content="{attribute(value)}" />' for name, value in named)
    text = "".join(_block(block) for block in piece.blocks)
    text += "".join(f'<p><a href="{f.href}" target="_blank">{escape(f.name)}</a></p>' for f in piece.files)
    related = "".join(f'<li><a href="{href}">{escape(title)}</a></li>' for href, title in neighbours)
    year, month, day = piece.day.split("-")
    line = f"日期：{year}年{month}月{day}日&nbsp;&nbsp;来源：{escape(piece.source)}"
    body = f"""<div class="xxgk_detail">
{_card(piece) if piece.column.startswith("xxgk/") else ""}
<div class="xxgk_detail_content style1">
    <div class="xxgk_title">
        {escape(piece.title)}
    </div>
    <div class="xxgk_title2">{line}</div>
    {_container(piece.column, text)}
    <div class="div_qrcode"><div>扫一扫在手机打开当前页</div><div id="qrcode"></div></div>
    <div class="xxgk_detail_table"><a href="#"><span class="style21">[放大字体]</span></a>
    <a href="#"><span class="style21">[打印]</span></a><a href="#"><span class="style21">[关闭]</span></a></div>
    <div class="chnldesc-correlation"><h3>相关文件</h3><ul>{related}</ul></div>
</div></div>"""
    return _frame(piece.title, meta, body)


def _container(column: str, text: str) -> str:
    inner = f'<div class="trs_editor_view TRS_UEDITOR trs_paper_default">{text}</div>'
    marked = f'<meta name="ContentStart" />\n{inner}\n<meta name="ContentEnd" />'
    if column == "kjbgz":
        return f'<div class="html-content-fun">{marked}</div>'
    if column.endswith("/zcjd"):
        return (
            f'<div class="text wide">\n<meta name="ContentStart" />{text}<meta name="ContentEnd" />\n</div>'
        )
    return f'<div id="Zoom">\n{marked}\n</div>'


def _card(piece: Piece) -> str:
    year, month, day = piece.day.split("-")
    cells = (
        (("索引号", piece.index_number), ("发文机构", piece.issuer or "科技部")),
        (("成文日期", f"{year}年{month}月{day}日"), ("发布日期", f"{year}年{month}月{day}日")),
        (("发文字号", piece.doc_number), ("标题", piece.title)),
    )
    rows = "\n".join(
        "<tr>"
        + "".join(f"<td><b>{label}：</b></td>\n<td>\n {value}\n</td>" for label, value in row)
        + "</tr>"
        for row in cells
    )
    return f'<div class="xxgk_detail_head"><table><tbody>\n{rows}\n</tbody></table></div>'


def _block(block: Block) -> str:
    if isinstance(block, Table):
        rows = "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in block.rows
        )
        return f"<table><tbody>{rows}</tbody></table>"
    if isinstance(block, Signature):
        return f'<p style="text-align: right;">{escape(block.text)}\u3000\u3000</p>'
    if isinstance(block, Heading):
        return f'<p style="text-align: center;"><strong>{escape(block.text)}</strong></p>'
    text = block.text if isinstance(block, Entry) else block
    return f"<p>\u3000\u3000{escape(text)}</p>"


def ancient_list(shown: list[Piece]) -> str:
    """Return a list of the GB2312 age: the day in round brackets after the link."""
    rows = "\n".join(
        f'<tr><td class="STYLE30">·<a href="../{piece.day[:4]}{piece.day[5:7]}/t{piece.day.replace("-", "")}_'
        f'{piece.number}.htm" class="STYLE30">{escape(piece.title)}</a>({piece.day})</td></tr>'
        for piece in shown
    )
    return _ancient("科技部工作", f"<table>{rows}</table>")


def ancient_page(piece: Piece) -> str:
    """Return an article of the GB2312 age: the body between two meta elements, in the middle of tables."""
    lines = "".join(f'<p align="left">\u3000\u3000{escape(line)}</p>\n' for line in piece.lines())
    year, month, day = piece.day.split("-")
    body = f"""<table width="760" align="center">
<tr><td class="STYLE30">当前位置：科技部门户 &gt; 科技部工作</td></tr>
<tr><td align="center"><font size="4"><b>{escape(piece.title)}</b></font></td></tr>
<tr><td align="center">日期：{year}年{month}月{day}日 &nbsp; 来源：{piece.source}</td></tr>
<tr><td class="STYLE30"><div id="Zoom"><meta name="ContentStart">
<div class="TRS_Editor">{lines}</div>
<meta name="ContentEnd"></div></td></tr>
<tr><td>打印本页 | 关闭窗口</td></tr></table>"""
    return _ancient(piece.title, body)


def _ancient(title: str, body: str) -> str:
    return f"""<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">
<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312">
{NOTE}
<title>{escape(title)}-中华人民共和国科学技术部</title></head>
<body><ul>{menu("most-old", 18, _ITEM)}</ul>
{body}
<center>版权所有 中华人民共和国科学技术部</center></body></html>
"""
