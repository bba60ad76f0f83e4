"""``./run bench serve``: how long the first byte of each page of the reading room takes while a crawl writes.

The archive is made up (``--documents``), served by the program itself on loopback, and written to all the while
at the pace of a crawl. Printed: milliseconds to the first byte (median and 95th percentile, one visitor), the processor time of the
room for one answer (on a shared machine the truer figure), and the memory of the serving process.
"""

from __future__ import annotations

import http.client
import os
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from tests.bench.made_up import make

HOME = Path(__file__).resolve().parents[2]
GOAL = 50  # milliseconds
PROGRAM = "import sys, pathlib; from archive.reading_room import launch; sys.exit(launch(pathlib.Path(sys.argv[1]), 0))"
WRITES_A_SECOND = 5
TABLES = ("addresses", "attachments", "captures", "comparisons", "crawls", "documents", "events", "frontier", "leases",
          "parts", "payloads", "queue", "readings", "rules", "shingles", "tallies", "ties", "transitions", "variants",
          "versions", "work_documents")  # fmt: skip


def main(words: Sequence[str]) -> int:
    """Measure every page type, print one line each; 1 when a page misses the goal."""
    parser = ArgumentParser(prog="./run bench serve", description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument(
        "--archive", type=Path, help="an archive made by an earlier run; made when it is not there"
    )
    parser.add_argument("--visits", type=int, default=20, help="how often each page is asked for")
    parser.add_argument("--quiet", action="store_true", help="write nothing meanwhile")
    parser.add_argument("--only", default="", help="only pages whose name holds this")
    options = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as folder:
        path = options.archive or Path(folder) / "large.db"
        if not path.exists():
            print(f"making {options.documents:,} documents …", file=sys.stderr)
            make(path, options.documents)
        pace = 0 if options.quiet else WRITES_A_SECOND
        with served(path) as (room, port), writing(path, pace) as written:
            slow = measure(room.pid, port, pages(path), visits=options.visits, only=options.only)
            print(f"{written[0]:,} commits meanwhile; memory of the room {memory(room.pid)} MiB")
    return 1 if slow else 0


def pages(path: Path) -> dict[str, str]:
    """Return the page types and an address of each."""
    db = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
    edited = db.execute("select document from transitions order by id desc limit 1").fetchone()[0]
    copy = db.execute("select max(id) from comparisons").fetchone()[0]
    first, host = path.stem, db.execute("select url from documents where id = 77").fetchone()[0]
    rare = db.execute(
        "select substr(text, instr(text, char(10)) - 5, 4) from versions where id = 500"
    ).fetchone()[0]
    sentence = (
        db.execute("select substr(text, 60, 30) from versions where id = 700").fetchone()[0].replace("\n", "")
    )
    db.close()
    return {
        "front": "/",
        "document": f"/doc/{edited}",
        "document, as of a day": f"/doc/{edited}?at=2025-12-01",
        "document, old version": f"/doc/{edited}/1",
        "difference": f"/doc/{edited}/diff/1/2",
        "difference, side by side": f"/doc/{edited}/diff/1/2?view=side&show=whole",
        "capture": "/capture/77",
        "site": "/site/site00",
        "copy": f"/copy/{copy}",
        "look-up by address": f"/?q={quote(host)}",
        "look-up by a mirror": f"/?q={quote('https://mirror.example/x' + host.partition('.example')[2])}",
        "search, common word": f"/?q={quote('发展')}",
        "search, two words": f"/?q={quote('未来产业 北京')}",
        "search, rare word": f"/?q={quote(rare)}",
        "search, narrowed": f"/?q={quote('数据')}&site=site03&since=2024-01-01&state=live",
        "search, a sentence": f"/?q={quote(sentence)}",
        "search, a sentence changed": f"/?q={quote(sentence[:9] + '某' + sentence[10:])}",
        "search, nothing": f"/?q={quote('锆石蝌蚪')}",
        "list of documents": f"/{first}/latest",
        "list of documents, a site": f"/{first}/latest?site=site00",
        "list of documents, withdrawn": f"/{first}/latest?state=withdrawn",
        "list of documents, searched": f"/{first}/latest?_search={quote('公共数据')}",
        "list, since a day": f"/{first}/latest?published_at__gte=2024-01-01",
        "list, a site since a day": f"/{first}/latest?site=site00&published_at__gte=2024-01-01",
        "list, words of a title": f"/{first}/latest?title__contains={quote('数据')}",
        "list, no such title": f"/{first}/latest?title__contains={quote('蝌蚪')}",
        "list, no such title of a site": f"/{first}/latest?site=site00&title__contains={quote('蝌蚪')}",
        "list, copies": f"/{first}/latest?role=copy",
        "list, edited": f"/{first}/latest?versions__gt=1",
        "list, numbered": f"/{first}/latest?doc_number__notblank=1",
        "list, by source": f"/{first}/latest?_facet=source_line",
        "list, by publisher": f"/{first}/latest?_facet=publisher",
        "list, by issuer": f"/{first}/latest?_facet=issuer",
        "list, by role": f"/{first}/latest?_facet=role",
        "list of changes": f"/{first}/changes",
        "list of sources": f"/{first}/site_health",
        "list of copies": f"/{first}/copies",
        "data": f"/{first}",
        "news": "/feed.atom",
        "news of a site": "/feed.atom?site=site00",
        "feed of changes": f"/{first}/changes.atom",
        "feed of a document": f"/{first}/changes.atom?document={edited}",
        "json of documents": f"/{first}/latest.json",
        "csv of documents": f"/{first}/latest.csv",
        "list of documents, page 2": f"/{first}/latest?_next=30",
        "list of documents, page 3,000": f"/{first}/latest?_next=90000",
        "list of documents, csv": f"/{first}/latest.csv?site=site00",
        "list of changes, a site": f"/{first}/changes?site=site00",
        "list of versions": f"/{first}/version_detail",
        "list of versions, page 2": f"/{first}/version_detail?_next=30",
        "list of files": f"/{first}/files",
        "list of works": f"/{first}/works",
        "list of works' addresses": f"/{first}/work_addresses",
        "list of copiers' rules": f"/{first}/copier_rules",
        **{f"table {name}": f"/{first}/{name}" for name in TABLES},
        "a row": f"/{first}/documents/77",
        "question: words": f"/{first}/words?words={quote('北京')}",
        "question: number": f"/{first}/by_number?number={quote('3号')}",
        "question: address": f"/{first}/by_address?url={quote(host)}",
        "question: figures": f"/{first}/edits_of_figures",
        "question: not online": f"/{first}/not_online",
        "question: per month": f"/{first}/per_month",
    }  # fmt: skip


def measure(room: int, port: int, addresses: dict[str, str], *, visits: int, only: str) -> list[str]:
    """Print a line for each page and return the names of those that miss the goal."""
    slow = []
    print(f"{'page':32}{'p50 ms':>8}{'p95 ms':>8}{'cpu ms':>8}{'kB':>7}")
    for name, address in addresses.items():
        if only not in name:
            continue
        visit(port, address)
        before = processor(room)
        took, sizes = zip(*(visit(port, address) for _ in range(visits)), strict=True)
        cpu = (processor(room) - before) / visits
        p50, p95 = statistics.median(took), statistics.quantiles(took, n=20)[-1]
        slow += [name] if p50 > GOAL else []
        print(
            f"{name:32}{p50:8.1f}{p95:8.1f}{cpu:8.1f}{sizes[0] / 1000:7.0f}{'  over ' + str(GOAL) if p50 > GOAL else ''}"
        )
    return slow


def visit(port: int, address: str) -> tuple[float, int]:
    """Return the milliseconds to the first byte of an answer, and its length."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.connect()
        started = time.perf_counter()
        connection.request("GET", address, headers={"accept-language": "zh"})
        answer = connection.getresponse()
        first = answer.read(1)
        took = (time.perf_counter() - started) * 1000
        size = len(first + answer.read())
        if answer.status not in (200, 302):
            raise SystemExit(f"{address}: {answer.status}")
        return took, size
    finally:
        connection.close()


@contextmanager
def served(path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Serve an archive as people do; give the process and its port."""
    command = [sys.executable, "-c", PROGRAM, str(path)]
    room = subprocess.Popen(command, cwd=HOME, stderr=subprocess.PIPE, text=True)
    try:
        assert room.stderr is not None
        found = re.search(r"127\.0\.0\.1:(\d+)", room.stderr.readline())
        if not found:
            raise SystemExit("the room did not open")
        yield room, int(found[1])
    finally:
        room.terminate()
        room.wait()


@contextmanager
def writing(path: Path, pace: int) -> Iterator[list[int]]:
    """Write to an archive so many times a second until the block ends; give the number of commits."""
    written, done = [0], threading.Event()

    def write() -> None:
        db = sqlite3.connect(path, isolation_level=None, timeout=30)
        db.execute("pragma synchronous=full")
        while not done.wait(1 / pace):
            db.execute("begin immediate")
            db.execute(
                "insert into captures (crawl, site, kind, url, method, captured_at, status, origin, clock) select crawl, "
                "site, kind, url, method, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), 304, 'network', 'wall' "
                "from captures where id = 77"
            )
            db.execute(
                "update documents set last_seen = max(last_seen, first_seen) where id % 1000 = ?",
                (written[0],),
            )
            db.execute("commit")
            written[0] += 1
        db.close()

    thread = threading.Thread(target=write)
    if pace:
        thread.start()
    try:
        yield written
    finally:
        done.set()
        if pace:
            thread.join()


def processor(pid: int) -> float:
    """Return the milliseconds of processor time that a process has taken; counted in hundredths of a second."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> int:
    """Return the resident memory of a process in MiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) >> 10  # type: ignore[index]
