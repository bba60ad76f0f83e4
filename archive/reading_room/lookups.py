"""What the room's pages read beside what the commands read: what needs attention, when what changed, who publishes.

Every function is one look at one moment of the file, within the bounds of its connection.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from archive.errors import ArchiveError
from archive.reading_room.words import Identity, identity
from archive.store.file.connection import open_for_reading
from archive.store.read.documents import Row, rows
from archive.store.read.review import waiting as held_back
from archive.store.schedule.crawls import open_findings

# Addresses of one problem that the front page names; the source's own page names them all.
_MOST_ADDRESSES = 2
_PUBLISHERS = (
    "select t.site, (select publisher from documents d where d.site = t.site limit 1) as publisher "
    "from (select distinct site from tallies) t union all "
    "select site, declaration ->> '$.publisher' from rules where id in (select max(id) from rules group by site)"
)
# The first of the last crawls in a row that were judged as the newest is: before it another verdict was given.
_SINCE = (
    "select min(finished_at) from crawls where site = :site and verdict = :verdict and finished_at is not null "
    "and id > coalesce((select max(id) from crawls where site = :site and finished_at is not null "
    "and verdict is not :verdict), 0)"
)
_BY_DAY = (
    "select date(changed_at, '+8 hours') as day, summary from transitions "
    "where changed_at >= :first order by changed_at desc limit 5000"
)


def publishers(db: sqlite3.Connection) -> dict[str, str]:
    """Return for each site the publisher we declare; a site that is not declared has the name of its host."""
    return {row["site"]: row["publisher"] for row in rows(db, _PUBLISHERS) if row["publisher"]}


def publishers_of(path: str) -> Mapping[str, str]:
    """Return the publishers of an archive by the path of its file. Asked for each cell: looked up once a state."""
    return _publishers_of(path, identity(path), identity(f"{path}-wal"))


@lru_cache(maxsize=16)
def _publishers_of(path: str, file: Identity | None, log: Identity | None) -> Mapping[str, str]:
    try:
        with closing(open_for_reading(Path(path))) as db:
            return publishers(db)
    except (ArchiveError, sqlite3.Error):
        # The page itself says that the archive cannot be read.
        return {}


def unwell(db: sqlite3.Connection, sites: Sequence[Row]) -> list[Row]:
    """Return the sources whose last crawl was not sound, with since when that is so and what is open there."""
    found = [site for site in sites if site["verdict"] in ("BROKEN", "WARN")]
    opened = open_findings(db) if found else []
    return [
        site | _trouble(db, site, [each for each in opened if each["site"] == site["site"]]) for site in found
    ]


def _trouble(db: sqlite3.Connection, site: Row, opened: Sequence[Row]) -> Row:
    since = db.execute(_SINCE, {"site": site["site"], "verdict": site["verdict"]}).fetchone()[0]
    by_reason: dict[str, Row] = {
        reason: {"reason": reason, "urls": [], "more": 0, "since": since} for reason in site["reasons"]
    }
    for finding in opened:
        of_reason = by_reason.get(finding["reason"])
        if of_reason is None:
            continue
        of_reason["since"] = min(of_reason["since"] or finding["opened_at"], finding["opened_at"])
        if finding["url"] and len(of_reason["urls"]) < _MOST_ADDRESSES:
            of_reason["urls"].append(finding["url"])
        elif finding["url"]:
            of_reason["more"] += 1
    return {"since": since, "problems": list(by_reason.values())}


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day of the calendar of changes: ``level`` 0 to 4, by how many changes were found on it."""

    day: str
    changes: int
    level: int

    @property
    def bounds(self) -> tuple[str, str]:
        """Return the UTC moments between which the Beijing day lies, the second not of it."""
        before = date.fromisoformat(self.day) - timedelta(days=1)
        return f"{before.isoformat()}T16:00:00.000Z", f"{self.day}T16:00:00.000Z"


def calendar(db: sqlite3.Connection, weeks: int) -> list[list[Day]]:
    """Return the weeks up to the archive's newest look, each from Monday on, with the changes found on each day.

    A change was made before it was found: the day is that of the first capture that showed it, in Beijing.
    """
    last = _last_day(db)
    if last is None:
        return []
    first = last - timedelta(days=last.weekday() + 7 * (weeks - 1))
    found = db.execute(_BY_DAY, {"first": (first - timedelta(days=1)).isoformat()})
    counts = Counter(row["day"] for row in found)
    most = max(counts.values(), default=0)
    days = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    made = [_day(each, counts[each.isoformat()], most) for each in days]
    return [made[at : at + 7] for at in range(0, len(made), 7)] if most else []


def _last_day(db: sqlite3.Connection) -> date | None:
    at = db.execute("select date(max(last_seen), '+8 hours') from documents").fetchone()[0]
    return date.fromisoformat(at) if at else None


def _day(day: date, changes: int, most: int) -> Day:
    level = 0 if not changes else 1 + min(3, 4 * (changes - 1) // max(1, most))
    return Day(day=day.isoformat(), changes=changes, level=level)


def clauses(db: sqlite3.Connection, version: int) -> list[Row]:
    """Return the numbered parts of a version (by its row) in order: path, level, start, heading."""
    return rows(
        db,
        "select path, level, start, heading from version_clauses where version = ? order by position limit 2000",
        version,
    )


def details_of(db: sqlite3.Connection, documents: Sequence[int]) -> dict[int, Row]:
    """Return by document what facets are made of: source, class, issuing body, standing, whether it was changed."""
    found = rows(
        db,
        "select d.id as document, d.site, d.issuer, d.role, d.versions, "
        "exists (select 1 from transitions t where t.document = d.id) as changed, "
        "c.class, coalesce((select standing from standings s where s.document = d.id), 'unknown') as standing "
        "from documents d left join version_connections c on c.version = d.current "
        "where d.id in (select value from json_each(?))",
        json.dumps(list(documents)),
    )
    return {row["document"]: row for row in found}


def waiting(db: sqlite3.Connection, site: str | None = None) -> list[Row]:
    """Return what was quarantined and waits for a person, of one site or all: why, when, and by which lines it differs."""
    return [
        {
            "document": one.document,
            "url": one.url,
            "title": kept,
            "publisher": publisher,
            "reason": one.reason,
            "first": one.first_captured_at,
            "last": one.last_captured_at,
            "looks": len(one.looks),
            "capture": one.looks[-1]["capture"],
            "gone": one.edit.gone if one.edit else (),
            "come": one.edit.come if one.edit else (),
        }
        for one in held_back(db, site)
        for kept, publisher in db.execute(
            "select title, publisher from documents where id = ?", (one.document,)
        )
    ]


def sides_of(path: str, addresses: Sequence[str]) -> Mapping[str, Row]:
    """Return by address the documents that a list of copies names, from the file at a path."""
    with closing(open_for_reading(Path(path))) as db:
        return sides(db, addresses)


def sides(db: sqlite3.Connection, addresses: Sequence[str]) -> dict[str, Row]:
    """Return by address the documents that a list of copies names."""
    found = rows(
        db,
        "select url, id as document, title, publisher from documents where url in (select value from json_each(?))",
        json.dumps(list(addresses)),
    )
    return {row["url"]: row for row in found}
