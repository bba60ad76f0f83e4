"""The source changes of a document: what the view ``changes`` shows.

Two captures that follow each other differ when the *same* reader with the *same* rules made different versions
of them. So a new reader never shows up here, and going back to an earlier text does. A replaced file is seen at
captures of its own: it changed between the last that gave the old one and the first that gave the new one.

A 304 is the server's word. It bounds a change that showed itself when we asked for changes; one that shows only when
we ask for the whole page may have stood behind 304s for long, and is bounded by the last whole page.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from itertools import pairwise

from archive.clock import later
from archive.diff import edits, summary
from archive.ranking import RANKS, Matter, ranked, weightiest
from archive.store.documents.filechanges import file_changes

# from_capture, from_version, to_capture, to_version
_Change = tuple[int, int, int, int]
# So many returns to wordings seen before, within so long, are told; those that follow are folded.
TURNS, TURNS_WITHIN = 3, 14 * 86400.0
FIELDS = (
    ("title", "标题"),
    ("published_at", "日期"),
    ("source_line", "来源"),
    ("doc_number", "文号"),
)
_FIELD_MATTERS = {
    "title": Matter.NUMBER,
    "published_at": Matter.DATE,
    "source_line": Matter.FIELD,
    "doc_number": Matter.NUMBER,
}


def retell(db: sqlite3.Connection, document: int) -> tuple[list[int], int | None]:
    """Work out a document's source changes anew.

    Return the captures at which a change shows, and the one from which on its wordings took turns so quickly that
    some turns are folded; None where none are.
    """
    changes, unstable = _folded(db, _changes(db, document))
    known = {
        tuple(row)[1:]: row[0]
        for row in db.execute(
            "select id, from_capture, from_version, to_capture, to_version from transitions where document = ?",
            (document,),
        )
    }
    gone = [number for change, number in known.items() if change not in changes]
    db.executemany("delete from transitions where id = ?", [(number,) for number in gone])
    for change in changes:
        if change not in known:
            _add(db, document, change)
    return [change[2] for change in changes], unstable


def summarise(db: sqlite3.Connection, document: int) -> None:
    """Write the summaries of a document's changes anew: the text of a file that changed has become known."""
    db.execute("delete from transitions where document = ?", (document,))
    retell(db, document)


def _add(db: sqlite3.Connection, document: int, change: _Change) -> None:
    from_capture, from_version, to_capture, to_version = change
    db.execute(
        "insert into transitions (document, from_version, to_version, from_capture, to_capture, summary) "
        "values (?, ?, ?, ?, ?, ?)",
        (
            document,
            from_version,
            to_version,
            from_capture,
            to_capture,
            change_summary(db, from_version, to_version),
        ),
    )


def _folded(db: sqlite3.Connection, changes: list[_Change]) -> tuple[list[_Change], int | None]:
    """Return the changes without the turns of a page that shows two wordings by turns, and the capture of the first such.

    A few returns within days are told as they are. What goes on returning after that is one page with two faces;
    a wording that is new stays a change.
    """
    told, shown, returns = list[_Change](), set[int](), list[str]()
    folded: int | None = None
    for change in changes:
        at = db.execute("select captured_at from captures where id = ?", (change[2],)).fetchone()[0]
        is_return = change[3] in shown
        shown |= {change[1], change[3]}
        recent = sum(later(at, -TURNS_WITHIN) <= earlier for earlier in returns)
        if is_return:
            returns.append(at)
        if not (is_return and recent >= TURNS):
            told.append(change)
        elif folded is None:
            folded = change[2]
    return told, folded


def change_summary(db: sqlite3.Connection, from_version: int, to_version: int) -> str:
    """Return one line that says what differs between two versions, what matters most first."""
    old, new = (
        db.execute("select * from versions where id = ?", (version,)).fetchone()
        for version in (from_version, to_version)
    )
    said = [
        (RANKS[_FIELD_MATTERS[name]], f"{label}: {old[name] or '∅'}→{new[name] or '∅'}")
        for name, label in FIELDS
        if old[name] != new[name]
    ]
    if old["text"] != new["text"]:
        said.append(_of_text(old["text"], new["text"]))
    said += [(RANKS[Matter.ATTACHMENT], line) for line in file_changes(db, from_version, to_version)]
    return "; ".join(line for _, line in sorted(said, key=lambda part: -part[0]) if line) or "附件"


def _of_text(old: str, new: str) -> tuple[int, str]:
    """Return how much the changes of a text matter, and a line that names the first of them."""
    changes = edits(old, new)
    order = ranked(old, new, changes)
    return weightiest(one.matter for one in order), summary([changes[one.edit] for one in order])


def _changes(db: sqlite3.Connection, document: int) -> list[_Change]:
    changes = []
    last_page: int | None = None
    last_body: int | None = None
    for before, after in pairwise(_sightings(db, document)):
        last_page = before.capture if before.is_page else last_page
        last_body = before.capture if before.is_page and not before.is_same else last_body
        shared = [reading for reading in after.versions if reading in before.versions]
        if shared and before.versions[shared[-1]] != after.versions[shared[-1]]:
            earlier = _last_other(db, after.capture)
            if after.is_page:
                earlier = last_page if after.is_conditional else last_body
            changes.append(
                (
                    before.capture if earlier is None else earlier,
                    before.versions[shared[-1]],
                    after.capture,
                    after.versions[shared[-1]],
                )
            )
    return changes


@dataclass(frozen=True, slots=True)
class _Sighting:
    capture: int
    is_page: bool
    is_same: bool
    is_conditional: bool
    versions: dict[tuple[str, int], int]


def _sightings(db: sqlite3.Connection, document: int) -> list[_Sighting]:
    """Return the captures that showed a version, in order, and which version by which reader and rules."""
    sightings: list[_Sighting] = []
    for row in db.execute(
        "select c.id, c.status, c.kind, c.conditional, r.reader, r.rules, r.version from readings r "
        "join captures c on c.id = r.capture "
        "where r.document = ? and r.version is not null order by c.captured_at, c.id, r.id",
        (document,),
    ):
        if not sightings or sightings[-1].capture != row["id"]:
            # What was not modified is what stood before, also to a reader that read only that.
            is_page = row["kind"] == "article"
            is_same = row["status"] == 304 and is_page
            versions = dict(sightings[-1].versions) if is_same and sightings else {}
            # Of what other programs captured it is not known; a site that answers 304 was mostly asked so.
            is_conditional = row["conditional"] != 0
            sightings.append(_Sighting(row["id"], is_page, is_same, is_conditional, versions))
        sightings[-1].versions[row["reader"], row["rules"]] = row["version"]
    return sightings


def _last_other(db: sqlite3.Connection, capture: int) -> int | None:
    """Return the last capture before one of a file that gave another file at the same address."""
    row = db.execute(
        "select e.id from attachment_sightings s join captures c on c.id = s.capture "
        "join attachment_sightings b on b.url = s.url and b.payload != s.payload "
        "join captures e on e.id = b.capture where s.capture = ? and e.captured_at <= c.captured_at "
        "order by e.captured_at desc, e.id desc limit 1",
        (capture,),
    ).fetchone()
    return int(row[0]) if row else None
