"""``./run bench read``: documents per core-second, our reader against plain trafilatura on the same pages.

Page by page the two take turns in one process, so that whatever slows the machine slows both; what is counted is
CPU time, the best of the rounds. ``bare_extraction(with_metadata=True)`` is what plain trafilatura is asked for.
A profile then says where our time goes, by module.
"""

from __future__ import annotations

import cProfile
import pstats
import sys
import time
from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from archive import extract
from archive.model import Page, Site
from archive.urls import site_of
from tests.bench.extractors import declared
from tests.bench.labelled import Labelled, labelled_pages

_CLASSES = (
    (10, "under 10 kB"),
    (30, "10-30 kB"),
    (100, "30-100 kB"),
    (300, "100-300 kB"),
    (10**9, "over 300 kB"),
)
_HOME = Path(__file__).resolve().parents[2]


def main(words: Sequence[str]) -> int:
    """Measure, and print a table by page size and the profile."""
    parser = ArgumentParser(prog="./run bench read", description=__doc__)
    parser.add_argument("--pages", type=Path, help="a labelled folder (default: the tests' own pages)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--top", type=int, default=12, help="how many functions the profile names")
    options = parser.parse_args(words)
    pages = labelled_pages(options.pages)
    if not pages:
        parser.error(f"no labelled pages in {options.pages}")
    sites = {name: spider.site for name, spider in declared().items()}
    work = [(p.page, sites.get(site_of(p.page.url, sites) or "")) for p in pages]
    for page, site in work[:5]:
        _ours(page, site)
        _plain(page, site)
    ours, plain = _measured(work, options.rounds)
    _print_classes(pages, ours, plain)
    _print_profile(work, options.top)
    return 0


def _ours(page: Page, site: Site | None) -> None:
    extract.read(page, site)


def _plain(page: Page, site: Site | None) -> None:
    from trafilatura import bare_extraction

    bare_extraction(page.body, with_metadata=True)


def _measured(work: list[tuple[Page, Site | None]], rounds: int) -> tuple[list[float], list[float]]:
    """Return the CPU seconds of each page for both, the least of the rounds."""
    ours, plain = [float("inf")] * len(work), [float("inf")] * len(work)
    for turn in range(rounds):
        for at, (page, site) in enumerate(work):
            sides: list[tuple[Callable[[Page, Site | None], None], list[float]]] = [
                (_ours, ours),
                (_plain, plain),
            ]
            for read, seconds in sides if turn % 2 else reversed(sides):
                seconds[at] = min(seconds[at], _cpu(read, page, site))
            if sys.stderr.isatty():
                print(f"\rround {turn + 1}/{rounds}, page {at + 1}/{len(work)}", end="\r", file=sys.stderr)
    return ours, plain


def _cpu(read: Callable[[Page, Site | None], None], page: Page, site: Site | None) -> float:
    begun = time.process_time()
    read(page, site)
    return time.process_time() - begun


def _print_classes(pages: list[Labelled], ours: list[float], plain: list[float]) -> None:
    groups: dict[str, list[int]] = defaultdict(list)
    for at, one in enumerate(pages):
        size = len(one.page.body) / 1000
        groups[next(name for least, name in _CLASSES if size < least)].append(at)
    print(f"{'':14}{'pages':>6}{'mean kB':>9}{'ours/s':>9}{'plain/s':>9}{'ratio':>7}   slowest page of ours")
    for name in (*(name for _, name in _CLASSES if name in groups), "all"):
        rows = groups[name] if name in groups else list(range(len(pages)))
        mine, theirs = sum(ours[n] for n in rows), sum(plain[n] for n in rows)
        size = sum(len(pages[n].page.body) for n in rows) / len(rows) / 1000
        slow = max(rows, key=lambda n: ours[n])
        print(
            f"{name:14}{len(rows):6}{size:9.0f}{len(rows) / mine:9.1f}{len(rows) / theirs:9.1f}{theirs / mine:7.2f}"
            f"   {pages[slow].name} {ours[slow] * 1000:.0f} ms"
        )


def _print_profile(work: list[tuple[Page, Site | None]], top: int) -> None:
    """Print which of our modules the time is spent in, called functions of others counted to their caller's module."""
    profile = cProfile.Profile()
    profile.enable()
    for page, site in work:
        _ours(page, site)
    profile.disable()
    spent, functions, whole = _by_module(pstats.Stats(profile))
    print("\nwhere our time goes (profiled; libraries count to the module that calls them)")
    for module, seconds in sorted(spent.items(), key=lambda m: -m[1])[:top]:
        print(f"{seconds / whole:7.1%}  {module}")
    print("\nfunctions, with what they call in libraries")
    for function, seconds in sorted(functions.items(), key=lambda f: -f[1])[:top]:
        print(f"{seconds / whole:7.1%}  {function}")


def _by_module(stats: pstats.Stats) -> tuple[dict[str, float], dict[str, float], float]:
    """Add up own times; what a library's function takes is divided among its callers by their share, upwards."""
    raw = stats.stats  # type: ignore[attr-defined]
    functions: dict[str, float] = defaultdict(float)
    spread = {key: own for key, (_, _, own, _, _) in raw.items()}
    for _ in range(12):
        later: dict[tuple[str, int, str], float] = defaultdict(float)
        for key, seconds in spread.items():
            callers = raw[key][4]
            if seconds and _module(key) is None and callers:
                total = sum(c[3] for c in callers.values()) or 1.0
                for caller, (_, _, _, share) in callers.items():
                    later[caller] += seconds * share / total
            elif seconds:
                functions[f"{_module(key) or key[0]}:{key[2]}"] += seconds
        spread = later
    modules: dict[str, float] = defaultdict(float)
    for name, seconds in functions.items():
        modules[name.rpartition(":")[0]] += seconds
    return modules, functions, sum(functions.values())


def _module(key: tuple[str, int, str]) -> str | None:
    path = Path(key[0])
    if not path.is_relative_to(_HOME / "archive"):
        return None
    return path.relative_to(_HOME).with_suffix("").as_posix().replace("/", ".")
