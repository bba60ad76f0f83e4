"""Whole sites of another archive taken over in bulk: its captures, and what was made of them.

A site is mostly in one shard only. Where this archive knows nothing of a site, and the other archive has read
it by today's reader and today's rules, its rows can be copied as they are, under our numbers. They are then
the same rows that this archive would have made of the same captures. What they say of other documents
(originals, copies, works, standings, moves) is derived again for the documents that meet a document which was
here before.

``archive/store/takeover.sql`` has the statements. Each batch of sites is one transaction.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from archive import ATTACHMENT_READER, CHEAP, software
from archive.errors import ArchiveError
from archive.model import Site
from archive.relations import RELATIONS_VERSION
from archive.store.file.captures import declaration_digest
from archive.store.file.payloads import Payloads
from archive.store.schedule.crawls import Crawls
from archive.store.schema import level, statements
from archive.store.write import works
from archive.store.write.comparisons import compare_new
from archive.store.write.connections import settle_some
from archive.store.write.ledger import Ledger
from archive.store.write.originals import COMMON, declared_sites
from archive.store.write.states import BEGINNING, story_json
from archive.store.write.versions import index_version
from archive.text.folding import different_pieces

# Captures in one transaction, as far as sites allow. A kill loses so many, and the log grows so far.
MOST_AT_ONCE = 50_000


class Unfit(ArchiveError):
    """A batch of sites that cannot be taken over as it is and has to be taken over capture by capture."""


# The exceptions of a takeover that mean an unfit batch.
UNFIT = (sqlite3.IntegrityError, Unfit)
# Kibibytes of cached pages while rows come in, whose keys are random.
_CACHE = 200_000


class TheirNumbers:
    """Our number for each capture of another archive, in a temporary table."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def get(self, theirs: int) -> int | None:
        """Return our number of a capture, None where it has no number here."""
        row = self._db.execute("select ours from temp.their_captures where theirs = ?", (theirs,)).fetchone()
        return row[0] if row else None

    def __setitem__(self, theirs: int, ours: int) -> None:
        self._db.execute("update temp.their_captures set ours = ? where theirs = ?", (ours, theirs))

    def missing(self) -> Iterator[int]:
        """Yield the captures that have no number, in order."""
        last = 0
        while rows := self._db.execute(
            "select theirs from temp.their_captures where ours is null and theirs > ? order by theirs limit 500",
            (last,),
        ).fetchall():
            yield from (row[0] for row in rows)
            last = rows[-1][0]


Numbers = dict[int, int] | TheirNumbers


@cache
def script() -> Mapping[str, Sequence[str]]:
    """Return the statements of ``takeover.sql`` by the names of its parts."""
    text = files("archive.store").joinpath("takeover.sql").read_text(encoding="utf-8")
    parts = re.split(r"^-- # (\w+)\n", text, flags=re.MULTILINE)[1:]
    return {name: list(statements(part)) for name, part in zip(parts[::2], parts[1::2], strict=True)}


