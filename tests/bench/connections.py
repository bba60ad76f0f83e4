"""``./run bench connections``: what citations, standings and graphs cost in a large archive.

The archive is made up (``--documents``): laws, documents that rest on them, that end, amend, interpret and draft each
other, numbered in series. The first law is cited by a third of all. Printed: milliseconds to settle a new document beyond
reading it, to the first byte of its graph's page, and to check a report of 3,000 characters with 30 citations.
"""

from __future__ import annotations

import hashlib
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from archive.model import Role, Site
from archive.relations import Connections, connections
from archive.store.file.connection import open_for_reading, open_for_writing
from archive.store.read.connections import check
from archive.store.write.connections import keep, settle
from archive.text import bigrams, fold
from tests.bench.serve import processor, served, visit

LAWS, BODIES = 200, 60
GOALS = {"settle": 20.0, "page": 50.0, "check": 500.0}  # milliseconds
_KINDS = (
    "measures",
    "measures",
    "measures",
    "ends",
    "amends",
    "reading",
    "draft",
    "notice",
    "notice",
    "notice",
)
_AT = "2026-01-02T00:00:00.000Z"
_THINGS = (
    "渔港",
    "苗圃",
    "驿站",
    "灯塔",
    "碑刻",
    "桑园",
    "水渠",
    "粮仓",
    "窑址",
    "渡口",
    "书院",
    "盐田",
    "茶山",
    "林场",
    "码头",
)
_DEEDS = ("管理", "修缮", "登记", "巡护", "养护", "开放", "评估", "补助", "信息", "安全")


