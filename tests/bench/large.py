"""A large archive made up of nothing: what the reading room and the search are measured with.

The rows are written as the store would leave them, many to a transaction. Every text is put together from words
by chance, so that common words stand in most of them and some words in few.
"""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

from archive.model import Role, Site
from archive.store.file.connection import open_for_writing
from archive.text import bigrams, fold

SITES = 24
CRAWLS = 120
EDITED, GONE, QUARANTINED, COPIED = 12, 60, 150, 100  # one document in so many
LETTERS = 1500
_START = datetime(2016, 1, 1)
_WORDS = (  # noqa: SIM905
    "发展 建设 推进 加强 产业 创新 科技 企业 改革 管理 服务 工作 实施 提升 完善 机制 体系 能力 质量 安全 数据 算力 网络 "
    "人才 资金 项目 平台 标准 制度 监管 市场 投资 融资 试点 示范 布局 转型 绿色 低碳 智能 制造 北京 上海 广东 江苏 "
    "未来产业 新材料 生物医药 集成电路 人工智能 区块链 公共数据 中小企业 乡村振兴 应急管理 知识产权 基础研究 开放合作"
).split()
_JOINTS = ("和", "、", "，", "。", "，进一步", "；", "，有序", "，到2027年", "，不少于15%，", "：")
_TITLES = ("关于推动{}{}的通知", "{}{}行动方案", "关于加强{}{}的若干意见", "{}{}三年规划（2024—2026年）")


def make(path: Path, documents: int, seed: int = 7) -> None:
    """Write an archive of so many documents; the file must not be there yet."""
    db = open_for_writing(path, create=True)
    db.execute("pragma synchronous=off")
    chance = random.Random(seed)
    clauses = [_clause(chance) for _ in range(4000)]
    names = [f"site{n:02}" for n in range(SITES)]
    for at in range(0, documents, 2000):
        db.execute("begin immediate")
        if not at:
            _sites(db, names)
        for number in range(at + 1, min(at + 2000, documents) + 1):
            _document(db, chance, clauses, names, number)
        db.execute("commit")
    db.execute("pragma wal_checkpoint(truncate)")
    db.close()


def _sites(db: sqlite3.Connection, names: list[str]) -> None:
    for n, name in enumerate(names, 1):
        host = f"www.{name}.example"
        site = Site(
            publisher=f"第{n}示例部",
            role=Role.ORIGINAL if n % 4 else Role.COPY,
            domains=(f"{name}.example",),
            listings=tuple(f"https://{host}/list{k}.html" for k in range(4)),
            articles=(r"/a/\d+\.html$",),
        )
        db.execute(
            "insert into rules (site, digest, declaration, declared_at) values (?, ?, ?, ?)",
            (name, f"sha256:{n:064x}", site.to_json(), _time(0)),
        )
        for k in range(CRAWLS):
            verdict = "OK" if (n + k) % 9 else "BROKEN"
            counts = {"captures": 40, "new": k % 7, "changed": k % 3, "gone": k % 2, "not_modified": 30}
            db.execute(
                "insert into crawls (site, command, started_at, finished_at, verdict, reasons, software, "
                "rules_digest, counts) values (?, 'watch', ?, ?, ?, ?, 'bench', ?, ?)",
                (name, _time(3500 + k), _time(3500 + k, 1), verdict,
                 "[]" if verdict == "OK" else '["unreachable"]', f"sha256:{n:064x}", json.dumps(counts)),
            )  # fmt: skip


def _document(db: sqlite3.Connection, chance: random.Random, clauses: list[str], names: list[str], number: int) -> None:  # fmt: skip
    site = min(int(chance.expovariate(6 / SITES)), SITES - 1)
    day = int(3600 * chance.random() ** 0.5)
    url = f"https://www.{names[site]}.example/a/{number}.html"
    state = "withdrawn" if number % GONE == 0 else "quarantined" if number % QUARANTINED == 0 else "live"
    role = "copy" if (site + 1) % 4 == 0 else "original"
    db.execute(
        "insert into documents (id, site, publisher, url, role, state, first_seen, last_seen) "
        "values (?, ?, ?, ?, ?, ?, ?, ?)",
        (number, names[site], f"第{site + 1}示例部", url, role, state, _time(day, 1), _time(day, 9)),
    )
    title = chance.choice(_TITLES).format(chance.choice(_WORDS), chance.choice(_WORDS))
    text = _text(chance, clauses)
    published = (_START + timedelta(days=day)).strftime("%Y-%m-%d") if number % 50 else None
    texts = [text, text.replace("15%", "25%", 1) + "\n附则。"] if number % EDITED == 0 else [text]
    kept = [
        _version(db, number, site, n, title, t, published, _time(day, 1 + 6 * n), url)
        for n, t in enumerate(texts)
    ]
    db.execute(
        "update documents set current = ?, versions = ? where id = ?", (kept[-1][0], len(kept), number)
    )
    if len(kept) == 2:
        db.execute(
            "insert into transitions (document, from_version, to_version, from_capture, to_capture, summary) "
            "values (?, ?, ?, ?, ?, '15%→25%; +“附则。”')",
            (number, kept[0][0], kept[1][0], kept[0][1], kept[1][1]),
        )
    if state != "live" or len(kept) == 2:
        kind = "edited" if state == "live" else state
        db.execute(
            "insert into events (kind, happened_at, site, document) values (?, ?, ?, ?)",
            (kind, _time(day, 9), names[site], number),
        )
    db.execute(
        "insert into frontier (site, kind, url, due_at, why) values (?, 'article', ?, ?, 'bench')",
        (names[site], url, _time(3700 if number % 2 else 9000)),
    )
    if number % COPIED == 0:
        _comparison(db, number, kept[-1][0], text)


