"""The headline as the page shows it.

The ``<title>`` of a page carries the names of site and column, and on a hijacked page somebody else's words. It
serves as a witness for what is shown; only where nothing is shown it is taken itself, stripped with evidence.
"""

from __future__ import annotations

import re
from typing import Any

from archive.extract.furniture import squash
from archive.extract.outline import Line, Outline
from archive.patterns import regex

_SEPARATOR = regex(r"\s*(?:[_|｜丨]|--+|[-–—](?=[^-–—]{1,40}$)|\s[-–—]\s|>>?|\s·\s)\s*")
_SITE = regex(
    r"(?:网站?|网络|门户|频道|新闻|首页|政府|委员会|日报|晚报|在线|资讯|中心|电视台|頻道|新聞|網|報|[厅局部委办处院会台社]|\.(?:com|cn|net|org|tw|hk))(?:网站|网)?!?$",
    re.I,
)
_HEADINGS = ("h1", "h2", "h3")
_LONGEST = 300
_BULLETS = "》〉>»▪■◆·•◎★☆●"
_NAMED = regex(r"tit|headline|biaoti", re.I)
_NO_HEADLINE = ("breadcrumb", "footer", "navigation", "related", "comment")


def shown_title(
    page: Outline, node: int, head: str, metas: dict[str, str], body: str
) -> tuple[str, str, tuple[str, ...]]:
    """Return the headline, where it was found and what is doubtful about it."""
    claimed = metas.get("articletitle") or metas.get("og:title") or ""
    near = _near(page, node)
    bare = stripped(head, metas)
    for wanted, name in ((metas.get("articletitle", ""), " = meta[ArticleTitle]"), (head, ""), (bare, "")):
        if found := _equal(page, near, wanted):
            return found[0], found[1] + name, ()
    if found := _containing(page, near, squash(bare)):
        return (*found, ())
    if found := _contained(page, near, _without_site(head, metas), squash(claimed)):
        return (*found, ())
    if heading := _heading(page, _above(page, node)):
        if not head or _share(heading[0], _without_site(head, metas) + claimed) >= 0.4:
            return (*heading, ())
        if _share(heading[0], body) >= 0.35 and not metas.get("articletitle"):
            return (*heading, ("title_disagrees",))
    if metas.get("articletitle"):
        return " ".join(metas["articletitle"].split()), "meta[ArticleTitle]", ()
    return stripped(head, metas), "title", ()


def head_title(root: Any) -> str:
    """Return the text of the first ``<title>`` that is not empty."""
    for element in root.iter("title"):
        if text := " ".join("".join(element.itertext()).split()):
            return text[:500]
    return ""


def stripped(head: str, metas: dict[str, str]) -> str:
    """Return a ``<title>`` without the names of site and column at its ends, as far as there is evidence for them.

    Evidence: the part equals SiteName, ColumnName or og:site_name, or it ends as names of sites do.
    """
    head, names = head[:500].strip(), _names(metas)
    parts = [p for p in _SEPARATOR.split(head) if p]
    while len(parts) > 1 and (
        squash(parts[-1]) in names or (_SITE.search(parts[-1]) and len(parts[-1]) < len(parts[0]))
    ):
        parts.pop()
    while len(parts) > 1 and squash(parts[0]) in names:
        parts.pop(0)
    if len(parts) > 1 and len(parts[0]) >= 8 and all(len(p) <= 6 for p in parts[1:]):
        parts = parts[:1]
    at = head.find(parts[0]) if parts else 0
    last = head.rfind(parts[-1]) + len(parts[-1]) if parts else 0
    return head[at:last].strip() or head


def _names(metas: dict[str, str]) -> set[str]:
    return {squash(metas.get(n, "")) for n in ("sitename", "columnname", "og:site_name")} - {""}


def _without_site(head: str, metas: dict[str, str]) -> str:
    """Return a squashed ``<title>`` without its last part where that is a site's name: it is no headline."""
    parts = [p for p in _SEPARATOR.split(head[:500]) if p]
    if len(parts) > 1 and (squash(parts[-1]) in _names(metas) or _SITE.search(parts[-1])):
        return squash(head[: head.rfind(parts[-1])])
    return squash(head)


def _near(page: Outline, node: int) -> list[Line]:
    """Return the visible lines that may hold the headline: up to 80 before the body, its first six and 12 after."""
    shown = [line for line in page.lines if not page.nodes[line.node].hidden]
    inside = [i for i, line in enumerate(shown) if page.within(line, node)]
    first, last = (inside[0], inside[-1]) if inside else (len(shown), len(shown))
    return shown[max(0, first - 80) : min(last + 1, first + 6)][::-1] + shown[last + 1 : last + 13]


