"""Which element holds the article.

Every line is worth something: prose counts for, links, controls, dates and footers count against. The container
is the element whose lines add up to most, so it is the smallest one that holds the prose. A container that the
page's publishing system is known by wins over a better sum, unless it holds little of the page's prose.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from archive.extract.byline import is_byline
from archive.extract.furniture import edge_kind, is_related_heading, kind_of, squash
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
_WRAPPER = {"comment": 0.8, "footer": 0.8, "related": 0.6}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The element chosen, how (``rule``, ``TRS``, ``scored`` …) and its worth: the sum over its lines."""

    node: int
    how: str
    worth: float
    known: bool = False


def choose(page: Outline, title: str = "") -> Choice | None:
    """Return the container of the article, or None where no element holds prose.

    ``title`` is what the page's head claims: prose that shares words with it counts for more.
    """
    worth, copied = _worth(page, _pairs(title))
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
    best = _one_copy(page, worth, copied, best)
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
    value, index, family = min((f for f in found if f[0] >= min(most, 0.9 * most)), key=lambda f: f[1])
    return Choice(node=index, how=family, worth=value, known=True)


def _one_copy(page: Outline, worth: list[float], copied: list[int], best: int) -> int:
    """Return the part with the first copy where an element holds the article twice (for screens and telephones)."""
    if copied[best] < 0.25 * worth[best]:
        return best
    parts = [i for i in range(best + 1, page.nodes[best].end) if copied[i] < 0.05 * worth[i]]
    most = max(parts, key=lambda i: worth[i], default=best)
    return most if worth[most] >= 0.4 * worth[best] else best


def _narrowed(page: Outline, worth: list[float], best: int) -> int:
    """Return the deepest element that is worth nearly as much: what the wider ones add is not prose."""
    nodes, least = page.nodes, 0.95 * worth[best]
    for index in range(best + 1, nodes[best].end):
        if worth[index] >= least and index < nodes[best].end:
            best = index
    return best


def correct(page: Outline) -> bool:
    """Take back what the names of wrappers said wrongly; return whether a hidden body was brought to light.

    A part called "share" or "head" that holds much of the page's prose was a wrapper. Where hardly any prose is
    visible, the elements that hide most of it are taken to wait for a script: the innermost hidden parts of a
    page that also shows prose stay hidden, whatever their size.
    """
    prose = [line for line in page.lines if line.size >= 20 and line.linked < 0.3 * line.size]
    prose = [line for line in prose if _STOPS.search(line.text)]
    shown = sum(line.size for line in prose if not page.nodes[line.node].hidden)
    total = sum(line.size for line in prose)
    lifted = shown < 60 and total > 3 * shown and _unhide(page, prose, total)
    _correct_zones(page, [line for line in prose if not page.nodes[line.node].hidden])
    return lifted


def _unhide(page: Outline, prose: list[Line], total: int) -> bool:
    under: dict[int, int] = {}
    for line in prose:
        at = page.nodes[line.node].hidden_at
        while at >= 0:
            under[at] = under.get(at, 0) + line.size
            at = page.nodes[page.nodes[at].parent].hidden_at if page.nodes[at].parent >= 0 else -1
    void = {at for at, size in under.items() if size > 0.4 * total}
    for node in page.nodes if void else ():
        if node.hidden_at in void:
            above = page.nodes[node.parent] if node.parent >= 0 else None
            node.hidden, node.hidden_at = (above.hidden, above.hidden_at) if above else ("", -1)
    return bool(void)


def _correct_zones(page: Outline, prose: list[Line]) -> None:
    nodes = page.nodes
    under: dict[int, int] = {}
    total = sum(line.size for line in prose)
    for line in prose:
        at = nodes[line.node].zone_at
        while at >= 0:
            under[at] = under.get(at, 0) + line.size
            at = nodes[nodes[at].parent].zone_at if nodes[at].parent >= 0 else -1
    void = {at for at, size in under.items() if size > _WRAPPER.get(nodes[at].zone, 0.4) * total}
    for node in nodes if void else ():
        if node.zone_at in void:
            above = nodes[node.parent] if node.parent >= 0 else None
            node.zone, node.zone_at = (above.zone, above.zone_at) if above else ("", -1)


def _pairs(title: str) -> frozenset[str]:
    return frozenset(
        a + b for a, b in zip(title, title[1:], strict=False) if "㐀" <= a <= "鿿" and "㐀" <= b <= "鿿"
    )


def _worth(page: Outline, pairs: frozenset[str]) -> tuple[list[float], list[int]]:
    """Return for each element the sum over its lines, and the characters of them that stood before."""
    own = [0.0] * len(page.nodes)
    copied = [0] * len(page.nodes)
    copies = Copies()
    for line in page.lines:
        if page.nodes[line.node].hidden:
            continue
        value = line_worth(page, line)
        if value > 20 and pairs and sum(pair in line.text for pair in pairs) >= 3:
            value *= 2
        if value > 0 and line.size >= 12 and copies.holds(line.text, page.nodes[line.node].parent):
            value = -0.2 * value
            copied[line.node] += line.size
        own[line.node] += value
    for index in range(len(own) - 1, 0, -1):
        own[page.nodes[index].parent] += own[index]
        copied[page.nodes[index].parent] += copied[index]
    return own, copied


class Copies:
    """Recognises text that stood elsewhere on the page, although it was cut into lines differently there.

    A paragraph repeated among its own neighbours is no copy of the page's text.
    """

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def holds(self, text: str, place: int) -> bool:
        """Say whether the beginning, the middle and the end of ``text`` stood before in another place; take it in."""
        flat = squash(text)
        last, half = len(flat) - 12, len(flat) // 2 - 6
        if last < 0:
            return False
        found = [self._seen.get(flat[at : at + 12], place) for at in (0, half, last)]
        if len(self._seen) < 100_000:
            for at in range(min(last + 1, 3000)):
                self._seen.setdefault(flat[at : at + 12], place)
        return place not in found


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
        in_table = page.nodes[line.node].cell >= 0
        return 0.2 * size - (0.0 if in_table else 0.5) if size < 60 else 0.5 * size
    if size < 200 and edge_kind(text):
        return -0.5 * size - 5
    if text.endswith(("...", "…", "... »")) and not text.endswith("……"):
        return 0.2 * size
    return float(size) - 2 * linked if size >= 20 else 0.5 * size
