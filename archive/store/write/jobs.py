"""The jobs of the reader processes: the kept bytes of a page, and what is known of its document.

A job is made from the file alone, so that any reading can be repeated. Making a job writes nothing. ``Parts``
keeps the further pages of an article together: a version holds all of them or is not made.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType

from archive.clock import until_text
from archive.model import Article, Job, Kind, Page, Site
from archive.store.file.payloads import Payloads
from archive.store.file.queue import Queue, was_given_later
from archive.store.schedule.frontier import Frontier
from archive.store.write.documents import document_url, doubted_title, name_in_list, title_evidence_of

GOOD = "r.version is not null"


class Jobs:
    """The jobs that can be made of one archive's captures."""

    def __init__(
        self,
        db: sqlite3.Connection,
        payloads: Payloads,
        reader: str,
        ensure_rules: Callable[[str, str], tuple[int, Site | None]],
        sites: Mapping[str, Site] = MappingProxyType({}),
    ) -> None:
        self._db = db
        self._payloads = payloads
        self._reader = reader
        self._ensure_rules = ensure_rules
        self._sites = sites

    def of(self, capture: int) -> Job:
        """Return all a reader process needs for one capture."""
        row = self._db.execute("select * from captures where id = ?", (capture,)).fetchone()
        rules, declared = self._ensure_rules(row["site"], row["captured_at"])
        page = self._page(row)
        document = self._document(row, declared) if row["kind"] == "article" else None
        return Job(
            capture=capture,
            kind=row["kind"],
            site=row["site"],
            rules=rules,
            page=page,
            known_visible=None if page.parts or document is None else self._known_visible(document, rules),
            previous=self._previous(document, row) if document else None,
            before=self._before(document, rules) if document else None,
            witness=title_evidence_of(self._db, document, row, listed_as=page.listed_as),
            again=was_given_later(self._db, capture),
        )

    def shows(self, capture: int) -> str:
        """Return the address a capture is a look at: the document's, or its own if it names none."""
        row = self._db.execute("select * from captures where id = ?", (capture,)).fetchone()
        _, declared = self._ensure_rules(row["site"], row["captured_at"])
        return document_url(self._db, row, declared) or row["url"]

    def sites(self) -> list[str]:
        """Return the sites and hosts whose pages are kept."""
        return [row[0] for row in self._db.execute("select distinct site from documents order by site")]

    def again(self, sites: Iterable[str]) -> Iterator[Job]:
        """Yield a job for every kept page that was last read by another reader or other rules, oldest first.

        A page is read again by a rule that was changed and changed back, although its readings by that rule
        are held: the readings by the rules in between are later.
        """
        for site, rules, after, before in self._forms(sites):
            rows = self._db.execute(
                "select g.capture, g.document, g.is_trusted from (select max(r.capture) as capture, r.document, "
                "  max(r.version is not null) as is_trusted, max(r.id) as last "
                "  from readings r join captures c on c.id = r.capture "
                "  where c.site = ? and c.captured_at > ? and c.captured_at <= ? "
                "  and c.kind = 'article' and r.document is not null and r.payload is not null "
                "  and r.outcome in ('new', 'changed', 'unchanged', 'unreadable', 'quarantined') "
                "  group by r.document, r.payload) g join readings l on l.id = g.last "
                "where l.reader != ? or l.rules != ? order by g.capture",
                (site, after, before, self._reader, rules),
            ).fetchall()
            for capture, _, is_trusted in rows:
                # A text that was doubted against the text before it is doubted again; a released text stays
                # released.
                yield self._reread(capture, rules, is_trusted=bool(is_trusted))

    def _forms(self, sites: Iterable[str]) -> Iterator[tuple[str, int, str, str]]:
        """Yield each form of each site's declaration, oldest first.

        A form has its rules, and the times after which and up to which it was valid.
        """
        for site in sites:
            declared, after = self._sites.get(site), ""
            for until in sorted(form.until for form in declared.earlier) if declared else ():
                last = until_text(until)
                yield site, self._ensure_rules(site, last)[0], after, last
                after = last
            yield site, self._ensure_rules(site, "")[0], after, "9999"

    def files_again(self, sites: Iterable[str], reader: str) -> Iterator[Job]:
        """Yield a job for every kept file that today's reader of files has not read."""
        for site in sites:
            rows = self._db.execute(
                "select min(c.id) from attachment_sightings s join captures c on c.id = s.capture where c.site = ? "
                "and c.payload is not null and not exists (select 1 from attachment_texts t "
                "  where t.payload = c.payload and t.reader = ?) group by c.payload order by 1",
                (site, reader),
            ).fetchall()
            for (capture,) in rows:
                yield self.of(capture)

    def renewed(self, job: Job) -> Job:
        """Return a job of ``again`` with what has been recorded of its document since it was made."""
        if job.kind != Kind.ARTICLE or not job.again:
            return job
        return self._reread(job.capture, job.rules, is_trusted=job.previous is None)

    def _reread(self, capture: int, rules: int, *, is_trusted: bool = True) -> Job:
        row = self._db.execute("select * from captures where id = ?", (capture,)).fetchone()
        page, document = (
            self._page(row),
            self._document(row, self._ensure_rules(row["site"], row["captured_at"])[1]),
        )
        return Job(
            capture=capture,
            kind=row["kind"],
            site=row["site"],
            rules=rules,
            page=page,
            previous=None if is_trusted or document is None else self._previous(document, row),
            again=True,
            witness=title_evidence_of(self._db, document, row, listed_as=page.listed_as),
        )

    def _page(self, row: sqlite3.Row) -> Page:
        parts = self._db.execute(
            "select c.url, c.payload, c.headers from parts p join captures c on c.id = p.fetched "
            "where p.capture = ? and c.payload is not null order by p.number",
            (row["id"],),
        ).fetchall()
        return Page(
            url=row["url"],
            body=self._payloads.get(row["payload"]),
            content_type=_content_type(row["headers"]),
            captured_at=row["captured_at"],
            listed_as=name_in_list(self._db, row["url"]) if row["kind"] == "article" else "",
            parts=tuple(
                (part["url"], self._payloads.get(part["payload"]), _content_type(part["headers"]))
                for part in parts
            ),
        )

    def _document(self, row: sqlite3.Row, declared: Site | None) -> int | None:
        held = self._db.execute(
            "select id from documents where url = ?", (document_url(self._db, row, declared),)
        ).fetchone()
        return held[0] if held else None

    def _known_visible(self, document: int, rules: int) -> str | None:
        row = self._db.execute(
            "select r.visible_digest, r.found from readings r join captures c on c.id = r.capture "
            f"where r.document = ? and r.reader = ? and r.rules = ? and {GOOD} and r.visible_digest is not null "
            "order by c.captured_at desc, r.id desc limit 1",
            (document, self._reader, rules),
        ).fetchone()
        return row["visible_digest"] if row and not doubted_title(row["found"]) else None

    def _previous(self, document: int, capture: sqlite3.Row) -> str | None:
        """Return the text that a document showed before a capture, even where later looks are known."""
        row = self._db.execute(
            "select v.text from readings r join captures c on c.id = r.capture join versions v on v.id = r.version "
            "where r.document = ? and c.id != ? and c.captured_at <= ? order by c.captured_at desc, r.id desc limit 1",
            (document, capture["id"], capture["captured_at"]),
        ).fetchone()
        return row[0] if row else None

    def _before(self, document: int, rules: int) -> Job | None:
        row = self._db.execute(
            f"select r.capture from readings r join captures c on c.id = r.capture where r.document = ? and {GOOD} "
            "and c.kind = 'article' and c.payload is not null order by c.captured_at desc, r.id desc limit 1",
            (document,),
        ).fetchone()
        if row is None:
            return None
        done = self._db.execute(
            "select 1 from readings where capture = ? and reader = ? and rules = ?",
            (row["capture"], self._reader, rules),
        ).fetchone()
        return None if done else self._reread(row["capture"], rules)


