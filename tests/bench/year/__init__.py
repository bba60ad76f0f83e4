"""``./run bench year``: a simulated year through the real spiders and archive, judged against what was true."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from .judge import Judge, Judgement, Tally
from .runs import PATIENCE, SLOWEST, Runner
from .scenario import DAY, HOUR, SITES, scenario
from .served import YearReplicas
from .stage import utc

# So many of the edits that stood for seven days in sight must be found within ten.
TIMELY = 0.97


def simulate(
    path: Path, *, documents: int, days: int, runs: int, seed: int = 1, sites: tuple[str, ...] = SITES,
    readers: int = 2, says: bool = False, longest: float | None = None,
    patience: float = PATIENCE,
) -> Judgement:  # fmt: skip
    """Run so many times a day for so many days, and return how what was found compares with the truth."""
    told = scenario(documents=documents, days=days, seed=seed, sites=sites)
    at, dice = 0.0, random.Random(seed)
    with YearReplicas(documents=documents, days=days, seed=seed, sites=sites) as replicas:
        runner = Runner(path, replicas.env(), readers=readers, longest=longest, patience=patience)
        for number in range(days * runs):
            # A timer starts about when it should: some minutes late, now and then an hour.
            late = dice.choice((0, 0, 0, HOUR)) + dice.uniform(0, 240)
            due = round(number * DAY / runs / HOUR) * HOUR + late
            if told.pause[0] <= due < told.pause[1]:
                continue
            at = due
            replicas.turn(at)
            begun = time.monotonic()
            crawls = runner.watch(sites, utc(at))["crawls"]
            assert time.monotonic() - begun < SLOWEST, "a run reached into the time in which things happen"
            for crawl in crawls:
                if "mass_change" in crawl["reasons"]:
                    is_template = told.template(crawl["site"]) <= at
                    runner.review(crawl["site"], utc(at + 300), is_template=is_template)
            if says and number % runs == 0:
                print(
                    f"\rday {at / DAY:.0f} of {days}, {path.stat().st_size >> 20} MiB",
                    end="",
                    file=sys.stderr,
                )
    return Judge(path, told, at).judge()


def main(words: list[str]) -> int:
    """Print the table; 1 when a law is broken."""
    parser = argparse.ArgumentParser(prog="./run bench year")
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--runs", type=int, default=1, help="runs a day")
    parser.add_argument(
        "--longest", type=float, metavar="DAYS", help="the longest gap between two looks at an article"
    )
    parser.add_argument(
        "--patience", type=float, default=PATIENCE, metavar="SECONDS", help="how long a page is waited for"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="write the archive here, and keep it")
    parser.add_argument("--judge", type=Path, help="run nothing: judge an archive that --keep kept")
    parser.add_argument("--wrong", type=int, default=5, help="show so many of what came out wrong")
    options = parser.parse_args(words)
    begun = time.monotonic()
    given = {"documents": options.documents, "days": options.days, "seed": options.seed}
    if options.judge:
        end = round((options.days - 1 / options.runs) * DAY / HOUR) * HOUR
        found = Judge(options.judge, scenario(**given), end).judge()
    else:
        with tempfile.TemporaryDirectory(prefix="year-") as folder:
            path = options.keep or Path(folder) / "year.db"
            found = simulate(
                path,
                runs=options.runs,
                readers=1,
                says=True,
                longest=options.longest,
                patience=options.patience,
                **given,
            )
    print(f"{options.documents} documents, {len(SITES)} sites, {options.days} days, {options.runs} runs a day, "
          f"{(time.monotonic() - begun) / 60:.0f} min")  # fmt: skip
    for line in table(found):
        print(line)
    for tally, name in (*laws(found), (found.timely_edits, "late")):
        for line in tally.wrong[: options.wrong]:
            print(f"  {name}: {line}")
    is_slow = found.timely_edits.held < TIMELY * found.timely_edits.all
    return int(is_slow or any(tally.wrong for tally, _ in laws(found)))


def laws(found: Judgement) -> list[tuple[Tally, str]]:
    """Return what must hold without an exception."""
    return [
        (found.intervals, "intervals"),
        (found.false_withdrawals, "false withdrawal"),
        (found.claims_in_outages, "claim over an outage"),
        (found.persistent_edits, "persistent edit missed"),
        (found.versions, "version from noise"),
        (found.failures, "failure missed"),
        (found.invented, "failure invented"),
        (found.withdrawals, "withdrawal missed"),
        (found.restorations, "restoration missed"),
        (found.moves, "move missed"),
        (found.missing, "document missing"),
        (found.late_moves, "move called withdrawn"),
    ]


def table(found: Judgement) -> list[str]:
    """Return the table's lines."""
    late = sorted(found.delays)
    looks = found.outcomes["unchanged"] + found.outcomes["not_modified"]
    again = looks + found.outcomes["changed"]
    rows = (
        ("reported intervals that contain the truth", _of(found.intervals)),
        ("false withdrawals", f"{len(found.false_withdrawals.wrong)} of {found.false_withdrawals.all} told"),
        ("lasting withdrawals told", _of(found.withdrawals)),
        ("restorations told", _of(found.restorations)),
        ("moves told", _of(found.moves)),
        ("claims over outages", f"{len(found.claims_in_outages.wrong)} of {found.claims_in_outages.all} moments named"),
        ("documents missing", f"{len(found.missing.wrong)} of {found.missing.all} that lists showed"),
        ("moves found late, called withdrawn", f"{len(found.late_moves.wrong)} of {found.late_moves.all}"),
        ("edits that stood seven days in sight, found in ten", _share(found.timely_edits)),
        ("persistent edits found", _of(found.persistent_edits)),
        ("all edits found, however short they stood", _of(found.all_edits)),
        ("median delay of all edits", f"{median(late) / HOUR:.0f} h" if late else "–"),
        ("documents with versions from noise", f"{len(found.versions.wrong)} of {found.versions.all}"),
        ("source failures found within one schedule", _of(found.failures)),
        ("source failures invented", f"{len(found.invented.wrong)} of {found.invented.all} told"),
        ("requests sent", f"{found.requests:,}"),
        ("requests per found article or change", f"{found.requests / max(1, found.found):.1f}"),
        ("looks at known articles that showed nothing new", f"{looks / max(1, again):.1%}"),
        ("of these, by 304 alone", f"{found.outcomes['not_modified'] / max(1, looks):.1%}"),
    )  # fmt: skip
    return [f"{name:<52}{value}" for name, value in rows]


def _of(tally: Tally) -> str:
    return f"{tally.held} of {tally.all}"


def _share(tally: Tally) -> str:
    return f"{_of(tally)} ({tally.held / max(1, tally.all):.1%})"
