"""When a version was seen: what a citation, an "as of" page and ``show --at`` say of it, worked out in one place.

Only a whole capture that shows a version is a sighting of it. An answer 304 is the server's word, a cut body no text.
The first and the last sighting are bounds: neither that the version stood all the time between them is proved, nor
that it came with the first or went with the last.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any

from archive.clock import beijing_day, later

IS_WHOLE = "c.payload is not null and c.truncated is null and r.outcome != 'not_modified'"
_LOOKS = (
    f"select c.captured_at, max(coalesce(r.version = :version and {IS_WHOLE}, 0)) as is_sighting, "
    f"max(r.outcome = 'gone' or r.version is not null and {IS_WHOLE}) as says_something, "
    f"max(case when {IS_WHOLE} then (select number from versions where id = r.version) end) as number "
    "from readings r join captures c on c.id = r.capture where r.document = :document "
    "group by c.id order by c.captured_at, c.id"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sightings:
    """The whole captures that showed a version: the first, the last, how many; and the days of these, in Beijing.

    ``stretches``: the runs of sightings between which no look showed anything else. ``read_anew_as``: the version that
    a later reader made of the last of them; this one is then what an earlier reader made of the same bytes.
    """

    first: str | None
    last: str | None
    captures: int
    stretches: tuple[tuple[str, str], ...]
    read_anew_as: int | None = None

    @property
    def days(self) -> tuple[str, str] | None:
        """Return the Beijing days of the first and the last sighting, None when no capture was whole."""
        return (beijing_day(self.first), beijing_day(self.last)) if self.first and self.last else None

    def as_json(self) -> dict[str, Any]:
        """Return what ``--json`` prints of it."""
        days = self.days or (None, None)
        return {
            "first": self.first,
            "last": self.last,
            "first_day": days[0],
            "last_day": days[1],
            "captures": self.captures,
            "stretches": [list(stretch) for stretch in self.stretches],
            "read_anew_as": self.read_anew_as,
        }


class Basis(StrEnum):
    """What a text is shown by as that of a day: how the looks before and after the day's end stand to it."""

    THAT_DAY = "that_day"
    BEFORE_AND_AFTER = "before_and_after"
    UNTIL_OTHER = "until_other"
    UNTIL_GONE = "until_gone"
    NOT_SINCE = "not_since"
    MISSED = "missed"
    STILL_GONE = "still_gone"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class AsOf:
    """A version as that of a moment: its last sighting until then, and the next look that tells more.

    ``missed``: the first look after that sighting, up to the moment, that found no document. ``next_version`` is None
    when the next look found none.
    """

    day: str
    version: int
    last: str | None
    missed: str | None
    next_at: str | None
    next_version: int | None
    basis: Basis

    def as_json(self) -> dict[str, Any]:
        """Return what ``--json`` prints of it."""
        names = ("day", "version", "last", "missed", "next_at", "next_version")
        return {name: getattr(self, name) for name in names} | {"basis": str(self.basis)}


def sightings(db: sqlite3.Connection, document: int, version: int) -> Sightings:
    """Return when a version (by its row) was seen."""
    rows = [row for row in _looks(db, document, version) if row["says_something"] or row["is_sighting"]]
    runs = [
        [row["captured_at"] for row in run]
        for is_sighting, run in groupby(rows, key=lambda row: bool(row["is_sighting"]))
        if is_sighting
    ]
    return Sightings(
        first=runs[0][0] if runs else None,
        last=runs[-1][-1] if runs else None,
        captures=sum(map(len, runs)),
        stretches=tuple((run[0], run[-1]) for run in runs),
        read_anew_as=_read_anew(db, document, version, runs[-1][-1]) if runs else None,
    )


def _read_anew(db: sqlite3.Connection, document: int, version: int, at: str) -> int | None:
    row = db.execute(
        "select r.version, v.number from readings r join captures c on c.id = r.capture "
        "join versions v on v.id = r.version where r.document = ? and c.captured_at = ? "
        f"and {IS_WHOLE} order by r.id desc limit 1",
        (document, at),
    ).fetchone()
    return None if row is None or row["version"] == version else int(row["number"])


