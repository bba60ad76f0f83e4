"""Kept pages as they were, made harmless; and Memento (RFC 7089), by which other programs find our versions."""

from __future__ import annotations

import base64
import re
import sqlite3
from typing import TYPE_CHECKING

from datasette.utils.asgi import NotFound, Request, Response

from archive.errors import BadInput
from archive.evidence import memento
from archive.evidence.harmless import POLICY, harmless
from archive.evidence.memento import Memento, Places
from archive.extract.charset import decode
from archive.reading_room.connections import look
from archive.store.evidence import exports

if TYPE_CHECKING:
    from datasette.app import Datasette

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
