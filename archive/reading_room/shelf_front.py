"""What the front page and the lists of the room read from an archive."""

from __future__ import annotations

import json
import re
import sqlite3
from dataclasses import dataclass

from archive.reading_room.rows import Row, decoded, one, rows

_FIGURE = re.compile(r"[0-9０-９%％]|[一二三四五六七八九十百千万亿]{2}")
# What a summary says of itself: how much more there is.
_COUNTS = re.compile(r"[+−][0-9]+字|另[0-9]+处")
# Words of duty: what one of them becomes decides what has to be done.
_DUTY = re.compile("应当|必须|不得|可以|禁止|暂停|废止|施行|有效期")
_CARD = (
    "select d.id as document, v.title, v.published_at, v.source_line, v.doc_number, d.publisher, d.site, d.url, "
    "d.state, d.versions, d.first_seen, d.last_seen, d.flags, substr(v.text, 1, 200) as opening "
)
# A page that named a day to come when it was last seen is not among the newest: a day's grace, in Beijing.
BELIEVED = "and substr(d.published_at, 1, 10) <= date(d.last_seen, '+32 hours') "
# Seen is what the file says: with the machine's own clock a replayed or simulated archive would look empty.
_NEWEST = (
    _CARD + "from documents d join versions v on v.id = d.current "
    "where d.published_at <= (select coalesce(max(last_seen), '') from documents) "
    + BELIEVED
    + "order by d.published_at desc, d.id desc limit ?"
)
_UNDATED = (
    _CARD + "from documents d left join versions v on v.id = d.current where d.published_at is null "
    "order by d.last_seen desc limit ?"
)
# By the events, newest first: to look at every document took 40 ms with 30,000 of them.
_TROUBLED = (
    "with noted as (select document, max(happened_at) as at from (select document, happened_at from events "
    "where document is not null order by happened_at desc limit 500) group by document) "
    + _CARD
    + "from noted n join documents d on d.id = n.document left join versions v on v.id = d.current "
    "where d.state in ('withdrawn', 'replaced', 'quarantined', 'unreadable') or d.flags like '%\"absent\"%' order by n.at desc limit ?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """What the front page shows."""

    changes: list[Row]
    newest: list[Row]
    troubled: list[Row]
    sites: list[Row]
    documents: int


def read_front(db: sqlite3.Connection) -> Front:
    """Return what is new: changes of the sources, the weighty ones of a day, then documents by the date they show."""
    health = rows(
        db,
        "select h.*, (select d.publisher from documents d where d.site = h.site limit 1) as publisher "
        "from site_health h order by h.verdict = 'OK', h.verdict = 'WARN', h.site",
    )
    newest = rows(db, _NEWEST, 15)
    return Front(
        changes=_ranked(rows(db, "select * from changes order by changed_at_latest desc limit 40"))[:10],
        newest=newest or rows(db, _UNDATED, 15),
        troubled=rows(db, _TROUBLED, 5),
        sites=[decoded(row, "reasons") for row in health],
        documents=db.execute("select coalesce(sum(documents), 0) from tallies").fetchone()[0],
    )


def card(db: sqlite3.Connection, document: int) -> Row:
    """Return what a list shows of a document."""
    found = one(
        db, _CARD + "from documents d left join versions v on v.id = d.current where d.id = ?", document
    )
    assert found
    return found


def site_names(db: sqlite3.Connection) -> list[Row]:
    """Return the sites that hold documents, those with the most first."""
    return rows(
        db,
        "select site, (select publisher from documents d where d.site = t.site limit 1) as publisher, "
        "sum(documents) as documents from tallies t group by site having sum(documents) > 0 "
        "order by documents desc, site limit 300",
    )


def roles(db: sqlite3.Connection, documents: list[int]) -> dict[int, str]:
    """Return what the sites of some documents are to their texts."""
    found = db.execute(
        "select id, role from documents where id in (select value from json_each(?))",
        (json.dumps(documents),),
    )
    return {row[0]: row[1] for row in found}


def weight(summary: str) -> str:
    """Return what a change touches, as its summary tells: ``number``, ``duty``, or nothing that stands out."""
    shown = _COUNTS.sub("", summary)
    if _FIGURE.search(shown):
        return "number"
    return "duty" if _DUTY.search(shown) else ""


def _ranked(changes: list[Row]) -> list[Row]:
    """Return changes by the day they were found; of one day, figures first, then words of duty."""
    order = {"number": 0, "duty": 1, "": 2}
    weighed = [change | {"weight": weight(change["summary"])} for change in changes]
    weighed.sort(key=lambda change: order[change["weight"]])
    return sorted(weighed, key=lambda change: change["changed_at_latest"][:10], reverse=True)
