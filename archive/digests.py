"""What makes two states of an article, or two texts, the same: digests of their canonical form."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from archive.models import Article
from archive.text import canon

# Names that scripts have, not files.
_FILE = re.compile(r"\.(?!(?:jsp|do|action|aspx?|php|html?)$)[a-z0-9]{2,5}$", re.IGNORECASE)


def state_digest(article: Article, canon: Callable[[str], str] = canon) -> str:
    """Return the digest of what makes a version: ``canon/1`` of an article's state, so that noise is no state."""
    state: list[object] = [
        canon(article.text),
        canon(article.title),
        article.published_at,
        canon(article.source_line or ""),
        canon(article.doc_number or ""),
        sorted({file_name(link.url) for link in article.attachments}),
    ]
    return text_digest(json.dumps(state, ensure_ascii=False))


def file_name(url: str) -> str:
    """Return what tells the files of one page apart: the last part of the path, or all that follows it."""
    path, query = urlsplit(url).path, urlsplit(url).query
    last = unquote(path.rpartition("/")[2])
    # Before a download script's query the name of the script says nothing; after a file's it is a counter.
    return last if not query or _FILE.search(last) else f"{last}?{query}"


def text_digest(text: str) -> str:
    """Return ``sha256:`` and the hex digest of a text in UTF-8."""
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
