"""Bundles: sites that a process elsewhere asks for a while, and the captures it brings home.

A **lease** says that nobody else may ask a site until a moment. It is taken in the home archive, in one
transaction, before anything is sent, and it outlasts the moment at which the kernel of the other machine ends
the process. A lost bundle is left alone: its lease runs out, and the site is due as before.

A **baton** is what the process must know of its sites: the addresses that are due, with the validators of
their last looks, and the known addresses, so that a list leads to none of them twice. What comes home is an
archive, the *delta*. Its captures are evidence and are kept whenever they come; only an open lease makes them
the end of a visit. Landing a delta twice changes nothing.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from archive.clock import later, seconds_between
from archive.errors import ArchiveError
from archive.model import Exchange, KeptExchange, Kind
from archive.store.file.captures import Validators, add_event, validators
from archive.store.read.merging import Other, known_capture
from archive.store.schedule.frontier import Due, Frontier

# Rows of one site that a baton carries; the rest stays due. At three seconds per request they are four hours'
# work.
MOST_DUE = 5_000
_NEVER = "9999-12-31T00:00:00.000Z"
_KEPT_LEASES = 7 * 86400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Baton:
    """What goes with a bundle.

    ``looks``: how often each site was looked at in the last day, where that is rationed.
    """

    token: str
    sites: Sequence[str]
    frontier: Sequence[Sequence[Any]] = ()
    known: Sequence[Sequence[Any]] = ()
    shown: Sequence[Sequence[Any]] = ()
    names: Sequence[Sequence[Any]] = ()
    validators: Mapping[str, Sequence[str]] = field(default_factory=dict)
    looks: Mapping[str, int] | None = None

    def as_json(self) -> str:
        """Return the baton as text."""
        return json.dumps({name: getattr(self, name) for name in Baton.__slots__}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Baton:
        """Return the baton of a text."""
        return cls(**json.loads(text))

    def validators_of(self) -> dict[str, Validators]:
        """Return the validators for a conditional request to each address."""
        return {
            url: Validators(etag=etag, last_modified=modified, captured_at=at)
            for url, (etag, modified, at) in self.validators.items()
        }


@dataclass(slots=True)
class Landed:
    """The result of a delta: new captures, captures already held, and sites that had more to ask."""

    kept: int = 0
    held: int = 0
    refused: int = 0
    lost: list[str] = field(default_factory=list)
    spent: set[str] = field(default_factory=set)


class Leases:
    """The leases of one archive. Writes belong inside the caller's transaction."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def take(self, sites: Iterable[str], token: str, *, at: str, until: str) -> list[str]:
        """Take the leases of those sites that nobody else holds; return them."""
        free = [site for site in sites if not self.is_held(site, at)]
        self._db.executemany(
            "insert into site_leases (token, site, taken_at, lease_until) values (?, ?, ?, ?)",
            [(token, site, at, until) for site in free],
        )
        return free

    def is_held(self, site: str, at: str) -> bool:
        """Return whether somebody may be asking a site."""
        row = self._db.execute(
            "select 1 from site_leases where site = ? and landed_at is null and lease_until > ? limit 1", (site, at)
        ).fetchone()  # fmt: skip
        return row is not None

    def held(self, at: str) -> set[str]:
        """Return the sites that somebody may be asking."""
        rows = self._db.execute(
            "select distinct site from site_leases where landed_at is null and lease_until > ?", (at,)
        )
        return {row[0] for row in rows}

    def land(self, token: str, at: str) -> list[str]:
        """Close the leases of a bundle that came home; return the sites whose lease was still open."""
        rows = self._db.execute(
            "select site from site_leases where token = ? and landed_at is null and lease_until > ?",
            (token, at),
        ).fetchall()
        self._db.execute(
            "update site_leases set landed_at = ? where token = ? and landed_at is null", (at, token)
        )
        return [row[0] for row in rows]

    def landed(self, since: str) -> list[str]:
        """Return the tokens whose captures are here: their deltas can be removed."""
        rows = self._db.execute("select distinct token from site_leases where landed_at >= ?", (since,))
        return [row[0] for row in rows]

    def forget(self, at: str) -> None:
        """Drop the leases that ended a week ago."""
        before = later(at, -_KEPT_LEASES)
        self._db.execute("delete from site_leases where lease_until < ? and taken_at < ?", (before, before))


def baton(db: sqlite3.Connection, sites: Sequence[str], token: str, *, at: str,
          looks: Mapping[str, int] | None) -> Baton:  # fmt: skip
    """Return what a process must know to ask some sites as this archive would."""
    rows: list[Sequence[Any]] = []
    known: list[Sequence[Any]] = []
    shown: list[Sequence[Any]] = []
    names: list[Sequence[Any]] = []
    offered: dict[str, Sequence[str]] = {}
    for site in sites:
        due = Frontier(db).due(site, at, limit=MOST_DUE)
        numbers = json.dumps([one.id for one in due])
        rows += _rows(
            db,
            "select site, kind, url, due_at, why, attempts, visits, depth, missed from frontier "
            "where id in (select value from json_each(?))",
            numbers,
        )
        names += _rows(
            db,
            "select n.url, n.name from frontier f join list_names n on n.url = f.url "
            "where f.id in (select value from json_each(?))",
            numbers,
        )
        # Only a list can lead to addresses that are already known.
        if any(one.kind == Kind.LISTING for one in due):
            known += _rows(
                db,
                "select site, kind, url, why, depth, missed from frontier where site = ? "
                "and id not in (select value from json_each(?))",
                site,
                numbers,
            )
            shown += _rows(
                db,
                "select list, l.url, is_walked, f.site from list_rows l join frontier f "
                "on f.kind = 'listing' and f.url = l.list where f.site = ?",
                site,
            )
        for one in due:
            if (offer := validators(db, one.url)).captured_at:
                offered[one.url] = (offer.etag, offer.last_modified, offer.captured_at)
    return Baton(
        token=token,
        sites=sites,
        frontier=rows,
        known=known,
        shown=shown,
        names=names,
        validators=offered,
        looks=looks,
    )


