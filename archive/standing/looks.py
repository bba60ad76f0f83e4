"""The values of the state machine: looks at a document, looks at other addresses of its text, and what follows."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from archive.models import Outcome

PRESENT = (Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED, Outcome.NOT_MODIFIED)


class Sight(StrEnum):
    """What a look saw, whichever reader read it and whatever stood there before."""

    SHOWN = "shown"
    SAME = "same"
    GONE = "gone"
    SENT = "sent"
    QUARANTINED = "quarantined"
    UNREADABLE = "unreadable"
    BLOCKED = "blocked"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at a document.

    ``version`` is what it showed and ``key`` names its text and title; a 304 (``SAME``) shows what was shown before,
    so its own are not asked. ``work`` tells works at one address apart, ``is_article`` whether the page bears a date, a
    number or a source. ``sent_to`` is the address of another path that a permanent redirect led to. A look that was
    sent elsewhere and not followed (``SENT``) has as ``key`` the text that was seen there, and ``is_same_work`` as far
    as that is known. ``asked_for_changes`` is None where nobody noted it; ``was_doubted`` holds the reason of a page
    that was quarantined first and is a version now.
    """

    at: str
    capture: int
    sight: Sight
    reason: str | None = None
    version: int | None = None
    key: str | None = None
    work: int = 0
    is_article: bool = True
    sent_to: str | None = None
    is_same_work: bool = False
    asked_for_changes: bool | None = None
    was_doubted: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class There:
    """One look at another document of the site: whether it showed a text, and which."""

    at: str
    capture: int
    url: str
    key: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """An event of a document: what kind, noticed at which look, with its details."""

    kind: str
    at: str
    capture: int
    details: dict[str, object] = field(default_factory=dict)
