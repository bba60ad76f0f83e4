"""List pages: where their links lead, which rows each list showed, and how far it was walked.

The links of a list page enter the frontier in the transaction that records its reading. Further pages are
asked for one after the other, as long as they show rows that the list has not shown before. A list is
followed until a page shows only rows that this list showed before, in a walk that ended at known ground.

That a row is known from elsewhere (a feed, a search, another column) says nothing of the rows after it. A
walk that was cut short leaves its rows unsettled: the next walk goes past them.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from archive.clock import beijing_day
from archive.model import Article, Job, Kind, Rows, Site
from archive.store.file.captures import add_event
from archive.store.schedule.frontier import Frontier
from archive.urls import canonical_url, is_attachment

# A page asked for this often in a row without success no longer holds up a walk: that it is missing is a
# finding.
MOST_MISSED = 7
_MOST_HOPS = 50
# How many further pages of a list without an end are followed.
MOST_PAGES = 2_000
# How many first rows identify a page of a list: a few may be at the top of every page.
_HEAD = 5


class ListRows:
    """The rows of one archive's lists. Writes belong inside the caller's transaction."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def list_of(self, url: str) -> str:
        """Return the list of a page: itself where the clock, or a page without rows, asks for it."""
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
        """Note rows that a list shows; return how many of them are not known ground.

        Known ground is what a completed walk has passed, and what an earlier page of this crawl showed.
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

    def name(self, names: Mapping[str, str]) -> None:
        """Note the words under which a list led to files; the first words stay."""
        self._db.executemany(
            "insert or ignore into list_names (url, name) values (?, ?)", list(names.items())
        )

    def end_walk(self, shown_by: str, *, at: str) -> None:
        """Mark all rows of a list as known ground, unless a further page of it is still to be seen."""
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
        """Return whether a list stated, when it was last read, how many rows or pages it has."""
        last = self._last(url)
        return last.get("counted") is not None or last.get("announced") is not None

    def count(self, shown_by: str) -> int:
        """Return how many rows a list has shown so far, including those it no longer shows."""
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
        """Return how many rows of a list's pages led elsewhere when each page was last read."""
        pages = self._db.execute(
            "select ? union select url from frontier where kind = 'listing' and why = ?",
            (shown_by, f"page of {shown_by}"),
        )
        return sum(int(self._last(row[0]).get("left_out") or 0) for row in pages.fetchall())

    def count_unasked(self, shown_by: str, *, before: str) -> int:
        """Return how many articles of a list have been due since before a moment and were never asked for."""
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


def head_of(rows: Rows) -> str:
    """Return a short digest of a list page's first rows, "" where they are too few to identify it."""
    if len(rows.links) < 3:
        return ""
    shown = "\n".join(link.url for link in rows.links[:_HEAD])
    return hashlib.sha256(shown.encode()).hexdigest()[:16]


def counted(rows: Rows, captured_at: str) -> dict[str, object]:
    """Return what is kept of a list page's reading: counts and its identifying digest, never its rows.

    ``newest`` is the day of the newest row by then: a row from the future (a slip in the year, a row kept on
    top) would make a list look alive for ever.
    """
    today = beijing_day(captured_at)
    return {
        "links": len(rows.links),
        "announced": rows.announced,
        "counted": rows.counted,
        "pages": len(rows.pages),
        "head": head_of(rows),
        "left_out": rows.left_out,
        "newest": max((link.date for link in rows.links if link.date[:10] <= today), default=""),
        "shell_of": list(rows.pages) if rows.is_shell else [],
        **({"drafted": rows.drafted} if rows.drafted else {}),
    }


