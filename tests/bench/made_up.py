"""A whole archive made up of nothing, in bulk: what merging, the reading room and all questions are measured with.

Pages are put together from words by chance: common words stand in most texts, some characters in few. Their rows are
written as the store would leave them, many to a transaction and the indexes last; edits, withdrawals and copies then
come in by the store itself. The pages say what the texts say, so ``verify`` finds such an archive sound.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import random
import sqlite3
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

import zstandard

from archive.cli.terminal import Progress
from archive.clock import Clock, moment
from archive.collate.sameness import sampled
from archive.digests import state_digest
from archive.model import Article, Block, Exchange, Job, Link, Role, Rules, Site, Verdict, blocks_json
from archive.reader import read_job
from archive.relations import Connections, connections
from archive.relations.validity import Validity
from archive.store import READER_NAME
from archive.store.archive import Archive
from archive.store.file.captures import ensure_declaration
from archive.store.file.connection import made_durable_together, open_for_writing, transaction
from archive.store.write.connections import keep, settle_some
from archive.store.write.originals import add_shingles
from archive.store.write.states import BEGINNING, story_json
from archive.store.write.versions import article_of
from archive.text import bigrams, fold
from archive.text.folding import fields_to_search, folded_pieces

SITES = 24
CRAWLS = 120
# One document in so many.
EDITED, GONE, COPIED, NUMBERED, CITING, FILED = 100, 300, 400, 3, 5, 4
LETTERS = 1500
FIRST_SEED = 7
_CHUNK = 1000
_START = datetime(2016, 1, 1)
_WORDS = (  # noqa: SIM905
    "发展 建设 推进 加强 产业 创新 科技 企业 改革 管理 服务 工作 实施 提升 完善 机制 体系 能力 质量 安全 数据 算力 网络 "
    "人才 资金 项目 平台 标准 制度 监管 市场 投资 融资 试点 示范 布局 转型 绿色 低碳 智能 制造 北京 上海 广东 江苏 "
    "未来产业 新材料 生物医药 集成电路 人工智能 区块链 公共数据 中小企业 乡村振兴 应急管理 知识产权 基础研究 开放合作"
).split()
_JOINTS = ("和", "、", "，", "。", "，进一步", "；", "，有序", "，到2027年", "，不少于15%，", "：")
_TITLES = (
    "关于推动{}{}{}的通知",
    "{}{}{}行动方案",
    "关于加强{}{}{}的若干意见",
    "{}{}{}三年规划（2024—2026年）",
)


@dataclass(frozen=True, slots=True)
class _Page:
    """One document to be: where it stands, what it says, and what is derived from that."""

    number: int
    site: int
    url: str
    day: int
    article: Article
    body: bytes
    state: str
    pieces: str
    titled: str
    shingles: tuple[int, ...]


def declared(site: int) -> Site:
    """Return the declaration of one of the sites; every fourth is a copier."""
    name = _name(site)
    return Site(
        publisher=f"第{site + 1}示例部",
        role=Role.COPY if (site + 1) % 4 == 0 else Role.ORIGINAL,
        domains=(f"{name}.example",),
        listings=tuple(f"https://www.{name}.example/list{k}.html" for k in range(4)),
        articles=(r"/a/\d+\.html$",),
        rules=Rules(
            body=("#zoom",), title=("h1",), published=(".date",), source=(".source",), doc_number=(".number",)
        ),
    )


def make(
    path: Path, documents: int, seed: int = FIRST_SEED, *, first: int = 0, looks: int = 1, lists: int = 0
) -> None:
    """Write an archive of so many documents, each looked at so often, and of so many pages of lists.

    The file must not be there yet.
    ``first`` is the number of its first site: archives that share none can be merged.
    """
    db = open_for_writing(path, create=True)
    db.execute("pragma synchronous=off")
    db.execute("pragma foreign_keys=off")
    db.execute("pragma cache_size=-200000")
    sites = {_name(site): declared(site) for site in range(first, first + SITES)}
    packer = _Packer(db)
    dropped = _without_indexes(db)
    with transaction(db):
        _sites(db, sites)
    chunks = [(seed, at, min(at + _CHUNK, documents), first) for at in range(0, documents, _CHUNK)]
    with multiprocessing.get_context("spawn").Pool(2) as beside, Progress("made") as progress:
        for pages in beside.imap(_pages, chunks):
            with transaction(db):
                _write(db, packer, pages, first, looks)
            for _ in pages:
                progress.step()
    numbers = _numbers(db)
    for at in range(0, lists, _CHUNK):
        with transaction(db):
            for number in range(at, min(at + _CHUNK, lists)):
                _list(db, packer, numbers, first, number)
    for statement in dropped:
        db.execute(statement)
    _settle(db)
    db.close()
    _live(path, sites, random.Random(seed), first)


def _without_indexes(db: sqlite3.Connection) -> list[str]:
    """Drop the indexes that nothing needs while rows are added; return what makes them again."""
    rows = db.execute(
        "select name, sql from sqlite_master where type = 'index' and sql is not null"
    ).fetchall()
    for name, _ in rows:
        db.execute(f"drop index {name}")
    return [row[1] for row in rows]


def _sites(db: sqlite3.Connection, sites: dict[str, Site]) -> None:
    for n, (name, site) in enumerate(sites.items()):
        ensure_declaration(db, name, site, at=_time(0))
        (digest,) = db.execute("select digest from rules where site = ?", (name,)).fetchone()
        for k in range(CRAWLS):
            verdict = "OK" if (n + k) % 9 else "BROKEN"
            counts = {"captures": 40, "new": k % 7, "changed": k % 3, "gone": k % 2, "not_modified": 30}
            db.execute(
                "insert into crawls (site, command, started_at, finished_at, verdict, reasons, software, rules_digest, "
                "counts) values (?, 'watch', ?, ?, ?, ?, 'bench', ?, ?)",
                (name, _time(3500 + k), _time(3500 + k, 1), verdict,
                 "[]" if verdict == "OK" else '["unreachable"]', digest, json.dumps(counts)),
            )  # fmt: skip


def _pages(chunk: tuple[int, int, int, int]) -> list[_Page]:
    """Return the pages of some documents; run in a process of its own."""
    seed, after, last, first = chunk
    clauses, words = _clauses(seed), _vocabulary(seed)
    chance = random.Random(f"{seed} {after}")
    return [_page(chance, clauses, words, number, first) for number in range(after + 1, last + 1)]


@lru_cache(maxsize=1)
def _clauses(seed: int) -> list[str]:
    chance, words = random.Random(seed), _vocabulary(seed)
    return [_clause(chance, words) for _ in range(40_000)]


@lru_cache(maxsize=1)
def _vocabulary(seed: int) -> list[str]:
    """Return the words of an archive. Only those of the first are words: two archives speak of different things."""
    if seed == FIRST_SEED:
        return _WORDS
    chance = random.Random(f"words {seed}")
    common = [bytes((high, low)).decode("gb2312") for high in range(0xB0, 0xD7) for low in range(0xA1, 0xFF)]
    return ["".join(chance.choices(common, k=len(word))) for word in _WORDS]


def _page(chance: random.Random, clauses: list[str], words: list[str], number: int, first: int) -> _Page:
    site = first + min(int(chance.expovariate(6 / SITES)), SITES - 1)
    day = int(3500 * chance.random() ** 0.5)
    host = f"www.{_name(site)}.example"
    lines = _paragraphs(chance, clauses)
    if number % CITING == 0:
        lines.append(_citations(chance, number, first))
    links: tuple[Link, ...] = ()
    if number % FILED == 0:
        lines.append(f"附件{number}.csv")
        links = (Link(url=f"https://{host}/f/{number}.csv", name=lines[-1]),)
    article = Article(
        title=chance.choice(_TITLES).format(*chance.choices(words, k=3)),
        text="\n".join(lines),
        published_at=(_START + timedelta(days=day)).strftime("%Y-%m-%d"),
        source_line="示例日报",
        doc_number=f"{_mark(first)}发〔{2016 + day // 365}〕{number}号" if number % NUMBERED == 0 else None,
        attachments=links,
        blocks=tuple(_blocks(lines)),
        evidence={"text": "rule zoom: div#zoom", "title": "rule h1", "published_at": "rule .date"},
    )
    titled, folded = fold(article.title), fold(article.text)
    about = fields_to_search(article.doc_number, None, declared(site).publisher, article.source_line)
    return _Page(
        number=number,
        site=site,
        url=f"https://{host}/a/{number}.html",
        day=day,
        article=article,
        body=page_of(article),
        state=state_digest(article),
        pieces=f"{folded_pieces(titled, folded)} {about}",
        titled=" ".join(dict.fromkeys(bigrams(titled))),
        shingles=sampled(folded),
    )


def page_of(article: Article) -> bytes:
    """Return a page that says what an article says."""
    links = {link.name: link.url for link in article.attachments}
    told = "".join(
        f'<p><a href="{links[line]}">{line}</a></p>' if line in links else f"<p>{line}</p>"
        for line in article.text.split("\n")
    )
    number = f'<div class="number">{article.doc_number}</div>' if article.doc_number else ""
    head = f'<head><meta charset="utf-8"><title>{article.title}</title>{_FRAME}</head>'
    return (
        f'<!DOCTYPE html><html>{head}<body><h1>{article.title}</h1>{number}<div class="date">{article.published_at}'
        f'</div><div class="source">来源：{article.source_line}</div><div id="zoom">{told}</div></body></html>'
    ).encode()


_FRAME = "".join(
    f'<link rel="stylesheet" href="/style/{n}.css"><script src="/script/{n}.js"></script>' for n in range(30)
)


def _blocks(lines: Sequence[str]) -> Iterator[Block]:
    at = 0
    for line in lines:
        yield Block(kind="paragraph", start=at, end=at + len(line))
        at += len(line) + 1


def _clause(chance: random.Random, words: Sequence[str]) -> str:
    parts = (chance.choice(words) + chance.choice(_JOINTS) for _ in range(chance.randint(3, 9)))
    return "".join(parts).rstrip("，、：；") + "。"


@lru_cache(maxsize=1)
def _rare() -> list[str]:
    """Return characters that few texts share: the second level of GB 2312."""
    return [bytes((high, low)).decode("gb2312") for high in range(0xD8, 0xF8) for low in range(0xA1, 0xFF)]


def _paragraphs(chance: random.Random, clauses: list[str]) -> list[str]:
    found, length = list[str](), 0
    while length < LETTERS:
        found.append(
            "".join([*chance.choices(clauses, k=chance.randint(2, 6)), *chance.choices(_rare(), k=4), "。"])
        )
        length += len(found[-1])
    return found


def _citations(chance: random.Random, number: int, first: int) -> str:
    """Return a paragraph that names documents before this one."""
    cited = [chance.randrange(1, number // NUMBERED + 2) * NUMBERED for _ in range(3)]
    named = "、".join(f"{_mark(first)}发〔{chance.randint(2016, 2025)}〕{one}号" for one in cited)
    return f"根据《数据管理办法》第{chance.randint(1, 40)}条和{named}的规定，制定本办法。"


def _mark(first: int) -> str:
    """Return by what the numbers of one archive's documents begin: two archives have few names in common."""
    return "示" + "".join(_WORDS[first // SITES % len(_WORDS)])


class _Packer:
    """Stores bodies as the archive does: a site's first page is the dictionary of its others."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._known: dict[str, tuple[int, zstandard.ZstdCompressor]] = {}

    def keep(self, site: str, body: bytes, at: str) -> str:
        """Keep a body and return its digest; it must not be kept yet."""
        digest, dictionary = page_digest(body), None
        if site in self._known:
            dictionary, compressor = self._known[site]
        else:
            compressor = zstandard.ZstdCompressor(level=3)
        self._db.execute(
            "insert into payloads (digest, body, dictionary, length, media_type, kept_at) values (?, ?, ?, ?, 'text/html', ?)",
            (digest, compressor.compress(body), dictionary, len(body), at),
        )
        if dictionary is None:
            made = self._db.execute(
                "insert into dictionaries (site, members, made_at) values (?, ?, ?)",
                (site, json.dumps([digest]), at),
            ).lastrowid
            assert made is not None
            raw = zstandard.ZstdCompressionDict(body, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
            self._known[site] = made, zstandard.ZstdCompressor(level=3, dict_data=raw)
        return digest


def page_digest(body: bytes) -> str:
    """Return the digest of a body."""
    return "sha256:" + hashlib.sha256(body).hexdigest()


def _numbers(db: sqlite3.Connection) -> dict[str, tuple[int, int]]:
    """Return for each site the numbers of its declaration and of its first crawl."""
    rows = db.execute("select r.site, r.id, (select min(id) from crawls where site = r.site) from rules r")
    return {row[0]: (row[1], row[2]) for row in rows}


def _write(db: sqlite3.Connection, packer: _Packer, pages: Sequence[_Page], first: int, looks: int) -> None:
    numbers = _numbers(db)
    for page in pages:
        name = _name(page.site)
        at = _time(page.day, 1)
        packer.keep(name, page.body, at)
        _document(db, page, name, *numbers[name], looks)


def _document(db: sqlite3.Connection, page: _Page, site: str, rules: int, crawl: int, looks: int) -> None:
    article, digest = page.article, page_digest(page.body)
    (document,) = db.execute("select coalesce(max(id), 0) + 1 from documents").fetchone()
    captures = _captures(db, page, site, crawl, digest, looks)
    text = "sha256:" + hashlib.sha256(article.text.encode()).hexdigest()
    db.execute(
        "insert into versions (id, document, number, title, text, published_at, source_line, doc_number, captures, reader, "
        "rules, cause, text_digest, state_digest, evidence, kept_at, blocks) "
        "values (?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, 'first', ?, ?, ?, ?, ?)",
        (document, document, article.title, article.text, article.published_at, article.source_line, article.doc_number,
         f"[{captures[0]}]", READER_NAME, rules, text, page.state, json.dumps(article.evidence, ensure_ascii=False),
         _time(page.day, 1), blocks_json(article.blocks)),
    )  # fmt: skip
    last = _time(page.day + looks - 1, 1)
    db.execute(
        "insert into documents (id, site, publisher, url, role, state, first_seen, last_seen, current, versions) "
        "values (?, ?, ?, ?, ?, 'live', ?, ?, ?, 1)",
        (document, site, declared(page.site).publisher, page.url, declared(page.site).role, _time(page.day, 1), last, document),
    )  # fmt: skip
    db.executemany(
        "insert into readings (capture, payload, document, reader, rules, outcome, version, visible_digest, read_at) "
        "values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(capture, None if n else digest, document, READER_NAME, rules, "not_modified" if n else "new", document,
          None if n else text, _time(page.day + n, 1)) for n, capture in enumerate(captures)],
    )  # fmt: skip
    db.execute(
        'insert into addresses (document, url, "from", "to") values (?, ?, ?, ?)',
        (document, page.url, _time(page.day, 1), last),
    )
    db.execute(
        "insert into stories (document, reading, captured_at, capture, story, seen_at, seen) values (?, 0, '', 0, ?, ?, ?)",
        (document, story_json(BEGINNING.story), last, captures[-1]),
    )
    db.execute("insert into version_index (rowid, grams) values (?, ?)", (document, page.pieces))
    db.execute("insert into title_index (rowid, grams) values (?, ?)", (document, page.titled))
    add_shingles(db, document, page.shingles)
    db.executemany(
        "insert into attachments (version, position, url, name) values (?, ?, ?, ?)",
        [(document, n, link.url, link.name) for n, link in enumerate(article.attachments, 1)],
    )
    db.execute(
        "insert into frontier (site, kind, url, due_at, why, visits) values (?, 'article', ?, ?, 'bench', 1)",
        (site, page.url, _time(3700 if page.number % 20 == 0 else 9000)),
    )


def _captures(
    db: sqlite3.Connection, page: _Page, site: str, crawl: int, digest: str, looks: int
) -> list[int]:
    """Add the captures of a document: its page, then answers that it was not modified."""
    made = []
    for n in range(looks):
        row = db.execute(
            "insert into captures (crawl, site, kind, url, method, captured_at, status, headers, last_modified, peer, payload, origin, "
            "clock, conditional) values (?, ?, 'article', ?, 'GET', ?, ?, ?, ?, '192.0.2.7', ?, 'network', 'set', ?)",
            (crawl, site, page.url, _time(page.day + n, 1), 304 if n else 200, _HEADERS, _MODIFIED, None if n else digest, int(n > 0)),
        ).lastrowid  # fmt: skip
        assert row is not None
        made.append(row)
    return made


def _list(
    db: sqlite3.Connection, packer: _Packer, numbers: dict[str, tuple[int, int]], first: int, number: int
) -> None:
    """Add one look at a list; it showed something new, as lists do."""
    site = first + number % SITES
    name = _name(site)
    url, at = f"https://www.{name}.example/list{number // SITES % 4}.html", _time(1 + number // SITES)
    rows = "".join(
        f'<li><a href="https://www.{name}.example/a/{n}.html">{_TITLES[n % 4].format(*(_WORDS[n * k % len(_WORDS)] for k in (7, 11, 13)))}</a><span>{at[:10]}</span></li>'
        for n in range(number * 60, number * 60 + 60)
    )
    body = f'<!DOCTYPE html><html><head><meta charset="utf-8">{_FRAME}</head><body><ul>{rows}</ul></body></html>'.encode()
    digest = packer.keep(name, body, at)
    rules, crawl = numbers[name]
    capture = db.execute(
        "insert into captures (crawl, site, kind, url, method, captured_at, status, headers, last_modified, peer, payload, origin, clock, "
        "conditional) values (?, ?, 'listing', ?, 'GET', ?, 200, ?, ?, '192.0.2.7', ?, 'network', 'set', 0)",
        (crawl, name, url, at, _HEADERS, _MODIFIED, digest),
    ).lastrowid
    db.execute(
        "insert into readings (capture, payload, reader, rules, outcome, found, read_at) values (?, ?, ?, ?, 'listing', "
        "'{\"links\": 60}', ?)",
        (capture, digest, READER_NAME, rules, at),
    )


_MODIFIED = "Thu, 02 Jan 2020 00:00:00 GMT"
_HEADERS = json.dumps(
    [["Server", "nginx"], ["Content-Type", "text/html; charset=utf-8"], ["Connection", "keep-alive"],
     ["Last-Modified", _MODIFIED], ["Vary", "Accept-Encoding"]]
)  # fmt: skip


def _settle(db: sqlite3.Connection) -> None:
    """Work out what documents cite, and the standings that follow."""
    (last,) = db.execute("select max(id) from versions").fetchone()
    for at in range(0, last, _CHUNK):
        with transaction(db):
            for version, title, text in db.execute(
                "select id, title, text from versions where id > ? and id <= ?", (at, at + _CHUNK)
            ).fetchall():
                # Only these cite anything; to read all would take longer than to write them.
                keep(db, version, connections(text, title) if "《" in text else _NO_CONNECTIONS)
            while settle_some(db, 500):
                pass


_NO_CONNECTIONS = Connections(
    citations=(),
    relations=(),
    validity=Validity(effect=None, expiry=None, status=None, ends=(), deadlines=()),
    clauses=(),
)


def _live(path: Path, sites: dict[str, Site], chance: random.Random, first: int) -> None:
    """Let some documents be edited, withdrawn and copied, and some files be fetched, by the store itself."""
    archive = Archive.open(
        path, holder="bench", sites=sites, clock=Clock(moment(_time(3600)), time.monotonic(), "set")
    )
    try:
        _Life(archive, sites, chance, first).live()
    finally:
        archive.close()


class _Life:
    """What happens to some documents of a large archive after their first look."""

    def __init__(self, archive: Archive, sites: dict[str, Site], chance: random.Random, first: int) -> None:
        self._archive = archive
        self._chance = chance
        self._first = first
        self._said: dict[tuple[str, str], Article] = {}
        self._crawls = {site: archive.begin_crawl(site, "watch") for site in sites}

    def live(self) -> None:
        archive = self._archive
        with made_durable_together(archive.db):
            for number in self._every(EDITED):
                self._edit(number)
            for number in self._every(GONE):
                self._withdraw(number)
            for number in self._every(COPIED):
                self._copy(number)
            for site, crawl in self._crawls.items():
                archive.settle(site)
                archive.end_crawl(crawl, Verdict.OK, [])

    def _every(self, so_many: int) -> list[sqlite3.Row]:
        return self._archive.db.execute(
            "select d.id, d.url, d.site, v.* from documents d join versions v on v.id = d.current where d.id % ? = ?",
            (so_many, so_many // 2),
        ).fetchall()

    def _edit(self, row: sqlite3.Row) -> None:
        article = article_of(self._archive.db, row)
        lines = [*article.text.replace("15%", "25%", 1).split("\n"), "附则。"]
        edited = replace(article, text="\n".join(lines), blocks=tuple(_blocks(lines)))
        self._see(row["url"], row["site"], edited, _time(3520 + row["id"] % 60))

    def _withdraw(self, row: sqlite3.Row) -> None:
        for day in (3530, 3532, 3535):
            self._keep(row["url"], row["site"], None, _time(day, 2))

    def _copy(self, row: sqlite3.Row) -> None:
        lines = [line.replace("推进", "推動", 1) for line in row["text"].split("\n")]
        site = _name(self._first + 3 + 4 * self._chance.randrange(SITES // 4))
        copied = Article(
            title=row["title"], text="\n".join(lines), published_at=row["published_at"], source_line="示例日报",
            blocks=tuple(_blocks(lines)), evidence={"title": "rule h1"},
        )  # fmt: skip
        self._see(
            f"https://www.{site}.example/a/{900_000_000 + row['id']}.html", site, copied, _time(3590, 3)
        )

    def _see(self, url: str, site: str, article: Article, at: str) -> None:
        self._said[url, at] = article
        self._keep(url, site, page_of(article), at)
        for capture in self._archive.queue.ready(limit=8):
            job = self._archive.jobs.of(capture)
            self._archive.record(job, read_job(job, self._parse))

    def _parse(self, job: Job, cheap: bool) -> Article:
        return self._said[job.page.url, job.page.captured_at]

    def _keep(self, url: str, site: str, body: bytes | None, at: str) -> None:
        self._archive.keep(
            Exchange(
                url=url, kind="article", site=site, captured_at=at, status=200 if body else 404,
                headers=(("Content-Type", "text/html; charset=utf-8"),), body=body, origin="bench", clock="set",
            ),
            self._crawls[site],
        )  # fmt: skip


def _name(site: int) -> str:
    return f"site{site:02}"


def _time(day: int, hour: int = 0) -> str:
    return (_START + timedelta(days=day, hours=hour)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
