"""What is known of one document over time: versions, addresses, events, sightings and gaps.

Everything is bounded by captures. Only a whole capture that shows a version is a sighting of it: a 304 is the
server's word, and a cut body is no text. The first and the last sighting are bounds. They prove neither that
the version was there all the time between, nor that it came with the first or went with the last. A look that
saw nothing does not prove that nothing was there.

The sentences for these bounds are made only here, for citations, "as of" pages and ``show --at``. For a past
moment, ``state_at`` folds the looks until then by the same rules as the document's row.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any

from archive.clock import beijing_day, later
from archive.errors import NotHeld
from archive.model import State
from archive.model.fields import LISTED
from archive.state import PRESENT
from archive.store.read.health import gaps, looks
from archive.store.write import works
from archive.store.write.documents import card_at
from archive.store.write.looks import flags_of, looks_of
from archive.store.write.states import story_until

IS_WHOLE = "c.payload is not null and c.truncated is null and r.outcome != 'not_modified'"
_LOOKS = (
    f"select c.captured_at, max(coalesce(r.version = :version and {IS_WHOLE}, 0)) as is_sighting, "
    f"max(r.outcome = 'gone' or r.version is not null and {IS_WHOLE}) as says_something, "
    f"max(case when {IS_WHOLE} then (select number from versions where id = r.version) end) as number "
    "from readings r join captures c on c.id = r.capture where r.document = :document "
    "group by c.id order by c.captured_at, c.id"
)
_OF_VERSION = (*LISTED, "text", "text_simplified")
LATEST = (
    "document", "site", "publisher", "role", "url", *_OF_VERSION, "version", "versions", "state", "first_seen",
    "last_seen", "flags", "published_on", "class", "standing", "effective_from", "expires_on", "damage",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Sightings:
    """The whole captures that showed a version: first, last, count, and their days in Beijing.

    ``stretches``: the runs of sightings between which no look showed anything else. ``read_anew_as``: the
    version that a later reader made of the last of them. This version is then what an earlier reader made of
    the same bytes.
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
        """Return the fields for ``--json``."""
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
    """The basis on which a text is shown for a day: the looks before and after the day's end."""

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
    """A version as of a moment: its last sighting until then, and the next look that says more.

    ``missed``: the first look after that sighting, up to the moment, that found no document. ``next_version``
    is None when the next look found none.
    """

    day: str
    version: int
    last: str | None
    missed: str | None
    next_at: str | None
    next_version: int | None
    basis: Basis

    def as_json(self) -> dict[str, Any]:
        """Return the fields for ``--json``."""
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
    """Return the looks by which a version is shown as of a moment."""
    rows = _looks(db, document, version)
    before = [row for row in rows if row["captured_at"] <= at]
    last = next((row["captured_at"] for row in reversed(before) if row["is_sighting"]), None)
    missed = [
        row["captured_at"] for row in before if _is_absent_look(row) and row["captured_at"] > (last or "")
    ]
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
    """Return the version (its row) of the last look until a moment, None when no look showed any."""
    row = db.execute(
        "select r.version from readings r join captures c on c.id = r.capture where r.document = ? and "
        "r.version is not null and c.captured_at <= ? order by c.captured_at desc, r.id desc limit 1",
        (document, at),
    ).fetchone()
    return None if row is None else int(row[0])


def is_ahead(published_at: str | None, seen_at: str | None) -> bool:
    """Return whether a page, when it was seen, gave a future day as its own.

    Such a date is shown and not believed. There is a day's grace: the clocks of two machines differ.
    """
    return bool(published_at and seen_at) and str(published_at)[:10] > beijing_day(later(str(seen_at), 86400))


def sightings_sentence(seen: Sightings) -> str:
    """Return in English the days between which a version was seen, and what that does not prove."""
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


def as_of_sentence(shown: AsOf) -> str:
    """Return in English the basis on which a version is shown for a day."""
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


def _is_absent_look(row: sqlite3.Row) -> bool:
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


