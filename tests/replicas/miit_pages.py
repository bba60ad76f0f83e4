"""The ministry's markup: column shell, the HTML fragment inside the list's JSON, the article."""

from __future__ import annotations

import json
from html import escape
from math import ceil

from .markup import NOTE, attribute, menu, style
from .pieces import Block, Entry, Heading, Piece, Signature, Table

API = "/api-gateway/jpaas-publish-server/front/page/build/unit"
ROWS = 24
WEB_ID = "8d828e408d90447786ddbe128d495e9e"
TEMPLATE_ID = "209741b2109044b5b7695700b2bec37e"
_NAMES = {
    "xwfb/szyw": "时政要闻",
    "xwfb/bldhd": "部领导活动",
    "jgsj/kjs/wjfb": "文件发布",
    "gxsj/tjfx/rjy": "软件业",
    "gxsj/tjfx/txy": "通信业",
    "gzcy/yjzj": "意见征集",
    "zwgk/wjgs": "文件公示",
    "zwgk/zcwj/wjfb/tz": "通知",
    "zwgk/zcjd": "政策解读",
}
_ITEM = '<li><a href="{href}" target="_blank">{words}</a></li>'


def _query(column: str, page_id: str) -> dict[str, str]:
    return {
        "parseType": "buildstatic",
        "webId": WEB_ID,
        "tplSetId": TEMPLATE_ID,
        "pageType": "column",
        "tagId": "当前栏目_list" if column.startswith("jgsj/") else "右侧内容",
        "editType": "null",
        "pageId": page_id,
    }


def _frame(title: str, meta: str, body: str) -> str:
    return f"""<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
{NOTE}
<meta http-equiv="X-UA-Compatible" content="IE=edge,chrome=1">
<title>{escape(title)}</title>
<meta name="SiteName" content="中华人民共和国工业和信息化部">
<meta name="SiteDomain" content="www.miit.gov.cn">
<meta name="SiteIDCode" content="bm07000001">
{meta}
{style("miit", 50)}
<script type="text/javascript" src="/cms_files/filemanager/1226211233/picture/jquery-1.8.3.min.js"></script>
</head>
<body>
<div class="w980 header"><a href="/index.html"><img src="/picture/logo.png" alt="工业和信息化部"></a></div>
<div class="nav"><ul class="cf">
{menu("miit-nav", 44, _ITEM)}
</ul></div>
{body}
<div class="footer"><p>版权所有：中华人民共和国工业和信息化部</p><p>地址：测试路1号 网站标识码：bm07000001</p>
<ul>{menu("miit-foot", 24, _ITEM)}</ul></div>
</body>
</html>
"""


def column_page(column: str, page_id: str) -> str:
    """Return a column's shell: the ids of its list in single quotes, and not one row."""
    asked = str(_query(column, page_id)).replace(", ", ",").replace(": ", ":")
    name = _NAMES[column]
    box = "lmy_main_rb" if column.startswith("jgsj/") else "clist_con"
    meta = f'<meta name="ColumnName" content="{name}">\n<meta name="ColumnType" content="工作动态">'
    script = f'<script type="text/javascript" src="/script/unit.js" url="{API}" queryData="{asked}"></script>'
    left = f'<div class="clist_left"><h2>{name}</h2><ul>{menu(column, 8, _ITEM)}</ul></div>'
    body = f'<div class="w980 cmain">{left}<div class="{box}">{script}</div></div>'
    return _frame(name, meta, body)


def list_html(column: str, rows: list[tuple[str, str, str]], count: int, number: int) -> str:
    """Return the fragment that the list's JSON carries: the rows of one page and the pager."""
    tag = _query(column, "")["tagId"]
    lines = "".join(
        f'<li class="cf"><a class="fl" href="{href}" title="{attribute(title)}" target="_blank"><i></i>'
        f'{escape(_cut(title))}</a><span class="fr">{day}</span></li>'
        for href, title, day in rows
    )
    asked = attribute(json.dumps(_query(column, ""), ensure_ascii=False))
    links = "".join(
        f'<a href="javascript:;" data-page="{n}">{n}</a>' for n in range(1, ceil(count / ROWS) + 1)
    )
    return (
        f'<div id="{tag}"><div class="page-content"><ul>{lines}</ul>'
        f'<div class="pagination" rows="{ROWS}" count="{count}" pageno="{number}" uniturl="{API}" '
        f'querydata="{asked}"><div class="layui-box layui-laypage">{links}<span class="layui-laypage-curr">'
        f'<em class="layui-laypage-em"></em><em>{number}</em></span></div></div></div></div>'
    )


def _cut(title: str) -> str:
    return title if len(title) <= 24 else title[:24] + "..."


def article_page(piece: Piece, neighbours: list[tuple[str, str]]) -> str:
    """Return an article with the furniture that does not belong to it."""
    name = _NAMES[piece.column]
    meta = "\n".join(
        f'<meta name="{key}" content="{attribute(value)}">'
        for key, value in (
            ("ColumnName", name),
            ("ColumnType", "工作动态"),
            ("ArticleTitle", piece.title),
            ("PubDate", piece.published),
            ("ContentSource", piece.source),
            ("Keywords", ""),
        )
    )
    number = f'<span class="xxgk-fwzh">{piece.doc_number}</span>' if piece.doc_number else ""
    related = "".join(f'<li><a href="{href}">{escape(title)}</a></li>' for href, title in neighbours)
    body = f"""<div class="w980 center cmain">
<div class="mnlm">您的位置：<a href="/">首页</a> &gt; <a href="/{piece.column}/index.html">{name}</a></div>
<div class="con_title_box"><h1 id="con_title">{escape(piece.title)}</h1></div>
<div class="cinfo center"><span id="con_time">发布时间：{piece.published}</span>
<span>来源：{escape(piece.source)}</span>{number}
<span class="bshare">分享：<a href="javascript:;">微信</a><a href="javascript:;">微博</a></span></div>
<div class="ccontent center" id="con_con">
{"".join(_block(block) for block in piece.blocks)}
{"".join(_file(link.name, link.href) for link in piece.files)}
</div>
<div class="article_fd"><a href="javascript:window.print()">【打印本页】</a>
<a href="javascript:window.close()">【关闭窗口】</a></div>
<div id="ewm"><p>扫一扫在手机打开当前页</p><img src="/picture/ewm.png"></div>
<div class="xgwj"><h3>相关文章</h3><ul>{related}</ul></div>
</div>"""
    return _frame(piece.title, meta, body)


def _file(name: str, href: str) -> str:
    return f'<p style="text-indent:2em"><a href="{href}" target="_blank">{escape(name)}</a></p>\n'


def _block(block: Block) -> str:
    if isinstance(block, Table):
        rows = "".join(
            "<tr>"
            + "".join(f'<td style="border:1px solid #000"><p>{escape(cell)}</p></td>' for cell in row)
            + "</tr>"
            for row in block.rows
        )
        return f'<table border="1" cellspacing="0" style="margin:auto">{rows}</table>\n'
    if isinstance(block, Heading):
        return f'<p style="text-indent:2em"><strong>{escape(block.text)}</strong></p>\n'
    if isinstance(block, Signature):
        return f'<p style="text-align:right">{escape(block.text)}&ensp;&ensp;</p>\n'
    text = block.text if isinstance(block, Entry) else block
    return f'<p style="text-indent:2em"><span style="font-size:16px">{escape(text)}</span></p>\n'
