"""Where the reading room is joined to Datasette. Datasette loads this module by its entry point."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from json import JSONDecodeError
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import datasette as datasette_package
from datasette.utils import tilde_encode
from datasette.utils.asgi import Base400, Forbidden, NotFound, Request, Response
from jinja2 import ChoiceLoader, Environment, FileSystemLoader
from markupsafe import Markup

from archive.model.fields import NAMES
from archive.notices import turn_said
from archive.reading_room import (
    accounts,
    connections,
    desk,
    downloads,
    graph,
    listing,
    pages,
    safety,
    searching,
    tables,
)
from archive.reading_room.connections import TookTooLong
from archive.reading_room.words import (
    EXAMPLES,
    HERE,
    archives,
    declared_metadata,
    holds_archive,
    identity,
    is_archive,
    language_of,
    named_here,
    shapes,
    side_here,
    translate,
    translate_here,
)
from archive.store.file.withheld import hide
from archive.store.read import documents
from archive.store.read.health import METRICS_TYPE, exposition
from archive.store.read.search import match_expression, matches
from archive.text.script import without_marks

if TYPE_CHECKING:
    from datasette.app import Datasette

F = TypeVar("F", bound=Callable[..., Any])
hookimpl: Callable[[F], F] = datasette_package.hookimpl
first: Callable[[F], F] = datasette_package.hookimpl(tryfirst=True)
last: Callable[[F], F] = datasette_package.hookimpl(trylast=True)

TOO_MUCH = "this takes more memory than one question may"
_ID = r"(?P<{}>[1-9][0-9]{{0,17}})"


_LISTS: list[tuple[str, Callable[..., Any]]] = [
    (r"/(?P<database>[^\/\.]+)$", listing.data),
    (r"/(?P<database>[^\/\.]+)/(?P<table>[^\/\.]+)\.(?P<format>csv)$", downloads.table),
    (r"/(?P<database>[^\/\.]+)\.(?P<format>csv)$", downloads.query),
]


@hookimpl
def get_metadata(datasette: Datasette, key: str | None) -> dict[str, Any]:
    """Describe tables, views, columns and queries."""
    return declared_metadata(datasette, key)


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    """Put our templates before Datasette's own, and after those of whoever runs it."""
    assert isinstance(env.loader, ChoiceLoader)
    files = env.loader.loaders[0]
    assert isinstance(files, FileSystemLoader)
    files.searchpath.insert(-1, str(HERE / "templates"))
    files.searchpath.insert(-1, str(HERE / "templates" / "lists"))
    env.finalize = tables.received
    env.filters |= {
        "named": named_here,
        "side": side_here,
        "tilde": tilde_encode,
        "from_the_start": tables.from_the_start,
        "without_marks": without_marks,
    }
    env.globals |= {
        "version_fields": NAMES,
        "shapes": shapes(),
        "examples": EXAMPLES,
        "say": translate_here,
        "columns_in_order": tables.columns_in_order,
        "date_of": tables.date_of,
        "when": tables.when,
        "state_of": tables.state_of,
        "flags_of": tables.flags_of,
        "list_rows": tables.list_rows,
        "text_of": tables.text_of,
        "answer_rows": tables.answer_rows,
        "standing": documents.state_word,
        "named_values": tables.named_values,
        "turn_said": turn_said,
    }


@hookimpl
def extra_template_vars(datasette: Datasette, request: Request | None) -> dict[str, Any]:
    """Give every page the reader's language."""
    return {"language": language_of(request), **pages.page_tools(datasette)}


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Any]]]:
    """Name the room's own addresses; the numbers in them are permanent."""
    document, capture = "/doc/" + _ID.format("document"), "/capture/" + _ID.format("capture")
    return [
        (r"/$", pages.front),
        (r"/feed\.atom$", downloads.news_feed),
        (r"/search\.(?P<format>atom|csv|xlsx|json|parquet)$", searching.handed_out),
        (document + "$", pages.document),
        (document + "/" + _ID.format("number") + "$", pages.document),
        (document + r"/pack\.zip$", accounts.pack),
        (document + "/graph$", graph.page),
        (document + r"/graph\.(?P<format>json|csv|graphml)$", graph.handed_out),
        (r"/series$", graph.series),
        (r"/series\.(?P<format>csv|json)$", graph.series_handed_out),
        (document + "/diff$", pages.choose_difference),
        (document + f"/diff/{_ID.format('old')}/{_ID.format('new')}$", pages.difference),
        ("/copy/" + _ID.format("comparison") + "$", pages.copy),
        (r"/site/(?P<site>[^/]{1,200})$", pages.site),
        (capture + "$", pages.capture),
        (capture + "/bytes$", pages.payload),
        (capture + "/view$", pages.view),
        (r"/timemap/link/(?P<url>.{1,2083})$", pages.timemap),
        (r"/timegate/(?P<url>.{1,2083})$", pages.timegate),
        (r"/compare$", accounts.page),
        (r"/compare/bookmarklet$", accounts.bookmarklet),
        (r"/review$", pages.review),
        (r"/desk$", desk.page),
        (r"/desk\.(?P<format>csv|json)$", desk.handed_out),
        (r"/desk/mark$", desk.mark),
        (r"/-/language$", pages.language),
        (r"/-/room\.css$", pages.stylesheet),
        (r"/robots\.txt$", pages.robots),
        (r"/-/metrics$", _metrics),
        *_LISTS,
    ]


