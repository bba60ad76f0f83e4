"""The source changes of a document: the rows of the view ``changes``, and the lines of an edit.

Two captures that follow each other differ when the *same* reader with the *same* rules made different
versions of them. So a new reader never causes a change here, but a return to an earlier text does. A replaced
file has captures of its own: it changed between the last that gave the old file and the first that gave the
new one. A 304 is the server's word. It bounds a change that also shows when we ask for changes only; a change
that shows only when we ask for the whole page may have been hidden behind 304s for a long time, and is
bounded by the last whole page.

``LineEdit`` names an edit by the lines it deletes and adds, so that the same edit of many documents is
recognised. A new template adds a sentence to every text of a site, and on the same day somebody may edit one
of them: the shared lines belong to the template, the others to the document. That several documents gain the
same line does not prove a template; one announcement may be at several addresses.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from archive.clock import later
from archive.diff import edits, summary
from archive.digests import text_digest
from archive.model.fields import STATED
from archive.ranking import RANKS, Matter, ranked, weightiest
from archive.store.write.versions import file_changes

# from_capture, from_version, to_capture, to_version
_Change = tuple[int, int, int, int]
# This many returns to earlier wordings, within this time, are changes; those that follow are folded.
TURNS, TURNS_WITHIN = 3, 14 * 86400.0
# A change in any other field matters as much as a change of the source line.
_FIELD_MATTERS = {"title": Matter.NUMBER, "published_at": Matter.DATE, "doc_number": Matter.NUMBER}
# So many documents that gain (or lose) the very same lines in one run are one change of their site.
FEW = 3
# Of an edit with more lines, only its digest is kept.
_MOST_LINES = 200
Marks = frozenset[str]


def derive_changes(db: sqlite3.Connection, document: int) -> tuple[list[int], int | None]:
    """Derive a document's source changes again.

    Return the captures at which a change shows, and the capture from which its wordings alternated so quickly
    that some returns are folded; None where none are.
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
            _add_transition(db, document, change)
    return [change[2] for change in changes], unstable


def summarise(db: sqlite3.Connection, document: int) -> None:
    """Write the summaries of a document's changes again, after the text of a changed file became known."""
    db.execute("delete from transitions where document = ?", (document,))
    derive_changes(db, document)


def _add_transition(db: sqlite3.Connection, document: int, change: _Change) -> None:
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
    """Return the changes without folded returns, and the capture of the first folded return.

    A few returns within days are ordinary changes. A page that goes on returning after that alternates
    between two wordings; a wording that is new stays a change.
    """
    lasting, versions, returns = list[_Change](), set[int](), list[str]()
    folded: int | None = None
    for change in changes:
        at = db.execute("select captured_at from captures where id = ?", (change[2],)).fetchone()[0]
        is_return = change[3] in versions
        versions |= {change[1], change[3]}
        recent = sum(later(at, -TURNS_WITHIN) <= earlier for earlier in returns)
        if is_return:
            returns.append(at)
        if not (is_return and recent >= TURNS):
            lasting.append(change)
        elif folded is None:
            folded = change[2]
    return lasting, folded


def change_summary(db: sqlite3.Connection, from_version: int, to_version: int) -> str:
    """Return one line that says what differs between two versions, the most important first."""
    old, new = (
        db.execute("select * from versions where id = ?", (version,)).fetchone()
        for version in (from_version, to_version)
    )
    lines = [
        (
            RANKS[_FIELD_MATTERS.get(name, Matter.FIELD)],
            f"{field.zh}: {old[name] or '∅'}→{new[name] or '∅'}",
        )
        for field in STATED
        if old[name := field.name] != new[name]
    ]
    if old["text"] != new["text"]:
        lines.append(_of_text(old["text"], new["text"]))
    lines += [(RANKS[Matter.ATTACHMENT], line) for line in file_changes(db, from_version, to_version)]
    return "; ".join(line for _, line in sorted(lines, key=lambda part: -part[0]) if line) or "附件"


def _of_text(old: str, new: str) -> tuple[int, str]:
    """Return how much the changes of a text matter, and a line that names the first of them."""
    changes = edits(old, new)
    order = ranked(old, new, changes)
    return weightiest(change.matter for change in order), summary([changes[change.edit] for change in order])


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
            # A page that was not modified is the page before, also for a reader that read only that.
            is_page = row["kind"] == "article"
            is_same = row["status"] == 304 and is_page
            versions = dict(sightings[-1].versions) if is_same and sightings else {}
            # For captures of other programs this is unknown; a site that answers 304 was mostly asked
            # conditionally.
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


@dataclass(frozen=True, slots=True)
class LineEdit:
    """The lines that an edit deletes and adds, sorted; a repeated line is here as often as it occurred."""

    gone: tuple[str, ...]
    come: tuple[str, ...]

    @property
    def digest(self) -> str:
        """Return the digest under which a person's decision on this edit is found again."""
        return text_digest(json.dumps([self.gone, self.come], ensure_ascii=False))

    @property
    def marks(self) -> Marks:
        """Return one short mark per line, with its sign and count; for a very long edit one mark per sign."""
        if len(self.gone) + len(self.come) > _MOST_LINES:
            sides = [("-", self.gone), ("+", self.come)]
            return frozenset(sign + text_digest("\n".join(lines)) for sign, lines in sides if lines)
        return frozenset(
            f"{sign}{times}{text_digest(line)[7:23]}"
            for sign, lines in (("-", self.gone), ("+", self.come))
            for line, times in Counter(lines).items()
        )


def line_edit(before: str, after: str) -> LineEdit | None:
    """Return the lines by which a text differs from another, None where only the order may differ."""
    old, new = Counter(before.split("\n")), Counter(after.split("\n"))
    edit = LineEdit(tuple(sorted((old - new).elements())), tuple(sorted((new - old).elements())))
    return edit if edit.gone or edit.come else None


def shared_edits(edits: Iterable[tuple[str, Marks]]) -> list[Marks]:
    """Return the edits that ``FEW`` addresses or more share.

    They look like a template's: their lines are only added or only deleted.
    """
    addresses: dict[Marks, set[str]] = {}
    for url, marks in edits:
        if len({mark[0] for mark in marks}) == 1:
            addresses.setdefault(marks, set()).add(url)
    return [marks for marks, urls in addresses.items() if len(urls) >= FEW]


def own_part(marks: Marks, shared: Iterable[Marks]) -> Marks:
    """Return the document's own part of an edit, without the edits of its site that are in it."""
    return marks.difference(*(edit for edit in shared if edit <= marks))


def alike_and_own(
    edits: Mapping[int, tuple[str, Marks | None]],
) -> tuple[set[int], set[str]]:
    """Return the captures that show only an edit of the site, and the addresses that changed beside it.

    ``edits``: address and marks by capture; None where the change is not in the text.
    """
    shared = shared_edits((url, marks) for url, marks in edits.values() if marks)
    alike = {
        capture for capture, (_, marks) in edits.items() if marks is not None and not own_part(marks, shared)
    }
    return alike, {url for capture, (url, _) in edits.items() if capture not in alike}
