"""Where the original of a copy may be found: what its words and its address say of it.

Leads, not findings. An outlet that is named may have copied too; an address made from a path has not been asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from archive.model import Site
from archive.patterns import regex
from archive.text import fold, simplified
from archive.text.folding import without
from archive.text.glosses import gloss_spans
from archive.urls import behind_gateway

_FLATTENED = regex(r"(\d{6})/?(t(?:\d{8})_\d+)")
_NAME = r"([^\s,。;:!?()<>《》【】\[\]|\"'“”]{2,20}+)(?!\s*:)"
# A label opens a line or a field of it: 凡注明来源:某网 in a legal notice names nobody's source.
_SOURCE = regex(
    rf"(?:^|[\s|\[\]【】)(,。;>»]|(?<=\d))(?:(?:信息|文章|稿件|新闻|内容|资料)?(?:来源|出处|稿源)(?:\s*[:|]\s*|[ \t\u3000]+)|"
    rf"(?:转载自|本文转自|文章转自|原载于?|转自)\s*:?\s*)[\"“《]?{_NAME}",
    re.MULTILINE,
)
_ACCORDING = regex(
    r"据([^\s,。;:()()]{2,12}?)(?:网站|官网)?(?:\d{1,2}日)?(?:消息|报道|电(?![子视力器话脑商影网信]))"
)
_REPORTED = regex(r"记者[^\s,。;]{0,8}从([^\s,。;]{2,14}?)(?:获悉|了解到)")
_OUTLETS = (
    "新华社|中新社|中新网|中国新闻社|中国新闻网|人民网|新华网|央视网|央广网|光明网|中国网|中国经济网|中国青年报|科技日报|经济日报|人民日报|光明日报|"
    "工人日报|农民日报|法治日报|中国日报|中国证券报|证券时报|上海证券报|经济参考报|解放军报|参考消息"
)
# 新华社北京3月1日电, 示例日报讯: the line that a report opens with.
_DATELINE = regex(
    rf"(?:^|[\s。(】])(?:本报)?({_OUTLETS}|[\u4e00-\u9fff]{{2,8}}(?:社|网|报|台|客户端))"
    r"[^\s,。;:]{0,10}?\d{1,2}月\d{1,2}日[电讯]",
    re.MULTILINE,
)
_MENTIONED = regex(rf"(?:^|[\s(】])({_OUTLETS})[^\s,。;:]{{0,12}}?[电讯](?![子视力器话脑商影])", re.MULTILINE)
_LEGAL = regex(
    "版权|免责|(?:法律|特别|郑重)声明|凡(?:本|是|注|转|在|未|属|来源)|注明[\"“'《]?(?:来源|出处)|转载请|请注明|违者|未经.{0,12}(?:授权|许可)|"
    "本网站?所有|本站|责任自负|不代表|著作权|ICP备|[Cc]opyright"
)
_OWNER = regex(
    r"(?:版权(?:归|属于?)|Copyright|copyright|©)\s*(?:©|\d{4}|[-–\s])*"
    + _NAME
    + r"|注明[\"“'《]*(?:来源|出处)\s*:?\s*[\"“《]?"
    + _NAME
)
_SENTENCE = regex(r"[^。;\n]+")
_INNER = regex(r"https?://[^\s\"'<>&]{4,2000}", re.IGNORECASE)
_REACH = 400
_MOST_PREFIXES, _SHORTEST_TAIL = 6, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """One way to an original: what it follows from, an address if there is one, and the command to try."""

    kind: str
    says: str
    url: str | None
    command: str


def outlets(text: str, *, host: str | None = None, own: str | None = None) -> tuple[str, ...]:
    """Return the outlets that a copy names as its source, as written, in the order in which they count.

    Neither the copier itself, known by its host, its name or its legal notice, nor half a sentence of that notice.
    """
    plain = simplified(without(text, gloss_spans(text, fewest=1)))
    edges = plain if len(plain) <= 2 * _REACH else f"{plain[:_REACH]}\n{plain[-_REACH:]}"
    narrow = edges.translate(str.maketrans("：，；（）！？　", ":,;()!? "))
    copier = [name for name in (own, *_owners(narrow)) if name]
    told = _without_notices(narrow)
    named = [
        name
        for pattern in (_SOURCE, _DATELINE, _ACCORDING, _REPORTED, _MENTIONED)
        for match in pattern.finditer(told)
        for name in re.split("[、/]", match[1])
    ]
    return tuple(
        dict.fromkeys(
            name
            for name in named
            if len(name) > 1 and not _is_copier(name, host, copier) and not _is_of_frame(name, narrow)
        )
    )


def _owners(narrow: str) -> list[str]:
    """Return the names in which a page claims its rights: 版权归某网所有, 凡注明来源:某网."""
    owners = (match[1] or match[2] for match in _OWNER.finditer(narrow))
    return [owner.removesuffix("所有").removesuffix("的作品") for owner in owners]


def _without_notices(narrow: str) -> str:
    """Return a text with the sentences of legal notices blanked: what they name is nobody's source."""
    return _SENTENCE.sub(lambda match: " " if _LEGAL.search(match[0]) else match[0], narrow)


