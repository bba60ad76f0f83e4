"""The account of a comparison as the JSON document that other programs are promised."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from archive.collate.comparison import Comparison, Superseding
from archive.collate.values import Collation, Variant

_MOST_CANDIDATES = 10


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
                "url": one.url,
                "containment": round(one.containment, 4),
                "reason": made.choice.unfit.get(one.document),
            }
            for one in made.candidates[:_MOST_CANDIDATES]
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
    }


def _original(made: Comparison) -> dict[str, Any] | None:
    one, now = made.choice.original, made.superseding
    if one is None:
        return None
    return {
        "url": one.url,
        "site": one.site,
        "publisher": one.publisher,
        "version": one.version,
        "title": one.title,
        "published_at": one.published_at,
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
