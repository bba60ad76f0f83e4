"""The links of a body: the files attached to it, and the hosts it points to."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from archive.extract.outline import Outline
from archive.extract.tree import joined
from archive.models import Link, Site
from archive.models.files import ADDRESSES, is_labelled, is_unnamed, leads_to_file, name_in
from archive.urls import canonical_url, is_article

_NUMBERED = re.compile(r"\s*[（(]?[0-9０-９一二三四五六七八九十]{1,3}\s?[.．、)）:：]")
_NOT_AFTER = ("footer", "navigation", "related", "comment", "advert", "breadcrumb")
_AFTER = 400
_MOST_BRANCHES = 50
# To keep twenty thousand of one page held up the one writer for fourteen seconds.
MOST_FILES = 500


def attachments(page: Outline, node: int, base: str, site: Site | None) -> tuple[Link, ...]:
    """Return the files linked in the body or right after it, absolute, each once, with the name shown.

    The form of the address decides, or, where it has no ending, the words: those of the link that name a file
    (清单.xlsx), or 附件 before it. What the server will send is not known. One more than ``MOST_FILES`` says that there
    are more than that.
    """
    pattern = site.attachments if site else ADDRESSES
    end = page.nodes[node].end
    labelled: frozenset[int] | None = None
    found: dict[str, Link] = {}
    for index, href, text in page.links:
        if len(found) > MOST_FILES:
            break
        here = page.nodes[index]
        if index < node or index > end + _AFTER or (index >= end and here.zone in _NOT_AFTER):
            continue
        is_file = leads_to_file(href, pattern)
        if not is_file and is_unnamed(href, programs=True):
            labelled = _labelled(page) if labelled is None else labelled
            is_file = name_in(" ".join((text, _named(here.element)))) or (
                is_unnamed(href) and (index in labelled or is_labelled(text))
            )
            is_file = is_file and not (site and is_article(joined(base, href), site))
        url = joined(base, href) if is_file else ""
        if url and len(url) <= 2083:
            name = (
                text
                or (here.element.get("download") or here.element.get("title") or "").strip()
                or unquote(url.rsplit("/", 1)[-1])
            )
            found.setdefault(url, Link(url=url, name=name[:300]))
    return tuple(found.values())


def _named(element: Any) -> str:
    """Return the name under which a link says it is to be kept, or is explained."""
    return " ".join((element.get("download") or "", element.get("title") or ""))


def _labelled(page: Outline) -> frozenset[int]:
    """Return the nodes of the lines that list attached files: one that begins with 附件, the numbered ones after it."""
    found: set[int] = set()
    is_listed = False
    for line in page.lines:
        is_listed = is_labelled(line.text) or (is_listed and bool(_NUMBERED.match(line.text)))
        if is_listed:
            found.update(index for _, index in line.pieces)
            found.update(page.nodes[index].parent for _, index in line.pieces)
    return frozenset(found)


def branches(page: Outline, url: str, base: str, site: Site | None) -> tuple[str, ...]:
    """Return the articles below a page's own address that it links and that the site declares as branches, at most 50."""
    if site is None or not site.branches:
        return ()
    own = canonical_url(url, site)
    folder = own.rpartition("/")[0] + "/"
    linked = (joined(base, href) for _, href, _ in page.links)
    known = dict.fromkeys(canonical_url(one, site) for one in linked if one and is_article(one, site))
    below = [
        one
        for one in known
        if one != own and one.startswith(folder) and any(re.search(p, one) for p in site.branches)
    ]
    return tuple(below[:_MOST_BRANCHES])


def outlinks(page: Outline, node: int, base: str) -> tuple[str, ...]:
    """Return the addresses on named hosts that the body links to, at most 500; relative ones are the page's own."""
    end = page.nodes[node].end
    hrefs = [h for index, h, _ in page.links if node <= index < end and h.lstrip()[:4].lower() == "http"]
    hrefs += [h for index, h, _ in page.links if node <= index < end and h.lstrip().startswith("//")]
    return tuple(url for href in hrefs[:500] if (url := joined(base, href)))
