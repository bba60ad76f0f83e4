"""Where each document stands: state that follows from captures and readings, kept so that it need not be sought."""

from __future__ import annotations

import sqlite3

from archive.errors import NotCanonical
from archive.models import Role, Site
from archive.store.file.captures import asked_url
from archive.urls import canonical_url, first_part, is_attachment, role_of


def document_url(db: sqlite3.Connection, capture: sqlite3.Row, declared: Site | None) -> str | None:
    """Return the address of the document a capture shows, None where it names none.

    It is that of the address asked first, whatever the page claims and wherever it led.
    """
    asked = capture["url"]
    if capture["redirected_from"] is not None:
        asked = asked_url(db, capture["id"])
    try:
        return first_part(asked, declared) if declared else canonical_url(asked)
    except NotCanonical:
        return None


def ensure_document(db: sqlite3.Connection, *, url: str, site: str, declared: Site | None, at: str) -> int:
    """Return the document known by a canonical address, making it when it is not held."""
    row = db.execute("select id from documents where url = ?", (url,)).fetchone()
    if row:
        return int(row[0])
    made = db.execute(
        "insert into documents (site, publisher, url, role, kind, state, first_seen, last_seen) "
        "values (?, ?, ?, ?, ?, 'unreachable', ?, ?)",
        (
            site,
            declared.publisher if declared else site,
            url,
            role_of(url, declared) if declared else Role.UNKNOWN,
            "file" if declared and is_attachment(url, declared) else "article",
            at,
            at,
        ),
    )
    assert made.lastrowid is not None
    return made.lastrowid


def saw_address(db: sqlite3.Connection, document: int, url: str, at: str) -> None:
    """Note that a document was seen at an address, widening the time over which it was."""
    db.execute(
        'insert into addresses (document, url, "from", "to") values (?, ?, ?, ?) on conflict (document, url) '
        'do update set "from" = min("from", excluded."from"), "to" = max("to", excluded."to")',
        (document, url, at, at),
    )


def is_known_unstable(db: sqlite3.Connection, document: int) -> bool:
    """Return whether it was told of a document that it shows two wordings by turns."""
    row = db.execute("select 1 from events where document = ? and kind = 'unstable' limit 1", (document,))
    return row.fetchone() is not None


def stand_at(db: sqlite3.Connection, document: int, version: int) -> None:
    """Let a document stand at the version of its latest look; where files are linked, at that of its last sighting."""
    linked = db.execute("select 1 from attachments where version = ? limit 1", (version,)).fetchone()
    if linked:
        stand(db, document)
        return
    db.execute(
        "update documents set current = ?, versions = (select count(*) from versions where document = ?) where id = ?",
        (version, document, document),
    )


def stand(db: sqlite3.Connection, document: int) -> None:
    """Let a document stand at the version of its last sighting: its page's or an attached file's."""
    db.execute(
        "update documents set current = (select r.version from readings r join captures c on c.id = r.capture "
        "  where r.document = :document and r.version is not null order by c.captured_at desc, r.id desc limit 1), "
        "versions = (select count(*) from versions where document = :document) where id = :document",
        {"document": document},
    )
