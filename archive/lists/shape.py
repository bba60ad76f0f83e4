"""What a page is: a list, a front page, an article; and the columns that its navigation names."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from archive.extract.tree import joined
from archive.lists.pager import Pager
from archive.lists.rows import Group, leads_to_article
from archive.patterns import regex

_PARAGRAPH = 40
_FRONT = regex(r"^/(?:(?:index|default|main|home)\.\w{3,5})?$", re.I)
_MORE = regex(r"^[\s\[【(（<>+·]*(?:(?:查看|浏览|点击)?更多\S{0,4}|more|MORE)[\s>»›+\]】)）.…]*$", re.I)
_MARKS = (
    re.compile(r"责任编辑|责编[:：]|\[?编辑[:：]"),
    re.compile(r"上一篇|下一篇|前一篇|后一篇"),
    re.compile(r"字[号体][:：]|【?打印(?:本页|此页|】)|关闭(?:窗口|本页)|分享到|扫一扫"),
    re.compile(r"^.{0,40}(?:来源|文章来源|信息来源|稿源|作者|发布时间|发布日期)\s?[:：]"),
)
_COLUMN_WORDS = (2, 14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What speaks for a list, a front page or an article."""

    rows: int
    dated: float
    share: float
    blocks: int
    prose: int
    front: bool
    first_level: bool
    mores: int
    article_address: bool
    turns: bool
    crumbs: bool
    beside: bool
    like_articles: float
    letters: int
    article_marks: int
    counted: bool


def signs_of(root: Any, url: str, found: Sequence[Group], main: Group | None, pager: Pager) -> Signs:
    """Return what a page shows of its kind."""
    rows_of = [g for g in found if len(g.rows) >= 3 and g.like_articles >= 0.5 and g.letters >= 6]
    weights = [_weight(g) for g in rows_of]
    mine = _weight(main) if main else 0.0
    others = sum(w for g, w in zip(rows_of, weights, strict=True) if main is None or not _same(g, main))
    elements = set(main.elements) if main else set()
    path = urlsplit(url).path
    return Signs(
        rows=len(main.rows) if main else 0,
        dated=main.dated / len(main.rows) if main else 0.0,
        share=mine / (mine + others) if mine else 0.0,
        blocks=sum(w > 0.25 * max(weights) for w in weights) if weights else 0,
        prose=_prose(root, elements),
        mores=_mores(root),
        front=bool(_FRONT.match(path or "/")),
        first_level=bool(re.match(r"^/(?:index|default)[-_]?\d{1,2}\.\w{3,5}$", path)),
        article_address=leads_to_article(url) and _is_numbered(path),
        # What asks a proxy may be the search box of any page.
        turns=pager.kind != "none" and (pager.kind != "json" or pager.sure >= 0.85),
        crumbs=_has_crumbs(root),
        beside=bool(main and main.beside),
        like_articles=main.like_articles if main else 0.0,
        article_marks=_article_marks(root, elements),
        counted=pager.total is not None or "named" in pager.because,
        letters=sum(len(row.title) for row in main.rows) if main else 0,
    )


def _article_marks(root: Any, rows: set[Any]) -> int:
    """Return how many things a page has that articles have: a declared title, a byline, the way to the next one."""
    metas = {
        (m.get("name") or m.get("property") or "").lower(): m.get("content") or "" for m in root.iter("meta")
    }
    found = 2 * bool(metas.get("articletitle", "").strip()) + (metas.get("og:type") == "article")
    seen: set[int] = set()
    stack = [root]
    while stack:
        element = stack.pop()
        if not isinstance(element.tag, str) or element.tag in ("script", "style", "head") or element in rows:
            continue
        for text in (element.text, *(child.tail for child in element)):
            if text and len(text) < 200:
                seen |= {n for n, mark in enumerate(_MARKS) if mark.search(text.strip())}
        stack.extend(element)
    return found + len(seen)