def state_at(db: sqlite3.Connection, document: int, at: str) -> tuple[State, set[str]]:
    """Return state and flags that a document had at a moment: after the last of its looks until then."""
    story = story_until(db, document, at)
    flags = flags_of([entry for entry in looks_of(db, document) if entry.look.at <= at])
    return story.state, flags | ({"absent"} if story.is_absent else set())


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What is known of the time of a shown version.

    It has the sightings, and their relation to the moment asked for.
    """

    seen: Sightings | None = None
    as_of: AsOf | None = None


def history(db: sqlite3.Connection, document: int) -> dict[str, Any]:
    """Return the story of a document.

    ``first_captured_at`` and ``last_captured_at`` are the first and last whole capture that showed a version
    (a 304 shows none). The version need not have been there all the time between. A gap runs from the last
    capture that showed the document to the next that did (null: none yet); what was there meanwhile is not
    known. ``works`` are the documents that are one work with this one; their addresses follow its own, each
    with its ``document``.
    """
    return {
        "document": document,
        "url": db.execute("select url from documents where id = ?", (document,)).fetchone()[0],
        "versions": _versions(db, document),
        "addresses": works.addresses(db, document),
        "works": works.works(db, document),
        "events": _events(db, document),
        "gaps": gaps(db, document),
    }


def latest_row(db: sqlite3.Connection, document: int) -> dict[str, Any]:
    """Return a document's row of ``latest``, flags as a list."""
    return _row(db.execute("select * from latest where document = ?", (document,)).fetchone())


def latest_row_of_version(db: sqlite3.Connection, document: int, number: int) -> dict[str, Any]:
    """Return a document's row of ``latest`` with the text and fields of one version.

    The state is today's.
    """
    return latest_row(db, document) | _version_fields(db, version_row(db, document, number)["id"])


def attachments(
    db: sqlite3.Connection, document: int, number: int | None, at: str | None = None
) -> list[dict[str, Any]]:
    """Return the files of a version: name, address as linked, payload kept and text read, if any.

    ``captured_at`` is when the file was first kept; before a file was kept (by ``at``), ``payload`` is null.
    """
    if number is None:
        return []
    rows = db.execute(
        "select name, url, payload, captured_at, media_type, length, kind, text is not null as has_text, flags, "
        "reason, capture from files where document = ? and version = ? order by position",
        (document, number),
    )
    return [
        dict(row) | {"has_text": bool(row["has_text"]), "flags": json.loads(row["flags"] or "[]")}
        for row in (file_at(dict(row), at) for row in rows)
    ]


def file_at(file: dict[str, Any], at: str | None) -> dict[str, Any]:
    """Return a file as it was known at a moment: a file first kept later is named but not kept."""
    if at is None or (file["captured_at"] or "") <= at:
        return file
    kept = ("payload", "captured_at", "media_type", "length", "kind", "flags", "reason", "capture")
    return file | dict.fromkeys(name for name in kept if name in file) | {"has_text": False}


def latest_row_at(db: sqlite3.Connection, document: int, at: str) -> dict[str, Any]:
    """Return the row of ``latest`` at a moment, by what had been captured then.

    Kept pages are read by the reader that read them last. Raise NotHeld for a moment before the first
    capture.
    """
    looks_until = [look for look in looks(db, document) if look.captured_at <= at]
    row = latest_row(db, document)
    if not looks_until:
        raise NotHeld(
            f"nothing of {row['url']} was captured by {at} — the first capture is of {row['first_seen']}"
        )
    readings = db.execute(
        "select r.version from readings r join captures c on c.id = r.capture where r.document = ? "
        "and r.version is not null and c.captured_at <= ? order by c.captured_at desc, r.id desc",
        (document, at),
    ).fetchall()
    present = [look.captured_at for look in looks_until if look.outcome in PRESENT]
    state, flags = state_at(db, document, at)
    return (
        row
        | _version_fields(db, readings[0]["version"] if readings else None)
        | {
            "versions": len({reading["version"] for reading in readings}),
            "state": str(state),
            "flags": sorted(flags),
            "last_seen": max(present, default=row["first_seen"]),
        }
    )


def version_id(db: sqlite3.Connection, document: int, number: int) -> int:
    """Return the row number of a document's version. Raise NotHeld for a number it does not have."""
    return int(version_row(db, document, number)["id"])


def version_row(db: sqlite3.Connection, document: int, number: int) -> sqlite3.Row:
    """Return a version of a document. Raise NotHeld for a number it does not have."""
    row: sqlite3.Row | None = db.execute(
        "select * from versions where document = ? and number = ?", (document, number)
    ).fetchone()
    if row is None:
        held = [
            r[0] for r in db.execute("select number from versions where document = ? order by 1", (document,))
        ]
        have = f"it has {', '.join(map(str, held[:20]))}" if held else "nothing readable was captured of it"
        raise NotHeld(f"no version {number} of {_url(db, document)} — {have}")
    return row