@contextmanager
def in_bulk(db: sqlite3.Connection) -> Iterator[None]:
    """Within a block, let rows come before the rows they refer to, and cache more of the file.

    Without this, SQLite would search for each new row in all the tables that may refer to it.
    """
    (held,) = db.execute("pragma cache_size").fetchone()
    db.execute("pragma foreign_keys=off")
    for file, kibibytes in (("main", _CACHE), ("other", _CACHE // 4), ("temp", _CACHE // 4)):
        db.execute(f"pragma {file}.cache_size=-{kibibytes}")
    try:
        yield
    finally:
        db.execute(f"pragma main.cache_size={held}")
        db.execute("pragma foreign_keys=on")


@contextmanager
def attached(db: sqlite3.Connection, source: sqlite3.Connection) -> Iterator[Path | None]:
    """Attach another archive, read-only, as ``other`` for a block, and give its path.

    The path is None where its tables are not today's.
    """
    if source.execute("pragma user_version").fetchone()[0] != level():
        yield None
        return
    with TemporaryDirectory(prefix="yuanben-merge-") as folder:
        path = Path(source.execute("pragma database_list").fetchone()[2] or Path(folder) / "other.db")
        if not path.exists():
            with closing(sqlite3.connect(path)) as copy:
                source.backup(copy)
        db.execute("attach ? as other", (f"file:{quote(str(path.resolve()))}?mode=ro",))
        try:
            yield path
        finally:
            db.execute("detach other")


class Takeover:
    """A takeover of one archive, attached as ``other``, by another.

    Temporary tables hold which of its rows have our numbers.
    """

    def __init__(self, db: sqlite3.Connection, name: str, reader: str, now: Callable[[], str]) -> None:
        self._db = db
        self._now = now
        self.name = name
        self.numbers = TheirNumbers(db)
        self._ledger = Ledger(db, now)
        self._alike: list[int] = []
        self._given: dict[str, object] = {
            "name": name,
            "reader": reader,
            "cheap": f"{reader} {CHEAP}",
            "file_reader": ATTACHMENT_READER,
            "relations": RELATIONS_VERSION,
            "common": COMMON,
            "story": story_json(BEGINNING.story),
        }
        db.create_function("media_type", 1, _media_type, deterministic=True)
        self._run("tables")
        self._given |= {f"old_{name}": last for name, last in self._last().items()}

    def close(self) -> None:
        """Drop the temporary tables."""
        for (name,) in self._db.execute(
            "select name from temp.sqlite_master where type = 'table'"
        ).fetchall():
            if name.startswith("their_") or name == "met":
                self._db.execute(f"drop table temp.{name}")

    def hold(self) -> int:
        """Find the captures that are already held here; return how many the other archive has."""
        self._run("held")
        (count,) = self._db.execute("select count(*) from temp.their_captures").fetchone()
        return int(count)

    def held(self) -> int:
        """Return how many of its captures have a number here."""
        (count,) = self._db.execute("select count(ours) from temp.their_captures").fetchone()
        return int(count)

    def plan(self, sites: Mapping[str, Site]) -> int:
        """Choose the sites that can be taken over whole; return the number of batches."""
        self._run("sites")
        found = self._db.execute("select site, captures from temp.their_sites").fetchall()
        self._db.executemany(
            "update temp.their_sites set digest = ? where site = ?",
            [(declaration_digest(site, sites.get(site)), site) for site, _ in found],
        )
        spoiled = (
            {row[0] for row in self._ask("spoiled")} if self._is_of_one_form() else {row[0] for row in found}
        )
        groups = together([row[0] for row in found], [tuple(row) for row in self._ask("linked")])
        sizes = {row[0]: row[1] for row in found}
        whole = [group for group in groups if not spoiled & set(group)]
        made = list(_batches(whole, sizes))
        self._db.executemany(
            "update temp.their_sites set batch = ? where site = ?",
            [(number, site) for number, batch in enumerate(made, 1) for site in batch],
        )
        self._run("batches")
        return len(made)

    def take(self, batch: int, path: Path) -> list[tuple[str, int]]:
        """Take a batch over, in the caller's transaction; return its sites, each with its crawl.

        ``path``: the other archive's file, whose bodies are checked at the same time. Raise one of ``UNFIT``
        where the batch cannot be taken over as it is; the caller rolls back.
        """
        with ThreadPoolExecutor(1) as beside:
            bodies = self._new_bodies(batch)
            crawls = self.land(batch)
            checked = beside.submit(damaged_bodies, path, bodies)
            self.derive()
            self.index()
            if torn := [row[0] for row in self._ask("torn")]:
                raise Unfit(f"what rows of {', '.join(torn)} refer to has not come")
            if bad := checked.result():
                raise Unfit(f"{len(bad)} bodies are damaged")
        self.meet()
        return crawls

    def count(self, batch: int) -> int:
        """Return how many captures a batch has."""
        row = self._db.execute("select count(*) from temp.their_captures where batch = ?", (batch,))
        return int(row.fetchone()[0])

    def forget(self, batch: int) -> None:
        """Let a batch be taken over capture by capture after all."""
        self._db.execute("update temp.their_captures set batch = null, ours = null where batch = ?", (batch,))
        self._db.execute("update temp.their_sites set batch = null where batch = ?", (batch,))

    def land(self, batch: int) -> list[tuple[str, int]]:
        """Take over the captures and bodies."""
        self._given |= {"batch": batch, **self._last()}
        self._run("land")
        crawls = list(self._crawls(batch))
        self._run("captures")
        return crawls

    def derive(self) -> None:
        """Take over what was made of the captures."""
        self._run("rows")
        tied = self._db.execute(
            "select document from main.ties where document > :documents or other > :documents "
            "union select other from main.ties where document > :documents or other > :documents",
            {"documents": self._given["documents"]},
        )
        works.group(self._db, {row[0] for row in tied}, declared_sites(self._db))

    def index(self) -> None:
        """Build the search indexes of the new rows, and find texts that resemble those held before."""
        self._alike = [int(row[0]) for row in self._ask("alike")]
        self._run("shingles")
        rows = self._db.execute(
            "select v.id, v.title, v.text, v.doc_number, v.issuer, d.publisher, v.source_line from main.versions v "
            "join main.documents d on d.id = v.document where v.id > ? order by v.id",
            (self._given["versions"],),
        )
        for version, *told in rows:
            index_version(self._db, version, *told)
        texts = self._db.execute(
            "select id, text from main.attachment_texts where id > ? order by id",
            (self._given["attachment_texts"],),
        )
        for row, text in texts:
            self._db.execute(
                "insert into main.attachment_index (rowid, grams) values (?, ?)",
                (row, different_pieces(text or "")),
            )

    def meet(self) -> None:
        """Derive again what depends on documents of both archives."""
        self._db.execute("delete from temp.met")
        self._run("met")
        for version in self._alike:
            compare_new(self._db, version, at=self._now())
        self._db.execute(
            "insert or ignore into temp.met select document from main.versions where id in (select value from json_each(?))",
            (json.dumps(self._alike),),
        )
        for (document,) in self._db.execute("select document from temp.met order by 1").fetchall():
            works.tie(self._db, document, at=self._now())
        for document, capture in self._ask("led"):
            self._ledger.states.refold_whole(document, by=capture)
        while settle_some(self._db, 500):
            pass

    def _crawls(self, batch: int) -> Iterator[tuple[str, int]]:
        """Open a crawl for each site of a batch."""
        for site, digest in self._db.execute(
            "select site, digest from temp.their_sites where batch = ? order by site", (batch,)
        ).fetchall():
            crawl = Crawls(self._db).begin(
                site, "merge", at=self._now(), software=software(), rules_digest=digest
            )
            self._db.execute("update temp.their_sites set crawl = ? where site = ?", (crawl, site))
            yield site, crawl

    def _new_bodies(self, batch: int) -> list[str]:
        rows = self._db.execute(
            "select distinct c.payload from temp.their_captures n cross join other.captures c on c.id = n.theirs "
            "where n.batch = ? and c.payload is not null "
            "and not exists (select 1 from main.payloads m where m.digest = c.payload)",
            (batch,),
        )
        return [row[0] for row in rows]

    def _is_of_one_form(self) -> bool:
        """Return whether the search indexes of both archives have the same form."""
        ours, theirs = (
            {tuple(row) for row in self._db.execute(f"select name, form from {place}.index_forms")}
            for place in ("main", "other")
        )
        return ours == theirs

    def _last(self) -> dict[str, int]:
        """Return the last numbers given, also those of rows that were put aside."""
        aside = {
            "readings": ("superseded_readings", "reading"),
            "versions": ("superseded_versions", "version"),
            "events": ("superseded_events", "event"),
        }
        found = {}
        for table in (
            "captures",
            "payloads",
            "dictionaries",
            "documents",
            "versions",
            "readings",
            "events",
            "comparisons",
            "attachment_texts",
        ):
            other, column = aside.get(table, (table, "id"))
            found[table] = self._db.execute(
                f"select max((select coalesce(max(id), 0) from main.{table}), (select coalesce(max({column}), 0) from main.{other}))"
            ).fetchone()[0]
        return found

    def _run(self, part: str) -> None:
        for statement in script()[part]:
            self._db.execute(statement, self._named(statement))

    def _ask(self, part: str) -> list[sqlite3.Row]:
        (statement,) = script()[part]
        return self._db.execute(statement, self._named(statement)).fetchall()

    def _named(self, statement: str) -> dict[str, object]:
        return {name: value for name, value in self._given.items() if f":{name}" in statement}


def together(sites: Sequence[str], pairs: Sequence[tuple[str, ...]]) -> list[list[str]]:
    """Return sites in groups: sites linked by a chain of pairs are in one group. Pure."""
    leader = {site: site for site in sites}

    def led_by(site: str) -> str:
        while leader[site] != site:
            site = leader[site]
        return site

    for one, other in pairs:
        if one in leader and other in leader:
            leader[led_by(one)] = led_by(other)
    groups: dict[str, list[str]] = defaultdict(list)
    for site in sites:
        groups[led_by(site)].append(site)
    return list(groups.values())


def _batches(groups: Sequence[Sequence[str]], sizes: Mapping[str, int]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for group in groups:
        wanted = sum(sizes[site] for site in group)
        if batch and size + wanted > MOST_AT_ONCE:
            yield batch
            batch, size = [], 0
        batch += group
        size += wanted
    if batch:
        yield batch


def damaged_bodies(path: Path, digests: Sequence[str]) -> list[str]:
    """Return the bodies of an archive that do not match their digests."""
    found = []
    with closing(sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro", uri=True)) as db:
        db.row_factory = sqlite3.Row
        payloads = Payloads(db)
        for digest in digests:
            try:
                payloads.get(digest)
            except ArchiveError:
                found.append(digest)
    return found


def _media_type(headers: str) -> str:
    """Return the media type that an answer claimed, as a payload keeps it."""
    told: str = next((value for name, value in json.loads(headers) if name.lower() == "content-type"), "")
    return told.split(";")[0].strip().lower()
