"""When what is known of a document's standing became other, and when two sources of it disagreed. Pure.

A turn is an act of learning, not of law: at a capture, a text became known by which the standing of that day is another
one than by all that was known before. The first sight of a document is no turn. What comes by the calendar alone (a
term that ends) is none either: the spans of the standing say it beforehand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from archive.relations.standing import Act, Reason, Standing, Subject, is_in_force, standing, stated_standing

CHANGED, CONTRADICTED = "standing_changed", "standing_contradicted"
_ENDED = ("repealed", "expired")
# What tells two standings of one name apart: of an ended document only since when it is.
_FIELDS = ("since", "until", "effective_from", "expires_on")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a document from a capture on, until the next one.

    ``by``: the document whose text became known, None where only the card was seen. ``is_reading``: the text is not
    new, our reader made another one of it. ``carded_on``: the day on which the page, with its card, was last seen.
    """

    at: str
    capture: int
    day: date
    subject: Subject
    acts: Sequence[Act]
    by: str | None
    is_reading: bool = False
    carded_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One event of a document: its kind, the capture by which it was learned, and what it says."""

    kind: str
    at: str
    capture: int
    details: dict[str, Any]
    is_reading: bool = False


def turns(known: Sequence[Known]) -> Iterator[Turn]:
    """Yield the turns of a document's standing, in order of what was learned of it."""
    before: Known | None = None
    was_contradicted = False
    for now in known:
        if before is not None and now.by is not None and (details := _change(before, now)):
            yield _turn(CHANGED, now, details)
        against = contradiction(now)
        if against and not was_contradicted:
            yield _turn(CONTRADICTED, now, against)
        before, was_contradicted = now, against is not None


def _turn(kind: str, now: Known, details: dict[str, Any]) -> Turn:
    return Turn(kind=kind, at=now.at, capture=now.capture, details=details, is_reading=now.is_reading)


def _change(before: Known, now: Known) -> dict[str, Any] | None:
    """Return what an event says of a change on the day it was learned; None where the standing is the same."""
    old, new = (standing(one.subject, one.acts, now.day) for one in (before, now))
    if old.standing == new.standing == "unknown" or _key(old) == _key(new):
        return None
    said = {name: _iso(getattr(new, name)) for name in _told(new)}
    was = {name: _iso(getattr(old, name)) for name in _told(old)}
    differing = {name: was[name] for name in said if name in was and was[name] != said[name]}
    reason = _reason(new, now.by)
    known = {name: value for name, value in said.items() if value}
    return {"from": old.standing, "to": new.standing, **known, "before": differing, "by": now.by, **reason}


def _key(found: Standing) -> tuple[object, ...]:
    return found.standing, *(getattr(found, name) for name in _told(found))


def _told(found: Standing) -> tuple[str, ...]:
    """Return which days of a standing an event gives."""
    if found.standing in _ENDED:
        return ("since",)
    if found.standing in ("amended", "partly_repealed"):
        return _FIELDS
    return _FIELDS[1:] if found.standing in ("in_force", "not_yet") else ()


def _reason(found: Standing, by: str | None) -> dict[str, Any]:
    """Return the reason that rests on the text that was learned; ``no_more`` where it says nothing of it now."""
    place = next((one for one in found.because if one.document == by and not one.field), None)
    return _placed(place) if place else {"reason": "no_more"}


def _placed(reason: Reason) -> dict[str, Any]:
    """Return the place of a reason in the text that the capture shows: numbers of versions hang on the order of import."""
    held = {"reason": reason.says, "start": reason.start, "end": reason.end}
    return {name: value for name, value in held.items() if value is not None}


def contradiction(now: Known) -> dict[str, Any] | None:
    """Return what is said where a card called a document in force on a day on which texts had ended it.

    A card that was last seen before the end was right. A card that calls a document ended says more than the texts
    that are held, and nothing against them. Of a law that a later text of itself replaces, a card speaks as one law.
    """
    stated = stated_standing(now.subject)
    if now.carded_on is None or stated is None or not is_in_force(stated):
        return None
    found = standing(now.subject, now.acts, now.carded_on)
    place = next((one for one in found.because if one.document and not one.field), None)
    if found.standing not in _ENDED or place is None or (place.says == "replaces" and place.start is None):
        return None
    return {
        "card": now.subject.status, "carded_on": _iso(now.carded_on), "standing": found.standing,
        "since": _iso(found.since), "by": place.document, "reason": place.says,
    }  # fmt: skip


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
