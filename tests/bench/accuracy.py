"""``./run bench accuracy``: how right our reader is, side by side with its halves, plain trafilatura and GNE.

Scores a labelled folder (``index.jsonl`` beside HTML), without ``--pages`` our own pages. ``--without-families``
takes the declared sites and the names of publishing systems away from our reader: what is left is how it reads a
page that nobody described. ``--floor`` writes the figures on our own pages to ``tests/floor.json``.
"""

from __future__ import annotations

import json
import re
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from tests.bench import floor
from tests.bench.extractors import extractors
from tests.bench.labelled import Labelled, labelled_pages
from tests.bench.measures import FACTS, Figures, Reading, Score, figures, score, squash, wanted
from tests.bench.reasons import Line, differing_lines

_STRIPPED = re.compile(r"of (\d+) lines (\d+) dropped by both, (\d+) by it alone, (\d+) by our rules alone")
Scored = dict[str, list[Score]]


def main(words: Sequence[str]) -> int:
    """Score, and print the tables."""
    parser = ArgumentParser(prog="./run bench accuracy", description=__doc__)
    parser.add_argument("--pages", type=Path, help="a labelled folder (default: the tests' own pages)")
    parser.add_argument("--without-families", action="store_true", help="our reader's generic path alone")
    parser.add_argument("--only", default="", metavar="NAMES", help="ours,unknown,rules,inside,trafilatura,…")
    parser.add_argument("--worst", type=int, default=12, help="how many of the worst pages to explain")
    parser.add_argument("--json", action="store_true", help="print one JSON document with every page")
    parser.add_argument("--floor", action="store_true", help="raise tests/floor.json to what is reached now")
    options = parser.parse_args(words)
    if options.floor:
        return floor.raise_floor()
    pages = labelled_pages(options.pages)
    if not pages:
        parser.error(f"no labelled pages in {options.pages}")
    chosen = extractors(families=not options.without_families)
    names = [n for n in chosen if not options.only or n in options.only.split(",")]
    readings = {
        name: [_told(chosen[name](p.page), n, len(pages)) for n, p in enumerate(pages)] for name in names
    }
    scored = {name: [score(p, r) for p, r in zip(pages, readings[name], strict=True)] for name in names}
    if options.json:
        print(json.dumps(_document(pages, scored), ensure_ascii=False))
        return 0
    _print_groups(pages, scored)
    _print_sides(scored)
    _print_stripped(readings[names[0]])
    _print_worst(pages, readings[names[0]], scored[names[0]], options.worst)
    _print_facts(pages, readings[names[0]], scored[names[0]])
    return 0


def _told(reading: Reading, at: int, of: int) -> Reading:
    if sys.stderr.isatty():
        print(f"\r{at + 1}/{of}", end="\r", file=sys.stderr)
    return reading


def groups(pages: list[Labelled]) -> dict[str, list[int]]:
    """Return the positions of the pages of each group: all, by kind of site, by publishing system, by authority."""
    found: dict[str, list[int]] = {
        "all": [],
        "government": [],
        "real": [],
        "real government": [],
        "template": [],
    }
    for at, page in enumerate(pages):
        found["all"].append(at)
        found["template" if page.template else "real"].append(at)
        if page.is_government:
            found["government"].append(at)
            if not page.template:
                found["real government"].append(at)
    for kind, key in (("type", "site_type"), ("system", "cms")):
        for name in sorted({getattr(p, key) for p in pages}):
            found[f"{kind} {name}"] = [n for n, p in enumerate(pages) if getattr(p, key) == name]
    for site in sorted({p.site for p in pages if p.is_government}):
        found[f"site {site}"] = [n for n, p in enumerate(pages) if p.is_government and p.site == site]
    return {name: at for name, at in found.items() if at}


def _print_groups(pages: list[Labelled], scored: Scored) -> None:
    """Print F1 of every extractor group by group, then what else our own reader reached there."""
    first = next(iter(scored))
    head = ["group", "n", *(f"F1 {name}" for name in scored), "F4", "<.8", "lacks", "holds", "empty", *FACTS]
    rows = []
    for name, at in groups(pages).items():
        own = figures([scored[first][n] for n in at])
        means = [f"{figures([side[n] for n in at]).f1:.3f}" for side in scored.values()]
        rows.append([name, str(own.pages), *means, f"{own.f4:.3f}", *_counts(own)])
    print(f"The figures right of the F1 columns are those of {first}.")
    _print_table([head, *rows])


