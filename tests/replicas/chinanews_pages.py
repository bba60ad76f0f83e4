"""The news agency's markup, with everything in it that is not the article and turns from day to day."""

from __future__ import annotations

import random
from html import escape

from .markup import NOTE, attribute, menu, style
from .pieces import Heading, Piece, Table

_ITEM = '<li><a href="//www.chinanews.com.cn{href}">{words}</a></li>'
_ADS = ("秋季家电节", "中秋礼盒预订", "英语口语体验课", "新车试驾预约", "旅行特惠机票", "护眼台灯")


def list_page(path: str, shown: list[tuple[str, Piece]]) -> str:
    """Return a list; its times have no year, its addresses no scheme."""
    rows = "\n".join(
        f'<li><div class="dd_lm">[<a href="//www.chinanews.com.cn/{piece.column}/">{piece.column}</a>]</div> '
        f'<div class="dd_bt"><a href="{address.removeprefix("https:")}">{escape(piece.title)}</a></div>'
        f'<div class="dd_time">{int(piece.day[5:7])}-{int(piece.day[8:])} {piece.published[11:]}</div></li>'
        for address, piece in shown
    )
    body = f'<div class="content_list"><ul>\n{rows}\n</ul></div><div class="pagebox">{path}</div>'
    return _frame("滚动新闻", "", body, "")


def _frame(title: str, meta: str, body: str, comment: str) -> str:
    return f"""<!DOCTYPE html>
<html>
{comment}
<head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8" />
{NOTE}
<meta name="author" content="chinanews" />
{meta}
<title>{escape(title)}-中新网</title>
{style("chinanews", 70)}
</head>
<body>
<div class="nav_navcon"><h1 class="logo"><a href="//www.chinanews.com.cn/">中新网</a></h1><ul>
{menu("chinanews-nav", 46, _ITEM)}
</ul></div>
{body}
<div class="pagebottom"><ul>{menu("chinanews-foot", 18, _ITEM)}</ul>
<p>本网站所刊载信息，不代表测试用仿制页观点。刊用本网站稿件，务经书面授权。</p></div>
</body>
</html>
"""


def article(piece: Piece, part: int, turned: int, related: list[tuple[str, str]]) -> str:
    """Return one page of an article; ``turned`` drives counters, ads, comments and related links."""
    dice = random.Random(f"{piece.key}-{turned}")
    head = (
        f"<!--[4,8,{piece.number}] published at {piece.published}:{12 + turned:02d} from #10 by 范例-->\n"
        f"<!--[4,322,{84 + turned}] published at 2026-09-{14 + turned % 15:02d} 22:36:48 from #10 by 范本-->"
    )
    words = (
        f'<meta name="keywords" content="" />\n<meta name="description" content="{attribute(piece.title)}" />'
    )
    links = "\n".join(
        f'<li>·<a href="{href.removeprefix("https:")}">{escape(t)}</a></li>' for href, t in related
    )
    body = f"""{_hidden(piece)}
<div class="con_left"><div class="fl"><div id="menu_1_1_2">正文</div></div>
<div class="content" id="cont_1_1_2">
{_head(piece, dice)}
<!--正文start-->
<div class="left_zw" style="position:relative">
{_text(piece, part, dice)}
<div id="function_code_page">{_pager(piece, part)}</div>
<div class="adEditor"><div class="left_name right">【编辑:{piece.editor or "范例"}】</div></div>
</div>
<!--[4,{300 + turned},{dice.randrange(99)}] published at 2026-09-{14 + turned % 15:02d} 06:00:01 from #8 by 范本-->
<div class="div624"><h4>相关新闻：</h4><ul>
{links}
</ul></div>
<div class="hot"><h4>{dice.choice(("热点推荐", "本网看点", "精彩图集"))}</h4><ul>{menu(str(turned), 10, _ITEM)}</ul></div>
</div></div>"""
    return _frame(piece.title + (f"({part})" if part > 1 else ""), words, body, head)


def _hidden(piece: Piece) -> str:
    return f"""<div style="display:none;" id="BaiduSpider"><span id="pubtime_baidu">{piece.published}:00</span>
<span id="source_baidu">来源：<a href="http://www.chinanews.com.cn/">{escape(piece.source)}</a></span>
<span id="author_baidu">作者：{piece.author}</span><span id="editor_baidu">责任编辑：{piece.editor or "范例"}</span></div>"""


def _head(piece: Piece, dice: random.Random) -> str:
    year, month, day = piece.day.split("-")
    line = f"{year}年{month}月{day}日 {piece.published[11:]}　来源：{escape(piece.source)}"
    if piece.dialect == "new":
        return f"""<div class="content_left_title">{escape(piece.title)}</div>
<div class="content_left_time">{line} <a class="share">分享到：</a></div>"""
    comments = f'参与互动(<span id="totalsum">{dice.randrange(900)}</span>)'
    return f"""<h1 style="display:block">
{escape(piece.title)}</h1>
<div class="left-time"><div class="left-t"> {line}　<a href="//comment.example/">{comments}</a></div></div>"""


def _text(piece: Piece, part: int, dice: random.Random) -> str:
    size = -(-len(piece.blocks) // piece.parts)
    lines = []
    for block in piece.blocks[size * (part - 1) : size * part]:
        if isinstance(block, Table):
            cells = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in block.rows)
            lines.append("<table border=1>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>")
            continue
        text = escape(block if isinstance(block, str) else block.text)
        lines.append(
            f"<p>　　<strong>{text}</strong></p>" if isinstance(block, Heading) else f"<p>　　{text}</p>"
        )
    lines.insert(min(2, len(lines)), _advertisement(dice))
    return "\n".join(lines)


def _advertisement(dice: random.Random) -> str:
    name = dice.choice(_ADS)
    return f"""<table border=0 cellspacing=0 cellpadding=0 align=left class="adInContent"><tr><td>
<!--画中画广告start--><div id="ad_{dice.randrange(10**6)}"><a href="https://ads.example/{dice.randrange(10**6)}">{name}</a>
<script type="text/javascript">var slot="{dice.randrange(10**9)}";show(slot);</script></div><!--画中画广告end--></td></tr></table>"""


def _pager(piece: Piece, part: int) -> str:
    if piece.parts == 1:
        return ""
    name = piece.number
    links = [
        f'<a href="{name}{f"_{n}" if n > 1 else ""}.shtml">{n}</a>' if n != part else f"<span>{n}</span>"
        for n in range(1, piece.parts + 1)
    ]
    if part < piece.parts:
        links.append(f'<a href="{name}_{part + 1}.shtml">下一页</a>')
    return "".join(links)


def ancient(piece: Piece) -> str:
    """Return an article of the GBK age; the caller encodes it."""
    year, month, day = piece.day.split("-")
    lines = "\n".join(f"<p>　　{escape(line)}</p>" for line in piece.lines())
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN">
<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312" />
{NOTE}
<title>{escape(piece.title)}-中新网</title></head>
<body><ul>{menu("chinanews-old", 20, _ITEM)}</ul>
<div id="cont_1_1_2" class="content"><h1>{escape(piece.title)}</h1>
<div class="left-time"><div class="left-t"> {year}年{month}月{day}日 {piece.published[11:]}　来源：{piece.source}　\
参与互动(<span class="totalsum">0</span>)</div></div>
<div class="left_zw">
{lines}
</div>
<div class="left_name"> 【编辑:{piece.editor}】 </div></div>
</body></html>
"""
