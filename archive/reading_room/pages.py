"""The room's own pages, the pages that set two texts side by side, and kept pages as they were.

The room's own pages show the front, a document, a capture, a site, and what waits for a person. The little
files beside them are made here, too. Two pages set texts against each other: two versions of a document, or a
copy and its original.

Kept pages are shown as they were, made harmless. Memento (RFC 7089) lets other programs find our versions.
"""

from __future__ import annotations

import asyncio
import base64
import functools
import hashlib
import json
import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datasette.utils import tilde_decode
from datasette.utils.asgi import NotFound, Request, Response

from archive.errors import BadInput, Withheld
from archive.evidence import memento
from archive.evidence.harmless import POLICY, harmless
from archive.evidence.memento import Memento, Places
from archive.extract.charset import decode
from archive.reading_room import connections, desk, graph, searching, side_by_side, typeset
from archive.reading_room.connections import IsWithheld, answer, day, end_of, look, whole_number
from archive.reading_room.safety import is_loopback
from archive.reading_room.tables import reasons_in_words, short_address
from archive.reading_room.words import COOKIE, HERE, LANGUAGES, archives, is_desk, is_public, language_of
from archive.relations.grammar import number_key
from archive.relations.graph import drawing
from archive.relations.series import parts
from archive.store.evidence import exports
from archive.store.file.connection import open_for_reading
from archive.store.file.payloads import Payloads
from archive.store.read import differences, documents, sites
from archive.store.read.connections import place_of
from archive.store.read.documents import Row
from archive.store.read.graph import Surroundings, surroundings
from archive.store.read.health import gaps
from archive.store.read.history import is_ahead
from archive.text import is_traditional

if TYPE_CHECKING:
    from datasette.app import Datasette

MONTHS = 36
WEEKS = 26
# So many of a document's citations, and of those that cite it, stand on its page.
MOST_CONNECTIONS = 30
MOST_CLAUSES = 400
MOST_WAITING = 100


async def front(request: Request, datasette: Datasette) -> Response:
    """Show what is new, or what a search found."""
    if not archives(datasette):
        from datasette.views.index import IndexView  # not before Datasette is there

        request.scope["url_route"] = {"kwargs": {"format": None}}
        return await IndexView(datasette).dispatch_request(request)
    if (request.args.get("q") or "").strip():
        return await searching.search_page(request, datasette)

    def read(db: sqlite3.Connection) -> dict[str, Any]:
        last = sites.last_month(db)
        seen = sites.read_front(db)
        return {
            "front": seen,
            "coverage": typeset.bars(typeset.by_month(sites.months(db, last, MONTHS), last, MONTHS)),
            "unwell": connections.unwell(db, seen.sites),
            "calendar": connections.calendar(db, WEEKS),
            "names": connections.publishers(db),
            "reviewed": desk.reviewed(db, desk.place_of(datasette), seen.changes),
        }

    context = await look(datasette, read)
    return await answer(datasette, request, "front.html", context | {"q": ""})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What one look at the archive gave for a document's page."""

    seen: documents.Document
    line: typeset.Timeline | None
    place: dict[str, Any] | None
    clauses: list[Row]
    around: Surroundings | None


async def document(request: Request, datasette: Datasette) -> Response:
    """Show one document: the version it stands at, the one of a number, or the one of a day."""
    document = int(request.url_vars["document"])
    number = request.url_vars.get("number")
    on = day(request.args.get("at"))
    until = end_of(on) if on else None

    def read(db: sqlite3.Connection) -> _Read:
        if until and on:
            seen = documents.read_document_at(db, document, on, until)
        else:
            seen = documents.read_document(db, document, int(number) if number else None)
        is_placed = seen.version and (seen.is_current or on)
        place = place_of(db, document, date.fromisoformat(on) if on else None) if is_placed else None
        return _Read(
            seen=seen,
            line=typeset.timeline(documents.looks(db, document), gaps(db, document), asked=until),
            place=place,
            around=surroundings(db, document, place) if place else None,
            clauses=connections.clauses(db, seen.version["id"]) if seen.version else [],
        )

    found = await look(datasette, read)
    context = (
        _cited(request, datasette, found.seen)
        | _document_context(found)
        | {
            "is_permalink": number is not None,
            "no_day": "" if on else (request.args.get("at") or "")[:40],
        }
    )
    response = await answer(datasette, request, "document.html", context)
    if number is not None:
        response.headers.update(await headers_of(request, datasette, document, int(number)))
    return response


