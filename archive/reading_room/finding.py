"""What the search box answers: a search, the document of an address, or who holds a sentence."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from datasette.utils.asgi import Request, Response

from archive.errors import BadInput
from archive.models import State
from archive.reading_room import shelf_front, typeset
from archive.reading_room.looks import answer, day, look, whole_number
from archive.reading_room.rows import Row
from archive.store.mirrors import leads
from archive.store.quotes import Found, quote
from archive.store.search import search
from archive.text import fold

if TYPE_CHECKING:
    from datasette.app import Datasette

A_PAGE = 30
MOST_PAGES = 40
LONGEST_QUERY = 2_100
_ADDRESS = re.compile(r"(?:https?://[^\s]+|(?:[a-z0-9-]{1,63}\.)+[a-z]{2,24}/[^\s]*)", re.IGNORECASE)
# From so many letters on, words that stand nowhere are taken for a sentence that stands somewhere a little changed.
_SENTENCE = 12
_MOST_NEAR = 10
FILTERS = ("site", "since", "until", "state", "copies", "all")


async def found(request: Request, datasette: Datasette) -> Response:
    """Show what a query finds; an address that is held leads straight to its document."""
    query = (request.args.get("q") or "")[:LONGEST_QUERY].strip()
    if _ADDRESS.fullmatch(query):
        return await _looked_up(request, datasette, query)
    asked = {name: request.args.get(name) or "" for name in FILTERS}
    page = min(whole_number(request.args.get("page")) or 1, MOST_PAGES)
    copied = {"with": True, "without": False}.get(asked["copies"])

    def read(db: sqlite3.Connection) -> tuple[list[Any], list[Row], list[Found], dict[int, str]]:
        hits = search(
            db,
            query,
            site=asked["site"] or None,
            since=day(asked["since"]),
            until=day(asked["until"]),
            state=asked["state"] if asked["state"] in set(State) else None,
            copied=copied,
            all_versions=asked["all"] == "1",
            limit=page * A_PAGE + 1,
        )
        shown = hits[(page - 1) * A_PAGE : page * A_PAGE]
        roles = shelf_front.roles(db, [hit.document for hit in shown])
        return hits, shelf_front.site_names(db), [] if hits else _near(db, query), roles

    hits, sites, near, roles = await look(datasette, read)
    more = len(hits) > page * A_PAGE
    kept = {"q": query, **{name: value for name, value in asked.items() if value}}
    context = {
        "q": query,
        "asked": asked,
        "hits": [_shown(hit, query) for hit in hits[(page - 1) * A_PAGE : page * A_PAGE]],
        "near": near,
        "roles": roles,
        "sites": sites,
        "states": [str(state) for state in State],
        "page": page,
        "a_page": A_PAGE,
        "count": None if more else len(hits),
        "earlier": page > 1 and "?" + urlencode(kept | {"page": page - 1}),
        "later": more and "?" + urlencode(kept | {"page": page + 1}),
    }
    return await answer(datasette, request, "found.html", context)


async def _looked_up(request: Request, datasette: Datasette, address: str) -> Response:
    def read(db: sqlite3.Connection) -> list[Row]:
        found = leads(db, address)
        return [shelf_front.card(db, lead.document) | {"how": lead.how} for lead in found]

    cards = await look(datasette, read)
    if [card["how"] for card in cards] == ["address"]:
        return Response.redirect(datasette.urls.path(f"/doc/{cards[0]['document']}"))
    return await answer(datasette, request, "address.html", {"q": address, "cards": cards})


def _near(db: sqlite3.Connection, query: str) -> list[Found]:
    if len(fold(query)) < _SENTENCE:
        return []
    try:
        return quote(db, query)[:_MOST_NEAR]
    except BadInput:
        return []


def _shown(hit: Any, query: str) -> dict[str, Any]:
    start, end = hit.mark
    pieces = [(False, hit.snippet[:start]), (True, hit.snippet[start:end]), (False, hit.snippet[end:])]
    return asdict(hit) | {
        "title_pieces": typeset.marked(hit.title, query),
        "pieces": [piece for piece in pieces if piece[1]],
    }
