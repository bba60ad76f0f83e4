"""Texts: their canonical and folded forms, their script, and the repair of copied ones. Pure functions."""

from archive.text.canon import CANON, canon
from archive.text.fold import FOLD, bigrams, fold, fold_map, may_hold, place_of
from archive.text.repair import Cleaned, clean, restore
from archive.text.script import is_traditional, simplified

__all__ = [
    "CANON",
    "FOLD",
    "Cleaned",
    "bigrams",
    "canon",
    "clean",
    "fold",
    "fold_map",
    "is_traditional",
    "may_hold",
    "place_of",
    "restore",
    "simplified",
]
