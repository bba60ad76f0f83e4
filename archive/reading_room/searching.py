"""What the search box answers: a search, the document of an address, or who holds a sentence."""

from __future__ import annotations

import asyncio
import shlex
import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from datasette.utils.asgi import NotFound, Request, Response

from archive.errors import BadInput
from archive.model import State
from archive.patterns import regex
from archive.reading_room import connections, downloads, typeset
from archive.reading_room.connections import answer, day, has_copies, look, whole_number
from archive.reading_room.safety import ADDRESS
from archive.store.read import sites
from archive.store.read.documents import Row
from archive.store.read.history import is_ahead
from archive.store.read.lookup import leads
from archive.store.read.query import beijing_time
from archive.store.read.quotes import QuoteMatch, quote
from archive.store.read.search import Hit, forms_of, other_names, search
from archive.text import fold
from archive.text.names import Succession, body_named, kin_of

if TYPE_CHECKING:
    from datasette.app import Datasette

A_PAGE = 30
MOST_PAGES = 40
# From so many letters on, words that stand nowhere are taken for a sentence that stands somewhere a little changed.
_SENTENCE = 12
_MOST_NEAR = 10
FORM = (
    "site",
    "since",
    "until",
    "kind",
    "state",
    "copies",
    "order",
    "all",
    "names",
    *(FACETS := ("class", "issuer", "region", "year", "standing", "changed")),
)
# Hits that are looked at for what a search can be narrowed to, at once and when a reader asks for more of them.
FACETED, FACETED_ON_DEMAND = 60, 600
# Hits that a feed or a file of a search holds, the newest.
HANDED_OUT = 500
_MOST_VALUES = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """What a visitor asks for: the words, what the form narrows them to, and which page of the answer."""

    query: str
    form: dict[str, str]
    page: int

    @property
    def first(self) -> int:
        """Return how many hits stand on the pages before this one."""
        return (self.page - 1) * A_PAGE

    def address(self, page: int = 1, **other: str) -> str:
        """Return where another page of the same answer is, or the first of one narrowed otherwise."""
        told = {name: value for name, value in (self.form | other).items() if value}
        return "?" + urlencode({"q": self.query, **told} | ({"page": page} if page > 1 else {}))

    def sites(self, db: sqlite3.Connection) -> list[str] | None:
        """Return the sites of the region chosen; None where none was."""
        asked = self.form["region"]
        regions = connections.regions(db) if asked else {}
        return [site for site, region in regions.items() if region == asked] if asked else None

    @property
    def issuers(self) -> list[str] | None:
        """Return all names of the issuing body chosen, where they are asked for."""
        names = other_names(self.form["issuer"]) if self.form["names"] == "all" else []
        wanted = [self.form["issuer"], *(form for name in names for form in forms_of(name))]
        return wanted if names else None

    def hits(self, db: sqlite3.Connection, limit: int, *, newest_first: bool = False) -> list[Hit]:
        """Return so many hits, in the order asked for."""
        form = self.form
        year = form["year"] if _YEAR.fullmatch(form["year"]) else ""
        since, until = day(form["since"]), day(form["until"])
        return search(
            db,
            self.query,
            site=form["site"] or None,
            since=max(filter(None, (since, year and f"{year}-01-01")), default=None),
            until=min(filter(None, (until, year and f"{year}-12-31")), default=None),
            kind=form["kind"] or None,
            state=form["state"] if form["state"] in set(State) else None,
            copied=has_copies(form["copies"]),
            all_versions=form["all"] == "1",
            titles_first=form["order"] != "date" and not newest_first,
            issuer=form["issuer"] if form["issuer"] and not self.issuers else None,
            issuers=self.issuers,
            sites=self.sites(db),
            class_=form["class"] or None,
            standing=form["standing"] or None,
            changed=_CHANGED.get(form["changed"]),
            limit=limit,
        )