def _document_context(found: _Read) -> dict[str, Any]:
    """Return what the template of a document shows of it."""
    version = found.seen.version
    text = version["text"][: typeset.MOST_SHOWN] if version else ""
    contents = typeset.contents(found.clauses)
    anchors = {start: entry.anchor for start, entry in contents if start < len(text)}
    kept = json.loads(version["blocks"] or "[]") if version else []
    return {
        "seen": found.seen,
        "doc": found.seen.document,
        "version": version,
        "timeline": found.line,
        "place": found.place,
        "life": found.around.life if found.around else (),
        "drawing": drawing(found.around.graph, graph.BESIDE)
        if found.around and found.around.graph.nodes
        else None,
        "series": parts(number_key(version["doc_number"])) if version and version["doc_number"] else None,
        "standing_now": _worth_a_banner(found.place),
        "most_connections": MOST_CONNECTIONS,
        "contents": [entry for start, entry in contents if start < len(text)][:MOST_CLAUSES],
        "blocks": typeset.blocks(text, kept, anchors),
        "is_cut": version is not None and len(version["text"]) > typeset.MOST_SHOWN,
        "most_shown": f"{typeset.MOST_SHOWN:,}",
        "script": _script(version),
    }


def _worth_a_banner(place: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return a standing that a reader must know before the text; None where it is in force, or nothing is known."""
    standing: dict[str, Any] | None = place["standing"] if place else None
    return standing if standing and standing["standing"] not in ("unknown", "in_force") else None


def _cited(request: Request, datasette: Datasette, seen: documents.Document) -> dict[str, Any]:
    """Return how the version looked at is cited, with its permanent address as this reader reaches it."""
    if not seen.version or not seen.seen:
        return {}
    path = datasette.urls.path(f"/doc/{seen.document['id']}/{seen.version['number']}")
    address = datasette.absolute_url(request, path)
    told = (seen.document, seen.version, seen.seen, address)
    return {
        "citation": typeset.gb_t_7714(*told),
        "bibtex": typeset.bibtex(*told),
        "permanent": address,
        "is_local": is_loopback(request.host),
        "is_ahead": is_ahead(seen.version["published_at"], seen.seen.first),
    }


def _script(version: Row | None) -> str:
    return "zh-Hant" if version and is_traditional(version["text"][:4000]) else "zh-Hans"


async def site(request: Request, datasette: Datasette) -> Response:
    """Show one site: its lists, what was expected and what came, its health and its activity over time."""
    name = tilde_decode(request.url_vars["site"])
    seen = await look(datasette, lambda db: sites.read_site(db, name, MONTHS))
    context = {
        "seen": seen,
        "published": typeset.bars(typeset.by_month(seen.published, seen.last_month, MONTHS)),
        "changed": typeset.bars(typeset.by_month(seen.changed, seen.last_month, MONTHS), height=36),
    }
    return await answer(datasette, request, "site.html", context)


async def capture(request: Request, datasette: Datasette) -> Response:
    """Show one exchange with a server: what was asked, what came, what was read in it."""
    number = int(request.url_vars["capture"])
    row, readings, payload = await look(datasette, lambda db: documents.read_capture(db, number))
    return await answer(
        datasette, request, "capture.html", {"capture": row, "readings": readings, "payload": payload}
    )


async def payload(request: Request, datasette: Datasette) -> Response:
    """Hand out the bytes of a capture as a file to keep, never as a page to look at."""
    number = int(request.url_vars["capture"])

    row, _, _ = await look(datasette, lambda db: documents.read_capture(db, number))
    if not row["payload"]:
        raise NotFound(f"capture {number} has no body")
    path = Path(str(datasette.get_database(archives(datasette)[0]).path))
    # Not over the room's own connection: a file may be longer than any value there.
    try:
        body = await asyncio.get_running_loop().run_in_executor(None, _bytes, path, row["payload"])
    except Withheld as error:
        raise IsWithheld(str(error)) from None
    headers = {"content-disposition": f'attachment; filename="capture-{number}.bin"'}
    return Response(body, headers=headers, content_type="application/octet-stream")


def _bytes(path: Path, digest: str) -> bytes:
    with closing(open_for_reading(path)) as db:
        return Payloads(db).get(digest)


async def review(request: Request, datasette: Datasette) -> Response:
    """Show what waits for a person: pages that came and were not believed. Deciding is done with ``yuanben review``."""
    site = request.args.get("site") or None
    found = await look(datasette, lambda db: connections.waiting(db, site))
    rows = [row | {"reasons": reasons_in_words(language_of(request), row["reason"])} for row in found]
    context = {"waiting": rows[:MOST_WAITING], "count": len(rows), "site": site}
    return await answer(datasette, request, "review.html", context)


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
        "is_public": is_public(datasette),
        "is_desk": is_desk(datasette),
        "archive": next(iter(archives(datasette)), None),
        "publisher_of": lambda name, site: connections.publishers_of(str(datasette.databases[name].path)).get(
            site, site
        ),
        "titles_of": lambda name, urls: connections.sides_of(str(datasette.databases[name].path), urls),
    }


@functools.lru_cache(maxsize=1)
def _style() -> str:
    return (HERE / "static" / "room.css").read_text(encoding="utf-8")


MOST_STOPS = 200


async def choose_difference(request: Request, datasette: Datasette) -> Response:
    """Lead from the form that chooses two versions to the page of their difference."""
    old, new = whole_number(request.args.get("from")), whole_number(request.args.get("to"))
    if not old or not new:
        raise NotFound("choose two versions")
    path = datasette.urls.path(f"/doc/{request.url_vars['document']}/diff/{old}/{new}")
    return Response.redirect(path)


async def difference(request: Request, datasette: Datasette) -> Response:
    """Show what differs between two versions: the fields first, then the text, character by character."""
    number, old, new = (int(request.url_vars[name]) for name in ("document", "old", "new"))
    this = {"document": number, "from_version": old, "to_version": new}
    kept = desk.place_of(datasette)
    seen, marks = await look(
        datasette,
        lambda db: (differences.read_difference(db, number, old, new), desk.reviewed(db, kept, [this])),
    )
    is_long = max(len(seen.old["text"]), len(seen.new["text"])) > typeset.MOST_SHOWN
    whole = request.args.get("show") == "whole" and not is_long
    paragraphs = await asyncio.to_thread(
        side_by_side.difference, seen.old["text"], seen.new["text"], seen.changes, whole=whole
    )
    context = {
        "seen": seen,
        "doc": seen.document,
        "has_desk": kept is not None and seen.change is not None,
        "mark": next(iter(marks.values()), None),
        "whole": whole,
        "view": "side" if request.args.get("view") == "side" else "inline",
        "paragraphs": paragraphs,
        "marks": side_by_side.marks(paragraphs),
        "stops": [paragraph.first for paragraph in paragraphs if paragraph.first][:MOST_STOPS],
        "earlier": _step(seen.numbers, old, new, -1),
        "later": _step(seen.numbers, old, new, 1),
    }
    return await answer(datasette, request, "difference.html", context)


async def copy(request: Request, datasette: Datasette) -> Response:
    """Show a copy beside its original, every difference in its place."""
    number = int(request.url_vars["comparison"])
    seen = await look(datasette, lambda db: differences.read_comparison(db, number))
    pairs = await asyncio.to_thread(
        side_by_side.pairs,
        seen.copy["text"],
        seen.original["text"],
        seen.variants,
        seen.boilerplate,
        seen.lost,
    )
    kinds = {kind for kind, _ in seen.counts}
    chosen = request.args.get("kind") if request.args.get("kind") in kinds else ""
    whole = request.args.get("show") != "changes" and not chosen
    context = {
        "seen": seen,
        "pairs": [pair for pair in pairs if whole or _shows(pair, chosen)],
        "whole": whole,
        "chosen": chosen,
        "copy_script": _script_of(seen.copy["text"]),
        "original_script": _script_of(seen.original["text"]),
    }
    return await answer(datasette, request, "copy.html", context)


def _shows(pair: side_by_side.Pair, kind: str | None) -> bool:
    if not kind:
        return pair.differs
    return any(piece.kind == kind and piece.number for piece in (*pair.copy, *pair.original))


def _script_of(text: str) -> str:
    return "zh-Hant" if is_traditional(text[:4000]) else "zh-Hans"


def _step(numbers: list[int], old: int, new: int, by: int) -> tuple[int, int] | None:
    if old not in numbers or new not in numbers:
        return None
    first, second = numbers.index(old) + by, numbers.index(new) + by
    inside = all(0 <= at < len(numbers) for at in (first, second))
    return (numbers[first], numbers[second]) if inside else None


_MOST_PICTURES = 8 << 20


async def view(request: Request, datasette: Datasette) -> Response:
    """Show a kept page: it runs nothing and asks for nothing. Its bytes as they came are at ``bytes``."""
    number = int(request.url_vars["capture"])

    def read(db: sqlite3.Connection) -> str:
        url, kind, body = exports.page_of(db, number)
        left = _MOST_PICTURES

        def picture(address: str) -> str | None:
            nonlocal left
            held = exports.picture(db, address)
            if held is None or len(held[1]) > left:
                return None
            left -= len(held[1])
            return f"data:{held[0]};base64,{base64.b64encode(held[1]).decode()}"

        return harmless(decode(body, kind).text, url, picture)

    page = await look(datasette, read)
    return Response.html(page, headers={"content-security-policy": POLICY})


async def timemap(request: Request, datasette: Datasette) -> Response:
    """List the states of a page in the link format."""
    places, held = await _held(request, datasette)
    return Response(memento.timemap(places, held), content_type=memento.LINK_FORMAT)


async def timegate(request: Request, datasette: Datasette) -> Response:
    """Lead to what a page showed at the moment asked for."""
    places, held = await _held(request, datasette)
    try:
        chosen = memento.memento_for(held, request.headers.get("accept-datetime"))
    except BadInput as error:
        return Response.text(f"{error}\n", status=400)
    headers = {"location": chosen.url, "vary": "accept-datetime", "link": memento.links(places, held, chosen)}
    return Response("", status=302, headers=headers, content_type="text/plain; charset=utf-8")


async def headers_of(request: Request, datasette: Datasette, document: int, number: int) -> dict[str, str]:
    """Return the headers by which the page of a version is known for a memento."""
    url, seen = await look(datasette, lambda db: exports.states_of(db, document))
    held = _mementos(request, datasette, document, seen)
    shown = next((one for one, (_, version) in zip(held, seen, strict=True) if version == number), None)
    if shown is None:
        return {}
    link = memento.links(_places(request, datasette, url), held, shown)
    return {"link": link, "memento-datetime": memento.http_date(shown.at)}


async def _held(request: Request, datasette: Datasette) -> tuple[Places, list[Memento]]:
    url = re.sub(r"^(https?):/+", r"\1://", request.url_vars["url"], flags=re.IGNORECASE)
    if request.query_string:
        url += f"?{request.query_string}"

    def read(db: sqlite3.Connection) -> tuple[int | None, list[tuple[str, int]]]:
        document = exports.document_at(db, url)
        return document, exports.states(db, document) if document is not None else []

    document, seen = await look(datasette, read)
    if document is None or not seen:
        raise NotFound(f"no version of {url[:200]} in this archive")
    return _places(request, datasette, url), _mementos(request, datasette, document, seen)


def _mementos(
    request: Request, datasette: Datasette, document: int, seen: list[tuple[str, int]]
) -> list[Memento]:
    def address(number: int) -> str:
        return str(datasette.absolute_url(request, datasette.urls.path(f"/doc/{document}/{number}")))

    return [Memento(at, address(number)) for at, number in seen]


def _places(request: Request, datasette: Datasette, url: str) -> Places:
    def own(path: str) -> str:
        return str(datasette.absolute_url(request, datasette.urls.path(path)))

    return Places(original=url, timemap=own(f"/timemap/link/{url}"), timegate=own(f"/timegate/{url}"))
