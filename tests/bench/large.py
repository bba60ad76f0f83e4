"""``./run bench large``: a whole archive of many documents, and what it takes to ask it, check it and copy it.

Printed: where the bytes are; search, comparing, quoting and what is due in this process, many times each; the commands
in processes of their own, with their memory; then every page of the reading room. Seconds by the clock and of the
processor: on a shared machine the latter are the truer ones.
"""

from __future__ import annotations

import os
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

from archive.collate.comparison import Copy
from archive.store.file.connection import open_for_reading
from archive.store.read.quotes import quote
from archive.store.read.search import search
from archive.store.read.space import space
from archive.store.schedule.frontier import Frontier
from archive.store.write.comparisons import compare
from tests.bench import serve
from tests.bench.made_up import make

# Milliseconds at p50 that are wanted; seconds and megabytes of verify.
GOALS = {"compare": 150.0, "quote": 300.0, "due, all sites": 1000.0}
SEARCH_P95 = 10.0
VERIFY_MB = 200
DUE_AT = "2026-06-01T00:00:00.000Z"
SEARCHES: dict[str, Callable[[random.Random], str]] = {
    "search, a common word": lambda words: words.choice(["发展", "数据", "产业"]),
    "search, two words": lambda words: words.choice(["未来产业 北京", "算力 乡村振兴"]),
    "search, a number": lambda words: f"〔2024〕{words.randrange(3, 3000)}号",
}


def main(words: Sequence[str]) -> int:
    """Make the archive if it is not there, measure all and print it; 1 where a goal is missed."""
    parser = ArgumentParser(prog="./run bench large", description=__doc__)
    parser.add_argument("--documents", type=int, default=50_000)
    parser.add_argument(
        "--archive", type=Path, help="an archive made by an earlier run; made when it is not there"
    )
    parser.add_argument("--visits", type=int, default=10, help="how often each page is asked for")
    parser.add_argument("--without-pages", action="store_true", help="leave the reading room out")
    options = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as folder:
        path = options.archive or Path(folder) / "large.db"
        if not path.exists():
            started = time.perf_counter()
            make(path, options.documents)
            print(f"made {options.documents:,} documents in {time.perf_counter() - started:,.0f} s")
        with closing(open_for_reading(path)) as db:
            _print_sizes(db)
            missed = _ask(db)
        missed += _run(path, Path(folder))
        if not options.without_pages:
            missed += _visit(path, options.visits)
    print("missed:", ", ".join(missed) or "nothing")
    return int(bool(missed))


def _print_sizes(db: sqlite3.Connection) -> None:
    (documents,) = db.execute("select count(*) from documents").fetchone()
    told = space(db)
    print(f"{documents:,} documents, {told.file >> 20:,} MiB; bytes a document:")
    if told.kinds is None:
        return
    for kind, size in told.kinds.items():
        print(f"    {kind:12}{size / documents:9,.0f}")
    beside = told.file - told.free - told.kinds["kept"]
    print(f"    {'beside bodies':12}{beside / documents:8,.0f}")


def _ask(db: sqlite3.Connection) -> list[str]:
    """Ask what is answered in this process; return what misses its goal."""
    chance = random.Random(3)
    texts = [row[0] for row in db.execute("select text from versions where id % 97 = 5 limit 60")]
    sites = [row[0] for row in db.execute("select distinct site from frontier")]
    missed = []
    for name, query in SEARCHES.items():
        asked = [query(chance) for _ in range(60)]
        p95 = _measured(name, [partial(search, db, one, limit=10) for one in asked])[1]
        missed += [name] if p95 > SEARCH_P95 else []
    lines = [text.split("\n")[1] for text in texts]
    p95 = _measured("search, a sentence", [partial(search, db, line[:30], limit=10) for line in lines])[1]
    missed += ["search, a sentence"] if p95 > SEARCH_P95 else []
    calls: dict[str, Sequence[Callable[[], object]]] = {
        "compare": [partial(compare, db, Copy(title="", text=_copied(text))) for text in texts[:20]],
        "quote": [partial(quote, db, line[:40]) for line in lines[:20]],
        "due, all sites": [lambda: [Frontier(db).due(site, DUE_AT, limit=5_000) for site in sites]],
    }
    return missed + [name for name, told in calls.items() if _measured(name, told)[0] > GOALS[name]]


def _copied(text: str) -> str:
    return text.replace("15%", "25%", 1).replace("推进", "推動", 1)


def _measured(name: str, calls: Iterable[Callable[[], object]]) -> tuple[float, float]:
    """Print and return median and 95th percentile of calls, in milliseconds of the processor."""
    clock, used = list[float](), list[float]()
    for call in calls:
        started, before = time.perf_counter(), time.process_time()
        call()
        clock.append((time.perf_counter() - started) * 1000)
        used.append((time.process_time() - before) * 1000)
    found = [value for took in (clock, used) for value in (statistics.median(took), _p95(took))]
    print(
        f"{name:32}{found[0]:9.1f}{found[1]:9.1f} ms by the clock{found[2]:9.1f}{found[3]:9.1f} of the processor"
    )
    return found[2], found[3]


def _p95(took: Sequence[float]) -> float:
    return statistics.quantiles(took, n=20)[-1] if len(took) > 1 else took[0]


def _run(path: Path, folder: Path) -> list[str]:
    """Run the commands, each in a process of its own; return what misses its goal."""
    missed = []
    for name, words in {
        "status": ["status"],
        "verify --quick": ["verify", "--quick"],
        "verify": ["verify"],
        "backup": ["backup", str(folder / "backup.db")],
    }.items():
        started = time.perf_counter()
        command = [str(Path(sys.executable).with_name("yuanben")), *words, "--archive", str(path)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, ended, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(ended)
        took = time.perf_counter() - started
        print(
            f"{name:32}{took:9.1f} s by the clock{used.ru_utime + used.ru_stime:9.1f} of the processor"
            f"{used.ru_maxrss >> 10:7} MiB, exit {process.returncode}"
        )
        missed += [f"memory of {name}"] if used.ru_maxrss >> 10 > VERIFY_MB else []
        missed += [name] if process.returncode else []
    return missed


def _visit(path: Path, visits: int) -> list[str]:
    with serve.served(path) as (room, port):
        slow = serve.measure(room.pid, port, serve.pages(path), visits=visits, only="")
        print(f"memory of the room {serve.memory(room.pid)} MiB")
    return slow
