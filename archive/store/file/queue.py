"""The queue of captures to be read, and the records by which WARC files repeat a body.

What is kept but not yet read is in the queue. The queue is a table, so a crash forgets nothing of it. The pages
of one article are read together: its first page's job waits until its other pages are kept (or are known not to
be had). A further page that came by itself (a replay) is looked at last.

``Repeats`` keeps what other programs' files say of their records: which of them is kept, and what a record
without a body repeats. A WARC file writes a body once and names it by digest in later records. Whichever of the
two is kept first, both captures have that body in the end: one that waits for it is given it once, and read
then.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from archive.model import Exchange, Repeat

# What ``queue.later`` says of a capture that was read once: it waits for its run's end, may pass, is doubted.
HELD, RELEASED, DOUBTED = 2, 3, 4
REASON = "revisit: the body it repeats is not held"


class Queue:
    """The queue of one archive."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def add(self, capture: int, *, later: bool = False) -> None:
        """Let a capture wait to be read."""
        self._db.execute("insert or ignore into queue (capture, later) values (?, ?)", (capture, int(later)))

    def remove(self, capture: int) -> None:
        """Let a capture wait no longer."""
        self._db.execute("delete from queue where capture = ?", (capture,))

    def can_go_on(self, site: str, *, until: str) -> bool:
        """Return whether a capture of a site waits that can be read by ``until``, its further pages come by then."""
        row = self._db.execute(
            "select 1 from queue q join captures c on c.id = q.capture where c.site = ? and q.later != ? "
            "and not exists (select 1 from frontier f where f.part_of = q.capture and f.due_at > ?) limit 1",
            (site, HELD, until),
        ).fetchone()
        return row is not None

    def is_held_back(self, site: str | None) -> bool:
        """Return whether a capture (of a site, or any) waits for the end of its run."""
        row = self._db.execute(
            "select 1 from queue q join captures c on c.id = q.capture where q.later = ? "
            "and (? is null or c.site = ?) limit 1",
            (HELD, site, site),
        ).fetchone()
        return row is not None

    def length(self, site: str | None = None) -> int:
        """Return how many captures wait, those included whose further pages are still to come."""
        if site is None:
            return int(self._db.execute("select count(*) from queue").fetchone()[0])
        return int(
            self._db.execute(
                "select count(*) from queue q join captures c on c.id = q.capture where c.site = ?", (site,)
            ).fetchone()[0]
        )

    def holds(self, capture: int) -> bool:
        """Return whether a capture still waits: a further page leaves the queue with its first page."""
        return self._db.execute("select 1 from queue where capture = ?", (capture,)).fetchone() is not None

    def ready(self, *, exclude: Iterable[int] = (), limit: int = 1) -> list[int]:
        """Return captures that can be read now, oldest first; not those that wait for the end of their run."""
        held_back = ",".join(str(int(n)) for n in exclude) or "-1"
        rows = self._db.execute(
            f"select capture from queue q where capture not in ({held_back}) and later != ? and not exists "
            "(select 1 from frontier f where f.part_of = q.capture) order by later = 1, capture limit ?",
            (HELD, limit),
        )
        return [row[0] for row in rows]


def was_given_later(db: sqlite3.Connection, capture: int) -> bool:
    """Return whether a capture repeats a body that was not held when it was kept: the site showed it all the same."""
    return db.execute("select 1 from repeats where capture = ?", (capture,)).fetchone() is not None


class Repeats:
    """The records of one archive. Writes belong inside the caller's transaction."""

    def __init__(self, db: sqlite3.Connection, queue: Queue) -> None:
        self._db = db
        self._queue = queue

    def holds(self, exchange: Exchange) -> bool:
        """Return whether the record an exchange was read from is kept, out of this file or another."""
        named = self._db.execute("select 1 from records where record = ?", (exchange.record,)).fetchone()
        if named or exchange.record is None:
            return named is not None
        # Kept by a yuanben that did not note which record it was.
        row = self._db.execute(
            "select 1 from captures where url = ? and captured_at = ? and origin = ? limit 1",
            (exchange.url, exchange.captured_at, exchange.origin),
        )
        return row.fetchone() is not None

    def payload(self, repeated: Repeat) -> str | None:
        """Return the digest of the payload that a record repeats; None where it is not held."""
        row = self._db.execute(
            "select payload from entities where digest = ?", (repeated.digest,)
        ).fetchone() or self._db.execute(
            "select payload from captures where url = ? and captured_at = ? and payload is not null limit 1",
            (repeated.url, repeated.at),
        ).fetchone()  # fmt: skip
        return str(row[0]) if row else None

    def led_by(self, exchange: Exchange) -> int | None:
        """Return the capture of the redirect that led to an exchange, as its record names it."""
        named = exchange.led_by or ""
        row = self._db.execute(
            "select r.capture from records r join captures c on c.id = r.capture "
            "where r.record >= ? and r.record < ? and c.status between 300 and 399 limit 1",
            (f"{named} ", f"{named}!"),
        ).fetchone()
        return int(row[0]) if row and named else None

    def note(self, exchange: Exchange, capture: int, payload: str | None) -> list[int]:
        """Note which record a capture is, what its body may be called, and that it waits for a body where it does.

        Return the captures that waited for this body and have it now.
        """
        if exchange.record is not None:
            self._db.execute(
                "insert into records (record, capture) values (?, ?)", (exchange.record, capture)
            )
        if payload is not None:
            self._db.executemany(
                "insert or ignore into entities (digest, payload) values (?, ?)",
                [(digest, payload) for digest in exchange.entity],
            )
            return self._give(self._waiting(exchange), payload)
        if (repeated := exchange.repeats) is not None:
            self._db.execute(
                "insert into repeats (capture, digest, url, captured_at) values (?, ?, ?, ?)",
                (capture, repeated.digest, repeated.url, repeated.at),
            )
        return []

    def _waiting(self, exchange: Exchange) -> list[int]:
        """Return the captures that wait for the body of an exchange."""
        marks = ",".join("?" * len(exchange.entity))
        rows = self._db.execute(
            f"select capture from repeats where payload is null and (digest in ({marks}) "
            "or url = ? and captured_at = ?) order by capture",
            (*exchange.entity, exchange.url, exchange.captured_at),
        )
        return [row[0] for row in rows]

    def _give(self, captures: list[int], payload: str) -> list[int]:
        for capture in captures:
            self._db.execute("update repeats set payload = ? where capture = ?", (payload, capture))
            self._db.execute("update captures set payload = ? where id = ?", (payload, capture))
            self._queue.add(capture)
        return captures
