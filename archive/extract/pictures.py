"""Pages whose article is pictures (一图读懂, a scanned 红头文件): no text to be read, the pictures to be kept."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

from archive.extract.charset import decode
from archive.extract.dates import believed
from archive.extract.furniture import squash
from archive.extract.metadata import facts_of
from archive.extract.outline import Outline
from archive.extract.selectors import nodes_of
from archive.extract.title import head_title
from archive.extract.tree import base_url, joined, parse
from archive.extract.walk import outline
from archive.models import Article, Link, Page, Site, Unreadable

_FEW = 40
_MOST = 50
_ORNAMENT = re.compile(r"logo|icon|ewm|qr_?code|share|weixin|spacer|blank|arrow|\bbg|\.gif$", re.IGNORECASE)


def with_pictures(read: Article | Unreadable, page: Page, site: Site) -> Article | Unreadable:
    """Return what was read with the pictures of the body, where the body says next to nothing in words.

    Only in a container that the site's rules name: elsewhere pictures are as likely ornaments. The flag
    ``picture_only`` says that what the page tells is in its pictures, which nobody has read.
    """
    if isinstance(read, Unreadable) and read.reason != "no text":
        return read
    if isinstance(read, Article) and len(squash(read.text)) >= _FEW:
        return read
    root = parse(decode(page.body, page.content_type).text).root
    laid = outline(root) if root is not None else None
    nodes = nodes_of(laid, site.rules.body) if laid else []
    found = _pictures(laid, nodes[0], base_url(root, page.url)) if laid and nodes else ()
    if not found or laid is None:
        return read
    if isinstance(read, Unreadable):
        return believed(_article(laid, nodes[0], found, read, site), page.captured_at)
    return dataclasses.replace(
        read, attachments=(*read.attachments, *found), flags=(*read.flags, "picture_only")
    )


def _pictures(page: Outline, node: int, base: str) -> tuple[Link, ...]:
    found: dict[str, Link] = {}
    element: Any = page.nodes[node].element
    for picture in element.iter("img"):
        url = joined(base, picture.get("src") or "")
        if url and len(url) <= 2083 and not _ORNAMENT.search(url.rpartition("/")[2]):
            name = (picture.get("alt") or picture.get("title") or "").strip()
            found.setdefault(url, Link(url=url, name=(name or url.rpartition("/")[2])[:300]))
        if len(found) == _MOST:
            break
    return tuple(found.values())


def _article(page: Outline, node: int, found: tuple[Link, ...], read: Unreadable, site: Site) -> Article:
    facts = facts_of(page, node, head_title(page.root), [], site.rules)
    return Article(
        title=facts.title,
        text="",
        published_at=facts.published_at,
        meta_published_at=facts.meta_published_at,
        source_line=facts.source_line,
        author=facts.author,
        editor=facts.editor,
        doc_number=facts.doc_number,
        issuer=facts.issuer,
        index_number=facts.index_number,
        attachments=found,
        removed=read.removed,
        flags=(*read.flags, *facts.flags, "picture_only"),
        evidence={"text": f"pictures: {page.where(node)}", **facts.evidence},
    )
