"""Whether an article a reader brought may become the text of its document, by what the archive knows of it.

One weak sign only flags. Two independent ones quarantine, until a person releases that state. A text that shrank to
less than half, or that is another text altogether, is released by a second sighting at least a day after the first:
one look does not tell a new work at an old address from an accident or from a foreign body. A text that the document
showed before does not wait.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict
from typing import Any

from archive.models import Article, Found, Link, Prepared, Removed
from archive.store.documents.decisions import word_on_state
from archive.trust.judgement import has_rested, waits_for

OTHER_TEXT = "body_replaced"


def reason_for_quarantine(
    db: sqlite3.Connection, document: int, captured_at: str, found: Found
) -> str | None:
    """Return why what was found must wait, or None when it may become a version."""
    if found.prepared is None or word_on_state(db, document, found.prepared.state_digest) == "accept":
        return None
    if not found.trusted:
        return ", ".join(found.signs)
    reasons = waits_for(found.signs)
    if not reasons or was_shown_before(db, document, captured_at, found.prepared.state_digest):
        return None
    looks = looks_that_waited(db, document, captured_at, found.prepared.state_digest)
    rested = looks and has_rested(looks[0]["captured_at"], captured_at)
    return None if rested else reasons


def looks_that_waited(db: sqlite3.Connection, document: int, until: str, state: str) -> list[sqlite3.Row]:
    """Return the quarantined readings of a document that showed a state up to a moment, oldest first."""
    return db.execute(
        "select r.*, c.captured_at from readings r join captures c on c.id = r.capture where r.document = ? "
        "and r.outcome = 'quarantined' and c.captured_at < ? "
        "and json_extract(r.found, '$.prepared.state_digest') = ? order by c.captured_at, c.id, r.id",
        (document, until, state),
    ).fetchall()


def was_shown_before(db: sqlite3.Connection, document: int, until: str, state: str) -> bool:
    """Return whether a document showed a state before a moment."""
    row = db.execute(
        "select 1 from versions v join readings r on r.version = v.id join captures c on c.id = r.capture "
        "where v.document = ? and coalesce(v.page_digest, v.state_digest) = ? and c.captured_at < ? limit 1",
        (document, state, until),
    ).fetchone()
    return row is not None


def held_json(article: Article, prepared: Prepared) -> str:
    """Return an article that waits as its reading keeps it, with what was derived from it."""
    return json.dumps({"article": asdict(article), "prepared": asdict(prepared)}, ensure_ascii=False)


def held(found: str) -> tuple[Article, Prepared]:
    """Return the article that a quarantined reading holds, as the reader handed it over."""
    kept: dict[str, Any] = json.loads(found)
    article = kept["article"]
    links = tuple(Link(**link) for link in article["attachments"])
    removed = tuple(Removed(**block) for block in article["removed"])
    # What an older yuanben held in quarantine has no branches.
    plain = {name: tuple(article.get(name, ())) for name in ("next_pages", "flags", "branches")}
    return Article(**{**article, **plain, "attachments": links, "removed": removed}), Prepared(
        **kept["prepared"]
    )
