"""A copy against its original: finding, aligning, accounting. Pure functions over texts."""

from archive.collate.collation import collate
from archive.collate.key import Key, key_of, letters_only
from archive.collate.sameness import containment, sampled, shingles, sought
from archive.collate.values import (
    Boilerplate,
    Collation,
    Damage,
    Difference,
    Kind,
    LostPlace,
    Rule,
    Span,
    Variant,
)

__all__ = [
    "Boilerplate",
    "Collation",
    "Damage",
    "Difference",
    "Key",
    "Kind",
    "LostPlace",
    "Rule",
    "Span",
    "Variant",
    "collate",
    "containment",
    "key_of",
    "letters_only",
    "sampled",
    "shingles",
    "sought",
]
