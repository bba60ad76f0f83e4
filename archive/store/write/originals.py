"""The search for the original of a copy, among all versions that are held.

The index holds a sample of each version's shingles. ``candidates`` ranks versions by the share of the copy's
sample that they have. Short passages are sought by their two-character pieces, which allows for a few changed
characters. The results are candidates only; the texts decide. The last part collects the evidence for the
choice among them: what the copy says of itself, and what the archive knows of it.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from operator import itemgetter
from urllib.parse import urlsplit

from archive.collate.comparison import Copy, doubt_of
from archive.collate.frame import lines_of
from archive.collate.key import Key, key_of, readings_of
from archive.collate.leads import outlets
from archive.collate.originals import ENOUGH, Candidate, Witness, unfitness
from archive.collate.sameness import shingles, sought
from archive.furniture import Head
from archive.model import Site, site_from_json
from archive.store.file.withheld import hidden_versions
from archive.text import bigrams, fold

_WINDOW = 5
_MOST_WINDOWS = 16
_MOST_HITS = 2000
# A shingle in so many versions is no evidence: every policy text has it.
COMMON = 400
_MOST_VERSIONS, _MOST_DOCUMENTS, _VERSIONS_EACH = 60, 12, 3
_MOST_FOLLOWED = 200
_LEAST = 0.3
# Below this length a sample is too small to find anything by; passages are sought word for word instead. That
# costs five times as much, so for texts longer than a passage it is done only when the sample gave no clear
# candidate.
SHORT = 400
_PASSAGE, _CLEAR = 150, 0.6
# Similar texts are compared again and again while a site is read; each comparison takes a millisecond.
_REMEMBERED = 128
_OF = (
    "select v.id, v.number, v.title, v.text, v.published_at, v.issuer, v.source_line, v.doc_number, v.removed, "
    "v.flags as version_flags, d.id as document, d.url, d.site, d.publisher, d.role, d.first_seen, d.state, d.flags "
    "from versions v join documents d on d.id = v.document where v.id = ?"
)
# Our reader's results for the captures as of today: a version that only an earlier reader made is nobody's
# wording.
_CURRENT = (
    "select v.id from versions v where v.document = ? and (not exists (select 1 from readings r where r.version = v.id) "
    "or exists (select 1 from readings r where r.version = v.id and not exists "
    "(select 1 from readings n where n.capture = r.capture and n.id > r.id and n.version is not null))) "
    "order by v.number"
)


def holding(db: sqlite3.Connection, folded: str, most: int) -> list[int]:
    """Return versions that contain pieces of a folded passage, those with the most pieces first.

    A version that contains the passage with a few changed characters contains some of its windows whole. The
    results are candidates: the pieces of a window need not be adjacent.
    """
    counts: Counter[int] = Counter()
    hidden = hidden_versions(db)
    for window in windows(folded):
        terms = " AND ".join(f'"{piece}"' for piece in dict.fromkeys(bigrams(window)))
        # As one JSON text: thousands of rows one by one took twice as long.
        listed = db.execute(
            "select json_group_array(rowid) from (select rowid from version_index where version_index match ? "
            "order by rowid desc limit ?)",
            (terms, _MOST_HITS),
        ).fetchone()[0]
        versions = json.loads(listed)
        # A piece that half the archive contains is weak evidence, a piece of a few versions is strong
        # evidence.
        weight = 1 + _MOST_HITS // (20 + len(versions))
        for version in versions:
            if version not in hidden:
                counts[version] += weight
    ranked = counts.most_common(most)
    return [version for version, count in ranked if count * 2 >= ranked[0][1]]


def holding_words(db: sqlite3.Connection, words: list[str], most: int) -> list[int]:
    """Return versions that contain all pieces of some folded words, the latest first.

    Words of one letter do not count.
    """
    pieces = dict.fromkeys(piece for word in words if len(word) > 1 for piece in bigrams(word))
    if not pieces:
        return []
    terms = " AND ".join(f'"{piece}"' for piece in pieces)
    rows = db.execute(
        "select rowid from version_index where version_index match ? order by rowid desc limit ?",
        (terms, most),
    )
    hidden = hidden_versions(db)
    return [row[0] for row in rows if row[0] not in hidden]


def windows(folded: str) -> list[str]:
    """Return pieces of a passage, spread over it, that are sought whole."""
    last = len(folded) - _WINDOW
    if last <= 0:
        return [folded] if folded else []
    step = 3 if last <= 25 else max(_WINDOW, last // _MOST_WINDOWS)
    starts = dict.fromkeys([*range(0, last + 1, step), last])
    return [folded[start : start + _WINDOW] for start in starts]


def add_shingles(db: sqlite3.Connection, version: int, shingles: Iterable[int]) -> None:
    """Add a version's sample, in the transaction that adds the version."""
    db.executemany(
        "insert or ignore into shingles (hash, version) values (?, ?)",
        [(shingle, version) for shingle in shingles],
    )


