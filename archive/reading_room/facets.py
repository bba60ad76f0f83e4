"""Facets of the list of documents, from what is kept counted: no page goes through every document for them.

Datasette imports its plugins while it is being imported itself: its facets are imported where they are used.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import Any

COUNTED = ("site", "state")
# In one go for all columns; the sign keeps SQLite from going through the documents by site for the sake of the order.
_GROUPED = "select {columns}, count(*) from ({sql}) group by {signed}"
_COUNTS = (
    "select {column} as value, sum(documents) as documents from tallies "
    "where (:site is null or site = :site) and (:state is null or state = :state) "
    "group by 1 having sum(documents) > 0 order by 2 desc, 1 limit :most"
)


@lru_cache(maxsize=1)
def classes() -> list[type]:
    """Return the kinds of facets that are ours; ``datasette.yml`` asks for them by ``type``."""
    from datasette.database import QueryInterrupted
    from datasette.facets import ColumnFacet

    class Tallied(ColumnFacet):  # type: ignore[misc]
        """Counts by site and state: the kept ones where nothing else narrows the list, else counted in one go."""

        type = "tallied"

        async def suggest(self) -> list[Any]:
            return []

        async def facet_results(self) -> tuple[list[dict[str, Any]], list[str]]:
            asked = narrowed(self.request.args)
            columns = [source["config"]["simple"] for source in self.get_configs()]
            if not set(columns) <= set(COUNTED):
                result: tuple[list[dict[str, Any]], list[str]] = await super().facet_results()
                return result
            if not columns:
                return [], []
            if asked is not None:
                return [await self._counted(column, asked) for column in columns], []
            try:
                return await self._grouped(columns), []
            except QueryInterrupted:
                return [], columns

        async def _counted(self, column: str, asked: dict[str, str | None]) -> dict[str, Any]:
            most = self.get_facet_size()
            sql = _COUNTS.format(column=column)
            found = await self.ds.execute(self.database, sql, {**asked, "most": most + 1}, truncate=False)
            return self._facet(column, asked[column], [tuple(row) for row in found.rows])

        async def _grouped(self, columns: list[str]) -> list[dict[str, Any]]:
            named, signed = ", ".join(columns), ", ".join(f"+{column}" for column in columns)
            limit = self.ds.setting("facet_time_limit_ms")
            sql = _GROUPED.format(columns=named, sql=self.sql, signed=signed)
            found = await self.ds.execute(
                self.database, sql, self.params, truncate=False, custom_time_limit=limit
            )
            return [
                self._facet(column, self.request.args.get(column), summed(found.rows, place))
                for place, column in enumerate(columns)
            ]

        def _facet(self, column: str, chosen: str | None, counts: list[tuple[str, int]]) -> dict[str, Any]:
            most = self.get_facet_size()
            return {
                "name": column,
                "type": "column",
                "hideable": False,
                "toggle_url": None,
                "results": [self._value(column, chosen, *count) for count in counts[:most]],
                "truncated": len(counts) > most,
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


def summed(rows: Any, place: int) -> list[tuple[str, int]]:
    """Return the values in one place of rows that end in a count, with the sums of those, the largest first."""
    sums: Counter[str] = Counter()
    for row in rows:
        sums[row[place]] += row[len(row) - 1]
    return sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))


def narrowed(args: Any) -> dict[str, str | None] | None:
    """Return the site and the state a list is narrowed to; None when anything else narrows it."""
    by_column = [key for key in args if not key.startswith("_")]
    if not set(by_column) <= set(COUNTED) or any(len(args.getlist(key)) > 1 for key in by_column):
        return None
    if any(key.startswith(("_where", "_search", "_through", "_filter")) for key in args):
        return None
    return {name: args.get(name) for name in COUNTED}
