"""Facets of the list of documents, from what is kept counted: no page goes through every document for them.

Datasette imports its plugins while it is being imported itself: its facets are imported where they are used.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

COUNTED = ("site", "state")
# In one go for all columns; the sign keeps SQLite from going through the documents by site for the sake of the order.
_GROUPED = "select {columns}, count(*) from ({sql}) group by {signed}"
# Whole months from what is kept counted; of a month that is only partly meant, the documents themselves.
_TALLIED = (
    "select site, state, sum(n) from (select site, state, documents as n from tallies where {months}{edges}) "
    "where (:site is null or site = :site) and (:state is null or state = :state) group by 1, 2 having sum(n) > 0"
)
_OF_A_MONTH = (
    " union all select site, state, 1 from documents where published_at >= :{edge} and published_at < :{edge} || '~'"
    "{dates}"
)
_COMPARED = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_DAY = re.compile(r"\d{4}-\d\d(?:-\d\d)?")


@lru_cache(maxsize=1)
def classes() -> list[type]:
    """Return the kinds of facets that are ours; ``datasette.yml`` asks for them by ``type``."""
    from datasette.database import QueryInterrupted
    from datasette.facets import ColumnFacet

    class Tallied(ColumnFacet):  # type: ignore[misc]
        """Counts by site and state: from the tallies where only they and days narrow the list, else in one go."""

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
            try:
                places, rows = await self._tallied(*asked) if asked else await self._grouped(columns)
            except QueryInterrupted:
                return [], columns
            return [
                self._facet(column, self.request.args.get(column), summed(rows, places.index(column)))
                for column in columns
            ], []

        async def _tallied(self, sql: str, named: dict[str, str | None]) -> tuple[Sequence[str], Any]:
            return COUNTED, (await self.ds.execute(self.database, sql, named, truncate=False)).rows

        async def _grouped(self, columns: list[str]) -> tuple[Sequence[str], Any]:
            named, signed = ", ".join(columns), ", ".join(f"+{column}" for column in columns)
            limit = self.ds.setting("facet_time_limit_ms")
            sql = _GROUPED.format(columns=named, sql=self.sql, signed=signed)
            found = await self.ds.execute(
                self.database, sql, self.params, truncate=False, custom_time_limit=limit
            )
            return columns, found.rows

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


def narrowed(args: Any) -> tuple[str, dict[str, str | None]] | None:
    """Return how the documents of a list are counted by site and state from the tallies, with the values of that query.

    None when it is narrowed by more than a site, a state and days: there the tallies say nothing.
    """
    by_column = [key for key in args if not key.startswith("_")]
    days = {key.partition("__")[2]: args.get(key) for key in by_column if key.startswith("published_at__")}
    if not set(by_column) - {f"published_at__{how}" for how in days} <= set(COUNTED):
        return None
    if any(key.startswith(("_where", "_search", "_through", "_filter")) for key in args):
        return None
    if any(len(args.getlist(key)) > 1 for key in by_column):
        return None
    if not set(days) <= set(_COMPARED) or not all(map(_DAY.fullmatch, days.values())):
        return None
    return _counting(days, {name: args.get(name) for name in COUNTED})


def _counting(days: dict[str, str], named: dict[str, str | None]) -> tuple[str, dict[str, str | None]]:
    months = [f"month {_COMPARED[how][0]} substr(:{how}, 1, 7)" for how in days]
    dates = "".join(f" and published_at {_COMPARED[how]} :{how}" for how in days)
    edges = {day[:7]: f"in_{how}" for how, day in days.items()}
    sql = _TALLIED.format(
        # Documents without a date stand under no month at all.
        months=" and ".join([*months, "month > ''"] if days else ["true"]),
        edges="".join(_OF_A_MONTH.format(edge=edge, dates=dates) for edge in edges.values()),
    )
    return sql, named | days | {edge: month for month, edge in edges.items()}
