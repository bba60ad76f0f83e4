"""``yuanben cites``: what a document rests on, what rests on it, and whether it is in force."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator

from archive.answers import Citations, Cited, Citing, Standing
from archive.cli.options import add_archive, add_document, add_json, holding
from archive.cli.terminal import Working, one_line, print_json, styled

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
    """Say what the command takes."""
    add_document(parser)
    add_json(parser)
    add_archive(parser)


def run(options: Namespace) -> int:
    """Print a document's place among the others. That it cites nothing is no error."""
    with holding(options) as held, Working("reading"):
        found = held.cites(options.url)
    if options.json:
        print_json(found.as_json())
    else:
        print("\n".join(_page(found)))
    return 0


def _page(found: Citations) -> Iterator[str]:
    yield styled(one_line(found.document.title or found.document.url), "bold")
    yield from _standing(found.standing)
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
