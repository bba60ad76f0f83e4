"""``./run bench crawl``: what a page costs end to end, against the two things it cannot do without.

In one run on one machine, over the same pages: (a) fetching and keeping alone; (b) plain
``trafilatura.bare_extraction(with_metadata=True)`` alone, one process per core, no fetching; then fetch + keep +
read of fresh pages, of the same pages unchanged, and of the same pages each with a small edit. Rates are counted
from the first capture to the last thing written (start-up left out on both sides); machines are noisy, so what
is to be read are the ratios.
"""

from __future__ import annotations

import gzip
import multiprocessing
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from archive.model import Exchange
from archive.store.file.captures import add_capture
from archive.store.file.payloads import Payloads, payload_digest
from archive.store.schema import make
from tests.bench.pages import HOME, corpus, edited, sites_of_several, variants

HOSTS = 8


def main(words: Sequence[str]) -> int:
    """Measure, print one line a figure."""
    parser = ArgumentParser(prog="./run bench crawl", description=__doc__)
    parser.add_argument("--pages", type=Path, help="a folder of HTML pages (default: the tests' own)")
    parser.add_argument("--count", type=int, default=800, help="how many pages to make of them")
    options = parser.parse_args(words)
    made = variants(corpus(options.pages), options.count)
    with tempfile.TemporaryDirectory() as folder:
        _measure(Path(folder), made)
    _print_bytes(sites_of_several(options.pages))
    return 0


def _measure(folder: Path, made: list[bytes]) -> None:
    served = folder / "served"
    served.mkdir()
    _lay_out(served, made)
    server = subprocess.Popen([sys.executable, "-m", "tests.bench.server", str(served)], cwd=HOME, stdout=subprocess.PIPE, text=True)  # fmt: skip
    try:
        assert server.stdout is not None
        urls = _urls(int(server.stdout.readline()), len(made))
        mean = sum(map(len, made)) / len(made) / 1000
        print(f"{len(made)} pages of {mean:.0f} kB (mean) over {HOSTS} hosts, {os.cpu_count()} cores")
        kept = _crawl(folder / "kept.db", urls, "-s", "ARCHIVE_READERS=0")
        print(f"(a) fetch and keep alone        {kept:7.1f} pages/s")
        plain = _plain(made)
        print(f"(b) plain trafilatura alone     {plain:7.1f} pages/s")
        fresh = _crawl(folder / "full.db", urls)
        print(
            f"fetch + keep + read, fresh      {fresh:7.1f} pages/s   {fresh / kept:.2f} × (a)   {fresh / plain:.2f} × (b)"
        )
        again = _crawl(folder / "full.db", urls)
        print(
            f"the same again, unchanged       {again:7.1f} pages/s   {again / kept:.2f} × (a)   {again / plain:.2f} × (b)"
        )
        later = [edited(page, n) for n, page in enumerate(made)]
        _lay_out(served, later)
        changed = _crawl(folder / "full.db", urls)
        print(
            f"the same again, each edited     {changed:7.1f} pages/s   {changed / kept:.2f} × (a)   {changed / plain:.2f} × (b)"
        )
    finally:
        server.kill()
        server.wait()


def _lay_out(served: Path, made: list[bytes]) -> None:
    for n, page in enumerate(made):
        (served / f"{n}.html").write_bytes(page)


def _urls(port: int, count: int) -> list[str]:
    return [f"http://127.0.0.{n % HOSTS + 1}:{port}/{n}.html" for n in range(count)]


def _crawl(archive: Path, urls: list[str], *words: str) -> float:
    """Keep all addresses with a crawl of its own, and return pages per second."""
    env = {**os.environ, "SCRAPY_SETTINGS_MODULE": "crawler.settings", "PYTHONPATH": str(HOME)}
    env["ARCHIVE_ALLOW_HOSTS"] = ",".join(f"127.0.0.{n + 1}" for n in range(HOSTS))
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
    done = subprocess.run([*command, *words], env=env, capture_output=True, text=True)
    if not archive.exists():
        raise SystemExit(f"bench: the crawl did not run: {done.stderr[-500:]}")
    db = sqlite3.connect(f"file:{archive}?mode=ro", uri=True)
    crawl = db.execute("select max(id) - ? from crawls", (HOSTS,)).fetchone()[0]
    row: tuple[int, str, str] = db.execute(
        "select count(*), min(c.captured_at), max(coalesce(r.read_at, c.captured_at)) from captures c "
        "left join readings r on r.capture = c.id where c.crawl > ? and c.kind = 'article'",
        (crawl,),
    ).fetchone()
    count, first, last = row
    if count != len(urls):
        raise SystemExit(f"bench: {count} of {len(urls)} pages were captured: {done.stderr[-500:]}")
    seconds = (datetime.fromisoformat(last) - datetime.fromisoformat(first)).total_seconds()
    return count / seconds


def _plain(made: list[bytes]) -> float:
    with multiprocessing.get_context("spawn").Pool(os.cpu_count()) as pool:
        pool.map(extract, made[:8], chunksize=1)
        begun = time.monotonic()
        pool.map(extract, made, chunksize=8)
        return len(made) / (time.monotonic() - begun)


def extract(page: bytes) -> bool:
    """Extract one page as trafilatura does by itself."""
    import trafilatura

    return trafilatura.bare_extraction(page, with_metadata=True) is not None


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
