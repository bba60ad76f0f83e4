"""From a page to an article: the order of the steps, and nothing else."""

from __future__ import annotations

from archive.extract.charset import decode
from archive.extract.container import Choice, choose, correct
from archive.extract.metadata import Facts, facts_of
from archive.extract.outline import outline
from archive.extract.render import Rendering, render
from archive.extract.title import head_title
from archive.extract.tree import parse
from archive.models import Article, Page, Site, Unreadable


def read(page: Page, site: Site | None = None) -> Article | Unreadable:
    """Return what the page says as an article, or why it cannot be read.

    Nothing is fetched, nothing is looked up: the same page and rules give the same article for ever.
    """
    decoded = decode(page.body, page.content_type)
    root, flags = parse(decoded.text)
    flags = decoded.flags + flags
    if root is None:
        return Unreadable(reason="no text", flags=flags)
    laid = outline(root)
    lifted = correct(laid)
    head = head_title(root)
    choice = choose(laid, head)
    if choice is None:
        return Unreadable(reason="no text", flags=flags, title=head)
    flags += ("hidden_body",) * lifted + ("cut",) * laid.cut
    first = [line.text for line in laid.lines if laid.within(line, choice.node)][:8]
    facts = facts_of(laid, choice.node, head, first)
    rendering = render(laid, choice.node, facts.title)
    if not rendering.text:
        return Unreadable(reason="no text", flags=flags, title=facts.title, removed=rendering.removed)
    return _article(facts, rendering, choice, flags)


def _article(facts: Facts, rendering: Rendering, choice: Choice, flags: tuple[str, ...]) -> Article:
    return Article(
        title=facts.title,
        text=rendering.text,
        published_at=facts.published_at,
        meta_published_at=facts.meta_published_at,
        source_line=facts.source_line,
        author=facts.author,
        editor=facts.editor,
        doc_number=facts.doc_number,
        issuer=facts.issuer,
        index_number=facts.index_number,
        removed=rendering.removed,
        flags=flags + facts.flags,
        evidence={"text": choice.how, **facts.evidence},
    )
