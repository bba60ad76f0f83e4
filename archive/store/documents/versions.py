"""Versions: one row for each distinct state of a document, however often it was seen."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict

from archive.collate.shingles import sampled
from archive.models import Article, Cause, Link, Prepared, Removed
from archive.store.copies.shingles import add_shingles
from archive.store.documents.attached import Files, file_url, state_with_files
from archive.store.documents.superseded import next_number
from archive.text import bigrams, fold
from archive.text.pieces import fields_to_search, search_pieces

_OF_ARTICLE = (
    "title", "text", "published_at", "meta_published_at", "source_line", "author", "editor", "doc_number",
    "issuer", "index_number",
)  # fmt: skip


def ensure_version(
    db: sqlite3.Connection,
    document: int,
    article: Article,
    prepared: Prepared,
    *,
    captures: list[int],
    cause: Cause,
    reader: str,
    rules: int,
    at: str,
    files: Files,
) -> tuple[int, bool]:
    """Return the version a document's state is, and whether it had to be added.

    ``files``: what its attached files were when it was captured.
    """
    state = state_with_files(prepared.state_digest, files.replaced)
    row = db.execute(
        "select id from versions where document = ? and state_digest = ?", (document, state)
    ).fetchone()
    if row:
        return int(row[0]), False
    identity, number = next_number(db, document)
    values = {
        "id": identity,
        "document": document,
        "number": number,
        **_fields(article, prepared),
        "captures": json.dumps(captures),
        "reader": reader,
        "rules": rules,
        "cause": Cause.FIRST if number == 1 else cause,
        "state_digest": state,
        "page_digest": prepared.state_digest if files.replaced else None,
        "kept_at": at,
    }
    made = db.execute(
        f"insert into versions ({', '.join(values)}) values ({', '.join('?' * len(values))})",
        list(values.values()),
    ).lastrowid
    assert made is not None
    _add_attachments(db, made, article, files)
    _index(db, made, article, prepared)
    return made, True


def _fields(article: Article, prepared: Prepared) -> dict[str, str | None]:
    return {
        "title": article.title,
        "text": article.text,
        "text_simplified": prepared.text_simplified,
        "text_digest": prepared.text_digest,
        "published_at": article.published_at,
        "meta_published_at": article.meta_published_at,
        "source_line": article.source_line,
        "author": article.author,
        "editor": article.editor,
        "doc_number": article.doc_number,
        "issuer": article.issuer,
        "index_number": article.index_number,
        "evidence": json.dumps(article.evidence, ensure_ascii=False),
        "removed": json.dumps([asdict(block) for block in article.removed], ensure_ascii=False),
        "flags": json.dumps(article.flags),
    }


def _index(db: sqlite3.Connection, version: int, article: Article, prepared: Prepared) -> None:
    publisher = db.execute(
        "select d.publisher from versions v join documents d on d.id = v.document where v.id = ?", (version,)
    ).fetchone()[0]
    about = fields_to_search(article.doc_number, article.issuer, publisher, article.source_line)
    db.execute(
        "insert into version_index (rowid, grams) values (?, ?)", (version, f"{prepared.grams} {about}")
    )
    titled = " ".join(dict.fromkeys(bigrams(fold(article.title))))
    db.execute("insert into title_index (rowid, grams) values (?, ?)", (version, titled))
    known = prepared.shingles
    add_shingles(db, version, sampled(fold(article.text)) if known is None else known)


def _add_attachments(db: sqlite3.Connection, version: int, article: Article, files: Files) -> None:
    links = [(file_url(link.url), link.name) for link in article.attachments]
    # The first file of an address is known by its time alone: an earlier one may come to be known later.
    replaced = dict(files.replaced)
    db.executemany(
        "insert into attachments (version, position, url, name, payload) values (?, ?, ?, ?, ?)",
        [(version, n, url, name, replaced.get(url)) for n, (url, name) in enumerate(links, 1)],
    )


def article_of(db: sqlite3.Connection, row: sqlite3.Row) -> Article:
    """Return the article that a version was made of; its card is kept with the readings."""
    links = db.execute("select url, name from attachments where version = ? order by position", (row["id"],))
    return Article(
        **{name: row[name] for name in _OF_ARTICLE},
        attachments=tuple(Link(url=link["url"], name=link["name"]) for link in links),
        removed=tuple(Removed(**block) for block in json.loads(row["removed"])),
        flags=tuple(json.loads(row["flags"])),
        evidence=json.loads(row["evidence"]),
    )


def prepared_of(row: sqlite3.Row, page: str) -> Prepared:
    """Return what was derived from the article of a version; ``page`` is the digest of the state without its files."""
    return Prepared(
        text_simplified=row["text_simplified"],
        state_digest=page,
        text_digest=row["text_digest"],
        grams=search_pieces(row["title"], row["text"]),
    )