def sharing(db: sqlite3.Connection, shingles: Sequence[int], most: int) -> list[tuple[int, int]]:
    """Return the versions that share shingles with a sample, with how many, the most first.

    Shingles of hundreds of versions are left aside unless there are no others.
    """
    counts: Counter[int] = Counter()
    common: Counter[int] = Counter()
    # One statement for the whole sample: a hundred single ones took twice as long.
    holders = db.execute(
        "select (select json_group_array(version) from (select version from shingles where hash = j.value limit ?)) "
        "from json_each(?) j",
        (COMMON, json.dumps(list(shingles))),
    )
    for (listed,) in holders:
        found = json.loads(listed)
        (common if len(found) == COMMON else counts).update(found)
    return (counts or common).most_common(most)


def is_indexed(db: sqlite3.Connection) -> bool:
    """Return whether the archive has the index.

    An archive of an older yuanben gets it when it is next written to.
    """
    row = db.execute("select 1 from sqlite_master where type = 'table' and name = 'shingles'").fetchone()
    return row is not None


def candidates(db: sqlite3.Connection, copy: Key, *, but: Iterable[int] = ()) -> list[Candidate]:
    """Return the versions that may be a copy's original, one per document, most shared text first.

    ``but`` names the excluded documents: the copy's own. That texts share much does not say who copied whom.
    """
    texts = readings_of(copy)
    wanted = [_pieces(text) for text in texts]
    best = _best_of_each(db, _sharing(db, texts[0]), wanted, set(but))
    is_clear = len(texts[0]) > _PASSAGE and any(
        candidate.containment >= _CLEAR for candidate in best.values()
    )
    if len(texts[0]) <= SHORT and not is_clear:
        versions = dict.fromkeys(version for text in texts for version in holding(db, text, _MOST_DOCUMENTS))
        best = {**_best_of_each(db, versions, wanted, set(but)), **best}
    return sorted(
        best.values(), key=lambda candidate: (-candidate.shared, -candidate.alike, candidate.document)
    )


def _best_of_each(
    db: sqlite3.Connection, versions: Iterable[int], wanted: Sequence[frozenset[str]], but: set[int]
) -> dict[int, Candidate]:
    """Return for each document the version that shares most, among those that share enough."""
    best: dict[int, Candidate] = {}
    for version in _few_of_each(db, versions):
        row = db.execute(_OF, (version,)).fetchone()
        if row["document"] in but:
            continue
        candidate = _measured(row, wanted)
        known = best.get(candidate.document)
        if candidate.containment >= _LEAST and (known is None or _is_nearer(candidate, known)):
            best[candidate.document] = candidate
    return best


def is_fit(db: sqlite3.Connection, version: int, copy_version: int) -> bool:
    """Return whether a version can be the original of a held version at all.

    The reason for unfitness lies in the two versions alone; no other candidate changes it.
    """
    copied, offered = (
        db.execute("select text from versions where id = ?", (number,)).fetchone()[0]
        for number in (copy_version, version)
    )
    held, key = _shingles_of(offered), _key_of(copied)
    wanted = [_pieces(text) for text in readings_of(key)]
    if all(len(pieces & held) < ENOUGH * min(len(pieces), len(held)) for pieces in wanted):
        return False
    copy, candidate = held_copy(db, copy_version), candidate_of(db, version, key)
    head, _ = lines_of(key)
    copy = copy if copy.title else titled(copy, head)
    return not unfitness(candidate, witness_of(copy, head))


