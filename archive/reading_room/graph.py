"""The pages of a document's graph and of series of numbers, and what they hand out."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import NotFound, Request, Response

from archive.reading_room import downloads
from archive.reading_room.connections import answer, look
from archive.relations.graph import Graph, Node, as_json, drawing, graphml, roles
from archive.relations.series import Series, asked
from archive.relations.series import as_json as series_as_json
from archive.store.read.connections import place_of
from archive.store.read.graph import Surroundings, all_series, bearers, namers, series_held, surroundings

if TYPE_CHECKING:
    from datasette.app import Datasette

# Neighbours in the picture beside a document's text, and in that of its own page.
BESIDE, ALONE = 6, 24
GRAPHML = "application/graphml+xml; charset=utf-8"
MOST_SERIES = 100
# Rows of one report; a wrong number far away makes no long list, for a gap is one row.
MOST_ROWS = 3_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A row of the table: a document and what joins it to the one in the middle."""

    node: Node
    relation: str
    side: str


async def page(request: Request, datasette: Datasette) -> Response:
    """Show a document's graph: the picture, and every neighbour in a table."""
    around = await _read(request, datasette)
    made = around.graph
    return await answer(
        datasette,
        request,
        "graph.html",
        {
            "made": made,
            "drawing": drawing(made, ALONE),
            "life": around.life,
            "neighbours": neighbours(made),
            "among": [edge for edge in made.edges if made.centre.key not in (edge.source, edge.target)],
        },
    )


async def handed_out(request: Request, datasette: Datasette) -> Response:
    """Hand a document's graph out as JSON, CSV or GraphML."""
    made = (await _read(request, datasette)).graph
    if request.url_vars["format"] == "csv":
        body = downloads.as_csv(_COLUMNS, [_row_of(each) for each in neighbours(made)]).encode()
        return downloads.handed(body, "text/csv; charset=utf-8", f"document-{made.centre.document}-graph.csv")
    if request.url_vars["format"] == "json":
        return Response.json(as_json(made))
    name = f"document-{made.centre.document}.graphml"
    return downloads.handed(graphml(made), GRAPHML, name)


# ``side``: "in" where the other document does it to this one, "out" where this one does.
_COLUMNS = ("relation", "side", "title", "number", "day", "standing", "document", "url")


def _row_of(each: Neighbour) -> list[Any]:
    node = each.node
    return [
        each.relation,
        each.side,
        node.title,
        node.number,
        node.day,
        node.standing,
        node.document,
        node.url,
    ]


async def _read(request: Request, datasette: Datasette) -> Surroundings:
    document = int(request.url_vars["document"])

    def read(db: sqlite3.Connection) -> Surroundings:
        if db.execute("select 1 from documents where id = ? and current is not null", (document,)).fetchone():
            return surroundings(db, document, place_of(db, document))
        raise NotFound(f"no text of document {document} is held")

    return await look(datasette, read)


def neighbours(made: Graph) -> list[Neighbour]:
    """Return the neighbours of a graph for its table, in the order of the graph."""
    joined = roles(made)
    return [
        Neighbour(node=node, relation=joined[node.key][0], side=joined[node.key][1]) for node in made.nodes
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the report: a number that is held or named, or a stretch that is not held."""

    state: str
    first: int
    last: int
    number: str = ""
    documents: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What is held of the series of one issuer's letters."""

    prefix: str
    year: int | None
    series: list[tuple[Series, list[Row]]]
    known: list[dict[str, Any]]


async def series(request: Request, datasette: Datasette) -> Response:
    """Show the series of numbers of an issuer's letters, or which series there are."""
    report = await _report(request, datasette)
    return await answer(datasette, request, "series.html", {"report": report, "most": MOST_SERIES})


async def series_handed_out(request: Request, datasette: Datasette) -> Response:
    """Hand the report out as CSV or JSON."""
    report = await _report(request, datasette)
    if request.url_vars["format"] == "json":
        found = [series_as_json(made) for made, _ in report.series] if report.prefix else report.known
        return Response.json({"prefix": report.prefix, "year": report.year, "series": found})
    columns, rows = _table(report)
    body = downloads.as_csv(columns, rows).encode()
    return downloads.handed(body, "text/csv; charset=utf-8", "series.csv")


def _table(report: Report) -> tuple[tuple[str, ...], list[list[Any]]]:
    if not report.prefix:
        known = ("prefix", "year", "held", "first", "last")
        return known, [[row[name] for name in known] for row in report.known]
    rows = [
        [made.prefix, made.year, row.first, row.last, row.state, row.number, _addresses(row)]
        for made, rows_of in report.series
        for row in rows_of
    ]
    return ("prefix", "year", "first", "last", "state", "number", "documents"), rows


def _addresses(row: Row) -> str:
    return " ".join(node.url or "" for node in row.documents)


async def _report(request: Request, datasette: Datasette) -> Report:
    prefix, year = asked(request.args.get("prefix") or "", request.args.get("year") or "")

    def read(db: sqlite3.Connection) -> Report:
        if not prefix:
            return Report("", None, [], all_series(db, MOST_SERIES))
        return Report(prefix, year, [(made, _rows(db, made)) for made in series_held(db, prefix, year)], [])

    return await look(datasette, read)


def _rows(db: sqlite3.Connection, made: Series) -> list[Row]:
    numbers = [n for part in made.stretches if part.is_held for n in range(part.first, part.last + 1)]
    named = [n for part in made.stretches for n in part.named] + list(made.outside)
    held_by = bearers(db, [made.number(n) for n in numbers])
    named_by = namers(db, [made.number(n) for n in named])
    rows = [_row("held", made, n, held_by) for n in numbers]
    rows += [_row("named", made, n, named_by) for n in named]
    rows += [
        Row(state="not_held", first=first, last=last)
        for part in made.stretches
        if not part.is_held
        for first, last in _between(part.first, part.last, part.named)
    ]
    return sorted(rows, key=lambda row: row.first)[:MOST_ROWS]


def _row(state: str, made: Series, serial: int, documents: dict[str, list[Node]]) -> Row:
    number = made.number(serial)
    return Row(
        state=state, first=serial, last=serial, number=number, documents=tuple(documents.get(number, ()))
    )


def _between(first: int, last: int, named: tuple[int, ...]) -> list[tuple[int, int]]:
    """Return what is left of a gap between the numbers in it that texts name."""
    ends = [first - 1, *named, last + 1]
    return [(a + 1, b - 1) for a, b in pairwise(ends) if b - a > 1]
