"""``yuanben cites``: a document's bases, the documents that rest on it, and whether it is in force.

``yuanben series``: which numbers of an issuer are held, and which between them are missing.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from archive.answers import Citations, Cited, Citing, Standing
from archive.cli.options import add_archive, add_document, add_json, holding
from archive.cli.terminal import Working, one_line, print_json, styled
from archive.errors import BadInput
from archive.relations.graph import Graph, graphml
from archive.relations.series import Series, Stretch
from archive.relations.series import as_json as series_as_json

IN_TERMINAL = 40
RELATIONS = {
    "based_on": "rests on", "implements": "implements", "forwards": "forwards", "issues": "issues", "repeals": "repeals",
    "amends": "amends", "replaces": "replaces", "interprets": "interprets", "drafts": "drafts", "corrects": "corrects",
    "extends": "extends", "cites": "cites",
}  # fmt: skip
STANDINGS = {
    "in_force": "in force", "not_yet": "not yet in force", "expired": "expired", "repealed": "repealed",
    "partly_repealed": "partly repealed", "amended": "in force, amended", "draft": "a draft",
    "unknown": "not known to be in force or not",
}  # fmt: skip


def declare(parser: ArgumentParser) -> None:
    """Declare the options of the command."""
    add_document(parser)
    parser.add_argument(
        "--graphml",
        metavar="FILE",
        type=Path,
        help="write the graph of its relations for other programs, and end",
    )
    add_json(parser)
    add_archive(parser)


def run(options: Namespace) -> int:
    """Print a document's place among the others. A document without citations is no error."""
    with holding(options) as held, Working("reading"):
        if options.graphml:
            return _write_graph(held.graph(options.url), options.graphml)
        found = held.cites(options.url)
    if options.json:
        print_json(found.as_json())
    else:
        print("\n".join(_page(found)))
    return 0


def _write_graph(made: Graph, target: Path) -> int:
    try:
        target.write_bytes(graphml(made))
    except OSError as error:
        raise BadInput(f"{target} cannot be written ({error.strerror}) — give another path") from None
    print(f"{target} written: {len(made.nodes) + 1} documents, {len(made.edges)} relations")
    return 0


def declare_series(parser: ArgumentParser) -> None:
    """Declare the options of ``yuanben series``."""
    parser.add_argument(
        "letters",
        metavar="LETTERS",
        nargs="?",
        help="the issuer's letters (工信部科函), or a whole number; without: all",
    )
    parser.add_argument("--year", metavar="YYYY", type=int, help="only this year's")
    add_json(parser)
    add_archive(parser)


def run_series(options: Namespace) -> int:
    """Print which numbers of a series are held, and which between them are missing."""
    with holding(options) as held, Working("reading"):
        if not options.letters:
            return _print_known(held.all_series(), options.json)
        found = held.series(options.letters, year=options.year)
    if options.json:
        print_json({"series": [series_as_json(made) for made in found]})
    else:
        print(
            "\n".join(line for made in found for line in _series(made))
            or "no number of such a series is held"
        )
        print(
            "A gap does not show that there is such a document: numbers are skipped, kept internal, shared."
        )
    return 0


def _print_known(known: list[dict[str, Any]], as_data: bool) -> int:
    if as_data:
        print_json({"series": known})
        return 0
    for row in known[:IN_TERMINAL]:
        print(
            f"{one_line(row['prefix'])}〔{row['year']}〕 held: {row['held']}, from {row['first']} to {row['last']}"
        )
    if len(known) > IN_TERMINAL:
        print(f"and {len(known) - IN_TERMINAL} more — --json has all, or name the letters")
    return 0


def _series(made: Series) -> Iterator[str]:
    ends = f", from {made.ends[0]} to {made.ends[1]}" if made.ends else ""
    head = (
        f"{one_line(made.prefix)}〔{made.year}〕 held: {made.held}{ends}; not held between: {made.not_held}"
    )
    yield styled(head, "bold")
    yield "  " + ", ".join(_stretch(part) for part in made.stretches)
    if named := [*made.outside, *(number for part in made.stretches for number in part.named)]:
        yield f"  not held, but named by documents held: {', '.join(map(str, sorted(named)))}"


def _stretch(part: Stretch) -> str:
    span = str(part.first) if part.first == part.last else f"{part.first}–{part.last}"
    return span if part.is_held else f"[{span}]"


def _page(found: Citations) -> Iterator[str]:
    yield styled(one_line(found.document.title or found.document.url), "bold")
    yield from _standing(found.standing)
    for step in found.bodies:
        since = f" in {step.month}" if step.month else ""
        share = "part of the duties of " if step.is_part else ""
        yield f"  {share}{step.earlier} went to {step.later}{since}; that alone ends no document — {step.source}"
    yield from _list("it names", [_cited(place) for place in found.cites])
    yield from _list("named by", [_citing(place) for place in found.cited_by])
    yield from _list("the same work at", [one_line(work.url) for work in found.works])


def _standing(standing: Standing) -> Iterator[str]:
    since = f" since {standing.since}" if standing.since else ""
    until = f", until {standing.until}" if standing.until else ""
    yield f"{STANDINGS[standing.standing]}{since}{until}, as far as this archive holds"
    for reason in standing.because:
        place = (
            f" (version {reason.version}, {reason.start}–{reason.end})" if reason.start is not None else ""
        )
        day = f" {reason.day}" if reason.day else ""
        yield f"  {reason.says.replace('_', ' ')}{day}: {one_line(reason.document or '')}{place}"


def _list(name: str, lines: list[str]) -> Iterator[str]:
    if not lines:
        return
    yield f"\n{name} ({len(lines)})"
    yield from (f"  {line}" for line in lines[:IN_TERMINAL])
    if len(lines) > IN_TERMINAL:
        yield f"  and {len(lines) - IN_TERMINAL} more — --json has all"


def _cited(place: Cited) -> str:
    where = (
        f" → {place.target.url}" if place.target else " (in this document)" if place.within else " (not held)"
    )
    by = "is amended by" if place.incoming else RELATIONS[place.relation]
    return f"{by} {one_line(place.text)}{where}"


def _citing(place: Citing) -> str:
    return f"{RELATIONS[place.relation]} it: {one_line(place.title)} {place.url}"