def candidate_of(db: sqlite3.Connection, version: int, copy: Key) -> Candidate:
    """Return one version as a candidate, whatever it shares with the copy."""
    row = db.execute(_OF, (version,)).fetchone()
    return _measured(row, [_pieces(text) for text in readings_of(copy)])


def versions_of(db: sqlite3.Connection, document: int, best: Candidate, copy: Key) -> list[Candidate]:
    """Return the versions of a document that today's readings show, ``best`` among them."""
    standing = {row[0] for row in db.execute(_CURRENT, (document,))} | {best.version_id}
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
    """Return a document's current version, by its id."""
    row = db.execute("select current from documents where id = ?", (document,)).fetchone()
    return int(row[0]) if row and row[0] is not None else None


def declared_sites(db: sqlite3.Connection) -> dict[str, Site]:
    """Return what the archive knows of sites: their latest declarations."""
    rows = db.execute("select site, declaration from rules where declaration != '{}' order by id")
    return {row["site"]: _declared(row["declaration"]) for row in rows}


@lru_cache(maxsize=512)
def _declared(declaration: str) -> Site:
    return site_from_json(declaration)


@lru_cache(maxsize=_REMEMBERED)
def _shingles_of(text: str) -> frozenset[str]:
    return shingles(fold(text))


_pieces = lru_cache(maxsize=_REMEMBERED)(shingles)
_key_of = lru_cache(maxsize=_REMEMBERED)(key_of)


def _sharing(db: sqlite3.Connection, text: str) -> list[int]:
    ranked = sharing(db, sought(text), _MOST_VERSIONS)
    # A quarter of the best share: stock phrases reach that in a large archive, and each text costs a
    # millisecond.
    least = max(2, ranked[0][1] // 4) if ranked else 0
    return [version for version, count in ranked if count >= least]


def _few_of_each(db: sqlite3.Connection, versions: Iterable[int]) -> list[int]:
    """Return the first versions of the first documents.

    A page that changes daily must not crowd out others.
    """
    taken: dict[int, int] = {}
    few = []
    documents = db.execute(
        "select j.value, v.document from json_each(?) j join versions v on v.id = j.value order by j.key",
        (json.dumps(list(versions)),),
    )
    for version, document in documents.fetchall():
        if taken.get(document, 0) < _VERSIONS_EACH and (document in taken or len(taken) < _MOST_DOCUMENTS):
            taken[document] = taken.get(document, 0) + 1
            few.append(version)
    return few


def _measured(row: sqlite3.Row, wanted: Sequence[frozenset[str]]) -> Candidate:
    held = _shingles_of(row["text"])
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


def _is_nearer(candidate: Candidate, other: Candidate) -> bool:
    return (candidate.shared, candidate.alike, candidate.version) > (other.shared, other.alike, other.version)


def held_copy(db: sqlite3.Connection, version: int) -> Copy:
    """Return a held version, by its id, as a copy to be compared."""
    row = db.execute(
        "select v.*, d.url, d.role, d.publisher, d.first_seen from versions v join documents d on d.id = v.document "
        "where v.id = ?",
        (version,),
    ).fetchone()
    return Copy(
        title=row["title"],
        text=row["text"],
        url=row["url"],
        published_at=row["published_at"],
        source_line=row["source_line"],
        document=row["document"],
        removed=tuple(block["text"] for block in json.loads(row["removed"])),
        role=row["role"],
        publisher=row["publisher"],
        issuer=row["issuer"],
        first_seen=row["first_seen"],
    )


def witness_of(copy: Copy, head: Head) -> Witness:
    host = urlsplit(copy.url).hostname if copy.url else None
    claims = f"来源:{copy.source_line}\n{copy.text}" if copy.source_line else copy.text
    return Witness(
        url=copy.url,
        published_at=copy.published_at or head.published_at,
        outlets=outlets(claims, host=host, own=copy.publisher),
        title=copy.title or head.title,
        source_line=copy.source_line or head.source_line,
        role=copy.role,
        publisher=copy.publisher,
        issuer=copy.issuer,
        first_seen=copy.first_seen,
    )


def titled(copy: Copy, head: Head) -> Copy:
    return replace(
        copy,
        title=head.title,
        published_at=copy.published_at or head.published_at,
        source_line=copy.source_line or head.source_line,
    )
