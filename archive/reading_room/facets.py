"""Facets of the list of documents, from what is kept counted: no page goes through every document for them.

Datasette imports its plugins while it is being imported itself: its facets are imported where they are used.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

COUNTED = ("site", "state")
_COUNTS = (
    "select {column} as value, sum(documents) as documents from tallies "
    "where (:site is null or site = :site) and (:state is null or state = :state) "
    "group by 1 having sum(documents) > 0 order by 2 desc, 1 limit :most"
)


@lru_cache(maxsize=1)
def classes() -> list[type]:
    """Return the kinds of facets that are ours; ``datasette.yml`` asks for them by ``type``."""
    from datasette.facets import ColumnFacet

    class Tallied(ColumnFacet):  # type: ignore[misc]
        """Counts by site and state of documents that are narrowed by nothing else; else by Datasette's own way."""

        type = "tallied"

        async def suggest(self) -> list[Any]:
            return []

        async def facet_results(self) -> tuple[list[dict[str, Any]], list[str]]:
            asked = narrowed(self.request.args)
            columns = [source["config"]["simple"] for source in self.get_configs()]
            if asked is None or not set(columns) <= set(COUNTED):
                result: tuple[list[dict[str, Any]], list[str]] = await super().facet_results()
                return result
            return [await self._counted(column, asked) for column in columns], []

        async def _counted(self, column: str, asked: dict[str, str | None]) -> dict[str, Any]:
            most = self.get_facet_size()
            sql = _COUNTS.format(column=column)
            found = await self.ds.execute(self.database, sql, {**asked, "most": most + 1}, truncate=False)
            return {
                "name": column,
                "type": "column",
                "hideable": False,
                "toggle_url": None,
                "results": [self._value(column, asked[column], *row) for row in found.rows[:most]],
                "truncated": len(found.rows) > most,
            }

        def _value(self, column: str, chosen: str | None, value: str, documents: int) -> dict[str, Any]:
            from datasette.utils import path_with_added_args, path_with_removed_args

            change = path_with_removed_args if value == chosen else path_with_added_args
            path = self.ds.urls.path(change(self.request, {column: value}))
            return {
                "value": value,
                "label": value,
                "count": documents,
                "toggle_url": self.ds.absolute_url(self.request, path),
                "selected": value == chosen,
            }

    return [Tallied]


def narrowed(args: Any) -> dict[str, str | None] | None:
    """Return the site and the state a list is narrowed to; None when anything else narrows it."""
    by_column = [key for key in args if not key.startswith("_")]
    if not set(by_column) <= set(COUNTED) or any(len(args.getlist(key)) > 1 for key in by_column):
        return None
    if any(key.startswith(("_where", "_search", "_through", "_filter")) for key in args):
        return None
    return {name: args.get(name) for name in COUNTED}