_YEAR = regex(r"[12][0-9]{3}")
_CHANGED = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """One way to narrow a search: what has been chosen, and how many of the hits looked at have each value."""

    name: str
    chosen: str
    values: list[tuple[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    """The ways to narrow a search. ``of``: how many hits were looked at; ``is_whole``: that these are all."""

    facets: list[Facet]
    of: int
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found: the hits of one page, whether there are more, and for a sentence nobody holds what comes near."""

    hits: list[Hit]
    has_more: bool
    sites: list[Row]
    near: list[QuoteMatch]
    roles: dict[int, str]
    facets: Facets
    names: dict[str, str]


async def search_page(request: Request, datasette: Datasette) -> Response:
    """Show what a query finds; an address that is held leads straight to its document."""
    asked = _asked(request)
    if ADDRESS.fullmatch(asked.query):
        return await _looked_up(request, datasette, asked.query)
    faceted = FACETED_ON_DEMAND if request.args.get("more") else FACETED
    seen = await look(datasette, lambda db: _answer(db, asked, faceted))
    context = {
        "q": asked.query,
        "asked": asked.form,
        "seen": seen,
        "hits": [_hit_context(hit, asked.query) for hit in seen.hits],
        "ask": asked,
        "facet_names": FACETS,
        "bodies": _bodies(asked),
        "other_names": other_names(asked.form["issuer"]),
        "is_narrowed": any(
            value for name, value in asked.form.items() if name not in ("order", "all", "names")
        ),
        "handed_out": HANDED_OUT,
        "shell_word": shlex.quote(asked.query),
        "kinds": ("csv", "xlsx", "json", *(("parquet",) if downloads.has_parquet() else ())),
        "looks_at_more": not request.args.get("more"),
        "states": [str(state) for state in State],
        "page": asked.page,
        "first": asked.first + 1,
        "count": None if seen.has_more else asked.first + len(seen.hits),
        "earlier": asked.page > 1 and asked.address(asked.page - 1),
        "later": seen.has_more and asked.address(asked.page + 1),
    }
    return await answer(datasette, request, "found.html", context)


def _bodies(asked: Asked) -> list[Succession]:
    """Return the successions of the body that a query or a chosen issuer names."""
    named = (body_named(text) for text in (asked.query, asked.form["issuer"]) if text)
    steps = {step for body in filter(None, named) for kin in kin_of(body) for step in kin.by}
    return sorted(steps, key=lambda step: (step.month or "9999", step.earlier))


def _asked(request: Request) -> Asked:
    return Asked(
        query=(request.args.get("q") or "").strip(),
        form={name: request.args.get(name) or "" for name in FORM},
        page=min(whole_number(request.args.get("page")) or 1, MOST_PAGES),
    )


def _answer(db: sqlite3.Connection, asked: Asked, faceted: int) -> Answer:
    hits = asked.hits(db, max(asked.first + A_PAGE, faceted) + 1)
    shown = hits[asked.first : asked.first + A_PAGE]
    return Answer(
        hits=shown,
        has_more=len(hits) > asked.first + A_PAGE,
        sites=sites.site_names(db),
        near=[] if hits else _near(db, asked.query),
        roles=sites.roles(db, [hit.document for hit in shown]),
        facets=_facets(db, asked, hits, faceted),
        names=connections.publishers(db),
    )


def _facets(db: sqlite3.Connection, asked: Asked, hits: list[Hit], most: int) -> Facets:
    looked_at = hits[:most]
    known = connections.details_of(db, [hit.document for hit in looked_at])
    regions = connections.regions(db)
    counted: dict[str, Counter[str]] = {name: Counter() for name in ("site", *FACETS)}
    for hit in looked_at:
        for name, value in _values(hit, known[hit.document], regions).items():
            counted[name][value] += bool(value)
    facets = []
    for name, counts in counted.items():
        values = [pair for pair in counts.most_common(_MOST_VALUES) if pair[1]]
        if asked.form[name] or len(values) > 1:
            facets.append(Facet(name=name, chosen=asked.form[name], values=values))
    return Facets(facets=facets, of=len(looked_at), is_whole=len(hits) <= most)


def _values(hit: Hit, known: Row, regions: Mapping[str, str]) -> dict[str, str]:
    """Return what a hit counts for in each facet: the same as choosing it there would ask for."""
    dated = hit.published_at if hit.published_at and not is_ahead(hit.published_at, hit.last_seen) else ""
    return {
        "site": known["site"],
        "class": known["class"] or "",
        "issuer": known["issuer"] or "",
        "region": regions.get(known["site"], ""),
        "year": (dated or beijing_time(hit.first_seen))[:4],
        "standing": known["standing"],
        "changed": "yes" if known["changed"] else "no",
    }


async def handed_out(request: Request, datasette: Datasette) -> Response:
    """Hand out what a search finds, the newest first: as a feed to follow, or as a file."""
    asked = _asked(request)
    found = await look(datasette, lambda db: asked.hits(db, HANDED_OUT + 1, newest_first=True))
    hits, kind = found[:HANDED_OUT], request.url_vars["format"]
    if kind == "atom":
        return downloads.of_search(datasette, request, asked.query, hits)
    is_whole = len(found) <= HANDED_OUT
    if kind == "json":
        return Response.json(
            {"query": asked.query, "is_whole": is_whole, "hits": [_plain(hit) for hit in hits]}
        )
    rows = [[_plain(hit)[name] for name in _COLUMNS] for hit in hits]
    if kind == "csv":
        return downloads.handed(
            downloads.as_csv(_COLUMNS, rows).encode(), "text/csv; charset=utf-8", "search.csv"
        )
    if kind == "parquet":
        return await _as_parquet(rows)
    about = downloads.about(datasette, request, len(rows), not is_whole)
    body = await asyncio.to_thread(downloads.workbook, _COLUMNS, rows, about)
    return downloads.handed(body, downloads.WORKBOOK, "search.xlsx")


async def _as_parquet(rows: list[list[Any]]) -> Response:
    if not downloads.has_parquet():
        raise NotFound("Parquet is written where yuanben[parquet] is installed")
    values = {name: [row[at] for row in rows] for at, name in enumerate(_COLUMNS)}
    body = await asyncio.to_thread(downloads.as_parquet, values)
    return downloads.handed(body, downloads.PARQUET, "search.parquet")


_COLUMNS = (
    "document",
    "version",
    "title",
    "published_at",
    "publisher",
    "site",
    "url",
    "state",
    "place",
    "snippet",
    "by_name",
)


def _plain(hit: Hit) -> dict[str, Any]:
    return {name: getattr(hit, name) for name in _COLUMNS}


async def _looked_up(request: Request, datasette: Datasette, address: str) -> Response:
    def read(db: sqlite3.Connection) -> list[Row]:
        found = leads(db, address)
        return [sites.card(db, lead.document) | {"how": lead.how} for lead in found]

    cards = await look(datasette, read)
    if [card["how"] for card in cards] == ["address"]:
        return Response.redirect(datasette.urls.path(f"/doc/{cards[0]['document']}"))
    return await answer(datasette, request, "address.html", {"q": address, "cards": cards})


def _near(db: sqlite3.Connection, query: str) -> list[QuoteMatch]:
    if len(fold(query)) < _SENTENCE:
        return []
    try:
        return quote(db, query, most=_MOST_NEAR)
    except BadInput:
        return []


def _hit_context(hit: Hit, query: str) -> dict[str, Any]:
    start, end = hit.mark
    pieces = [(False, hit.snippet[:start]), (True, hit.snippet[start:end]), (False, hit.snippet[end:])]
    return asdict(hit) | {
        "title_pieces": typeset.marked(hit.title, query),
        "pieces": [piece for piece in pieces if piece[1]],
    }
