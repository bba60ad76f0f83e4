"""Texts: their canonical and folded forms, their script, and the repair of copied ones. Pure functions."""

from archive.text.canon import CANON, canon
from archive.text.fold import FOLD, bigrams, fold, fold_map
from archive.text.script import is_traditional, simplified

__all__ = ["CANON", "FOLD", "bigrams", "canon", "fold", "fold_map", "is_traditional", "simplified"]
