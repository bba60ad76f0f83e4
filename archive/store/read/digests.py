"""Recomputed digests: of payloads, texts, states and rules, and whether the rows belong together.

The report counts what was checked and what there is; anything left out makes the check fail, never pass. Not
proven: that nothing was cut off at the end (an archive copied without its ``-wal`` file loses its newest
transactions whole, and the rest is consistent); that fields without a digest (headers, times, author, events)
are as they were written; that each index entry is that of its version (the index can be made again); that
whoever owns the file did not recompute the digests. Backups and a digest of the file kept elsewhere answer
those.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from archive import reader_name
from archive.digests import state_digest, text_digest
from archive.errors import ArchiveError
from archive.evidence.leaves import LOGS
from archive.model import Article, Link
from archive.store.file.payloads import Payloads
from archive.store.schema import APPEND_ONLY, INDEXES
from archive.store.write.versions import replaced_in, state_with_files
from archive.text import FOLD, fold, simplified

_MOST_NAMED = 1_000
_READER = reader_name()

Report = dict[str, Any]


def check_digests(db: sqlite3.Connection, tick: Callable[[], None] = lambda: None) -> Report:
    """Recompute every digest and return ``checked`` and ``present`` (how many of each) and ``bad``.

    ``bad`` names table, row, column and what is wrong, at most a thousand times; ``bad_total`` counts all.
    """
    check = _Check(db, tick)
    check.file()
    check.each("payloads", "payloads", check.payload)
    check.each("texts", "versions", check.text)
    check.each("states", "versions", check.state)
    check.each("attachment texts", "attachment_texts", check.file_text)
    check.each("rules", "rules", check.rules)
    check.each("index", "versions", check.indexed)
    check.completeness()
    return {
        "checked": check.checked,
        "present": check.present,
        "bad": check.bad[:_MOST_NAMED],
        "bad_total": len(check.bad),
    }


class _Check:
    def __init__(self, db: sqlite3.Connection, tick: Callable[[], None]) -> None:
        self._db = db
        self._tick = tick
        self._payloads = Payloads(db)
        self.checked: dict[str, int] = {}
        self.present: dict[str, int] = {}
        self.bad: list[Report] = []

    def each(self, what: str, table: str, check: Callable[[int], None]) -> None:
        """Check every row of a table by itself, so that an unreadable row hides no other."""
        self.checked[what] = 0
        self.present[what] = self._db.execute(f"select count(*) from {table}").fetchone()[0]
        try:
            rows = [row[0] for row in self._db.execute(f"select id from {table} order by id")]
        except sqlite3.DatabaseError as error:
            self._report(table, None, None, f"its rows cannot be listed ({error})")
            return
        for row in rows:
            try:
                check(row)
            except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
                self._report(table, row, None, f"cannot be read ({error})")
            self.checked[what] += 1
            self._tick()

    def file(self) -> None:
        """Ask SQLite whether the file is intact, and whether every row refers to an existing one."""
        for (message,) in self._db.execute("pragma integrity_check").fetchall():
            if message != "ok":
                self._report("file", None, None, f"SQLite says: {message}")
        for row in self._db.execute("pragma foreign_key_check").fetchall():
            self._report(row[0], row[1], None, f"points to a row of {row[2]} that is not there")

    def payload(self, row: int) -> None:
        """Unpack a body and digest it."""
        digest, length = self._texts("payloads", row, "digest", "length")
        try:
            body = self._payloads.get(digest)
        except ArchiveError as error:
            self._report("payloads", row, "body", str(error))
            return
        if length != str(len(body)):
            self._report("payloads", row, "length", f"says {length}, the body has {len(body)} bytes")

    def text(self, row: int) -> None:
        """Digest a text, and compare its Simplified form with it."""
        raw = self._db.execute("select cast(text as blob) from versions where id = ?", (row,)).fetchone()[0]
        stated, plain, reader = self._texts("versions", row, "text_digest", "text_simplified", "reader")
        digest = "sha256:" + hashlib.sha256(raw).hexdigest()
        if digest != stated:
            self._report("versions", row, "text", f"its digest is {digest}, not {stated}")
            return
        text = raw.decode()
        # Another reader's conversion may differ; its characters are the same under fold/2.
        expected = simplified(text)
        plain = plain or text
        if plain != expected and (reader == _READER or fold(plain) != fold(text)):
            self._report("versions", row, "text_simplified", "is not the text in Simplified characters")

    def state(self, row: int) -> None:
        """Digest the state of a version, which includes title, date, source line and number."""
        names = ("title", "text", "published_at", "source_line", "doc_number", "state_digest")
        title, text, published, source, number, stated = self._texts("versions", row, *names)
        article = Article(
            title=title,
            text=text,
            published_at=published or None,
            source_line=source or None,
            doc_number=number or None,
        )
        replaced = replaced_in(self._db, row)
        digests = {state_digest(article), state_digest(replace(article, attachments=self._links(row)))}
        known = {state_with_files(digest, replaced) for digest in digests}
        (page,) = self._texts("versions", row, "page_digest")
        if page and page not in digests:
            self._report("versions", row, "page_digest", "is not that of the page's state")
        if stated not in known:
            self._report(
                "versions",
                row,
                "state_digest",
                "title, text, date, source, number or files are not what it says",
            )

    def file_text(self, row: int) -> None:
        """Digest the text of an attached file, and check that the search index has it."""
        text, stated = self._texts("attachment_texts", row, "text", "text_digest")
        if stated != (text_digest(text) if text else ""):
            self._report("attachment_texts", row, "text", f"its digest is not {stated or 'kept'}")
        known = self._db.execute("select 1 from attachment_index_docsize where id = ?", (row,)).fetchone()
        if known is None:
            self._report("attachment_texts", row, None, "is not in the search index")

    def rules(self, row: int) -> None:
        """Digest a declaration."""
        site, declaration, stated = self._texts("rules", row, "site", "declaration", "digest")
        if text_digest(f"{site} {declaration}") != stated:
            self._report("rules", row, "declaration", f"its digest is not {stated}")

    def indexed(self, row: int) -> None:
        """Check that the search indexes have an entry of a version."""
        for index in ("version_index", "title_index"):
            if self._db.execute(f"select 1 from {index}_docsize where id = ?", (row,)).fetchone() is None:
                self._report("versions", row, None, f"is not in {index}")

    def completeness(self) -> None:
        """Search for rows taken out: numbers run from 1 without a gap, and the index has no others."""
        forms = dict(self._db.execute("select name, form from index_forms").fetchall())
        for name in INDEXES:
            if forms.get(name) != FOLD:
                self._report(
                    "index_forms", None, "form", f"{name} is of {forms.get(name) or 'no form'}, not of {FOLD}"
                )
        # For tables with a log, the log says which rows are missing; rows that were put aside have left their
        # table.
        for table in (*(name for name in APPEND_ONLY if name not in LOGS), "crawls"):
            if table == "attachments":
                continue
            count, last = self._db.execute(f"select count(*), coalesce(max(id), 0) from {table}").fetchone()
            if count != last:
                self._report(
                    table, None, "id", f"{abs(last - count)} rows are missing: they are numbered to {last}"
                )
        for (row,) in self._db.execute(
            "select id from version_index_docsize except select id from versions"
        ).fetchall():
            self._report("version_index", row, None, "is an entry of no version")

    def _links(self, version: int) -> tuple[Link, ...]:
        """Return a version's attached files; none for states made before files belonged to them."""
        rows = self._db.execute("select cast(url as blob) from attachments where version = ?", (version,))
        return tuple(Link(url=row[0].decode()) for row in rows)

    def _texts(self, table: str, row: int, *names: str) -> list[str]:
        """Return columns as text, NULL as empty; raise UnicodeDecodeError where the bytes are no text."""
        columns = ", ".join(f"cast({name} as blob)" for name in names)
        values = self._db.execute(f"select {columns} from {table} where id = ?", (row,)).fetchone()
        return [(value or b"").decode() for value in values]

    def _report(self, table: str, row: int | None, column: str | None, what: str) -> None:
        finding: Report = {"table": table, "id": row, "column": column, "what": what}
        if table == "payloads" and row is not None:
            finding["captures"] = self._captures(row)
        self.bad.append(finding)

    def _captures(self, payload: int) -> list[int]:
        rows = self._db.execute(
            "select c.id from captures c join payloads p on p.digest = c.payload where p.id = ? limit 20",
            (payload,),
        )
        return [row[0] for row in rows]
