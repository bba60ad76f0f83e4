"""Lists to take away: CSV that a spreadsheet opens as text, workbooks, Parquet, and Atom feeds.

In CSV, an apostrophe leads what a spreadsheet would take for a formula; in a workbook every text is written as
text. Whoever downloads CSV for a spreadsheet (``_dl=1``) gets the mark that says it is UTF-8. A program that
asks for CSV does not.

The first of the feeds is what ``yuanben feed`` writes, identities included. The others are views, tables, ready
questions and searches with their filters.

Datasette imports its plugins while it is being imported itself, so its views are imported where they are used.
"""

from __future__ import annotations

import asyncio
import io
import json
import re
import sqlite3
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree

from datasette.utils import CustomRow, tilde_decode
from datasette.utils.asgi import AsgiStream, BadRequest, Request, Response

from archive.atom import ATOM, feed, readable
from archive.patterns import regex
from archive.reading_room.connections import Unfinished, look, look_into, whole_number
from archive.reading_room.tables import document_path
from archive.reading_room.words import (
    archives,
    declared_metadata,
    language_of,
    side,
    translate,
    translate_or_name,
)
from archive.store.read.history import IS_WHOLE
from archive.store.read.lookup import address_of
from archive.store.read.news import news
from archive.store.read.search import Hit

if TYPE_CHECKING:
    from datasette.app import Datasette

MARK = "\ufeff"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PARQUET = "application/vnd.apache.parquet"
# Characters that one cell of a workbook may hold; figures that one can hold without losing the last of them.
LONGEST_CELL, LARGEST_FIGURE = 32_767, 10**15

# What a spreadsheet reads as the beginning of a formula, in any width; and what it passes over before one: spaces, line
# ends, controls, and letters without a width. A cell that begins with a tab, a line end or a NUL is guarded whatever follows.
_SIGNS = "=+\\-@＝＋－＠﹢﹣﹦﹫−"
_UNSEEN = r"\s\x00-\x20\x7f-\xa0\xad\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0"
_FORMULA = regex(f"[\t\r\n\0]|[{_UNSEEN}'\"]*[{_SIGNS}]")


def harmless(value: Any) -> Any:
    """Return a value as a spreadsheet may have it. Figures stay figures: only texts can be formulas."""
    return "'" + value if isinstance(value, str) and _FORMULA.match(value) else value


async def table(request: Request, datasette: Datasette) -> Response:
    """Hand out a table, a view or a ready query as CSV."""
    from datasette.views.table import TableView

    return await _exported(TableView(datasette), request)


async def query(request: Request, datasette: Datasette) -> Response:
    """Hand out the answer to a query as CSV."""
    from datasette.views.database import DatabaseView

    route = tilde_decode(request.url_vars["database"])
    if not request.args.get("sql") and any(db.route == route for db in datasette.databases.values()):
        raise BadRequest("?sql= is required")
    return await _exported(DatabaseView(datasette), request)


async def _exported(view: Any, request: Request) -> Response:
    plain = view.data

    async def guarded(*args: Any, **named: Any) -> Any:
        try:
            answer = await plain(*args, **named)
        except Exception as error:
            if "_next" not in named:
                raise
            # Rows have been handed out. Datasette would write the error below them, and end as if that were all.
            raise Unfinished(f"a list was cut off: {error}") from None
        if isinstance(answer, tuple):
            if answer[0].get("error"):  # Datasette would hand out an empty file
                raise BadRequest(str(answer[0]["error"]))
            answer[0]["rows"] = [_harmless_row(row) for row in answer[0].get("rows", ())]
            # A query names its columns itself.
            answer[0]["columns"] = [harmless(name) for name in answer[0].get("columns", ())]
        return answer

    view.data = guarded
    response: Response = await view.dispatch_request(request)
    if isinstance(response, AsgiStream) and request.args.get("_dl"):
        response.stream_fn = _marked(response.stream_fn)
    return response


def _marked(stream: Any) -> Any:
    async def marked(writer: Any) -> None:
        await writer.write(MARK)
        await stream(writer)

    return marked


def _harmless_row(row: Any) -> Any:
    cells = [_cell(cell) for cell in row]
    names = row.columns if isinstance(row, CustomRow) else row.keys()
    return row if cells == list(row) else CustomRow(names, dict(zip(names, cells, strict=True)))


def _cell(value: Any) -> Any:
    if isinstance(value, dict):  # a label beside a number
        return {name: harmless(part) for name, part in value.items()}
    return harmless(value)


