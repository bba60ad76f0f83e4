"""Consistency between rows: each question is a statement that returns the rows that disagree."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator

from archive.errors import NotCanonical
from archive.model import Role, Site, site_from_json
from archive.store.evidence.rederive import Difference
from archive.store.write.documents import document_url
from archive.urls import canonical_url, first_part, role_of

_HEADER = "(select json_extract(value, '$[1]') from json_each(c.headers) where lower(json_extract(value, '$[0]')) = '{}' limit 1)"
# Table, column, damage, and the statement that returns the rows. Rows from before a column was kept have NULL
# there.
QUESTIONS = (
    ("attachments", "media_type", "is a column that nothing writes",
     "select id from attachments where media_type is not null or text is not null"),
    ("captures", "etag", "is not that of its headers",
     f"select id from captures c where etag is not nullif({_HEADER.format('etag')}, '')"),
    ("captures", "last_modified", "is not that of its headers",
     f"select id from captures c where last_modified is not nullif({_HEADER.format('last-modified')}, '')"),
    ("captures", "redirected_from", "follows a capture that was kept after it",
     "select id from captures where redirected_from >= id"),
    ("captures", "redirected_from", "follows an answer that is no redirect",
     "select c.id from captures c join captures f on f.id = c.redirected_from "
     "where f.status not between 300 and 399 and f.status != 200"),
    ("captures", "captured_at", "is before the capture that it follows",
     "select c.id from captures c join captures f on f.id = c.redirected_from where c.captured_at < f.captured_at"),
    ("captures", "payload", "is not what its record repeats",
     "select c.id from captures c join repeats r on r.capture = c.id where c.payload is not r.payload"),
    ("captures", "captured_at", "is no time", "select id from captures where captured_at not glob "
     "'[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9]Z'"),
    ("captures", None, "has no outcome and does not wait to be read",
     "select id from captures c where not exists (select 1 from readings where capture = c.id) "
     "and not exists (select 1 from queue where capture = c.id) "
     "and not exists (select 1 from parts where fetched = c.id)"),
    ("payloads", "kept_at", "is not when the first capture with it was kept",
     "select p.id from payloads p where kept_at is not (select captured_at from captures c where c.payload = p.digest "
     "and not exists (select 1 from repeats r where r.capture = c.id) order by c.id limit 1)"),
    ("payloads", None, "belongs to no capture",
     "select id from payloads p where not exists (select 1 from captures where payload = p.digest)"),
    ("readings", "payload", "is not that of its capture",
     "select r.id from readings r join captures c on c.id = r.capture where r.payload is not c.payload "
     "and not exists (select 1 from repeats p where p.capture = c.id and r.payload is null)"),
    ("readings", "version", "is a version of another document",
     "select r.id from readings r join versions v on v.id = r.version where v.document is not r.document"),
    ("readings", "outcome", "shows a version, or shows none where its outcome says so",
     "select id from readings where (outcome in ('new', 'changed', 'unchanged')) != (version is not null) "
     "and not (outcome in ('not_modified', 'attachment'))"),
    ("readings", "again", "its capture has two first readings",
     "select max(id) from readings where again = 0 group by capture having count(*) > 1"),
    ("versions", "cause", "is the first of its document, or is not, where its cause says so",
     "select id from versions where (cause = 'first') != (number = 1)"),
    ("versions", None, "no reading shows it",
     "select id from versions v where not exists (select 1 from readings where version = v.id)"),
    ("versions", "captures", "names a capture that is not there",
     "select v.id from versions v, json_each(v.captures) e where not exists (select 1 from captures where id = e.value)"),
    ("versions", "number", "its document has versions that are missing",
     "select max(v.id) from versions v group by v.document having max(number) != count(*) + "
     "(select count(*) from superseded_versions s where s.document = v.document and s.number < max(v.number))"),
    ("attachment_sightings", "payload", "is not that of its capture",
     "select s.id from attachment_sightings s join captures c on c.id = s.capture where s.payload is not c.payload "
     "and c.status != 304"),
    ("attachment_texts", "payload", "was never seen",
     "select t.id from attachment_texts t where not exists (select 1 from attachment_sightings where payload = t.payload)"),
    ("attachments", None, "its version is not there", "select a.id from attachments a "
     "where not exists (select 1 from versions where id = a.version)"),
    ("events", "happened_at", "is not the time of the look it follows from",
     "select e.id from events e join captures c on c.id = e.capture where e.happened_at != c.captured_at "
     "and e.kind in ('absent', 'blocked', 'unreadable', 'quarantined', 'edited', 'withdrawn', 'replaced', 'moved', 'restored')"),
    ("events", "document", "its capture is a look at another document",
     "select e.id from events e where e.kind in ('absent', 'blocked', 'edited', 'unreadable') and not exists "
     "(select 1 from readings r where r.capture = e.capture and r.document = e.document) and not exists "
     "(select 1 from superseded_readings r where r.capture = e.capture and r.document = e.document) "
     "and not exists (select 1 from attachment_sightings s where s.capture = e.capture)"),
    ("crawls", "finished_at", "is before its beginning", "select id from crawls where finished_at < started_at"),
    ("crawls", "verdict", "was closed without a verdict, or has one and was not closed",
     "select id from crawls where (verdict is null) != (finished_at is null)"),
    ("crawls", "rules_digest", "names rules that are not held",
     "select id from crawls c where not exists (select 1 from rules where digest = c.rules_digest)"),
    ("documents", "current", "is a version of another document",
     "select d.id from documents d join versions v on v.id = d.current where v.document != d.id"),
    ("tallies", None, "the count of a site, state and month is not that of its documents",
     "select min(rowid) from (select 1 as rowid from (select site, state, coalesce(substr(published_at, 1, 7), '') as month, "
     "count(*) as documents from documents group by 1, 2, 3 except select site, state, month, documents from tallies) "
     "union all select 1 from (select site, state, month, documents from tallies where documents != 0 except "
     "select site, state, coalesce(substr(published_at, 1, 7), ''), count(*) from documents group by 1, 2, 3)) "
     "having count(*) > 0"),
)  # fmt: skip


def disagreements(db: sqlite3.Connection) -> Iterator[Difference]:
    """Yield the rows that disagree with others."""
    for table, column, what, statement in QUESTIONS:
        try:
            rows = db.execute(statement).fetchall()
        except sqlite3.DatabaseError as error:
            yield Difference(
                table=table, row=None, column=column, what=f"cannot be held against others ({error})"
            )
            continue
        for (row,) in rows:
            yield Difference(table=table, row=None if table == "tallies" else row, column=column, what=what)


def strangers(db: sqlite3.Connection) -> Iterator[Difference]:
    """Yield the documents whose address, publisher or role neither a declaration nor a look gives."""
    declared: dict[str, list[Site]] = {}
    for site, text in db.execute("select site, declaration from rules where declaration != '{}'"):
        declared.setdefault(site, []).append(site_from_json(text))
    for row in db.execute("select id, site, publisher, url, role from documents order by id").fetchall():
        sites = declared.get(row["site"], [])
        publishers = {one.publisher for one in sites} | {row["site"]}
        if row["publisher"] not in publishers:
            yield Difference(
                table="documents", row=row["id"], column="publisher", what="no declaration names it"
            )
        if row["role"] not in {str(role_of(row["url"], one)) for one in sites} | {str(Role.UNKNOWN)}:
            yield Difference(table="documents", row=row["id"], column="role", what="no declaration gives it")
        if row["url"] not in _asked(db, row["id"], sites):
            yield Difference(
                table="documents", row=row["id"], column="url", what="no look at it asked for that address"
            )


def _asked(db: sqlite3.Connection, document: int, sites: list[Site]) -> set[str]:
    found: set[str] = set()
    for row in db.execute(
        "select distinct c.* from readings r join captures c on c.id = r.capture where r.document = ? and c.kind = 'article' "
        "order by c.id limit 50",
        (document,),
    ).fetchall():
        for declared in (*sites, None):
            try:
                found.add(document_url(db, row, declared) or "")
                found.add(first_part(row["url"], declared) if declared else canonical_url(row["url"]))
            except NotCanonical:
                continue
    return found


def media_types(db: sqlite3.Connection) -> Iterator[Difference]:
    """Yield the payloads whose media type differs from the claim of the first answer with them."""
    cursor = db.cursor()
    cursor.row_factory = None
    cursor.execute(
        "select p.id, p.media_type, (select c.headers from captures c where c.payload = p.digest and not exists "
        "(select 1 from repeats r where r.capture = c.id) order by c.id limit 1) from payloads p"
    )
    for row, held, headers in cursor:
        if headers is None:
            continue
        told = next((value for name, value in json.loads(headers) if name.lower() == "content-type"), "")
        if held != told.split(";")[0].strip().lower():
            what = "is not what the first answer with this body claimed"
            yield Difference(table="payloads", row=row, column="media_type", what=what)


def backward_clocks(db: sqlite3.Connection, least: float = 60.0) -> Iterator[Difference]:
    """Yield crawls that began before an earlier one ended, and captures kept long after later ones.

    Only our own captures are compared. Such rows are noted, not wrong: clocks are set back in the life of a
    machine. But a capture that was dated back looks the same.
    """
    rows = db.execute(
        "select id, at, latest from (select id, captured_at as at, max(captured_at) over (partition by crawl order by id "
        "rows between unbounded preceding and 1 preceding) as latest from captures "
        "where origin = 'network' and clock = 'wall') where julianday(latest) - julianday(at) > ? / 86400.0",
        (least,),
    )
    for row in rows.fetchall():
        what = f"{row['at']}, kept after a capture of {row['latest']}: the clock ran backwards, or was dated back"
        yield Difference(table="captures", row=row["id"], column="captured_at", what=what)
    for row in db.execute(
        "select id, started_at, before from (select id, started_at, command, max(started_at) over (order by id rows "
        "between unbounded preceding and 1 preceding) as before from crawls) "
        "where julianday(before) - julianday(started_at) > ? / 86400.0",
        (least,),
    ).fetchall():
        what = f"{row['started_at']}, begun after a crawl of {row['before']}: the clock ran backwards"
        yield Difference(table="crawls", row=row["id"], column="started_at", what=what)


def shapes(db: sqlite3.Connection, expected: dict[str, str]) -> Iterator[Difference]:
    """Yield the views, triggers and indexes that differ from those of this yuanben.

    ``expected``: their statements by name.
    """
    held = {
        row[0]: _plain(row[1])
        for row in db.execute("select name, sql from sqlite_master where sql is not null and type != 'table'")
    }
    for name, statement in expected.items():
        if held.get(name) != _plain(statement):
            what = "is missing" if name not in held else "is not the one of this yuanben"
            yield Difference(table=name, row=None, column=None, what=what)


def _plain(statement: str) -> str:
    return " ".join(statement.split()).lower()
