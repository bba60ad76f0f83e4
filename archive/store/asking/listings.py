"""What a list page leads to: its links enter the frontier in the transaction that records its reading."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping

from archive.clock import beijing_day
from archive.models import Article, Job, Kind, Rows, Site
from archive.store.asking.frontier import Frontier
from archive.store.file.events import add_event
from archive.urls import canonical_url, is_attachment

# Without --backfill, a list whose rows are all unknown is followed for so many further pages.
PAGES_WITHOUT_BACKFILL = 5
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
        """Add a list's links, and its further pages while the ground is unknown."""
        declared = self._sites[job.site]
        crawl = self._db.execute("select crawl from captures where id = ?", (job.capture,)).fetchone()[0]
        self._note_left_out(job, rows, at=at)
        # A file in a list is a document by itself: no article links it.
        articles = {canonical_url(one.url, declared): None for one in rows.links}
        new = self._frontier.add(
            site=job.site, kind=Kind.ARTICLE, urls=articles, due_at=at, why=f"listed by {job.page.url}"
        )
        self._frontier.name(
            {one.url: one.name for one in rows.links if one.name and is_attachment(one.url, declared)}
        )
        depth = self._depth(job.page.url)
        unknown_ground = 0 < new == len(articles) and depth < PAGES_WITHOUT_BACKFILL
        if rows.pages and (rows.is_shell or self._backfill or unknown_ground):
            self._ask(job.site, rows.pages, crawl, at=at, depth=depth + 1, why=f"page of {job.page.url}")

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
            self._ask(row["site"], tuple(pages), row["crawl"], at=at, depth=1, why=f"page of {url}")

    def _note_left_out(self, job: Job, rows: Rows, *, at: str) -> None:
        """Make an event of rows that lead off the site or out of its grammar, when they are more or fewer than before."""
        before = self._db.execute(
            "select json_extract(r.found, '$.left_out') from captures c join readings r on r.capture = c.id "
            "where c.url = ? and c.kind = 'listing' and c.id < ? and r.found is not null order by r.id desc limit 1",
            (job.page.url, job.capture),
        ).fetchone()
        known = int(before[0] or 0) if before else 0
        if rows.left_out != known:
            details = {"url": job.page.url, "rows": rows.left_out, "before": known, "kept": len(rows.links)}
            add_event(self._db, "rows_left_out", at=at, site=job.site, capture=job.capture, details=details)

    def _ask(self, site: str, pages: tuple[str, ...], crawl: int, *, at: str, depth: int, why: str) -> None:
        """Let further pages be asked, each once a crawl: every page of a list names all the others."""
        asked = "select 1 from captures where url = ? and crawl = ? and kind = 'listing' limit 1"
        pages = tuple(page for page in pages if not self._db.execute(asked, (page, crawl)).fetchone())
        self._frontier.add(site=site, kind=Kind.LISTING, urls=pages, due_at=at, why=why, depth=depth)
        self._frontier.hurry(site=site, kind=Kind.LISTING, urls=pages, due_at=at)

    def _depth(self, url: str) -> int:
        row = self._db.execute(
            "select depth from frontier where kind = 'listing' and url = ?", (url,)
        ).fetchone()
        return int(row[0]) if row else 0
