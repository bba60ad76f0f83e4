"""What makes two states of an article, or two texts, the same: digests of their canonical form.

What the archive derives from an article: its digests, its Simplified text, what it is found by. Pure.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from archive.collate.sameness import sampled
from archive.damage.repair import damage
from archive.model import Article, Prepared
from archive.model.fields import STATED
from archive.model.files import kind_named
from archive.text import canon, fold, simplified
from archive.text.folding import folded_pieces


def state_digest(article: Article, canon: Callable[[str], str] = canon) -> str:
    """Return the digest of what makes a version: ``canon/1`` of an article's state, so that noise is no state."""
    state: list[object] = [
        canon(article.text),
        *(_stated(getattr(article, field.name), canon, is_exact=field.is_exact) for field in STATED),
        sorted({file_name(link.url) for link in article.attachments}),
    ]
    return text_digest(json.dumps(state, ensure_ascii=False))


def _stated(value: str | None, canon: Callable[[str], str], *, is_exact: bool) -> str | None:
    return value if is_exact else canon(value or "")


def file_name(url: str) -> str:
    """Return what tells the files of one page apart: the last part of the path, or all that follows it."""
    path, query = urlsplit(url).path, urlsplit(url).query
    last = unquote(path.rpartition("/")[2])
    # Before a download script's query the name of the script says nothing; after a file's it is a counter.
    kind = kind_named(last)
    return last if not query or (kind is not None and kind.name != "html") else f"{last}?{query}"


def text_digest(text: str) -> str:
    """Return ``sha256:`` and the hex digest of a text in UTF-8."""
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def prepare(article: Article) -> Prepared:
    """Return what the archive derives from an article: its digests, its Simplified text, what it is found by."""
    folded, plain = fold(article.text), simplified(article.text)
    return Prepared(
        text_simplified=plain,
        state_digest=state_digest(article),
        text_digest=text_digest(article.text),
        grams=folded_pieces(fold(article.title), folded),
        shingles=sampled(folded),
        damage=damage(article.text, plain),
    )
