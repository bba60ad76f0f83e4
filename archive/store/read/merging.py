"""Merging archives: captures are matched by identity, bodies by digest. Merging twice changes nothing.

A capture of another archive is history here, like a record of a WARC file: its ``origin`` names the file and
the number it had there. Pages are read again by the declared rules; the rows of lists are taken over.
Decisions of people there are not taken over: what waits for review waits here, too. The exception is what is
withheld there. It is withheld here as well: a text that must not be shown does not become visible because its
archive was merged.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from archive import extract
from archive.errors import ArchiveError
from archive.model import (
    Article,
    Exchange,
    Job,
    Kind,
    Outcome,
    Repeat,
    Rows,
    Site,
    Unreadable,
    Verdict,
    site_from_json,
)
from archive.reader import read_job
from archive.store import READER_NAME
from archive.store.archive import Archive
from archive.store.file.captures import NO_END, asked_url
from archive.store.file.connection import made_durable_together
from archive.store.file.payloads import Payloads
from archive.store.file.withheld import withhold, withholdings
from archive.store.read.lookup import known_by
from archive.store.write.ledger import Ledger, Reading
from archive.store.write.takeover import UNFIT, Numbers, Takeover, TheirNumbers, attached, in_bulk

_SAME = (
    "select id from captures where url = ? and captured_at = ? and method = ? and kind = ? and status is ? "
    "and error is ? and headers = ? and payload is ? limit 1"
)


@dataclass(slots=True)
class Merged:
    """How many captures were new or held, and what could not be taken over, with the reason."""

    kept: int = 0
    held: int = 0
    lost: list[str] = field(default_factory=list)


def merge(
    archive: Archive,
    sites: dict[str, Site],
    source: sqlite3.Connection,
    name: str,
    tick: Callable[[], None] = lambda: None,
) -> Merged:
    """Take over the captures of another archive, and read them.

    ``sites`` are the declarations that ``archive`` was opened with; those in the files are added to them.
    ``name`` is the name of the other file in ``origin``.
    """
    told = Merged()
    sites |= _declarations(archive.db) | _declarations(source)
    crawls: dict[str, int] = {}
    other = Other(source, name)
    with made_durable_together(archive.db), attached(archive.db, source) as path:
        if path is None:
            _take(archive, other, {}, told, crawls, tick)
        else:
            with closing(Takeover(archive.db, name, READER_NAME, archive.clock.now)) as takeover:
                _take_whole_sites(archive, sites, source, takeover, path, told, tick)
                _take(archive, other, takeover.numbers, told, crawls, tick)
        _read_all(archive, sites, tick)
    _withhold(archive, source, name)
    for site, crawl in crawls.items():
        archive.settle(site)
        archive.end_crawl(crawl, Verdict.OK, [])
    return told


def _take_whole_sites(
    archive: Archive,
    sites: dict[str, Site],
    source: sqlite3.Connection,
    takeover: Takeover,
    path: Path,
    told: Merged,
    tick: Callable[[], None],
) -> None:
    """Take over in bulk the sites of which nothing is held here, and note what is held of the others."""
    count = takeover.hold()
    told.held = takeover.held()
    if told.held == count:
        return
    for batch in range(1, takeover.plan(sites) + 1):
        try:
            with in_bulk(archive.db), archive.writing():
                crawls = takeover.take(batch, path)
                _withhold(archive, source, takeover.name)
                for site, crawl in crawls:
                    archive.settle(site)
                    archive.end_crawl(crawl, Verdict.OK, [])
        except UNFIT:
            takeover.forget(batch)
            continue
        came = takeover.count(batch)
        told.kept += came
        for _ in range(came):
            tick()


def _take(
    archive: Archive,
    other: Other,
    numbers: Numbers,
    told: Merged,
    crawls: dict[str, int],
    tick: Callable[[], None],
) -> None:
    """Keep those captures of another archive that have no number here yet, in its order."""
    for row in other.captures(numbers):
        try:
            exchange = other.exchange(row, numbers)
        except ArchiveError as error:
            told.lost.append(f"capture {row['id']}: {error}")
            continue
        known = known_capture(archive.db, exchange, row)
        if known is not None:
            numbers[row["id"]] = known
            told.held += 1
            continue
        crawl = crawls.get(exchange.site) or archive.begin_crawl(exchange.site, "merge")
        crawls[exchange.site] = crawl
        kept = archive.keep(exchange, crawl)
        numbers[row["id"]] = kept.capture
        told.kept += 1
        if kept.outcome is None and exchange.kind == Kind.LISTING:
            _take_over(archive, kept.capture, other.reading(row["id"]))
        tick()


class Other:
    """An archive that is merged into another. Nothing in it is changed."""

    def __init__(self, db: sqlite3.Connection, name: str) -> None:
        self._db = db
        self._name = name
        self._payloads = Payloads(db)
        self._tables = {row[0] for row in db.execute("select name from sqlite_master where type = 'table'")}

    def captures(self, numbers: Numbers) -> Iterator[sqlite3.Row]:
        """Yield the captures that have no number here, in their order."""
        if isinstance(numbers, TheirNumbers):
            for capture in numbers.missing():
                yield self._db.execute("select * from captures where id = ?", (capture,)).fetchone()
            return
        yield from self._db.execute("select * from captures order by id")

    def reading(self, capture: int) -> sqlite3.Row | None:
        """Return the first reading of a capture."""
        row: sqlite3.Row | None = self._db.execute(
            "select * from readings where capture = ? order by again, id limit 1", (capture,)
        ).fetchone()
        return row

    def exchange(self, row: sqlite3.Row, numbers: Numbers) -> Exchange:
        """Return a capture as an exchange to be kept. Raise ArchiveDamaged where its body cannot be read."""
        repeats = self._first_row("repeats", "capture", row["id"])
        payload = None if repeats else row["payload"]
        hop = row["redirected_from"]
        conditional = row["conditional"] if "conditional" in row.keys() else None  # noqa: SIM118 - a Row is no dict
        return Exchange(
            url=row["url"],
            kind=row["kind"],
            site=row["site"],
            captured_at=row["captured_at"],
            status=row["status"],
            error=row["error"],
            headers=tuple((key, value) for key, value in json.loads(row["headers"])),
            body=self._payloads.get(payload) if payload else None,
            method=row["method"],
            redirected_from=numbers.get(hop) if hop else None,
            asked=asked_url(self._db, row["id"]) if hop else None,
            peer=row["peer"],
            tls_verified=None if row["tls_verified"] is None else bool(row["tls_verified"]),
            truncated=row["truncated"],
            flags=tuple(flag for flag in json.loads(row["flags"]) if flag != NO_END),
            origin=f"{self._name}+{row['id']}" if row["origin"] == "network" else row["origin"],
            clock=row["clock"],
            conditional=None if conditional is None else bool(conditional),
            record=self._record(row),
            entity=self._entities(payload),
            repeats=Repeat(digest=repeats["digest"], url=repeats["url"], at=repeats["captured_at"])
            if repeats
            else None,
            was_followed=row["origin"] == "network",
        )

    def _record(self, row: sqlite3.Row) -> str:
        """Return the name of the record a capture was read from, else a name made of its identity."""
        known = self._first_row("records", "capture", row["id"])
        if known:
            return str(known["record"])
        names = ("url", "captured_at", "method", "kind", "status", "error", "headers", "payload", "peer")
        said = json.dumps([row[name] for name in names], ensure_ascii=False)
        return f"yuanben {hashlib.sha256(said.encode()).hexdigest()}"

    def _entities(self, payload: str | None) -> tuple[str, ...]:
        if payload is None or "entities" not in self._tables:
            return ()
        rows = self._db.execute("select digest from entities where payload = ? order by digest", (payload,))
        return tuple(row[0] for row in rows)

    def _first_row(self, table: str, column: str, value: int) -> Any:
        if table not in self._tables:
            return None
        return self._db.execute(f"select * from {table} where {column} = ? limit 1", (value,)).fetchone()


def known_capture(db: sqlite3.Connection, exchange: Exchange, row: sqlite3.Row) -> int | None:
    """Return our capture that is the same as one of another archive, whichever program kept it."""
    named = db.execute("select capture from records where record = ?", (exchange.record,)).fetchone()
    same = named or db.execute(
        _SAME,
        (row["url"], row["captured_at"], row["method"], row["kind"], row["status"], row["error"], row["headers"], row["payload"]),
    ).fetchone()  # fmt: skip
    return int(same[0]) if same else None


def _take_over(archive: Archive, capture: int, held: sqlite3.Row | None) -> None:
    """Give a list its earlier outcome; the links it showed are not asked for here."""
    if held is None:
        return
    row = archive.db.execute("select * from captures where id = ?", (capture,)).fetchone()
    with archive.writing():
        rules, _ = archive.ensure_rules(row["site"], row["captured_at"])
        Ledger(archive.db, archive.clock.now).add(
            Reading(
                capture=row,
                reader=held["reader"],
                rules=rules,
                outcome=Outcome(held["outcome"]),
                reason=held["reason"],
                flags=tuple(json.loads(held["flags"])),
                found=held["found"],
            )
        )


def _read_all(archive: Archive, sites: dict[str, Site], tick: Callable[[], None]) -> None:
    def parse(job: Job, cheap: bool) -> Article | Unreadable | Rows:
        declared = sites.get(job.site)
        if job.kind == Kind.LISTING:
            return (
                extract.read_rows(job.page, declared)
                if declared
                else Unreadable(reason="a list of no declared site")
            )
        found = extract.read_cheaply(job.page) if cheap else extract.read(job.page, declared)
        return extract.with_pictures(found, job.page, declared) if declared and not cheap else found

    while ready := archive.queue.ready(limit=64):
        for capture in ready:
            if archive.queue.holds(capture):
                job = archive.jobs.of(capture)
                archive.record(job, read_job(job, parse))
                tick()


def _withhold(archive: Archive, source: sqlite3.Connection, name: str) -> None:
    """Withhold here what is withheld there, under the same word.

    What is shown there but withheld here stays withheld.
    """
    here = {one.url for one in withholdings(archive.db)}
    with archive.writing():
        for one in withholdings(source):
            document = known_by(archive.db, one.url)
            if document is None or one.url in here:
                continue
            by = f"{one.by} (in {name}, {one.at})"
            withhold(archive.db, document, reason=one.reason, by=by, at=archive.clock.now())


def _declarations(db: sqlite3.Connection) -> dict[str, Site]:
    """Return the newest declaration of each site in an archive that can be understood today."""
    found: dict[str, Site] = {}
    for site, declaration in db.execute("select site, declaration from rules where site != '*' order by id"):
        with suppress(ValueError, TypeError, KeyError, ArchiveError):
            found[site] = site_from_json(declaration)
    return found
