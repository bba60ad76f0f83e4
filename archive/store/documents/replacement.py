"""When an address shows another work than it did: another title, another text, another number.

An authority may put a new document at an old address. One look does not tell that from an accident or from a foreign
body that bears no other sign, so the new work must stand for a day. It is a version like any other from the first
look (one weak sign only flags); the old versions stay. That a document was repealed (废止) replaces nothing: it is
what the same page says of itself, so an edit.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from archive.clock import seconds_between
from archive.text import fold
from archive.trust.signs import change_signs

# So many sightings, the first and the last of them so far apart.
LOOKS, REST = 2, 24 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """Another work at a document's address: when the work before was last seen, and this one first.

    ``is_settled``: it has stood long enough and looks like an article. It does not prove that it will stay.
    """

    last_present: str
    first_replaced: str
    is_settled: bool

    @property
    def bounds(self) -> dict[str, str]:
        """Return between which captures the one work took the place of the other."""
        return {"last_present": self.last_present, "first_replaced": self.first_replaced}


def replacement(db: sqlite3.Connection, document: int, *, until: str | None = None) -> Replacement | None:
    """Return what took the place of the work a document first showed, None while it shows that one."""
    titles = db.execute(
        "select count(distinct title) from versions where document = ?", (document,)
    ).fetchone()
    if titles[0] < 2:
        return None
    sightings = db.execute(
        "select c.captured_at as at, r.version from readings r join captures c on c.id = r.capture "
        "where r.id in (select max(id) from readings where document = ? and version is not null group by capture) "
        "and c.kind = 'article' and c.captured_at <= coalesce(?, c.captured_at) order by c.captured_at, c.id",
        (document, until),
    ).fetchall()
    works = _works(db, [row["version"] for row in sightings])
    if not sightings or works[sightings[-1]["version"]] == works[sightings[0]["version"]]:
        return None
    now = works[sightings[-1]["version"]]
    start = max(n for n, row in enumerate(sightings) if works[row["version"]] != now) + 1
    first, last = sightings[start]["at"], sightings[-1]["at"]
    has_stood = len(sightings) - start >= LOOKS and seconds_between(first, last) >= REST
    return Replacement(
        last_present=sightings[start - 1]["at"],
        first_replaced=first,
        is_settled=has_stood and _is_an_article(db, sightings[-1]["version"]),
    )


def _works(db: sqlite3.Connection, versions: list[int]) -> dict[int, int]:
    """Return which work each version is of, named by the first version that was."""
    rows = {
        version: db.execute("select * from versions where id = ?", (version,)).fetchone()
        for version in dict.fromkeys(versions)
    }
    works: dict[int, int] = {}
    for version, row in rows.items():
        # The nearest first: a work that was edited often may share nothing with its beginning.
        like = next((known for known in reversed(works) if is_same_work(rows[known], row)), None)
        works[version] = version if like is None else works[like]
    return works


def is_same_work(one: sqlite3.Row, other: sqlite3.Row) -> bool:
    """Return whether two versions share a title, a document number, or a good part of the text."""
    if fold(one["title"]) == fold(other["title"]):
        return True
    if one["doc_number"] and one["doc_number"] == other["doc_number"]:
        return True
    return "body_replaced" not in change_signs(other["text"], one["text"])


def _is_an_article(db: sqlite3.Connection, version: int) -> bool:
    row = db.execute(
        "select coalesce(published_at, doc_number, source_line) from versions where id = ?", (version,)
    ).fetchone()
    return row[0] is not None
