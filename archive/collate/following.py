"""Which version of its original a copy follows best, judged by all that sets the copy apart from each.

What a copy leaves out weighs little, because copies are cut. What it says otherwise weighs most, because nobody
but the copier or another version can have said it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from archive.collate.candidate import Candidate, Witness
from archive.collate.collation import collate
from archive.collate.key import Key, key_of
from archive.collate.values import Collation, Kind
from archive.text import fold

#: So many different texts are collated in full; of more, those nearest by their letters.
MOST_COLLATED = 24
_MOST_LETTERS = 30_000
_CHANGED = frozenset({Kind.ALTERED, Kind.NUMBER, Kind.DATE, Kind.NAME_OR_TITLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """One version of the original against the copy. ``versions`` in a report lists them by their number."""

    version: int
    substantive: int
    coverage: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """The version that a copy follows best, the collation with it, and how the others compare.

    It says what the copy resembles most, not which version the copier had in hand.
    """

    best: Candidate
    collation: Collation
    versions: tuple[Followed, ...]


def followed(
    copy: Key, stripped: Sequence[str], versions: Sequence[Candidate], current: int | None, witness: Witness,
    *, most: int = MOST_COLLATED,
) -> Following:  # fmt: skip
    """Return which version a copy follows best. ``current`` is the version id that wins when texts are equal.

    ``stripped`` is what our reader took out of the copy. Versions of one text are collated once.
    """
    keys = {text: key_of(text) for text in dict.fromkeys(one.text for one in versions)}
    nearest = _nearest(copy, keys, most)
    measured = [
        (one, collate(copy, keys[one.text], stripped=(tuple(stripped), one.removed)))
        for one in versions
        if one.text in nearest
    ]
    best, collation = min(
        measured,
        key=lambda pair: (
            _distance(copy, pair[1]),
            -_agreement(pair[0], witness),
            pair[0].version_id != current,
            -pair[0].version,
        ),
    )
    listed = sorted(measured, key=lambda pair: pair[0].version)
    return Following(
        best=best,
        collation=collation,
        versions=tuple(
            Followed(version=one.version, substantive=made.substantive, coverage=made.coverage)
            for one, made in listed
        ),
    )


def _nearest(copy: Key, keys: dict[str, Key], most: int) -> frozenset[str]:
    if len(keys) <= most:
        return frozenset(keys)
    letters = copy.letters[:_MOST_LETTERS]
    apart = {text: Levenshtein.distance(letters, key.letters[:_MOST_LETTERS]) for text, key in keys.items()}
    return frozenset(sorted(apart, key=apart.__getitem__)[:most])


def _distance(copy: Key, made: Collation) -> float:
    """Return how far a copy is from a version: what differs, weighed by what it says of where a copy comes from."""
    weights = [0.5 if variant.rule else _weight(variant.kind, variant.copy_text) for variant in made.variants]
    foreign = sum(len(block.text) for block in made.boilerplate) / 20
    unproven = sum(not lost.proven for lost in made.damage.lost)
    return round(sum(weights) + foreign + unproven + len(made.same_values) / 5, 6)


def _weight(kind: Kind, copied: str) -> float:
    if kind is Kind.PUNCTUATION:
        return 0.1
    if kind in _CHANGED:
        return 3
    return 1 + len(copied) / 20 if kind is Kind.ADDED else 1


def _agreement(one: Candidate, witness: Witness) -> int:
    """Return in how many of the fields that a copy shows a version agrees with it."""
    shown = (
        (one.title, witness.title),
        (one.published_at and one.published_at[:10], witness.published_at and witness.published_at[:10]),
        (one.source_line, witness.source_line),
    )
    return sum(bool(mine and theirs) and fold(mine or "") == fold(theirs or "") for mine, theirs in shown)
