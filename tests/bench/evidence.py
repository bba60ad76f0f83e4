"""``./run bench evidence``: what proving costs, on an archive that the store itself wrote from made-up pages.

Seconds a gigabyte for ``verify``, a checkpoint over many captures (``--captures``), exports in captures a second, copies
that are made and brought up to date, and what it costs a reader that something is withheld.
"""

from __future__ import annotations

import random
import sqlite3
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, redirect_stdout
from importlib.util import find_spec
from io import StringIO
from pathlib import Path

from archive import extract
from archive.cli.export import run as export
from archive.clock import Clock, later, moment
from archive.model import Article, Exchange, Job, Role, Rules, Site, Unreadable, Verdict
from archive.reader import read_job
from archive.store.archive import Archive
from archive.store.evidence import logs
from archive.store.file.connection import open_for_reading, open_for_writing
from archive.store.file.withheld import withhold
from archive.store.read.backup import backup, update
from archive.store.read.verify import Wanted, verify

HOST = "www.bureau.example"
SITE = Site(
    publisher="示例局",
    role=Role.ORIGINAL,
    domains=("bureau.example",),
    articles=(r"/a/\d+\.html$",),
    rules=Rules(body=("#zoom",), title=("h1",), published=(".date",)),
)
_START = "2026-01-01T00:00:00.000Z"
_WORDS = "各单位 应当 进一步 加强 公共数据 资源 登记 管理 监督 考核 结果 通报 时限 材料 窗口 办理 改正 规定 实施 办法".split()  # noqa: SIM905
# Menus, scripts and styles make most of a page of these sites: some 25 KB in all.
_FURNITURE = (
    "<ul>" + "".join(f'<li><a href="/c{n}/index.html">栏目{n}</a></li>' for n in range(300)) + "</ul>"
)


def main(words: Sequence[str]) -> int:
    """Make the archives, measure, and print a line for each figure."""
    parser = ArgumentParser(prog="./run bench evidence", description=__doc__)
    parser.add_argument("--documents", type=int, default=2_000, help="documents, each captured three times")
    parser.add_argument("--captures", type=int, default=1_000_000, help="captures under the checkpoint")
    parser.add_argument("--folder", type=Path, help="where the archives go (default: a temporary folder)")
    options = parser.parse_args(words)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        path = Path(folder) / "held.db"
        with timed(f"{options.documents:,} documents kept and read, each captured three times"):
            make(path, options.documents)
        _verifying(path)
        _exporting(path, Path(folder))
        _copying(path, Path(folder), options.documents)
        _withholding(path)
        _stating(Path(folder) / "large.db", options.captures)
    return 0


@contextmanager
def timed(what: str, count: int = 0, unit: str = "", size: int = 0) -> Iterator[None]:
    """Print how long a block took, by its count and its size where they are given."""
    begun = time.perf_counter()
    yield
    spent = time.perf_counter() - begun
    rate = f", {count / spent:,.0f} {unit} a second" if count else ""
    by_size = f", {spent / (size / 1e9):.1f} s a GB" if size else ""
    print(f"{what}: {spent:.2f} s{rate}{by_size}", flush=True)


def page(number: int, edition: int) -> bytes:
    """Return a page of the site: every tenth document is changed at its third look."""
    chance = random.Random(number)
    lines = ["，".join(chance.choices(_WORDS, k=8)) + f"第{chance.randrange(1000)}条。" for _ in range(30)]
    if edition == 2 and number % 10 == 0:
        lines[3] += "本条自发布之日起施行。"
    body = "".join(f"<p>{line}</p>" for line in lines)
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>通知{number}</title></head><body>{_FURNITURE}'
        f'<h1>关于公共数据资源登记的通知（{number}）</h1><div class="date">2026-01-05</div><div id="zoom">{body}</div>'
        f"<!-- {edition} --></body></html>"
    ).encode()


def make(path: Path, documents: int, *, first: int = 1) -> None:
    """Keep and read the pages of so many documents, as a crawl does but for the fsync of each."""
    clock = Clock(moment("2026-02-01T00:00:00.000Z"), time.monotonic(), "set")
    archive = Archive.open(path, holder="bench", sites={"bureau": SITE}, create=True, clock=clock)
    archive.db.execute("pragma synchronous=off")
    crawl = archive.begin_crawl("bureau", "watch")
    for edition in range(3):
        for number in range(first, first + documents):
            exchange = Exchange(
                url=f"https://{HOST}/a/{number}.html",
                kind="article",
                site="bureau",
                captured_at=later(_START, edition * 86_400 + number),
                status=200,
                headers=(("Content-Type", "text/html; charset=utf-8"),),
                body=page(number, edition),
            )
            kept = archive.keep(exchange, crawl)
            if kept.outcome is None:
                archive.record(archive.jobs.of(kept.capture), read_job(archive.jobs.of(kept.capture), _parse))
    archive.settle("bureau")
    archive.end_crawl(crawl, Verdict.OK, [])
    archive.state_log("bench")
    archive.close()


