"""The links of a body: the files attached to it, and the hosts it points to."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from archive.extract.outline import Outline
from archive.extract.tree import joined
from archive.models import Link, Site

_FILES = r"\.(?:pdf|docx?|xlsx?|wps|ofd|zip|rar)$"
_NOT_AFTER = ("footer", "navigation", "related", "comment", "advert", "breadcrumb")
_AFTER = 400


def attachments(page: Outline, node: int, base: str, site: Site | None) -> tuple[Link, ...]:
    """Return the files linked in the body or right after it, absolute, each once, with the name shown.

    The ending of the address decides; what the server will send under it is not known.
    """
    pattern = re.compile(site.attachments if site else _FILES, re.I)
    end = page.nodes[node].end
    found: dict[str, Link] = {}
    for index, href, text in page.links:
        here = page.nodes[index]
        if index < node or index > end + _AFTER or (index >= end and here.zone in _NOT_AFTER):
            continue
        url = joined(base, href)
        if url and len(url) <= 2083 and _is_file(url, pattern):
            name = text or (here.element.get("title") or "").strip() or unquote(url.rsplit("/", 1)[-1])
            found.setdefault(url, Link(url=url, name=name[:300]))
    return tuple(found.values())


def outlinks(page: Outline, node: int, base: str) -> tuple[str, ...]:
    """Return the addresses linked inside the body, absolute; at most 500."""
    end = page.nodes[node].end
    hrefs = [href for index, href, _ in page.links if node <= index < end][:500]
    return tuple(url for href in hrefs if (url := joined(base, href)))


def _is_file(url: str, pattern: re.Pattern[str]) -> bool:
    if pattern.search(url):
        return True
    parts = urlsplit(url)
    return bool(pattern.search(parts.path) or pattern.search(parts.query))
