"""Which element holds the article.

Every line is worth something: prose counts for, links, controls, dates and footers count against. The container
is the element whose lines add up to most, so it is the smallest one that holds the prose. A container that the
page's publishing system is known by wins over a better sum, unless it holds little of the page's prose.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from archive.extract.byline import is_byline
from archive.extract.furniture import edge_kind, is_related_heading, kind_of
from archive.extract.outline import Line, Outline
from archive.extract.zones import names_content

_STOPS = re.compile(r"[，。；：！？、,;!?”」』]")
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|wps|et|ofd|zip|rar|pptx?|7z|txt|jpe?g|png)\b", re.I)

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The element chosen, how (``rule``, ``TRS``, ``scored`` …) and its worth: the sum over its lines."""

    node: int
    how: str
    worth: float
    known: bool = False


def choose(page: Outline, *, hidden: bool = False) -> Choice | None:
    """Return the container of the article, or None where no element holds prose.

    ``hidden`` counts the lines that are hidden by style or class too: some pages hide their body for a script.
    """
    worth = _worth(page, hidden=hidden)
    if not worth:
        return None
    best = max(
        range(len(worth)), key=lambda i: worth[i] * (1.1 if names_content(page.nodes[i].label) else 1.0)
    )
    known = _known(page, worth)
    if known and (worth[known.node] >= 0.5 * worth[best] or worth[best] < 40):
        return known
    if worth[best] <= 0:
        return None
    return Choice(node=_narrowed(page, worth, best), how="scored", worth=worth[best])


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
    value, index, family = max((f for f in found if f[0] >= min(most, 0.9 * most)), key=lambda f: f[1])
    return Choice(node=index, how=family, worth=value, known=True)


def _narrowed(page: Outline, worth: list[float], best: int) -> int:
    """Return the deepest element with the same worth: wrappers add nothing."""
    nodes = page.nodes
    for index in range(best + 1, nodes[best].end):
        if worth[index] >= worth[best] and nodes[index].end > index + 1:
            best = index
    return best


def _worth(page: Outline, *, hidden: bool) -> list[float]:
    own = [0.0] * len(page.nodes)
    seen: set[str] = set()
    for line in page.lines:
        if page.nodes[line.node].hidden and not hidden:
            continue
        value = line_worth(page, line)
        if line.size >= 12:
            if line.text in seen:
                value = min(value, 0.0)
            seen.add(line.text)
        own[line.node] += value
    for index in range(len(own) - 1, 0, -1):
        own[page.nodes[index].parent] += own[index]
    return own


def line_worth(page: Outline, line: Line) -> float:
    """Return what a line says for (positive) or against its being part of an article."""
    size, linked, text = line.size, line.linked, line.text
    zone = page.nodes[line.node].zone
    if zone and zone != "editor":
        return -0.5 * size - 2
    if size <= 140 and (kind_of(text) or is_byline(text)):
        return -0.5 * size - 5
    if is_related_heading(text):
        return -20.0
    stops = len(_STOPS.findall(text)) if size >= 10 else 0
    if linked > 0.5 * size:
        return 0.5 * size if _FILE.search(text) else -1.0 * linked - 3
    if stops == 0:
        return 0.2 * size - 0.5 if size < 60 else 0.5 * size
    if size < 200 and edge_kind(text):
        return -0.5 * size - 5
    return float(size) - 2 * linked if size >= 20 else 0.5 * size
