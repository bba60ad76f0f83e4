"""What an address asks of a list, as the room lets it be asked: one way to search, and nothing counted that takes long."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from datasette.utils import tilde_decode

from archive.reading_room.declared import archives, is_large

if TYPE_CHECKING:
    from datasette.app import Datasette

Scope = MutableMapping[str, Any]
Pairs = list[tuple[str, str]]

_OTHER_SEARCHES = ("_searchmode", "_fts_table", "_fts_pk")
# What a long list may be narrowed by and still be counted at once: an index has the count. Only equal, but for dates.
_COUNTED_BY = {
    "latest": {"document", "site", "state", "role", "publisher", "source_line", "issuer", "published_at"},
    "changes": {"document", "site"},
    "version_detail": {"document"},
    "copier_rules": {"site"},
}
# Every version is a row there for each of its captures: with 100,000 documents the count alone took 0.4 s.
_NEVER_COUNTED_WHOLE = frozenset({"version_detail", "copier_rules"})


def as_may_be_asked(scope: Scope, datasette: Datasette) -> Scope:
    """Return a request as the room answers it: a search is ours, and a long list comes before its count."""
    query_string = scope.get("query_string", b"").decode("latin-1")
    base = datasette.setting("base_url")
    path = scope["path"]
    route, _, table = (path[len(base) :] if path.startswith(base) else path).lstrip("/").partition("/")
    by_route = {datasette.databases[name].route: name for name in archives(datasette)}
    name = by_route.get(tilde_decode(route))
    if name is None or not table:
        return scope
    is_long = is_large(str(datasette.databases[name].path))
    ours = asked_of_list(query_string, table, is_long=is_long)
    return scope if ours == query_string else {**scope, "query_string": ours.encode("latin-1")}


def asked_of_list(query_string: str, table: str, *, is_long: bool) -> str:
    """Return a query string in which a search can only be ours, and a long list need not be counted.

    Left in, ``_searchmode=raw`` and the searches by column would hand the reader's text to FTS5 as it is.
    """
    asked = parse_qsl(query_string, keep_blank_values=True)
    pairs = [_renamed(key, value) for key, value in asked if key not in _OTHER_SEARCHES]
    uncounted = _uncounted(pairs, table) if is_long else []
    return query_string if pairs == asked and not uncounted else urlencode([*pairs, *uncounted])


def _renamed(key: str, value: str) -> tuple[str, str]:
    return ("_search" if key.startswith("_search_") else key, value)


def _uncounted(pairs: Pairs, table: str) -> Pairs:
    """Return what keeps Datasette from counting: nothing where the count is cheap, or is what was asked for."""
    keys = {key for key, _ in pairs}
    if "_search" in keys:
        # Only as many rows are looked up as a page shows: there is nothing to count.
        return [("_nocount", "1"), ("_nofacet", "1")] if "_nocount" not in keys else []
    if "_nocount" in keys or not _is_long_to_count(keys, table):
        return []
    wants_facet = any(key.startswith("_facet") for key in keys)
    return [("_nocount", "1")] if wants_facet else [("_nocount", "1"), ("_nofacet", "1")]


def _is_long_to_count(keys: set[str], table: str) -> bool:
    list_name, _, form = table.partition(".")
    narrowed_by = {
        key for key in keys if not key.startswith("_") or "__" in key or key in ("_where", "_through")
    }
    if list_name in _NEVER_COUNTED_WHOLE and not narrowed_by:
        return True
    # A program that asks for JSON is told the count.
    return not form and any(not _is_counted(key, list_name) for key in narrowed_by)


def _is_counted(key: str, table: str) -> bool:
    column, _, comparison = key.partition("__")
    is_plain = comparison in ("", "exact") or column == "published_at"
    return is_plain and column in _COUNTED_BY.get(table, ())
