"""From a look at a site to its draft: the pages asked, what they gave, and what is uncertain.

A draft was tried on a handful of pages of one day. It is a beginning for a person, who must read the terms of
the site, look at the table and decide. Nothing here proves that a list is complete or that a rule works on
other pages.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Protocol
from urllib.parse import urlsplit

from archive import extract
from archive.extract.tree import parse
from archive.lists import ListedRow, Reading, read_list
from archive.lists.drafting import Rule, draft_rule, family_of, grammar
from archive.lists.rows import leads_to_article
from archive.model import Article, Page, Role, Rows, Site, Unreadable
from archive.model.files import ENDINGS
from archive.patterns import regex
from crawler.cms import absolute, gkmlpt, hanweb, jpaas, text_of, ucap, xinhua
from crawler.looking import LookResult


class Ask(Protocol):
    """Requests one address; a Referer is sent where one is given."""

    def __call__(self, url: str, *, referer: str = "") -> Awaitable[LookResult]: ...


MOST_REQUESTS = 24
_PROMISING = 2.0


@dataclass(frozen=True, slots=True)
class _Most:
    """The limits of a look: columns, lists among them, second pages, articles."""

    asked: int
    lists: int
    turned: int
    articles: int


_WHOLE, _QUICK = _Most(8, 6, 2, 3), _Most(6, 3, 0, 2)
_WANTED = (
    (re.compile(r"政策文件|规范性文件|法规|规章|政府令|文件|公报|法律"), 6),
    (re.compile(r"政策|通知|公告|公示|通告|公开"), 5),
    (re.compile(r"解读|意见|征集|规划|计划|统计|数据"), 4),
    (re.compile(r"新闻|动态|要闻|工作|信息|发布|会议|讲话"), 3),
)
_LIST = regex(r"(?:index|list|node|more|col)_?\d{0,8}\.\w{3,5}$", re.I)
_UNWANTED = regex(
    r"首页|登录|注册|English|邮箱|地图|联系|视频|图片|专题|互动|留言|信箱|办事|服务|机构|领导|简介|搜索|下载|无障碍",
    re.I,
)


@dataclass(slots=True, kw_only=True)
class DraftedList:
    """A list: its address, its first rows, its pager, and the selectors drafted from it."""

    url: str
    words: str
    reading: Reading
    page: Page
    rule: Rule | None = None
    system: str = ""
    second: str = ""


@dataclass(slots=True, kw_only=True)
class DraftedArticle:
    """An article that was examined, and the reader's result without any rule."""

    url: str
    page: Page | None = None
    title: str = ""
    published_at: str = ""
    source: str = ""
    letters: int = 0
    evidence: dict[str, str] = field(default_factory=dict)
    trouble: str = ""


@dataclass(slots=True, kw_only=True)
class Draft:
    """The result of a look at a site."""

    name: str
    host: str
    asked: list[str]
    asks: Ask
    most: _Most = _WHOLE
    referer: str = ""
    domain: str = ""
    publisher: str = ""
    lists: list[DraftedList] = field(default_factory=list)
    articles: list[DraftedArticle] = field(default_factory=list)
    family: str = ""
    grammar: tuple[str, ...] = ()
    taken: int = 0
    rows: int = 0
    rules: dict[str, tuple[str, ...]] = field(default_factory=dict)
    charset: str = ""
    odd: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)
    sureness: dict[str, float] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)

    async def ask(self, url: str) -> LookResult:
        """Return the answer of an address.

        Where it is refused without a Referer, it is asked once more with the site's own.
        """
        seen = await self.asks(url, referer=self.referer)
        if seen.status == 403 and not self.referer:
            front = f"{url.partition('://')[0]}://{self.host}/"
            again = await self.asks(url, referer=front)
            if again.page is not None and not again.trouble:
                self.referer = front
                self.odd.append("requests without a Referer are refused (403): one is declared")
                return again
        return seen

    @property
    def domains(self) -> tuple[str, ...]:
        return (self.domain or self.host.removeprefix("www."),)

    @property
    def role(self) -> Role:
        return Role.ORIGINAL if self.host.endswith((".gov.cn", "gov.cn")) else Role.UNKNOWN