def _is_numbered(path: str) -> bool:
    """Say whether the name of a page is that of one document: a long number, a hash, ``content`` or ``c``."""
    name = path.rpartition("/")[2].partition(".")[0]
    if re.match(r"(?:index|list|default|node|col|channel|more|page)[-_]?\w{0,12}$", name, re.I):
        return False
    return bool(re.search(r"\d{3,}|[0-9a-f]{20,}", name) or name in ("c", "content", "detail"))


def _weight(group: Group) -> float:
    return sum(min(len(row.title), 30) for row in group.rows) * (1 + group.dated / len(group.rows))


def _same(group: Group, main: Group) -> bool:
    mine = {row.url for row in main.rows}
    return sum(row.url in mine for row in group.rows) > 0.6 * len(group.rows)


def _prose(root: Any, rows: set[Any]) -> int:
    """Return how many letters the longest run of paragraphs has that stand together, outside links and rows."""
    runs: Counter[Any] = Counter()
    stack = [root]
    while stack:
        element = stack.pop()
        if not isinstance(element.tag, str) or element.tag in (
            "script",
            "style",
            "a",
            "select",
            "option",
            "head",
        ):
            continue
        if element in rows:
            continue
        own = "".join([element.text or "", *((child.tail or "") for child in element)])
        size = len("".join(own.split()))
        if size >= _PARAGRAPH:
            above = element.getparent()
            runs[element] += size
            for _ in range(2):
                if above is not None:
                    runs[above] += size
                    above = above.getparent()
        stack.extend(element)
    return max(runs.values(), default=0)


def _mores(root: Any) -> int:
    """Return how many blocks end in a "more": a front page shows the beginnings of many lists."""
    leads = set()
    for anchor in root.iter("a"):
        words = "".join("".join(anchor.itertext()).split()) or anchor.get("title") or ""
        words = words or " ".join(
            i.get("alt") or i.get("src", "").rpartition("/")[2].partition(".")[0] for i in anchor.iter("img")
        )
        if len(words) <= 10 and _MORE.match(words):
            leads.add(anchor.get("href") or "")
    return len(leads)


def _has_crumbs(root: Any) -> bool:
    for element in root.iter(
        "div", "td", "p", "span", "ul", "ol", "li", "h2", "h3", "b", "strong", "a", "label", "dt", "em"
    ):
        text = (element.text or "").strip()
        if 0 < len(text) < 24 and re.match(
            r"(?:您|你)?(?:现在|当前|目前|所在)?的?(?:所在)?位置|当前(?:位置|栏目|页面)|首页\s*>", text
        ):
            return True
    return False


def kind_of(signs: Signs) -> tuple[str, float, str]:
    """Return whether a page is a ``list``, ``home``, ``article`` or ``other``, how sure that is, and why."""
    told = list(_for_a_list(signs))
    points = sum(p for p, _ in told)
    sure = round(1 / (1 + math.exp(-points)), 2)
    why = "; ".join(words for _, words in sorted(told, key=lambda t: -abs(t[0]))[:4])
    if points > 0:
        return "list", sure, why
    if signs.prose > 300 or signs.article_address or signs.article_marks >= 2:
        return "article", round(1 - sure, 2), why
    return ("home" if signs.blocks >= 2 or signs.front else "other"), round(1 - sure, 2), why


