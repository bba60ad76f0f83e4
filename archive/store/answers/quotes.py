"""Who holds a wording: exactly, or in a form that differs in a few characters.

Through damage and in either script. What is told is what the archive saw: that a wording was seen first on one
page does not prove that it was published there first.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from archive.collate.guesses import readings_of
from archive.collate.key import key_of
from archive.diff import Edit, edits
from archive.errors import BadInput
from archive.store.copies.passages import holding
from archive.text import fold, place_of

_MOST_VERSIONS = 200
_LOOKED_AT = 6  # for each that is asked for: what holds most of the wording comes first among the candidates
_NEAR = 0.8
SHORTEST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A version that holds a wording. ``edits`` lead from the wording asked for to the one found, folded.

    ``first_captured_at`` and ``last_captured_at`` are the first and last capture that showed the version;
    ``gone_by`` the first later capture of the document that showed another text without the wording.
    """

    document: int
    version: int
    url: str
    title: str
    site: str
    publisher: str
    role: str
    published_at: str | None
    first_captured_at: str | None
    last_captured_at: str | None
    gone_by: str | None
    is_current: bool
    start: int
    end: int
    text: str
    is_exact: bool
    edits: tuple[Edit, ...]


def quote(db: sqlite3.Connection, wording: str, *, most: int | None = None) -> list[Found]:
    """Return the versions that hold a wording, exact ones first, then the earlier published, first seen.

    ``most``: only so many, the first of them. Raise BadInput for a wording of less than four letters: it stands everywhere.
    """
    texts = readings_of(key_of(wording))
    if not texts or max(map(len, texts)) < SHORTEST:
        raise BadInput(f"the wording has fewer than {SHORTEST} letters — give a few more of its words")
    looked_at = _MOST_VERSIONS if most is None else min(_MOST_VERSIONS, most * _LOOKED_AT)
    versions = dict.fromkeys(version for text in texts for version in holding(db, text, looked_at))
    found = [one for version in versions if (one := _in_version(db, version, texts))]
    found.sort(key=_order)
    return [_ended(db, _in_its_text(db, one), _others(found, one)) for one in found[:most]]


def _order(one: Found) -> tuple[bool, int, str, str, int, int]:
    changed = sum(max(len(edit.from_text), len(edit.to_text)) for edit in one.edits)
    return (
        not one.is_exact,
        changed,
        one.published_at or "9999",
        one.first_captured_at or "9999",
        one.document,
        one.version,
    )


def _in_version(db: sqlite3.Connection, version: int, texts: list[str]) -> Found | None:
    text = db.execute("select text from versions where id = ?", (version,)).fetchone()[0]
    folded = fold(text)
    place = max((_place(wanted, folded) for wanted in texts), key=lambda place: place[0])
    if place[0] < _NEAR:
        return None
    _, start, end, wanted = place
    row = db.execute(
        "select d.id as document, v.number as version, d.url, v.title, d.site, d.publisher, d.role, v.published_at, "
        "d.current = v.id as is_current, min(c.captured_at) as first_captured_at, "
        "max(c.captured_at) as last_captured_at from versions v join documents d on d.id = v.document "
        "left join readings r on r.version = v.id left join captures c on c.id = r.capture where v.id = ?",
        (version,),
    ).fetchone()
    fields = {name: row[name] for name in row.keys() if name != "is_current"}  # noqa: SIM118
    return Found(
        **fields,
        is_current=bool(row["is_current"]),
        gone_by=None,
        start=start,
        end=end,
        text=folded[start:end],
        is_exact=folded[start:end] == wanted,
        edits=tuple(edits(wanted, folded[start:end])),
    )


def _place(wanted: str, folded: str) -> tuple[float, int, int, str]:
    """Return how much of a wording stands in a text, and where."""
    at = folded.find(wanted)
    if at >= 0:
        return 1.0, at, at + len(wanted), wanted
    near = fuzz.partial_ratio_alignment(wanted, folded, score_cutoff=60)
    if near is None or near.dest_start == near.dest_end:
        return 0.0, 0, 0, wanted
    start, end = _fitted(wanted, folded, near.dest_start, near.dest_end)
    share = 1 - Levenshtein.distance(wanted, folded[start:end]) / len(wanted)
    return share, start, end, wanted


def _fitted(wanted: str, folded: str, start: int, end: int) -> tuple[int, int]:
    """Return a place widened or narrowed by a few characters to where the wording fits best."""
    reach = range(-3, 4)
    places = [
        (
            Levenshtein.distance(wanted, folded[max(0, start + i) : end + j]),
            abs(i) + abs(j),
            start + i,
            end + j,
        )
        for i in reach
        for j in reach
        if 0 <= start + i < end + j <= len(folded)
    ]
    return min(places)[2:]


def _in_its_text(db: sqlite3.Connection, one: Found) -> Found:
    """Return what was found at a place of the folded text at its place in the text as it was kept."""
    text = db.execute(
        "select text from versions where document = ? and number = ?", (one.document, one.version)
    ).fetchone()[0]
    # Where the same stands twice, the first of the two: what was found is what both say.
    place = place_of(one.text, text)
    assert place
    start, end = place
    return replace(one, start=start, end=end, text=text[start:end])


def _others(found: list[Found], one: Found) -> set[int]:
    return {other.version for other in found if other.document == one.document}


def _ended(db: sqlite3.Connection, one: Found, holders: set[int]) -> Found:
    if one.is_current or one.last_captured_at is None:
        return one
    rows = db.execute(
        "select c.captured_at, v.number from readings r join captures c on c.id = r.capture "
        "join versions v on v.id = r.version where r.document = ? and c.captured_at > ? order by c.captured_at",
        (one.document, one.last_captured_at),
    )
    gone = next((row["captured_at"] for row in rows if row["number"] not in holders), None)
    return replace(one, gone_by=gone)
