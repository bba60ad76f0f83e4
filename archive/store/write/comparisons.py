"""A copy set against its original: ``compare`` only reads, ``compare_new`` writes.

The commands that only read call ``compare``. The drain calls ``compare_new`` in the transaction of the
reading that made the version, and the result is kept in ``comparisons`` and ``variants``. Two more results
are kept with each comparison: the passages of the copy that come from elsewhere, and the copier's rewrite
rules, which are what a site does to all it copies, counted over the newest comparison of each of its copies.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from archive.collate import Collation, Key, key_of
from archive.collate.collation import Following, followed
from archive.collate.comparison import Comparison, Copy, Splice, Superseding, as_json, field_differences
from archive.collate.frame import lines_of
from archive.collate.leads import leads
from archive.collate.originals import Candidate, Choice, Witness, choose
from archive.collate.sameness import sampled
from archive.diff import edits
from archive.model import Role
from archive.store.write.originals import (
    SHORT,
    candidate_of,
    candidates,
    captured_at,
    current_of,
    declared_sites,
    first_captured,
    held_copy,
    is_fit,
    sharing,
    titled,
    versions_of,
    witness_of,
)
from archive.text import fold
from archive.urls import host_of

_LEAST_SPLICED = 120
_MOST_LIKELY, _MOST_WAITING = 200, 20
LONGEST_AT_ONCE = 30_000
# How much evidence that another document came first it takes to keep a page as its copy unasked.
_LEAST_LEAD = {Role.COPY: -9.0, Role.UNKNOWN: 0.0, Role.ORIGINAL: 0.5}


def keep_rules(db: sqlite3.Connection, comparison: int, rules: Iterable[Mapping[str, Any]]) -> None:
    """Replace the rewrite rules of a copy's earlier comparisons by those of this comparison."""
    copy, site = db.execute(
        "select d.id, d.site from comparisons k join documents d on d.id = k.copy_document where k.id = ?",
        (comparison,),
    ).fetchone()
    counts: Counter[tuple[str, str, str]] = Counter()
    for rule in rules:
        counts[rule["kind"], rule["original"], rule["found"]] += rule["count"]
    db.execute("delete from copier_rule_counts where copy_document = ?", (copy,))
    db.executemany(
        "insert into copier_rule_counts (site, kind, original, found, copy_document, comparison, count) "
        "values (?, ?, ?, ?, ?, ?, ?)",
        [(site, *rule, copy, comparison, count) for rule, count in counts.items()],
    )


def splices_of(
    db: sqlite3.Connection, key: Key, collation: Collation, but: Sequence[int]
) -> tuple[Splice, ...]:
    """Return the sources of long passages that are not in the original, as far as they are held."""
    splices = []
    for start, end in _foreign(collation):
        passage = key_of(key.text[start:end])
        near = choose(candidates(db, passage, but=but), Witness()).original
        if near and near.of_copy >= 0.5:
            splices.append(
                Splice(copy_start=start, copy_end=end, url=near.url, containment=round(near.of_copy, 3))
            )
    return tuple(splices)


def _foreign(collation: Collation) -> list[tuple[int, int]]:
    blocks = [(block.start, block.end) for block in collation.boilerplate]
    added = [(v.copy_start, v.copy_end) for v in collation.variants if v.kind in ("added", "altered")]
    return [(start, end) for start, end in sorted({*blocks, *added}) if end - start >= _LEAST_SPLICED]


def compare(db: sqlite3.Connection, copy: Copy, *, original: int | None = None) -> Comparison:
    """Return a copy set against its original: the version given, else the best candidate.

    Nothing is written. The original of a comparison is the best that the archive holds; it need not be the
    first that existed.
    """
    key = key_of(copy.text)
    own = [copy.document] if copy.document is not None else []
    sharers = candidates(db, key, but=own)
    head, _ = lines_of(key)
    copy = copy if copy.title else titled(copy, head)
    witness = witness_of(copy, head)
    if original is None:
        choice = choose(sharers, witness)
    else:
        choice = Choice(original=candidate_of(db, original, key), reasons=("named by whoever asked",))
    following = _following(db, copy, key, choice.original, witness) if choice.original else None
    if following is None:
        named = tuple(leads(copy.url, witness.outlets, declared_sites(db)))
        return Comparison(
            copy=copy, choice=choice, candidates=tuple(sharers), captured_at=None, collation=None, splices=(),
            leads=named,
        )  # fmt: skip
    best = following.best
    return Comparison(
        copy=copy,
        choice=replace(choice, original=best),
        candidates=tuple(sharers),
        captured_at=captured_at(db, best),
        collation=following.collation,
        splices=splices_of(db, key, following.collation, [*own, best.document]),
        leads=tuple(leads(copy.url, witness.outlets, declared_sites(db))),
        versions=following.versions,
        superseding=_superseding(db, best),
        fields=field_differences(copy, best),
    )


def _following(
    db: sqlite3.Connection, copy: Copy, key: Key, original: Candidate, witness: Witness
) -> Following:
    """Return which version of an original a copy follows best.

    Versions of the original that are doubted are left aside.
    """
    held = versions_of(db, original.document, original, key)
    fit = [candidate for candidate in held if candidate is original or not candidate.doubt]
    return followed(key, copy.removed, fit, current_of(db, original.document), witness)


def _superseding(db: sqlite3.Connection, best: Candidate) -> Superseding | None:
    """Return an original's current version, None where that is the version that was copied."""
    number = current_of(db, best.document)
    if number is None or number == best.version_id:
        return None
    now = db.execute(
        "select number, title, text, published_at from versions where id = ?", (number,)
    ).fetchone()
    return Superseding(
        version=now["number"],
        title=now["title"],
        published_at=now["published_at"],
        captured_at=first_captured(db, number),
        edits=tuple(edits(best.text, now["text"])),
    )