def name_of(host: str) -> str:
    """Return a name for a site's spider from its host: ``kw.beijing.gov.cn`` is ``kw_beijing``."""
    labels = [label for label in host.lower().split(".") if label]
    while len(labels) > 1 and labels[-1] in ("cn", "gov", "com", "org", "net", "edu", "ac", "hk", "tw"):
        labels.pop()
    labels = [label for label in labels if label != "www"] or labels
    name = re.sub(r"\W+", "_", "_".join(labels)).strip("_") or "site"
    return name if name[0].isalpha() else f"site_{name}"


async def draft(ask: Ask, urls: Sequence[str], name: str = "", *, quick: bool = False) -> Draft:
    """Look at a site and return its draft: its lists, some further pages, three articles.

    A ``quick`` look asks half as much: for somebody who wants to watch at once and look closer later.
    """
    host = urlsplit(urls[0]).hostname or ""
    made = Draft(
        name=name or name_of(host), host=host, asked=list(urls), asks=ask, most=_QUICK if quick else _WHOLE
    )
    columns: dict[str, str] = {}
    for url in urls:
        await _look_at(made, url, "", columns)
    if not made.lists or _is_front(made):
        await _look_at_columns(made, columns)
    _settle_addresses(made)
    for one in made.lists[: made.most.turned]:
        await _turn_a_page(made, one)
    await _read_articles(made)
    _settle_rules(made)
    _settle_sureness(made)
    return made


async def _look_at(made: Draft, url: str, words: str, columns: dict[str, str] | None) -> None:
    """Ask for a page, and use it as a list if it is one; the columns of a front page are noted."""
    seen = await made.ask(url)
    if seen.page is None or seen.trouble:
        made.troubles.append(f"{url}: {_trouble_words(seen)}")
        return
    page, text = seen.page, text_of(seen.page)
    made.publisher = made.publisher or _publisher(text)
    reading = read_list(page)
    made.charset = made.charset or reading.encoding
    if page.url.split("#")[0] != url:
        made.odd.append(f"{url} leads on to {page.url}")
    data = await _of_system(made, page, text)
    if data is not None:
        made.lists.append(
            DraftedList(url=url, words=words or _title(text), reading=data[0], page=page, system=data[1])
        )
        return
    if columns is not None:
        for target, named in _columns(reading, page):
            columns.setdefault(target, named)
    if reading.kind in ("list", "feed") or (
        columns is not None and len(made.asked) > 1 and len(reading.rows) >= 3
    ):
        made.lists.append(DraftedList(url=url, words=words or _title(text), reading=reading, page=page))
    elif columns is not None:
        made.odd.append(f"{url} is no list ({reading.kind}: {reading.because.get('kind', '')})")


def _is_front(made: Draft) -> bool:
    """Return whether the only page asked is a front page, whose newest rows look like a list."""
    return len(made.asked) == 1 and urlsplit(made.asked[0]).path in ("", "/") and not made.lists[0].system


async def _look_at_columns(made: Draft, columns: dict[str, str]) -> None:
    """Ask for the most promising columns; where none is a list, the front page's own rows are one."""
    front, made.lists = made.lists, []
    for url in _ranked(columns)[: made.most.asked]:
        if len(made.lists) >= made.most.lists:
            break
        # Less promising columns are asked only where a more promising one was no list.
        if made.lists and _promise(columns[url], url) < _PROMISING:
            continue
        await _look_at(made, url, columns[url], None)
    made.lists = made.lists or front
    if made.lists:
        return
    for url in made.asked:
        seen = await made.ask(url)
        if seen.page is not None and not seen.trouble:
            reading = read_list(seen.page)
            if len(reading.rows) >= 5:
                made.lists.append(DraftedList(url=url, words="front page", reading=reading, page=seen.page))
                made.unsure.append("no column was seen to be a list: the front page's own rows are taken")