def _counts(own: Figures) -> list[str]:
    return [
        str(own.below),
        str(own.lacks),
        str(own.holds),
        _of(own.empty),
        *(_of(own.facts[n]) for n in FACTS),
    ]


def _of(pair: tuple[int, int]) -> str:
    return f"{pair[0]}/{pair[1]}" if pair[1] else "-"


def _print_sides(scored: Scored) -> None:
    """Print the whole of the pages once more, one line an extractor, with tables and false alarms."""
    head = [
        "all pages",
        "F1",
        "F4",
        "<.8",
        "lacks",
        "holds",
        "empty",
        *FACTS,
        "tables",
        "cells",
        "own tables",
        "invented",
        "false alarms",
    ]
    rows = []
    for name, scores in scored.items():
        f = figures(scores)
        tables = [_of(f.tables), _of(f.cells), _of(f.own_tables), str(f.invented), str(f.distrusted)]
        rows.append([name, f"{f.f1:.4f}", f"{f.f4:.4f}", *_counts(f), *tables])
    print()
    _print_table([head, *rows])


def _print_stripped(readings: list[Reading]) -> None:
    """Print how many lines of the containers each side alone dropped, and on how many articles trafilatura ran."""
    found = [match for reading in readings if (match := _STRIPPED.search(reading.stripped))]
    lines, both, theirs, ours = (sum(int(match[n]) for match in found) for n in (1, 2, 3, 4))
    articles = sum(bool(reading.stripped) for reading in readings)
    share = [f"{count} ({count / max(lines, 1):.2%})" for count in (both, theirs, ours)]
    print(
        f"\ntrafilatura stripped {len(found)} of {articles} articles, {lines} lines: "
        f"{share[0]} dropped by both, {share[1]} by it alone, {share[2]} by our rules alone"
    )


def _print_worst(pages: list[Labelled], readings: list[Reading], scores: list[Score], count: int) -> None:
    print(
        f"\nThe worst {count} pages: lines of the labelled text that are missing (-), lines that are too many (+)"
    )
    for at in sorted(range(len(pages)), key=lambda n: scores[n].f1)[:count]:
        one, own = pages[at], scores[at]
        if own.f1 == 1.0 and not own.lacks and not own.holds:
            return
        print(f"{own.f1:.3f} {one.name} ({one.site}) read by: {readings[at].how or 'nothing'}")
        for line in differing_lines(one.labels.body, readings[at].text)[:8]:
            print(f"    {_line(line)}")
        for sign, strings in (("lacks", own.lacks), ("holds", own.holds)):
            for text in strings:
                print(f"    {sign} {squash(text)[:60]}")


def _line(line: Line) -> str:
    again = f" (and {line.more} more)" if line.more else ""
    return f"{line.sign} {line.text[:60]}{again}"


def _print_facts(pages: list[Labelled], readings: list[Reading], scores: list[Score]) -> None:
    print("\nFacts that differ from the label, cells that are missing, false alarms")
    for one, got, own in zip(pages, readings, scores, strict=True):
        for name in (n for n, right in own.facts.items() if not right):
            print(f"  {one.name} {name}: {wanted(one.labels, name)!r}, read {got.facts.get(name)!r}")
        for name in own.invented:
            print(f"  {one.name} {name}: not on the page, read {got.facts[name]!r}")
        if own.cells.missing:
            print(f"  {one.name} cells: {len(own.cells.missing)} missing, {own.cells.missing[:3]}")
        if own.distrusted:
            print(f"  {one.name} would be quarantined or refused: {got.how}")


def _document(pages: list[Labelled], scored: Scored) -> dict[str, object]:
    sides = {
        name: {group: asdict(figures([scores[n] for n in at])) for group, at in groups(pages).items()}
        for name, scores in scored.items()
    }
    each = [
        {"page": p.name, **{name: asdict(scores[n]) for name, scores in scored.items()}}
        for n, p in enumerate(pages)
    ]
    return {"figures": sides, "pages": each}


def _print_table(rows: list[list[str]]) -> None:
    widths = [max(_width(row[n]) for row in rows) for n in range(len(rows[0]))]
    for row in rows:
        cells = [row[0] + " " * (widths[0] - _width(row[0]))]
        cells += [
            " " * (width - _width(cell)) + cell for cell, width in zip(row[1:], widths[1:], strict=True)
        ]
        print("  ".join(cells))


def _width(text: str) -> int:
    return sum(2 if char > "\u2e80" else 1 for char in text)
