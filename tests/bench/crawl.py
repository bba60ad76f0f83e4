"""``./run bench crawl``: what a page costs end to end, against the two things it cannot do without.

On one machine, over the same pages, in turns and several rounds: (a) fetching and keeping alone; (b) plain
``trafilatura.bare_extraction(with_metadata=True)`` alone, one process per core, no fetching; then fetch + keep +
read of fresh pages, of the same pages unchanged, and of the same pages each with a small edit. Rates are counted
from the first capture to the last thing written; processor time is that of all processes, without what a crawl of
one page a host takes. One pass on a busy machine says little: what is to be read is the median of the rounds'
ratios, by processor time before the clock. A watchdog says how long the crawling thread was held, and by what.
"""

from __future__ import annotations

import gzip
import multiprocessing
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median

from archive.model import Exchange
from archive.store.file.captures import add_capture
from archive.store.file.payloads import Payloads, payload_digest
from archive.store.schema import make
from tests.bench.pages import HOME, corpus, edited, sites_of_several, variants
from tests.bench.stalls import summary

HOSTS = 8


NAMES = {
    "kept": "(a) fetch and keep alone",
    "plain": "(b) plain trafilatura alone",
    "fresh": "fetch + keep + read, fresh",
    "unchanged": "the same again, unchanged",
    "edited": "the same again, each edited",
}
WAYS = ("fresh", "unchanged", "edited")


@dataclass(frozen=True, slots=True)
class Cost:
    """What a page took: seconds by the clock, and of processor time in all processes."""

    clock: float
    processor: float

    def against(self, other: Cost) -> Cost:
        """Return how many times as fast as another this was, by both clocks."""
        return Cost(other.clock / self.clock, other.processor / self.processor)


def main(words: Sequence[str]) -> int:
    """Measure, print one line a figure."""
    parser = ArgumentParser(prog="./run bench crawl", description=__doc__)
    parser.add_argument("--pages", type=Path, help="a folder of HTML pages (default: the tests' own)")
    parser.add_argument("--count", type=int, default=800, help="how many pages to make of them")
    parser.add_argument("--rounds", type=int, default=3, help="how often each way takes its turn")
    options = parser.parse_args(words)
    made = variants(corpus(options.pages), options.count)
    with tempfile.TemporaryDirectory() as folder:
        _measure(Path(folder), made, options.rounds)
    _print_bytes(sites_of_several(options.pages))
    return 0


def _measure(folder: Path, made: list[bytes], rounds: int) -> None:
    served = folder / "served"
    served.mkdir()
    _lay_out(served, made)
    server = subprocess.Popen([sys.executable, "-m", "tests.bench.server", str(served)], cwd=HOME, stdout=subprocess.PIPE, text=True)  # fmt: skip
    try:
        assert server.stdout is not None
        urls = _urls(int(server.stdout.readline()), len(made))
        mean = sum(map(len, made)) / len(made) / 1000
        print(
            f"{len(made)} pages of {mean:.0f} kB (mean) over {HOSTS} hosts, {os.cpu_count()} cores, {rounds} rounds"
        )
        measured = [_round(folder, served, made, urls, number) for number in range(rounds)]
    finally:
        server.kill()
        server.wait()
    for way in ("kept", "plain", *WAYS):
        _print(way, measured)
    for way in WAYS:
        print(f"the crawling thread, {way}, last round\n    {summary(folder / f'{way}.stalls')}")


def _round(folder: Path, served: Path, made: list[bytes], urls: list[str], number: int) -> dict[str, Cost]:
    """Let each way take its turn once."""
    _lay_out(served, made)
    first, full = urls[:HOSTS], folder / f"full{number}.db"
    alone = _crawl(folder / f"alone{number}.db", first, folder / "start.stalls", "-s", "ARCHIVE_READERS=0")
    kept = _crawl(folder / f"kept{number}.db", urls, folder / "kept.stalls", "-s", "ARCHIVE_READERS=0")
    fresh = _crawl(folder / f"start{number}.db", first, folder / "start.stalls")
    again = _crawl(folder / f"start{number}.db", first, folder / "start.stalls")
    costs = {"kept": _beyond(alone, kept, len(urls)), "plain": _plain(made)}
    for way, start in zip(WAYS, (fresh, again, fresh), strict=True):
        if way == "edited":
            _lay_out(served, [edited(page, n) for n, page in enumerate(made)])
        costs[way] = _beyond(start, _crawl(full, urls, folder / f"{way}.stalls"), len(urls))
    return costs


def _beyond(start: Cost, cost: Cost, pages: int) -> Cost:
    """Return what a page took beyond a crawl that starts and asks each host for one page."""
    more = (cost.processor * pages - start.processor * HOSTS) / (pages - HOSTS)
    return Cost(cost.clock, max(more, 1e-4))


