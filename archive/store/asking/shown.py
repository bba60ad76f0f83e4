"""Which rows each list showed, and how far it was walked.

A list is followed until a page shows only rows that this list showed before, and that were followed to known ground
then. That a row is known from elsewhere (a feed, a search, another column) says nothing of what lies behind it. A walk
that was cut short leaves its rows unsettled: the next one goes past them.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import Any

# A page that was asked so often in a row and never seen holds up no walk any more: that it is missing is a finding.
MOST_MISSED = 7
_MOST_HOPS = 50


class ShownRows:
    """The rows of one archive's lists. Writes belong inside the caller's transaction."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def list_of(self, url: str) -> str:
        """Return the list that a page is a page of: itself where the clock asks for it, or a page that holds no rows."""
        for _ in range(_MOST_HOPS):
            row = self._db.execute(
                "select depth, why from frontier where kind = 'listing' and url = ?", (url,)
            ).fetchone()
            if row is None or not row["depth"] or not row["why"].startswith("page of "):
                return url
            before = row["why"].removeprefix("page of ")
            if before == url or url in self._shell_of(before):
                return url
            url = before
        return url

    def note(self, shown_by: str, urls: Iterable[str], *, crawl: int, at: str) -> int:
        """Note rows that a list shows; return how many of them are no known ground.

        Known is what a walk that came to its end has passed, and what an earlier page of this crawl showed.
        """
        fresh = 0
        for url in urls:
            row = self._db.execute(
                "select crawl, is_walked from list_rows where list = ? and url = ?", (shown_by, url)
            ).fetchone()
            if row is None:
                self._db.execute(
                    "insert into list_rows (list, url, crawl, first_shown) values (?, ?, ?, ?)",
                    (shown_by, url, crawl, at),
                )
            elif not row["is_walked"] and row["crawl"] != crawl:
                self._db.execute(
                    "update list_rows set crawl = ? where list = ? and url = ?", (crawl, shown_by, url)
                )
            else:
                continue
            fresh += 1
        return fresh

    def end_walk(self, shown_by: str, *, at: str) -> None:
        """Take all rows of a list for known ground, unless a further page of it is still to be seen."""
        is_under_way = self._db.execute(
            "select 1 from frontier where kind = 'listing' and why = ? and (due_at <= ? or missed between 1 and ?) limit 1",
            (f"page of {shown_by}", at, MOST_MISSED),
        ).fetchone()
        if is_under_way is None:
            self._db.execute(
                "update list_rows set is_walked = 1 where list = ? and is_walked = 0", (shown_by,)
            )

    def is_walked(self, shown_by: str) -> bool:
        """Return whether a list was last followed to known ground, or to its end."""
        row = self._db.execute(
            "select 1 from list_rows where list = ? and is_walked = 0 limit 1", (shown_by,)
        ).fetchone()
        return row is None

    def counts_itself(self, url: str) -> bool:
        """Return whether a list said, when it was last read, how many rows or pages it has."""
        found = self._last(url)
        return found.get("counted") is not None or found.get("announced") is not None

    def count(self, shown_by: str) -> int:
        """Return how many rows a list has shown so far; what it dropped since is counted, too."""
        return int(
            self._db.execute("select count(*) from list_rows where list = ?", (shown_by,)).fetchone()[0]
        )

    def is_filled_beside(self, url: str) -> bool:
        """Return whether another list of the same site has shown rows."""
        row = self._db.execute(
            "select 1 from frontier own join frontier other on other.site = own.site and other.kind = 'listing' "
            "where own.kind = 'listing' and own.url = ? and other.url != own.url "
            "and exists (select 1 from list_rows where list = other.url) limit 1",
            (url,),
        ).fetchone()
        return row is not None

    def count_left_out(self, shown_by: str) -> int:
        """Return how many rows that lead elsewhere a list's pages showed when each was last read."""
        pages = self._db.execute(
            "select ? union select url from frontier where kind = 'listing' and why = ?",
            (shown_by, f"page of {shown_by}"),
        )
        return sum(int(self._last(row[0]).get("left_out") or 0) for row in pages.fetchall())

    def count_unasked(self, shown_by: str, *, before: str) -> int:
        """Return how many articles a list leads to that have been due since before a moment and were never asked for."""
        row = self._db.execute(
            "select count(*) from list_rows l join frontier f on f.kind = 'article' and f.url = l.url "
            "where l.list = ? and f.visits = 0 and f.attempts = 0 and f.missed = 0 and f.due_at <= ?",
            (shown_by, before),
        ).fetchone()
        return int(row[0])

    def _shell_of(self, url: str) -> list[str]:
        return list(self._last(url).get("shell_of") or ())

    def _last(self, url: str) -> dict[str, Any]:
        row = self._db.execute(
            "select r.found from captures c join readings r on r.capture = c.id where c.url = ? "
            "and c.kind = 'listing' and r.found is not null order by c.id desc limit 1",
            (url,),
        ).fetchone()
        return dict(json.loads(row[0])) if row else {}
