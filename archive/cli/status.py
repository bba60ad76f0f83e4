"""``yuanben status``: the last crawl of each site, open findings, and the cost of watching.

``yuanben metrics``: the same for Prometheus, printed or written for the textfile collector of a node
exporter.
"""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from archive.cli.options import add_archive, add_json, archive_path, reading
from archive.cli.terminal import Working, one_line, print_json, styled, table, when
from archive.errors import BadInput
from archive.store.read.health import economy, exposition, last_software, site_health
from archive.store.read.query import site_named
from archive.store.read.space import LEAST_DAYS, space
from archive.store.schedule.crawls import open_findings

_SOFTWARE_NAMED = ("yuanben", "yuanben-reader", "Python", "SQLite", "libxml2", "lxml", "scrapy")
# One screen: the sites, and this many lines of findings.
_MOST_LINES = 20
_HEADS = (
    "site", "verdict", "why", "last good", "due", "new", "changed", "gone", "blocked", "silent since", "asked",
    "a find", "same",
)  # fmt: skip


def declare(parser: ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("--size", action="store_true", help="where the bytes are, and what a year will add")
    parser.add_argument("sites", metavar="SITE", nargs="*", help="only these sites, by name or publisher")
    add_json(parser)
    add_archive(parser)


def run(options: Namespace) -> int:
    """Print the sites; 1 when one of them is BROKEN."""
    if options.size:
        return _print_size(options)
    with reading(options) as db, Working("counting"):
        asked = {site_named(db, name) for name in options.sites}
        rows = [row for row in site_health(db) if not asked or row.site in asked]
        sites = [
            asdict(row) | economy(db, row.site) | {"software": last_software(db, row.site)} for row in rows
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


def _print_size(options: Namespace) -> int:
    """Print the bytes of the file by kind, then by site; the largest first."""
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


def _ran_on(software: dict[str, str]) -> str:
    said = ", ".join(f"{name} {software[name]}" for name in _SOFTWARE_NAMED if name in software)
    return one_line(f"the newest crawl ran on {said}; --json has all of it") if said else ""


def _findings(sites: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield the open findings, oldest first.

    There is one line for each reason of a site, as many as fit on a screen.
    """
    wrong = [one for site in sites for one in site["findings"]]
    yield "\ntimes are Beijing's; last good: when a run last saw something of the site and was not BROKEN"
    yield "asked: requests of the last 30 days; a find: requests for each article found new or changed"
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
        yield one_line(f"since {when(one['opened_at'])}  {one['site']}  {reason}: {one['says']}{where}{more}")
    if len(alike) > _MOST_LINES:
        yield styled(f"and {len(alike) - _MOST_LINES} more: yuanben status --json", "dim")


def _cells(site: dict[str, Any]) -> tuple[str, ...]:
    counted = (str(site[name]) for name in ("due", "new", "changed", "gone", "blocked"))
    return (
        site["site"],
        site["verdict"],
        ", ".join(site["reasons"]).replace("_", " ") or "–",
        when(site["last_good_at"], "never"),
        *counted,
        site["silent_since"] or "–",
        str(site["requests"]),
        "–" if site["requests_per_found"] is None else f"{site['requests_per_found']:g}",
        "–" if site["unchanged_share"] is None else f"{site['unchanged_share']:.0%}",
    )


def declare_metrics(parser: ArgumentParser) -> None:
    """Declare the options of ``yuanben metrics``."""
    parser.add_argument(
        "--textfile", metavar="FILE", type=Path, help="write it there, whole at once, for a node exporter"
    )
    add_archive(parser)


def run_metrics(options: Namespace) -> int:
    """Print the metrics, or write them to a file in one step: a collector never reads half of a file."""
    with reading(options) as db, Working("counting"):
        text = exposition(db, archive_path(options))
    target: Path | None = options.textfile
    if target is None:
        print(text, end="")
        return 0
    if target.suffix != ".prom":
        raise BadInput(f"{target} would not be read — a node exporter takes files that end in .prom")
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    beside.write_text(text, "utf-8")
    beside.chmod(0o644)
    beside.replace(target)
    return 0
