"""Queries for a document's graph and for the report on series of numbers."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.relations.graph import Edge, Graph, Node, Step, graph, key_of, known, life
from archive.relations.series import Series, series

# How many neighbours are examined for links among them: with hundreds this takes longer than all else.
_MOST_AMONG = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """A document's graph and timeline."""

    graph: Graph
    life: tuple[Step, ...]


def surroundings(db: sqlite3.Connection, document: int, place: Mapping[str, Any]) -> Surroundings:
    """Return a document's graph and timeline, from its place among the other documents."""
    row = db.execute(
        "select d.id as document, d.url, v.title, v.doc_number, v.number as version, d.published_at, c.issued_on "
        "from documents d join versions v on v.id = d.current left join version_connections c on c.version = v.id "
        "where d.id = ?",
        (document,),
    ).fetchone()
    made = graph(dict(row), place["cites"], place["cited_by"], left_out=place.get("left_out", 0))
    held = [node.document for node in (made.centre, *made.nodes) if node.document is not None]
    whole = known(made, _details(db, held), _among(db, held[1 : _MOST_AMONG + 1]))
    return Surroundings(graph=whole, life=life(whole, place["timeline"], issued=row["issued_on"]))


def _details(db: sqlite3.Connection, documents: Sequence[int]) -> dict[int, dict[str, Any]]:
    rows = db.execute(
        "select d.id, c.class, (select standing from standings s where s.document = d.id) as standing from documents d "
        "left join version_connections c on c.version = d.current where d.id in (select value from json_each(?))",
        (json.dumps(list(documents)),),
    )
    return {row["id"]: {"class": row["class"], "standing": row["standing"]} for row in rows}


def _among(db: sqlite3.Connection, documents: Sequence[int]) -> list[Edge]:
    """Return the edges between some documents, by their current texts."""
    rows = db.execute(
        'select r.document, r.other, r.relation, r.version, r.start, r."end", r.is_incoming, r.other_number from json_each(?) e '
        "cross join documents d on d.id = e.value cross join relations r on r.version_id = d.current",
        (json.dumps(list(documents)),),
    )
    wanted, found = set(documents), list[Edge]()
    for row in rows:
        if row["other"] not in wanted or row["other"] == row["document"]:
            continue
        ends = (key_of(row["document"]), key_of(row["other"]))
        source, target = reversed(ends) if row["is_incoming"] else ends
        edge = Edge(
            source=source, target=target, relation=row["relation"], said_by=ends[0], version=row["version"],
            start=row["start"], end=row["end"], is_numbered=row["other_number"] is not None,
        )  # fmt: skip
        found.append(edge)
    return found


def series_held(db: sqlite3.Connection, prefix: str, year: int | None = None) -> list[Series]:
    """Return the series of a prefix, newest first: the numbers held, and those that held texts name."""
    years = f"{prefix}〔{year or ''}"
    bounds = (f"{years}〕" if year else years, f"{years}\uffff")
    held = db.execute(
        "select key, document from document_names where kind = 'number' and key >= ? and key < ?", bounds
    ).fetchall()
    named = db.execute(
        "select distinct number_key from version_citations where number_key >= ? and number_key < ?", bounds
    )
    return series([row["key"] for row in held], [row[0] for row in named])


# From the first number of a series to the first of the next: each step is one index lookup.
_STEMS = """
with recursive first_of(head) as (
    select min(key) from document_names where kind = 'number'
    union all
    select (select min(key) from document_names where kind = 'number'
        and key > iif(instr(head, '〕') > 0, substr(head, 1, instr(head, '〕')) || char(65535), head))
    from first_of where head is not null)
select stem, (select count(distinct key) from document_names
    where kind = 'number' and key >= stem and key < stem || char(65535)) as held
from (select substr(head, 1, instr(head, '〕')) as stem from first_of where head glob '?*〔[12][0-9][0-9][0-9]〕[1-9]*号')
order by held desc, stem desc limit ?
"""


def all_series(db: sqlite3.Connection, most: int) -> list[dict[str, Any]]:
    """Return the series with the most held numbers, with their lowest and highest."""
    found = []
    for stem, held in db.execute(_STEMS, (most,)).fetchall():
        ends = db.execute(
            "select min(cast(substr(key, ?) as integer)), max(cast(substr(key, ?) as integer)) from document_names "
            "where kind = 'number' and key >= ? and key < ?",
            (len(stem) + 1, len(stem) + 1, stem, f"{stem}\uffff"),
        ).fetchone()
        prefix, year = stem[:-1].rsplit("〔", 1)
        found.append({"prefix": prefix, "year": int(year), "held": held, "first": ends[0], "last": ends[1]})
    return found


def bearers(db: sqlite3.Connection, keys: Sequence[str]) -> dict[str, list[Node]]:
    """Return for each number the documents that bear it, the issuer's own first."""
    rows = db.execute(
        "select n.key as number, d.id, d.url, v.title, d.published_at from json_each(?) e cross join document_names n "
        "on n.key = e.value and n.kind = 'number' join documents d on d.id = n.document join versions v on v.id = d.current "
        "order by d.role != 'original', d.url",
        (json.dumps(list(keys), ensure_ascii=False),),
    )
    return _by_number(rows.fetchall())


def namers(db: sqlite3.Connection, keys: Sequence[str]) -> dict[str, list[Node]]:
    """Return for each number the documents whose current text names it."""
    rows = db.execute(
        "select distinct c.number_key as number, d.id, d.url, v.title, d.published_at from json_each(?) e cross join "
        "version_citations c on c.number_key = e.value join versions v on v.id = c.version "
        "join documents d on d.current = v.id order by d.role != 'original', d.url",
        (json.dumps(list(keys), ensure_ascii=False),),
    )
    return _by_number(rows.fetchall())


def _by_number(rows: Sequence[sqlite3.Row]) -> dict[str, list[Node]]:
    found: dict[str, list[Node]] = {}
    for row in rows:
        day = row["published_at"][:10] if row["published_at"] else None
        node = Node(
            key=key_of(row["id"]), title=row["title"] or row["url"], number=row["number"], day=day, document=row["id"], url=row["url"]
        )  # fmt: skip
        found.setdefault(row["number"], []).append(node)
    return found