def _parse(job: Job, cheap: bool) -> Article | Unreadable:
    return extract.read(job.page, SITE)


def _verifying(path: Path) -> None:
    size = path.stat().st_size
    with closing(open_for_reading(path, whole=True)) as db:
        captures, bodies = db.execute(
            "select (select count(*) from captures), (select sum(length) from payloads)"
        ).fetchone()
        print(f"archive: {size / 1e6:.1f} MB, {captures:,} captures, {bodies / 1e6:.1f} MB of bodies")
        for name, wanted in (
            ("verify --quick", Wanted(quick=True)),
            ("verify --read-again 0", Wanted(reads=0)),
            ("verify --all", Wanted(sample=None, reads=None)),
        ):
            with timed(name, captures, "captures", size):
                report = verify(db, wanted)
            if report["bad"]:
                print(f"  NOT SOUND: {report['bad'][0]}")


def _exporting(path: Path, folder: Path) -> None:
    with closing(open_for_reading(path)) as db:
        captures = db.execute("select count(*) from captures").fetchone()[0]
    forms = ["warc", "wacz", "jsonl", *(["parquet"] if find_spec("pyarrow") else [])]
    for form in forms:
        words = Namespace(
            archive=str(path), format=form, target=folder / f"out.{form}", site=None, url=[], since=None, until=None,
            key=None, checkpoint=None, public_key=[], json=False,
        )  # fmt: skip
        with timed(f"export {form}", captures, "captures"), redirect_stdout(StringIO()):
            export(words)


def _copying(path: Path, folder: Path, documents: int) -> None:
    copy, size = folder / "copy.db", path.stat().st_size
    with closing(open_for_reading(path, whole=True)) as db, timed("backup, verified", size=size):
        backup(db, copy)
    make(path, max(1, documents // 20), first=documents + 1)
    with timed("backup --update after a twentieth more, verified", size=size):
        written = update(copy, path)["written"]
    print(f"  rows written: {sum(written.values()):,} (payloads: {written['payloads']:,})")


def _withholding(path: Path) -> None:
    _opening(path, "nothing withheld")
    archive = Archive.open(path, holder="bench", sites={})
    with archive.writing():
        withhold(archive.db, 1, reason="bench", by="bench", at=archive.clock.now())
    archive.close()
    _opening(path, "one document withheld")


def _opening(path: Path, what: str) -> None:
    begun = time.perf_counter()
    for _ in range(20):
        open_for_reading(path).close()
    opened = (time.perf_counter() - begun) / 20
    with closing(open_for_reading(path)) as db:
        begun = time.perf_counter()
        for _ in range(20):
            db.execute("select url, title, text from latest order by published_at desc limit 50").fetchall()
    print(
        f"{what}: opened in {opened * 1e3:.1f} ms, fifty rows of latest in {(time.perf_counter() - begun) * 50:.1f} ms"
    )


def _stating(path: Path, captures: int) -> None:
    """Measure a checkpoint over many captures: the first, which hashes all of them, and one a run later."""
    db: sqlite3.Connection = open_for_writing(path, create=True)
    db.execute("pragma synchronous=off")
    db.execute(
        "insert into crawls (site, command, started_at, software, rules_digest) values ('bureau', 'watch', ?, '', '')",
        (_START,),
    )
    _capture(db, 1, captures)
    for what, more in (("first", 0), ("a run of 1,000 later", 1_000)):
        _capture(db, captures + 1, more)
        db.execute("begin")
        with timed(f"checkpoint of {captures + more:,} captures, {what}"):
            logs.keep_tiles(db)
            logs.state(db, "bench")
        db.execute("commit")
    db.close()


def _capture(db: sqlite3.Connection, first: int, count: int) -> None:
    db.execute(
        "with recursive n(i) as (select :first where :count > 0 union all select i + 1 from n where i < :first + :count - 1) "
        "insert into captures (id, crawl, site, kind, url, method, captured_at, status, headers, origin, clock) "
        "select i, 1, 'bureau', 'article', 'https://www.bureau.example/a/' || i || '.html', 'GET', "
        "strftime('%Y-%m-%dT%H:%M:%fZ', '2026-01-01', i || ' seconds'), 304, "
        '\'[["Content-Type", "text/html; charset=utf-8"], ["Server", "nginx"]]\', \'network\', \'wall\' from n',
        {"first": first, "count": count},
    )
