"""What is known of a document after some of its looks: its story, and the bounds of what was there and of what was not."""

from __future__ import annotations

from dataclasses import dataclass, field

from archive.clock import seconds_between
from archive.models import State
from archive.standing.looks import Look, Sight

# A withdrawal is claimed after so many absent sightings over so many seconds, while the site answers otherwise.
ABSENCES, ABSENT_FOR = 3, 72 * 3600.0
# What a look that showed no document makes of one that was there, and what an error cannot take back.
STATE_AFTER = {
    Sight.UNREADABLE: State.UNREADABLE,
    Sight.QUARANTINED: State.QUARANTINED,
    Sight.BLOCKED: State.BLOCKED,
    Sight.FAILED: State.UNREACHABLE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """When something was seen last: at any look, and at one that gave the whole page. A 304 may be a lie."""

    at: str | None = None
    whole: str | None = None

    def before(self, look: Look) -> str | None:
        """Return the last time that a look which saw otherwise is bounded by."""
        return self.whole if look.asked_for_changes is False else self.at

    def after(self, look: Look) -> Bound:
        """Return the bound once a look has shown it again."""
        return Bound(at=look.at, whole=self.whole if look.sight is Sight.SAME else look.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """The absent sightings since a document was there: all of them, and those of a healthy site."""

    first: str
    last: str
    present: str | None
    counted: int = 0
    counted_first: str | None = None
    counted_last: str | None = None
    counted_present: str | None = None

    @property
    def is_long(self) -> bool:
        """Whether it amounts to a withdrawal, if the site as a whole is not vanishing."""
        if self.counted < ABSENCES or self.counted_first is None or self.counted_last is None:
            return False
        return seconds_between(self.counted_first, self.counted_last) >= ABSENT_FOR

    @property
    def bounds(self) -> dict[str, object]:
        """Between which looks the document was taken down; an absence with its whole site bounds nothing."""
        if self.counted_first is None:
            return {"last_present": self.present, "first_absent": self.first}
        return {"last_present": self.counted_present, "first_absent": self.counted_first}


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What is known of a document after some of its looks: enough to go on from.

    ``settled`` is its state but for errors and doubts; ``home`` bounds what stood at its own address, ``present`` what
    was seen under any; ``told`` is the last claim that was made, with its details. ``shown`` are its versions in the
    order they were seen, ``run`` says since when the work at its address is the one it is, and how often it was seen.
    ``seen_hours`` are the hours of its sightings of the last day: what the site showed beside it is without them.
    """

    state: State = State.UNREACHABLE
    settled: State = State.UNREACHABLE
    first_seen: str | None = None
    last_seen: str | None = None
    present: Bound = field(default_factory=Bound)
    home: Bound = field(default_factory=Bound)
    version: int | None = None
    key: str | None = None
    shown: tuple[int, ...] = ()
    was_there: bool | None = None
    absence: Absence | None = None
    doubt: str | None = None
    told: str | None = None
    details: dict[str, object] = field(default_factory=dict)
    moved_since: str | None = None
    moved_bound: str | None = None
    first_work: int | None = None
    work: int | None = None
    run_first: str | None = None
    run_before: str | None = None
    run_looks: int = 0
    is_article: bool = True
    seen_hours: tuple[str, ...] = ()

    @property
    def is_absent(self) -> bool:
        """Whether the last that was seen of the document is that it is not there."""
        return self.absence is not None and self.state not in STATE_AFTER.values()
