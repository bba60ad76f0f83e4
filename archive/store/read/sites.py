"""Queries for the front page, the lists and the site pages of the room.

A site page compares what was declared and expected of a site with what came.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from archive.errors import NotHeld
from archive.model import Site, site_from_json
from archive.patterns import regex
from archive.store.read.documents import Row, decoded, first_row, rows
from archive.store.schedule.crawls import Crawls

_FIGURE = regex(r"[0-9０-９%％]|[一二三四五六七八九十百千万亿]{2}")
# The part of a summary that says how much more there is.
_COUNTS = regex(r"[+−][0-9]+字|另[0-9]+处")
# Words of duty: a change in one of them changes what has to be done.
_DUTY = regex("应当|必须|不得|可以|禁止|暂停|废止|施行|有效期")
_CARD = (
    "select d.id as document, v.title, v.published_at, v.source_line, v.doc_number, d.publisher, d.site, d.url, "
    "d.state, d.versions, d.first_seen, d.last_seen, d.flags, substr(v.text, 1, 200) as opening "
)
# A page with a future day when it was last seen is not among the newest: a day's grace, in Beijing.
BELIEVED = "and substr(d.published_at, 1, 10) <= date(d.last_seen, '+32 hours') "
# "Seen" comes from the file: with the machine's own clock a replayed or simulated archive would look empty.
_NEWEST = (
    _CARD + "from documents d join versions v on v.id = d.current "
    "where d.published_at <= (select coalesce(max(last_seen), '') from documents) "
    + BELIEVED
    + "order by d.published_at desc, d.id desc limit ?"
)
_UNDATED = (
    _CARD + "from documents d left join versions v on v.id = d.current where d.published_at is null "
    "order by d.last_seen desc limit ?"
)
# By events, newest first: a look at every document took 40 ms with 30,000 of them.
_TROUBLED = (
    "with noted as (select document, max(happened_at) as at from (select document, happened_at from events "
    "where document is not null order by happened_at desc limit 500) group by document) "
    + _CARD
    + "from noted n join documents d on d.id = n.document left join versions v on v.id = d.current "
    "where d.state in ('withdrawn', 'replaced', 'quarantined', 'unreadable') or d.flags like '%\"absent\"%' order by n.at desc limit ?"
)
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
class Front:
    """The contents of the front page."""

    changes: list[Row]
    newest: list[Row]
    troubled: list[Row]
    sites: list[Row]
    documents: int


def read_front(db: sqlite3.Connection) -> Front:
    """Return what is new: changes, then documents.

    Changes are those of the sources, with the weighty ones of a day first; documents come by the date they
    show.
    """
    health = rows(
        db,
        "select h.*, (select d.publisher from documents d where d.site = h.site limit 1) as publisher "
        "from site_health h order by h.verdict = 'OK', h.verdict = 'WARN', h.site",
    )
    newest = rows(db, _NEWEST, 15)
    return Front(
        changes=_ranked(rows(db, "select * from changes order by changed_at_latest desc limit 40"))[:10],
        newest=newest or rows(db, _UNDATED, 15),
        troubled=rows(db, _TROUBLED, 5),
        sites=[decoded(row, "reasons") for row in health],
        documents=db.execute("select coalesce(sum(documents), 0) from tallies").fetchone()[0],
    )


def card(db: sqlite3.Connection, document: int) -> Row:
    """Return a document's fields for a list."""
    row = first_row(
        db, _CARD + "from documents d left join versions v on v.id = d.current where d.id = ?", document
    )
    assert row
    return row


def site_names(db: sqlite3.Connection) -> list[Row]:
    """Return the sites that hold documents, those with the most first."""
    return rows(
        db,
        "select site, (select publisher from documents d where d.site = t.site limit 1) as publisher, "
        "sum(documents) as documents from tallies t group by site having sum(documents) > 0 "
        "order by documents desc, site limit 300",
    )


def roles(db: sqlite3.Connection, documents: list[int]) -> dict[int, str]:
    """Return for some documents the role of their site."""
    found_roles = db.execute(
        "select id, role from documents where id in (select value from json_each(?))",
        (json.dumps(documents),),
    )
    return {row[0]: row[1] for row in found_roles}


def weight(summary: str) -> str:
    """Return what a change touches, by its summary: ``number``, ``duty``, or nothing notable."""
    shown = _COUNTS.sub("", summary)
    if _FIGURE.search(shown):
        return "number"
    return "duty" if _DUTY.search(shown) else ""


def _ranked(changes: list[Row]) -> list[Row]:
    """Return changes by the day they were found; within a day, figures first, then words of duty."""
    order = {"number": 0, "duty": 1, "": 2}
    weighed = [change | {"weight": weight(change["summary"])} for change in changes]
    weighed.sort(key=lambda change: order[change["weight"]])
    return sorted(weighed, key=lambda change: change["changed_at_latest"][:10], reverse=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePage:
    """A site: its declaration, its crawls (newest first), and its lists as last seen."""

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
    counted = db.execute(
        _PER_MONTH.format("and site = :site" if site else ""), {"first": first, "last": last, "site": site}
    )
    return {row[0]: row[1] for row in counted}


def last_month(db: sqlite3.Connection) -> str:
    """Return the month the archive was last written in: its own time, not this machine's."""
    at = db.execute("select max(last_seen) from documents").fetchone()[0]
    return str(at)[:7] if at else "2000-01"


def read_site(db: sqlite3.Connection, name: str, count: int) -> SitePage:
    """Return what is known of a site. Raise NotHeld for a site of which nothing is known."""
    declared = first_row(db, "select declaration from rules where site = ? order by id desc limit 1", name)
    publisher = first_row(db, "select publisher from documents where site = ? limit 1", name)
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
        health=first_row(db, "select * from site_health where site = ?", name),
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
    # Not those that are blocked or out of reach: this concerns the whole site, and is shown above.
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
    """Return each declared list and other lists of the last crawls, in the newest form seen."""
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
