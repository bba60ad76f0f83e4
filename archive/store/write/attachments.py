"""Attached files: asked for when a version names them, kept, read, and set against their documents.

A file that cannot be had makes no version and no alarm. An event reports it, and the file is asked for again
later. Some files are linked on a host that refuses outsiders, and are also served under the same path on the
page's own host. That address is asked next, if both hosts belong to one declared domain.

``Editions`` keeps documents in step with their files: a replaced file makes a version, with the file's own
capture as its sighting. Everything is derived from the sightings, so a file that arrives late (a replay)
gives the same versions as a file that came in its time. Only the later sightings of the document are derived
again.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from archive import ATTACHMENT_READER
from archive.clock import later
from archive.model import AttachmentText, Cause, Exchange, Job, Kind, Outcome, ReadingResult, Site, Unreadable
from archive.revisit import DAY
from archive.store.file.captures import add_event
from archive.store.file.queue import Queue
from archive.store.schedule.frontier import Frontier
from archive.store.write.documents import derive_current_version
from archive.store.write.ledger import Ledger, Reading
from archive.store.write.transitions import summarise
from archive.store.write.versions import (
    article_of,
    ensure_version,
    file_url,
    files_at,
    linking,
    payload_at,
    prepared_of,
    put_readings_aside,
    state_with_files,
    urls_of,
)
from archive.urls import host_of, in_domains

# How long a host that refuses is not asked again for a file that can be had elsewhere.
_IN_PEACE = 30 * DAY
_LONGEST_ADDRESS = 2_083


class Editions:
    """The versions that attached files make. Writes belong inside the caller's transaction."""

    def __init__(self, db: sqlite3.Connection, ledger: Ledger, now: Callable[[], str]) -> None:
        self._db = db
        self._ledger = ledger
        self._now = now

    def version(self, version: int, capture: sqlite3.Row, cause: Cause) -> int:
        """Return the version that consists of a page's version and the files as they were at a capture."""
        urls = urls_of(self._db, version)
        if not urls:
            return version
        row = self._db.execute("select * from versions where id = ?", (version,)).fetchone()
        files = files_at(self._db, urls, capture["captured_at"])
        page = row["page_digest"] or row["state_digest"]
        if state_with_files(page, files.replaced) == row["state_digest"]:
            return version
        captures = list(dict.fromkeys([*json.loads(row["captures"]), capture["id"]]))
        found, _ = ensure_version(
            self._db,
            row["document"],
            article_of(self._db, row),
            prepared_of(row, page),
            captures=captures,
            cause=cause,
            reader=row["reader"],
            rules=row["rules"],
            at=self._now(),
            files=files,
        )
        return found

    def rewrite_summaries(self, document: int) -> None:
        """Write the summaries of a document's changes again after the text of a changed file became known."""
        summarise(self._db, document)

    def narrow(self, document: int, capture: int) -> None:
        """Derive a document's changes again after a file was seen late.

        The file bounds the changes, even where it changed nothing.
        """
        self._ledger.rederive_changes(document, capture)

    def after_page(self, document: int, capture: sqlite3.Row, cause: Cause) -> None:
        """Derive the sightings of a page's files that follow it again.

        This is needed when the page came late, or was read after its files.
        """
        later = self._db.execute(
            "select 1 from attachments a join versions v on v.id = a.version "
            "join attachment_sightings s on s.url = a.url join captures c on c.id = s.capture "
            "where v.document = ? and c.captured_at > ? limit 1",
            (document, capture["captured_at"]),
        ).fetchone()
        if later:
            self.bring_in_step(
                document, capture["captured_at"], cause=cause, until=self._next_page(document, capture)
            )

    def bring_in_step(self, document: int, since: str, *, cause: Cause, until: str = "9") -> None:
        """Set the sightings of a document between two moments against the files of their time."""
        base: dict[str, Any] | None = None
        standing: int | None = None
        news: int | None = None
        for sighting in self._sightings(document):
            if sighting["captured_at"] >= until:
                break
            if sighting["kind"] == "article":
                base = sighting
            if base is None:
                continue
            if sighting["captured_at"] < since:
                standing = sighting["version"] or standing
                continue
            capture = self._capture(sighting["capture"])
            version = self.version(base["version"], capture, cause)
            if _is_news(sighting, base, version, standing):
                self._ledger.add(_reading(base, capture, document, version))
                news = capture["id"]
            standing = version
        if news is not None:
            derive_current_version(self._db, document)
            self._ledger.rederive_changes(document, news)

    def set_aside(self, document: int, *, by: int) -> None:
        """Set the sightings of a document's files against its pages again, after readings were put aside."""
        rows = self._db.execute(
            "select r.id from readings r join captures c on c.id = r.capture where r.document = ? "
            "and c.kind = 'attachment' and r.version is not null",
            (document,),
        ).fetchall()
        put_readings_aside(self._db, rows, by=by)
        if rows:
            self.bring_in_step(document, "", cause=Cause.SOURCE)

    def _next_page(self, document: int, capture: sqlite3.Row) -> str:
        row = self._db.execute(
            "select min(c.captured_at) from readings r join captures c on c.id = r.capture where r.document = ? "
            "and r.version is not null and c.kind = 'article' and c.captured_at > ?",
            (document, capture["captured_at"]),
        ).fetchone()
        return row[0] or "9"

    def _sightings(self, document: int) -> list[dict[str, Any]]:
        """Return the captures that showed a version, and those of its files, in order.

        A capture of a page comes with its last reading.
        """
        rows = self._db.execute(
            "select r.capture, r.version, r.reader, r.rules, r.flags, c.captured_at, c.kind from readings r "
            "join captures c on c.id = r.capture where r.id in (select max(s.id) from readings s "
            "  where s.document = ? and s.version is not null group by s.capture)",
            (document,),
        ).fetchall()
        sightings = {row["capture"]: dict(row) for row in rows}
        for row in self._db.execute(
            "select distinct c.id, c.captured_at from attachments a join versions v on v.id = a.version "
            "join attachment_sightings s on s.url = a.url join captures c on c.id = s.capture where v.document = ?",
            (document,),
        ):
            unread = {"capture": row["id"], "captured_at": row["captured_at"], "kind": "attachment"}
            unread |= {"version": None, "reader": None, "rules": None, "flags": "[]"}
            sightings.setdefault(row["id"], unread)
        return sorted(sightings.values(), key=lambda sighting: (sighting["captured_at"], sighting["capture"]))

    def _capture(self, capture: int) -> sqlite3.Row:
        row: sqlite3.Row = self._db.execute("select * from captures where id = ?", (capture,)).fetchone()
        return row


