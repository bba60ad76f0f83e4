"""A copy set against its original: found, collated, and for copies that are held, kept.

Looking is one thing and keeping another: the commands that read compare and write nothing; the drain calls
``compare_new`` in the transaction of the reading that made the version.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from archive.collate import Collation, Key, collate, key_of
from archive.collate.boilerplate import lines_of
from archive.collate.choice import Candidate, Choice, Witness, choose
from archive.collate.comparison import Comparison, Copy, Splice
from archive.collate.leads import leads, outlets
from archive.collate.report import as_json
from archive.collate.shingles import sampled
from archive.models import Role
from archive.store.copies.originals import candidate_of, candidates, captured_at, declared_sites
from archive.store.copies.rewritten import keep_rules
from archive.store.copies.shingles import sharing
from archive.text import fold
from archive.text.claims import Head

_LEAST_SPLICED = 120
_MOST_WAITING = 20
LONGEST_AT_ONCE = 30_000


def compare(db: sqlite3.Connection, copy: Copy, *, original: int | None = None) -> Comparison:
    """Return a copy set against its original: the version given, else the one that is found.

    Nothing is written. The original of a comparison is the best the archive holds, which need not be the first
    there was.
    """
    key = key_of(copy.text)
    own = [copy.document] if copy.document is not None else []
    found = candidates(db, key, but=own)
    head, _ = lines_of(key)
    witness = _witness(copy, head)
    if original is None:
        choice = choose(found, witness)
    else:
        choice = Choice(original=candidate_of(db, original, key), reasons=("named by whoever asked",))
    best = choice.original
    collation = collate(key, key_of(best.text)) if best else None
    spliced = _splices(db, key, collation, [*own, best.document]) if best and collation else ()
    return Comparison(
        copy=copy if copy.title else _titled(copy, head),
        choice=choice,
        candidates=tuple(found),
        captured_at=captured_at(db, best) if best else None,
        collation=collation,
        splices=spliced,
        leads=tuple(leads(copy.url, witness.outlets, declared_sites(db))),
    )


def compare_new(db: sqlite3.Connection, version: int, *, at: str) -> None:
    """Set a new version against its original when its document stands in the role of a copy.

    When it does not, copies that came before it and have no original yet are set against it. A text longer than
    30,000 characters is left to ``yuanben compare``: the writer must not stand still for it.
    """
    row = db.execute(
        "select d.role, length(v.text) as length, v.text from versions v join documents d on d.id = v.document "
        "where v.id = ?",
        (version,),
    ).fetchone()
    if row["length"] > LONGEST_AT_ONCE:
        return
    waiting = [version] if row["role"] == Role.COPY else _waiting(db, row["text"])
    for copy in waiting:
        compare_versions(db, copy, at=at)


def _waiting(db: sqlite3.Connection, text: str) -> list[int]:
    """Return the current versions of copies without an original that share a good part of a text's sample."""
    if not db.execute("select 1 from documents where role = ? limit 1", (Role.COPY,)).fetchone():
        return []
    sample = sampled(fold(text))
    likely = [number for number, count in sharing(db, sample, _MOST_WAITING) if count * 4 >= len(sample)]
    rows = db.execute(
        "select v.id from versions v join documents d on d.current = v.id where d.role = ? "
        f"and v.id in ({','.join('?' * len(likely))}) and length(v.text) <= ? "
        "and not exists (select 1 from comparisons k where k.copy_version = v.id)",
        (Role.COPY, *likely, LONGEST_AT_ONCE),
    )
    return [int(found[0]) for found in rows]


def held_copy(row: sqlite3.Row | Mapping[str, Any]) -> Copy:
    """Return a version that the archive holds as a copy to be compared; the row has its document and that one's url, too."""
    return Copy(
        title=row["title"],
        text=row["text"],
        url=row["url"],
        published_at=row["published_at"],
        source_line=row["source_line"],
        document=row["document"],
    )


def compare_versions(db: sqlite3.Connection, copy_version: int, *, at: str) -> int | None:
    """Set a held version against its original and keep the comparison, in the caller's transaction.

    Return its number, or None when the archive holds no original of it. Of an original's versions the nearest
    is taken: what it was copied from, as far as that is held. ``copies`` says by itself that there is a newer one.
    """
    row = db.execute(
        "select v.*, d.url from versions v join documents d on d.id = v.document where v.id = ?",
        (copy_version,),
    ).fetchone()
    made = compare(db, held_copy(row))
    if made.choice.original is None or made.collation is None:
        return None
    known = db.execute(
        "select id from comparisons where copy_version = ? and original_version = ?",
        (copy_version, made.choice.original.version_id),
    ).fetchone()
    if known:
        return int(known[0])
    return _kept(db, copy_version, made, made.choice.original, made.collation, at)


def _kept(
    db: sqlite3.Connection,
    copy_version: int,
    made: Comparison,
    original: Candidate,
    collation: Collation,
    at: str,
) -> int:
    report = as_json(made)
    kept = db.execute(
        "insert into comparisons (copy_document, copy_version, original_document, original_version, coverage, "
        "lost, substantive, report, compared_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            made.copy.document,
            copy_version,
            original.document,
            original.version_id,
            round(collation.coverage, 4),
            len(collation.damage.lost),
            collation.substantive,
            json.dumps(_without_texts(report), ensure_ascii=False),
            at,
        ),
    )
    assert kept.lastrowid is not None
    db.executemany(
        "insert into variants (comparison, kind, copy_start, copy_end, copy_text, original_start, original_end, "
        "original_text, rule) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (kept.lastrowid, str(v.kind), v.copy_start, v.copy_end, v.copy_text, v.original_start,
             v.original_end, v.original_text, v.rule)
            for v in collation.variants
        ],
    )  # fmt: skip
    keep_rules(db, kept.lastrowid, report["rules"])
    return kept.lastrowid


def _without_texts(report: dict[str, Any]) -> dict[str, Any]:
    """Return a report without what the tables hold beside it: the copy's text and the variants."""
    copy = report["copy"]
    return {**report, "copy": {"title": copy["title"], "chars": copy["chars"]}, "variants": []}


def _witness(copy: Copy, head: Head) -> Witness:
    host = urlsplit(copy.url).hostname if copy.url else None
    said = f"来源:{copy.source_line}\n{copy.text}" if copy.source_line else copy.text
    return Witness(
        url=copy.url,
        published_at=copy.published_at or head.published_at,
        outlets=outlets(said, host=host),
        title=copy.title or head.title,
    )


def _titled(copy: Copy, head: Head) -> Copy:
    return replace(
        copy,
        title=head.title,
        published_at=copy.published_at or head.published_at,
        source_line=copy.source_line or head.source_line,
    )


def _splices(
    db: sqlite3.Connection, key: Key, collation: Collation, but: Sequence[int]
) -> tuple[Splice, ...]:
    """Return where long passages that the original has not come from, if they are held."""
    found = []
    for start, end in _foreign(collation):
        passage = key_of(key.text[start:end])
        near = choose(candidates(db, passage, but=but), Witness()).original
        if near and near.of_copy >= 0.5:
            found.append(
                Splice(copy_start=start, copy_end=end, url=near.url, containment=round(near.of_copy, 3))
            )
    return tuple(found)


def _foreign(collation: Collation) -> list[tuple[int, int]]:
    blocks = [(block.start, block.end) for block in collation.boilerplate]
    added = [(v.copy_start, v.copy_end) for v in collation.variants if v.kind in ("added", "altered")]
    return [(start, end) for start, end in sorted({*blocks, *added}) if end - start >= _LEAST_SPLICED]
