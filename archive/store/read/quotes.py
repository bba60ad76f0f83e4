"""Which versions contain a wording: word for word, with its figures written differently, or nearly.

The first part is pure. It finds a folded wording in a folded text, through damage and in either script. A
figure with another value makes a changed form, however few its characters; a figure with the same value that
is written differently (15000万, 1.5亿) makes a form of its own. ``quote`` then queries the archive. Its answer
is what the archive saw: that a wording was seen first on one page does not prove that it was published there
first.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from archive.collate.key import key_of, readings_of
from archive.diff import Edit, edits
from archive.errors import BadInput
from archive.model import Role
from archive.patterns import regex
from archive.store.read.history import IS_WHOLE, sightings
from archive.store.write.originals import holding, holding_words
from archive.text import fold, fold_map, place_of
from archive.text.amounts import amounts, other_spellings, valued
from archive.text.figures import DIGITS, NUMERALS, whole, whole_span

#: The share of a wording that a text must contain to be near it.
NEAR = 0.8
SHORTEST = 4
_NO_VALUES = regex("(?<![^⟩:-])[^⟨⟩:-]+(?![^⟨:-])")
_OF_FIGURES = f"{DIGITS}{NUMERALS}"
_A_FIGURE = (
    rf"(?:零下|百分之)?[-+<>≤≥≈~±$¥]{{0,2}}[{_OF_FIGURES}](?:[{_OF_FIGURES}.:/·^×~-]{{0,30}}[{_OF_FIGURES}])?"
    "(?:[%‰°]|个?百分点)?"
)
_FIGURE = regex(_A_FIGURE)
_COUNTING = frozenset("年月日号第条、")
_MOST_FIGURES = 2  # 会议于2024年3月1日召开 is not near every meeting
_DIGITS = regex("[0-9]")
_MOST_VERSIONS = 200
_LOOKED_AT = 6  # per version asked for: the candidates with most of the wording come first
_SHORT = 24  # letters: in a wording as short as this, most may be a figure


class Form(StrEnum):
    """In which form a version contains a wording."""

    EXACT = "exact"
    SAME_VALUE = "same_value"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The span of a wording, or of its nearest match, in a folded text; ``share``: how much matches."""

    share: float
    start: int
    end: int
    wanted: str
    form: Form


def without_figures(folded: str) -> list[str]:
    """Return the words of a folded wording between its figures, nothing where it has no figure."""
    parts = _FIGURE.split(folded)
    return [part for part in parts if part] if len(parts) > 1 else []


def place_in(folded: str, wanted: str) -> Place:
    """Return the span of a wording: word for word, else with figures of the same value, else nearly."""
    at = whole(wanted, folded, strict=True)
    if at >= 0:
        return Place(share=1.0, start=at, end=at + len(wanted), wanted=wanted, form=Form.EXACT)
    same = _of_same_value(wanted, folded)
    if same:
        return Place(share=1.0, start=same[0], end=same[1], wanted=wanted, form=Form.SAME_VALUE)
    share, start, end = _near(wanted, folded)
    if share < NEAR and (other := _with_other_figures(wanted, folded)):
        share, (start, end) = NEAR, other
    return Place(share=share, start=start, end=end, wanted=wanted, form=Form.CHANGED)


def _of_same_value(wanted: str, folded: str) -> tuple[int, int] | None:
    """Return the span of a wording whose figures have the same values but are written differently."""
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
    """Return how much of a wording is in a text, and its span; an end inside a figure is moved behind it."""
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
    """Return a span widened or narrowed by a few characters to where the wording fits best."""
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


def _with_other_figures(wanted: str, folded: str) -> tuple[int, int] | None:
    """Return the span of a short wording's words with other figures between them.

    In a short wording the figures may be most of it.
    """
    words = without_figures(wanted)
    if len(_FIGURE.findall(wanted)) > _MOST_FIGURES:
        return None
    if sum(c not in _COUNTING for word in words for c in word) < SHORTEST:
        return None
    pattern = _A_FIGURE.join(map(re.escape, _FIGURE.split(wanted)))
    match = re.search(pattern, folded) if all(word in folded for word in words) else None
    return whole_span(folded, *match.span()) if match else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One value, as the wording asked for writes it and as the text writes it."""

    asked: str
    found: str


def values_of(text: str) -> list[tuple[str, str]]:
    """Return the figures of a text in order, each as it is written, without white space, and its value."""
    key, offsets = fold_map(text)
    ends = [*offsets, len(text)]
    return [
        (" ".join(text[offsets[figure.start] : _end(text, ends, figure.end)].split()), figure.value)
        for figure in amounts(key)
    ]


def written_differently(asked: list[tuple[str, str]], found: list[tuple[str, str]]) -> tuple[Value, ...]:
    """Return the figures that two passages of the same values write differently.

    Ideographs alone count as words.
    """
    if len(asked) != len(found):
        return ()
    pairs = (
        Value(asked=a, found=b) for (a, value), (b, other) in zip(asked, found, strict=True) if value == other
    )
    return tuple(
        value
        for value in pairs
        if value.asked != value.found and _DIGITS.search(_plain(value.asked + value.found))
    )


def _plain(text: str) -> str:
    return fold_map(text)[0]


def _end(text: str, offsets: list[int], end: int) -> int:
    """Return the place in the text of the end of a figure that ends before a place of the key."""
    return offsets[end - 1] + 1 if end else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteMatch:
    """A version that contains a wording. ``edits`` lead from the wording asked for to the match, folded.

    ``values``: with ``same_value``, the figures that are written differently and have the same value.
    ``first_captured_at`` and ``last_captured_at`` are the first and last whole capture that showed the
    version; a 304 is none. ``gone_by`` is the first later capture of the document that showed another text
    without the wording.
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