def _is_news(sighting: dict[str, Any], base: dict[str, Any], version: int, standing: int | None) -> bool:
    if sighting["version"] is None:
        return version != standing
    by_another = (sighting["reader"], sighting["rules"]) != (base["reader"], base["rules"])
    return version != sighting["version"] or by_another


def _reading(base: dict[str, Any], capture: sqlite3.Row, document: int, version: int) -> Reading:
    return Reading(
        capture=capture,
        reader=base["reader"],
        rules=base["rules"],
        outcome=Outcome.CHANGED,
        flags=tuple(json.loads(base["flags"])),
        document=document,
        version=version,
        again=True,
    )


class Attachments:
    """The attached files of one archive. Writes belong inside the caller's transaction."""

    def __init__(self, db: sqlite3.Connection, frontier: Frontier, queue: Queue, editions: Editions,
                 sites: Mapping[str, Site], now: Callable[[], str]) -> None:  # fmt: skip
        self._db = db
        self._frontier = frontier
        self._queue = queue
        self._editions = editions
        self._sites = sites
        self._now = now

    def follow(self, capture: int) -> None:
        """Put the files of the version that a page's capture showed into the frontier.

        A replay asks for none.
        """
        row = self._db.execute(
            "select c.origin, c.captured_at, c.crawl, c.site, r.outcome, r.version, r.document, d.url "
            "from captures c join readings r on r.capture = c.id join documents d on d.id = r.document "
            "where c.id = ? and c.kind = 'article' and r.version is not null order by r.id desc limit 1",
            (capture,),
        ).fetchone()
        if row is None or row["origin"] != "network":
            return
        now = self._now()
        urls = urls_of(self._db, row["version"])
        ours = [url for url in urls if self._is_of_site(url, row["url"], row["site"])]
        self._frontier.add(
            site=row["site"], kind=Kind.ATTACHMENT, urls=ours, due_at=now, why=f"attachment of {row['url']}"
        )
        if row["outcome"] == Outcome.CHANGED:
            self._frontier.hurry(site=row["site"], kind=Kind.ATTACHMENT, urls=ours, due_at=now)
        for url in urls:
            if url not in ours:
                self._refuse(url, row)

    def note_exchange(self, exchange: Exchange, capture: int, outcome: Outcome, reason: str | None) -> None:
        """Note an exchange that asked for a file: as a sighting of it, or as a failure to get it."""
        asked = file_url(exchange.asked or exchange.url)
        if outcome in (Outcome.ATTACHMENT, Outcome.NOT_MODIFIED):
            self._note_sighting(asked, capture, exchange.captured_at)
        elif outcome is not Outcome.REDIRECTED:
            is_last_try = outcome is not Outcome.FAILED or exchange.retry_in is None
            if not self._ask_twins(asked, exchange.site) and is_last_try:
                why = f"{outcome}: {reason}" if reason else str(outcome)
                self._note_missing(asked, why, site=exchange.site, capture=capture, at=exchange.captured_at)

    def note_given(self, captures: Iterable[int]) -> None:
        """Note the captures of files that were given the body which they repeat."""
        for capture in captures:
            row = self._db.execute("select * from captures where id = ?", (capture,)).fetchone()
            if row["kind"] == Kind.ATTACHMENT:
                self._note_sighting(file_url(row["url"]), capture, row["captured_at"])

    def note_refusal(self, asked: str, reason: str, *, site: str) -> None:
        """Note a file that was not asked for: its address is refused, or robots.txt forbids it."""
        if not self._ask_twins(asked, site):
            self._note_missing(asked, f"refused: {reason}", site=site, capture=None, at=self._now())

    def _note_missing(self, asked: str, reason: str, *, site: str, capture: int | None, at: str) -> None:
        """Add an event that a file cannot be had, once for each reason since it was last seen."""
        linked = {url: pages for url in self._meant(asked) if (pages := linking(self._db, url))}
        for url, pages in (linked or {asked: []}).items():
            if self._is_noted(url, reason):
                continue
            add_event(
                self._db,
                "attachment_missing",
                at=at,
                site=site,
                document=pages[0]["id"] if pages else None,
                capture=capture,
                details={"url": url, "asked": asked, "reason": reason},
            )

    def record(self, job: Job, reading_result: ReadingResult) -> Outcome:
        """Record a reading of a file, and summarise its changes again, now that its text is known."""
        result = reading_result.result
        if isinstance(result, Unreadable):
            result = AttachmentText(kind="unknown", reason=result.reason)
        assert isinstance(result, AttachmentText)
        payload = self._payload(job.capture)
        made = self._db.execute(
            "insert into attachment_texts (payload, reader, kind, text, text_digest, flags, reason, read_at) "
            "values (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                payload,
                ATTACHMENT_READER,
                result.kind,
                result.text,
                _digest(result.text),
                json.dumps(result.flags),
                result.reason,
                self._now(),
            ),
        )
        self._db.execute(
            "insert into attachment_index (rowid, grams) values (?, ?)",
            (made.lastrowid, reading_result.grams),
        )
        self._queue.remove(job.capture)
        for row in self._db.execute(
            "select distinct t.document from transitions t join attachment_sightings s on s.capture = t.to_capture "
            "where s.payload = ?",
            (payload,),
        ).fetchall():
            self._editions.rewrite_summaries(row[0])
        return Outcome.ATTACHMENT

    def _note_sighting(self, asked: str, capture: int, at: str) -> None:
        row = self._db.execute("select * from captures where id = ?", (capture,)).fetchone()
        for url in self._meant(asked):
            before = payload_at(self._db, url, at)
            payload = row["payload"] or before
            if payload is None:
                continue
            self._db.execute(
                "insert or ignore into attachment_sightings (url, capture, payload) values (?, ?, ?)",
                (url, capture, payload),
            )
            if url != asked:
                # The file can be had elsewhere: the host that refuses is not asked.
                self._frontier.postpone(url, later(at, _IN_PEACE))
            is_late = self._is_late(url, at)
            if (before is not None and payload != before) or is_late:
                for document in linking(self._db, url):
                    self._editions.bring_in_step(document["id"], at, cause=Cause.SOURCE)
                    if is_late:
                        self._editions.narrow(document["id"], capture)
        if row["payload"] and not self._is_read(row["payload"]):
            self._queue.add(capture, later=True)

    def _meant(self, asked: str) -> list[str]:
        """Return the addresses that a page may have linked when this address was asked.

        They are the address itself, and the addresses it is a twin of.
        """
        rows = self._db.execute("select url from attachment_twins where twin = ? order by url", (asked,))
        return list(dict.fromkeys([asked, *(row[0] for row in rows)]))

    def _ask_twins(self, asked: str, site: str) -> bool:
        """Ask for a file on the hosts of the pages that link to it; return whether there are any."""
        twins = {page["url"]: self._twin(asked, page["url"], site) for page in linking(self._db, asked)}
        for page, twin in twins.items():
            if twin is None:
                continue
            self._db.execute(
                "insert or ignore into attachment_twins (url, twin) values (?, ?)", (asked, twin)
            )
            self._frontier.add(
                site=site,
                kind=Kind.ATTACHMENT,
                urls=[twin],
                due_at=self._now(),
                why=f"attachment of {page}",
            )
        return any(twins.values())

    def _twin(self, url: str, page: str, site: str) -> str | None:
        declared = self._sites.get(site)
        domains = declared.domains if declared else ()
        if not any(in_domains(url, [domain]) and in_domains(page, [domain]) for domain in domains):
            return None
        own, parts = urlsplit(page), urlsplit(url)
        twin = file_url(parts._replace(scheme=own.scheme, netloc=own.netloc).geturl())
        return None if twin == url else twin

    def _is_of_site(self, url: str, page: str, site: str) -> bool:
        declared = self._sites.get(site)
        return len(url) <= _LONGEST_ADDRESS and in_domains(
            url, declared.domains if declared else [host_of(page)]
        )

    def _refuse(self, url: str, row: sqlite3.Row) -> None:
        known = self._db.execute(
            "select 1 from events where document = ? and kind = 'refused' "
            "and json_extract(details, '$.asked') = ? limit 1",
            (row["document"], url),
        ).fetchone()
        if known is None:
            reason = f"attachment.offsite: to {host_of(url) or 'no address'}"
            add_event(
                self._db,
                "refused",
                at=self._now(),
                site=row["site"],
                document=row["document"],
                crawl=row["crawl"],
                details={"asked": url, "reason": reason, "kind": "attachment"},
            )

    def _is_noted(self, url: str, reason: str) -> bool:
        row = self._db.execute(
            "select 1 from events where kind = 'attachment_missing' and json_extract(details, '$.url') = ? "
            "and json_extract(details, '$.reason') = ? and happened_at > coalesce((select max(c.captured_at) "
            "  from attachment_sightings s join captures c on c.id = s.capture where s.url = ?), '') limit 1",
            (url, reason, url),
        ).fetchone()
        return row is not None

    def _is_late(self, url: str, at: str) -> bool:
        row = self._db.execute(
            "select 1 from attachment_sightings s join captures c on c.id = s.capture "
            "where s.url = ? and c.captured_at > ? limit 1",
            (url, at),
        ).fetchone()
        return row is not None

    def _is_read(self, payload: str) -> bool:
        row = self._db.execute(
            "select 1 from attachment_texts where payload = ? and reader = ? limit 1",
            (payload, ATTACHMENT_READER),
        ).fetchone()
        return row is not None

    def _payload(self, capture: int) -> str:
        return str(self._db.execute("select payload from captures where id = ?", (capture,)).fetchone()[0])


def _digest(text: str | None) -> str | None:
    return None if text is None else "sha256:" + hashlib.sha256(text.encode()).hexdigest()
