"""What is known of one document over time: versions, addresses, events, and the times nothing was seen.

Everything here is bounded by captures. That a version was captured on two days does not prove that it stood
there between them; that nothing was seen does not prove that nothing was there.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from archive.errors import NotHeld
from archive.standing import PRESENT
from archive.store.answers.gaps import gaps, looks
from archive.store.answers.seen import IS_WHOLE, AsOf, Sightings, as_of, sightings
from archive.store.answers.standing import stood
from archive.store.copies import works
from archive.store.documents.cards import shown_card

LATEST = (
    "document", "site", "publisher", "role", "url", "title", "published_at", "source_line", "author", "doc_number",
    "issuer", "index_number", "text", "text_simplified", "version", "versions", "state", "first_seen",
    "last_seen", "flags",
)  # fmt: skip
_OF_VERSION = (
    "title", "published_at", "source_line", "author", "doc_number", "issuer", "index_number", "text",
    "text_simplified",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What is known of the time of a version that is shown: its sightings, and how it stands to the moment asked for."""

    seen: Sightings | None = None
    as_of: AsOf | None = None


def history(db: sqlite3.Connection, document: int) -> dict[str, Any]:
    """Return the story of a document.

    ``first_captured_at`` and ``last_captured_at`` are the first and last whole capture that showed a version (a 304 shows
    none): it need not have stood there all the time between. A gap runs from the last capture that showed the document to the
    next that did (null: none yet); what stood there meanwhile is not known. ``works`` are the documents that are one
    work with this one; their addresses come after its own, each with its ``document``.
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


def shown(db: sqlite3.Connection, document: int) -> dict[str, Any]:
    """Return a document's row of ``latest``, flags as a list."""
    return _row(db.execute("select * from latest where document = ?", (document,)).fetchone())


def shown_version(db: sqlite3.Connection, document: int, number: int) -> dict[str, Any]:
    """Return a document's row of ``latest`` with the text and the fields of one version; the state is today's."""
    return shown(db, document) | _version_fields(db, version_row(db, document, number)["id"])


def attachments(
    db: sqlite3.Connection, document: int, number: int | None, at: str | None = None
) -> list[dict[str, Any]]:
    """Return the files of a version: name and address as linked, what was kept of each and read of it, if anything.

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
        for row in (kept_by(dict(row), at) for row in rows)
    ]


def kept_by(file: dict[str, Any], at: str | None) -> dict[str, Any]:
    """Return a file as it was known at a moment: one that was first kept later is named and not kept."""
    if at is None or (file["captured_at"] or "") <= at:
        return file
    kept = ("payload", "captured_at", "media_type", "length", "kind", "flags", "reason", "capture")
    return file | dict.fromkeys(name for name in kept if name in file) | {"has_text": False}


def shown_at(db: sqlite3.Connection, document: int, at: str) -> dict[str, Any]:
    """Return what ``latest`` would have shown at a moment, by what had been captured then.

    Kept pages are read by the reader that read them last. Raise NotHeld for a moment before the first capture.
    """
    seen = [look for look in looks(db, document) if look["captured_at"] <= at]
    row = shown(db, document)
    if not seen:
        raise NotHeld(
            f"nothing of {row['url']} was captured by {at} — the first capture is of {row['first_seen']}"
        )
    readings = db.execute(
        "select r.version from readings r join captures c on c.id = r.capture where r.document = ? "
        "and r.version is not null and c.captured_at <= ? order by c.captured_at desc, r.id desc",
        (document, at),
    ).fetchall()
    present = [look["captured_at"] for look in seen if look["outcome"] in PRESENT]
    state, flags = stood(db, document, at)
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

    In the order of captures: after a return to an earlier text the second number is the smaller one. Both are
    the same when there is one version. Raise NotHeld when nothing readable was captured.
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


def told(db: sqlite3.Connection, document: int, number: int | None, at: str | None = None) -> dict[str, Any]:
    """Return what a page says of a version beyond ``latest``: its other date, its editor, its card, and the evidence.

    ``card`` is what the card of an official document said when it was last read (by ``at``); it may change while the
    text stands. ``unread`` is what a page that never gave a text said of itself. ``evidence`` says for each field where in the page it came from.
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
    card = shown_card(db, row["id"], **({"until": at} if at else {}))
    return {
        "meta_published_at": row["meta_published_at"],
        "editor": row["editor"],
        "card": {name: one["value"] for name, one in card.items()},
        "evidence": json.loads(row["evidence"]) | {name: one["where"] for name, one in card.items()},
        "unread": {},
    }


def bounds(db: sqlite3.Connection, document: int, number: int | None, at: str | None = None) -> Bounds:
    """Return when the version of a number was seen, and by which looks it is shown as that of a moment, if asked."""
    if number is None:
        return Bounds()
    version = version_row(db, document, number)["id"]
    return Bounds(
        seen=sightings(db, document, version), as_of=as_of(db, document, version, at) if at else None
    )


def _unread(db: sqlite3.Connection, document: int) -> dict[str, Any]:
    """Return title, date and source that a page without a readable text showed when it was last looked at."""
    row = db.execute(
        "select r.found from readings r join captures c on c.id = r.capture where r.document = ? "
        "and r.outcome = 'unreadable' and r.found is not null order by c.captured_at desc, r.id desc limit 1",
        (document,),
    ).fetchone()
    return dict(json.loads(row[0])) if row else {}


def _version_fields(db: sqlite3.Connection, version: int | None) -> dict[str, Any]:
    if version is None:
        return dict.fromkeys((*_OF_VERSION, "version"))
    row = db.execute("select * from versions where id = ?", (version,)).fetchone()
    return {name: row[name] for name in _OF_VERSION} | {"version": row["number"]}


def _row(row: sqlite3.Row) -> dict[str, Any]:
    return {name: row[name] for name in LATEST} | {"flags": json.loads(row["flags"])}


def _dicts(rows: sqlite3.Cursor) -> list[dict[str, Any]]:
    return [dict(row) for row in rows]


def _url(db: sqlite3.Connection, document: int) -> str:
    return str(db.execute("select url from documents where id = ?", (document,)).fetchone()[0])
