"""Memento (RFC 7089): which version answers for a moment, and the links that say so. Pure.

A memento's datetime is that of the capture that first showed its state, after another state or none: the page may
have changed earlier, and nobody saw what stood there between two captures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from archive.clock import moment
from archive.errors import BadInput

LINK_FORMAT = "application/link-format"


@dataclass(frozen=True, slots=True)
class Memento:
    """One state of a page: since when it was seen, and where it is shown."""

    at: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The addresses around an original: its own, its list of mementos, and where one is negotiated."""

    original: str
    timemap: str
    timegate: str


def timemap(places: Places, mementos: Sequence[Memento]) -> str:
    """Return the list of mementos in the link format, oldest first."""
    ends = f'; from="{http_date(mementos[0].at)}"; until="{http_date(mementos[-1].at)}"' if mementos else ""
    lines = [
        f'<{_in_brackets(places.original)}>; rel="original"',
        f'<{_in_brackets(places.timemap)}>; rel="self"; type="{LINK_FORMAT}"{ends}',
        f'<{_in_brackets(places.timegate)}>; rel="timegate"',
        *(_link(one, _rank(mementos, at)) for at, one in enumerate(mementos)),
    ]
    return ",\n".join(lines) + "\n"


def links(places: Places, mementos: Sequence[Memento], shown: Memento | None = None) -> str:
    """Return the value of the Link header of a memento, or of a redirect to it."""
    parts = [
        f'<{_in_brackets(places.original)}>; rel="original"',
        f'<{_in_brackets(places.timemap)}>; rel="timemap"; type="{LINK_FORMAT}"',
        f'<{_in_brackets(places.timegate)}>; rel="timegate"',
    ]
    wanted: dict[int, list[str]] = {}
    if mementos:
        wanted.setdefault(0, []).append("first")
        wanted.setdefault(len(mementos) - 1, []).append("last")
    if shown in mementos:
        at = list(mementos).index(shown)  # type: ignore[arg-type]
        wanted.setdefault(at, [])
        if at > 0:
            wanted.setdefault(at - 1, []).append("prev")
        if at < len(mementos) - 1:
            wanted.setdefault(at + 1, []).append("next")
    parts += [_link(mementos[at], " ".join([*wanted[at], "memento"])) for at in sorted(wanted)]
    return ", ".join(parts)


def memento_for(mementos: Sequence[Memento], accept: str | None) -> Memento:
    """Return what was shown at a moment as far as it was seen: the last before it, else the first. Without one the newest.

    Raise BadInput for what is no moment as HTTP writes it.
    """
    if not accept:
        return mementos[-1]
    wanted = _asked(accept)
    before = [one for one in mementos if moment(one.at).replace(microsecond=0) <= wanted]
    return before[-1] if before else mementos[0]


def http_date(at: str) -> str:
    """Return a UTC text as HTTP writes it, cut to seconds."""
    return format_datetime(moment(at), usegmt=True)


def _asked(accept: str) -> datetime:
    try:
        found = parsedate_to_datetime(accept.strip())
    except (TypeError, ValueError, IndexError, OverflowError):
        raise BadInput(
            f"Accept-Datetime {accept[:60]!r} is no moment — write it as Thu, 01 Apr 2026 00:00:00 GMT"
        ) from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _rank(mementos: Sequence[Memento], at: int) -> str:
    words = [word for word, is_it in (("first", at == 0), ("last", at == len(mementos) - 1)) if is_it]
    return " ".join([*words, "memento"])


def _link(one: Memento, rel: str) -> str:
    return f'<{_in_brackets(one.url)}>; rel="{rel}"; datetime="{http_date(one.at)}"'


def _in_brackets(url: str) -> str:
    return url.replace("<", "%3C").replace(">", "%3E").replace("\r", "").replace("\n", "").replace(" ", "%20")