def quote(db: sqlite3.Connection, wording: str, *, most: int | None = None) -> list[QuoteMatch]:
    """Return the versions that contain a wording.

    Exact matches come first, originals before copies, then the earlier published. ``most`` limits their
    number. Raise BadInput for a wording of less than four letters: it occurs everywhere.
    """
    texts = readings_of(key_of(wording))
    if not texts or max(map(len, texts)) < SHORTEST:
        raise BadInput(f"the wording has fewer than {SHORTEST} letters — give a few more of its words")
    looked_at = _MOST_VERSIONS if most is None else min(_MOST_VERSIONS, most * _LOOKED_AT)
    versions = dict.fromkeys(version for text in texts for version in _candidates(db, text, looked_at))
    matches = [match for version in versions if (match := _in_version(db, version, wording, texts))]
    matches.sort(key=_order)
    return [_ended(db, match, _others(matches, match)) for match in matches[:most]]


def _candidates(db: sqlite3.Connection, text: str, most: int) -> Iterator[int]:
    """Yield the versions that may contain a folded wording.

    For a short wording these include versions with its figures written differently.
    """
    yield from holding(db, text, most)
    if len(text) > _SHORT:
        return
    for other in other_spellings(text):
        yield from holding(db, other, most)
    yield from holding_words(db, without_figures(text), most)


def _order(match: QuoteMatch) -> tuple[int, int, bool, str, str, int, int]:
    changed = sum(max(len(edit.from_text), len(edit.to_text)) for edit in match.edits)
    return (
        list(Form).index(match.form),
        0 if match.form is Form.SAME_VALUE else changed,
        # The date of a copy is its original's, or its own claim.
        match.role != Role.ORIGINAL,
        match.published_at or "9999",
        match.first_captured_at or "9999",
        match.document,
        match.version,
    )


def _in_version(db: sqlite3.Connection, version: int, wording: str, texts: list[str]) -> QuoteMatch | None:
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
    passage = folded[best.start : best.end]
    place = place_of(passage, text, best.start)
    assert place
    values = _values(wording, best, text[slice(*place)], passage)
    if best.form is Form.SAME_VALUE and not values:  # 8:30 and 8时30分 have other figures, and one value
        values = (Value(asked=best.wanted, found=passage),)
    form = Form.SAME_VALUE if best.form is Form.EXACT and values else best.form
    return QuoteMatch(
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
        edits=tuple(edits(best.wanted, passage)),
        values=values if form is Form.SAME_VALUE else (),
    )


def _values(wording: str, at: Place, passage: str, found: str) -> tuple[Value, ...]:
    """Return the figures that wording and passage write differently.

    For a damaged wording, what it may have said counts.
    """
    asked = wording if fold(wording) == at.wanted else at.wanted
    held = passage if fold(passage) == found else found
    return written_differently(values_of(asked), values_of(held))


def _others(matches: list[QuoteMatch], match: QuoteMatch) -> set[int]:
    return {other.version for other in matches if other.document == match.document}


def _ended(db: sqlite3.Connection, match: QuoteMatch, holders: set[int]) -> QuoteMatch:
    if match.is_current or match.last_captured_at is None:
        return match
    rows = db.execute(
        "select c.captured_at, v.number from readings r join captures c on c.id = r.capture "
        f"join versions v on v.id = r.version where r.document = ? and c.captured_at > ? and {IS_WHOLE} "
        "order by c.captured_at",
        (match.document, match.last_captured_at),
    )
    gone = next((row["captured_at"] for row in rows if row["number"] not in holders), None)
    return replace(match, gone_by=gone)
