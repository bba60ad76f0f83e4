"""The room's own pages: front and search, document, difference, capture."""

from __future__ import annotations

import functools
import hashlib
import sqlite3
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from datasette.utils import sqlite_timelimit
from datasette.utils.asgi import NotFound, Request, Response

from archive.errors import NotHeld
from archive.reading_room import shelf, typeset
from archive.reading_room.cells import short_address
from archive.reading_room.declared import HERE, archives
from archive.reading_room.rows import Row
from archive.reading_room.words import COOKIE, LANGUAGES
from archive.store.payloads import Payloads
from archive.store.search import search
from archive.text import is_traditional

if TYPE_CHECKING:
    from datasette.app import Datasette

A_PAGE = 30
MOST_PAGES = 40
LONGEST_QUERY = 200
# Ours alone: the time in which one page may read from the file.
PATIENCE = 2000
T = TypeVar("T")


async def front(request: Request, datasette: Datasette) -> Response:
    """Show what is new, or what a search found."""
    if not archives(datasette):
        from datasette.views.index import IndexView  # not before Datasette is there

        request.scope["url_route"] = {"kwargs": {"format": None}}
        return await IndexView(datasette).dispatch_request(request)
    query = (request.args.get("q") or "")[:LONGEST_QUERY].strip()
    if query:
        return await _found(request, datasette, query)
    seen = await _look(datasette, shelf.read_front)
    return await _page(datasette, request, "front.html", {"front": seen, "q": ""})


async def _found(request: Request, datasette: Datasette, query: str) -> Response:
    site, since = request.args.get("site") or "", (request.args.get("since") or "")[:10]
    page = min(_number(request.args.get("page")) or 1, MOST_PAGES)

    def look(db: sqlite3.Connection) -> tuple[list[Any], list[Row]]:
        hits = search(db, query, site=site or None, since=since or None, limit=page * A_PAGE + 1)
        return hits, shelf.site_names(db)

    hits, sites = await _look(datasette, look)
    shown = hits[(page - 1) * A_PAGE : page * A_PAGE]
    asked = {"q": query, "site": site, "since": since}
    context = {
        **asked,
        "hits": [
            asdict(hit) | {"title_pieces": typeset.marked(hit.title, query), "pieces": _pieces(hit)}
            for hit in shown
        ],
        "sites": sites,
        "page": page,
        "count": None if len(hits) > page * A_PAGE else len(hits),
        "earlier": page > 1 and "?" + urlencode(asked | {"page": page - 1}),
        "later": len(hits) > page * A_PAGE and "?" + urlencode(asked | {"page": page + 1}),
    }
    return await _page(datasette, request, "found.html", context)


def _pieces(hit: Any) -> list[tuple[bool, str]]:
    start, end = hit.mark
    pieces = [(False, hit.snippet[:start]), (True, hit.snippet[start:end]), (False, hit.snippet[end:])]
    return [piece for piece in pieces if piece[1]]


async def document(request: Request, datasette: Datasette) -> Response:
    """Show one document: the version it stands at, or the one of a number."""
    number = request.url_vars.get("number")
    seen = await _look(
        datasette,
        lambda db: shelf.read_document(
            db, int(request.url_vars["document"]), int(number) if number else None
        ),
    )
    version = seen.version
    context = {
        "seen": seen,
        "doc": seen.document,
        "version": version,
        "is_permalink": number is not None,
        "blocks": typeset.blocks(version["text"]) if version else [],
        "script": "zh-Hant" if version and is_traditional(version["text"][:4000]) else "zh-Hans",
    }
    return await _page(datasette, request, "document.html", context)


async def choose_difference(request: Request, datasette: Datasette) -> Response:
    """Lead from the form that chooses two versions to the page of their difference."""
    old, new = _number(request.args.get("from")), _number(request.args.get("to"))
    if not old or not new:
        raise NotFound("choose two versions")
    path = datasette.urls.path(f"/doc/{request.url_vars['document']}/diff/{old}/{new}")
    return Response.redirect(path)


