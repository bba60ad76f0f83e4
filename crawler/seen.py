"""What a crawl of one site saw: the values a verdict is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSeen:
    """One page of a list as a crawl saw it: how many links it showed now and at the sighting before (None: never).

    ``announced`` rows and ``counted`` pages are what the list says it has in all. On a first page, ``further`` is how
    many others were seen in this crawl and ``shown_further`` how many rows stood on them; a further page ``is_counted``
    when the first says how many there are, so that it should be there. ``ever``: how many rows the list has shown in
    all its pages so far, None while it was not followed to known ground; of the ``held`` articles among them, ``unasked``
    have waited for long. It ``is_unfilled`` when it has never shown a row, and other lists of its site have. ``drafted``
    is the rule that would give its rows, where the declared one gave none and the general way read them.
    """

    url: str
    outcome: str
    reason: str | None
    links: int | None = None
    links_before: int | None = None
    newest: str = ""
    is_shell: bool = False
    pages: int = 0
    left_out: int = 0
    announced: int | None = None
    announced_before: int | None = None
    counted: int | None = None
    counted_before: int | None = None
    head: str = ""
    is_counted: bool = False
    further: int = 0
    shown_further: int = 0
    repeats: bool = False
    ever: int | None = None
    held: int = 0
    unasked: int = 0
    is_unfilled: bool = False
    drafted: str = ""

    @property
    def is_read(self) -> bool:
        """Whether the list was seen as a list."""
        return self.outcome in ("listing", "not_modified") and not self.is_shell and self.links is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a crawl of one site saw.

    ``blocked_reasons``, ``failed_reasons`` and ``refused`` are the site's: what befell single articles is not among them.
    """

    counts: Mapping[str, int]
    blocked_reasons: Sequence[str] = ()
    failed_reasons: Sequence[str] = ()
    refused: Sequence[str] = ()
    lists: Sequence[ListSeen] = ()
    further: Sequence[ListSeen] = ()
    missed_articles: int = 0
    gone_at_once: int = 0
    unreadable_articles: int = 0
    read_articles: int = 0
    today: str = ""
    waiting: int = 0
    full: bool = True
    pace: float | None = None
    paces: Sequence[float] = ()
    mass_changed: int = 0
    longest_pause: int | None = None
    newest_known: str = ""
    ahead: Sequence[str] = ()