def as_of(db: sqlite3.Connection, document: int, version: int, at: str) -> AsOf:
    """Return by which looks a version is shown as that of a moment."""
    rows = _looks(db, document, version)
    before = [row for row in rows if row["captured_at"] <= at]
    last = next((row["captured_at"] for row in reversed(before) if row["is_sighting"]), None)
    missed = [row["captured_at"] for row in before if _found_none(row) and row["captured_at"] > (last or "")]
    after = next((row for row in rows if row["captured_at"] > at and row["says_something"]), None)
    number = db.execute("select number from versions where id = ?", (version,)).fetchone()[0]
    return AsOf(
        day=beijing_day(at),
        version=number,
        last=last,
        missed=missed[0] if missed else None,
        next_at=after["captured_at"] if after else None,
        next_version=(number if after["is_sighting"] else after["number"]) if after else None,
        basis=_basis(last, at, bool(missed), after),
    )


def version_shown_at(db: sqlite3.Connection, document: int, at: str) -> int | None:
    """Return the version (its row) that the last look until a moment showed, None when none had shown any."""
    row = db.execute(
        "select r.version from readings r join captures c on c.id = r.capture where r.document = ? and "
        "r.version is not null and c.captured_at <= ? order by c.captured_at desc, r.id desc limit 1",
        (document, at),
    ).fetchone()
    return None if row is None else int(row[0])


def is_ahead(published_at: str | None, seen_at: str | None) -> bool:
    """Return whether a page, when it was seen, named a day to come as its own: such a date is shown and not believed.

    A day's grace: the clocks of two machines differ.
    """
    return bool(published_at and seen_at) and str(published_at)[:10] > beijing_day(later(str(seen_at), 86400))


def said_of(seen: Sightings) -> str:
    """Return in English between which days a version was seen, and what that does not prove."""
    if not seen.days:
        return "in no whole capture"
    first, last = seen.days
    days = f"on {first}" if first == last else f"from {first} to {last}"
    captures = "1 whole capture" if seen.captures == 1 else f"{seen.captures} whole captures"
    named = "Beijing day" if first == last else "Beijing days"
    between = ", and other states between" if len(seen.stretches) > 1 else ""
    anew = (
        f"; the same bytes were since read anew as version {seen.read_anew_as}" if seen.read_anew_as else ""
    )
    return (
        f"{days} ({named} of {captures}{between}: bounds, not proof that it stood only or always then){anew}"
    )


def said_as_of(shown: AsOf) -> str:
    """Return in English by what a version is shown as that of a day."""
    last = f"last captured on {beijing_day(shown.last)}" if shown.last else "in no whole capture until then"
    missed = f"; not found on {beijing_day(shown.missed)}" if shown.missed else ""
    after = {
        Basis.THAT_DAY: "",
        Basis.BEFORE_AND_AFTER: "; captured again on {day}",
        Basis.UNTIL_OTHER: "; on {day} version {number} stood there: when it came in between is not known",
        Basis.UNTIL_GONE: "; on {day} it was not found: when it went in between is not known",
        Basis.NOT_SINCE: "; no look since tells more",
        Basis.MISSED: "; no look since tells more",
        Basis.STILL_GONE: "; on {day} it was not found either",
        Basis.RETURNED: "; on {day} version {number} was there",
    }[shown.basis]
    day = beijing_day(shown.next_at) if shown.next_at else ""
    return f"{last}{missed}{after.format(day=day, number=shown.next_version)}"


def _looks(db: sqlite3.Connection, document: int, version: int) -> list[sqlite3.Row]:
    return db.execute(_LOOKS, {"document": document, "version": version}).fetchall()


def _found_none(row: sqlite3.Row) -> bool:
    return bool(row["says_something"]) and row["number"] is None


def _basis(last: str | None, at: str, missed: bool, after: sqlite3.Row | None) -> Basis:
    if missed:
        is_back = after is not None and after["number"] is not None
        return Basis.RETURNED if is_back else Basis.STILL_GONE if after else Basis.MISSED
    if last and beijing_day(last) == beijing_day(at):
        return Basis.THAT_DAY
    if after is None:
        return Basis.NOT_SINCE
    if after["is_sighting"]:
        return Basis.BEFORE_AND_AFTER
    return Basis.UNTIL_GONE if after["number"] is None else Basis.UNTIL_OTHER
