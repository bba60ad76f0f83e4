"""Made-up list pages: the same articles in many layouts, with the furniture that sites put around them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_WORDS = [
    "机构",
    "政务",
    "公开",
    "专题",
    "互动",
    "服务",
    "新闻",
    "解读",
    "法规",
    "统计",
    "党建",
    "招聘",
    "规划",
    "数据",
    "采购",
    "标准",
]
_CLASSES = [
    "list",
    "news",
    "box",
    "con",
    "wrap",
    "item",
    "txt",
    "right",
    "main",
    "area",
    "block",
    "inner",
    "lm",
    "gl",
    "xx",
    "zw",
]


@dataclass(frozen=True, slots=True)
class MadeArticle:
    """An article as a list tells of it."""

    href: str
    title: str
    day: str


def made_articles(count: int, dice: random.Random, *, year: int = 2026) -> list[MadeArticle]:
    """Return made-up articles with addresses of one form."""
    form = dice.choice(
        (
            "./{ym}/t{ymd}_{n}.html",
            "/art/{y}/{m}/{d}/art_{c}_{n}.html",
            "/{c}/{n}.shtml",
            "https://www.example.gov.cn/zwgk/content_{n}.htm",
            "info/{c}/{n}.htm",
            "/detail?id={n}",
        )
    )
    made = []
    column = dice.randint(1000, 9999)
    for number in range(count):
        month, day = 12 - number % 11, 1 + (number * 7) % 28
        values: dict[str, int | str] = {
            "y": year,
            "m": month,
            "d": day,
            "c": column,
            "n": 900000 + number * 3,
        }
        values |= {"ym": f"{year}{month:02d}", "ymd": f"{year}{month:02d}{day:02d}"}
        title = f"关于做好第{number + 1}批{dice.choice(_WORDS)}{dice.choice(_WORDS)}工作有关事项的通知"
        made.append(MadeArticle(form.format(**values), title, f"{year}-{month:02d}-{day:02d}"))
    return made


def _written_day(day: str, dice: random.Random) -> str:
    year, month, rest = day.split("-")
    forms = (
        "{y}-{m}-{d}",
        "[{y}-{m}-{d}]",
        "{y}/{m}/{d}",
        "{y}.{m}.{d}",
        "{y}年{m}月{d}日",
        "发布时间：{y}-{m}-{d}",
        "{y}-{m}-{d} 09:30",
    )
    return dice.choice(forms).format(y=year, m=month, d=rest)


Layout = Callable[[Sequence[MadeArticle], random.Random], str]


def items(rows: Sequence[MadeArticle], dice: random.Random) -> str:
    form = dice.choice(("<a href='{h}'>{t}</a><span>{s}</span>", "<span class=date>{s}</span><a href='{h}'>{t}</a>", "<a href='{h}'>{t}<i>{s}</i></a>", "<b><a href='{h}' title='{t}'>{c}…</a></b><em>{s}</em>"))  # fmt: skip
    seed = dice.random()
    inner = "".join(
        "<li>"
        + form.format(h=r.href, t=r.title, c=r.title[:9], s=_written_day(r.day, random.Random(seed)))
        + "</li>"
        for r in rows
    )
    return f"<ul class='{dice.choice(_CLASSES)}'>{inner}</ul>"


def table(rows: Sequence[MadeArticle], dice: random.Random) -> str:
    body = "".join(
        f"<tr><td>{n}</td><td><a href='{r.href}'>{r.title}</a></td><td>{r.day}</td></tr>"
        for n, r in enumerate(rows, 1)
    )
    return f"<table class=tb><tr><th>序号</th><th>标题</th><th>日期</th></tr>{body}</table>"


def terms(rows: Sequence[MadeArticle], dice: random.Random) -> str:
    return (
        "<dl>" + "".join(f"<dt><a href='{r.href}'>{r.title}</a></dt><dd>{r.day}</dd>" for r in rows) + "</dl>"
    )


def cards(rows: Sequence[MadeArticle], dice: random.Random) -> str:
    """Cards: picture, heading, a summary that names another day, the day split in two."""
    return "<div class=cards>" + "".join(
        f"<div class=card><a href='{r.href}'><img src=p.jpg></a><div class=day><b>{r.day[8:]}</b><i>{r.day[:7]}</i></div>"
        f"<h3><a href='{r.href}'>{r.title}</a></h3><p>2019年3月2日以来，各地各部门认真贯彻落实，取得阶段性进展，现将有关情况通报如下。</p></div>"
        for r in rows
    ) + "</div>"  # fmt: skip


def around(rows: Sequence[MadeArticle], dice: random.Random) -> str:
    """Rows that are one link each."""
    return "<div class=all>" + "".join(
        f"<a class=row href='{r.href}'><span class=tit>{r.title}</span><span class=time>{r.day}</span></a>" for r in rows
    ) + "</div>"  # fmt: skip


def flat(rows: Sequence[MadeArticle], dice: random.Random) -> str:
    return (
        "<td class=flat>"
        + "".join(f"·<a href='{r.href}'>{r.title}</a> ({r.day})<br>" for r in rows)
        + "</td>"
    )


def pieces(rows: Sequence[MadeArticle], dice: random.Random) -> str:
    """Five rows a list, the lists beside each other."""
    cut = [rows[at : at + 5] for at in range(0, len(rows), 5)]
    return "".join("<ul class=five>" + "".join(f"<li><a href='{r.href}'>{r.title}</a><span>{r.day}</span></li>" for r in five) + "</ul>" for five in cut)  # fmt: skip


def columns(rows: Sequence[MadeArticle], dice: random.Random) -> str:
    """Two links a row: the column, then the title."""
    return "<ul>" + "".join(f"<li><a href='/lm{n % 3}/'>[通知]</a><a href='{r.href}'>{r.title}</a><span>{r.day}</span></li>" for n, r in enumerate(rows)) + "</ul>"  # fmt: skip


def tables(rows: Sequence[MadeArticle], dice: random.Random) -> str:
    return "<div>" + "".join(f"<table width=100%><tr><td>·</td><td><a href='{r.href}'>{r.title}</a></td><td>{r.day}</td></tr></table>" for r in rows) + "</div>"  # fmt: skip


def beside(rows: Sequence[MadeArticle], dice: random.Random) -> str:
    """Link and day in list items beside each other."""
    return "<ul class=two>" + "".join(f"<li class=a><a href='{r.href}'>{r.title}</a></li><li class=b>{r.day}</li>" for r in rows) + "</ul>"  # fmt: skip


LAYOUTS: tuple[Layout, ...] = (items, table, terms, cards, around, flat, pieces, columns, tables, beside)


def page(inner: str, dice: random.Random, *, pager: str = "", title: str = "通知公告") -> str:
    """Return a whole page around a list: navigation, a short ranking, the list, its pager, links at the foot."""
    nav = "".join(
        f"<li><a href='/{dice.randrange(16**5):05x}/'>{dice.choice(_WORDS)}{dice.choice(_WORDS)}</a></li>"
        for _ in range(9)
    )
    foot = "".join(f"<a href='http://www.other{n}.gov.cn/'>{dice.choice(_WORDS)}网</a>" for n in range(8))
    outer, held = dice.choice(_CLASSES), dice.choice(_CLASSES)
    return (
        f"<!DOCTYPE html><html><head><meta charset=utf-8><title>{title}_某某委员会</title></head><body>"
        f"<div class=nav><ul>{nav}</ul></div><div class='{outer}'><div class=crumb>当前位置：<a href='/'>首页</a> &gt; {title}</div>"
        f"<div class='{held}'>{'<table><tr>' + inner + '</tr></table>' if inner.startswith('<td') else inner}{pager}</div></div>"
        f"<div class=foot>版权所有：某某委员会 {foot}</div></body></html>"
    )
