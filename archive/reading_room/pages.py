"""The room's own pages: front, document, capture; and the little files beside them."""

from __future__ import annotations

import asyncio
import functools
import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datasette.utils import tilde_decode
from datasette.utils.asgi import NotFound, Request, Response

from archive.reading_room import citing, finding, plots, shelf, shelf_front, shelf_sites, typeset
from archive.reading_room.cells import short_address
from archive.reading_room.declared import HERE, archives
from archive.reading_room.hosts import is_loopback
from archive.reading_room.looks import answer, day, end_of, look
from archive.reading_room.rows import Row
from archive.reading_room.words import COOKIE, LANGUAGES
from archive.store.answers.gaps import gaps
from archive.store.answers.seen import is_ahead
from archive.store.file.connection import open_for_reading
from archive.store.file.payloads import Payloads
from archive.text import is_traditional

if TYPE_CHECKING:
    from datasette.app import Datasette

MONTHS = 36


async def front(request: Request, datasette: Datasette) -> Response:
    """Show what is new, or what a search found."""
    if not archives(datasette):
        from datasette.views.index import IndexView  # not before Datasette is there

        request.scope["url_route"] = {"kwargs": {"format": None}}
        return await IndexView(datasette).dispatch_request(request)
    if (request.args.get("q") or "").strip():
        return await finding.found(request, datasette)

    def read(db: sqlite3.Connection) -> tuple[shelf_front.Front, plots.Bars]:
        last = shelf_sites.last_month(db)
        counts = shelf_sites.months(db, last, MONTHS)
        return shelf_front.read_front(db), plots.bars(plots.by_month(counts, last, MONTHS))

    seen, coverage = await look(datasette, read)
    return await answer(datasette, request, "front.html", {"front": seen, "coverage": coverage, "q": ""})


async def document(request: Request, datasette: Datasette) -> Response:
    """Show one document: the version it stands at, the one of a number, or the one of a day."""
    document = int(request.url_vars["document"])
    number = request.url_vars.get("number")
    on = day(request.args.get("at"))
    until = end_of(on) if on else None

    def read(db: sqlite3.Connection) -> tuple[shelf.Document, plots.Timeline | None]:
        if until and on:
            seen = shelf.read_document_at(db, document, on, until)
        else:
            seen = shelf.read_document(db, document, int(number) if number else None)
        return seen, plots.timeline(shelf.looks(db, document), gaps(db, document), asked=until)

    seen, line = await look(datasette, read)
    version = seen.version
    context = _cited(request, datasette, seen) | {
        "seen": seen,
        "doc": seen.document,
        "version": version,
        "timeline": line,
        "is_permalink": number is not None,
        "no_day": "" if on else (request.args.get("at") or "")[:40],
        "blocks": typeset.blocks(version["text"][: typeset.MOST_SHOWN]) if version else [],
        "is_cut": version is not None and len(version["text"]) > typeset.MOST_SHOWN,
        "most_shown": f"{typeset.MOST_SHOWN:,}",
        "script": _script(version),
    }
    return await answer(datasette, request, "document.html", context)


def _cited(request: Request, datasette: Datasette, seen: shelf.Document) -> dict[str, Any]:
    """Return how the version looked at is cited, with its permanent address as this reader reaches it."""
    if not seen.version or not seen.seen:
        return {}
    path = datasette.urls.path(f"/doc/{seen.document['id']}/{seen.version['number']}")
    address = datasette.absolute_url(request, path)
    told = (seen.document, seen.version, seen.seen, address)
    return {
        "citation": citing.gb_t_7714(*told),
        "bibtex": citing.bibtex(*told),
        "permanent": address,
        "is_local": is_loopback(request.host),
        "is_ahead": is_ahead(seen.version["published_at"], seen.seen.first),
    }


def _script(version: Row | None) -> str:
    return "zh-Hant" if version and is_traditional(version["text"][:4000]) else "zh-Hans"


async def site(request: Request, datasette: Datasette) -> Response:
    """Show one site: its lists, what was expected and what came, its health and its activity over time."""
    name = tilde_decode(request.url_vars["site"])
    seen = await look(datasette, lambda db: shelf_sites.read_site(db, name, MONTHS))
    context = {
        "seen": seen,
        "published": plots.bars(plots.by_month(seen.published, seen.last_month, MONTHS)),
        "changed": plots.bars(plots.by_month(seen.changed, seen.last_month, MONTHS), height=36),
    }
    return await answer(datasette, request, "site.html", context)


async def capture(request: Request, datasette: Datasette) -> Response:
    """Show one exchange with a server: what was asked, what came, what was read in it."""
    number = int(request.url_vars["capture"])
    row, readings, payload = await look(datasette, lambda db: shelf.read_capture(db, number))
    return await answer(
        datasette, request, "capture.html", {"capture": row, "readings": readings, "payload": payload}
    )


async def payload(request: Request, datasette: Datasette) -> Response:
    """Hand out the bytes of a capture as a file to keep, never as a page to look at."""
    number = int(request.url_vars["capture"])

    row, _, _ = await look(datasette, lambda db: shelf.read_capture(db, number))
    if not row["payload"]:
        raise NotFound(f"capture {number} has no body")
    path = Path(str(datasette.get_database(archives(datasette)[0]).path))
    # Not over the room's own connection: a file may be longer than any value there.
    body = await asyncio.get_running_loop().run_in_executor(None, _bytes, path, row["payload"])
    headers = {"content-disposition": f'attachment; filename="capture-{number}.bin"'}
    return Response(body, headers=headers, content_type="application/octet-stream")


def _bytes(path: Path, digest: str) -> bytes:
    with closing(open_for_reading(path)) as db:
        return Payloads(db).get(digest)


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


@functools.lru_cache(maxsize=1)
def _style() -> str:
    return (HERE / "static" / "room.css").read_text(encoding="utf-8")