def main(words: Sequence[str]) -> int:
    """Make the archive, measure, print; 1 when a goal is missed."""
    parser = ArgumentParser(prog="./run bench connections", description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument(
        "--archive", type=Path, help="an archive made by an earlier run; made when it is not there"
    )
    parser.add_argument("--visits", type=int, default=20, help="how often each page is asked for")
    options = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as folder:
        path = options.archive or Path(folder) / "linked.db"
        if not path.exists():
            started = time.perf_counter()
            make(path, options.documents)
            print(
                f"made {options.documents:,} documents in {time.perf_counter() - started:.0f} s",
                file=sys.stderr,
            )
        print(f"{'':40}{'p50 ms':>9}{'p95 ms':>9}{'cpu ms':>9}")
        slow = [*_settling(path, options.documents), *_checking(path), *_pages(path, options.visits)]
    return 1 if slow else 0


def make(path: Path, documents: int) -> None:
    """Write an archive of so many documents. Those of each kind share the readings of one, with other names in them."""
    db = open_for_writing(path, create=True)
    db.execute("pragma synchronous=off")
    site = Site(
        publisher="示例部", role=Role.ORIGINAL, domains=("linked.example",), articles=(r"/a/\d+\.html$",)
    )
    db.execute("begin immediate")
    db.execute(
        "insert into rules (site, digest, declaration, declared_at) values ('linked', ?, ?, ?)",
        (f"sha256:{1:064x}", site.to_json(), _AT),
    )
    db.execute(
        "insert into crawls (site, command, started_at, software, rules_digest) values ('linked', 'watch', ?, 'bench', ?)",
        (_AT, f"sha256:{1:064x}"),
    )
    for number in range(1, LAWS + 1):
        add(db, number)
        settle(db, number)
    models = [_model(db, documents + 1 + at) for at in range(len(_KINDS))]
    db.execute("commit")
    for at in range(LAWS, documents, 2_000):
        db.execute("begin immediate")
        for number in range(at + 1, min(at + 2_000, documents) + 1):
            _copy(db, models[(number - documents - 1) % len(_KINDS)], number, add(db, number))
        db.execute("commit")
    db.execute("begin immediate")
    db.execute("delete from unsettled")
    for number in range(1_000, 2_100):
        settle(db, number)
    db.execute("commit")
    db.execute("pragma wal_checkpoint(truncate)")
    db.execute("analyze")
    db.close()


@dataclass(frozen=True, slots=True)
class _Model:
    """A document as it was settled: what stands for its names and numbers, and its rows by table."""

    names: tuple[str, ...]
    rows: dict[str, list[tuple[Any, ...]]]


_TABLES = {
    "version_connections": "version", "version_citations": "version", "version_relations": "version",
    "version_clauses": "version", "document_names": "document", "standing_spans": "document",
}  # fmt: skip


def _model(db: sqlite3.Connection, number: int) -> _Model:
    """Return the rows of a document that is settled and taken back."""
    db.execute("savepoint model")
    ids = {"version": add(db, number), "document": number}
    settle(db, number)
    rows = {
        table: [tuple(row) for row in db.execute(f"select * from {table} where {of} = ?", (ids[of],))]
        for table, of in _TABLES.items()
    }
    db.execute("rollback to model")
    db.execute("release model")
    return _Model(_names(number), rows)


def _copy(db: sqlite3.Connection, model: _Model, number: int, version: int) -> None:
    """Write a model's rows for another document of its kind, with that one's names."""
    new = list(zip(model.names, _names(number), strict=True))

    def other(value: Any) -> Any:
        for old, now in new if isinstance(value, str) else ():
            value = value.replace(old, now)
        return value

    for table, of in _TABLES.items():
        own = version if of == "version" else number
        at = 2 if table == "document_names" else 0
        rows = [tuple(own if n == at else other(v) for n, v in enumerate(row)) for row in model.rows[table]]
        if rows:
            marks = ",".join("?" * len(rows[0]))
            db.executemany(f"insert or ignore into {table} values ({marks})", rows)


def _names(number: int) -> tuple[str, ...]:
    """Return what makes a document another one: its name and number, its law, those it names, its day and address."""
    day, law, earlier = _parts(number)
    before = max(LAWS + 1, earlier - 7)
    return (
        _name(number), _doc_number(number), law, _name(earlier), _doc_number(earlier), _name(before), _doc_number(before),
        day, f"/a/{number}.html",
    )  # fmt: skip


def add(db: sqlite3.Connection, number: int, told: tuple[str, str | None, str, str] | None = None) -> int:
    """Add one document to the file as its reader would have left it, unsettled; return its version."""
    title, doc_number, day, text = told or document(number)
    url = f"https://www.linked.example/a/{number}.html"
    db.execute(
        "insert into documents (id, site, publisher, url, role, state, first_seen, last_seen) "
        "values (?, 'linked', '示例部', ?, 'original', 'live', ?, ?)",
        (number, url, _AT, _AT),
    )
    capture = db.execute(
        "insert into captures (crawl, site, kind, url, method, captured_at, status, origin, clock) "
        "values (1, 'linked', 'article', ?, 'GET', ?, 200, 'network', 'set')",
        (url, _AT),
    ).lastrowid
    digest = "sha256:" + hashlib.sha256(f"{number} {text}".encode()).hexdigest()
    version = db.execute(
        "insert into versions (document, number, title, text, text_simplified, published_at, doc_number, captures, reader, "
        "rules, cause, text_digest, state_digest, evidence, kept_at) "
        "values (?, 1, ?, ?, null, ?, ?, ?, 'bench/1', 1, 'first', ?, ?, '{}', ?)",
        (number, title, text, day, doc_number, f"[{capture}]", digest, digest, _AT),
    ).lastrowid
    assert version is not None
    grams = " ".join(dict.fromkeys(bigrams(fold(title)) + bigrams(fold(text))))
    db.execute("insert into version_index (rowid, grams) values (?, ?)", (version, grams))
    titled = " ".join(dict.fromkeys(bigrams(fold(title))))
    db.execute("insert into title_index (rowid, grams) values (?, ?)", (version, titled))
    db.execute("update documents set current = ?, versions = 1 where id = ?", (version, number))
    return version


def document(number: int) -> tuple[str, str | None, str, str]:
    """Return title, number, day and text of the document of a place: always the same."""
    if number <= LAWS:
        return _law(number), None, "1999-05-01", (
            "（1999年5月1日海州市人民代表大会常务委员会通过）\n第一条 为了规范本市有关活动，制定本条例。\n"
            "第二条 本条例适用于本市行政区域。\n第三条 本条例自1999年10月1日起施行。"
        )  # fmt: skip
    day, law, earlier = _parts(number)
    return _made(_KINDS[number % len(_KINDS)], number, day, law, earlier)


def _parts(number: int) -> tuple[str, str, int]:
    """Return the day of a document, the law that it rests on, and the document that it names."""
    chance = random.Random(number)
    law = _law(1 if chance.random() < 0.33 else 1 + int(LAWS * chance.random() ** 3))
    day = (date(2000, 1, 1) + timedelta(days=number % 9000)).isoformat()
    return day, law, chance.randint(LAWS + 1, max(LAWS + 1, number - 1))


def _made(kind: str, number: int, day: str, law: str, earlier: int) -> tuple[str, str | None, str, str]:
    own, cited = _name(number), f"《{_name(earlier)}》（{_doc_number(earlier)}）"
    head = f"第一条 为加强{own[3:-4]}工作，根据《{law}》，制定本办法。\n第二条 市有关部门负责本办法的实施，坚持统一规划、分级负责。"
    start = f"本办法自{day[:4]}年{int(day[5:7])}月{int(day[8:])}日起施行"
    measures = f"海州市人民政府办公室关于印发{own}的通知"
    if kind == "measures":
        return (
            measures,
            _doc_number(number),
            day,
            f"{head}\n第三条 {start}，有效期{2 + number % 9}年。",
        )
    if kind == "ends":
        return measures, _doc_number(number), day, f"{head}\n第三条 {start}。{cited}同时废止。"
    if kind == "amends":
        text = f"各区人民政府：\n现对{cited}作如下修改：\n第二条修改为：“由市主管部门负责实施。”\n本通知自印发之日起施行。"
        return f"海州市人民政府办公室关于修改《{_name(earlier)}》的通知", _doc_number(number), day, text
    if kind == "reading":
        return (
            f"《{_name(earlier)}》政策解读",
            None,
            day,
            f"近日，我市印发了{cited}，现就有关情况解读如下，供各单位学习时参考。",
        )
    if kind == "draft":
        return f"{own}（征求意见稿）", None, day, f"{head}\n第三条 意见请于{day[:4]}年12月31日前反馈。"
    others = "、".join(f"《{_name(n)}》（{_doc_number(n)}）" for n in (earlier, max(LAWS + 1, earlier - 7)))
    text = f"各区人民政府：\n根据《{law}》和{others}，现将有关事项通知如下。\n一、各区应当按时报送材料。\n二、市有关部门负责督促落实。"
    return f"海州市人民政府办公室关于做好第{number}项{own[3:-4]}工作的通知", _doc_number(number), day, text


def _law(number: int) -> str:
    return f"海州市{_THINGS[number % 15]}{_DEEDS[number % 10]}第{number}号条例".replace(
        f"第{number}号", _letters(number)
    )


def _letters(number: int) -> str:
    return "".join(chr(0x4E00 + int(digit) * 37 + place) for place, digit in enumerate(str(number)))


def _name(number: int) -> str:
    return f"海州市{_THINGS[number % 15]}{_letters(number)}{_DEEDS[number % 10]}办法"


def _doc_number(number: int) -> str:
    return f"海府办{chr(0x5100 + number % BODIES)}〔{2000 + number % 25}〕{1 + number // 25}号"


@dataclass(frozen=True, slots=True)
class Took:
    """Milliseconds on the clock and of the processor."""

    clock: float
    processor: float


def _settling(path: Path, documents: int) -> list[str]:
    """Add new documents in a transaction that is taken back, and time what comes after reading them."""
    took: dict[str, list[Took]] = {}
    with closing(open_for_writing(path, create=False)) as db:
        for number in range(documents + 1, documents + 201):
            db.execute("begin immediate")
            version = add(db, number)
            row = db.execute("select title, text from versions where id = ?", (version,)).fetchone()
            made = connections(row["text"], row["title"])
            kind = _KINDS[number % len(_KINDS)]
            took.setdefault(kind, []).append(_time(partial(_settle, db, version, number, made)))
            db.execute("rollback")
        for name, number in (("first", 1), ("last", LAWS)):
            db.execute("begin immediate")
            title = f"海州市人民代表大会常务委员会关于修改《{_law(number)}》的决定"
            text = f"对《{_law(number)}》作如下修改：\n第二条修改为：“本条例适用于本市。”\n本决定自公布之日起施行。"
            version = add(db, documents + 500, (title, None, "2026-01-02", text))
            made = connections(text, title)
            took[f"amends the {name} law"] = [_time(partial(_settle, db, version, documents + 500, made))]
            db.execute("rollback")
    return [name for name, times in took.items() if _told(f"settle: {name}", times, GOALS["settle"])]


def _settle(db: sqlite3.Connection, version: int, number: int, made: Connections) -> None:
    keep(db, version, made)
    settle(db, number)


def _checking(path: Path) -> list[str]:
    report = "".join(_report())[:3_000]
    with closing(open_for_reading(path)) as db:
        found = check(db, report, date(2026, 1, 1))
        times = [_time(lambda: check(db, report, date(2026, 1, 1))) for _ in range(10)]
    is_slow = _told(f"check: {len(report):,} characters, {len(found)} citations", times, GOALS["check"])
    return ["check"] if is_slow else []


def _report() -> Iterator[str]:
    for number in range(1_003, 1_600, 20):
        filler = (
            "各地在实施中注意统筹安排，做好衔接，及时总结经验，并向社会公布有关情况，接受各方面的监督和评价。"
            * 1
        )
        cited = _doc_number(number if number % 3 else number + 25)  # every third number is wrong
        yield f"按照《{_name(number)}》（{cited}）的要求，“市有关部门负责本办法的实施”。{filler}\n"


def _pages(path: Path, visits: int) -> list[str]:
    with closing(open_for_reading(path)) as db:
        most = db.execute(
            "select n.document from version_relations r join document_names n on n.kind = 'number' and n.key = r.number_key "
            "group by n.document order by count(*) desc limit 1"
        ).fetchone()[0]
    any_of = 2_003
    addresses = {
        "graph: a document": f"/doc/{any_of}/graph",
        "graph: the most cited document": f"/doc/{most}/graph",
        "graph: the first law": "/doc/1/graph",
        "graph: as GraphML": f"/doc/{any_of}/graph.graphml",
        "document": f"/doc/{any_of}",
        "document: the first law": "/doc/1",
        "series of one year": f"/series?prefix={quote(_doc_number(any_of)[:4])}&year=2003",
        "all series": "/series",
    }
    slow = []
    with served(path) as (room, port):
        for name, address in addresses.items():
            visit(port, address)
            before = processor(room.pid)
            clocks = [visit(port, address)[0] for _ in range(visits)]
            each = (processor(room.pid) - before) / visits
            slow += [name] if _told(name, [Took(clock, each) for clock in clocks], GOALS["page"]) else []
    return slow


def _time(work: Callable[[], object]) -> Took:
    started, busy = time.perf_counter(), time.process_time()
    work()
    return Took((time.perf_counter() - started) * 1000, (time.process_time() - busy) * 1000)


def _told(name: str, times: Sequence[Took], goal: float) -> bool:
    """Print p50 and p95 on the clock and the median of the processor's time; return whether that misses the goal."""
    clock, busy = [took.clock for took in times], statistics.median(took.processor for took in times)
    p95 = statistics.quantiles(clock, n=20)[-1] if len(clock) > 1 else clock[0]
    over = f"  over {goal:.0f}" if busy > goal else ""
    print(f"{name:40}{statistics.median(clock):9.1f}{p95:9.1f}{busy:9.1f}{over}", flush=True)
    return busy > goal


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