def _content_type(headers: str) -> str:
    return next((value for name, value in json.loads(headers) if name.lower() == "content-type"), "")


MOST_PAGES = 40


class Parts:
    """The further pages that articles wait for. Writes belong inside the caller's transaction."""

    def __init__(self, db: sqlite3.Connection, frontier: Frontier, queue: Queue) -> None:
        self._db = db
        self._frontier = frontier
        self._queue = queue

    def ask(self, job: Job, article: Article, *, at: str) -> bool:
        """Ask for the further pages that a reading names; return whether its article has to wait for them.

        A replay asks for nothing: it takes a page that the same crawl kept; any other page is missing.
        """
        known = {
            row[0] for row in self._db.execute("select url from parts where capture = ?", (job.capture,))
        }
        wanted = [url for url in article.next_pages if url not in known and url != job.page.url]
        wanted = wanted[: max(0, MOST_PAGES - len(known))]
        if not wanted:
            return False
        capture = self._db.execute("select * from captures where id = ?", (job.capture,)).fetchone()
        for number, url in enumerate(wanted, len(known) + 2):
            self._db.execute(
                "insert into parts (capture, number, url, fetched) values (?, ?, ?, ?)",
                (job.capture, number, url, self._part_capture(capture, url)),
            )
        if capture["origin"] == "network":
            self._frontier.add(
                site=job.site, kind=Kind.ARTICLE, urls=wanted, due_at=at, why=f"page of {job.page.url}",
                part_of=job.capture,
            )  # fmt: skip
        return True

    def missing(self, capture: int) -> str | None:
        """Return the address of a page that an article lacks, None when it has all its pages."""
        row = self._db.execute(
            "select url from parts where capture = ? and fetched is null order by number limit 1", (capture,)
        ).fetchone()
        return row[0] if row else None

    def lacks_refused_part(self, capture: int) -> bool:
        """Return whether an article lacks a page that was refused or failed.

        A refusal or a failure says nothing of that page.
        """
        row = self._db.execute(
            "select 1 from parts p join captures a on a.id = p.capture join captures c on c.url = p.url and c.crawl = a.crawl "
            "join readings r on r.capture = c.id where p.capture = ? and p.fetched is null "
            "and r.outcome in ('blocked', 'failed') limit 1",
            (capture,),
        ).fetchone()
        return row is not None

    def _part_capture(self, capture: sqlite3.Row, url: str) -> int | None:
        if capture["origin"] == "network":
            return None
        # A file may hold the page many times. The one of this look was captured next after it, or else just
        # before.
        row = self._db.execute(
            "select id from captures where crawl = :crawl and url = :url and payload is not null order by "
            "captured_at < :at, abs(julianday(captured_at) - julianday(:at)), id limit 1",
            {"crawl": capture["crawl"], "url": url, "at": capture["captured_at"]},
        ).fetchone()
        return row[0] if row else None
