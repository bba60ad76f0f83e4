"""Versions: one row for each distinct state of a document, however often it was seen.

``ensure_version`` finds the version with a state or adds it, and fills the search indexes. A version is never
changed. When later knowledge shows that a reading or a version was wrong, it is put aside, word for word,
with the capture that showed it; whoever cites it can still read it there. Its number is not given again.

Attached files are part of a state. The state of a file at a moment is that of its last answer. Its first
bytes are its first state, and only a file that has left its first state counts. So fetching a file for the
first time does not change its document. The last part says which files came, went or were replaced between
two versions.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from archive.attach import safe_name
from archive.collate.sameness import sampled
from archive.diff import edits, summary
from archive.errors import NotCanonical
from archive.model import Article, Cause, Link, Prepared, Removed, blocks_from, blocks_json
from archive.model.fields import NAMES
from archive.store.write.originals import add_shingles
from archive.text import bigrams, fold
from archive.text.folding import fields_to_search, folded_pieces, search_pieces
from archive.urls import canonical_url

_OF_ARTICLE = ("text", *NAMES)
# Above this size, the comparison of two texts costs more than one summary line is worth.
_LONGEST = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """The files of a page at a moment: their last payloads, by address, and those no longer the first."""

    known: Mapping[str, str]
    replaced: tuple[tuple[str, str], ...] = ()


def file_url(url: str) -> str:
    """Return the address a file is known by; an address that is not canonical stays as it is written."""
    try:
        return canonical_url(url)
    except NotCanonical:
        return url


def files_at(db: sqlite3.Connection, urls: Iterable[str], at: str) -> Files:
    """Return the last payloads of the addresses, among those captured by a moment."""
    known = {url: payload for url in urls if (payload := payload_at(db, url, at))}
    replaced = sorted((url, payload) for url, payload in known.items() if payload != _first(db, url))
    return Files(known=known, replaced=tuple(replaced))


def payload_at(db: sqlite3.Connection, url: str, at: str) -> str | None:
    """Return the digest of the file an address gave last by a moment; None when none had been kept."""
    row = db.execute(
        "select s.payload from attachment_sightings s join captures c on c.id = s.capture "
        "where s.url = ? and c.captured_at <= ? order by c.captured_at desc, s.id desc limit 1",
        (url, at),
    ).fetchone()
    return str(row[0]) if row else None


def state_with_files(page: str, replaced: tuple[tuple[str, str], ...]) -> str:
    """Return the digest of a state: the page's own, or that of the page with the files that were replaced."""
    if not replaced:
        return page
    written = json.dumps([page, replaced], ensure_ascii=False)
    return "sha256:" + hashlib.sha256(written.encode()).hexdigest()


def urls_of(db: sqlite3.Connection, version: int) -> list[str]:
    """Return the addresses of the files a version links to."""
    rows = db.execute("select url from attachments where version = ? order by position", (version,))
    return [row[0] for row in rows]


def replaced_in(db: sqlite3.Connection, version: int) -> tuple[tuple[str, str], ...]:
    """Return the replaced files of a version as its rows in ``attachments`` say."""
    rows = db.execute(
        "select distinct url, payload from attachments where version = ? and payload is not null", (version,)
    )
    return tuple(sorted((row[0], row[1]) for row in rows if row[1] != _first(db, row[0])))


def linking(db: sqlite3.Connection, url: str) -> list[sqlite3.Row]:
    """Return number and address of the documents that link to a file in any of their versions."""
    return db.execute(
        "select distinct d.id, d.url, d.site from attachments a join versions v on v.id = a.version "
        "join documents d on d.id = v.document where a.url = ? order by d.id",
        (url,),
    ).fetchall()


def _first(db: sqlite3.Connection, url: str) -> str | None:
    row = db.execute(
        "select s.payload from attachment_sightings s join captures c on c.id = s.capture where s.url = ? "
        "order by c.captured_at, s.id limit 1",
        (url,),
    ).fetchone()
    return str(row[0]) if row else None


