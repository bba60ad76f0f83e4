"""What the site pages read from an archive: what a site is declared to be, what was expected, what came."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from archive.errors import NotHeld
from archive.models import Site, site_from_json
from archive.reading_room.rows import Row, decoded, one, rows
from archive.reading_room.shelf_front import BELIEVED
from archive.store.asking.crawls import Crawls

_PER_MONTH = (
    "select month, sum(documents) from tallies where month > :first and month <= :last {} group by month"
)
_CHANGES_PER_MONTH = (
    "select substr(changed_at, 1, 7) as month, count(*) as changes from transitions "
    "where site = :site and changed_at >= :first group by 1"
)
_STATES = "select state, sum(documents) as documents from tallies where site = ? group by state having sum(documents) > 0"
_CARDS = (
    "select d.id as document, v.title, d.published_at, v.source_line, v.doc_number, d.publisher, d.site, d.url, "
    "d.state, d.versions, d.first_seen, d.last_seen, d.flags, '' as opening from documents d "
    "left join versions v on v.id = d.current where d.site = :site "
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePage:
    """One site: its declaration of today, its crawls (newest first), its lists as the last crawl saw them."""

    name: str
    publisher: str
    declared: Site | None
    health: Row | None
    crawls: list[Row]
    lists: list[Row]
    states: list[Row]
    newest: list[Row]
    troubled: list[Row]
    events: list[Row]
    rules: list[Row]
    published: dict[str, int]
    changed: dict[str, int]
    last_month: str

    @property
    def documents(self) -> int:
        """Return how many documents of the site are held."""
        return sum(row["documents"] for row in self.states)

    @property
    def links(self) -> int:
        """Return how many links the lists showed together when last seen."""
        return sum(row["links"] or 0 for row in self.lists)

    @property
    def newest_row(self) -> str:
        """Return the date of the newest row that any list showed."""
        return max((row["newest"] or "" for row in self.lists), default="")


def months(db: sqlite3.Connection, last: str, count: int, site: str | None = None) -> dict[str, int]:
    """Return how many documents are dated in each of some months, up to ``last``."""
    first = f"{int(last[:4]) - count // 12 - 1:04}"
    found = db.execute(
        _PER_MONTH.format("and site = :site" if site else ""), {"first": first, "last": last, "site": site}
    )
    return {row[0]: row[1] for row in found}


def last_month(db: sqlite3.Connection) -> str:
    """Return the month the archive was last written in: its own time, not this machine's."""
    at = db.execute("select max(last_seen) from documents").fetchone()[0]
    return str(at)[:7] if at else "2000-01"


def read_site(db: sqlite3.Connection, name: str, count: int) -> SitePage:
    """Return what is known of a site. Raise NotHeld for one the archive knows nothing of."""
    declared = one(db, "select declaration from rules where site = ? order by id desc limit 1", name)
    publisher = one(db, "select publisher from documents where site = ? limit 1", name)
    crawls = rows(db, "select * from crawls where site = ? order by id desc limit 60", name)
    if not (declared or publisher or crawls):
        raise NotHeld(f"no site {name[:80]} in this archive")
    site = site_from_json(declared["declaration"]) if declared and declared["declaration"] != "{}" else None
    last = last_month(db)
    changed = db.execute(_CHANGES_PER_MONTH, {"site": name, "first": f"{int(last[:4]) - 5:04}"})
    return SitePage(
        name=name,
        publisher=site.publisher if site else publisher["publisher"] if publisher else name,
        declared=site,
        health=one(db, "select * from site_health where site = ?", name),
        crawls=[decoded(row, "reasons", "counts") for row in crawls],
        lists=_lists(db, site, [row for row in crawls if row["finished_at"]]),
        states=rows(db, _STATES, name),
        newest=rows(
            db,
            _CARDS + "and d.published_at is not null " + BELIEVED + "order by d.published_at desc limit 8",
            site=name,
        ),
        troubled=_troubled(db, name),
        events=_events(db, name),
        rules=rows(
            db,
            "select * from copier_rules where site = ? and kind != 'append' order by copies desc, count desc limit 40",
            name,
        ),
        published=months(db, last, count, name),
        changed={row[0]: row[1] for row in changed},
        last_month=last,
    )


def _troubled(db: sqlite3.Connection, name: str) -> list[Row]:
    # Not those that are blocked or out of reach: then it is the site, and that is said above.
    states = "('withdrawn', 'replaced', 'quarantined', 'unreadable')"
    return rows(db, _CARDS + f"and d.state in {states} order by d.last_seen desc limit 12", site=name)


def _events(db: sqlite3.Connection, name: str) -> list[Row]:
    """Return the last events of a site; those of one kind in one minute are one row."""
    return rows(
        db,
        "select e.kind, max(e.happened_at) as happened_at, max(e.document) as document, count(*) as times "
        "from (select * from events where site = ? and kind != 'pace' order by happened_at desc limit 300) e "
        "group by e.kind, substr(e.happened_at, 1, 16) order by happened_at desc limit 12",
        name,
    )


def _lists(db: sqlite3.Connection, site: Site | None, crawls: list[Row]) -> list[Row]:
    """Return each declared list, and others the last crawl saw, as the newest of the last crawls saw it."""
    seen: dict[str, Row] = {}
    for crawl in crawls[:3]:
        for row in Crawls(db).lists(crawl["id"])[0]:
            seen.setdefault(row["url"], row | {"at": crawl["finished_at"]})
    missing: Row = {
        "outcome": None,
        "reason": None,
        "links": None,
        "links_before": None,
        "newest": "",
        "at": None,
    }
    missing |= {"left_out": 0}
    urls = dict.fromkeys([*(site.listings if site else ()), *seen])
    return [
        seen.get(url, missing) | {"url": url, "is_declared": bool(site and url in site.listings)}
        for url in urls
    ]
