"""Finding what a copy may have been copied from, among all versions that are held."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from operator import itemgetter

from archive.collate.candidate import Candidate
from archive.collate.doubts import doubt_of
from archive.collate.guesses import readings_of
from archive.collate.key import Key
from archive.collate.shingles import shingles, sought
from archive.models import Site, site_from_json
from archive.store.copies.passages import holding
from archive.store.copies.shingles import sharing
from archive.text import fold

_MOST_VERSIONS, _MOST_DOCUMENTS, _VERSIONS_EACH = 60, 12, 3
_MOST_FOLLOWED = 200
_LEAST = 0.3
# Below this length a sample is too small to find anything by; passages are sought word for word instead.
# That costs five times as much, so of more than a passage it is done only when the sample found no clear candidate.
SHORT = 400
_PASSAGE, _CLEAR = 150, 0.6
_OF = (
    "select v.id, v.number, v.title, v.text, v.published_at, v.issuer, v.source_line, v.doc_number, v.removed, "
    "v.flags as version_flags, d.id as document, d.url, d.site, d.publisher, d.role, d.first_seen, d.state, d.flags "
    "from versions v join documents d on d.id = v.document where v.id = ?"
)
# What our reader makes of the captures today: a version that only an earlier reader made is nobody's wording.
_STANDING = (
    "select v.id from versions v where v.document = ? and (not exists (select 1 from readings r where r.version = v.id) "
    "or exists (select 1 from readings r where r.version = v.id and not exists "
    "(select 1 from readings n where n.capture = r.capture and n.id > r.id and n.version is not null))) "
    "order by v.number"
)


def candidates(db: sqlite3.Connection, copy: Key, *, but: Iterable[int] = ()) -> list[Candidate]:
    """Return the versions that may be a copy's original, one a document, those that share most first.

    ``but`` names documents that are none: the copy's own. That texts share much does not say who copied whom.
    """
    texts = readings_of(copy)
    wanted = [shingles(text) for text in texts]
    found = _best_of_each(db, _sharing(db, texts[0]), wanted, set(but))
    is_clear = len(texts[0]) > _PASSAGE and any(one.containment >= _CLEAR for one in found.values())
    if len(texts[0]) <= SHORT and not is_clear:
        versions = dict.fromkeys(version for text in texts for version in holding(db, text, _MOST_DOCUMENTS))
        found = {**_best_of_each(db, versions, wanted, set(but)), **found}
    return sorted(found.values(), key=lambda one: (-one.shared, -one.alike, one.document))


def _best_of_each(
    db: sqlite3.Connection, versions: Iterable[int], wanted: Sequence[frozenset[str]], but: set[int]
) -> dict[int, Candidate]:
    """Return the version of each document that shares most, of those that share enough."""
    found: dict[int, Candidate] = {}
    for version in _few_of_each(db, versions):
        row = db.execute(_OF, (version,)).fetchone()
        if row["document"] in but:
            continue
        candidate = _measured(row, wanted)
        known = found.get(candidate.document)
        if candidate.containment >= _LEAST and (known is None or _is_nearer(candidate, known)):
            found[candidate.document] = candidate
    return found


def candidate_of(db: sqlite3.Connection, version: int, copy: Key) -> Candidate:
    """Return one version as a candidate, whatever it shares with the copy."""
    row = db.execute(_OF, (version,)).fetchone()
    return _measured(row, [shingles(text) for text in readings_of(copy)])


def versions_of(db: sqlite3.Connection, document: int, best: Candidate, copy: Key) -> list[Candidate]:
    """Return the versions of a document that its pages show as we read them today, ``best`` among them."""
    standing = {row[0] for row in db.execute(_STANDING, (document,))} | {best.version_id}
    return [
        best if version == best.version_id else candidate_of(db, version, copy)
        for version in sorted(standing)[-_MOST_FOLLOWED:]
    ]


def captured_at(db: sqlite3.Connection, candidate: Candidate) -> str | None:
    """Return when the candidate's version was first captured, as far as the archive knows."""
    return first_captured(db, candidate.version_id)


def first_captured(db: sqlite3.Connection, version: int) -> str | None:
    """Return when a version was first captured, as far as the archive knows."""
    row = db.execute(
        "select min(c.captured_at) from readings r join captures c on c.id = r.capture where r.version = ?",
        (version,),
    ).fetchone()
    return str(row[0]) if row and row[0] else None


def current_of(db: sqlite3.Connection, document: int) -> int | None:
    """Return the version at which a document stands, by its id."""
    row = db.execute("select current from documents where id = ?", (document,)).fetchone()
    return int(row[0]) if row and row[0] is not None else None


def declared_sites(db: sqlite3.Connection) -> dict[str, Site]:
    """Return what the archive knows of sites: their latest declarations."""
    rows = db.execute("select site, declaration from rules where declaration != '{}' order by id")
    return {row["site"]: site_from_json(row["declaration"]) for row in rows}


def _sharing(db: sqlite3.Connection, text: str) -> list[int]:
    ranked = sharing(db, sought(text), _MOST_VERSIONS)
    # A fourth of what the best shares: stock phrases reach that in a large archive, and each text costs a millisecond.
    least = max(2, ranked[0][1] // 4) if ranked else 0
    return [version for version, count in ranked if count >= least]


def _few_of_each(db: sqlite3.Connection, versions: Iterable[int]) -> list[int]:
    """Return the first versions of the first documents: a page that changes daily must not crowd out others."""
    taken: dict[int, int] = {}
    kept = []
    for version in versions:
        document = db.execute("select document from versions where id = ?", (version,)).fetchone()[0]
        if taken.get(document, 0) < _VERSIONS_EACH and (document in taken or len(taken) < _MOST_DOCUMENTS):
            taken[document] = taken.get(document, 0) + 1
            kept.append(version)
    return kept


def _measured(row: sqlite3.Row, wanted: Sequence[frozenset[str]]) -> Candidate:
    held = shingles(fold(row["text"]))
    shared, best = max(((len(copy & held), copy) for copy in wanted), key=itemgetter(0))
    smaller = min(len(best), len(held))
    return Candidate(
        document=row["document"],
        version_id=row["id"],
        version=row["number"],
        url=row["url"],
        site=row["site"],
        publisher=row["publisher"],
        role=row["role"],
        title=row["title"],
        text=row["text"],
        published_at=row["published_at"],
        issuer=row["issuer"],
        source_line=row["source_line"],
        doc_number=row["doc_number"],
        first_seen=row["first_seen"],
        shared=shared,
        containment=shared / smaller if smaller else 0.0,
        of_copy=shared / len(best) if best else 0.0,
        of_original=shared / len(held) if held else 0.0,
        removed=tuple(block["text"] for block in json.loads(row["removed"])),
        doubt=doubt_of(
            row["role"], row["state"], [*json.loads(row["version_flags"]), *json.loads(row["flags"])]
        ),
    )


def _is_nearer(one: Candidate, other: Candidate) -> bool:
    return (one.shared, one.alike, one.version) > (other.shared, other.alike, other.version)
