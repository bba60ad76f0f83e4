"""The groups of links on a page that look alike, and which of them are the rows of a list of articles.

Links with the same path of tags are of one kind. A row is the highest element that holds one address of its kind;
rows with one parent are a group. Nothing is known of the site: what speaks for a group are its days, the length of
its titles and addresses that look like those of articles.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from archive.extract.tree import joined
from archive.lists.days import apart, days_beside, filed_day, is_day_alone, shape
from archive.model.files import leads_to_file
from archive.patterns import regex

_MOST_LINKS, _MOST_DEEP = 6_000, 60
_INLINE = frozenset(
    ("b", "strong", "font", "em", "i", "u", "nobr", "big", "small", "center", "tbody", "del", "ins")
)
_BULLETS = regex(r"^[\s·•▪◆➣>‧∙●■□◇○★☆※→»›\u200b・＞\uf000-\uf8ff]+(?=.)")
_CUT = regex(r"(?:…|\.{2,}|。。+|⋯)\s*$")
_TURNS = regex(
    r"^[\[【(（]?\s*(?:上一?[页頁]|下一?[页頁]|首\s?[页頁]|尾[页頁]|末[页頁]|最后一?[页頁]|第一[页頁]|后一?[页頁]|前一?[页頁]|第?\s?\d{1,4}\s?[页頁]?|"
    r"(?:查看|阅读|了解|显示)?(?:更多|全文|详情|详细|全部)(?:内容|信息)?|more|read\s?more|[<>«»›‹.…]{1,3}|go|跳转|返回(?:顶部|首页)?|"
    r"\d{1,4}\s?/\s?\d{1,4})\s*(?:>{1,3}|»|›|\+)?\s*[\]】)）]?$",
    re.I,
)
_ARTICLE = regex(
    r"t\d{8}_\d+|content_?\d+|art_\w+|post_\d+|/\d{4}[-/]?\d{2}[-/]?\d{0,2}/|[0-9a-f]{20,}|\d{4,}[^/]*$|/c\.s?html?"
    r"|(?:^|[?&/])(?:\w*id|aid|nid|docid|newsid|infoid|lawid)=\w+|detail|article[-_]?(?:info|show|view)|/info/|/c\d+/content",
    re.I,
)
_LEADS_TO_A_LIST = regex(
    r"(?:^|/)(?:\w{0,12}index|list|default|common_list|more)(?:_?\d{0,4})?\.\w{3,5}$|/$|^[^?]*/[^./?]*$", re.I
)
# Names hold each other: photo, shareholder, position-relative and slideTxtBox stand around lists as well.
_BESIDE_THE_LIST = regex(
    r"nav(?:$|[\s_-]|bar|igat|box|ul)|menu|foot|crumb|friend|links?(?:$|[-_])|yqlj|sitemap|(?<![a-z])hot|rank|recommend|tuijian"
    r"|related|share(?:$|[\s_-]|box|bar|to)|banner|slides?(?:$|[\s_-]|show)|copyright|topbar|location"
    r"|(?<![a-z])position(?:$|\s)",
    re.I,
)
_OF_OTHERS = regex(
    r"^[\W_]{0,3}(?:推荐|热点|热门|热文|相关|最热|排行|点击|浏览|猜你|精彩|编辑推荐|您可能|大家都在)\S{0,6}(?:\s?(?:更多|more)\S{0,3})?$",
    re.I,
)
# Old systems explain a link with all they know of its article.
_EXPLAINED = regex(r"^标题\s?[:：]\s?(.+?)(?:\s(?:作者|发布|更新|点击|时间|来源)\S{0,4}\s?[:：].*)?$")
_NAMED_TITLE = regex(r"tit|name|bt$", re.I)
_NAMED_OTHERWISE = regex(r"dept|unit|org|author|user|site|source", re.I)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6", "dt")


@dataclass(slots=True, kw_only=True)
class Row:
    """A row: the element it stands in, its link, title and day (``MM-DD`` where no year is shown, "" without one).

    ``filed`` is the day that the address names: when the copy was filed, which dates no document.
    """

    element: Any
    anchor: Any
    href: str
    url: str
    title: str
    date: str = ""
    filed: str = ""


@dataclass(slots=True, kw_only=True)
class Group:
    """Rows beside each other, what holds them, where their days stand, and how much speaks for them."""

    rows: list[Row]
    container: Any
    elements: list[Any] = field(default_factory=list)
    place: tuple[str, ...] = ()
    apart: bool = False
    score: float = 0.0
    order: int = 0
    beside: bool = False
    of_others: bool = False

    @property
    def dated(self) -> int:
        return sum(bool(row.date) for row in self.rows)

    @property
    def letters(self) -> float:
        return sum(min(len(row.title), 40) for row in self.rows) / (len(self.rows) or 1)

    @property
    def like_articles(self) -> float:
        return sum(leads_to_article(row.href) for row in self.rows) / (len(self.rows) or 1)


def leads_to_article(href: str) -> bool:
    """Say whether an address looks like that of an article: a number, a day, a hash, no index."""
    path = href.partition("#")[0]
    if _LEADS_TO_A_LIST.search(path.partition("?")[0]) and "=" not in path:
        return bool(re.search(r"/\d{4,}/(?:index\.\w+)?$|[0-9a-f]{20,}/?$", path))
    return bool(_ARTICLE.search(path)) or leads_to_file(path)


def groups(root: Any, base: str) -> list[Group]:
    """Return the groups of links of a page that may be rows, the most likely first."""
    kinds: dict[tuple[str, ...], list[Any]] = defaultdict(list)
    for anchor in _anchors(root):
        kinds[_path(anchor)].append(anchor)
    alike = _looks_alike(kinds)
    found = [group for anchors in kinds.values() for group in _of_kind(anchors, alike, base)]
    order = {anchor: number for number, anchor in enumerate(root.iter("a"))}
    for group in found:
        group.order = order.get(group.rows[0].anchor, 0)
        group.of_others = _is_headed_otherwise(group.container)
        group.beside = group.of_others or is_beside(group.container)
        group.score = _score(group)
    return sorted(found, key=lambda g: (-g.score, g.order))


def main_group(found: Sequence[Group]) -> Group | None:
    """Return the rows of the page's list: the likeliest group, with those of the same make in the blocks beside it."""
    if not found:
        return None
    main = found[0]
    if len(main.rows) < 2:
        return main
    alike = [g for g in found if g is main or _is_alike(g, main) or _is_astray(g, main)]
    if len(alike) == 1:
        return main
    alike.sort(key=lambda g: g.order)
    rows: dict[str, Row] = {}
    for row in (row for group in alike for row in group.rows):
        rows.setdefault(row.url.partition("#")[0], row)
    return Group(
        rows=list(rows.values()),
        container=_common([g.container for g in alike]),
        elements=[row.element for row in rows.values()],
        place=main.place,
        score=sum(g.score for g in alike),
        order=alike[0].order,
        beside=main.beside,
    )