def put_readings_aside(db: sqlite3.Connection, readings: Iterable[sqlite3.Row], *, by: int) -> None:
    """Move readings out of ``readings``; ``by`` is the capture that showed them to be wrong."""
    for row in readings:
        reading = dict(db.execute("select * from readings where id = ?", (row["id"],)).fetchone())
        db.execute(
            "insert into superseded_readings (reading, capture, document, told, superseded_by) values (?, ?, ?, ?, ?)",
            (
                reading["id"],
                reading["capture"],
                reading["document"],
                json.dumps(reading, ensure_ascii=False),
                by,
            ),
        )
        db.execute("delete from readings where id = ?", (reading["id"],))


def put_versions_aside(db: sqlite3.Connection, document: int, *, by: int) -> None:
    """Take out the versions of a document that no reading shows."""
    rows = db.execute(
        "select v.* from versions v where v.document = ? and not exists (select 1 from readings where version = v.id)",
        (document,),
    ).fetchall()
    for row in rows:
        db.execute(
            "insert into superseded_versions (version, document, number, state_digest, told, superseded_by) "
            "values (?, ?, ?, ?, ?, ?)",
            (
                row["id"],
                document,
                row["number"],
                row["state_digest"],
                json.dumps(dict(row), ensure_ascii=False),
                by,
            ),
        )
        _forget(db, row)
        db.execute("delete from versions where id = ?", (row["id"],))


def next_number(db: sqlite3.Connection, document: int) -> tuple[int, int]:
    """Return id and number for a new version of a document: neither was ever used for another version."""
    version, number = db.execute(
        "select max((select coalesce(max(id), 0) from versions), (select coalesce(max(version), 0) from superseded_versions)), "
        "max((select coalesce(max(number), 0) from versions where document = :document), "
        "(select coalesce(max(number), 0) from superseded_versions where document = :document))",
        {"document": document},
    ).fetchone()
    return version + 1, number + 1


