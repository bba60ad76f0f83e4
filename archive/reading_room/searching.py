"""What the search box answers: a search, the document of an address, or who holds a sentence."""

from __future__ import annotations

import sqlite3
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from datasette.utils.asgi import Request, Response

from archive.errors import BadInput
from archive.model import State
from archive.reading_room import typeset
from archive.reading_room.connections import answer, day, has_copies, look, whole_number
from archive.reading_room.requests import ADDRESS
from archive.store.read import sites
from archive.store.read.documents import Row
from archive.store.read.lookup import leads
from archive.store.read.quotes import Found, quote
from archive.store.read.search import Hit, search
from archive.text import fold

if TYPE_CHECKING:
    from datasette.app import Datasette

A_PAGE = 30
MOST_PAGES = 40
# From so many letters on, words that stand nowhere are taken for a sentence that stands somewhere a little changed.
_SENTENCE = 12
_MOST_NEAR = 10
FORM = ("site", "since", "until", "kind", "state", "copies", "order", "all")


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

    def address(self, page: int) -> str:
        """Return where another page of the same answer is."""
        told = {name: value for name, value in self.form.items() if value}
        return "?" + urlencode({"q": self.query, **told, "page": page})

    def hits(self, db: sqlite3.Connection) -> list[Hit]:
        """Return the hits of all pages up to this one, and one more when there are more."""
        form = self.form
        return search(
            db,
            self.query,
            site=form["site"] or None,
            since=day(form["since"]),
            until=day(form["until"]),
            kind=form["kind"] or None,
            state=form["state"] if form["state"] in set(State) else None,
            copied=has_copies(form["copies"]),
            all_versions=form["all"] == "1",
            titles_first=form["order"] != "date",
            limit=self.first + A_PAGE + 1,
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found: the hits of one page, whether there are more, and for a sentence nobody holds what comes near."""

    hits: list[Hit]
    has_more: bool
    sites: list[Row]
    near: list[Found]
    roles: dict[int, str]


async def found(request: Request, datasette: Datasette) -> Response:
    """Show what a query finds; an address that is held leads straight to its document."""
    asked = _asked(request)
    if ADDRESS.fullmatch(asked.query):
        return await _looked_up(request, datasette, asked.query)
    seen = await look(datasette, lambda db: _answer(db, asked))
    context = {
        "q": asked.query,
        "asked": asked.form,
        "seen": seen,
        "hits": [_shown(hit, asked.query) for hit in seen.hits],
        "states": [str(state) for state in State],
        "page": asked.page,
        "first": asked.first + 1,
        "count": None if seen.has_more else asked.first + len(seen.hits),
        "earlier": asked.page > 1 and asked.address(asked.page - 1),
        "later": seen.has_more and asked.address(asked.page + 1),
    }
    return await answer(datasette, request, "found.html", context)


def _asked(request: Request) -> Asked:
    return Asked(
        query=(request.args.get("q") or "").strip(),
        form={name: request.args.get(name) or "" for name in FORM},
        page=min(whole_number(request.args.get("page")) or 1, MOST_PAGES),
    )


def _answer(db: sqlite3.Connection, asked: Asked) -> Answer:
    hits = asked.hits(db)
    shown = hits[asked.first : asked.first + A_PAGE]
    return Answer(
        hits=shown,
        has_more=len(hits) > asked.first + A_PAGE,
        sites=sites.site_names(db),
        near=[] if hits else _near(db, asked.query),
        roles=sites.roles(db, [hit.document for hit in shown]),
    )


async def _looked_up(request: Request, datasette: Datasette, address: str) -> Response:
    def read(db: sqlite3.Connection) -> list[Row]:
        found = leads(db, address)
        return [sites.card(db, lead.document) | {"how": lead.how} for lead in found]

    cards = await look(datasette, read)
    if [card["how"] for card in cards] == ["address"]:
        return Response.redirect(datasette.urls.path(f"/doc/{cards[0]['document']}"))
    return await answer(datasette, request, "address.html", {"q": address, "cards": cards})


def _near(db: sqlite3.Connection, query: str) -> list[Found]:
    if len(fold(query)) < _SENTENCE:
        return []
    try:
        return quote(db, query, most=_MOST_NEAR)
    except BadInput:
        return []


def _shown(hit: Hit, query: str) -> dict[str, Any]:
    start, end = hit.mark
    pieces = [(False, hit.snippet[:start]), (True, hit.snippet[start:end]), (False, hit.snippet[end:])]
    return asdict(hit) | {
        "title_pieces": typeset.marked(hit.title, query),
        "pieces": [piece for piece in pieces if piece[1]],
    }
