"""``./run bench compare``: how long it takes to find an original and to collate, and how that grows.

Everything is made up here: articles of invented words with stock phrases between them, as policy texts have. Times
are of the processor and depend on the machine; the ratios do not: finding in the larger archive against the smaller one, collating against
folding the same texts (the least anything that compares them must do).
"""

from __future__ import annotations

import random
import sqlite3
import statistics
import tempfile
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable
from functools import partial
from itertools import accumulate
from pathlib import Path

from opencc import OpenCC

from archive.collate import collate, key_of, sampled
from archive.store.file.connection import open_for_writing
from archive.store.read.quotes import quote
from archive.store.write.originals import add_shingles, candidates, sharing
from archive.text import bigrams, fold
from tests.archive.recipes import cooked, judged

_STOCK = (
    "坚持以人民为中心的发展思想，", "全面贯彻落实各项决策部署，", "结合本地区实际，现提出如下意见。", "各有关单位要高度重视，",
    "切实加强组织领导，", "确保各项任务落到实处。", "推动高质量发展取得新成效，", "现将有关事项通知如下：",
    "充分发挥市场在资源配置中的决定性作用，", "进一步完善体制机制，",
)  # fmt: skip
_NOW = "2026-01-01T00:00:00.000Z"
_COPIES = 200
_APART = 7_000_003


