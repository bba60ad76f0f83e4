"""The use of bytes in an archive, and the growth of a year."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from archive.clock import later, seconds_between

# The tables and indexes of each kind; the rest is "other".
KINDS = {
    "kept": ("payloads", "dictionaries"),
    "texts": ("versions", "attachment_texts"),
    "search": ("version_index", "title_index", "attachment_index", "shingles"),
    "captures": ("captures", "records", "entities", "repeats", "crawls", "log_tiles", "checkpoints"),
    "readings": ("readings", "rules", "stories", "transitions", "events", "superseded_readings", "superseded_events"),
    "documents": ("documents", "addresses", "document_names", "work_documents", "ties", "tallies"),
    "copies": ("comparisons", "variants", "copier_rule_counts"),
    "connections": ("version_citations", "version_relations", "version_clauses", "version_connections", "standing_spans"),
    "schedule": ("frontier", "queue", "list_rows", "list_names", "parts", "site_hours", "site_leases"),
}  # fmt: skip
# Growth is estimated from this many last days, with at least so many of them. The day of a site's first look
# is stock, not growth.
WINDOW, LEAST_DAYS = 30, 7
_DAY = 86400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSpace:
    """The bytes of one site: stored bodies by kind, and texts; ``recent`` of them are new."""

    site: str
    pages: int = 0
    lists: int = 0
    files: int = 0
    texts: int = 0
    recent: int = 0
    days: float = 0.0

    @property
    def total(self) -> int:
        """All bytes that can be attributed to the site."""
        return self.pages + self.lists + self.files + self.texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """The bytes of an archive. ``kinds`` is None where this SQLite cannot measure its tables."""

    file: int
    free: int
    kinds: dict[str, int] | None
    sites: list[SiteSpace]

    def a_year(self, site: SiteSpace) -> int | None:
        """Return the growth of a site in a year at today's pace, with indexes in proportion.

        Return None where too little is known.
        """
        if site.days < LEAST_DAYS:
            return None
        total = sum(site.total for site in self.sites)
        return round(site.recent / site.days * 365 * max(1.0, (self.file - self.free) / max(total, 1)))

    @property
    def year(self) -> int | None:
        """The growth in a year of all sites that can be estimated, None where there is none."""
        yearly = [added for site in self.sites if (added := self.a_year(site)) is not None]
        return sum(yearly) if yearly else None


def space(db: sqlite3.Connection) -> Space:
    """Return the use of bytes in an archive. It reads the whole file once."""
    page, pages, free = (int(db.execute(f"pragma {name}").fetchone()[0]) for name in ("page_size", "page_count", "freelist_count"))  # fmt: skip
    return Space(file=page * pages, free=page * free, kinds=_kinds(db), sites=_sites(db))


def _kinds(db: sqlite3.Connection) -> dict[str, int] | None:
    try:
        rows = db.execute(
            "select coalesce(m.tbl_name, s.name) as tbl, sum(s.pgsize) from dbstat s "
            "left join sqlite_master m on m.name = s.name where s.aggregate = true group by tbl"
        ).fetchall()
    except sqlite3.OperationalError:
        return None
    sizes = dict.fromkeys([*KINDS, "other"], 0)
    for table, size in rows:
        sizes[_kind_of(table)] += size
    return sizes


def _kind_of(table: str) -> str:
    for kind, tables in KINDS.items():
        # A search index keeps its parts in tables of its own: version_index_data, …
        if any(table == one or (one.endswith("_index") and table.startswith(f"{one}_")) for one in tables):
            return kind
    return "other"


def _sites(db: sqlite3.Connection) -> list[SiteSpace]:
    by_site: dict[str, dict[str, Any]] = {}
    since = _since(db)
    for site, kind, kept_at, size in db.execute(
        "select c.site, c.kind, p.kept_at, length(p.body) from payloads p cross join captures c "
        "on c.id = (select min(id) from captures where payload = p.digest)"
    ):
        name = {"article": "pages", "attachment": "files"}.get(kind, "lists")
        _add(by_site, since, site, name, kept_at, size)
    for site, kept_at, size in db.execute(
        "select d.site, (select captured_at from captures where id = v.captures ->> '$[0]'), length(cast(v.text as blob)) + coalesce(length(cast(v.text_simplified as blob)), 0) "
        "from versions v join documents d on d.id = v.document"
    ):
        _add(by_site, since, site, "texts", kept_at, size)
    made = [
        SiteSpace(site=site, days=since[site][1] if site in since else 0.0, **of)
        for site, of in by_site.items()
    ]
    return sorted(made, key=lambda space: (-space.total, space.site))


def _add(by_site: dict[str, dict[str, Any]], since: dict[str, tuple[str, float]], site: str, name: str,
         kept_at: str, size: int) -> None:  # fmt: skip
    of = by_site.setdefault(site, {})
    of[name] = of.get(name, 0) + size
    if site in since and kept_at >= since[site][0]:
        of["recent"] = of.get("recent", 0) + size


def _since(db: sqlite3.Connection) -> dict[str, tuple[str, float]]:
    """Return for each watched site since when growth is counted, and over how many days."""
    found = {}
    for site, first, last in db.execute(
        "select site, min(started_at), max(coalesce(finished_at, started_at)) from crawls "
        "where command in ('watch', 'crawl') group by site"
    ):
        since = max(later(first, _DAY), later(last, -WINDOW * _DAY))
        found[site] = since, max(0.0, seconds_between(since, last)) / _DAY
    return found
