"""Atom feeds: what happened, with the differences inside, and every list whose rows have a name and a time.

The first is the same as ``yuanben feed`` writes, identities included; the others are views, tables and ready questions
with their filters.

Datasette imports its plugins while it is being imported itself: its views are imported where they are used.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree

from datasette.utils.asgi import Request, Response

from archive.atom import ATOM, feed, readable
from archive.reading_room.connections import look, look_into, whole_number
from archive.reading_room.tables import document_path
from archive.reading_room.words import archives, declared_metadata, language_of, side
from archive.store.read.history import IS_WHOLE
from archive.store.read.lookup import address_of
from archive.store.read.news import news
from archive.store.read.search import Hit

if TYPE_CHECKING:
    from datasette.app import Datasette

# Of events and new articles so many, the newest, are looked at for a feed that is asked for here.
MOST_NEWS = 300
NAMES = ("title", "url", "copy_url", "kind", "site")
# When a row came to be, by the first of these it has. A list of documents is no feed of visits: not last_seen.
TIMES = ("changed_at_latest", "compared_at", "happened_at", "captured_at", "finished_at", "first_seen", "kept_at",
         "published_at")  # fmt: skip
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_EPOCH = "1970-01-01T00:00:00Z"


async def news_feed(request: Request, datasette: Datasette) -> Response:
    """Hand out what happened: all, of a site, of a document, or what holds a wording."""
    site, query = (request.args.get(name) or None for name in ("site", "query"))
    document = whole_number(request.args.get("document"))

    def read(db: sqlite3.Connection) -> bytes:
        url = address_of(db, document) if document is not None else None
        pieces = news(db, site=site, document=document, query=query, most=MOST_NEWS)
        address = datasette.absolute_url(request, request.full_path)
        return feed(site or url or query or "all", pieces, address=address)

    body = await look(datasette, read)
    return Response(body.decode(), content_type="application/atom+xml; charset=utf-8")


def of_search(datasette: Datasette, request: Request, query: str, hits: Sequence[Hit]) -> Response:
    """Return what a search finds as a feed: each entry leads to its document here, dated by when it was first seen."""
    root = _root(f"{query} · yuanben 原本", f"yuanben:{request.full_path}")
    _add(root, "updated", max((hit.first_seen for hit in hits), default=_EPOCH))
    _add(root, "link", rel="self", href=datasette.absolute_url(request, request.full_path))
    for hit in sorted(hits, key=lambda hit: hit.first_seen, reverse=True):
        entry = _add(root, "entry")
        _add(entry, "title", hit.title or hit.url)
        _add(entry, "id", uuid5(NAMESPACE_URL, f"yuanben:search:{hit.url}").urn)
        _add(entry, "updated", hit.first_seen)
        path = datasette.urls.path(f"/doc/{hit.document}")
        _add(entry, "link", rel="alternate", href=datasette.absolute_url(request, path))
        _add(entry, "link", rel="via", href=hit.url)
        _add(entry, "summary", hit.snippet)
    return _atom(root)


def _root(title: str, identity: str) -> ElementTree.Element:
    root = ElementTree.Element("feed", {"xmlns": ATOM})
    _add(root, "title", title)
    _add(root, "id", uuid5(NAMESPACE_URL, identity).urn)
    _add(_add(root, "author"), "name", "yuanben 原本")
    return root


def _atom(root: ElementTree.Element) -> Response:
    body = ElementTree.tostring(root, encoding="unicode", xml_declaration=False)
    text = f'<?xml version="1.0" encoding="utf-8"?>\n{body}\n'
    return Response(text, content_type="application/atom+xml; charset=utf-8")


def can_render(datasette: Datasette, columns: Sequence[str], database: str) -> bool:
    """Return whether a list can be a feed."""
    held = set(columns)
    return database in archives(datasette) and bool(held & set(NAMES)) and bool(held & set(TIMES))


async def render(
    datasette: Datasette,
    columns: Sequence[str],
    rows: Sequence[Any],
    database: str,
    table: str | None,
    query_name: str | None,
    request: Request,
) -> Response:
    """Hand out a list as an Atom feed."""
    name = table or query_name or "sql"
    address = datasette.absolute_url(request, request.full_path)
    declared = declared_metadata(datasette, None).get("databases", {}).get(database, {})
    said = {**declared.get("tables", {}), **declared.get("queries", {})}.get(name, {})
    found = [{column: row[column] for column in columns} for row in rows]
    if any(_is_of_version(row) for row in found):
        times = await look_into(datasette, database, lambda db: _first_shown(db, found))
        found = [row | times.get((row.get("document"), row.get("version")), {}) for row in found]
    title = side(language_of(request), said.get("title")) or name
    filters = " ".join(value for key in request.args for value in request.args.getlist(key) if key[0] != "_")
    root = _root(f"{title} {filters}".strip() + " · yuanben 原本", f"yuanben:{request.full_path}")
    _add(root, "updated", max((_time(row) for row in found), default=_EPOCH))
    _add(root, "link", rel="self", href=address)
    for row in found:
        _entry(root, row, datasette, request, name)
    return _atom(root)


def _is_of_version(row: Mapping[str, Any]) -> bool:
    """Return whether a row shows a version by itself: then its time is that of the version, not of the document."""
    has_time = any(row.get(name) for name in ("changed_at_latest", "happened_at", "captured_at"))
    return isinstance(row.get("document"), int) and isinstance(row.get("version"), int) and not has_time


def _first_shown(db: sqlite3.Connection, found: Sequence[Mapping[str, Any]]) -> dict[Any, dict[str, str]]:
    """Return for document and number of each version the first whole capture that showed it."""
    rows = db.execute(
        f"select v.document, v.number, min(case when {IS_WHOLE} then c.captured_at end) as at from versions v "
        "join readings r on r.version = v.id join captures c on c.id = r.capture "
        "where v.document in (select value from json_each(?)) group by v.id",
        (json.dumps(sorted({row["document"] for row in found if _is_of_version(row)})),),
    )
    return {(row["document"], row["number"]): {"captured_at": row["at"]} for row in rows if row["at"]}


def _entry(
    root: ElementTree.Element, row: Mapping[str, Any], datasette: Datasette, request: Request, name: str
) -> None:
    entry = _add(root, "entry")
    what = next((row[key] for key in NAMES if row.get(key)), "?")
    _add(entry, "title", str(what))
    told = sorted((key, str(value)) for key, value in row.items() if key in _IDENTITY)
    _add(entry, "id", uuid5(NAMESPACE_URL, f"yuanben:{name}:{told}").urn)
    _add(entry, "updated", _time(row))
    url = row.get("url") or row.get("copy_url")
    is_shown = isinstance(row.get("document"), int)
    path = document_path(datasette, row) if is_shown else request.full_path
    # An entry without content must say where it can be read (RFC 4287, 4.1.2).
    page = datasette.absolute_url(request, path)
    _add(entry, "link", rel="alternate", href=page if is_shown or not url else str(url))
    if is_shown and url:
        _add(entry, "link", rel="via", href=str(url))
    summary = row.get("summary") or str(row.get("text") or "")[:300]
    if summary:
        _add(entry, "summary", str(summary))


_IDENTITY = ("document", "url", "from_version", "to_version", "changed_at_latest", "comparison", "copy_url",
             "original_url", "id", "happened_at", "kind", "site", "version", "capture")  # fmt: skip


def _time(row: Mapping[str, Any]) -> str:
    at = next((str(row[key]) for key in TIMES if row.get(key)), "")
    if _DAY.fullmatch(at):
        return f"{at}T00:00:00+08:00"
    return at.replace("+08:00", ":00+08:00") if len(at) == 22 else at or _EPOCH


def _add(
    parent: ElementTree.Element, tag: str, text: str | None = None, **attributes: str
) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, tag, {name: readable(value) for name, value in attributes.items()})
    child.text = None if text is None else readable(text)
    return child
