"""The State Council site's markup: empty shell, formal document (A), article (B), and the gateway's rendering."""

from __future__ import annotations

from html import escape

from .markup import NOTE, attribute, menu, style
from .pieces import Block, Entry, Heading, Piece, Signature, Table

_ITEM = '<li><a href="{href}" target="_blank">{words}</a></li>'
_LABELS = (
    ("索　引　号：", "index_number"),
    ("主题分类：", ""),
    ("发文机关：", "issuer"),
    ("成文日期：", "written"),
    ("标　　题：", "title"),
    ("发文字号：", "doc_number"),
    ("发布日期：", "shown"),
    ("主题词：", ""),
)
_COLUMNS = {
    "zhengce/content": "政府信息公开专栏",
    "zhengce/zhengceku": "国务院文件",
    "zhengce/wenjian": "部门文件",
    "zhengce": "最新政策",
    "zhengce/jiedu": "解读",
    "yaowen/liebiao": "要闻",
    "lianbo": "政务联播",
}


def _stamp(piece: Piece) -> str:
    return f"{piece.day}-{piece.published[11:]}:00"


def _meta(piece: Piece) -> str:
    named = (
        ("manuscriptId", piece.number),
        ("keywords", ""),
        ("description", piece.title),
        ("lanmu", _COLUMNS[piece.column]),
        ("catalog", f"c{len(piece.column)}00123"),
        ("author", ""),
        ("firstpublishedtime", _stamp(piece)),
        ("lastmodifiedtime", piece.republished or _stamp(piece)),
    )
    return "\n".join(f'<meta name="{name}" content="{attribute(value)}"/>' for name, value in named)


def _frame(title: str, column: str, meta: str, body: str, site: str = "中国政府网") -> str:
    return f"""<!DOCTYPE html>
<html>
<head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8"/>
{NOTE}
{meta}
<title>{escape(title)}_{column}_{site}</title>
{style("gov", 55)}
</head>
<body>
<div class="header"><div class="nav"><ul>
{menu("gov-nav", 48, _ITEM)}
</ul></div></div>
{body}
<div class="footer"><ul>{menu("gov-foot", 20, _ITEM)}</ul>
<p>主办单位：测试用仿制页　网站标识码bm01000001</p></div>
</body>
</html>
"""


def shell(path: str) -> str:
    """Return a list page: no rows, a script that would fetch them."""
    body = f"""<div class="list"><ul class="list_2" id="newslist"></ul></div>
<script>$.ajax({{url:'.{path}'.replace(/.*/,'./LIST.json'),dataType:'json',success:function(d){{show(d)}}}});</script>"""
    return _frame("列表", "最新政策", "", body)


def page(piece: Piece) -> str:
    """Return an article in its template."""
    body = _formal(piece) if piece.dialect == "A" else _plain(piece)
    return _frame(piece.title, _COLUMNS[piece.column], _meta(piece), body)


def _formal(piece: Piece) -> str:
    year, month, day = piece.day.split("-")
    values = {
        "index_number": piece.index_number,
        "issuer": piece.issuer,
        "title": piece.title,
        "doc_number": piece.doc_number,
        "shown": f"{year}年{month}月{day}日",
        "written": f"{year}年{month}月{max(1, int(day) - 2):02d}日",
        "": "",
    }
    cells = [
        f'<td class="zfxx_l"><b>{label}</b></td><td>{escape(values[name])}</td>' for label, name in _LABELS
    ]
    rows = "\n".join(f"<tr>{left}{right}</tr>" for left, right in zip(cells[::2], cells[1::2], strict=True))
    return f"""<div class="wrap"><div class="policyLibraryOverview_header"><table class="bd1"><tbody>
{rows}
</tbody></table></div>
<div class="b12c pages_content" id="UCAP-CONTENT">
<p style="text-align: center;"><span style="font-size: 24px;"><strong>{escape(piece.title)}</strong></span></p>
<p style="text-align: center;">{piece.doc_number}</p>
{_text(piece)}
</div>{_TAIL}</div>"""


def _plain(piece: Piece) -> str:
    return f"""<div class="content"><div class="article oneColumn pub_border"><h1 id="ti">{escape(piece.title)}</h1>
<div class="pages-date">{piece.published}
<span class="font">来源： {escape(piece.source)}</span>
<span class="font index-switchsize">字号：<span>默认</span><span>大</span><span>超大</span></span>
|<span class="share">打印</span></div>
<div class="pages_content mhide" id="UCAP-CONTENT">
{_numbered(piece)}{_text(piece)}
</div>
<div class="editor mhide"><span class="zh">责任编辑：范例</span></div>{_TAIL}</div></div>"""


def _numbered(piece: Piece) -> str:
    """Return the headline and the number as the library repeats them in the text."""
    if not piece.doc_number:
        return ""
    lines = (f"<strong>{escape(piece.title)}</strong>", escape(piece.doc_number))
    return "".join(f'<p style="text-align: center;">{line}</p>\n' for line in lines)


_TAIL = """<div class="related"><h2>相关稿件</h2></div><div class="ewm">扫一扫在手机打开当前页</div>
<div class="share-icon">分享到 微信 微博</div>"""


def _text(piece: Piece) -> str:
    lines = [_block(block) for block in piece.blocks]
    lines += [
        f'<p style="text-indent: 2em;">附件：<a href="{link.href}" target="_blank">{escape(link.name)}</a></p>'
        for link in piece.files
    ]
    return "\n".join(lines)


def _block(block: Block) -> str:
    if isinstance(block, Table):
        rows = "".join(
            "<tr>" + "".join(f"<td><p>{escape(cell)}</p></td>" for cell in row) + "</tr>"
            for row in block.rows
        )
        return f'<table border="1"><tbody>{rows}</tbody></table>'
    if isinstance(block, Signature):
        return f'<p style="text-align: right;">{escape(block.text)}　　</p>'
    if isinstance(block, Heading):
        return f'<p style="text-indent: 2em;"><strong>{escape(block.text)}</strong></p>'
    text = block.text if isinstance(block, Entry) else block
    return f'<p style="text-indent: 2em; text-align: justify;">{escape(text)}</p>'


def gateway_page(piece: Piece) -> str:
    """Return the gateway's page: Traditional characters, and Taiwan's words for the same things."""
    return _frame(piece.title, "要聞", _meta(piece), _plain(piece).replace("来源：", "來源："), "中國政府網")