def _for_a_list(signs: Signs) -> Iterator[tuple[float, str]]:
    """Yield what speaks for a list (above 0) or against one, and its words."""
    yield -0.6, ""
    if signs.rows < 3:
        yield -3.0 if signs.rows < 2 else -1.6, f"{signs.rows} rows"
    if signs.beside:
        yield -1.5, "its rows stand in a part beside the text"
    elif signs.dated >= 0.5:
        yield 1.8, "its rows show their days"
    else:
        yield -0.8, "its rows show no days"
    if signs.like_articles < 0.3 and signs.dated < 0.5:
        yield -2.0, "its links do not look like those of articles"
    elif signs.like_articles >= 0.8:
        yield 0.5, "its links look like those of articles"
    if signs.article_marks:
        yield -0.8 * min(signs.article_marks, 4), "it has the marks of an article"
    if signs.counted and not signs.turns:
        yield 0.9, "a pager says that this is all"
    if signs.turns:
        yield 1.3, "it goes on over further pages"
    if signs.crumbs:
        yield 0.8, "it says where in the site it stands"
    if signs.share >= 0.7:
        yield 0.6, "most titles of the page are its rows"
    elif signs.share < 0.35:
        yield -1.2, "most titles of the page stand elsewhere"
    if signs.blocks >= 4:
        yield -1.2, f"{signs.blocks} blocks of titles"
    if signs.mores >= 3:
        yield -1.0 if signs.mores < 5 else -1.6, f"{signs.mores} blocks that end in a link to more"
    if signs.front or signs.first_level:
        yield -1.8 if signs.front else -0.6, "its address is that of a front page"
    if signs.prose > 250 and signs.prose > 1.2 * signs.letters:
        yield -2.6 if signs.prose > 350 else -1.2, f"{signs.prose} letters of running text"
    if signs.article_address:
        yield -1.6, "its address looks like that of an article"


def columns_of(root: Any, url: str, found: Sequence[Group]) -> list[str]:
    """Return the links of the page's navigation that lead to its columns, as they stand in the page, in order."""
    ours = [g for g in found if _is_navigation(g, url)]
    if not ours:
        return []
    ours.sort(key=lambda g: g.order)
    first = max(ours[:6], key=lambda g: (g.beside, len(g.rows) >= 4, min(len(g.rows), 12), -g.order))
    hrefs = dict.fromkeys(href for a in _navigation(first).iter("a") if (href := _column(a, url)))
    return list(hrefs)


def _navigation(group: Group) -> Any:
    """Return what holds a group's navigation with its further levels: as long as short links are all there is."""
    element = group.container
    for _ in range(5):
        above = element.getparent()
        if above is None or above.tag == "body" or not _is_all_links(above):
            break
        element = above
    return element


def _is_all_links(element: Any) -> bool:
    linked = whole = long = 0
    for count, part in enumerate(element.iter()):
        if count > 1_500:
            return False
        if not isinstance(part.tag, str) or part.tag in ("script", "style"):
            continue
        whole += len("".join((part.text or "").split()))
        whole += len("".join((part.tail or "").split())) if part is not element else 0
        if part.tag == "a":
            size = len("".join("".join(part.itertext()).split()))
            linked += size
            long += size > 14
    return linked >= 0.85 * whole and not long


def _is_navigation(group: Group, url: str) -> bool:
    """Say whether a group's links are those of columns: few letters, no days, on the site, not at its foot."""
    if len(group.rows) < 3 or group.dated or not 2 <= group.letters <= 8:
        return False
    if re.search(r"foot|friend|link|yqlj|copyright|bottom", _names(group.container), re.I):
        return False
    inside = sum(_is_on_site(row.url, url) for row in group.rows)
    return inside >= 0.6 * len(group.rows) and group.like_articles < 0.7


def _names(element: Any) -> str:
    names = []
    for _ in range(5):
        if element is None:
            break
        names.append(f"{element.tag} {element.get('id') or ''} {element.get('class') or ''}")
        element = element.getparent()
    return " ".join(names)


def _is_on_site(target: str, url: str) -> bool:
    one, other = urlsplit(target).hostname or "", urlsplit(url).hostname or ""
    return one == other or one.split(".")[-3:] == other.split(".")[-3:]


def _column(anchor: Any, url: str) -> str:
    href = (anchor.get("href") or "").strip()
    target = joined(url, href)
    words = "".join("".join(anchor.itertext()).split()) or (anchor.get("title") or "")
    low, high = _COLUMN_WORDS
    if not target or not low <= len(words) <= high or re.match(r"(?:网站|返回)?首\s*页$|home$", words, re.I):
        return ""
    is_front = _FRONT.match(urlsplit(target).path or "/") and not urlsplit(target).query
    return href if _is_on_site(target, url) and not is_front else ""
