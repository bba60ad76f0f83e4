"""What the looks at an address have shown so far: what the time of its next look is worked out from."""

from __future__ import annotations

import sqlite3
from itertools import pairwise

from archive import revisit
from archive.clock import seconds_between
from archive.revisit import Past

_MOST_CHANGES, _MOST_LOOKS = 50, 40
# Of the readings of a document: one for each look, none for its further pages and for what was read again.
IS_LOOK = "again = 0 and not exists (select 1 from parts p where p.fetched = readings.capture)"
# What such a look showed of an address: nothing. It neither counts as a look nor makes us acquainted with a page.
_NO_LOOK = "('blocked', 'failed')"
# Enough for three absences over three days, and one more for a sick day among them.
_SECOND_LOOKS = 5
# A page shows days, and days of Beijing: the earliest moment it can have meant.
_MIDNIGHT = "T00:00+08:00"


def past_of(db: sqlite3.Connection, url: str, at: str) -> Past:
    """Return what is known of an article's address: its age by the date it shows, and the changes that were seen.

    A page that shows no date, or one after our first look, is as old as our first look.
    """
    row = db.execute("select id, published_at from documents where url = ?", (url,)).fetchone()
    if row is None:
        seen = db.execute(
            "select min(c.captured_at) from captures c left join readings r on r.capture = c.id "
            f"where c.url = ? and coalesce(r.outcome, '') not in {_NO_LOOK}",
            (url,),
        ).fetchone()[0]
        return Past(age=max(0.0, seconds_between(seen or at, at)))
    first_look = db.execute(
        "select min(c.captured_at) from readings r join captures c on c.id = r.capture "
        f"where r.document = ? and r.outcome not in {_NO_LOOK}",
        (row["id"],),
    ).fetchone()[0]
    changes = db.execute(
        "select changed_at from transitions where document = ? and changed_at <= ? order by changed_at desc limit ?",
        (row["id"], at, _MOST_CHANGES),
    )
    return _past(row["published_at"], first_look or at, [change[0] for change in changes][::-1], at)


def wants_second_look(db: sqlite3.Connection, capture: int) -> bool:
    """Return whether what a look showed is only believed when it is seen again: absence, a doubt, another work.

    After some such looks in a row the address is asked as often as any other.
    """
    row = db.execute(
        "select r.document, r.outcome, r.flags, d.state from readings r join documents d on d.id = r.document "
        "where r.capture = ? order by r.id desc limit 1",
        (capture,),
    ).fetchone()
    if row is None or row["state"] in ("withdrawn", "moved"):
        return False
    if row["outcome"] == "changed":
        return '"body_replaced"' in row["flags"]
    if row["outcome"] not in ("gone", "quarantined"):
        return False
    in_a_row = db.execute(
        f"select count(*) from readings where document = :document and outcome in ('gone', 'quarantined') and {IS_LOOK} "
        "and id > coalesce((select max(b.id) from readings b where b.document = :document and b.version is not null "
        "  and b.again = 0), 0)",
        {"document": row["document"]},
    ).fetchone()[0]
    return bool(in_a_row <= _SECOND_LOOKS)


def past_of_file(db: sqlite3.Connection, url: str, at: str) -> Past:
    """Return what is known of an attached file's address: when it was first seen and when its bytes were others."""
    rows = db.execute(
        "select c.captured_at, s.payload from attachment_sightings s join captures c on c.id = s.capture "
        "where s.url = ? and c.captured_at <= ? order by c.captured_at desc limit ?",
        (url, at, _MOST_CHANGES),
    ).fetchall()[::-1]
    first = rows[0]["captured_at"] if rows else at
    changes = [new["captured_at"] for old, new in pairwise(rows) if old["payload"] != new["payload"]]
    return _past(None, first, changes, at)


def list_gap(db: sqlite3.Connection, url: str, at: str) -> float:
    """Return the seconds until a list is looked at again, by how often its first rows were others than before."""
    rows = db.execute(
        "select c.captured_at, json_extract(r.found, '$.head') as head from captures c join readings r on r.capture = c.id "
        "where c.url = ? and c.kind = 'listing' and r.outcome in ('listing', 'not_modified') and c.captured_at <= ? "
        "order by c.captured_at desc limit ?",
        (url, at, _MOST_LOOKS),
    ).fetchall()[::-1]
    if not rows:
        return revisit.LIST_GAP
    heads = [row["head"] for row in rows if row["head"]]
    changed = sum(old != new for old, new in pairwise(heads))
    return revisit.list_gap(len(rows) - 1, changed, max(0.0, seconds_between(rows[0]["captured_at"], at)))


def _past(published: str | None, first_seen: str, changes: list[str], at: str) -> Past:
    born = first_seen
    if published:
        shown = published if "T" in published else published + _MIDNIGHT
        born = shown if seconds_between(shown, first_seen) > 0 else first_seen
    return Past(
        age=max(0.0, seconds_between(born, at)),
        first=max(0.0, seconds_between(born, first_seen)),
        changes=tuple(seconds_between(born, change) for change in changes),
    )
