"""A copy, what was found for it, and what came of setting the two against each other."""

from __future__ import annotations

from dataclasses import dataclass

from archive.collate.choice import Candidate, Choice
from archive.collate.leads import Lead
from archive.collate.values import Collation


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """What is handed in to be compared. ``document``: its number, if the archive holds it."""

    title: str
    text: str
    url: str | None = None
    published_at: str | None = None
    source_line: str | None = None
    document: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Splice:
    """A passage of the copy that the original has not, but another held text has."""

    copy_start: int
    copy_end: int
    url: str
    containment: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A copy, what was found for it, and the account of every difference. Without an original: leads."""

    copy: Copy
    choice: Choice
    candidates: tuple[Candidate, ...]
    captured_at: str | None
    collation: Collation | None
    splices: tuple[Splice, ...]
    leads: tuple[Lead, ...]
