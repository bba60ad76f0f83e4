"""What a list page leads to: its links enter the frontier in the transaction that records its reading.

Further pages are asked for one after the other, as long as they show rows that the list has not shown before.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Mapping, Sequence

from archive.clock import beijing_day
from archive.models import Article, Job, Kind, Rows, Site
from archive.store.asking.frontier import Frontier
from archive.store.asking.shown import MOST_MISSED, ShownRows
from archive.store.file.events import add_event
from archive.urls import canonical_url, is_attachment

# A list that never ends is followed for so many further pages.
MOST_PAGES = 2_000
# So many first rows tell one page of a list from another: a few may stand on top of every page.
_HEAD = 5


def head_of(rows: Rows) -> str:
    """Return a short digest of a list page's first rows, "" where it shows too few to be told from another."""
    if len(rows.links) < 3:
        return ""
    shown = "\n".join(link.url for link in rows.links[:_HEAD])
    return hashlib.sha256(shown.encode()).hexdigest()[:16]


def counted(rows: Rows, captured_at: str) -> dict[str, object]:
    """Return what is kept of a list page's reading: counts and what tells it from another, never its rows.

    ``newest`` is the day of the newest row by then: a row from the future (a slip in the year, a row kept on top)
    would let a list look alive for ever.
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
        self._shown = ShownRows(db)

    def follow(self, job: Job, found: Rows | Article, *, at: str) -> None:
        """Add to the frontier what a list leads to, or the parts that an article's page links."""
        origin = self._db.execute("select origin from captures where id = ?", (job.capture,)).fetchone()[0]
        if origin != "network":
            return
        if isinstance(found, Article):
            if found.branches:
                self._frontier.add(
                    site=job.site,
                    kind=Kind.ARTICLE,
                    urls=found.branches,
                    due_at=at,
                    why=f"part of {job.page.url}",
                )
            return
        self._follow_rows(job, found, at=at)

    def _follow_rows(self, job: Job, rows: Rows, *, at: str) -> None:
        """Add a list's links, and its next page unless this one shows known ground."""
        declared = self._sites[job.site]
        crawl = self._db.execute("select crawl from captures where id = ?", (job.capture,)).fetchone()[0]
        left_out_before = self._note_left_out(job, rows, at=at)
        # A file in a list is a document by itself: no article links it.
        articles = {canonical_url(one.url, declared): None for one in rows.links}
        self._frontier.add(
            site=job.site, kind=Kind.ARTICLE, urls=articles, due_at=at, why=f"listed by {job.page.url}"
        )
        self._frontier.name(
            {one.url: one.name for one in rows.links if one.name and is_attachment(one.url, declared)}
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
        # Rows that lead elsewhere are counted, not known: more of them are new ground, and a page of them no end.
        goes_on = fresh or rows.left_out > left_out_before or (depth and rows.left_out and not articles)
        following = self._following(job.page.url, pages) if goes_on and depth < MOST_PAGES else []
        if following:
            self._ask(job.site, following, at=at, depth=depth + 1, of=shown_by)
        else:
            self._shown.end_walk(shown_by, at=at)

    def lost(self, url: str, *, at: str) -> None:
        """Take in that a page of a list is not there, or shows no list.

        Where the list says how many pages or rows it has, that page is asked for again, and passed over meanwhile; of any
        other list that is the end.
        """
        shown_by = self._shown.list_of(url)
        if shown_by == url:
            return
        if self._shown.counts_itself(shown_by):
            self._frontier.miss(url, at)
        else:
            self._shown.end_walk(shown_by, at=at)

    def repeat(self, url: str, *, at: str) -> None:
        """Ask a list's shell's pages again when the shell itself came back unchanged: the rows are not in it."""
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
        """Make an event of rows that lead off the site or out of its grammar, when they are more or fewer than before.

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
        """Make an event, once, of a list that has never shown a row: it may be new, or we may not see its rows."""
        noted = self._db.execute(
            "select 1 from events where kind = 'list_unfilled' and site = ? and json_extract(details, '$.url') = ? limit 1",
            (job.site, job.page.url),
        ).fetchone()
        if noted is None and not self._shown.count(job.page.url):
            details = {"url": job.page.url}
            add_event(self._db, "list_unfilled", at=at, site=job.site, capture=job.capture, details=details)

    def _unasked(self, pages: Sequence[str], crawl: int) -> tuple[str, ...]:
        """Return those of a list's pages that a crawl has not asked for: every page of a list names all the others."""
        asked = "select 1 from captures where url = ? and crawl = ? and kind = 'listing' limit 1"
        return tuple(page for page in pages if not self._db.execute(asked, (page, crawl)).fetchone())

    def _following(self, url: str, pages: Sequence[str]) -> list[str]:
        """Return the page that comes next; where that could not be seen before, the one behind it, too.

        By the number in its path where there is one, else the first that is named. What was asked for in vain too often
        is passed over: it is asked for by its own time.
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
        """Let further pages of a list be asked now."""
        self._frontier.add(
            site=site, kind=Kind.LISTING, urls=pages, due_at=at, why=f"page of {of}", depth=depth
        )
        self._frontier.hurry(site=site, kind=Kind.LISTING, urls=pages, due_at=at)
        # What is declared as a list stays one.
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
    """Return the last number in an address's last step, 0 where it has none."""
    digits = re.findall(r"\d{1,9}", url.partition("?")[0].rpartition("/")[2])
    return int(digits[-1]) if digits else 0