class Listings:
    """Following the lists of one archive's sites. Writes belong inside the caller's transaction."""

    def __init__(
        self, db: sqlite3.Connection, frontier: Frontier, sites: Mapping[str, Site], *, backfill: bool
    ) -> None:
        self._db = db
        self._frontier = frontier
        self._sites = sites
        self._backfill = backfill
        self._shown = ListRows(db)

    def follow(self, job: Job, reading: Rows | Article, *, at: str) -> None:
        """Add to the frontier what a list links to, or the parts that an article's page links to."""
        if isinstance(reading, Rows):
            self._name_files(job, reading)
        origin = self._db.execute("select origin from captures where id = ?", (job.capture,)).fetchone()[0]
        if origin != "network":
            return
        if isinstance(reading, Article):
            if reading.branches:
                self._frontier.add(
                    site=job.site,
                    kind=Kind.ARTICLE,
                    urls=reading.branches,
                    due_at=at,
                    why=f"part of {job.page.url}",
                )
            return
        self._follow_rows(job, reading, at=at)

    def _name_files(self, job: Job, rows: Rows) -> None:
        """Note the names that a list gives to files among its rows; imported lists count as well."""
        declared = self._sites[job.site]
        named = {canonical_url(link.url, declared): link.name for link in rows.links if link.name}
        self._shown.name({url: name for url, name in named.items() if is_attachment(url, declared)})

    def _follow_rows(self, job: Job, rows: Rows, *, at: str) -> None:
        """Add a list's links, and its next page unless this page shows known ground."""
        declared = self._sites[job.site]
        crawl = self._db.execute("select crawl from captures where id = ?", (job.capture,)).fetchone()[0]
        left_out_before = self._note_left_out(job, rows, at=at)
        # A file in a list is a document by itself: no article links to it.
        articles = {canonical_url(link.url, declared): None for link in rows.links}
        self._frontier.add(
            site=job.site, kind=Kind.ARTICLE, urls=articles, due_at=at, why=f"listed by {job.page.url}"
        )
        shown_by = self._shown.list_of(job.page.url)
        fresh = self._shown.note(shown_by, articles, crawl=crawl, at=at)
        depth = self._depth(job.page.url)
        if not articles and not rows.left_out and not rows.is_shell and not depth:
            self._note_unfilled(job, at=at)
        pages = self._unasked(rows.pages, crawl)
        if rows.is_shell or self._backfill:
            self._ask(job.site, pages, at=at, depth=depth + 1, of=shown_by)
            return
        # Rows that lead elsewhere are counted, not known: more of them are new ground, and a page of only
        # such rows is no end.
        goes_on = fresh or rows.left_out > left_out_before or (depth and rows.left_out and not articles)
        following = self._following(job.page.url, pages) if goes_on and depth < MOST_PAGES else []
        if following:
            self._ask(job.site, following, at=at, depth=depth + 1, of=shown_by)
        else:
            self._shown.end_walk(shown_by, at=at)

    def lost(self, url: str, *, at: str) -> None:
        """Note that a page of a list does not exist, or shows no list.

        Where the list states how many pages or rows it has, that page is asked for again, and skipped
        meanwhile; for any other list that is the end.
        """
        shown_by = self._shown.list_of(url)
        if shown_by == url:
            return
        if self._shown.counts_itself(shown_by):
            self._frontier.miss(url, at)
        else:
            self._shown.end_walk(shown_by, at=at)

    def repeat(self, url: str, *, at: str) -> None:
        """Ask for a shell's pages again when the shell came back unchanged: it does not contain the rows."""
        row = self._db.execute(
            "select c.site, r.found, (select max(crawl) from captures where url = c.url) as crawl "
            "from captures c join readings r on r.capture = c.id where c.url = ? "
            "and c.kind = 'listing' and r.found is not null order by r.id desc limit 1",
            (url,),
        ).fetchone()
        pages = json.loads(row["found"]).get("shell_of", []) if row else []
        if pages:
            self._ask(row["site"], self._unasked(pages, row["crawl"]), at=at, depth=1, of=url)

    def _note_left_out(self, job: Job, rows: Rows, *, at: str) -> int:
        """Add an event for rows that lead off the site or out of its grammar, when their number changed.

        Return how many there were before.
        """
        before = self._db.execute(
            "select json_extract(r.found, '$.left_out') from captures c join readings r on r.capture = c.id "
            "where c.url = ? and c.kind = 'listing' and c.id < ? and r.found is not null order by r.id desc limit 1",
            (job.page.url, job.capture),
        ).fetchone()
        known = int(before[0] or 0) if before else 0
        if rows.left_out != known:
            details = {"url": job.page.url, "rows": rows.left_out, "before": known, "kept": len(rows.links)}
            add_event(self._db, "rows_left_out", at=at, site=job.site, capture=job.capture, details=details)
        return known

    def _note_unfilled(self, job: Job, *, at: str) -> None:
        """Add an event, once, for a list that has never shown a row.

        It may be new, or we may be unable to see its rows.
        """
        noted = self._db.execute(
            "select 1 from events where kind = 'list_unfilled' and site = ? and json_extract(details, '$.url') = ? limit 1",
            (job.site, job.page.url),
        ).fetchone()
        if noted is None and not self._shown.count(job.page.url):
            details = {"url": job.page.url}
            add_event(self._db, "list_unfilled", at=at, site=job.site, capture=job.capture, details=details)

    def _unasked(self, pages: Sequence[str], crawl: int) -> tuple[str, ...]:
        """Return the pages of a list that a crawl has not asked for: every page names all the others."""
        asked = "select 1 from captures where url = ? and crawl = ? and kind = 'listing' limit 1"
        return tuple(page for page in pages if not self._db.execute(asked, (page, crawl)).fetchone())

    def _following(self, url: str, pages: Sequence[str]) -> list[str]:
        """Return the next page; where it could not be seen before, the page after it, too.

        The order is that of the number in the path where there is one, else the order in which they are
        named. A page asked for too often without success is skipped: its own schedule asks for it.
        """
        later = sorted((page for page in pages if _number(page) > _number(url)), key=_number)
        following = []
        for page in later or pages:
            missed = self._frontier.missed(page)
            if missed <= MOST_MISSED:
                following.append(page)
            if not missed:
                break
        return following

    def _ask(self, site: str, pages: Sequence[str], *, at: str, depth: int, of: str) -> None:
        """Make further pages of a list due now."""
        self._frontier.add(
            site=site, kind=Kind.LISTING, urls=pages, due_at=at, why=f"page of {of}", depth=depth
        )
        self._frontier.hurry(site=site, kind=Kind.LISTING, urls=pages, due_at=at)
        # A declared list stays a list.
        self._db.executemany(
            "update frontier set why = ? where kind = 'listing' and url = ? and depth > 0",
            [(f"page of {of}", page) for page in pages],
        )

    def _depth(self, url: str) -> int:
        row = self._db.execute(
            "select depth from frontier where kind = 'listing' and url = ?", (url,)
        ).fetchone()
        return int(row[0]) if row else 0


def _number(url: str) -> int:
    """Return the last number in an address's last path segment, 0 where it has none."""
    digits = re.findall(r"\d{1,9}", url.partition("?")[0].rpartition("/")[2])
    return int(digits[-1]) if digits else 0
