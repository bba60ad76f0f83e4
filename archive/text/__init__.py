"""Texts: their canonical and folded forms, their script, and the repair of copied ones. Pure functions."""

from archive.text.canonical import CANON, canon
from archive.text.folding import FOLD, bigrams, fold, fold_map, may_hold, place_of
from archive.text.script import is_traditional, simplified

__all__ = [
    "CANON",
    "FOLD",
    "bigrams",
    "canon",
    "fold",
    "fold_map",
    "is_traditional",
    "may_hold",
    "place_of",
    "simplified",
]
