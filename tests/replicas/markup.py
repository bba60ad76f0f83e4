"""What all replicas' pages share: escaping, and furniture as heavy as real pages carry."""

from __future__ import annotations

import gzip
import random
from functools import lru_cache
from html import escape
from urllib.parse import urlencode

from .wire import Reply, Request

NOTE = "<!-- 测试用仿制页：版式仿照真实网站，文字纯属虚构 -->"
_WORDS = (
    "机构", "新闻", "公开", "服务", "互动", "数据", "专题", "党建", "法规", "标准", "规划", "人事", "招聘",
    "采购", "统计", "财政", "国际", "地方", "教育", "直播", "访谈", "图解", "政策", "解读", "督查", "信箱",
)  # fmt: skip


def html_reply(page: str, *, charset: str = "utf-8", status: int = 200, label: bool = True) -> Reply:
    """Return a page in this character set; ``label`` says whether the header names it."""
    codec = {"gb2312": "gb18030", "gbk": "gb18030"}.get(charset, charset)
    media = f"text/html; charset={charset}" if label else "text/html"
    return Reply(status=status, media=media, body=page.encode(codec, "xmlcharrefreplace"))


def redirect(where: str, *, status: int = 301) -> Reply:
    """Return a redirect."""
    return Reply(status=status, body=b"<html><body>moved</body></html>", headers=(("Location", where),))


def zipped(reply: Reply, request: Request) -> Reply:
    """Return the reply gzipped when the client takes gzip and the body is worth it."""
    if len(reply.body) < 256 or "gzip" not in request.header("Accept-Encoding"):
        return reply
    headers = (*reply.headers, ("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding"))
    body = gzip.compress(reply.body, 5, mtime=0)
    return Reply(status=reply.status, media=reply.media, body=body, headers=headers)


@lru_cache(maxsize=256)
def menu(seed: str, count: int, form: str) -> str:
    """Return a menu of ``count`` links; ``form`` has the places ``{href}`` and ``{words}``."""
    dice = random.Random(seed)
    names = ("".join(dice.sample(_WORDS, 2)) for _ in range(count))
    return "\n".join(form.format(href=f"/{dice.randrange(16**5):05x}/", words=words) for words in names)


@lru_cache(maxsize=64)
def style(seed: str, rules: int) -> str:
    """Return an inline style sheet, of no effect but of weight."""
    dice = random.Random(seed)
    lines = (
        f".m{dice.randrange(999)} .n{n} a{{color:#{dice.randrange(16**6):06x};width:{dice.randrange(980)}px;"
        f"line-height:{dice.randrange(12, 40)}px;float:left}}"
        for n in range(rules)
    )
    return "<style>\n" + "\n".join(lines) + "\n</style>"


def query(**parameters: str) -> str:
    """Return parameters as a query string."""
    return urlencode(parameters)


def attribute(text: str) -> str:
    """Return text fit for an attribute in double quotes."""
    return escape(text, quote=True)
