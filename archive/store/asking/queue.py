"""What is kept but not yet read. The queue is a table, so a crash forgets nothing of it.

The pages of one article are read together: its first page's job waits until its other pages are kept (or are
known not to be had), and a further page that came by itself (a replay) is looked at last.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

# What ``queue.later`` says of a capture that was read once: it waits for its run's end, may pass, is doubted.
HELD, RELEASED, DOUBTED = 2, 3, 4


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
