"""The pages of one article. A version holds all of them or is not made."""

from __future__ import annotations

import sqlite3

from archive.models import Article, Job, Kind
from archive.store.asking.frontier import Frontier
from archive.store.asking.queue import Queue

MOST_PAGES = 40


class Parts:
    """The further pages that articles wait for. Writes belong inside the caller's transaction."""

    def __init__(self, db: sqlite3.Connection, frontier: Frontier, queue: Queue) -> None:
        self._db = db
        self._frontier = frontier
        self._queue = queue

    def ask(self, job: Job, article: Article, *, at: str) -> bool:
        """Ask for the further pages that a reading found; return whether its article has to wait for them.

        In a replay nothing is asked: a page that the same crawl kept is taken, any other is missing.
        """
        known = {
            row[0] for row in self._db.execute("select url from parts where capture = ?", (job.capture,))
        }
        wanted = [url for url in article.next_pages if url not in known and url != job.page.url]
        wanted = wanted[: max(0, MOST_PAGES - len(known))]
        if not wanted:
            return False
        capture = self._db.execute("select * from captures where id = ?", (job.capture,)).fetchone()
        for number, url in enumerate(wanted, len(known) + 2):
            self._db.execute(
                "insert into parts (capture, number, url, fetched) values (?, ?, ?, ?)",
                (job.capture, number, url, self._kept(capture, url)),
            )
        if capture["origin"] == "network":
            self._frontier.add(
                site=job.site, kind=Kind.ARTICLE, urls=wanted, due_at=at, why=f"page of {job.page.url}",
                part_of=job.capture,
            )  # fmt: skip
        return True

    def missing(self, capture: int) -> str | None:
        """Return the address of a page that an article lacks, or None when it has all its pages."""
        row = self._db.execute(
            "select url from parts where capture = ? and fetched is null order by number limit 1", (capture,)
        ).fetchone()
        return row[0] if row else None

    def was_kept_from(self, capture: int) -> bool:
        """Return whether an article lacks a page that was refused or failed, which says nothing of that page."""
        row = self._db.execute(
            "select 1 from parts p join captures a on a.id = p.capture join captures c on c.url = p.url and c.crawl = a.crawl "
            "join readings r on r.capture = c.id where p.capture = ? and p.fetched is null "
            "and r.outcome in ('blocked', 'failed') limit 1",
            (capture,),
        ).fetchone()
        return row is not None

    def _kept(self, capture: sqlite3.Row, url: str) -> int | None:
        if capture["origin"] == "network":
            return None
        # A file may hold the page many times: the one that belongs to this look came next, or else just before.
        row = self._db.execute(
            "select id from captures where crawl = :crawl and url = :url and payload is not null order by "
            "captured_at < :at, abs(julianday(captured_at) - julianday(:at)), id limit 1",
            {"crawl": capture["crawl"], "url": url, "at": capture["captured_at"]},
        ).fetchone()
        return row[0] if row else None
