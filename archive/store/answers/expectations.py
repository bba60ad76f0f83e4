"""What a site's own past lets us expect of it: how often it publishes, how fast it answers, who is ahead of it.

Learned, and so weaker than what is declared: a site that always was silent teaches that silence is normal.
"""

from __future__ import annotations

import sqlite3
from datetime import date
from itertools import pairwise

from archive.clock import beijing_day, later, seconds_between
from archive.collate import key_of
from archive.collate.leads import outlets
from archive.models import Role
from archive.store.copies.originals import candidates, declared_sites
from archive.text import simplified

# So long a site must have been watched before its rhythm says anything, over so many days on which it published.
WATCHED_DAYS, RHYTHM_DAYS, LEAST_DAYS = 30, 60, 8
# Silence counts from three times the longest pause there was, and never before a week.
TIMES, SHORTEST_SILENCE = 3, 7
# How long the original may take after a copy, how old such a copy may be, how many are looked at.
ORIGINAL_LATE, COPY_AGE_DAYS, MOST_COPIES = 48 * 3600.0, 30, 20
_PACES = 10


def doubted(db: sqlite3.Connection, site: str) -> int:
    """Return how many documents of a site stand at a change that tripped the breaker and nobody has decided on."""
    row = db.execute(
        "select count(*) from documents d where d.site = ? and d.state = 'quarantined' and exists "
        "(select 1 from readings r where r.document = d.id and r.outcome = 'quarantined' and r.reason = 'mass_change' "
        "  and not exists (select 1 from events e where e.kind = 'review' and e.document = d.id "
        "    and json_extract(e.details, '$.state') = json_extract(r.found, '$.prepared.state_digest')))",
        (site,),
    ).fetchone()
    return int(row[0])


def paces(db: sqlite3.Connection, site: str) -> list[float]:
    """Return the median seconds an answer of a site took in the last runs, newest first."""
    rows = db.execute(
        "select json_extract(details, '$.median_seconds') from events where kind = 'pace' and site = ? "
        "order by id desc limit ?",
        (site, _PACES),
    )
    return [float(row[0]) for row in rows]


def longest_pause(db: sqlite3.Connection, site: str, at: str) -> int | None:
    """Return the days without an article after which a site is silent beyond its habit, None while that is not known."""
    first = db.execute("select min(started_at) from crawls where site = ?", (site,)).fetchone()[0]
    if first is None or seconds_between(first, at) < WATCHED_DAYS * 86400:
        return None
    rows = db.execute(
        "select distinct substr(published_at, 1, 10) as day from documents where site = ? and published_at is not null "
        "and published_at <= ? order by day desc limit ?",
        (site, beijing_day(at) + "~", RHYTHM_DAYS),
    )
    days = [date.fromisoformat(row[0]) for row in rows]
    if len(days) < LEAST_DAYS:
        return None
    return max(SHORTEST_SILENCE, TIMES * max((newer - older).days for newer, older in pairwise(days)))


def newest_published(db: sqlite3.Connection, site: str, at: str) -> str:
    """Return the day of the newest article that is held of a site and not dated after ``at``, "" when none shows a day."""
    row = db.execute(
        "select max(published_at) from documents where site = ? and published_at <= ?",
        (site, beijing_day(at) + "~"),
    ).fetchone()
    return str(row[0] or "")[:10]


def ahead(db: sqlite3.Connection, site: str, at: str) -> list[str]:
    """Return copies that name a site as their source and of which the archive holds no original.

    Only young copies, and only after the original had two days to be seen. That a copy names a source does not
    prove that the source published it.
    """
    declared = declared_sites(db).get(site)
    if declared is None or declared.role is not Role.ORIGINAL:
        return []
    rows = db.execute(
        "select d.id, d.url, d.site, v.text, v.source_line from documents d join versions v on v.id = d.current "
        "where d.role = 'copy' and d.site != ? and d.published_at >= ? and d.first_seen <= ? and v.source_line is not null "
        "order by d.published_at desc limit 500",
        (site, later(at, -COPY_AGE_DAYS * 86400)[:10], later(at, -ORIGINAL_LATE)),
    ).fetchall()
    named = [row for row in rows if _names(row["source_line"], declared.publisher)][:MOST_COPIES]
    return [row["url"] for row in named if not _has_original(db, row)]


def learned(db: sqlite3.Connection, site: str, at: str) -> dict[str, object]:
    """Return what a site's past lets us expect, as the fields that a verdict is given."""
    return {
        "mass_changed": doubted(db, site),
        "paces": paces(db, site),
        "longest_pause": longest_pause(db, site, at),
        "newest_known": newest_published(db, site, at),
        "ahead": ahead(db, site, at),
    }


def _names(source_line: str, publisher: str) -> bool:
    said = simplified(source_line)
    return publisher in said or any(publisher in name for name in outlets(f"来源:{said}", host=None))


def _has_original(db: sqlite3.Connection, row: sqlite3.Row) -> bool:
    found = candidates(db, key_of(row["text"]), but=[row["id"]])
    return any(one.role == Role.ORIGINAL for one in found)
