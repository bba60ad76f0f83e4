"""Titles that were not believed: what pages said, kept with their readings, and what a title is held against.

A reading whose page said another title than its version has keeps that title in ``found``. A strange title is
believed once it was kept a day before; spam never by itself.
"""

from __future__ import annotations

import json
import sqlite3

from archive.clock import later
from archive.models import Article, TitleEvidence
from archive.standing import News
from archive.store.file.events import add_event_of_look
from archive.trust import KEPT
from archive.trust.judgement import REST, said_by

EVENT = "title_quarantined"
_SAID = "said_title"


def witness_of(
    db: sqlite3.Connection, document: int | None, capture: sqlite3.Row, *, listed_as: str
) -> TitleEvidence:
    """Return what the title of a captured page is held against: the version before it, its list, strange titles."""
    if document is None:
        return TitleEvidence(listed_as=listed_as)
    at: str = capture["captured_at"]
    before = db.execute(
        "select v.title, v.text from readings r join captures c on c.id = r.capture "
        "join versions v on v.id = r.version where r.document = ? and c.id != ? and c.captured_at <= ? "
        "order by c.captured_at desc, r.id desc limit 1",
        (document, capture["id"], at),
    ).fetchone()
    rested = db.execute(
        f"select distinct json_extract(r.found, '$.{_SAID}') from readings r join captures c on c.id = r.capture "
        f"where r.document = ? and r.version is not null and json_extract(r.found, '$.{_SAID}') is not null "
        "and c.captured_at <= ?",
        (document, later(at, -REST)),
    )
    return TitleEvidence(
        title=before["title"] if before else None,
        text=before["text"] if before else "",
        listed_as=listed_as,
        rested=frozenset(row[0] for row in rested),
    )


def title_put_aside(article: Article) -> str | None:
    """Return what a page called itself where that was not believed, as its reading keeps it; None where it was."""
    return said_json(article) if {KEPT, "spam_title"} & set(article.flags) else None


def said_json(article: Article) -> str | None:
    """Return the title that was put aside of an article, as a reading keeps it."""
    said = said_by(article)
    return None if said is None else json.dumps({_SAID: said}, ensure_ascii=False)


def said_title(found: str | None) -> str | None:
    """Return the title that a reading's page said and that was not believed, None where there was none."""
    return json.loads(found).get(_SAID) if found and _SAID in found else None


def note_title(db: sqlite3.Connection, document: int, capture: sqlite3.Row, found: str, kept: str) -> None:
    """Make an event of a title that was put aside and that the look before did not show. Call before the reading."""
    before = db.execute(
        "select r.found from readings r join captures c on c.id = r.capture where r.document = ? "
        "and r.version is not null and c.kind = 'article' and c.status != 304 and c.captured_at <= ? "
        "order by c.captured_at desc, r.id desc limit 1",
        (document, capture["captured_at"]),
    ).fetchone()
    said = said_title(found)
    if said == kept or (before and said_title(before["found"]) == said):
        return
    add_event_of_look(db, EVENT, document, capture, {"said": said, "kept": kept})


def titles_said(db: sqlite3.Connection, document: int) -> list[News]:
    """Return the events of a document's titles as its looks, in order, come to them."""
    rows = db.execute(
        "select c.id, c.captured_at, r.found, r.again, v.title from readings r join captures c on c.id = r.capture "
        "join versions v on v.id = r.version where c.kind = 'article' and c.status != 304 and r.id in "
        "(select max(s.id) from readings s where s.document = ? and s.version is not null group by s.capture) "
        "order by c.captured_at, c.id",
        (document,),
    )
    news, before = list[News](), None
    for row in rows:
        said = said_title(row["found"])
        if said not in (None, before, row["title"]):
            details = {"said": said, "kept": row["title"]}
            news.append(News(kind=EVENT, at=row["captured_at"], capture=row["id"], details=details))
        before = said
    return news