def last_two(db: sqlite3.Connection, document: int) -> tuple[int, int]:
    """Return the numbers of the version shown before the current one, and of the current one.

    The order is that of captures: after a return to an earlier text the second number is the smaller one.
    Both are the same when there is one version. Raise NotHeld when nothing readable was captured.
    """
    rows = db.execute(
        "select v.number from readings r join captures c on c.id = r.capture join versions v on v.id = r.version "
        "where r.document = ? order by c.captured_at desc, r.id desc",
        (document,),
    )
    numbers = list(dict.fromkeys(row[0] for row in rows))
    if not numbers:
        raise NotHeld(f"no version of {_url(db, document)} — nothing readable was captured of it")
    return (numbers[1] if len(numbers) > 1 else numbers[0]), numbers[0]


def _versions(db: sqlite3.Connection, document: int) -> list[dict[str, Any]]:
    return _dicts(
        db.execute(
            "select v.number as version, v.cause, v.title, v.published_at, "
            f"min(case when {IS_WHOLE} then c.captured_at end) as first_captured_at, "
            f"max(case when {IS_WHOLE} then c.captured_at end) as last_captured_at, v.text_digest from versions v "
            "left join readings r on r.version = v.id left join captures c on c.id = r.capture "
            "where v.document = ? group by v.id order by v.number",
            (document,),
        )
    )


def _events(db: sqlite3.Connection, document: int) -> list[dict[str, Any]]:
    rows = db.execute(
        "select kind, happened_at, site, capture, details from events where document = ? order by happened_at, id",
        (document,),
    )
    return [dict(row) | {"details": json.loads(row["details"])} for row in rows]


def version_details(
    db: sqlite3.Connection, document: int, number: int | None, at: str | None = None
) -> dict[str, Any]:
    """Return the fields of a version beyond ``latest``: its other date, editor, card and evidence.

    ``card`` is the card of an official document as last read (by ``at``); it may change while the text stays.
    ``unread`` is what a page that never gave a text says of itself. ``evidence`` gives for each field its
    place in the page.
    """
    if number is None:
        return {
            "meta_published_at": None,
            "editor": None,
            "card": {},
            "evidence": {},
            "unread": _unread(db, document),
        }
    row = version_row(db, document, number)
    card = card_at(db, row["id"], **({"until": at} if at else {}))
    return {
        "meta_published_at": row["meta_published_at"],
        "editor": row["editor"],
        "card": {name: field["value"] for name, field in card.items()},
        "evidence": json.loads(row["evidence"]) | {name: field["where"] for name, field in card.items()},
        "unread": {},
    }


def bounds(db: sqlite3.Connection, document: int, number: int | None, at: str | None = None) -> Bounds:
    """Return when a version was seen, and the looks by which it is shown as of a moment, if asked."""
    if number is None:
        return Bounds()
    version = version_row(db, document, number)["id"]
    return Bounds(
        seen=sightings(db, document, version), as_of=as_of(db, document, version, at) if at else None
    )


def _unread(db: sqlite3.Connection, document: int) -> dict[str, Any]:
    """Return title, date and source of a page without a readable text, as of its last look."""
    row = db.execute(
        "select r.found from readings r join captures c on c.id = r.capture where r.document = ? "
        "and r.outcome = 'unreadable' and r.found is not null order by c.captured_at desc, r.id desc limit 1",
        (document,),
    ).fetchone()
    return dict(json.loads(row[0])) if row else {}


def _version_fields(db: sqlite3.Connection, version: int | None) -> dict[str, Any]:
    if version is None:
        return dict.fromkeys((*_OF_VERSION, "version", "published_on"))
    row = db.execute(
        "select *, coalesce(text_simplified, text) as simplified from versions where id = ?", (version,)
    ).fetchone()
    # The version's day, in the form in which ``latest`` gives that of the current version.
    day = row["published_at"] and row["published_at"][:10]
    shown = {name: row[name] for name in _OF_VERSION} | {"text_simplified": row["simplified"]}
    return shown | {"version": row["number"], "published_on": day}


def _row(row: sqlite3.Row) -> dict[str, Any]:
    return {name: row[name] for name in LATEST} | {"flags": json.loads(row["flags"])}


def _dicts(rows: sqlite3.Cursor) -> list[dict[str, Any]]:
    return [dict(row) for row in rows]


def _url(db: sqlite3.Connection, document: int) -> str:
    return str(db.execute("select url from documents where id = ?", (document,)).fetchone()[0])
