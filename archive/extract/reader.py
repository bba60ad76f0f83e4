"""From a page to an article: the order of the steps, and nothing else."""

from __future__ import annotations

from archive.extract.charset import decode
from archive.extract.container import choose
from archive.extract.outline import outline
from archive.extract.render import render
from archive.extract.tree import parse
from archive.models import Article, Page, Site, Unreadable


def read(page: Page, site: Site | None = None) -> Article | Unreadable:
    """Return what the page says as an article, or why it cannot be read.

    Nothing is fetched, nothing is looked up: the same page and rules give the same article for ever.
    """
    decoded = decode(page.body, page.content_type)
    root, flags = parse(decoded.text)
    if root is None:
        return Unreadable(reason="no text", flags=decoded.flags + flags)
    laid = outline(root)
    choice = choose(laid)
    if choice is None:
        return Unreadable(reason="no text", flags=decoded.flags + flags)
    rendering = render(laid, choice.node, "")
    if not rendering.text:
        return Unreadable(reason="no text", flags=decoded.flags + flags, removed=rendering.removed)
    title = root.findtext(".//title") or ""
    return Article(
        title=title.strip(), text=rendering.text, removed=rendering.removed, evidence={"text": choice.how}
    )
