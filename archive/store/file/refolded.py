"""What hangs on ``canon/1`` and ``fold/2``, made again for an archive from before figures were folded whole.

Indexes and shingles are derived and are made anew. The digest of a version's state is moved only where it was
right before, and not where it would become that of another version of the document: both stay, and ``verify``
knows such a pair. Texts and their own digests stay as they are.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

from archive.collate.sameness import sampled
from archive.digests import state_digest
from archive.model import Article, Link
from archive.store.write.originals import add_shingles
from archive.store.write.versions import replaced_in, state_with_files
from archive.text import FOLD, bigrams, fold
from archive.text.canonical import canon, canon_of_width_alone
from archive.text.folding import different_pieces, fields_to_search, folded_pieces

INDEXES = ("version_index", "title_index", "attachment_index", "shingles")
_VERSIONS = (
    "select v.id, v.title, v.text, v.doc_number, v.issuer, d.publisher, v.source_line from versions v "
    "join documents d on d.id = v.document where v.id > ? order by v.id limit 200"
)


def fold_anew(db: sqlite3.Connection) -> None:
    """Make all search indexes and the shingles again, and say of which form they are."""
    for index in ("version_index", "title_index", "attachment_index"):
        db.execute(f"insert into {index} ({index}) values ('delete-all')")
    db.execute("delete from shingles")
    for version, title, text, *about in _rows(db, _VERSIONS):
        titled, folded = fold(title), fold(text)
        pieces = f"{folded_pieces(titled, folded)} {fields_to_search(*about)}"
        db.execute("insert into version_index (rowid, grams) values (?, ?)", (version, pieces))
        pairs = " ".join(dict.fromkeys(bigrams(titled)))
        db.execute("insert into title_index (rowid, grams) values (?, ?)", (version, pairs))
        add_shingles(db, version, sampled(folded))
    texts = "select id, text from attachment_texts where id > ? order by id limit 200"
    for row, text in _rows(db, texts):
        pieces = different_pieces(text or "")
        db.execute("insert into attachment_index (rowid, grams) values (?, ?)", (row, pieces))
    db.executemany(
        "insert or replace into index_forms (name, form) values (?, ?)", [(name, FOLD) for name in INDEXES]
    )


def state_digests_anew(db: sqlite3.Connection) -> None:
    """Move the digests of states in which a radical or another shape counted for more than what it shows."""
    name = "versions_no_update"
    (trigger,) = db.execute("select sql from sqlite_master where name = ?", (name,)).fetchone()
    db.execute(f"drop trigger {name}")
    for version, was, now in list(_moved(db)):
        for page, anew in states_of(db, version, pages=True).items():
            db.execute(
                "update versions set page_digest = ? where id = ? and page_digest = ?", (anew, version, page)
            )
        db.execute(
            "update or ignore versions set state_digest = ? where id = ? and state_digest = ?",
            (now, version, was),
        )
    db.execute(trigger)


def states_of(db: sqlite3.Connection, version: int, *, pages: bool = False) -> dict[str, str]:
    """Return the digests that a version's state may have had before, and what each of them is now.

    ``pages``: those of its page alone, without the files that were replaced.
    """
    row = db.execute(
        "select title, text, published_at, source_line, doc_number from versions where id = ?", (version,)
    ).fetchone()
    names = ("title", "text", "published_at", "source_line", "doc_number")
    fields = dict(zip(names, row, strict=True))
    urls = db.execute("select url from attachments where version = ?", (version,))
    links = tuple(Link(url=url) for (url,) in urls)
    replaced = () if pages else replaced_in(db, version)
    # States made before files belonged to them are those without.
    articles = (Article(**fields), Article(**fields, attachments=links))
    return {
        state_with_files(state_digest(one, canon_of_width_alone), replaced): state_with_files(
            state_digest(one, canon), replaced
        )
        for one in articles
    }


def _moved(db: sqlite3.Connection) -> Iterator[tuple[int, str, str]]:
    for version, was, *texts in _rows(
        db,
        "select id, state_digest, title, text, source_line, doc_number from versions where id > ? order by id limit 200",
    ):
        if any(text and canon(text) != canon_of_width_alone(text) for text in texts):
            now = states_of(db, version).get(was, was)
            if now != was:
                yield version, was, now


def _rows(db: sqlite3.Connection, sql: str) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a table, some at a time: a large archive does not fit into memory."""
    last = 0
    cursor = db.cursor()
    cursor.row_factory = None
    while rows := cursor.execute(sql, (last,)).fetchall():
        yield from rows
        last = rows[-1][0]