class Writer:
    """Makes articles: words by a falling frequency, as in a language, and every tenth clause a stock phrase."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        common = [
            bytes((first, second)).decode("gb2312")
            for first in range(0xB0, 0xD7)
            for second in range(0xA1, 0xFF)
        ]
        made = random.Random(1)
        self.words = ["".join(made.choices(common, k=made.choice((2, 2, 2, 3, 4)))) for _ in range(12_000)]
        self.weights = [*accumulate(1 / (rank + 20) for rank in range(len(self.words)))]

    def article(self, length: int) -> str:
        """Return an article of about that many characters."""
        parts, size = [], 0
        while size < length:
            if self.chance.random() < 0.1:
                clause = self.chance.choice(_STOCK)
            else:
                words = self.chance.choices(self.words, cum_weights=self.weights, k=self.chance.randint(3, 7))
                clause = "".join(words) + self.chance.choice("，，，。；\n")
            parts.append(clause)
            size += len(clause)
        return "".join(parts)

    def copy(self, text: str) -> str:
        """Return a copy as they are met: cut, reworded here and there, a clause left out, wrapped in furniture."""
        kept = text[: int(len(text) * self.chance.uniform(0.4, 1))]
        letters = list(kept)
        for at in self.chance.sample(range(len(letters)), len(letters) // 50):
            letters[at] = self.chance.choice(self.words)
        at = self.chance.randrange(len(letters))
        del letters[at : at + 20]
        return "首页 > 资讯 > 正文\n" + "".join(letters) + "\n版权声明：本站转载仅供参考。"


def main(words: list[str]) -> int:
    """Measure at the sizes given and print a table."""
    parser = ArgumentParser(
        prog="./run bench compare", description=__doc__.splitlines()[0] if __doc__ else ""
    )
    parser.add_argument(
        "--versions", type=int, nargs="+", default=[10_000, 100_000], help="sizes of archives"
    )
    parser.add_argument(
        "--index", type=int, default=0, help="also look up in a bare index of so many versions"
    )
    parser.add_argument(
        "--recipes",
        type=int,
        default=0,
        help="only: make so many copies by hidden recipes, and find them out",
    )
    parser.add_argument("--folder", type=Path, help="keep the archives here, and use what is there")
    options = parser.parse_args(words)
    if options.recipes:
        _recovered(options.recipes)
        return 0
    with tempfile.TemporaryDirectory() as made:
        folder = options.folder or Path(made)
        medians = [_search_seconds(folder / f"compare-{size}.db", size) for size in options.versions]
        for before, after, median, other in zip(options.versions, options.versions[1:], medians, medians[1:],
                                                strict=False):  # fmt: skip
            print(f"growth    {after // before}x the versions: {other / median:.2f}x the time to find")
        if options.index:
            _looked_up(folder / f"index-{options.index}.db", options.index)
    _collated()
    return 0


def _search_seconds(path: Path, size: int) -> float:
    db = _archive(path, size)
    writer = Writer(2)
    numbers = writer.chance.sample(range(1, size + 1), _COPIES)
    texts = [db.execute("select text from versions where id = ?", (n,)).fetchone()[0] for n in numbers]
    copies = [key_of(writer.copy(text)) for text in texts]
    right = 0
    times = []
    for number, copy in zip(numbers, copies, strict=True):
        start = time.process_time()
        found = candidates(db, copy)
        times.append(time.process_time() - start)
        right += bool(found) and found[0].document == number
    print(f"find      {size:>9,} versions: {_as_text(times)}; right {right}/{len(copies)}")
    _quoted(db, size, list(zip(numbers, texts, strict=True)), writer.chance)
    pages = db.execute("pragma page_count").fetchone()[0] * db.execute("pragma page_size").fetchone()[0]
    rows = db.execute("select count(*) from shingles").fetchone()[0]
    print(
        f"index     {size:>9,} versions: {rows / size:.0f} shingles each; the file {pages / size:,.0f} bytes each"
    )
    db.close()
    return statistics.median(times)


def _quoted(db: sqlite3.Connection, size: int, held: list[tuple[int, str]], chance: random.Random) -> None:
    """Ask who holds a wording of 20 to 60 characters of which one to three were changed."""
    times, right = [], 0
    for number, text in held:
        folded, length = fold(text), chance.randint(20, 60)
        start = chance.randrange(len(folded) - length)
        wording = list(folded[start : start + length])
        for at in chance.sample(range(length), chance.randint(1, 3)):
            wording[at] = chance.choice(folded)
        begun = time.process_time()
        found = quote(db, "".join(wording))
        times.append(time.process_time() - begun)
        right += any(one.document == number for one in found)
    print(f"quote     {size:>9,} versions: {_as_text(times)}; found {right}/{len(held)}")


def _archive(path: Path, size: int) -> sqlite3.Connection:
    is_there = path.exists()
    db = open_for_writing(path, create=True)
    if is_there:
        return db
    db.execute("pragma synchronous=off")
    db.execute("begin")
    db.execute(
        "insert into rules (id, site, digest, declaration, declared_at) values (1, '*', '-', '{}', ?)",
        (_NOW,),
    )
    writer = Writer(1)
    for number in range(1, size + 1):
        _add(db, number, writer.article(writer.chance.randint(300, 2500)))
    db.execute("commit")
    return db


def _add(db: sqlite3.Connection, number: int, text: str) -> None:
    db.execute(
        "insert into documents (id, site, publisher, url, role, state, first_seen, last_seen, versions) "
        "values (?, 'made', '示例委', ?, 'original', 'live', ?, ?, 1)",
        (number, f"https://www.bureau.example/a/{number}.html", _NOW, _NOW),
    )
    db.execute(
        "insert into versions (id, document, number, title, text, text_simplified, captures, reader, rules, cause, "
        "text_digest, state_digest, kept_at) values (?, ?, 1, '', ?, '', '[]', 'bench', 1, 'first', ?, ?, ?)",
        (number, number, text, f"sha256:{number}", f"sha256:{number}", _NOW),
    )
    folded = fold(text)
    db.execute("insert into version_index (rowid, grams) values (?, ?)", (number, " ".join(bigrams(folded))))
    add_shingles(db, number, sampled(folded))


def _looked_up(path: Path, size: int) -> None:
    """Measure the look-up alone in an index of made-up hashes: 55 a version, held by 1, 2, 4 … 512 versions.

    As many rows belong to hashes of each rank. A copy asks for 75 hashes that it shares, common ones as often as
    they stand in texts, and for 225 that nobody has, as the dense sample does.
    """
    is_there = path.exists()
    db = sqlite3.connect(path, isolation_level=None)
    if not is_there:
        start = time.time()
        _filled(db, size)
        print(f"built     {size:>9,} versions in a bare index: {time.time() - start:.0f} s")
    chance = random.Random(3)
    wanted = [[*(_held(chance, size) for _ in range(75)), *(chance.randrange(2**48) for _ in range(225))]
              for _ in range(_COPIES)]  # fmt: skip
    _print_times(f"look up   {size:>9,} versions", lambda at: sharing(db, wanted[at], 60), len(wanted))
    db.close()


def _filled(db: sqlite3.Connection, size: int) -> None:
    db.execute("pragma synchronous=off")
    db.execute("pragma journal_mode=off")
    db.execute(
        "create table shingles (hash integer, version integer, primary key (hash, version)) strict, without rowid"
    )
    db.execute("create temp table turns (k integer primary key)")
    db.executemany("insert into turns values (?)", [(k,) for k in range(1, 513)])
    db.execute("begin")
    db.execute(
        "insert or ignore into shingles with recursive h(n) as (select 1 union all select n + 1 from h where n < ?) "
        f"select n * {_APART}, 1 + abs(random()) % ? from h cross join turns where k <= min(512, n & -n)",
        (size * 10, size),
    )
    db.execute("commit")


def _held(chance: random.Random, size: int) -> int:
    """Return a hash that is held, each rank as often as the other: few shingles are common, and many texts have them."""
    rank = 1 << chance.randrange(10)
    return rank * (2 * chance.randrange(size * 5 // rank) + 1) * _APART


def _recovered(count: int) -> None:
    """Say of how many copies the recipe was found out exactly, and how many planted edits no rule explains."""
    exact: Counter[str] = Counter()
    made: Counter[str] = Counter()
    edits = explained = 0
    for seed in range(10_000, 10_000 + count):
        one = cooked(seed)
        found = judged(one, collate(key_of(one.copy), key_of(one.original)))
        made[one.name] += 1
        exact[one.name] += found.is_exact
        edits += len(one.edits)
        explained += len(found.explained)
    for name, all_of_it in sorted(made.items()):
        print(f"recipes   {name:<12} {exact[name]}/{all_of_it} exactly")
    print(f"recipes   {exact.total() / made.total():.1%} of {made.total()} exactly")
    print(f"by hand   {1 - explained / edits if edits else 1:.1%} of {edits} planted edits left unexplained")


def _collated() -> None:
    writer = Writer(4)
    originals = [writer.article(5000) for _ in range(40)]
    copies = [writer.copy(text) for text in originals]
    copies[::2] = [OpenCC("s2t").convert(copy) for copy in copies[::2]]
    pairs = list(zip(copies, originals, strict=True))
    collate(*map(key_of, pairs[0]))
    whole = [_timed(partial(_collate, pair)) for pair in pairs]
    folding = [_timed(partial(_fold, pair)) for pair in pairs]
    print(f"collate   5,000 characters: {_as_text(whole)}")
    print(
        f"          {statistics.median(whole) / statistics.median(folding):.1f}x the time to fold both texts"
    )


def _collate(pair: tuple[str, str]) -> None:
    collate(*map(key_of, pair))


def _fold(pair: tuple[str, str]) -> None:
    for text in pair:
        fold(text)


def _timed(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _print_times(label: str, work: Callable[[int], object], count: int) -> None:
    times = [_timed(partial(work, at)) for at in range(count)]
    print(f"{label}: {_as_text(times)}")


def _as_text(times: list[float]) -> str:
    ordered = sorted(times)
    middle, late = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
    return f"median {middle * 1000:.1f} ms, p95 {late * 1000:.1f} ms"
