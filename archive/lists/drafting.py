"""From what was read to what can be declared: selectors of rows, the grammar of addresses, the publishing system.

Selectors are short and made to last: a class of the row or of what holds it, an id, a shape; positions never. What is
drafted was tried on the pages at hand and on no others.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from archive.extract.tree import select
from archive.lists.rows import Group, leads_to_article
from archive.patterns import regex

_NAME = regex(r"^[A-Za-z_][\w-]{1,40}$")
_OF_ONE_ROW = regex(
    r"\d{2,}|^(?:odd|even|first|last|on|cur|current|active|hover|alt|clearfix|clear|fl|fr|cf|left|right)$",
    re.I,
)
_MOST = 60
_NUMBERED = regex(r"^(?:[a-z]{0,2}\\d|\[0-9a-f|\\w|art$|content$|info$|detail$|articles?$|post$|doc$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Selectors of a list's rows, and how many rows they gave of how many on the page they were drafted from."""

    rows: str
    link: str = "a[href]"
    date: str = ""
    found: int = 0
    of: int = 0
    strange: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A publishing system: its name, the grammar of its articles' addresses, what tells it in a page's source."""

    name: str
    articles: str
    marks: str = ""

    def on(self, host: str) -> str:
        """Return the grammar of the articles on a host, given as a regular expression."""
        return self.articles.replace("{host}", host)


# In order: the first whose grammar most rows have. {host} is put in as a regular expression.
FAMILIES = (
    Family(
        name="trs",
        articles=r"^https?://{host}/(?:[^?#]*/)?\d{6}/t\d{8}_\d+\.s?html?(?:\?|$)",
        marks=r"createPage(?:HTML)?\s*\(|TRS_(?:Editor|UEDITOR)",
    ),
    Family(
        name="jpaas",
        articles=r"^https?://{host}/[^?#]*/art/\d{4}/art_(?:[0-9a-f]{32}|\d+_\d+)\.html(?:\?|$)",
        marks=r"(?i)\bquerydata\s*=|jpaas-publish-server",
    ),
    Family(
        name="hanweb",
        articles=r"^https?://{host}/(?:[^?#]*/)?art/\d{4}/\d{1,2}/\d{1,2}/art_\d+_\d+\.html(?:\?|$)",
        marks=r"/module/web/jpage/|/col/col\d+/",
    ),
    Family(
        name="gkmlpt",
        articles=r"^https?://{host}/(?:[^?#]*/)?content/(?:\d+/\d+/)?m?post_\d+\.html(?:\?|$)",
        marks=r"/gkmlpt/",
    ),
    Family(
        name="ucap",
        articles=r"^https?://{host}/(?:[^?#]*/)?(?:c\d+/c\d+/content|\d{6}/[0-9a-f]{32}|\d{4}/\d{1,2}/\d{1,2}/[0-9a-f]{32})\.s?html(?:\?|$)",
        marks=r"(?i)ucapcontent|name=[\"']channelid",
    ),
    Family(
        name="xinhua",
        articles=r"^https?://{host}/(?:[^?#]*/)?\d{8}/[0-9a-f]{32}/c\.html(?:\?|$)",
        marks=r"datasource:[0-9a-f]{32}",
    ),
    Family(
        name="shanghai",
        articles=r"^https?://{host}/(?:[^?#]*/)?\d{8}/[0-9a-f]{32}\.html(?:\?|$)",
        marks=r"ivs_content",
    ),
    Family(name="ccontent", articles=r"^https?://{host}/n\d+/(?:[^?#]*/)?c\d+/content\.html(?:\?|$)"),
    Family(
        name="nda",
        articles=r"^https?://{host}/(?:[^?#]*/)?\d{4}/\d{20,24}_pc\.html(?:\?|$)",
        marks=r"index_pc_",
    ),
    Family(
        name="epaper", articles=r"^https?://{host}/(?:[^?#]*/)?content/\d{6}/\d{2}/content_\d+\.html?(?:\?|$)"
    ),
    Family(
        name="hebei",
        articles=r"^https?://{host}/columns/[0-9a-f-]{36}/\d{6}/\d{2}/[0-9a-f-]{36}\.html(?:\?|$)",
    ),
    Family(
        name="content",
        articles=r"^https?://{host}/(?:[^?#]*/)?(?:\d{4}[-/]?\d{2}(?:[-/]?\d{2})?/)?(?:content|c)_\d+\.s?html?(?:\?|$)",
    ),
    Family(name="people", articles=r"^https?://{host}/n1/\d{4}/\d{4}/c\d+-\d+\.html(?:\?|$)"),
    Family(
        name="vsb",
        articles=r"^https?://{host}/(?:[^?#]*/)?info/\d+/\d+\.html?(?:\?|$)",
        marks=r"_showDynClick|/_sitegray/|vsb_content",
    ),
)


BY_NAME = {family.name: family for family in FAMILIES}


def family_of(urls: Sequence[str], source: str) -> tuple[str, float]:
    """Return the publishing system that addresses and a page's source speak of, and how sure that is."""
    best, sure = "", 0.0
    for family in FAMILIES:
        pattern = re.compile(family.on(r"[^/]+"))
        share = sum(bool(pattern.search(url)) for url in urls) / len(urls) if urls else 0.0
        marked = bool(family.marks and re.search(family.marks, source))
        points = (
            0.75 * share + 0.25 * marked
            if share >= 0.3
            else 0.45 * marked * (not urls or family.name in ("jpaas", "gkmlpt", "xinhua"))
        )
        if points > sure:
            best, sure = family.name, points
    return best, round(sure, 2)