async def _metrics(datasette: Datasette) -> Response:
    """Tell Prometheus how the archive and its sites are."""
    path = Path(str(datasette.databases[archives(datasette)[0]].path))
    text = await connections.look(datasette, lambda db: exposition(db, path))
    return Response(text, content_type=METRICS_TYPE)


@hookimpl
def register_output_renderer() -> list[dict[str, Any]]:
    """Offer every list as a workbook (and as Parquet, where that can be written), and as an Atom feed if it can be one."""
    offered = [
        {"extension": "atom", "render": downloads.render, "can_render": downloads.can_render},
        {"extension": "xlsx", "render": downloads.render_workbook},
    ]
    parquet = {"extension": "parquet", "render": downloads.render_parquet}
    return [*offered, parquet] if downloads.has_parquet() else offered


@hookimpl
def register_facet_classes() -> list[type]:
    """Offer facets that are kept counted."""
    return listing.classes()


@hookimpl
def skip_csrf(scope: Mapping[str, Any]) -> bool:
    """Let our forms be sent without a token: they check themselves where they were sent."""
    return bool(scope["path"].endswith(("/compare", "/desk/mark")))


@hookimpl
def asgi_wrapper(datasette: Datasette) -> Callable[[safety.Application], safety.Application]:
    """Bound every request and put our headers on every answer."""
    connections.keep_current(datasette)
    return lambda app: safety.guarded(app, datasette)


@last
def prepare_connection(conn: sqlite3.Connection, database: str, datasette: Datasette) -> None:
    """Bound a connection and teach it to search; last, so that ``escape_fts`` is ours."""
    path = datasette.databases[database].path if database in datasette.databases else None
    if not path or not is_archive(str(path)):
        return
    connections.limit_connection(conn, identity(str(path)), decision=hide(conn, listed=True))
    for name in ("escape_fts", "match_expression"):
        conn.create_function(name, 1, _match_expression, deterministic=True)
    conn.create_function("matches", 3, _matches, deterministic=True)
    conn.create_function("found", 7, lambda *told: listing.search_as_json(conn, *told))


@first
def filters_from_request(request: Request, database: str, table: str, datasette: Datasette) -> Any:
    """Let Datasette's search box find what ours does, and refuse what its lists would fall over; first, to be in time."""
    return listing.asked(request, datasette, database, table) if holds_archive(datasette, database) else None


@hookimpl
def render_cell(
    row: Mapping[str, Any], value: Any, column: str, table: str | None, database: str, datasette: Datasette
) -> Markup | None:
    """Show a cell of an archive."""
    if value is None or not holds_archive(datasette, database):
        return None
    if (
        table == "latest" and column in tables.TEXTS
    ):  # that list shows the opening alone, which it makes itself
        return Markup("…")
    return tables.rendered(row, value, column, database, datasette)


@hookimpl
def handle_exception(
    datasette: Datasette, request: Request, exception: Exception
) -> Callable[[], Any] | None:
    """Say what went wrong in the reader's language, on a page that leads back."""
    status, said = _status(exception, request)
    is_slow = _is_slow(exception)
    if request.path.split("?")[0].endswith(".json"):
        if is_slow:
            said = translate(language_of(request), _slow_words(exception))
        status = 503 if isinstance(exception, TookTooLong) else 400 if is_slow else status
        return (lambda: _refused_as_json(said, status)) if status in (400, 503) and said else None

    async def page() -> Response:
        context = {
            "status": status,
            "error": said,
            "kind": str(status) if status in (403, 404, 451) else "other",
        }
        if is_slow:
            status_of_slow = 503 if isinstance(exception, TookTooLong) else 400
            means = translate(language_of(request), _slow_words(exception))
            context |= {"status": status_of_slow, "error": "", "kind": "slow", "means": means}
        html = await datasette.render_template(["error.html"], context, request=request)
        return Response.html(html, status=context["status"])

    return page


def _refused_as_json(said: str, status: int) -> Response:
    return Response.json({"ok": False, "error": said, "status": status, "title": None}, status=status)


def _slow_words(exception: Exception) -> str:
    return exception.key if isinstance(exception, TookTooLong) else "error.slow_means"


def _is_slow(exception: Exception) -> bool:
    """Return whether a look was stopped: by its time, or because a function within a statement gave up."""
    told = f"{exception} {getattr(exception, 'title', '')}".lower()
    gave_up = "user-defined function raised exception" in told
    return isinstance(exception, TookTooLong) or connections.INTERRUPTED in told or gave_up


def _status(exception: Exception, request: Request) -> tuple[int, str]:
    if isinstance(exception, NotFound):
        return 404, ""
    if isinstance(exception, Forbidden):
        return 403, str(exception)
    if isinstance(exception, MemoryError):
        return 400, TOO_MUCH
    if isinstance(exception, Base400):
        return exception.status, str(exception)
    if isinstance(exception, JSONDecodeError) and any("__" in key for key in request.args):
        return 400, "a list of values must be JSON, or have commas between them"
    from datasette.views.base import DatasetteError  # not before Datasette is there

    if isinstance(exception, DatasetteError):
        # Datasette calls an order that there is not its own fault.
        status = 400 if exception.status == 500 else exception.status
        return status, "" if exception.message_is_html else str(exception.message)
    return 500, ""


def _match_expression(query: object) -> str:
    # An empty expression is a syntax error to FTS5; the index holds pairs, so no entry is a word of seven.
    return match_expression(str(query or "")) or '"nothing"'


def _matches(query: object, title: object, text: object) -> bool:
    return matches(str(query or ""), str(title or ""), str(text or ""))
