"""``yuanben status``: how each site did when it was last crawled, what is wrong, and what watching costs."""

from __future__ import annotations

import json
import sqlite3
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from archive.cli.options import add_archive, add_json, reading
from archive.cli.terminal import one_line, print_json, styled, table
from archive.store.read.health import economy, site_health
from archive.store.read.space import LEAST_DAYS, space
from archive.store.schedule.crawls import open_findings


def declare(parser: ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--size", action="store_true", help="where the bytes are, and what a year will add")
    add_json(parser)
    add_archive(parser)


def run(options: Namespace) -> int:
    """Print the sites; 1 when one of them is BROKEN."""
    if options.size:
        return _print_size(options)
    with reading(options) as db:
        sites = [_site(row, economy(db, row["site"])) for row in site_health(db)]
        wrong = open_findings(db)
    for site in sites:
        site["findings"] = [one for one in wrong if one["site"] == site["site"]]
    if options.json:
        print_json(sites)
    elif sites:
        print(table(_HEADS, [_cells(site) for site in sites]))
        print("\n".join(_findings(sites)))
    else:
        print('no crawl has ended yet — "scrapy watch" starts one')
    return 1 if any(site["verdict"] == "BROKEN" for site in sites) else 0


def _print_size(options: Namespace) -> int:
    """Print the bytes of the file by what they are, then by site; the largest first."""
    with reading(options) as db:
        held = space(db)
    if options.json:
        sites = [asdict(one) | {"total": one.total, "year": held.a_year(one)} for one in held.sites]
        told = {"file": held.file, "free": held.free, "kinds": held.kinds, "year": held.year, "sites": sites}
        print_json(told)
        return 0
    if held.kinds is not None:
        of_file = [
            (kind, _size(size), f"{size / held.file:.0%}") for kind, size in held.kinds.items() if size
        ]
        print(table(("kind", "bytes", "of the file"), [*of_file, ("free", _size(held.free), "")]))
    rows = [
        (
            one.site,
            *map(_size, (one.pages, one.lists, one.files, one.texts, one.total)),
            _size(held.a_year(one)),
        )
        for one in held.sites[:_MOST_LINES]
    ]
    print("\n" + table(("site", "pages", "lists", "files", "texts", "all", "a year adds"), rows))
    print(f"\nthe file: {_size(held.file)}; a year adds: {_size(held.year)}")
    print(
        f"–: watched for less than {LEAST_DAYS} days after its first look. Indexes are added in proportion."
    )
    return 0


def _size(octets: int | None) -> str:
    if octets is None:
        return "–"
    return f"{octets / 1e9:.2f} GB" if octets >= 1e9 else f"{octets / 1e6:.1f} MB"


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
