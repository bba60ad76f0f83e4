"""``yuanben status``: how each site did when it was last crawled, what is wrong, and what watching costs."""

from __future__ import annotations

import json
import sqlite3
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from typing import Any

from archive.cli.options import add_archive, add_json, reading
from archive.cli.terminal import one_line, print_json, styled, table
from archive.store.read.health import economy, last_software, site_health
from archive.store.schedule.crawls import open_findings


def declare(parser: ArgumentParser) -> None:
    """Say what the command takes."""
    add_json(parser)
    add_archive(parser)


def run(options: Namespace) -> int:
    """Print the sites; 1 when one of them is BROKEN."""
    with reading(options) as db:
        sites = [
            _site(row, economy(db, row["site"])) | {"software": last_software(db, row["site"])}
            for row in site_health(db)
        ]
        ran = last_software(db)
        wrong = open_findings(db)
    for site in sites:
        site["findings"] = [one for one in wrong if one["site"] == site["site"]]
    if options.json:
        print_json(sites)
    elif sites:
        print(table(_HEADS, [_cells(site) for site in sites]))
        print(styled(_ran_on(ran), "dim"))
        print("\n".join(_findings(sites)))
    else:
        print('no crawl has ended yet — "scrapy watch" starts one')
    return 1 if any(site["verdict"] == "BROKEN" for site in sites) else 0


_SAID_OF_SOFTWARE = ("yuanben", "yuanben-reader", "Python", "SQLite", "libxml2", "lxml", "scrapy")


def _ran_on(software: dict[str, str]) -> str:
    said = ", ".join(f"{name} {software[name]}" for name in _SAID_OF_SOFTWARE if name in software)
    return one_line(f"the newest crawl ran on {said}; --json has all of it") if said else ""


# One screen: the sites, and so many lines of what is wrong.
_MOST_LINES = 20
_HEADS = (
    "site", "verdict", "why", "last good", "due", "new", "changed", "gone", "blocked", "silent since", "asked",
    "a find", "same",
)  # fmt: skip


def _site(row: sqlite3.Row, cost: dict[str, Any]) -> dict[str, Any]:
    return dict(row) | {"reasons": json.loads(row["reasons"])} | cost


def _findings(sites: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Give what is wrong and has not healed, oldest first: a line for each reason of a site, as many as a screen holds."""
    wrong = [one for site in sites for one in site["findings"]]
    yield "\nasked: requests of the last 30 days; a find: requests for each article found new or changed"
    yield "same: share of the looks at what is known that showed what stood before"
    yield styled(f"\nfindings that are open: {len(wrong)}" if wrong else "\nno finding is open", "dim")
    alike: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for one in sorted(wrong, key=lambda one: str(one["opened_at"])):
        alike.setdefault((one["site"], one["reason"]), []).append(one)
    for group in list(alike.values())[:_MOST_LINES]:
        one = group[0]
        where = f" {one['url']}" if one["url"] else ""
        more = f" (and {len(group) - 1} more)" if len(group) > 1 else ""
        reason = one["reason"].replace("_", " ")
        yield one_line(f"since {one['opened_at'][:16]}  {one['site']}  {reason}: {one['says']}{where}{more}")
    if len(alike) > _MOST_LINES:
        yield styled(f"and {len(alike) - _MOST_LINES} more: yuanben status --json", "dim")


def _cells(site: dict[str, Any]) -> tuple[str, ...]:
    counted = (str(site[name]) for name in ("due", "new", "changed", "gone", "blocked"))
    return (
        site["site"],
        site["verdict"],
        ", ".join(site["reasons"]).replace("_", " ") or "–",
        (site["last_good_at"] or "never")[:16],
        *counted,
        site["silent_since"] or "–",
        str(site["requests"]),
        "–" if site["requests_per_found"] is None else f"{site['requests_per_found']:g}",
        "–" if site["unchanged_share"] is None else f"{site['unchanged_share']:.0%}",
    )
