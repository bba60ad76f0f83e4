"""Who holds a wording: word for word, with its figures written differently, or in a form that differs in a few characters.

Through damage and in either script. A figure of another value is a changed form, however few its characters; one of
the same value that is written differently (15000万, 1.5億) is a kind of its own. What is told is what the archive saw: that a wording was seen first on one
page does not prove that it was published there first.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace

from archive.collate.guesses import readings_of
from archive.collate.key import key_of
from archive.diff import Edit, edits
from archive.errors import BadInput
from archive.store.answers.places import NEAR, SHORTEST, Form, Place, place_in, without_figures
from archive.store.answers.seen import IS_WHOLE, sightings
from archive.store.answers.values import Value, values_of, written_differently
from archive.store.copies.passages import holding, holding_words
from archive.text import fold, place_of
from archive.text.spellings import other_spellings

_MOST_VERSIONS = 200
_LOOKED_AT = 6  # for each that is asked for: what holds most of the wording comes first among the candidates
_SHORT = 24  # letters: of a wording of so few a figure may be most


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A version that holds a wording. ``edits`` lead from the wording asked for to the one found, folded.

    ``values``: with ``same_value``, the figures that are written differently and are worth the same.
    ``first_captured_at`` and ``last_captured_at`` are the first and last whole capture that showed the version, an
    answer 304 is none; ``gone_by`` is the first later one of the document that showed another text without the wording.
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
    versions = dict.fromkeys(version for text in texts for version in _candidates(db, text, looked_at))
    found = [one for version in versions if (one := _in_version(db, version, wording, texts))]
    found.sort(key=_order)
    return [_ended(db, one, _others(found, one)) for one in found[:most]]


def _candidates(db: sqlite3.Connection, text: str, most: int) -> Iterator[int]:
    """Yield the versions that may hold a folded wording; of a short one also those with its figures written otherwise."""
    yield from holding(db, text, most)
    if len(text) > _SHORT:
        return
    for other in other_spellings(text):
        yield from holding(db, other, most)
    yield from holding_words(db, without_figures(text), most)


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


def _in_version(db: sqlite3.Connection, version: int, wording: str, texts: list[str]) -> Found | None:
    text = db.execute("select text from versions where id = ?", (version,)).fetchone()[0]
    folded = fold(text)
    best = min(
        (place_in(folded, wanted) for wanted in texts), key=lambda at: (list(Form).index(at.form), -at.share)
    )
    if best.share < NEAR:
        return None
    row = db.execute(
        "select d.id as document, v.number as version, d.url, v.title, d.site, d.publisher, d.role, v.published_at, "
        "d.current = v.id as is_current from versions v join documents d on d.id = v.document where v.id = ?",
        (version,),
    ).fetchone()
    seen = sightings(db, row["document"], version)
    fields = {name: row[name] for name in row.keys() if name != "is_current"}  # noqa: SIM118
    found = folded[best.start : best.end]
    place = place_of(found, text, best.start)
    assert place
    values = _values(wording, best, text[slice(*place)], found)
    if best.form is Form.SAME_VALUE and not values:  # 8:30 and 8时30分 have other figures, and one value
        values = (Value(asked=best.wanted, found=found),)
    form = Form.SAME_VALUE if best.form is Form.EXACT and values else best.form
    return Found(
        **fields,
        first_captured_at=seen.first,
        last_captured_at=seen.last,
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


def _values(wording: str, at: Place, passage: str, found: str) -> tuple[Value, ...]:
    """Return the figures that wording and passage write differently; of a damaged wording what it may have said counts."""
    asked = wording if fold(wording) == at.wanted else at.wanted
    held = passage if fold(passage) == found else found
    return written_differently(values_of(asked), values_of(held))


def _others(found: list[Found], one: Found) -> set[int]:
    return {other.version for other in found if other.document == one.document}


def _ended(db: sqlite3.Connection, one: Found, holders: set[int]) -> Found:
    if one.is_current or one.last_captured_at is None:
        return one
    rows = db.execute(
        "select c.captured_at, v.number from readings r join captures c on c.id = r.capture "
        f"join versions v on v.id = r.version where r.document = ? and c.captured_at > ? and {IS_WHOLE} "
        "order by c.captured_at",
        (one.document, one.last_captured_at),
    )
    gone = next((row["captured_at"] for row in rows if row["number"] not in holders), None)
    return replace(one, gone_by=gone)
