"""``yuanben status``: how each site did when it was last crawled."""

from __future__ import annotations

import json
import sqlite3
from argparse import ArgumentParser, Namespace
from typing import Any

from archive.cli.options import add_archive, add_json, reading
from archive.cli.terminal import print_json, table
from archive.store.health import site_health


def declare(parser: ArgumentParser) -> None:
    """Say what the command takes."""
    add_json(parser)
    add_archive(parser)


def run(options: Namespace) -> int:
    """Print the sites; 1 when one of them is BROKEN."""
    with reading(options) as db:
        sites = [_site(row) for row in site_health(db)]
    if options.json:
        print_json(sites)
    elif sites:
        print(table(_HEADS, [_cells(site) for site in sites]))
    else:
        print('no crawl has ended yet — "scrapy watch" starts one')
    return 1 if any(site["verdict"] == "BROKEN" for site in sites) else 0


_HEADS = ("site", "verdict", "why", "last good", "due", "new", "changed", "gone", "blocked", "silent since")


def _site(row: sqlite3.Row) -> dict[str, Any]:
    return dict(row) | {"reasons": json.loads(row["reasons"])}


def _cells(site: dict[str, Any]) -> tuple[str, ...]:
    counted = (str(site[name]) for name in ("due", "new", "changed", "gone", "blocked"))
    return (
        site["site"],
        site["verdict"],
        ", ".join(site["reasons"]).replace("_", " ") or "–",
        site["last_good_at"] or "never",
        *counted,
        site["silent_since"] or "–",
    )
