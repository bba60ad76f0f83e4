"""What comes out of setting a copy against its original."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a variant is. The first that fits: ``altered`` says only that nothing more particular does."""

    OMITTED = "omitted"
    ADDED = "added"
    ALTERED = "altered"
    NUMBER = "number"
    DATE = "date"
    NAME_OR_TITLE = "name_or_title"
    PUNCTUATION = "punctuation"
    REORDERED = "reordered"


@dataclass(frozen=True, slots=True)
class Span:
    """A place where two keys differ: half-open ranges of the original's key and of the copy's."""

    a0: int
    a1: int
    b0: int
    b1: int

    @property
    def size(self) -> int:
        """Return how many characters of either side the place holds."""
        return self.a1 - self.a0 + self.b1 - self.b0

    def trimmed(self, a: str, b: str) -> Span | None:
        """Return the place without what both keys agree on at its ends; None where nothing is left."""
        a0, a1, b0, b1 = self.a0, self.a1, self.b0, self.b1
        while a0 < a1 and b0 < b1 and a[a0] == b[b0]:
            a0, b0 = a0 + 1, b0 + 1
        while a0 < a1 and b0 < b1 and a[a1 - 1] == b[b1 - 1]:
            a1, b1 = a1 - 1, b1 - 1
        return Span(a0, a1, b0, b1) if a0 < a1 or b0 < b1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One place where the keys differ, and what is made of it; all of them in order make the copy's key.

    ``role`` is variant, boilerplate, lost, gloss, phrase, script, value, stripped or moved. What moved is two differences: the place it
    left and the place it came to.
    """

    span: Span
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A difference of wording. Offsets are half-open, into the two texts; ``rule`` names what explains it.

    It says that the texts differ here, not who made the difference, nor why. ``places``: in how many places these
    words stand for those; ``throughout``: wherever the original has them, and there is more than one such place.
    """

    kind: Kind
    copy_start: int
    copy_end: int
    copy_text: str
    original_start: int
    original_end: int
    original_text: str
    rule: str | None = None
    places: int = 1
    throughout: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SameValue:
    """A figure or a day that both sides give, written differently: 1.5亿 and 15000万. Neither an edit nor word for word."""

    copy_start: int
    copy_end: int
    copy_text: str
    original_start: int
    original_end: int
    original_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Boilerplate:
    """A block of the copy that is no part of the text it copies: half-open offsets and what it is taken for."""

    start: int
    end: int
    text: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LostPlace:
    """A place where the copy's bytes were damaged.

    ``restored`` is what the original has there; ``proven`` says that the damage done to those words gives just
    what was found. Without a proof it is what stands in the same place, no more.
    """

    copy_start: int
    copy_end: int
    found: str
    restored: str | None
    proven: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """What machines did to the copy: counted, not listed, except for the places where characters were lost.

    ``glosses`` readings in brackets, ``script`` characters in the other script, ``width`` characters of another
    width, case or shape, ``phrases`` words of another region's usage (a Taiwan phrase table explains them).
    """

    glosses: int
    script: int
    width: int
    phrases: int
    lost: tuple[LostPlace, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One mechanical rewriting: ``original`` became ``found`` throughout. ``kind``: delete, replace or append.

    That a rewriting is regular is evidence of a machine, not proof of one.
    """

    kind: str
    found: str
    original: str
    count: int

    @property
    def name(self) -> str:
        """Return the rule as people read it, which is how a variant names it."""
        if self.kind == "replace":
            return f"replace {self.original}→{self.found}"
        return f"{self.kind} {self.original or self.found}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Collation:
    """A copy set against an original. ``coverage``: the share of the original's letters found in the copy.

    ``carried`` is the share of the copy's body that the original accounts for.
    """

    coverage: float
    carried: float
    damage: Damage
    boilerplate: tuple[Boilerplate, ...]
    variants: tuple[Variant, ...]
    rules: tuple[Rule, ...]
    differences: tuple[Difference, ...]
    same_values: tuple[SameValue, ...] = ()

    @property
    def substantive(self) -> int:
        """Return how many variants are more than punctuation, those that a rule explains included."""
        return sum(variant.kind is not Kind.PUNCTUATION for variant in self.variants)