def _is_alike(group: Group, main: Group) -> bool:
    """Say whether a group is a further block of the same list: the same shapes up to what holds both."""
    if (group.dated > 0) != (main.dated > 0) or group.beside != main.beside:
        return False
    if shape(group.elements[0]) != shape(main.elements[0]):
        return False
    one, other, named = group.container, main.container, 0
    for _ in range(8):
        if one is other:
            return named > 0
        if one is None or other is None or shape(one) != shape(other):
            return False
        named += "." in shape(one)
        one, other = one.getparent(), other.getparent()
    return False


def _is_astray(group: Group, main: Group) -> bool:
    """Say whether a group is a few rows of the list that broken markup has set apart: links of the same look."""
    if len(group.rows) > 3 or len(group.rows) >= len(main.rows) or (group.dated > 0) != (main.dated > 0):
        return False
    if len(group.rows) == 1 and _is_last_piece(group.elements[0], main):
        return True
    looks = {look(row.anchor) for row in main.rows}
    return len(looks) == 1 and ("", "") not in looks and all(look(row.anchor) in looks for row in group.rows)


def _is_last_piece(element: Any, main: Group) -> bool:
    """Say whether an element is a list of one row beside the lists of the others."""
    held = main.elements[0].getparent()
    return held is not None and element.getparent() is held.getparent() and shape(element) == shape(held)


def _common(elements: Sequence[Any]) -> Any:
    above = elements[0]
    rest = [set(e.iterancestors()) | {e} for e in elements[1:]]
    while above is not None and not all(above in chain for chain in rest):
        above = above.getparent()
    return above


def _anchors(root: Any) -> Iterator[Any]:
    for count, anchor in enumerate(root.iter("a")):
        if count >= _MOST_LINKS:
            return
        if anchor.get("href") and (title_of(anchor) or anchor.get("title")):
            yield anchor


def _path(anchor: Any) -> tuple[str, ...]:
    path: list[str] = []
    element = anchor.getparent()
    while element is not None and len(path) < _MOST_DEEP:
        if element.tag not in _INLINE:
            path.append(str(element.tag))
        element = element.getparent()
    return tuple(path)


