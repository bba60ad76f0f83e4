"""What the archive derives from an article: its digests, its Simplified text, what it is found by. Pure."""

from __future__ import annotations

from archive.collate.shingles import sampled
from archive.digests import state_digest, text_digest
from archive.models import Article, Prepared
from archive.text import fold, simplified
from archive.text.pieces import folded_pieces


def prepare(article: Article) -> Prepared:
    """Return what the archive derives from an article: its digests, its Simplified text, what it is found by."""
    folded = fold(article.text)
    return Prepared(
        text_simplified=simplified(article.text),
        state_digest=state_digest(article),
        text_digest=text_digest(article.text),
        grams=folded_pieces(fold(article.title), folded),
        shingles=sampled(folded),
    )