async def difference(request: Request, datasette: Datasette) -> Response:
    """Show what differs between two versions: the fields first, then the text, character by character."""
    number, old, new = (int(request.url_vars[name]) for name in ("document", "old", "new"))
    seen = await _look(datasette, lambda db: shelf.read_difference(db, number, old, new))
    whole = request.args.get("show") == "whole"
    context = {
        "seen": seen,
        "doc": seen.document,
        "whole": whole,
        "paragraphs": typeset.difference(seen.old["text"], seen.new["text"], seen.changes, whole=whole),
        "earlier": _step(seen.numbers, old, new, -1),
        "later": _step(seen.numbers, old, new, 1),
    }
    return await _page(datasette, request, "difference.html", context)


def _step(numbers: list[int], old: int, new: int, by: int) -> tuple[int, int] | None:
    if old not in numbers or new not in numbers:
        return None
    first, second = numbers.index(old) + by, numbers.index(new) + by
    inside = all(0 <= at < len(numbers) for at in (first, second))
    return (numbers[first], numbers[second]) if inside else None


async def capture(request: Request, datasette: Datasette) -> Response:
    """Show one exchange with a server: what was asked, what came, what was read in it."""
    number = int(request.url_vars["capture"])
    row, readings, payload = await _look(datasette, lambda db: shelf.read_capture(db, number))
    return await _page(
        datasette, request, "capture.html", {"capture": row, "readings": readings, "payload": payload}
    )


async def payload(request: Request, datasette: Datasette) -> Response:
    """Hand out the bytes of a capture as a file to keep, never as a page to look at."""
    number = int(request.url_vars["capture"])

    def look(db: sqlite3.Connection) -> bytes:
        row, _, _ = shelf.read_capture(db, number)
        if not row["payload"]:
            raise NotHeld(f"capture {number} has no body")
        return Payloads(db).get(row["payload"])

    body = await _look(datasette, look)
    headers = {"content-disposition": f'attachment; filename="capture-{number}.bin"'}
    return Response(body, headers=headers, content_type="application/octet-stream")


async def language(request: Request, datasette: Datasette) -> Response:
    """Remember the language a reader chose, and go back to where the choice was made."""
    chosen, back = request.args.get("to"), request.args.get("back") or "/"
    is_here = back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable()
    response = Response.redirect(back if is_here else datasette.urls.path("/"))
    if chosen in LANGUAGES:
        response.set_cookie(COOKIE, chosen, max_age=365 * 86400, httponly=True, samesite="lax")
    return response


async def stylesheet() -> Response:
    """Hand out the room's style sheet."""
    return Response(
        _style(), content_type="text/css; charset=utf-8", headers={"cache-control": "public, max-age=3600"}
    )


async def robots() -> Response:
    """Ask every robot to stay out: these texts are to be found at their publishers."""
    return Response.text("User-agent: *\nDisallow: /\n")


def page_tools(datasette: Datasette) -> dict[str, Any]:
    """Return what every template may use beside the words."""
    return {
        "shown_time": typeset.shown_time,
        "shown_date": typeset.shown_date,
        "short_address": short_address,
        "style_digest": hashlib.sha256(_style().encode()).hexdigest()[:8],
        "archive": next(iter(archives(datasette)), None),
    }


async def _page(datasette: Datasette, request: Request, template: str, context: dict[str, Any]) -> Response:
    return Response.html(await datasette.render_template(template, context, request=request))


async def _look(datasette: Datasette, look: Callable[[sqlite3.Connection], T]) -> T:
    names = archives(datasette)
    if not names:
        raise NotFound("no archive is served here")

    def bounded(db: sqlite3.Connection) -> T:
        with sqlite_timelimit(db, PATIENCE):
            return look(db)

    try:
        found: T = await datasette.get_database(names[0]).execute_fn(bounded)
    except NotHeld as error:
        raise NotFound(str(error)) from None
    return found


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


@functools.lru_cache(maxsize=1)
def _style() -> str:
    return (HERE / "static" / "room.css").read_text(encoding="utf-8")