def take_up(db: sqlite3.Connection, taken: Baton, crawls: Mapping[str, int]) -> None:
    """Put the contents of a baton into an empty archive. The caller holds a transaction."""
    db.executemany(
        "insert or ignore into frontier (site, kind, url, due_at, why, attempts, visits, depth, missed) "
        "values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        taken.frontier,
    )
    db.executemany(
        "insert or ignore into frontier (site, kind, url, due_at, why, visits, depth, missed) "
        "values (?, ?, ?, ?, ?, 1, ?, ?)",
        [
            (site, kind, url, _NEVER, why, depth, missed)
            for site, kind, url, why, depth, missed in taken.known
        ],
    )
    db.executemany("insert or ignore into list_names (url, name) values (?, ?)", taken.names)
    db.executemany(
        "insert or ignore into list_rows (list, url, crawl, first_shown, is_walked) values (?, ?, ?, '', ?)",
        [(shown_by, url, crawls[site], walked) for shown_by, url, walked, site in taken.shown],
    )


def captured_sites(source: sqlite3.Connection) -> list[str]:
    """Return the sites of which a delta has captures."""
    return [row[0] for row in source.execute("select distinct site from captures order by site")]


def _rows(db: sqlite3.Connection, query: str, *values: object) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in db.execute(query, values)]


class Landing:
    """Takes deltas into the home archive, as if their captures had been made here."""

    def __init__(
        self,
        db: sqlite3.Connection,
        keep: Callable[[Exchange], KeptExchange],
        read: Callable[[], None],
        refuse: Callable[[Due, str, float], None],
    ) -> None:
        self._db = db
        self._keep = keep
        self._read = read
        self._refuse = refuse

    def land(self, source: sqlite3.Connection, token: str) -> Landed:
        """Keep a delta's captures, read them, and take over what was not asked and why."""
        landed, numbers = Landed(), dict[int, int]()
        other = Other(source, f"bundle {token}")
        tries = _last_tries(source)
        for row in other.captures({}):
            try:
                exchange = other.exchange(row, numbers)
            except ArchiveError as error:
                landed.lost.append(f"capture {row['id']}: {error}")
                continue
            # Its origin elsewhere does not matter: it came over the network, to a process of ours.
            exchange = replace(exchange, origin="network", was_followed=False, record=None, entity=())
            held = known_capture(self._db, exchange, row)
            if held is None:
                held = self._keep(self._asked(exchange, is_last=tries[_asked(exchange)] == row["id"])).capture
                landed.kept += 1
            else:
                landed.held += 1
            numbers[row["id"]] = held
        self._read()
        self._take_refusals(source, landed)
        return landed

    def _asked(self, exchange: Exchange, *, is_last: bool) -> Exchange:
        """Return an exchange with our row that asked for it, and whether it was tried again."""
        kind, url = _asked(exchange)
        if kind == "robots":
            return exchange
        due = self._row(kind, url)
        if due is None:
            # The page that linked it was captured before it, and may still wait to be read.
            self._read()
            due = self._row(kind, url)
        if due is None:
            return replace(exchange, asked=url)
        return replace(
            exchange, asked=url, frontier=due.id, part_of=due.part_of, retry_in=None if is_last else 1.0
        )

    def _row(self, kind: str, url: str) -> Due | None:
        row = self._db.execute(
            "select id, site, kind, url, why, attempts, visits, due_at, part_of, missed from frontier "
            "where kind = ? and url = ?",
            (kind, url),
        ).fetchone()
        return Due(**dict(row)) if row else None

    def _take_refusals(self, source: sqlite3.Connection, landed: Landed) -> None:
        """Postpone what was not asked, and note which sites had more than a run may ask."""
        for event in source.execute(
            "select * from events where kind in ('refused', 'left_alone', 'left_for_later') order by id"
        ).fetchall():
            details = json.loads(event["details"])
            if event["kind"] != "refused":
                landed.spent.add(event["site"])
                add_event(
                    self._db, event["kind"], at=event["happened_at"], site=event["site"], details=details
                )
                continue
            due = self._row(details["kind"], details["asked"])
            rest = source.execute(
                "select due_at from frontier where kind = ? and url = ?", (details["kind"], details["asked"])
            ).fetchone()
            # A row that another landing of this delta has put to rest is not due any more.
            if due is not None and rest is not None and due.due_at < rest[0]:
                self._refuse(due, details["reason"], seconds_between(event["happened_at"], rest[0]))
                landed.refused += 1


def _asked(exchange: Exchange) -> tuple[str, str]:
    return exchange.kind, exchange.asked or exchange.url


def _last_tries(source: sqlite3.Connection) -> dict[tuple[str, str], int]:
    """Return the last capture of each address that was asked, redirects followed."""
    first: dict[int, str] = {}
    last: dict[tuple[str, str], int] = {}
    for row in source.execute("select id, kind, url, redirected_from from captures order by id"):
        asked = first.get(row["redirected_from"], row["url"])
        first[row["id"]] = asked
        last[row["kind"], asked] = row["id"]
    return last
