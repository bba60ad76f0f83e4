"""Which element holds the article.

Every line is worth something: prose counts for, links, controls, dates and footers count against. The container
is the element whose lines add up to most, so it is the smallest one that holds the prose. A container that the
page's publishing system is known by wins over a better sum, unless it holds little of the page's prose.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from archive.extract.furniture import squash
from archive.extract.outline import Line, Outline, names_content
from archive.extract.worth import Sums, add_up, line_worth, links_as_text
from archive.model.files import ENDINGS, leads_to_file

# Publishing systems and the names of their article containers.
_FAMILIES = {
    "TRS": "TRS_Editor trs_editor_view TRS_UEDITOR Custom_UnionStyle TRS_PreAppend",
    "zoom": "zoom zoomcon Zoom zoom1 ozoom1 ozoom BodyLabel fontzoom",
    "Hanweb": "con_con ccontent main-txt bt_content art_con article_cont",
    "UCAP": "UCAP-CONTENT pages_content ucapcontent cmsArticleContent xxgk_content",
    "IVS": "ivs_content trout-region-content",
    "EasySite": "easysiteText easysite-news-text",
    "Longxun": "j-fontContent newscontnet wza-region_content",
    "Kaipu": "mainText view-content article_con",
    "people": "rwb_zw rm_txt_zw rm_txt_con p_content",
    "xinhua": "p-detail detailContent",
    "chinanews": "left_zw",
    "portal": "artibody endText Cnt-Main-Article-QQ artical_real main_content js_content rich_media_content",
    "gov": "article-content-body content_article info_cont xl-content detail-content article-body vF_detail_content",
}
_KNOWN = {name.lower(): family for family, names in _FAMILIES.items() for name in names.split()}
# A sentence or two in an element that nothing names may be a slogan, a hint or an address.
LEAST = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The element chosen, how (``rule``, ``TRS``, ``scored`` …) and its worth: the sum over its lines."""

    node: int
    how: str
    worth: float
    known: bool = False


def choose(page: Outline, title: str = "", *, families: bool = True) -> Choice | None:
    """Return the container of the article, or None where no element holds prose.

    ``title`` is what the page's head claims: prose that shares words with it counts for more. Without ``families``
    no publishing system is known by the names it gives: what is left is how any page is read.
    """
    found = _choose(page, title, families)
    if found is None and links_as_text(page):
        found = _choose(page, title, families)
    return found or _table(page, title)


def _choose(page: Outline, title: str, families: bool) -> Choice | None:
    sums = add_up(page, title)
    worth = sums.worth
    if not worth:
        return None
    likely = [i for i, value in enumerate(worth) if value > 0] or [0]
    best = max(likely, key=lambda i: worth[i] * (1.1 if names_content(page.nodes[i].label) else 1.0))
    known = _known(page, worth) if families else None
    if known and known.worth > 0 and known.worth >= 0.5 * worth[best]:
        return known
    if worth[best] < LEAST:
        return _below_headline(page, worth, title) or known
    best = _one_copy(page, sums, best)
    return Choice(
        node=_with_siblings(page, sums, _narrowed(page, worth, best)), how="scored", worth=worth[best]
    )


def _with_siblings(page: Outline, sums: Sums, best: int) -> int:
    """Return what holds a paragraph and those beside it, where these are prose as well.

    Links that share an element with the paragraphs of a text may weigh more than all of them but one.
    """
    nodes = page.nodes
    if nodes[best].tag != "p":
        return best
    above = nodes[best].parent
    beside = [
        sums.prose[i]
        for i in range(above + 1, nodes[above].end)
        if i != best and nodes[i].parent == above and nodes[i].tag == "p" and not nodes[i].zone
    ]
    return above if sum(one >= 20 for one in beside) >= 2 else best


