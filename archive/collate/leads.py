"""Where the original of a copy may be found: what its words and its address say of it.

Leads, not findings. An outlet that is named may have copied too; an address made from a path has not been asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from archive.models import Site
from archive.text import fold, simplified
from archive.urls import behind_gateway

_FLATTENED = re.compile(r"(\d{6})/?(t(?:\d{8})_\d+)")
_NAME = r"([^\s,。;:()【】\[\]|]{2,20})"
_SOURCE = re.compile(rf"(?:(?:来源|出处)(?:\s*:\s*|[ \t\u3000]+)|(?:转载自|本文转自|转自)\s*:?\s*){_NAME}")
_ACCORDING = re.compile(r"据([^\s,。;:()()]{2,12}?)(?:网站)?(?:\d{1,2}日)?(?:消息|报道|电)")
_REPORTED = re.compile(r"记者[^\s,。;]{0,8}从([^\s,。;]{2,14}?)(?:获悉|了解到)")
_DATELINE = re.compile(
    r"(新华社|中新社|中新网|人民网|新华网|央视网|光明网|中国网|中国青年报|科技日报|经济日报|人民日报|光明日报|工人日报|中国日报)"
)
_REACH = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """One way to an original: what it follows from, an address if there is one, and the command to try."""

    kind: str
    says: str
    url: str | None
    command: str


def outlets(text: str, *, host: str | None = None, own: str | None = None) -> tuple[str, ...]:
    """Return the outlets that a copy names as its source, as written; the host's own name is no evidence."""
    plain = simplified(text)
    edges = plain if len(plain) <= 2 * _REACH else f"{plain[:_REACH]}\n{plain[-_REACH:]}"
    narrow = edges.translate(str.maketrans("：，；（）", ":,;()"))
    found = [
        match[1]
        for pattern in (_SOURCE, _ACCORDING, _REPORTED, _DATELINE)
        for match in pattern.finditer(narrow)
    ]
    own = host.lower() if host else ""
    return tuple(
        dict.fromkeys(
            name for name in found if not (own and name.lower() in own) and not re.fullmatch(r"sp\d+", name)
        )
    )


def leads(url: str | None, named: Iterable[str], sites: Mapping[str, Site]) -> list[Lead]:
    """Return where to look for an original, the most telling first."""
    return [*_by_address(url, sites), *_by_name(named, sites)]


def _by_address(url: str | None, sites: Mapping[str, Site]) -> Iterator[Lead]:
    if not url:
        return
    behind = behind_gateway(url)
    if behind:
        yield Lead(kind="gateway", says="the page behind the Big5 gateway", url=behind, command=_keep(behind))
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    host = parts.hostname or ""
    for name, site in sites.items():
        for domain in site.domains:
            if host == domain or host.endswith("." + domain):
                continue
            for prefix in ("https://www.", "https://"):
                there = prefix + domain + path
                if any(re.search(pattern, there) for pattern in site.articles):
                    says = f"the address has the path of an article of {site.publisher} ({name})"
                    yield Lead(kind="path", says=says, url=there, command=_keep(there))
                    break
    flattened = _FLATTENED.search(
        parts.path.replace("_", "/", 1) if "/" not in parts.path[6:] else parts.path
    )
    if flattened:
        says = f"the address holds {flattened[2]}, a number of one article in a government system"
        yield Lead(kind="number", says=says, url=None, command=f'yuanben search "{flattened[2]}"')


def _by_name(named: Iterable[str], sites: Mapping[str, Site]) -> Iterator[Lead]:
    for outlet in named:
        said = fold(outlet)
        known = [name for name, site in sites.items() if said and _is_one(said, fold(site.publisher))]
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


def _is_one(said: str, publisher: str) -> bool:
    return said in publisher or publisher in said


def _keep(url: str) -> str:
    return f"scrapy keep {url}"