def look(anchor: Any) -> tuple[str, str]:
    """Return a link's class and the form of its address, ("", "") without a class: links of one look are of one kind."""
    named = anchor.get("class") or ""
    return (named, re.sub(r"[0-9a-f]{8,}|\d+", "0", anchor.get("href"))) if named else ("", "")


def _looks_alike(kinds: dict[tuple[str, ...], list[Any]]) -> dict[Any, list[Any]]:
    """Return for each link those of the same look that have another path: broken markup sets rows apart."""
    looks: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for anchors in kinds.values():
        for anchor in anchors:
            if (seen := look(anchor))[0]:
                looks[seen].append(anchor)
    return {anchor: alike for alike in looks.values() if len(alike) > 1 for anchor in alike}


def _of_kind(anchors: Sequence[Any], alike: dict[Any, list[Any]], base: str) -> Iterator[Group]:
    """Yield the groups that links of one path form."""
    by_parent: dict[int, list[tuple[Any, list[Any]]]] = defaultdict(list)
    parents: dict[int, Any] = {}
    for element, held in _rows(anchors, alike):
        parent = element.getparent()
        if parent is None:
            continue
        parents[id(parent)] = parent
        by_parent[id(parent)].append((element, held))
    for together in _merged(parents, by_parent):
        rows = [pair for parent in together for pair in by_parent[id(parent)]]
        container = together[0] if len(together) == 1 else together[0].getparent()
        split = _as_columns(together, by_parent)
        elements = [element for element, _ in rows]
        if split:
            yield from filter(None, [_group(split, container, base, list(together))])
        if not split:
            rows = _with_adopted(rows, together)
            elements = [element for element, _ in rows]
            yield from filter(
                None, [_group([(e, _best(held)) for e, held in rows], container, base, elements)]
            )


def _rows(anchors: Sequence[Any], alike: dict[Any, list[Any]]) -> list[tuple[Any, list[Any]]]:
    """Return the highest elements that hold one address of a kind, with the links in them, in order."""
    held: dict[Any, set[str]] = defaultdict(set)
    others = {other: None for anchor in anchors for other in alike.get(anchor, ())}
    for number, anchor in enumerate(dict.fromkeys((*anchors, *others))):
        href = anchor.get("href").strip()
        key = f"#{number}" if href.lower().startswith(("javascript:", "#")) else href
        element, steps = anchor, 0
        while element is not None and steps < _MOST_DEEP:
            if len(held[element]) < 2:
                held[element].add(key)
            element, steps = element.getparent(), steps + 1
    rows: dict[Any, list[Any]] = {}
    for anchor in anchors:
        element = anchor
        while (above := element.getparent()) is not None and len(held[above]) < 2 and above.tag != "body":
            element = above
        rows.setdefault(element, []).append(anchor)
    return list(rows.items())


def _merged(
    parents: dict[int, Any], by_parent: dict[int, list[tuple[Any, list[Any]]]]
) -> Iterator[list[Any]]:
    """Yield the parents whose rows belong together: lists cut into pieces that stand directly beside each other."""
    run: list[Any] = []
    for parent in parents.values():
        if run and _goes_on(run[-1], parent):
            run.append(parent)
            continue
        if run:
            yield run
        run = [parent]
    if run:
        yield run


def _goes_on(before: Any, after: Any) -> bool:
    if before.getparent() is not after.getparent() or shape(before) != shape(after):
        return False
    between = before
    for _ in range(6):
        if (between.tail or "").strip():
            return False
        between = between.getnext()
        if between is after:
            return True
        if between is None or "".join(between.itertext()).strip():
            return False
    return False


