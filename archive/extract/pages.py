"""The further pages of an article that is cut in several, and how their texts are put together."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from archive.extract.outline import Outline
from archive.extract.selectors import select
from archive.extract.tree import joined
from archive.models import Site

_MOST = 100
_PAGER = re.compile(
    r"^(?:\[?\s?\d{1,2}\s?\]?|第?\d{1,2}页|(?:下一?|后一|尾|末|最后一|上一|首)[页頁]|[>»]{1,2}|next|last)$",
    re.I,
)
_STEM = re.compile(r"^(.*?)(?:[_-](\d{1,2}))?(\.s?html?)$", re.I)
_TRS = re.compile(
    r"createPageHTML\(\s*['\"]?(\d{1,3})['\"]?\s*,\s*['\"]?\d{1,3}['\"]?\s*,\s*['\"]([\w-]{1,80})['\"]\s*,\s*['\"](\w{1,6})['\"]"
)


def next_pages(
    page: Outline, node: int, url: str, base: str, site: Site | None, source: str
) -> tuple[str, ...]:
    """Return the addresses of the article's other pages in order, without its own.

    By the site's rule; else by links that look like a pager's and whose address differs from the page's own only
    by a number at the end of its name; else by the pager script of TRS. Addresses that are told, not fetched.
    """
    if site and site.rules.next_pages:
        hrefs = [e.get("href") or "" for s in site.rules.next_pages for e in select(page.root, s)]
    else:
        hrefs = [href for index, href, text in page.links if index >= node and _PAGER.match(text)]
        hrefs += _by_script(url, source)
    found: dict[str, int] = {}
    for href in hrefs[:_MOST]:
        address = joined(base, href).split("#")[0]
        if address and address != url and (number := _number(url, address)) is not None:
            found.setdefault(address, number)
    return tuple(sorted((a for a, n in found.items() if n > 0), key=lambda a: found[a]))


def _number(url: str, address: str) -> int | None:
    """Return which page ``address`` is of the article at ``url``, None when it is another article."""
    own, other = urlsplit(url), urlsplit(address)
    if own.hostname != other.hostname:
        return None
    mine, theirs = _STEM.match(own.path), _STEM.match(other.path)
    if mine and theirs and mine[3] == theirs[3] and theirs[2]:
        same = theirs[1] in (mine[1], mine[1] + ("_" + mine[2] if mine[2] else ""))
        return int(theirs[2]) if same else None
    if own.path == other.path and (
        match := re.search(r"(?:^|&)(?:page|p|pn|pageNo)=(\d{1,3})(?:&|$)", other.query)
    ):
        return int(match[1])
    return None


def _by_script(url: str, source: str) -> list[str]:
    match = _TRS.search(source)
    name = urlsplit(url).path.rsplit("/", 1)[-1]
    if not match or not name.startswith(match[2] + "."):
        return []
    return [f"{match[2]}_{n}.{match[3]}" for n in range(1, min(int(match[1]), _MOST))]


def join_texts(texts: list[str]) -> tuple[str, bool]:
    """Return the texts of an article's pages as one, and whether a page only repeated an earlier one."""
    kept: list[str] = []
    for text in texts:
        if text and text not in kept:
            kept.append(text)
    return "\n".join(kept), len(kept) < len([t for t in texts if t])