def _below_headline(page: Outline, worth: list[float], title: str) -> Choice | None:
    """Return what stands right below the headline of a page with little prose: a notice of one sentence.

    Where nothing that could be text stands there, the page is pictures, a film or a script's shell.
    """
    head = squash(title)
    seen = [line for line in page.lines if not page.nodes[line.node].hidden]
    tops = [i for i, line in enumerate(seen) if 6 <= line.size <= 90 and squash(line.text) in head]
    if not tops:
        return None
    at = max(tops, key=lambda i: (seen[i].size, i))
    top = seen[at]
    for line in seen[at + 1 : at + 11]:
        if line.size < 8 or line_worth(page, line) <= 0:
            continue
        above, best = line.node, line.node
        while above > 0 and not page.within(top, above):
            best = above if worth[above] >= worth[best] else best
            above = page.nodes[above].parent
        return Choice(node=best, how="below the headline", worth=worth[best])
    return None


def _table(page: Outline, title: str) -> Choice | None:
    """Return the one table of data of a page without prose, where a headline stands above it."""
    head, nodes = squash(title), page.nodes
    seen = [line for line in page.lines if not nodes[line.node].hidden and not nodes[line.node].zone]
    tops = [
        line.node for line in seen if 6 <= line.size <= 90 and squash(line.text) in head and line.linked == 0
    ]
    cells: dict[int, set[int]] = {}
    linked: dict[int, int] = {}
    for line in seen:
        if (row := nodes[line.node].row) >= 0 and (table := page.above(row, "table")) >= 0:
            cells.setdefault(table, set()).add(nodes[line.node].cell)
            linked[table] = linked.get(table, 0) + (line.linked * 2 > line.size)
    found = [
        table
        for table, held in cells.items()
        if len(held) >= 4 and linked[table] * 2 < len(held) and tops and min(tops) < table
    ]
    if len(found) != 1 or any(nodes[table := found[0]].element.iter("form")):
        return None
    return Choice(node=table, how="a table below the headline", worth=0.0)


@lru_cache(maxsize=8192)
def family_of(label: str, tag: str) -> str:
    """Return the publishing system whose container bears this name, or ""."""
    names = [tag, *re.split(r"[#.]", label)]
    return next((_KNOWN[n.lower()] for n in names if n.lower() in _KNOWN), "")


def _known(page: Outline, worth: list[float]) -> Choice | None:
    found = []
    for index, node in enumerate(page.nodes):
        if (node.label or node.tag == "ucapcontent") and (family := family_of(node.label, node.tag)):
            found.append((worth[index], index, family))
    if not found:
        return None
    most = max(found)[0]
    value, index, family = min((f for f in found if f[0] >= min(most, 0.9 * most)), key=lambda f: f[1])
    return Choice(node=index, how=family, worth=value, known=True)


def _one_copy(page: Outline, sums: Sums, best: int) -> int:
    """Return the part with the first copy where an element holds the article twice (for screens and telephones)."""
    if sums.copied[best] < 0.3 * sums.long[best]:
        return best
    parts = [i for i in range(best + 1, page.nodes[best].end) if sums.copied[i] < 0.05 * sums.long[i]]
    most = max(parts, key=lambda i: sums.worth[i], default=best)
    return most if sums.worth[most] >= 0.4 * sums.worth[best] else best


def _narrowed(page: Outline, worth: list[float], best: int) -> int:
    """Return the deepest element that is worth nearly as much: what the wider ones add is not prose.

    Links to files belong to the article, although they are worth little: none is left outside.
    """
    nodes, least = page.nodes, worth[best] - min(0.05 * worth[best], 30.0)
    files = [at for at, href, _ in page.links if best < at < nodes[best].end and leads_to_file(href, ENDINGS)]
    first, last = (min(files), max(files)) if files else (len(nodes), 0)
    for index in range(best + 1, nodes[best].end):
        holds_files = index < first and last < nodes[index].end
        if worth[index] >= least and index < nodes[best].end and holds_files:
            best = index
    return best


def enclosing(page: Outline, lines: list[Line]) -> int:
    """Return the innermost element that holds all of some lines."""
    first, last = min(line.node for line in lines), max(line.node for line in lines)
    while first > 0 and last >= page.nodes[first].end:
        first = page.nodes[first].parent
    return first