def grammar(urls: Sequence[str], host: str) -> tuple[tuple[str, ...], int]:
    """Return regular expressions for the addresses of articles, and how many of ``urls`` they take.

    By a known system's grammar where that takes most; else the addresses themselves with their figures left open.
    What is left over gets an expression of its own where several addresses have its form.
    """
    rest = [url for url in urls if _within(url, host)]
    patterns: list[str] = []
    ours, least = len(rest), max(2, len(rest) // 20)
    while rest and len(patterns) < 3 and (not patterns or len(rest) >= least):
        pattern = _most_of(rest, _host_pattern(rest, host))
        left = [url for url in rest if not re.search(pattern, url)]
        if patterns and len(rest) - len(left) < least:
            break
        patterns.append(pattern)
        if len(left) == len(rest):
            break
        rest = left
    return tuple(patterns), ours - len(rest)


def _most_of(urls: Sequence[str], name: str) -> str:
    """Return an expression that takes most of some addresses on the hosts that ``name`` takes."""
    for family in FAMILIES:
        pattern = family.on(name)
        if sum(bool(re.search(pattern, url)) for url in urls) >= max(1, 0.4 * len(urls)):
            return pattern
    wanted = _joined(Counter(_skeleton(url) for url in urls), len(urls))
    paths = wanted[0] if len(wanted) == 1 else f"(?:{'|'.join(wanted)})"
    return rf"^https?://{name}{paths}" + ("" if any(r"\?" in w for w in wanted) else r"(?:\?|$)")


def _joined(shapes: Counter[str], total: int) -> list[str]:
    """Return the forms that most addresses have; names that differ in their letters become one form."""
    by_folder: dict[tuple[str, str], Counter[str]] = {}
    for shape, count in shapes.items():
        folder, _, name = shape.rpartition("/")
        stem, dot, ending = name.partition(r"\.")
        by_folder.setdefault((folder, dot + ending), Counter())[stem] += count
    forms: Counter[str] = Counter()
    for (folder, ending), stems in by_folder.items():
        if len(stems) > 2 and max(stems.values()) < 0.8 * sum(stems.values()):
            start = re.sub(r"[\\\[{(].*$", "", os.path.commonprefix(list(stems)))
            forms[f"{folder}/{start}[\\w-]+{ending}"] += sum(stems.values())
            continue
        for stem, count in stems.items():
            forms[f"{folder}/{stem}{ending}"] += count
    # A form in which nothing is left open is one page, and no grammar.
    open_ones = Counter({form: n for form, n in forms.items() if re.search(r"\\d|\[", form)}) or forms
    most = [form for form, count in open_ones.most_common(4) if count >= max(1, 0.08 * total)]
    return most or [forms.most_common(1)[0][0]]


def _within(url: str, host: str) -> bool:
    own = (urlsplit(url).hostname or "").lower()
    bare = host.removeprefix("www.")
    return own == bare or own.endswith("." + bare)


def _host_pattern(urls: Sequence[str], host: str) -> str:
    """Return the hosts of addresses as a regular expression: the site's own, or any below it where several occur."""
    hosts = {(urlsplit(url).hostname or "").lower() for url in urls}
    bare = host.removeprefix("www.")
    port = _port_pattern(urls)
    if hosts <= {bare, "www." + bare}:
        return r"(?:www\.)?" + _plain(bare) + port
    if len(hosts) == 1:
        return _plain(next(iter(hosts))) + port
    return r"(?:[\w-]+\.)*" + _plain(bare) + port


def _port_pattern(urls: Sequence[str]) -> str:
    """Return the port of addresses as a regular expression: empty where none names one."""
    ports = {"".join(re.findall(r":\d+$", urlsplit(url).netloc)) for url in urls}
    return ports.pop() if len(ports) == 1 else r"(?::\d+)?"


def _skeleton(url: str) -> str:
    """Return an address's path with what differs from article to article left open."""
    parts = urlsplit(url)
    *folders, name = parts.path.split("/")
    stem, dot, ending = name.rpartition(".")
    if not dot:
        stem, ending = name, ""
    kept = [_open(f) for f in folders if f]
    numbered = len(kept)
    while numbered and _NUMBERED.match(kept[numbered - 1]):
        numbered -= 1
    # The folders before are columns: there are others.
    head = "/(?:[^?#]*/)?" if numbered else "/"
    path = (
        head
        + "".join(f"{f}/" for f in kept[numbered:])
        + _open(stem)
        + (f"\\.{_ending(ending)}" if ending else "")
    )
    if parts.query and (found := re.search(r"(?:^|&)(\w*id|\w*no|code)=(\w+)", parts.query, re.I)):
        path += rf"\?(?:.*&)?{found[1]}={_open(found[2])}"
    return path


def _ending(ending: str) -> str:
    return {"html": "s?html?", "htm": "s?html?", "shtml": "s?html?"}.get(ending.lower(), re.escape(ending))


def _open(part: str) -> str:
    if re.fullmatch(r"[0-9a-f]{16,}", part) and re.search(r"[a-f]", part):
        return rf"[0-9a-f]{{{len(part)}}}"
    if re.fullmatch(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{8,12}", part):
        return r"[0-9a-f-]{32,36}"
    if len(part) >= 12 and len(re.findall(r"[A-Za-z]+|\d+", part)) >= 4 and re.search(r"[A-Za-z]", part):
        return r"[\w-]+"
    pieces = re.split(r"(\d+)", part)
    if len(pieces) > 1:
        return "".join(_digits(p) if p.isdigit() else _plain(p) for p in pieces)
    return _plain(part) if not re.search(r"[A-Z].*[a-z]|\W", part) or len(part) < 12 else r"[\w-]+"


def _plain(letters: str) -> str:
    return re.escape(letters).replace(r"\-", "-")


def _digits(figures: str) -> str:
    return rf"\d{{{len(figures)}}}" if len(figures) in (4, 6, 8) and figures[:2] in ("19", "20") else r"\d+"


# Selectors


def draft_rule(root: Any, group: Group) -> Rule | None:
    """Return the shortest selectors that give all rows of a group and few others; None where none gives them."""
    wanted = set(group.elements)
    links = {row.anchor for row in group.rows}
    best: tuple[tuple[float, ...], Rule] | None = None
    for selector in islice(dict.fromkeys(_row_selectors(group)), _MOST):
        matched = select(root, selector)
        hit = sum(element in wanted for element in matched)
        if hit * 2 < len(wanted):
            continue
        strange = [e for e in matched if e not in wanted and _leads(e, links)]
        named = any(mark in selector for mark in ".#:")
        extra = min(len(matched) - hit, 2 * hit)
        rank = (
            hit - 1.5 * len(strange) - 0.2 * extra,
            named,
            ":has" not in selector,
            -selector.count(" "),
            -len(selector),
        )
        if best is None or rank > best[0]:
            best = rank, Rule(rows=selector, found=hit, of=len(wanted), strange=len(strange))
    if best is None:
        return None
    rule = best[1]
    return Rule(
        rows=rule.rows, link=_link_selector(group), date=_date_selector(group), found=rule.found, of=rule.of,
        strange=rule.strange,
    )  # fmt: skip


def _leads(element: Any, known: set[Any]) -> bool:
    """Say whether an element that no row is holds a link that would be taken for an article."""
    anchors = [element] if element.tag == "a" else list(islice(element.iter("a"), 20))
    return any(leads_to_article(a.get("href") or "") and a not in known for a in anchors)


def _row_selectors(group: Group) -> Iterator[str]:
    row = group.elements[0]
    tag = str(row.tag)
    held = ":has(a[href])" if tag not in ("a", "li", "tr", "dd", "dt") else ""
    forms = [tag + held]
    shared = set.intersection(*(set(_classes(e)) for e in group.elements[:50]))
    forms = [f"{tag}.{name}" for name in sorted(shared)] + forms
    linked = _link_class(group)
    if linked:
        forms.append(f"{tag}:has(a.{linked})" if tag != "a" else f"a.{linked}")
    above, steps, direct = row.getparent(), 0, True
    yield from (f for f in forms if "." in f)
    while above is not None and above.tag not in ("body", "html") and steps < 7:
        names = [f"{above.tag}.{name}" for name in _classes(above)]
        identity = above.get("id") or ""
        if _NAME.match(identity) and not re.search(r"\d{3,}", identity):
            names.append(f"#{identity}")
        for name in names:
            for form in forms:
                yield f"{name} > {form}" if direct else f"{name} {form}"
        direct, above, steps = False, above.getparent(), steps + 1
    yield from (f"{row.getparent().tag} > {form}" for form in forms if row.getparent() is not None)
    form = _address_form(group)
    if form:
        yield f"{tag}:has(> a[href*='{form}'])"
        yield f"{tag}:has(a[href*='{form}'])"
    yield from forms


def _classes(element: Any) -> list[str]:
    return [n for n in (element.get("class") or "").split() if _NAME.match(n) and not _OF_ONE_ROW.search(n)]


def _link_class(group: Group) -> str:
    shared = set.intersection(*(set(_classes(row.anchor)) for row in group.rows[:50]))
    return min(shared, default="")


def _address_form(group: Group) -> str:
    """Return a piece of address that all rows have and columns have not: ``/t20``, ``content_``, ``/art/``."""
    for form in ("/t20", "content_", "/art/", "art_", "post_", "/info/", "/content"):
        if all(form in row.href for row in group.rows):
            return form
    return ""


def _link_selector(group: Group) -> str:
    """Return what selects the title's link in a row that holds others before it."""
    first = sum(
        next(e.iter("a"), None) is row.anchor for e, row in zip(group.elements, group.rows, strict=False)
    )
    if first * 10 >= 9 * len(group.rows) or group.elements[0].tag == "a":
        return "a[href]"
    if name := _link_class(group):
        return f"a.{name}[href]"
    above = group.rows[0].anchor.getparent()
    if above is None or above is group.elements[0]:
        return "a[href]"
    names = _classes(above)
    return f"{above.tag}.{names[0]} a[href]" if names else f"{above.tag} a[href]"


def _date_selector(group: Group) -> str:
    """Return what selects the day in a row, "" where it stands in the row's own text or beside the row."""
    if not group.place or group.place[0].startswith("~") or len(group.place) < 2:
        return ""
    steps = [step for step in group.place[1:] if not step.startswith("~")]
    if not steps:
        return ""
    selector = steps[-1]
    good = 0
    for element, row in zip(group.elements, group.rows, strict=False):
        found = select(element, selector)
        good += bool(found and any(row.date[-2:].lstrip("0") in "".join(e.itertext()) for e in found))
    return selector if good * 10 >= 8 * group.dated else ""