def as_csv(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return rows as CSV for a spreadsheet: marked as UTF-8, and with nothing that it would take for a formula."""
    import csv

    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([[harmless(value) for value in row] for row in rows])
    return MARK + out.getvalue()


def workbook(columns: Sequence[str], rows: Sequence[Sequence[Any]], about: Mapping[str, str]) -> bytes:
    """Return rows as a workbook: texts as texts, figures as figures, and on a sheet of its own what they are.

    A text longer than a cell can hold is cut, and says so.
    """
    from xlsxwriter import Workbook

    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet("data")
        for at, name in enumerate(columns):
            sheet.write_string(0, at, name, bold)
        for line, row in enumerate(rows, 1):
            for at, value in enumerate(row):
                _write(sheet, line, at, value)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(rows), max(0, len(columns) - 1))
        beside = book.add_worksheet("about")
        for line, (name, value) in enumerate(about.items()):
            beside.write_string(line, 0, name, bold)
            beside.write_string(line, 1, value)
    return out.getvalue()


def _write(sheet: Any, line: int, at: int, value: Any) -> None:
    if isinstance(value, dict):  # a label beside a number
        value = value.get("label") or value.get("value")
    if value is None:
        return
    if isinstance(value, bool | int | float) and abs(value) < LARGEST_FIGURE:
        sheet.write_number(line, at, value)
    else:
        text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
        sheet.write_string(line, at, text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…")


async def render_workbook(
    datasette: Datasette, columns: Sequence[str], rows: Sequence[Any], table: str | None, query_name: str | None,
    request: Request, data: Mapping[str, Any],
) -> Response:  # fmt: skip
    """Hand out the rows of a list as a workbook; its second sheet says whether there are more."""
    _refuse_error(data)
    name = table or query_name or "sql"
    has_more = bool(data.get("next") or data.get("truncated"))
    beside = about(datasette, request, len(rows), has_more)
    values = [[row[column] for column in columns] for row in rows]
    labels = [translate_or_name(language_of(request), "field", column) for column in columns]
    body = await asyncio.to_thread(workbook, labels, values, beside)
    return handed(body, WORKBOOK, f"{name}.xlsx")


def _refuse_error(data: Mapping[str, Any]) -> None:
    # Datasette would hand out a file without rows.
    if data.get("error"):
        raise BadRequest(str(data["error"]))


def about(datasette: Datasette, request: Request, count: int, has_more: bool) -> dict[str, str]:
    """Return what the second sheet of a workbook says: where its rows are from, how many, and whether these are all."""
    language = language_of(request)
    return {
        translate(language, "download.address"): str(datasette.absolute_url(request, request.full_path)),
        translate(language, "download.rows"): f"{count:,}",
        translate(language, "download.whole"): translate(
            language, "download.cut" if has_more else "download.all"
        ),
    }


def handed(body: bytes, kind: str, name: str) -> Response:
    """Return a file to keep."""
    plain = re.sub(r"[^A-Za-z0-9_.-]", "_", name)
    return Response(
        body, content_type=kind, headers={"content-disposition": f'attachment; filename="{plain}"'}
    )


def has_parquet() -> bool:
    """Return whether Parquet can be written here (the extra ``yuanben[parquet]``)."""
    return find_spec("pyarrow") is not None


async def render_parquet(
    columns: Sequence[str],
    rows: Sequence[Any],
    table: str | None,
    query_name: str | None,
    data: Mapping[str, Any],
) -> Response:
    """Hand out the rows of a list as Parquet, figures as figures where a column holds nothing else."""
    _refuse_error(data)
    values = {column: [_plain(row[column]) for row in rows] for column in columns}
    body = await asyncio.to_thread(as_parquet, values)
    return handed(body, PARQUET, f"{table or query_name or 'sql'}.parquet")


def as_parquet(values: Mapping[str, list[Any]]) -> bytes:
    """Return columns as Parquet, figures as figures where a column holds nothing else."""
    import pyarrow
    import pyarrow.parquet

    made = {
        name: column
        if all(isinstance(v, int | None) for v in column)
        else [None if v is None else str(v) for v in column]
        for name, column in values.items()
    }
    out = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(made), out)
    return out.getvalue()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return value.get("value")
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


# Of events and new articles so many, the newest, are looked at for a feed that is asked for here.
MOST_NEWS = 300
NAMES = ("title", "url", "copy_url", "kind", "site")
# When a row came to be, by the first of these it has. A list of documents is no feed of visits: not last_seen.
TIMES = ("changed_at_latest", "compared_at", "happened_at", "captured_at", "finished_at", "first_seen", "kept_at",
         "published_at")  # fmt: skip
_DAY = regex(r"\d{4}-\d\d-\d\d")
_EPOCH = "1970-01-01T00:00:00Z"


async def news_feed(request: Request, datasette: Datasette) -> Response:
    """Hand out what happened: all, of a site, of a document, or what holds a wording."""
    site, query = (request.args.get(name) or None for name in ("site", "query"))
    document = whole_number(request.args.get("document"))

    def read(db: sqlite3.Connection) -> bytes:
        url = address_of(db, document) if document is not None else None
        pieces = news(db, site=site, document=document, query=query, most=MOST_NEWS)
        address = datasette.absolute_url(request, request.full_path)
        room = datasette.absolute_url(request, datasette.urls.path("/"))
        name = site or url or query or "all"
        return feed(name, pieces, address=address, room=room, language=language_of(request))

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
    data: Mapping[str, Any],
) -> Response:
    """Hand out a list as an Atom feed."""
    _refuse_error(data)
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