def _ranked(columns: dict[str, str]) -> list[str]:
    """Return columns by promise; those with the address of a list alternate with the others."""
    ranked = sorted(columns, key=lambda url: -_promise(columns[url], url))
    lists = [url for url in ranked if _LIST.search(urlsplit(url).path) and not _UNWANTED.search(columns[url])]
    turns = [url for pair in zip_longest(ranked, lists) for url in pair if url]
    return list(dict.fromkeys(turns))


def _promise(words: str, url: str) -> float:
    if _UNWANTED.search(words):
        return -1.0
    worth = next((points for pattern, points in _WANTED if pattern.search(words)), 0)
    path = urlsplit(url).path
    worth += 2 * bool(_LIST.search(path))
    return worth + 0.5 * bool(re.search(r"zc|wj|fg|tz|gg|gk|xx|news|list", path, re.I))


def _columns(reading: Reading, page: Page) -> list[tuple[str, str]]:
    """Return the links that may lead to columns, with their words: those of the navigation first."""
    root = parse(text_of(page)).root
    named: dict[str, str] = {}
    for anchor in root.iter("a") if root is not None else ():
        words = " ".join("".join(anchor.itertext()).split()) or anchor.get("title") or ""
        named.setdefault((anchor.get("href") or "").strip(), words)
    rows = {row.href for row in reading.rows}
    others = [href for href, words in named.items() if 2 <= len(words) <= 14 and href not in rows]
    host = (urlsplit(page.url).hostname or "").removeprefix("www.")
    found = []
    for href in dict.fromkeys((*reading.columns, *others)):
        url = absolute(page, href).split("#")[0]
        if (urlsplit(url).hostname or "").endswith(host) and not leads_to_article(url):
            found.append((url, named.get(href, "")))
    return found


def _trouble_words(seen: LookResult) -> str:
    words = {
        "robots": "robots.txt does not allow it",
        "blocked": "the site refuses our requests",
        "challenge": "the site answers with a challenge; none is solved here",
        "shell": "the page is drawn by a script; none is run here",
        "unreachable": "no answer",
    }
    return f"{words.get(seen.trouble, seen.trouble)} ({seen.reason})" if seen.reason else seen.trouble


def _title(text: str) -> str:
    found = re.search(r"<title[^<>]*>([^<]{1,200})", text, re.I)
    return re.split(r"[-_|—–]", " ".join(found[1].split()))[0].strip() if found else ""


def _publisher(text: str) -> str:
    """Return the publisher that a page names: in the standard's meta element, the foot, the title."""
    found = re.search(r"<meta[^<>]+name=[\"']?SiteName[\"']?[^<>]+content=[\"']([^\"'<>]{2,60})", text, re.I)
    found = found or re.search(
        r"<meta[^<>]+content=[\"']([^\"'<>]{2,60})[\"'][^<>]+name=[\"']?SiteName", text, re.I
    )
    found = found or re.search(
        r"(?:主办单位|主办|版权所有)\s?[:：]\s?(?:<[^<>]{0,80}>)?\s*([\u4e00-\u9fff]{3,30})", text
    )
    if found:
        return found[1].strip()
    title = re.search(r"<title[^<>]*>([^<]{1,200})", text, re.I)
    parts = [p.strip() for p in re.split(r"[-_|—–]", title[1])] if title else []
    named = [p for p in parts if re.search(r"[部委局厅署院办府会网报社行]$", p)]
    return named[-1] if named else ""


# Systems that keep their lists apart from the page, and their signs in an address or a source

