"""Versions read again from their captures, by the recorded rules, and compared with those kept.

Only the versions of today's reader can be compared with what it makes now. That it reads the same again does
not prove that it reads correctly.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict

from archive import extract
from archive.damage.repair import damage
from archive.digests import text_digest
from archive.errors import ArchiveError
from archive.model import Article, Job, Rows, Site, Unreadable, site_from_json
from archive.model.fields import NAMES
from archive.reader import read_job
from archive.store.evidence.rederive import Difference
from archive.store.file.payloads import Payloads
from archive.store.write.jobs import Jobs
from archive.store.write.versions import file_url
from archive.text import simplified


class Reader:
    """Reads the captures of one archive again. It writes nothing."""

    def __init__(self, db: sqlite3.Connection, reader: str) -> None:
        self._db = db
        self._reader = reader
        self._payloads = Payloads(db)
        self._declared: dict[int, Site | None] = {}

    def versions(self) -> list[int]:
        """Return the versions that this reader made and can make again."""
        rows = self._db.execute("select id from versions where reader = ? order by id", (self._reader,))
        return [row[0] for row in rows]

    def others(self) -> int:
        """Return how many versions another reader made; this one cannot check them."""
        (count,) = self._db.execute(
            "select count(*) from versions where reader != ?", (self._reader,)
        ).fetchone()
        return int(count)

    def differences(self, version: int) -> Iterator[Difference]:
        """Read a version again and yield the fields that differ."""
        row = self._db.execute("select * from versions where id = ?", (version,)).fetchone()
        capture = json.loads(row["captures"])[0]
        found = self._read(capture, row["rules"])
        if not isinstance(found, Article):
            what = (
                f"capture {capture}, read again, is no article"
                if found
                else f"capture {capture} cannot be read again"
            )
            yield Difference(table="versions", row=version, column="text", what=what)
            return
        if text_digest(found.text) != row["text_digest"]:
            yield _other(version, "text", capture)
        kept = row["text"] if row["text_simplified"] is None else row["text_simplified"]
        plain = simplified(found.text)
        if plain != kept:
            yield _other(version, "text_simplified", capture)
        if damage(found.text, plain) != row["damage"]:
            yield _other(version, "damage", capture)
        for name in NAMES:
            if getattr(found, name) != row[name]:
                yield _other(version, name, capture)
        if json.dumps([asdict(block) for block in found.removed], ensure_ascii=False) != row["removed"]:
            yield _other(version, "removed", capture)
        yield from self._files(version, capture, found)

    def _files(self, version: int, capture: int, found: Article) -> Iterator[Difference]:
        rows = self._db.execute(
            "select id, position, url, name from attachments where version = ? order by position", (version,)
        ).fetchall()
        links = [(file_url(link.url), link.name) for link in found.attachments]
        if len(rows) != len(links):
            what = f"version {version} has {len(rows)} files, capture {capture} names {len(links)}"
            yield Difference(table="attachments", row=None, column=None, what=what)
            return
        for position, (row, (url, name)) in enumerate(zip(rows, links, strict=True), 1):
            for column, now in (("position", position), ("url", url), ("name", name)):
                if row[column] != now:
                    what = f"is not what capture {capture} names"
                    yield Difference(table="attachments", row=row["id"], column=column, what=what)

    def _read(self, capture: int, rules: int) -> Article | Unreadable | Rows | None:
        declared = self._site(rules)
        jobs = Jobs(self._db, self._payloads, self._reader, lambda site, at: (rules, declared))
        try:
            job = jobs._reread(capture, rules)
        except ArchiveError:
            return None
        found = read_job(job, lambda one, cheap: _parse(one, declared, cheap)).result
        return found if isinstance(found, Article | Unreadable | Rows) else None

    def _site(self, rules: int) -> Site | None:
        if rules not in self._declared:
            row = self._db.execute("select declaration from rules where id = ?", (rules,)).fetchone()
            self._declared[rules] = site_from_json(row[0]) if row and row[0] != "{}" else None
        return self._declared[rules]


def _parse(job: Job, declared: Site | None, cheap: bool) -> Article | Unreadable:
    """Return the result of the rules for a page, as the spiders' own ``parse_article`` gives it."""
    if cheap:
        return extract.read_cheaply(job.page)
    found = extract.read(job.page, declared)
    return extract.with_pictures(found, job.page, declared) if declared else found


def _other(version: int, column: str, capture: int) -> Difference:
    what = f"is not what capture {capture} gives when it is read again by the same rules"
    return Difference(table="versions", row=version, column=column, what=what)