def compare_new(db: sqlite3.Connection, version: int, *, at: str) -> None:
    """Compare a new version with its original, and with it the copies that it may be the original of.

    The publisher does not matter: a host without a declaration counts, too. A text longer than 30,000
    characters is left to ``yuanben compare``, so that the writer does not stand still for it.
    """
    row = db.execute(
        "select d.id as document, d.role, d.url, length(v.text) as length, v.text from versions v "
        "join documents d on d.id = v.document where v.id = ?",
        (version,),
    ).fetchone()
    if row["length"] > LONGEST_AT_ONCE:
        return
    others = _likely(db, row["document"], row["text"])
    fit = [other for other in others if _may_be_of(other, row)]
    # A long text that contains a short one may share nothing of its sample.
    is_sought = any(_may_be_of(row, other) for other in others) or (others and row["length"] <= SHORT)
    if row["role"] == Role.COPY or is_sought:
        compare_versions(db, version, at=at, least=_LEAST_LEAD[Role(row["role"])])
    for copy, role in _waiting(db, version, row, [int(other["id"]) for other in fit[:_MOST_WAITING]]):
        compare_versions(db, copy, at=at, least=_LEAST_LEAD[Role(role)])


def _may_be_of(copy: sqlite3.Row, original: sqlite3.Row) -> bool:
    """Return whether ``choice.unfitness`` allows one version to be a copy of the other.

    Pages of one host may be copies of each other only where the host is declared.
    """
    return copy["role"] == Role.COPY or host_of(copy["url"]) != host_of(original["url"])


def _likely(db: sqlite3.Connection, document: int, text: str) -> list[sqlite3.Row]:
    """Return the versions of other documents that share part of a text's sample, most shared first."""
    sample = sampled(fold(text))
    least = max(2, len(sample) // 10)
    likely = [number for number, count in sharing(db, sample, _MOST_LIKELY) if count >= least]
    return db.execute(
        "select v.id, d.url, d.role from json_each(?) as likely join versions v on v.id = likely.value "
        "join documents d on d.id = v.document where d.id != ? order by likely.key",
        (json.dumps(likely), document),
    ).fetchall()


def _waiting(
    db: sqlite3.Connection, version: int, row: sqlite3.Row, others: Sequence[int]
) -> list[tuple[int, str]]:
    """Return the current versions, with their roles, to be compared with a document's new version.

    They are those without an original, those whose original is this document, and, where this document is on
    an issuing site, those whose original is not.
    """
    rows = db.execute(
        "select v.id, d.role, k.original_document, o.role as original_role from versions v "
        "join documents d on d.current = v.id "
        "left join comparisons k on k.id = (select max(n.id) from comparisons n where n.copy_document = d.id) "
        "left join documents o on o.id = k.original_document "
        f"where v.id in ({','.join('?' * len(others))}) and length(v.text) <= ?",
        (*others, LONGEST_AT_ONCE),
    ).fetchall()
    return [
        (int(found["id"]), str(found["role"]))
        for found in rows
        if found["original_document"] == row["document"]
        # Nothing else is new for the others: where this text cannot be chosen, their originals stay.
        or (_is_without(found, row) and is_fit(db, version, found["id"]))
    ]


def _is_without(found: sqlite3.Row, row: sqlite3.Row) -> bool:
    """Return whether a version lacks an original, or an issuing site's original where the other has one."""
    return found["original_document"] is None or (
        row["role"] == Role.ORIGINAL and found["original_role"] != Role.ORIGINAL
    )


def compare_versions(
    db: sqlite3.Connection, copy_version: int, *, at: str, least: float = -9.0
) -> int | None:
    """Set a held version against its original and keep the comparison, in the caller's transaction.

    Return its number, or None when the archive holds no original of it, or when the evidence is below
    ``least``. Of an original's versions the nearest is taken: what the copy was made from, as far as that is
    held. The view ``copies`` shows by itself whether there is a newer one.
    """
    made = compare(db, held_copy(db, copy_version))
    if made.choice.original is None or made.collation is None or made.choice.lead < least:
        return None
    known = db.execute(
        "select id from comparisons where copy_version = ? and original_version = ?",
        (copy_version, made.choice.original.version_id),
    ).fetchone()
    if known:
        return int(known[0])
    return _write_comparison(db, copy_version, made, made.choice.original, made.collation, at)


def _write_comparison(
    db: sqlite3.Connection,
    copy_version: int,
    made: Comparison,
    original: Candidate,
    collation: Collation,
    at: str,
) -> int:
    report = as_json(made)
    inserted = db.execute(
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
    assert inserted.lastrowid is not None
    db.executemany(
        "insert into variants (comparison, kind, copy_start, copy_end, copy_text, original_start, original_end, "
        "original_text, rule) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (inserted.lastrowid, str(v.kind), v.copy_start, v.copy_end, v.copy_text, v.original_start,
             v.original_end, v.original_text, v.rule)
            for v in collation.variants
        ],
    )  # fmt: skip
    keep_rules(db, inserted.lastrowid, report["rules"])
    return inserted.lastrowid


def _without_texts(report: dict[str, Any]) -> dict[str, Any]:
    """Return a report without what the tables already hold: the copy's text and the variants."""
    copy = report["copy"]
    return {**report, "copy": {"title": copy["title"], "chars": copy["chars"]}, "variants": []}
