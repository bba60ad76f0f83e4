"""A copy, what was found for it, and what came of setting the two against each other."""

from __future__ import annotations

from dataclasses import dataclass

from archive.collate.candidate import Candidate
from archive.collate.choice import Choice
from archive.collate.following import Followed
from archive.collate.leads import Lead
from archive.collate.values import Collation
from archive.diff import Edit


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """What is handed in to be compared. ``document``: its number, if the archive holds it, and then what it is.

    ``removed`` is what our reader took off the copy's page.
    """

    title: str
    text: str
    url: str | None = None
    published_at: str | None = None
    source_line: str | None = None
    document: int | None = None
    removed: tuple[str, ...] = ()
    role: str | None = None
    publisher: str | None = None
    issuer: str | None = None
    first_seen: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDifference:
    """A field that copy and original give otherwise; None where the original shows none."""

    field: str
    copy: str
    original: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Superseding:
    """The version at which the original stands now, and what it says in place of the version that was copied."""

    version: int
    title: str
    published_at: str | None
    captured_at: str | None
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Splice:
    """A passage of the copy that the original has not, but another held text has."""

    copy_start: int
    copy_end: int
    url: str
    containment: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A copy, what was found for it, and the account of every difference. Without an original: leads.

    ``versions`` are those of the original that the copy was held against, ``superseding`` is its current one when
    the copy follows another.
    """

    copy: Copy
    choice: Choice
    candidates: tuple[Candidate, ...]
    captured_at: str | None
    collation: Collation | None
    splices: tuple[Splice, ...]
    leads: tuple[Lead, ...]
    versions: tuple[Followed, ...] = ()
    superseding: Superseding | None = None
    fields: tuple[FieldDifference, ...] = ()