def _version(db: sqlite3.Connection, document: int, site: int, n: int, title: str, text: str,
             published: str | None, at: str, url: str) -> tuple[int, int]:  # fmt: skip
    capture = db.execute(
        "insert into captures (crawl, site, kind, url, method, captured_at, status, origin, clock) "
        "values (?, ?, 'article', ?, 'GET', ?, 200, 'network', 'set')",
        (site * CRAWLS + 1, f"site{site:02}", url, at),
    ).lastrowid
    digest = "sha256:" + hashlib.sha256(f"{document} {n} {text}".encode()).hexdigest()
    version = db.execute(
        "insert into versions (document, number, title, text, text_simplified, published_at, source_line, "
        "captures, reader, rules, cause, text_digest, state_digest, evidence, kept_at) "
        "values (?, ?, ?, ?, ?, ?, ?, ?, 'bench/1', ?, ?, ?, ?, ?, ?)",
        (document, n + 1, title, text, None, published, "示例日报", f"[{capture}]", site + 1,
         "source" if n else "first", digest, digest, '{"title": "h1"}', at),
    ).lastrowid  # fmt: skip
    db.execute(
        "insert into readings (capture, document, reader, rules, outcome, version, read_at) "
        "values (?, ?, 'bench/1', ?, ?, ?, ?)",
        (capture, document, site + 1, "changed" if n else "new", version, at),
    )
    grams = dict.fromkeys(bigrams(fold(title)) + bigrams(fold(text)))
    db.execute("insert into version_index (rowid, grams) values (?, ?)", (version, " ".join(grams)))
    titled = " ".join(dict.fromkeys(bigrams(fold(title))))
    db.execute("insert into title_index (rowid, grams) values (?, ?)", (version, titled))
    assert version is not None and capture is not None
    return version, capture


def _comparison(db: sqlite3.Connection, number: int, version: int, text: str) -> None:
    original, current = db.execute(
        "select id, current from documents where id = ?", (max(1, number - 1),)
    ).fetchone()
    made = db.execute(
        "insert into comparisons (copy_document, copy_version, original_document, original_version, coverage, lost, "
        "substantive, compared_at) values (?, ?, ?, ?, 0.5, 0, 1, ?)",
        (number, version, original, current, _time(3600)),
    ).lastrowid
    db.execute(
        "insert into variants (comparison, kind, copy_start, copy_end, copy_text, original_start, original_end, "
        "original_text) values (?, 'number', 10, 12, ?, 10, 12, '15')",
        (made, text[10:12]),
    )
    site = db.execute("select site from documents where id = ?", (number,)).fetchone()[0]
    db.executemany(
        "insert into copier_rule_counts (site, kind, original, found, copy_document, comparison, count) "
        "values (?, 'replace', ?, ?, ?, ?, 3)",
        [(site, word, _WORDS[n], number, made) for n, word in enumerate(_WORDS[:10], number % 20)],
    )


def _clause(chance: random.Random) -> str:
    parts = (chance.choice(_WORDS) + chance.choice(_JOINTS) for _ in range(chance.randint(3, 9)))
    return "".join(parts).rstrip("，、：；") + "。"


def _text(chance: random.Random, clauses: list[str]) -> str:
    paragraphs, length = [], 0
    while length < LETTERS:
        # Characters that few texts share, so that some searches find little.
        rare = "".join(chr(chance.randint(0x4E00, 0x8FFF)) for _ in range(4))
        paragraph = "".join(chance.choices(clauses, k=chance.randint(2, 6))) + rare + "。"
        paragraphs.append(paragraph)
        length += len(paragraph)
    return "\n".join(paragraphs)


def _time(day: int, hour: int = 0) -> str:
    return (_START + timedelta(days=day, hours=hour)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