SYSTEMS = {
    "jpaas": jpaas.rows,
    "gkmlpt": gkmlpt.rows,
    "hanweb": hanweb.rows,
    "ucap": ucap.rows,
    "xinhua": xinhua.rows,
}
_FAMILY_SIGNS = {
    "jpaas": re.compile(r"\bquerydata\s*=", re.I),
    "gkmlpt": re.compile(r"/gkmlpt/index[^\n]*\n(?s:.*)\b_CONFIG\b"),
    "hanweb": re.compile(r"(?s)^[^\n]*/col/col\d+/.*<recordset>|^[^\n]*dataproxy\.jsp"),
    "ucap": re.compile(r"^[^\n]*[?&]_isJson=true"),
    "xinhua": re.compile(r"data=[\"']?datasource:[0-9a-f]{32}|^[^\n]*/ds_[0-9a-f]{32}\.json"),
}


async def _of_system(made: Draft, page: Page, text: str) -> tuple[Reading, str] | None:
    """Return a list that a page refers to, or contains as data, with the system that reads it."""
    named = next(
        (name for name, tells in _FAMILY_SIGNS.items() if tells.search(page.url + "\n" + text[:400_000])), ""
    )
    if named:
        site = Site(publisher="?", role=Role.UNKNOWN, domains=(made.host,), articles=(r"^https?://",))
        rows = SYSTEMS[named](page, site)
        if isinstance(rows, Rows) and rows.links and (reading := read_list(page)).rows:
            return reading, named
        for target in rows.pages[:1] if isinstance(rows, Rows) else ():
            seen = await made.ask(target)
            if seen.page is not None and not seen.trouble and (reading := read_list(seen.page)).rows:
                return reading, named
            made.troubles.append(f"{target}: {_trouble_words(seen) or 'no rows in the answer'}")
    return None


# Addresses, pages, articles


def _settle_addresses(made: Draft) -> None:
    rows = [row.url for one in made.lists for row in one.reading.rows]
    files = re.compile(ENDINGS, re.I)
    pages = list(dict.fromkeys(url for url in rows if not files.search(url.partition("?")[0])))
    made.rows = len(pages)
    sources = "\n".join(text_of(one.page)[:200_000] for one in made.lists[:3])
    made.family, made.sureness["family"] = family_of(pages, sources)
    for one in made.lists:
        if one.reading.group is not None and not one.system:
            root = one.reading.group.elements[0].getroottree().getroot()
            one.rule = draft_rule(root, one.reading.group)
    hosts = Counter(urlsplit(url).hostname or "" for url in pages)
    made.domain = _domain(made.host, hosts)
    made.grammar, made.taken = grammar(pages, made.domain)
    others = [h for h in hosts if h and h.removeprefix("www.") != made.host.removeprefix("www.")]
    if others:
        made.odd.append("rows lead to other hosts: " + ", ".join(sorted(others)[:5]))


def _domain(host: str, hosts: Counter[str]) -> str:
    """Return the domain of a site's articles: its own host, or the domain above where rows lead there.

    Not for governments: the offices of one city share its domain and are publishers of their own.
    """
    bare = host.removeprefix("www.")
    labels = bare.split(".")
    size = (
        3 if labels[-2:-1] and labels[-2] in ("com", "net", "org", "edu", "ac") and labels[-1] == "cn" else 2
    )
    above = ".".join(labels[-size:])
    if bare.endswith("gov.cn") or above == bare:
        return bare
    beside = sum(n for h, n in hosts.items() if h.endswith("." + above) and not h.endswith(bare))
    return above if beside * 10 >= sum(hosts.values()) else bare


async def _turn_a_page(made: Draft, one: DraftedList) -> None:
    """Ask for the list's second page, and note whether it has other rows."""
    following = absolute(one.page, one.reading.pager.next) if one.reading.pager.next else ""
    if not following or one.system:
        return
    seen = await made.ask(following)
    if seen.page is None or seen.trouble:
        one.second = f"page 2 not seen: {_trouble_words(seen)}"
        return
    rows = read_list(seen.page).rows
    before = {row.url for row in one.reading.rows}
    fresh = sum(row.url not in before for row in rows)
    one.second = f"page 2 has {len(rows)} rows, {fresh} of them others"


