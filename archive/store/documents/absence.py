"""A document that is not there: since when, and whether that amounts to a withdrawal.

Absence is what an address says (404, 410, a soft 404, being sent home or to a list). A list that still shows the row
changes nothing about that: the text cannot be had. Only a time at which other articles of the site were seen counts.
"""

from __future__ import annotations

import sqlite3

from archive.clock import later, seconds_between
from archive.models import Outcome

PRESENT = (Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED, Outcome.NOT_MODIFIED)
# A withdrawal is claimed after so many absent sightings over so many seconds, while the site answers otherwise.
ABSENCES, ABSENT_FOR = 3, 72 * 3600.0
# That another article was seen says for so long that the site is there.
HEALTHY_FOR = 24 * 3600.0
# A crawl that misses so many articles, and more than it sees, tells of the site and not of the articles.
MOST_GONE = 5
# When so much of a site is absent at once, that is the site's failure or its move before it is so many withdrawals.
VANISHED_SHARE, VANISHED_LEAST, VANISHED_FOR = 0.2, 10, 14 * 86400.0


def is_withdrawn(db: sqlite3.Connection, document: int, *, until: str | None = None) -> bool:
    """Return whether a document's absence, as far as it was known at a moment, amounts to a withdrawal."""
    absences = _counted(db, document, until=until)
    return len(absences) >= ABSENCES and seconds_between(absences[0], absences[-1]) >= ABSENT_FOR


def _counted(db: sqlite3.Connection, document: int, *, until: str | None = None) -> list[str]:
    """Return when a document was absent while its site was there.

    A sighting while the whole site was away says nothing, neither for a withdrawal nor against it.
    """
    return [
        at
        for at, crawl in absent_since(db, document, until=until)
        if not _most_were_gone(db, crawl) and _site_was_healthy(db, crawl, document, at)
    ]


def is_withheld(db: sqlite3.Connection, document: int) -> bool:
    """Return whether a withdrawal is not claimed yet, because much of the site went at once and not long ago."""
    site = db.execute("select site from documents where id = ?", (document,)).fetchone()[0]
    if not much_is_absent(db, site):
        return False
    absences = absent_since(db, document)
    return seconds_between(absences[0][0], absences[-1][0]) < VANISHED_FOR


def much_is_absent(db: sqlite3.Connection, site: str) -> bool:
    """Return whether a great part of a site's documents is absent and not withdrawn: that may be the site's doing."""
    absent, held = db.execute(
        "select coalesce(sum(flags like '%\"absent\"%' and state not in ('withdrawn', 'moved')), 0), count(*) "
        "from documents where site = ? and current is not null",
        (site,),
    ).fetchone()
    return bool(absent >= VANISHED_LEAST and absent > VANISHED_SHARE * held)


def bounds_of_absence(db: sqlite3.Connection, document: int) -> dict[str, str | None]:
    """Return when a document was last present and first absent: it was taken down between the two."""
    # An absence while the site was away may have been the site's: the document may have stood until later.
    absences = _counted(db, document) or [at for at, _ in absent_since(db, document)]
    first_absent = absences[0] if absences else None
    last_present = db.execute(
        "select max(c.captured_at) from readings r join captures c on c.id = r.capture "
        "where r.document = ? and r.version is not null and c.kind = 'article' "
        "and c.captured_at <= coalesce(?, c.captured_at)",
        (document, first_absent),
    ).fetchone()[0]
    return {"last_present": last_present, "first_absent": first_absent}


def absent_since(db: sqlite3.Connection, document: int, *, until: str | None = None) -> list[tuple[str, int]]:
    """Return time and crawl of the absent sightings since the document was last present, oldest first.

    A page that is not trusted is not the document, but it ends the absence of a page.
    """
    rows = db.execute(
        "select c.captured_at, c.crawl, r.outcome from readings r join captures c on c.id = r.capture "
        "where r.document = ? and r.again = 0 and (r.outcome in ('gone', 'quarantined') or r.version is not null) "
        "and c.captured_at <= coalesce(?, c.captured_at) order by c.captured_at, c.id",
        (document, until),
    ).fetchall()
    absences: list[tuple[str, int]] = []
    for row in rows:
        if row["outcome"] == Outcome.GONE:
            absences.append((row["captured_at"], row["crawl"]))
        else:
            absences.clear()
    return absences


def _most_were_gone(db: sqlite3.Connection, crawl: int) -> bool:
    """Return whether a crawl missed more articles than it saw: then it was the site that lacked them.

    Only what the look before had shown counts as missed. What becomes of documents later changes nothing.
    """
    row = db.execute("select missed, seen from crawl_looks where crawl = ?", (crawl,)).fetchone()
    return row is not None and bool(row["missed"] >= MOST_GONE and row["missed"] > row["seen"])


def note_look(db: sqlite3.Connection, document: int, capture: sqlite3.Row, outcome: Outcome) -> None:
    """Count a look at an article for its crawl: the document was seen, or missed though the look before showed it."""
    is_missed = outcome is Outcome.GONE and _was_shown_before(db, document, capture["crawl"])
    if not (is_missed or outcome in PRESENT):
        return
    db.execute(
        "insert into crawl_looks (crawl, missed, seen) values (?, ?, ?) on conflict (crawl) "
        "do update set missed = missed + excluded.missed, seen = seen + excluded.seen",
        (capture["crawl"], int(is_missed), int(not is_missed)),
    )


def _was_shown_before(db: sqlite3.Connection, document: int, crawl: int) -> bool:
    row = db.execute(
        "select r.version from readings r join captures c on c.id = r.capture where r.document = ? and c.crawl < ? "
        "order by c.captured_at desc, r.id desc limit 1",
        (document, crawl),
    ).fetchone()
    return row is not None and row["version"] is not None


def _site_was_healthy(db: sqlite3.Connection, crawl: int, document: int, at: str) -> bool:
    """Return whether another article of the site was there when a document was missed, or up to a day before.

    That its lists answer is not enough: a server can lose all articles at once, and have them back next week.
    """
    marks = ",".join("?" * len(PRESENT))
    row = db.execute(
        "select 1 from crawls k join crawls n on n.site = k.site and n.id <= k.id join captures c on c.crawl = n.id "
        "join readings r on r.capture = c.id where k.id = ? and (n.id = k.id or coalesce(n.finished_at, n.started_at) >= ?) "
        "and (n.id = k.id or c.captured_at between ? and ?) and c.kind = 'article' "
        f"and r.outcome in ({marks}) and r.document is not ? limit 1",
        (crawl, later(at, -HEALTHY_FOR), later(at, -HEALTHY_FOR), at, *PRESENT, document),
    ).fetchone()
    return row is not None
