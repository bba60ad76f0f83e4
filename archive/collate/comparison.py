"""The account of one comparison: a copy, what was found for it, and what the two differ in.

``Comparison`` holds the account, and ``as_json`` gives it as the JSON document that other programs are
promised. The module also says why a page that shares a copy's words cannot be called its original, and in which
of title, date and source a copy and its original differ, as people would say it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from archive.collate.collation import Followed
from archive.collate.leads import Lead
from archive.collate.originals import Candidate, Choice, is_known_name
from archive.collate.values import Collation, Variant
from archive.damage.holes import Hole, holes
from archive.diff import Edit
from archive.text import canon, simplified

_MOST_CANDIDATES = 10
_SPAM = {"spam_title": "a spam title", "spam_body": "spam in its text", "hidden_text": "hidden spam"}
# An issuing site may have a title for the whole site and link to its partners.
_STRANGE = {"title_foreign": "a title foreign to its text", "foreign_links": "links to strangers in its text"}


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

    @property
    def missing(self) -> tuple[Hole, ...]:
        """Places of the copy where words were probably filtered out, though no original held shows them.

        What the original itself says is no hole. It is a suspicion, and a copy without such a place proves nothing.
        """
        original_text = simplified(self.choice.original.text) if self.choice.original else ""
        return tuple(hole for hole in holes(simplified(self.copy.text)) if hole.found not in original_text)


def as_json(made: Comparison) -> dict[str, Any]:
    """Return a comparison as a document: every difference with both texts and where they stand in them."""
    collation = made.collation
    return {
        "copy": {"title": made.copy.title, "text": made.copy.text, "chars": len(made.copy.text)},
        "original": _original(made),
        "current": _current(made.superseding) if made.superseding else None,
        "coverage": round(collation.coverage, 4) if collation else 0.0,
        "candidates": [
            {
                "url": candidate.url,
                "containment": round(candidate.containment, 4),
                "reason": made.choice.unfit.get(candidate.document),
            }
            for candidate in made.candidates[:_MOST_CANDIDATES]
        ],
        "damage": _damage(collation),
        "boilerplate": [asdict(block) for block in collation.boilerplate] if collation else [],
        "variants": [_variant(variant) for variant in collation.variants] if collation else [],
        "rules": [asdict(rule) for rule in collation.rules] if collation else [],
        "substantive": collation.substantive if collation else 0,
        "reasons": list(made.choice.reasons),
        "same_values": [asdict(place) for place in collation.same_values] if collation else [],
        "fields": [asdict(field) for field in made.fields],
        "carried": round(collation.carried, 4) if collation else 0.0,
        "splices": [asdict(splice) for splice in made.splices],
        "leads": [asdict(lead) for lead in made.leads],
        "missing": [asdict(hole) for hole in made.missing],
    }


def _original(made: Comparison) -> dict[str, Any] | None:
    candidate, now = made.choice.original, made.superseding
    if candidate is None:
        return None
    return {
        "url": candidate.url,
        "site": candidate.site,
        "publisher": candidate.publisher,
        "version": candidate.version,
        "title": candidate.title,
        "published_at": candidate.published_at,
        "captured_at": made.captured_at,
        "versions": [
            {"version": each.version, "substantive": each.substantive, "coverage": round(each.coverage, 4)}
            for each in made.versions
        ],
        "superseded_by": now.version if now else None,
    }


def _current(now: Superseding) -> dict[str, Any]:
    """Return what the original's current version says where the version that was copied says otherwise."""
    return {
        "version": now.version,
        "title": now.title,
        "published_at": now.published_at,
        "captured_at": now.captured_at,
        "edits": [
            {
                "original_start": edit.from_start,
                "original_end": edit.from_end,
                "original_text": edit.from_text,
                "current_start": edit.to_start,
                "current_end": edit.to_end,
                "current_text": edit.to_text,
            }
            for edit in now.edits
        ],
    }


def _damage(collation: Collation | None) -> dict[str, Any]:
    if collation is None:
        return {"glosses": 0, "script": 0, "lost": [], "width": 0, "phrases": 0}
    damage = collation.damage
    return {
        "glosses": damage.glosses,
        "script": damage.script,
        "lost": [asdict(lost) for lost in damage.lost],
        "width": damage.width,
        "phrases": damage.phrases,
    }


def _variant(variant: Variant) -> dict[str, Any]:
    return {**asdict(variant), "kind": str(variant.kind)}


def doubt_of(role: str, state: str, flags: Iterable[str]) -> str:
    """Return what speaks against a page by its state and by the flags of its version and its latest look, or nothing.

    A flag is a sign, no proof: the page may be innocent, but nobody should quote it as an original.
    """
    if state == "quarantined":
        return "quarantined: what it shows is not trusted"
    signs = _SPAM if role == "original" else _SPAM | _STRANGE
    reasons = [signs[flag] for flag in dict.fromkeys(flags) if flag in signs]
    return f"flagged: {', '.join(reasons)}" if reasons else ""


def field_differences(copy: Copy, original: Candidate) -> tuple[FieldDifference, ...]:
    """Return what a copy says otherwise of its title, day and source. A field that it does not show is no difference."""
    return tuple(_differences(copy, original))


def _differences(copy: Copy, original: Candidate) -> Iterator[FieldDifference]:
    if copy.title and canon(simplified(copy.title)) != canon(simplified(original.title)):
        yield FieldDifference(field="title", copy=copy.title, original=original.title or None)
    if copy.published_at and copy.published_at[:10] != (original.published_at or "")[:10]:
        yield FieldDifference(
            field="published_at", copy=copy.published_at, original=original.published_at or None
        )
    if copy.source_line and not _is_same_source(copy.source_line, original):
        yield FieldDifference(
            field="source_line", copy=copy.source_line, original=original.source_line or None
        )


def _is_same_source(source: str, original: Candidate) -> bool:
    """Say whether a copy names what the original names, or the site or the body that published the original."""
    if original.source_line and canon(simplified(source)) == canon(simplified(original.source_line)):
        return True
    return is_known_name(source, [name for name in (original.publisher, original.issuer) if name])
