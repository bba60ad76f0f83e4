"""Whether an archive is as it was written: digests, logs, and derived rows derived again.

A report counts what was checked and what there is. What is left out is named and never called sound. What no
check of the file alone can show is in ``NOT_SHOWN``.
"""

from __future__ import annotations

import random
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from archive.errors import ArchiveError
from archive.patterns import regex
from archive.store import READER_NAME
from archive.store.evidence.consistency import backward_clocks, disagreements, media_types, shapes, strangers
from archive.store.evidence.logcheck import Stated, check_logs
from archive.store.evidence.rederive import Connected, Difference, Rederived
from archive.store.evidence.reread import Reader
from archive.store.file.connection import empty
from archive.store.read.digests import Report as Report
from archive.store.read.digests import check_digests
from archive.store.schema import INDEXES
from archive.text import bigrams, fold
from archive.text.folding import fields_to_search, folded_pieces

NOT_SHOWN = (
    "that the servers really sent what was kept, and that this machine's clock was right",
    "what was changed, put in or cut off after the newest checkpoint that you gave",
    "that a text was read rightly: read again the same way, it comes out the same way",
)
_MOST_NAMED = 1_000
# Versions whose pieces are looked up together.
_RUN = 1_000
# The character class that the tokenizer "ascii" takes for one term.
_TERM = regex("[0-9A-Za-z\x80-\U0010ffff]+")
# The exceptions that reading rows changed by somebody may raise.
_BROKEN = (
    sqlite3.DatabaseError,
    ArchiveError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    AssertionError,
)
_INDEXES = tuple(name for name in INDEXES if name.endswith("_index"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How much of the slow checks is done: this many rows (None: all), or none.

    ``sample`` documents and index entries are derived again, ``reads`` versions read again.
    """

    stated: Sequence[Stated] = ()
    sample: int | None = 2_000
    reads: int | None = 100
    quick: bool = False
    seed: int = 0


@dataclass(slots=True)
class _Count:
    """The counts of checked and existing rows, and the findings."""

    tick: Callable[[], None]
    checked: dict[str, int] = field(default_factory=dict)
    present: dict[str, int] = field(default_factory=dict)
    sampled: dict[str, dict[str, int]] = field(default_factory=dict)
    bad: list[dict[str, Any]] = field(default_factory=list)
    noted: list[dict[str, Any]] = field(default_factory=list)

    def add(self, table: str, differences: Iterable[Difference]) -> None:
        """Add the findings of a check; a check that cannot go on is a finding, too."""
        try:
            for difference in differences:
                self.bad.append(_as_dict(difference))
        except _BROKEN as error:
            what = f"cannot be checked to the end ({str(error)[:200]})"
            self.bad.append({"table": table, "id": None, "column": None, "what": what})

    def skipped(self, table: str, count: int, why: str) -> None:
        """Note how many rows a check skipped: rows that nobody derived again are not counted as checked."""
        if count:
            what = f'{count} {why} — "scrapy reread" reads them with today\'s'
            self.noted.append({"table": table, "id": None, "column": None, "what": what})

    def whole(self, what: str, count: int) -> None:
        self.checked[what] = self.present[what] = count

    def of_each(
        self,
        what: str,
        rows: list[int],
        most: int | None,
        seed: int,
        check: Callable[[int], Iterator[Difference]],
    ) -> None:
        chosen = rows
        if most is not None and most < len(rows):
            chosen = sorted(random.Random(seed).sample(rows, most))
            self.sampled[what] = {"checked": len(chosen), "present": len(rows)}
        else:
            self.whole(what, len(rows))
        for row in chosen:
            self.add(f"{what}: row {row}", check(row))
            self.tick()

    def of_runs(
        self,
        what: str,
        rows: list[int],
        most: int | None,
        seed: int,
        check: Callable[[list[int]], Iterator[Difference]],
    ) -> None:
        """Check consecutive rows together; of many rows, some runs chosen at random."""
        runs = [rows[at : at + _RUN] for at in range(0, len(rows), _RUN)]
        if most is not None and most < len(rows):
            runs = random.Random(seed).sample(runs, min(len(runs), -(-most // _RUN)))
            self.sampled[what] = {"checked": sum(map(len, runs)), "present": len(rows)}
        else:
            self.whole(what, len(rows))
        for run in runs:
            self.add(f"{what}: rows {run[0]} to {run[-1]}", check(run))
            for _ in run:
                self.tick()


def verify(
    db: sqlite3.Connection, wanted: Wanted | None = None, tick: Callable[[], None] = lambda: None
) -> Report:
    """Check an archive and return the counts and the damage found.

    The counts are ``checked``, ``present`` and ``sampled``. ``bad`` names table, row, column and damage, at
    most a thousand times; ``bad_total`` counts all. ``noted`` is what a sound archive may also show;
    ``left_out`` is what ``quick`` leaves out.
    """
    wanted = wanted or Wanted()
    count, expected = _Count(tick), expected_shapes()
    if wanted.quick:
        _whole_file(db, count)
    else:
        digests = check_digests(db, tick)
        count.checked |= digests["checked"]
        count.present |= digests["present"]
        count.bad += digests["bad"]
    count.add("views", shapes(db, expected))
    count.whole("views, triggers and indexes", len(expected))
    _check_logs(db, wanted, count)
    count.add("file", disagreements(db))
    count.add("documents", strangers(db))
    count.add("payloads", media_types(db))
    if not wanted.quick:
        _check_derived(db, wanted, count)
    with suppress(sqlite3.DatabaseError):
        count.noted += [_as_dict(difference) for difference in backward_clocks(db)]
    return {
        "checked": count.checked,
        "present": count.present,
        "sampled": count.sampled,
        "checkpoints": [
            {"place": difference.place, "size": difference.checkpoint.size} for difference in wanted.stated
        ],
        "left_out": ["payloads", "texts", "what is derived", "index contents"] if wanted.quick else [],
        "noted": count.noted[:_MOST_NAMED],
        "not_shown": list(NOT_SHOWN),
        "bad": count.bad[:_MOST_NAMED],
        "bad_total": len(count.bad),
    }


def is_sound(report: Report) -> bool:
    """Return whether a check found no damage, and left nothing out that it does not name."""
    return not report["bad"] and report["checked"] == report["present"]


@lru_cache(maxsize=1)
def expected_shapes() -> dict[str, str]:
    """Return the views, triggers and indexes of a new archive, by name."""
    db = empty()
    shapes = db.execute(
        "select name, sql from sqlite_master where sql is not null and type != 'table'"
    ).fetchall()
    db.close()
    return {row[0]: row[1] for row in shapes}


def _whole_file(db: sqlite3.Connection, count: _Count) -> None:
    for (message,) in db.execute("pragma quick_check").fetchall():
        if message != "ok":
            count.bad.append({"table": "file", "id": None, "column": None, "what": f"SQLite says: {message}"})


def _check_logs(db: sqlite3.Connection, wanted: Wanted, count: _Count) -> None:
    count.add("captures", check_logs(db, wanted.stated, count.tick))
    (held,) = db.execute("select count(*) from captures").fetchone()
    count.whole("captures in the log", held)


def _check_derived(db: sqlite3.Connection, wanted: Wanted, count: _Count) -> None:
    for index in _INDEXES:
        count.add(index, index_damage(db, index))
    contents = Contents(db)
    count.of_runs("index contents", contents.versions(), wanted.sample, wanted.seed, contents.differences)
    reader = Reader(db, READER_NAME)
    count.of_each("versions read again", reader.versions(), wanted.reads, wanted.seed, reader.differences)
    count.skipped("versions", reader.others(), "were made by another reader and not read again")
    _derive(db, wanted, count, "documents derived again", Rederived)
    _derive(db, wanted, count, "connections derived again", Connected)


def _derive(
    db: sqlite3.Connection, wanted: Wanted, count: _Count, what: str, kind: type[Rederived] | type[Connected]
) -> None:
    try:
        again = kind(db)
    except _BROKEN as error:
        why = f"cannot be derived again ({str(error)[:200]})"
        count.bad.append({"table": "documents", "id": None, "column": None, "what": f"{what}: {why}"})
        return
    try:
        count.of_each(what, again.documents(), wanted.sample, wanted.seed, again.differences)
        if isinstance(again, Connected):
            count.skipped(
                "versions", again.others(), f"are not among the {what}: another reader connected them"
            )
    finally:
        again.close()


def index_damage(db: sqlite3.Connection, index: str) -> Iterator[Difference]:
    """Yield the findings of FTS5's own check of a search index. It writes, so a copy is checked."""
    try:
        db.execute(
            f"create virtual table temp.{index} using fts5 (grams, content='', detail='none', tokenize='ascii')"
        )
        for part in ("data", "idx", "docsize", "config"):
            db.execute(f"delete from temp.{index}_{part}")
            db.execute(f"insert into temp.{index}_{part} select * from main.{index}_{part}")
        db.execute(f"insert into temp.{index} ({index}) values ('integrity-check')")
    except sqlite3.DatabaseError as error:
        yield Difference(
            table=index, row=None, column=None, what=f'is damaged ({error}) — "yuanben repair" makes it anew'
        )
    finally:
        _drop(db, index)


def _drop(db: sqlite3.Connection, index: str) -> None:
    try:
        db.execute(f"drop table if exists temp.{index}")
    except sqlite3.DatabaseError:
        # A copy that cannot be dropped disappears with the connection.
        return


class Contents:
    """The pieces that the search indexes must hold of each version, and whether they do."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def versions(self) -> list[int]:
        """Return the versions."""
        return [row[0] for row in self._db.execute("select id from versions order by id")]

    def differences(self, run: Sequence[int]) -> Iterator[Difference]:
        """Yield the indexes in which pieces of some versions, given in order, are missing.

        A piece is looked up once for all of them: to find one version by a piece costs as much as to find
        many.
        """
        held: dict[str, dict[str, set[int]]] = {
            "version_index": defaultdict(set),
            "title_index": defaultdict(set),
        }
        for row in self._db.execute(
            "select v.id, v.title, v.text, v.doc_number, v.issuer, d.publisher, v.source_line from versions v "
            "join documents d on d.id = v.document where v.id between ? and ?",
            (run[0], run[-1]),
        ):
            titled = fold(row["title"])
            about = fields_to_search(row["doc_number"], row["issuer"], row["publisher"], row["source_line"])
            pieces = f"{folded_pieces(titled, fold(row['text']))} {about}"
            for index, told in (("version_index", pieces), ("title_index", " ".join(bigrams(titled)))):
                for piece in set(_TERM.findall(told)):
                    held[index][piece].add(row["id"])
        for index, wanted in held.items():
            lacking = set[int]()
            for piece, versions in wanted.items():
                lacking |= versions - self._holding(index, piece, run)
            for version in sorted(lacking):
                what = f'of version {version} pieces are missing — "yuanben repair" makes the index anew'
                yield Difference(table=index, row=version, column="grams", what=what)

    def _holding(self, index: str, piece: str, run: Sequence[int]) -> set[int]:
        """Return the versions of a run that an index finds by a piece."""
        wanted = '"' + piece.replace('"', '""') + '"'
        query = f"select rowid from {index} where {index} match ? and rowid between ? and ?"
        return {row[0] for row in self._db.execute(query, (wanted, run[0], run[-1]))}


def _as_dict(difference: Difference) -> dict[str, Any]:
    return {
        "table": difference.table,
        "id": difference.row,
        "column": difference.column,
        "what": difference.what,
    }
