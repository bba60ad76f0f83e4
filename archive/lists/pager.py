"""How a list goes on: links, links made by a script, numbers in a script, forms, proxies that answer with data.

The page alone is read; what is said here was not tried. A total is the number of pages that the page names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from archive.extract.tree import joined
from archive.patterns import regex

_MOST_LINKS = 6_000
_NEXT = regex(
    r"^[\[【(（<>»›\s]{0,3}(?:下\s?一?\s?[页頁]|后一?[页頁]|next(?:\s?page)?|下一屏|下翻页?)[\]】)）>＞»›→\s]{0,4}(?:[(（]\d{1,4}/\d{1,5}[)）])?$",
    re.I,
)
_PREVIOUS = regex(
    r"^[\[【(（<«‹\s]{0,3}(?:上一?\s?[页頁]|前一?[页頁]|prev(?:ious)?(?:\s?page)?|上翻)[\]】)）\s]{0,4}$",
    re.I,
)
_TURN = regex(r"[上下前后首末尾][一]?\s?[页頁]")
_ARROW = regex(r"^(?:>{1,2}|»|›|＞{1,2}|→)$")
_NUMBER = regex(r"^[\[(第]?\s?(\d{1,4})\s?[\])页]?$")
_PAGING = regex(r"pag(?:e|ing|ination|er)|fenye|fany|flip|turn|digg|fy_|^fy|laypage|paginator", re.I)
_OFF = regex(r"disabled|(?:^|[\s_-])off(?:$|[\s_-])|nolink|noclick|nomore", re.I)
_GOES_TO = regex(
    r"(?:location(?:\.href)?\s*=|location\.(?:assign|replace)\s*\(|window\.open\s*\()\s*(?:encodeURI(?:Component)?\s*\(\s*)?['\"]([^'\"]+)['\"]",
    re.I,
)
_CALL = regex(r"(?:javascript:)?\s*(?:return\s+)?([\w$.]{2,60}\s*\([^()]{0,200}\))", re.I)
_STR = r"['\"]([^'\"]{0,120})['\"]"
_N = r"['\"]?(\d{1,9})['\"]?"
_CREATES = regex(
    r"(?:createPage(?:HTML|s|Html)?|createpage\w*|showPage|setPage(?:Html|HTML)|pageHTML|PageHtml)\s*\(([^()]{3,300})\)"
)
_SETTINGS = regex(r"\b(?:Pager|pager|Pagination|pagination|laypage|createPager?)\s*\(\s*\{([^{}]{5,600})\}")
_FIELD = regex(r"['\"]?(\w+)['\"]?\s*:\s*['\"]?([\w./-]+)['\"]?")
_VARIABLE = regex(
    r"\b(countPage|totalPages?|pageCount|_?nPageCount|pagesCount|totalData|showData|recordCount|totalRecords?|totalRow|perPage|pageSize"
    r"|currentPage|curPage|nowPage|currPage|pageIndex|total)\b\s*['\"]?\s*[:=]\s*['\"]?(\d{1,9})\b(?!\s*[-+*])"
)
_PIECES = regex(
    r"['\"]([\w./-]*?(?:index|list|node)\w*?)(?:_?['\"]\s*\+\s*['\"])?_?\\?['\"]\s*\+\s*\(?\s*\w+[^'\"]{0,24}\+\s*\\?['\"](?:\.\\?['\"]\s*\+\s*\\?['\"])?\.?(s?html?|jhtml)\b"
)
_AT_HAND = regex(r"cur|active|selected|\bon\b|now|this")
_COUNTED = regex(
    r"(?:第|当前[第为是]?|页次[:：]?)?\s?(\d{1,4})\s?[页頁]?\s?[/／]\s?(?:共\s?)?(\d{1,5})\s?[页頁]|共\s?(\d{1,5})\s?[页頁]"
)
_OF_SO_MANY = regex(r"(?<![\d/.-])(\d{1,4})\s?[/／]\s?(\d{1,5})(?![\d/.-])")
_COMMENTS = regex(r"/\*(?:(?!\*/).){0,5000}\*/|^[ \t]*//[^\n]*$", re.S | re.M)
_PAGE_ADDRESS = regex(
    r"['\"]((?:https?:)?[\w./-]*\.(?:s?html?|jhtml|jsp|aspx?|php|do)(?:\?[^'\"\s]{0,300})?)['\"]", re.I
)
_PROXIES = (
    ("jpage", re.compile(r"[\w./-]*/module/(?:web|jslib|search)/\w*/?\w*dataproxy\.jsp[^'\"<>\s]*")),
    ("jpaas", re.compile(r"[\w:./-]*/api-gateway/jpaas-publish-server/[^'\"<>\s]*")),
    ("ucap", re.compile(r"[\w:./-]*/(?:searchList|common/search|search)/[0-9a-f]{32}[^'\"<>\s]*")),
    ("gkmlpt", re.compile(r"[\w:./-]*/gkmlpt/api/all/[^'\"<>\s]*")),
    ("was5", re.compile(r"[\w:./-]*/was5/web/search\?[^'\"<>\s]*")),
    ("cac", re.compile(r"[\w:./-]*/cms/JsonList[^'\"<>\s]*")),
)
_ASKS = regex(
    r"(?:\$\.(?:getJSON|get|post)\s*\(\s*|\burl\s*:\s*|axios\.(?:get|post)\s*\(\s*|fetch\s*\(\s*)['\"]([^'\"]{3,200})['\"]"
)
_ASKS_A_PAGE = regex(r"page|pn=|start|offset|dataproxy", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pager:
    """How a list goes on: ``static``, ``script``, ``form``, ``json`` or ``none``.

    ``next``: the address of the next page as the page gives it, "" on the last page or where none can be told.
    ``pattern``: the address of page N (``{n}``, counted from ``first`` for the list's first page). ``total``: pages.
    ``call``: what a script calls or asks. ``because``: what all this rests on. ``sure`` from 0 to 1.
    """

    kind: str = "none"
    next: str = ""
    pattern: str = ""
    first: int = 0
    total: int | None = None
    call: str = ""
    because: str = ""
    sure: float = 0.5


def read_pager(root: Any, source: str, url: str) -> Pager:
    """Return how the list of a page goes on, read from its links first, then from its scripts."""
    scripts = _scripts(root, source)
    turners = list(_turners(root)) if root is not None else []
    by_links = _by_links(root, url, turners)
    if by_links is not None and by_links.total is None:
        by_links = replace(by_links, total=_counted(turners))
    by_script = _by_script(scripts, url, _usual_ending(root))
    if by_links is not None and (by_links.kind == "static" or by_links.next):
        return _with_total(by_links, by_script)
    if by_script is not None and by_script.kind != "none":
        return by_script
    if by_links is not None:
        return by_links
    if by_script is not None and by_script.total is not None:
        return by_script
    numbered = _by_numbers(root, url)
    if numbered is not None:
        return _with_total(numbered, by_script)
    asked = _by_proxy(scripts, source, url)
    if asked is not None:
        return asked
    return Pager(because="no link, script or form that turns pages", sure=0.6)


def _with_total(pager: Pager, other: Pager | None) -> Pager:
    if other is None or other.total is None or pager.total is not None:
        return pager
    return Pager(
        kind=pager.kind,
        next=pager.next,
        pattern=pager.pattern or other.pattern,
        first=other.first,
        total=other.total,
        call=pager.call,
        because=pager.because,
        sure=pager.sure,
    )


def _scripts(root: Any, source: str) -> str:
    texts = [e.text or "" for e in root.iter("script")] if root is not None else [source]
    # A comment may hold the call of an earlier time; the address in "http://" is none.
    return _COMMENTS.sub("", "\n".join(texts)[:1_000_000])


# Links


def _by_links(root: Any, url: str, turners: Sequence[Any]) -> Pager | None:
    """Return what the words "next page" lead to, None where no link and no word says it."""
    off = False
    for element in turners:
        if _OFF.search(f"{element.get('class') or ''} {element.get('id') or ''}") or (
            element.get("disabled") is not None
        ):
            off = True
            continue
        href = (element.get("href") or "").strip()
        target = joined(url, href)
        if href and target and "$" not in href and "{" not in href:
            if not _is_here(target, url):
                return _static(href, url, "a link that says the next page", 0.97)
            if not href.startswith("#") and not element.get("onclick"):
                off = True
                continue
        called = _called(element, href)
        if called is not None:
            return called
        off = True
    if off:
        # The words are there and lead nowhere: the last page, or the only one.
        earlier = any(_leads(e, url) for e in _words(root, _PREVIOUS))
        kind = "static" if earlier else "none"
        return Pager(kind=kind, because="the next page is named and is no link", sure=0.85)
    return None


def _turners(root: Any) -> Iterator[Any]:
    """Yield what may lead to the next page: by its words, by ``rel``, by an arrow within a pager."""
    yield from _words(root, _NEXT)
    for link in root.iter("link", "a"):
        if "next" in (link.get("rel") or "").lower().split():
            yield link
    for anchor in list(root.iter("a"))[:_MOST_LINKS]:
        words = _text(anchor)
        above = anchor.getparent()
        beside = (above.get("class") or "") if above is not None and above.tag == "li" else ""
        said = " ".join(anchor.get(name) or "" for name in ("class", "id", "title", "aria-label"))
        named = f"{said} {beside} {' '.join(img.get('alt') or '' for img in anchor.iter('img'))}".lower()
        if (
            re.search(r"\bnext|下一?页", named)
            and (_ARROW.match(words) or not words)
            and _is_in_pager(anchor)
        ):
            yield anchor


def _words(root: Any, pattern: re.Pattern[str]) -> Iterator[Any]:
    for element in root.iter("a", "span", "li", "button", "input", "b", "font", "div", "td"):
        if element.tag in ("div", "li", "td", "b", "font", "span") and len(element):
            continue
        words = element.get("value") or "" if element.tag == "input" else _text(element)
        if len(words) <= 14 and pattern.match(words):
            # Where the word is no link itself, it may stand in one.
            above = element.getparent()
            yield above if element.tag != "a" and above is not None and above.tag == "a" else element


def _text(element: Any) -> str:
    pieces, size = [], 0
    for piece in element.itertext():
        pieces.append(piece)
        size += len(piece)
        if size > 400:
            break
    return " ".join("".join(pieces).split())


def _leads(element: Any, url: str) -> bool:
    href = joined(url, element.get("href") or "")
    return bool(href) and not _is_here(href, url)


def _is_here(target: str, url: str) -> bool:
    return target.partition("#")[0] == url.partition("#")[0]


def _is_in_pager(element: Any) -> bool:
    for _ in range(4):
        if element is None:
            return False
        if _PAGING.search(f"{element.get('class') or ''} {element.get('id') or ''}"):
            return True
        element = element.getparent()
    return False


def _static(href: str, url: str, because: str, sure: float) -> Pager:
    pattern, first = _pattern(href, url)
    return Pager(kind="static", next=href, pattern=pattern, first=first, because=because, sure=sure)


def _pattern(href: str, url: str) -> tuple[str, int]:
    """Return the address of page N from that of page 2, where only one number in its name can be that of the page."""
    path, mark, query = href.partition("?")
    if mark:
        found = list(
            re.finditer(
                r"(?<=[?&])(\w*(?:page|pn|p|pageno|paged|cur)\w*)=(\d{1,4})(?=&|$)", mark + query, re.I
            )
        )
        if len(found) == 1:
            at = found[0]
            return path + (mark + query)[: at.start(2)] + "{n}" + (mark + query)[at.end(2) :], 1
        return "", 0
    head, _, name = path.rpartition("/")
    found = list(re.finditer(r"(?<!\d)\d{1,4}(?=\.\w{3,5}$|$)", name))
    if len(found) != 1:
        return "", 0
    at = found[0]
    own = re.search(r"(\d{1,4})(?=\.\w{3,5}$|$)", urlsplit(url).path.rpartition("/")[2])
    number = int(at[0])
    first = 0 if number == 1 and (own is None or int(own[1]) != 2) else 1
    return (head + "/" if head else "") + name[: at.start()] + "{n}" + name[at.end() :], first


def _called(element: Any, href: str) -> Pager | None:
    """Return what a link that runs a script asks for: an address, a form or a call."""
    code = element.get("onclick") or (href if href.lower().startswith("javascript:") else "")
    if not code:
        return None
    if address := _address_in(element, code):
        pattern, first = _pattern(address, "")
        return Pager(
            kind="script", next=address, pattern=pattern, first=first,
            because="a link whose script names the next page", sure=0.95,
        )  # fmt: skip
    if "__doPostBack" in code or "submit" in code.lower():
        return Pager(kind="form", call=code[:200], because="the next page is asked by a form", sure=0.95)
    if call := _CALL.search(code):
        return Pager(kind="script", call=call[1], because="the next page is asked by a script", sure=0.9)
    return None


def _address_in(element: Any, code: str) -> str:
    """Return the address that the script of a link goes to or hands over, "" where it makes one of pieces."""
    if goes := _GOES_TO.search(code):
        rest = code[goes.end() :].lstrip(" '\"")
        if not rest.startswith("+"):
            return goes[1]
        number = re.match(r"\+\s*['\"]?(\d{1,4})['\"]?\s*(?:[;)]|$)", rest)
        return goes[1] + number[1] if number else ""
    if handed := _PAGE_ADDRESS.search(code):
        return handed[1]
    held = element.get("tagname") or element.get("data-href") or element.get("data-url") or ""
    return held if _PAGE_ADDRESS.match(f"'{held}'") else ""


def _counted(turners: Sequence[Any]) -> int | None:
    """Return how many pages the words around the link to the next page name."""
    for turner in turners:
        element = turner.getparent()
        for _ in range(3):
            if element is None or element.tag in ("body", "html") or len(text := _text(element)) > 200:
                break
            if found := _COUNTED.search(text) or _OF_SO_MANY.search(text):
                numbers = [int(number) for number in found.groups() if number]
                # A month behind its year is no page of so many.
                return numbers[-1] if 0 < numbers[0] <= numbers[-1] else None
            element = element.getparent()
    return None


def _by_numbers(root: Any, url: str) -> Pager | None:
    """Return how a row of page numbers goes on: the number after the page's own."""
    numbered: dict[Any, dict[int, Any]] = {}
    for anchor in list(root.iter("a"))[:_MOST_LINKS]:
        if (found := _NUMBER.match(_text(anchor))) and anchor.get("href"):
            above = anchor.getparent()
            if above is not None and above.tag in ("li", "span", "td", "em", "b"):
                above = above.getparent() if above.getparent() is not None else above
            numbered.setdefault(above, {}).setdefault(int(found[1]), anchor)
    for above, pages in numbered.items():
        if not (_is_in_pager(above) or len(pages) >= 3 or _TURN.search(_text(above))):
            continue
        if not _follow_each_other(pages):
            continue
        number = _own_number(above, pages, url)
        after = pages.get(number + 1)
        if after is None:
            return Pager(kind="static", because="numbers of pages, the last one is here", sure=0.7)
        href = after.get("href").strip()
        if joined(url, href):
            return _static(href, url, "a row of page numbers", 0.85)
        return _called(after, href)
    return None


def _follow_each_other(pages: dict[int, Any]) -> bool:
    numbers = sorted(pages)
    return numbers[0] <= 3 or any(b - a == 1 for a, b in pairwise(numbers))


def _own_number(above: Any, pages: dict[int, Any], url: str) -> int:
    """Return the number of the page at hand: no link, or marked, or a link to itself."""
    for number, anchor in sorted(pages.items()):
        target = joined(url, anchor.get("href") or "")
        around = anchor.getparent()
        named = anchor.get("class") or ""
        if around is not None and around is not above:
            named += " " + (around.get("class") or "")
        if _AT_HAND.search(named) or (target and _is_here(target, url)):
            return number
    for element in above.iter("span", "b", "strong", "em", "font", "li", "i", "div"):
        if not len(element) and (found := _NUMBER.match(_text(element))) and int(found[1]) not in pages:
            return int(found[1])
    return 1


# Scripts


def _by_script(scripts: str, url: str, usual: str) -> Pager | None:
    """Return what the numbers in a page's scripts say of its pages, None where there are none."""
    values = dict(reversed(_VARIABLE.findall(scripts)))
    for found in _CREATES.finditer(scripts):
        # Arguments may be variables: createPageHTML(countPage, 0, "index", "html").
        inner = re.sub(r"^\s*([A-Za-z_]\w*)(?=\s*,)", lambda name: values.get(name[1], name[1]), found[1])
        if pager := _created(found[0], inner, url, usual):
            return pager
    for found in _SETTINGS.finditer(scripts):
        if pager := _by_settings(found[0], dict(_FIELD.findall(found[1])), url, usual):
            return pager
    return _by_variables(scripts, url, usual)


def _created(call: str, inner: str, url: str, usual: str) -> Pager | None:
    """Read ``createPageHTML(pages, current, name, ending)`` and its dialects."""
    arguments = [a.strip() for a in inner.split(",")]
    words = [a.strip("'\" ") for a in arguments]
    numbers = [int(w) for w in words if w.isdigit() and len(w) <= 9]
    names = [w for w in words if w and not w.isdigit()]
    if not numbers:
        return None
    three = [w.isdigit() for w in words[:3]] == [True, True, True]
    total, current = (
        (numbers[1], max(numbers[2] - 1, 0)) if three else (numbers[0], numbers[1] if len(numbers) > 1 else 0)
    )
    endings = [w.strip(".") for w in names if re.fullmatch(r"\.?(?:s?html?|jhtml|aspx?|jsp|php)", w)]
    stems = [w for w in names if re.fullmatch(r"[\w./-]{1,80}", w) and w.strip(".") not in endings]
    # The element that the pager is drawn into is named first in some dialects.
    stem = next((w for w in stems if re.match(r"index|list|default|node", w)), stems[-1] if stems else "")
    ending = endings[-1] if endings else ""
    return _numbered(total, current, stem, ending, call, url, usual)


def _by_settings(call: str, fields: dict[str, str], url: str, usual: str) -> Pager | None:
    lower = {k.lower(): v for k, v in fields.items()}
    total = next(
        (lower[k] for k in ("size", "total", "pages", "pagecount", "totalpage", "count") if k in lower), ""
    )
    if not total.isdigit():
        return None
    current = lower.get("current", lower.get("curr", lower.get("pagenumber", "0")))
    stem, ending = lower.get("prefix", lower.get("name", "")), lower.get("suffix", lower.get("ext", ""))
    return _numbered(int(total), int(current) if current.isdigit() else 0, stem, ending, call, url, usual)


def _usual_ending(root: Any) -> str:
    """Return the ending that most of a page's own addresses have: that of its further pages, where nothing tells it."""
    endings = Counter(
        found[1]
        for anchor in list(root.iter("a"))[:_MOST_LINKS]
        if (found := re.search(r"\d\.(s?html?)$", anchor.get("href") or ""))
    )
    return endings.most_common(1)[0][0] if endings else ""


def _numbered(
    total: int, current: int, stem: str, ending: str, call: str, url: str, usual: str
) -> Pager | None:
    if total <= 1:
        return Pager(total=total, call=call[:200], because="a script says there is one page", sure=0.95)
    name = urlsplit(url).path.rpartition("/")[2]
    if not stem or stem in ("page", "pages", "pager"):
        stem = re.sub(r"_\d+$", "", name.partition(".")[0]) or "index"
    is_told = bool(ending or name.partition(".")[2])
    ending = (ending or name.partition(".")[2] or usual or "html").strip(".")
    # Some sites count the page at hand from 1; its own name tells.
    own = re.search(r"_(\d{1,4})\.\w+$", name)
    if own and current == int(own[1]) + 1:
        current -= 1
    after = f"{stem}_{current + 1}.{ending}" if current + 1 < total else ""
    return Pager(
        kind="script", next=after, pattern=f"{stem}_{{n}}.{ending}", first=0, total=total, call=call[:200],
        because="a script counts the pages", sure=0.95 if is_told else 0.75,
    )  # fmt: skip


def _by_variables(scripts: str, url: str, usual: str) -> Pager | None:
    """Read ``var countPage = 50``, ``totalPage: 12``, ``totalData`` with ``showData``, ``recordCount``."""
    values: dict[str, int] = {}
    for name, value in _VARIABLE.findall(scripts):
        values.setdefault(name.lower(), int(value))
    total = next(
        (
            values[n]
            for n in (
                "countpage",
                "totalpages",
                "totalpage",
                "pagecount",
                "npagecount",
                "_npagecount",
                "pagescount",
            )
            if n in values
        ),
        None,
    )
    rows = next(
        (
            values[n]
            for n in ("totaldata", "recordcount", "totalrecord", "totalrecords", "totalrow", "total")
            if n in values
        ),
        None,
    )
    size = next((values[n] for n in ("showdata", "perpage", "pagesize") if n in values), None)
    if total is None and rows is not None and size:
        total = -(-rows // size)
    if total is None:
        return None
    if total <= 1:
        return Pager(total=total, because="a script says there is one page", sure=0.85)
    current = next(
        (values[n] for n in ("currentpage", "curpage", "nowpage", "currpage", "pageindex") if n in values), 0
    )
    if found := re.search(r"index_pc_(\d+)\.html", url):
        number = int(found[1])
        return Pager(
            kind="script", next=f"index_pc_{number + 1}.html" if number < total else "", pattern="index_pc_{n}.html", first=1,
            total=total, because="a script counts the rows", sure=0.9,
        )  # fmt: skip
    pieces = _PIECES.search(scripts)
    if pieces or "index" in url.rpartition("/")[2] or url.endswith("/"):
        stem = pieces[1].rstrip("_") if pieces else ""
        return _numbered(total, current, stem, pieces[2] if pieces else "", "", url, usual)
    return Pager(
        kind="script", total=total, because="a script counts the pages, none names their address", sure=0.5
    )


def _by_proxy(scripts: str, source: str, url: str) -> Pager | None:
    """Return which address a script asks for the list's data, None where none is seen."""
    for name, pattern in _PROXIES:
        if found := pattern.search(scripts) or pattern.search(source):
            return Pager(
                kind="json",
                call=found[0].replace("&amp;", "&")[:300],
                because=f"rows are asked of a data proxy ({name})",
                sure=0.8,
            )
    if found := re.search(r"data=[\"']datasource:([0-9a-f]{32})", source):
        return Pager(
            kind="json", call=f"ds_{found[1]}.json", because="rows stand in a data source", sure=0.85
        )
    if re.search(r"\bquerydata\s*=\s*[\"']\{", source, re.I):
        return Pager(
            kind="json", call="build/unit", because="a unit script is asked for the rows (jpaas)", sure=0.8
        )
    if re.search(r"window\._CONFIG\s*=", source) and "gkmlpt" in source:
        return Pager(
            kind="json", call="/gkmlpt/api/all/", because="a catalogue of 政府信息公开 (gkmlpt)", sure=0.85
        )
    for found in _ASKS.finditer(scripts):
        around = scripts[found.start() : found.end() + 200]
        if _ASKS_A_PAGE.search(found[1]) and re.search(r"page|start|offset", around, re.I):
            return Pager(kind="json", call=found[1], because="a script asks for further rows", sure=0.6)
    return None