def _print(way: str, measured: list[dict[str, Cost]]) -> None:
    """Print a way's cost a page, and the median of the rounds' ratios with the least and the most."""
    costs = [one[way] for one in measured]
    line = f"{NAMES[way]:32} {1e3 * median(c.processor for c in costs):6.1f} ms of processor, {1 / median(c.clock for c in costs):6.1f} pages/s"
    for other, mark in (("kept", "(a)"), ("plain", "(b)")):
        if way in WAYS:
            ratios = [one[way].against(one[other]) for one in measured]
            line += f"\n    × {mark} {_spread([r.processor for r in ratios])} by processor, {_spread([r.clock for r in ratios])} by the clock"
    print(line)


def _spread(values: list[float]) -> str:
    return f"{median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def _lay_out(served: Path, made: list[bytes]) -> None:
    for n, page in enumerate(made):
        (served / f"{n}.html").write_bytes(page)


def _urls(port: int, count: int) -> list[str]:
    return [f"http://127.0.0.{n % HOSTS + 1}:{port}/{n}.html" for n in range(count)]


def _crawl(archive: Path, urls: list[str], stalls: Path, *words: str) -> Cost:
    """Keep all addresses with a crawl of its own, and return what a page took."""
    env = {**os.environ, "SCRAPY_SETTINGS_MODULE": "tests.bench.crawl_settings", "PYTHONPATH": str(HOME)}
    env["ARCHIVE_ALLOW_HOSTS"] = ",".join(f"127.0.0.{n + 1}" for n in range(HOSTS))
    env["BENCH_STALLS"] = str(stalls)
    env = {name: value for name, value in env.items() if not name.lower().endswith("_proxy")}
    command = [
        sys.executable,
        "-m",
        "scrapy",
        "keep",
        *urls,
        "--archive",
        str(archive),
        "-s",
        "ARCHIVE_DELAY=0",
    ]
    before = _spent()
    done = subprocess.run([*command, *words], env=env, cwd=HOME, capture_output=True, text=True)
    spent = _spent() - before
    if not archive.exists():
        raise SystemExit(f"bench: the crawl did not run: {done.stderr[-500:]}")
    db = sqlite3.connect(f"file:{archive}?mode=ro", uri=True)
    crawl = db.execute("select max(id) - ? from crawls", (HOSTS,)).fetchone()[0]
    row: tuple[int, str, str] = db.execute(
        "select count(*), min(c.captured_at), max(coalesce(r.read_at, c.captured_at)) from captures c "
        "left join readings r on r.capture = c.id where c.crawl > ? and c.kind = 'article'",
        (crawl,),
    ).fetchone()
    db.close()
    count, first, last = row
    if count != len(urls):
        raise SystemExit(f"bench: {count} of {len(urls)} pages were captured: {done.stderr[-500:]}")
    seconds = (datetime.fromisoformat(last) - datetime.fromisoformat(first)).total_seconds()
    return Cost(max(seconds, 1e-6) / count, spent / count)


def _spent() -> float:
    """Return the processor time of all processes that ended under this one."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _plain(made: list[bytes]) -> Cost:
    with multiprocessing.get_context("spawn").Pool(os.cpu_count()) as pool:
        pool.map(extract, made[:8], chunksize=1)
        begun = time.monotonic()
        spent = sum(pool.map(extract, made, chunksize=8))
        return Cost((time.monotonic() - begun) / len(made), spent / len(made))


def extract(page: bytes) -> float:
    """Extract one page as trafilatura does by itself; return the processor time that it took."""
    import trafilatura

    begun = time.process_time()
    trafilatura.bare_extraction(page, with_metadata=True)
    return time.process_time() - begun


def _print_bytes(groups: dict[str, list[bytes]]) -> None:
    """Print what pages cost to keep against a gzip record each: new ones of known sites, and changed ones."""
    shared, changed = [0, 0], [0, 0]
    for site, bodies in groups.items():
        db = sqlite3.connect(":memory:", isolation_level=None)
        db.row_factory = sqlite3.Row
        make(db)
        payloads = Payloads(db)
        for n, body in enumerate(bodies):
            _add(shared if n else [0, 0], payloads, db, site, f"http://{site}/{n}", body)
            _note_capture(db, site, f"http://{site}/{n}", body)
            _add(changed, payloads, db, site, f"http://{site}/{n}", edited(body, n))
    print(f"bytes of a page whose site has one already   {shared[0] / shared[1]:.3f} of a gzip record")
    print(f"bytes of a changed page                      {changed[0] / changed[1]:.3f} of a gzip record")


def _add(
    sums: list[int], payloads: Payloads, db: sqlite3.Connection, site: str, url: str, body: bytes
) -> None:
    digest = payloads.keep(body, site=site, url=url, media_type="text/html", at="2026-01-01T00:00:00.000Z")
    sums[0] += db.execute("select length(body) from payloads where digest = ?", (digest,)).fetchone()[0]
    sums[1] += len(gzip.compress(body, 6))


def _note_capture(db: sqlite3.Connection, site: str, url: str, body: bytes) -> None:
    db.execute("pragma foreign_keys = off")
    exchange = Exchange(
        url=url, kind="article", site=site, captured_at="2026-01-01T00:00:00.000Z", status=200
    )
    add_capture(db, exchange, 1, payload_digest(body))
