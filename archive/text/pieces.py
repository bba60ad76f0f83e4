"""What the search indexes hold of a text."""

from __future__ import annotations

from archive.text.fold import bigrams, fold


def search_pieces(*texts: str) -> str:
    """Return the pieces by which texts are found: the pairs of ``fold/2`` and the last character of each.

    The last character by itself, too: it begins no pair, and one character is sought by its beginning.
    """
    return folded_pieces(*map(fold, texts))


def fields_to_search(*fields: str | None) -> str:
    """Return the pieces of what a page says of itself: document number, issuing body, publisher, source line."""
    return search_pieces(*dict.fromkeys(filter(None, fields)))


def different_pieces(text: str) -> str:
    """Return the pieces of a long text, each once: the index only knows which there are."""
    return " ".join(dict.fromkeys(_pieces(fold(text))))


def folded_pieces(*texts: str) -> str:
    """Return the pieces of texts that are folded already."""
    return " ".join(piece for folded in texts for piece in _pieces(folded))


def _pieces(folded: str) -> list[str]:
    return [*bigrams(folded), folded[-1:]] if len(folded) > 1 else bigrams(folded)