def _is_of_frame(name: str, narrow: str) -> bool:
    """Say whether a page calls its own columns by a name (某院新闻), or ends its title with it."""
    column = rf"^[-·•*■\s]*{re.escape(name)}(?:新闻|首页|动态|资讯|公告)\s*$|[_|]\s*{re.escape(name)}\s*$"
    return bool(re.search(column, narrow, re.MULTILINE))


def _is_copier(name: str, host: str | None, copier: Iterable[str]) -> bool:
    if re.fullmatch(r"sp\d+|\d+|本[网站报刊台]|网络|互联网|未知|其他|原创", name):
        return True
    if host and (name.lower() in host.lower() or host.lower().removeprefix("www.") in name.lower()):
        return True
    return any(fold(name) == fold(own) for own in copier)


def leads(url: str | None, named: Iterable[str], sites: Mapping[str, Site]) -> list[Lead]:
    """Return where to look for an original, the most telling first."""
    return [*_by_address(url, sites), *_by_name(named, sites)]


def _by_address(url: str | None, sites: Mapping[str, Site]) -> Iterator[Lead]:
    if not url:
        return
    behind = behind_gateway(url)
    if behind:
        yield Lead(kind="gateway", says="the page behind the Big5 gateway", url=behind, command=_keep(behind))
    rest = url.partition("://")[2]
    for inner in dict.fromkeys(match[0] for match in _INNER.finditer(unquote(rest))):
        if inner != behind:
            yield Lead(kind="inside", says="the address holds another", url=inner, command=_keep(inner))
    parts = urlsplit(url)
    host = parts.hostname or ""
    for name, site in sites.items():
        if any(host == domain or host.endswith("." + domain) for domain in site.domains):
            continue
        there = _article_of(site, parts)
        if there:
            says = f"the address has the path of an article of {site.publisher} ({name})"
            yield Lead(kind="path", says=says, url=there, command=_keep(there))
    flattened = _FLATTENED.search(
        parts.path.replace("_", "/", 1) if "/" not in parts.path[6:] else parts.path
    )
    if flattened:
        says = f"the address holds {flattened[2]}, a number of one article in a government system"
        yield Lead(kind="number", says=says, url=None, command=f'yuanben search "{flattened[2]}"')


def _article_of(site: Site, parts: SplitResult) -> str | None:
    """Return the address of the site's article that a path, or its end below a mirror's own folders, would be."""
    query = f"?{parts.query}" if parts.query else ""
    for tail in _tails(parts.path):
        for domain in site.domains:
            for prefix in ("https://www.", "https://"):
                there = f"{prefix}{domain}{tail}{query}"
                if any(re.search(pattern, there) for pattern in site.articles):
                    return there
    return None


def _tails(path: str) -> Iterator[str]:
    """Yield a path, and its ends without what a mirror may have put before it: a host's name, folders of its own."""
    steps = path.lstrip("/").split("/")
    for at in range(min(len(steps), _MOST_PREFIXES)):
        tail = "/" + "/".join(steps[at:])
        if at == 0 or (len(tail) >= _SHORTEST_TAIL and any(c.isdigit() for c in tail)):
            yield tail


def _by_name(named: Iterable[str], sites: Mapping[str, Site]) -> Iterator[Lead]:
    for outlet in named:
        folded = fold(outlet)
        known = [
            name for name, site in sites.items() if folded and _is_same_name(folded, fold(site.publisher))
        ]
        if known:
            yield Lead(
                kind="outlet",
                says=f"the copy names {outlet}",
                url=None,
                command=f"scrapy watch {known[0]} --backfill",
            )
        else:
            yield Lead(
                kind="outlet",
                says=f"the copy names {outlet}",
                url=None,
                command="scrapy keep URL, with the address of the article there",
            )


def _is_same_name(name: str, publisher: str) -> bool:
    return name in publisher or publisher in name


def _keep(url: str) -> str:
    return f"scrapy keep {url}"