def _above(page: Outline, node: int) -> list[Line]:
    """Return the visible lines above the body, upwards, with its first two: where headings stand."""
    shown = [line for line in page.lines if not page.nodes[line.node].hidden]
    first = next((i for i, line in enumerate(shown) if page.within(line, node)), len(shown))
    return shown[max(0, first - 40) : first + 2][::-1]


def _equal(page: Outline, near: list[Line], wanted: str) -> tuple[str, str] | None:
    want = squash(wanted)
    if len(want) < 3:
        return None
    for at, line in enumerate(near):
        if page.nodes[line.node].zone == "breadcrumb":
            continue
        if squash(line.text) == want:
            return line.text, page.where(line.node)
        if len(line.pieces) > 1 and any(squash(piece) == want for piece, _ in line.pieces[:6]):
            return " ".join(wanted.split()), page.where(line.node)
        # ``near`` runs upwards: the lines above this one come after it.
        joined, places = squash(line.text), at
        while (
            want.endswith(joined) and len(joined) < len(want) and places + 1 < len(near) and places < at + 3
        ):
            places += 1
            joined = squash(near[places].text) + joined
        if joined == want:
            return " ".join(wanted.split()), page.where(line.node)
    return None


def _contained(page: Outline, near: list[Line], head: str, claimed: str) -> tuple[str, str] | None:
    """Return the longest shown line that the page's ``<title>`` or meta title contains; a heading beats others."""
    best: tuple[int, int, Line] | None = None
    for at, line in enumerate(near):
        text = squash(line.text).lstrip(_BULLETS)
        if len(text) < 4 or len(text) > 200 or not (text in head or text in claimed):
            continue
        if page.nodes[line.node].zone in ("breadcrumb", "footer", "comment") or line.linked > 0.5 * line.size:
            continue
        heading = _is_heading(page, line)
        if not heading and len(text) < 8 and len(text) * 2 < len(head):
            continue
        rank = (len(text) + (6 if heading else 0), -at)
        if best is None or rank > best[:2]:
            best = (*rank, line)
    return (best[2].text.lstrip(_BULLETS + " "), page.where(best[2].node)) if best else None


def _containing(page: Outline, near: list[Line], part: str) -> tuple[str, str] | None:
    """Return a shown heading that is a little longer than what the ``<title>`` gives of it."""
    if len(part) < 6:
        return None
    for line in near:
        text = squash(line.text)
        if part in text and len(text) <= len(part) + 30 and line.linked == 0 and _is_heading(page, line):
            return line.text.lstrip(_BULLETS + " "), page.where(line.node)
    return None


def _heading(page: Outline, above: list[Line]) -> tuple[str, str] | None:
    """Return the heading nearest above the body: an ``h1``, else a lower one, else what is called a title."""
    for tags in (("h1",), ("h2", "h3", "h4", "h5"), ()):
        for line in above:
            here = page.nodes[line.node]
            if (
                not 5 <= line.size <= _LONGEST
                or line.linked > 0.5 * line.size
                or line.text.endswith(("...", "…"))
            ):
                continue
            if here.zone in _NO_HEADLINE:
                continue
            if _under(page, line, tags) if tags else _is_named(page, line):
                return line.text, page.where(line.node)
    return None


def _under(page: Outline, line: Line, tags: tuple[str, ...]) -> bool:
    """Say whether a line stands in an element of ``tags``: itself or the two around it."""
    node = line.node
    for _ in range(3):
        if node < 0:
            return False
        if page.nodes[node].tag in tags:
            return True
        node = page.nodes[node].parent
    return False


def _is_named(page: Outline, line: Line) -> bool:
    """Say whether the element of a line, or the innermost one that its text begins in, is called a title."""
    inner = next((index for text, index in line.pieces if not text.isspace()), line.node)
    return any(_NAMED.search(page.nodes[index].label) for index in (line.node, inner))


def _is_heading(page: Outline, line: Line) -> bool:
    return _under(page, line, _HEADINGS) or _is_named(page, line)


def _share(one: str, other: str) -> float:
    """Return which share of the pairs of characters in ``one`` stand in ``other``."""
    a, b = squash(one), squash(other)
    pairs = {a[i : i + 2] for i in range(len(a) - 1)}
    return sum(pair in b for pair in pairs) / len(pairs) if pairs else 0.0