def _forget(db: sqlite3.Connection, row: sqlite3.Row) -> None:
    """Remove what was derived from a version."""
    version = row["id"]
    publisher = db.execute("select publisher from documents where id = ?", (row["document"],)).fetchone()[0]
    titled, about = fold(row["title"]), (row["doc_number"], row["issuer"], publisher, row["source_line"])
    pieces = f"{folded_pieces(titled, fold(row['text']))} {fields_to_search(*about)}"
    pairs = " ".join(dict.fromkeys(bigrams(titled)))
    for index, grams in (("version_index", pieces), ("title_index", pairs)):
        # The index keeps no texts: a row to be deleted has to be named with its pieces.
        db.execute(f"insert into {index} ({index}, rowid, grams) values ('delete', ?, ?)", (version, grams))
    compared = "select id from comparisons where :version in (copy_version, original_version)"
    for table in ("variants", "copier_rule_counts"):
        db.execute(f"delete from {table} where comparison in ({compared})", {"version": version})
    db.execute(f"delete from comparisons where id in ({compared})", {"version": version})
    db.execute("delete from transitions where ? in (from_version, to_version)", (version,))
    db.execute("update documents set current = null where current = ?", (version,))
    for table in ("shingles", "attachments"):
        db.execute(f"delete from {table} where version = ?", (version,))


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
    """Return the version that a document's state is, and whether it had to be added.

    ``files``: the state of its attached files when it was captured.
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


def _fields(article: Article, prepared: Prepared) -> dict[str, str | float | None]:
    return {
        "text": article.text,
        "text_simplified": None if prepared.text_simplified == article.text else prepared.text_simplified,
        "text_digest": prepared.text_digest,
        **{name: getattr(article, name) for name in NAMES},
        "evidence": json.dumps(article.evidence, ensure_ascii=False),
        "removed": json.dumps([asdict(block) for block in article.removed], ensure_ascii=False),
        "flags": json.dumps(article.flags),
        "blocks": blocks_json(article.blocks) if article.blocks else None,
        "damage": prepared.damage,
    }


def _index(db: sqlite3.Connection, version: int, article: Article, prepared: Prepared) -> None:
    publisher = db.execute(
        "select d.publisher from versions v join documents d on d.id = v.document where v.id = ?", (version,)
    ).fetchone()[0]
    about = (article.doc_number, article.issuer, publisher, article.source_line)
    _add_pieces(db, version, fold(article.title), prepared.grams, about)
    known = prepared.shingles
    add_shingles(db, version, sampled(fold(article.text)) if known is None else known)


def index_version(db: sqlite3.Connection, version: int, title: str, text: str, *about: str | None) -> str:
    """Make a held version searchable by its words, and return its folded text.

    ``about``: number, issuer, publisher, source.
    """
    titled, folded = fold(title), fold(text)
    _add_pieces(db, version, titled, folded_pieces(titled, folded), about)
    return folded


def _add_pieces(
    db: sqlite3.Connection, version: int, titled: str, pieces: str, about: Sequence[str | None]
) -> None:
    db.execute(
        "insert into version_index (rowid, grams) values (?, ?)",
        (version, f"{pieces} {fields_to_search(*about)}"),
    )
    pairs = " ".join(dict.fromkeys(bigrams(titled)))
    db.execute("insert into title_index (rowid, grams) values (?, ?)", (version, pairs))


def _add_attachments(db: sqlite3.Connection, version: int, article: Article, files: Files) -> None:
    links = [(file_url(link.url), link.name) for link in article.attachments]
    # The first file of an address depends on time alone: an earlier file may become known later.
    replaced = dict(files.replaced)
    db.executemany(
        "insert into attachments (version, position, url, name, payload) values (?, ?, ?, ?, ?)",
        [(version, n, url, name, replaced.get(url)) for n, (url, name) in enumerate(links, 1)],
    )


def article_of(db: sqlite3.Connection, row: sqlite3.Row) -> Article:
    """Return the article that a version was made from; its card is kept with the readings."""
    links = db.execute("select url, name from attachments where version = ? order by position", (row["id"],))
    return Article(
        **{name: row[name] for name in _OF_ARTICLE},
        attachments=tuple(Link(url=link["url"], name=link["name"]) for link in links),
        removed=tuple(Removed(**block) for block in json.loads(row["removed"])),
        blocks=blocks_from(json.loads(row["blocks"] or "[]")),
        flags=tuple(json.loads(row["flags"])),
        evidence=json.loads(row["evidence"]),
    )


def prepared_of(row: sqlite3.Row, page: str) -> Prepared:
    """Return what was derived from the article of a version.

    ``page`` is the digest of the state without its files.
    """
    return Prepared(
        text_simplified=row["text"] if row["text_simplified"] is None else row["text_simplified"],
        state_digest=page,
        text_digest=row["text_digest"],
        grams=search_pieces(row["title"], row["text"]),
        damage=row["damage"],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of a version. ``payload`` is None until one was kept; its text may be missing even then."""

    position: int
    name: str
    url: str
    payload: str | None
    kind: str | None
    text: str | None
    flags: str | None
    reason: str | None
    captured_at: str | None
    length: int | None


def files_of(db: sqlite3.Connection, version: int) -> list[File]:
    """Return the files of a version (its number in ``versions``), in the order of the page."""
    rows = db.execute(
        "select position, name, url, payload, kind, text, flags, reason, captured_at, length from files "
        "where version_id = ? order by position",
        (version,),
    )
    return [File(**dict(row)) for row in rows]


def file_changes(db: sqlite3.Connection, from_version: int, to_version: int) -> Iterator[str]:
    """Yield a short line for each file that differs between two versions."""
    old, new = ({file.url: file for file in files_of(db, version)} for version in (from_version, to_version))
    for url, file in new.items():
        if url not in old:
            yield f"+附件“{_shown_name(file)}”"
        elif old[url].payload != file.payload:
            yield f"附件“{_shown_name(file)}”: {_what_differs(old[url], file)}"
    yield from (f"−附件“{_shown_name(file)}”" for url, file in old.items() if url not in new)


def _what_differs(old: File, new: File) -> str:
    if old.text is None or new.text is None or old.text == new.text:
        return "文件已替换"
    if max(len(old.text), len(new.text)) > _LONGEST:
        return "文字已改"
    return summary(edits(old.text, new.text))


def _shown_name(file: File) -> str:
    return safe_name(file.name or file.url.rpartition("/")[2])
