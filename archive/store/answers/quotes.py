"""Who holds a wording: word for word, with its figures written differently, or in a form that differs in a few characters.

Through damage and in either script. A figure of another value is a changed form, however few its characters; one of
the same value that is written differently (15000万, 1.5億) is a kind of its own. What is told is what the archive saw: that a wording was seen first on one
page does not prove that it was published there first.
"""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass, replace
from enum import StrEnum

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from archive.collate.guesses import readings_of
from archive.collate.key import key_of
from archive.diff import Edit, edits
from archive.errors import BadInput
from archive.store.answers.values import Value, values_of, written_differently
from archive.store.copies.passages import holding
from archive.text import fold, place_of
from archive.text.amounts import valued
from archive.text.figures import whole, whole_span

_MOST_VERSIONS = 200
_LOOKED_AT = 6  # for each that is asked for: what holds most of the wording comes first among the candidates
_NEAR = 0.8
SHORTEST = 4
_NO_VALUES = re.compile("(?<![^⟩])[^⟨⟩]+(?![^⟨])")


class Form(StrEnum):
    """In which form a version holds a wording."""

    EXACT = "exact"
    SAME_VALUE = "same_value"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A version that holds a wording. ``edits`` lead from the wording asked for to the one found, folded.

    ``values``: with ``same_value``, the figures that are written differently and are worth the same.
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
    form: Form
    is_exact: bool
    edits: tuple[Edit, ...]
    values: tuple[Value, ...] = ()


def quote(db: sqlite3.Connection, wording: str, *, most: int | None = None) -> list[Found]:
    """Return the versions that hold a wording, exact ones first, then the earlier published, first seen.

    ``most``: only so many, the first of them. Raise BadInput for a wording of less than four letters: it stands everywhere.
    """
    texts = readings_of(key_of(wording))
    if not texts or max(map(len, texts)) < SHORTEST:
        raise BadInput(f"the wording has fewer than {SHORTEST} letters — give a few more of its words")
    looked_at = _MOST_VERSIONS if most is None else min(_MOST_VERSIONS, most * _LOOKED_AT)
    versions = dict.fromkeys(version for text in texts for version in holding(db, text, looked_at))
    found = [one for version in versions if (one := _in_version(db, version, wording, texts))]
    found.sort(key=_order)
    return [_ended(db, one, _others(found, one)) for one in found[:most]]


def _order(one: Found) -> tuple[int, int, str, str, int, int]:
    changed = sum(max(len(edit.from_text), len(edit.to_text)) for edit in one.edits)
    return (
        list(Form).index(one.form),
        0 if one.form is Form.SAME_VALUE else changed,
        one.published_at or "9999",
        one.first_captured_at or "9999",
        one.document,
        one.version,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a wording, or what comes near it, stands in a folded text; ``share``: how much of it does."""

    share: float
    start: int
    end: int
    wanted: str
    form: Form


def _in_version(db: sqlite3.Connection, version: int, wording: str, texts: list[str]) -> Found | None:
    text = db.execute("select text from versions where id = ?", (version,)).fetchone()[0]
    folded = fold(text)
    best = min(
        (_place(wanted, folded) for wanted in texts), key=lambda at: (list(Form).index(at.form), -at.share)
    )
    if best.share < _NEAR:
        return None
    row = db.execute(
        "select d.id as document, v.number as version, d.url, v.title, d.site, d.publisher, d.role, v.published_at, "
        "d.current = v.id as is_current, min(c.captured_at) as first_captured_at, "
        "max(c.captured_at) as last_captured_at from versions v join documents d on d.id = v.document "
        "left join readings r on r.version = v.id left join captures c on c.id = r.capture where v.id = ?",
        (version,),
    ).fetchone()
    fields = {name: row[name] for name in row.keys() if name != "is_current"}  # noqa: SIM118
    found = folded[best.start : best.end]
    place = place_of(found, text, best.start)
    assert place
    values = _values(wording, best, text[slice(*place)], found)
    form = Form.SAME_VALUE if best.form is Form.EXACT and values else best.form
    return Found(
        **fields,
        is_current=bool(row["is_current"]),
        gone_by=None,
        start=place[0],
        end=place[1],
        text=text[slice(*place)],
        form=form,
        is_exact=form is Form.EXACT,
        edits=tuple(edits(best.wanted, found)),
        values=values if form is Form.SAME_VALUE else (),
    )


def _values(wording: str, at: _Place, passage: str, found: str) -> tuple[Value, ...]:
    """Return the figures that wording and passage write differently; of a damaged wording what it may have said counts."""
    asked = wording if fold(wording) == at.wanted else at.wanted
    held = passage if fold(passage) == found else found
    return written_differently(values_of(asked), values_of(held))


def _place(wanted: str, folded: str) -> _Place:
    """Return where a wording stands word for word, else with figures of the same value, else nearly."""
    at = whole(wanted, folded, strict=True)
    if at >= 0:
        return _Place(share=1.0, start=at, end=at + len(wanted), wanted=wanted, form=Form.EXACT)
    same = _of_same_value(wanted, folded)
    if same:
        return _Place(share=1.0, start=same[0], end=same[1], wanted=wanted, form=Form.SAME_VALUE)
    share, start, end = _near(wanted, folded)
    return _Place(share=share, start=start, end=end, wanted=wanted, form=Form.CHANGED)


def _of_same_value(wanted: str, folded: str) -> tuple[int, int] | None:
    """Return where a wording stands with each of its figures in place of one of the same value."""
    sought, _ = valued(wanted)
    # Its longest words without a figure are sought first: the figures of a long text take ten times as long.
    if sought == wanted or max(_NO_VALUES.findall(sought), key=len, default="") not in folded:
        return None
    key, places = valued(folded)
    at = key.find(sought)
    while at >= 0:
        start, end = places[at], places[at + len(sought)]
        if whole(folded[start:end], folded, start, strict=True) == start:
            return start, end
        at = key.find(sought, at + 1)
    return None


def _near(wanted: str, folded: str) -> tuple[float, int, int]:
    """Return how much of a wording stands in a text, and where; an end inside a figure is moved behind it."""
    at = folded.find(wanted)
    near = fuzz.partial_ratio_alignment(wanted, folded, score_cutoff=60) if at < 0 else None
    if at >= 0:
        start, end = at, at + len(wanted)
    elif near is None or near.dest_start == near.dest_end:
        return 0.0, 0, 0
    else:
        start, end = _fitted(wanted, folded, near.dest_start, near.dest_end)
    start, end = whole_span(folded, start, end)
    return 1 - Levenshtein.distance(wanted, folded[start:end]) / len(wanted), start, end


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