def _as_columns(
    together: Sequence[Any], by_parent: dict[int, list[tuple[Any, list[Any]]]]
) -> list[tuple[Any, Any]]:
    """Return rows that hold several links each (column, title), [] where every link is a row of its own."""
    sizes = [len(by_parent[id(parent)]) for parent in together]
    if len(together) < 3 or not all(2 <= size <= 5 for size in sizes):
        return []
    columns = min(sizes)
    lengths = [
        sum(min(len(title_of(by_parent[id(p)][n][1][0])), 40) for p in together) / len(together)
        for n in range(columns)
    ]
    days = [len(re.findall(r"\d{1,2}[-/.月]\d{1,2}", " ".join(p.itertext()))) for p in together]
    most_days = sorted(days)[len(days) // 2]
    # As many days as links: each link is a row.
    if most_days >= 2 and (most_days >= columns or max(lengths) < 2 * min(lengths)):
        return []
    if not most_days and max(lengths) < 3 * min(lengths):
        return []
    at = lengths.index(max(lengths))
    return [(parent, _best(by_parent[id(parent)][at][1])) for parent in together]


def _with_adopted(
    rows: Sequence[tuple[Any, list[Any]]], together: Sequence[Any]
) -> list[tuple[Any, list[Any]]]:
    """Return the rows with those beside them of another path: a title set in bold, a link around the whole row."""
    if len(rows) < 3 or rows[0][0].tag == "a":
        return list(rows)
    known = dict(rows)
    tags = {element.tag for element in known}
    if len(tags) != 1:
        return list(rows)
    taken: list[tuple[Any, list[Any]]] = []
    for parent in together:
        for child in list(parent)[:_MOST_LINKS]:
            if len(taken) >= _MOST_LINKS:
                return taken
            if child in known:
                taken.append((child, known[child]))
            elif child.tag in tags:
                links = [a for a in child.iter("a") if a.get("href") and (title_of(a) or a.get("title"))]
                worded = [a for a in links if len(title_of(a)) > 1 and not is_turning(title_of(a))]
                if worded and 1 <= len(links) <= 4:
                    taken.append((child, [max(worded, key=lambda a: len(title_of(a)))]))
    return taken


def _best(anchors: Sequence[Any]) -> Any:
    return max(
        anchors,
        key=lambda a: (
            len(title_of(a)) > 1,
            -_is_picture(a),
            _is_headline(a),
            not title_of(a).startswith("http"),
            len(title_of(a)),
        ),
    )


def _is_headline(anchor: Any) -> bool:
    above = (anchor.getparent(), *anchor)
    return any(element is not None and element.tag in _HEADINGS for element in above)


def _is_picture(anchor: Any) -> bool:
    return next(anchor.iter("img"), None) is not None


def _group(pairs: Sequence[tuple[Any, Any]], container: Any, base: str, elements: list[Any]) -> Group | None:
    if len(pairs) < 1:
        return None
    scopes, anchors = [list(s) for s in _scopes(pairs)], [anchor for _, anchor in pairs]
    days, place = _days(pairs, scopes, anchors)
    stood_apart = False
    if len(pairs) >= 3 and not any(days) and (column := apart(container, elements)):
        days, stood_apart = column, True
    rows: dict[str, Row] = {}
    kept = []
    for (element, anchor), day in zip(pairs, days, strict=True):
        href = anchor.get("href").strip()
        url = joined(base, href)
        title = title_of(anchor, shown=True)
        if not url or is_turning(title):
            continue
        key = url.partition("#")[0]
        row = Row(
            element=element, anchor=anchor, href=href, url=url, title=title, date=day, filed=filed_day(url)
        )
        if key not in rows:
            kept.append(element)
        if key not in rows or (len(rows[key].title) < 2 <= len(title)):
            rows[key] = row
    if not rows:
        return None
    return Group(
        rows=[_with_year(row) for row in rows.values()],
        container=container,
        elements=kept,
        place=place,
        apart=stood_apart,
    )


def _with_year(row: Row) -> Row:
    """Give a day without a year that of the address, where both name the same day."""
    if len(row.date) == 5 and row.filed[5:] == row.date:
        row.date = row.filed
    return row


def _days(
    pairs: Sequence[tuple[Any, Any]], scopes: list[list[Any]], anchors: list[Any]
) -> tuple[list[str], tuple[str, ...]]:
    """Return the days in the rows; else in what follows each row, else in what goes before it."""
    days, place = days_beside(scopes, anchors)
    if sum(map(bool, days)) * 2 >= len(days) or len(pairs) < 2:
        return days, place
    elements = {id(element) for element, _ in pairs}
    for after in (True, False):
        wider = [_beside(element, elements, after=after) for element, _ in pairs]
        more, where = days_beside(wider, anchors)
        if sum(map(bool, more)) > sum(map(bool, days)):
            days, place = more, ("~after" if after else "~before", *where)
    return days, place


def _scopes(pairs: Sequence[tuple[Any, Any]]) -> Iterator[list[Any]]:
    for element, _ in pairs:
        yield [element]


def _beside(element: Any, rows: set[int], *, after: bool) -> list[Any]:
    """Return the texts and elements between a row and the next one (or the one before)."""
    found: list[Any] = []
    if after:
        found.append((element.tail or "")[:200])
    other = element
    for _ in range(6):
        other = other.getnext() if after else other.getprevious()
        if other is None:
            break
        if not after:
            found.append((other.tail or "")[:200])
        if id(other) in rows or other.tag == "a":
            break
        found.append(other)
        if after:
            found.append((other.tail or "")[:200])
    if not after and other is None and element.getparent() is not None:
        found.append((element.getparent().text or "")[:200])
    return found


def title_of(anchor: Any, *, shown: bool = False) -> str:
    """Return the title that a link shows, or its ``title`` where the words are cut short.

    ``shown`` looks closer: in a link around a whole row the title is its heading, else its first words.
    """
    words = " ".join(" ".join(anchor.itertext()).split())[:400]
    if shown and len(anchor):
        words = _heading(anchor) or words
    named = " ".join((anchor.get("title") or "").split())
    if explained := _EXPLAINED.match(named):
        named = explained[1]
    cut = _CUT.sub("", words).strip()
    if named and (not words or (cut != words and (named.startswith(cut[:6]) or not cut))):
        words = named
    if not words:
        words = next((img.get("alt") or "" for img in anchor.iter("img") if img.get("alt")), "")
    return _BULLETS.sub("", words).strip()


def _heading(anchor: Any) -> str:
    """Return the words of a link that are its title, where the link holds more than one block."""
    blocks = [e for e in anchor.iter() if e.tag in _HEADINGS]
    if not blocks:
        classes = [(e, e.get("class") or "") for e in anchor.iter() if e is not anchor]
        blocks = [e for e, name in classes if _NAMED_TITLE.search(name) and not _NAMED_OTHERWISE.search(name)]
    for block in blocks:
        if words := " ".join("".join(block.itertext()).split()):
            return words
    own = " ".join((anchor.text or "").split()) + " ".join(" ".join((e.tail or "").split()) for e in anchor)
    if len(own) > 3:
        inline = "".join(t for t in _own_texts(anchor))
        return " ".join(inline.split())
    parts = list(_leaves(anchor))
    wordy = [p for p in parts if not is_day_alone(p) and not re.fullmatch(r"[\d\s/.年月日:：-]*", p)]
    if not wordy or len(parts) < 2 or (len(wordy) == len(parts) and not _holds_blocks(anchor)):
        return ""
    # The name of an office or a kind may stand before the title.
    return wordy[1] if len(wordy) > 1 and len(wordy[0]) <= 4 and len(wordy[1]) > 5 else wordy[0]


def _leaves(anchor: Any) -> Iterator[str]:
    """Yield the words of each element of a link that holds words itself."""
    for element in anchor.iter():
        if element is not anchor and isinstance(element.tag, str) and (element.text or "").strip():
            yield " ".join("".join(element.itertext()).split())


def _holds_blocks(anchor: Any) -> bool:
    return any(
        isinstance(e.tag, str) and e.tag not in _INLINE and e.tag != "span"
        for e in anchor.iter()
        if e is not anchor
    )


def _own_texts(anchor: Any) -> Iterator[str]:
    """Yield the texts of a link without those of elements that hold a day alone."""
    yield anchor.text or ""
    for child in anchor:
        words = "".join(child.itertext())
        if not re.search(r"\d.*\d", words) or not is_day_alone(words):
            yield words
        yield child.tail or ""


def is_turning(title: str) -> bool:
    """Say whether the words of a link are those of a pager or of a "more"."""
    return bool(_TURNS.match(title)) or len(title) < 2


def is_beside(element: Any) -> bool:
    """Say whether an element stands in a part of the page that is named as navigation, ranking or foot."""
    for _ in range(5):
        if element is None or element.tag in ("body", "html"):
            return False
        if element.tag in ("nav", "header", "footer"):
            return True
        if _BESIDE_THE_LIST.search(f"{element.get('id') or ''} {element.get('class') or ''}"):
            return True
        element = element.getparent()
    return False


def _is_headed_otherwise(container: Any) -> bool:
    """Say whether what stands right above some rows calls them a choice of others: 推荐阅读, 热点排行, 相关信息."""
    for element in (container, container.getparent()):
        if element is None or element.tag in ("body", "html"):
            break
        above = element.getprevious()
        words = " ".join("".join(above.itertext()).split()) if above is not None and len(above) < 4 else ""
        if words:
            return bool(_OF_OTHERS.match(words))
    return False


def _score(group: Group) -> float:
    dated = group.dated / len(group.rows)
    score = sum(min(len(row.title), 30) / 10 for row in group.rows)
    score *= 1 + 2.5 * dated
    score *= 0.35 + 0.9 * group.like_articles
    if group.letters < 7 and dated < 0.5:
        score *= 0.25
    return score * (0.2 if group.of_others else 0.45 if group.beside else 1.0)