async def _read_articles(made: Draft) -> None:
    rows: list[ListedRow] = []
    for one in made.lists:
        fit = [r for r in one.reading.rows if any(re.search(pattern, r.url) for pattern in made.grammar)]
        rows += [fit[0], *fit[-1:]] if fit else []
    for url in list(dict.fromkeys(row.url.partition("#")[0] for row in rows))[: made.most.articles]:
        seen = await made.ask(url)
        if seen.page is None or seen.trouble:
            made.articles.append(DraftedArticle(url=url, trouble=_trouble_words(seen)))
            continue
        made.articles.append(_article(url, seen.page))


def _article(url: str, page: Page) -> DraftedArticle:
    read = extract.read(page)
    if isinstance(read, Unreadable):
        return DraftedArticle(url=url, page=page, trouble=f"unreadable: {read.reason}")
    assert isinstance(read, Article)
    return DraftedArticle(
        url=url, page=page, title=read.title, published_at=read.published_at or "", source=read.source_line or "",
        letters=len(read.text), evidence=dict(read.evidence),
    )  # fmt: skip


def _settle_rules(made: Draft) -> None:
    """Draft the rules of articles from the places in which the reader found their parts by itself."""
    read = [one for one in made.articles if not one.trouble]
    for rule, part in (
        ("body", "text"),
        ("title", "title"),
        ("published", "published_at"),
        ("source", "source_line"),
    ):
        places = [_selectors(one.evidence.get(part, "")) for one in read]
        shared = [s for s in (places[0] if places else ()) if all(s in other for other in places[1:])]
        if shared:
            made.rules[rule] = (shared[0],)
        elif rule == "body" and any(places):
            made.rules[rule] = tuple(dict.fromkeys(p[0] for p in places if p))


def _selectors(where: str) -> list[str]:
    """Return the selectors for a place in the reader's evidence, the best first."""
    found = re.search(r"(?:^|: )([a-z][a-z0-9]*)((?:[#.][\w-]+)*)(?: = |$)", where)
    if not found:
        return []
    tag, labels = found[1], re.findall(r"[#.][\w-]+", found[2])
    named = [label for label in labels if not re.search(r"\d{3,}", label)]
    ranked = sorted(named, key=lambda label: label[0] != "#")
    plain = [tag] if tag in ("h1", "article") and not ranked else []
    return [label if label[0] == "#" else tag + label for label in ranked] + plain


def _settle_sureness(made: Draft) -> None:
    read = [one for one in made.articles if not one.trouble]
    rows = [one.reading.sure.get("rows", 0.0) for one in made.lists]
    made.sureness |= {
        "lists": round(sum(rows) / len(rows), 2) if rows else 0.0,
        "grammar": round(made.taken / made.rows, 2) if made.rows else 0.0,
        "articles": round(len(read) / len(made.articles), 2) if made.articles else 0.0,
    }
    for one in made.lists:
        if one.reading.kind not in ("list", "feed"):
            made.unsure.append(f"{one.url}: perhaps no list ({one.reading.because.get('kind', '')})")
        if one.rule is not None and one.rule.found < one.rule.of:
            made.unsure.append(f"{one.url}: the rule gives {one.rule.found} of {one.rule.of} rows")
        if one.reading.pager.kind in ("form", "json") and not one.system:
            made.unsure.append(
                f"{one.url}: further pages are asked by {one.reading.pager.kind}: {one.reading.pager.call}"
            )
    if made.rows and made.taken < made.rows:
        made.unsure.append(f"the grammar takes {made.taken} of {made.rows} addresses of the rows")
    if made.family == "" and made.lists:
        made.unsure.append("no known publishing system")
    for article in made.articles:
        if article.trouble:
            made.unsure.append(f"{article.url}: {article.trouble}")
        elif not article.published_at:
            made.unsure.append(f"{article.url}: no day of publication was found")
    if made.role is Role.UNKNOWN:
        made.unsure.append("whether the site is the original of its texts or a copy")
    if not made.publisher:
        made.unsure.append("who publishes the site")
