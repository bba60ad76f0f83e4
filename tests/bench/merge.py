"""``./run bench merge``: how fast one archive is merged into another, by what it takes.

Two archives that share no site are made up, and the one is merged into the other in one transaction: its captures and
bodies (while another thread checks the bodies), what was made of them, the search indexes, what meets on both sides.
Then it is merged once more: nothing may change.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.model import Site
from archive.store.archive import Archive
from archive.store.file.connection import open_for_reading, open_whatever_age
from archive.store.read.merging import merge
from archive.store.read.verify import Wanted, verify
from archive.store.write import takeover
from tests.bench.made_up import SITES, make

# The methods of a takeover, in their order; bodies are checked in a thread beside what follows landing.
STAGES = {
    "land": "captures and bodies",
    "derive": "readings, versions, events …",
    "index": "search indexes",
    "meet": "what meets on both sides",
    "check": "bodies checked, beside what follows landing",
}


@dataclass(slots=True)
class Spent:
    """Seconds by the clock, and of the processor time of one thread."""

    clock: float = 0.0
    processor: float = 0.0

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Add what a block takes."""
        clock, processor = time.perf_counter(), time.thread_time()
        try:
            yield
        finally:
            self.clock += time.perf_counter() - clock
            self.processor += time.thread_time() - processor


def main(words: Sequence[str]) -> int:
    """Merge and measure; 1 where captures do not land at 20,000 a second, or a repeat does anything."""
    parser = ArgumentParser(prog="./run bench merge", description=__doc__)
    parser.add_argument("--documents", type=int, default=6_000)
    parser.add_argument("--looks", type=int, default=3, help="at each document")
    parser.add_argument(
        "--lists", type=int, default=82_000, help="pages of lists, each with a body of its own"
    )
    parser.add_argument("--folder", type=Path, help="where the archives are made, and used again")
    parser.add_argument("--verify", action="store_true", help="check the merged archive, too")
    options = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as made:
        folder = options.folder or Path(made)
        home, shard = folder / "home.db", folder / "shard.db"
        for first, path in ((0, home), (SITES, shard)):
            if not path.exists():
                print(f"making {path.name} …", file=sys.stderr)
                make(
                    path, options.documents, 7 + first, first=first, looks=options.looks, lists=options.lists
                )
        merged = Path(made) / "merged.db"
        shutil.copy(home, merged)
        return _merge(merged, shard, is_verified=options.verify)


def _merge(home: Path, shard: Path, *, is_verified: bool) -> int:
    took = _timed(takeover.Takeover)
    with closing(open_whatever_age(home)) as db:
        (before,) = db.execute("select count(*) from captures").fetchone()
    whole, kept, _ = _once(home, shard)
    print(f"{kept:,} captures into an archive of {before:,}; a second by the clock, and by processor time")
    for name, said in STAGES.items():
        _line(said, took[name], kept)
    _line("the whole merge", whole, kept)
    repeat, again, held = _once(home, shard)
    _line("a second time", repeat, held, f"{again} rows")
    if is_verified:
        with closing(open_for_reading(home, whole=True)) as db:
            print(f"verify: {verify(db, Wanted())['bad_total']} bad")
    return int(kept / took["land"].processor < 20_000 or bool(again))


def _line(said: str, took: Spent, captures: int, more: str = "") -> None:
    rates = (captures / max(seconds, 0.001) for seconds in (took.clock, took.processor))
    print(f"{said:44}{took.clock:8.1f} s{took.processor:8.1f} s", *(f"{rate:10,.0f}" for rate in rates), more)


def _once(home: Path, shard: Path) -> tuple[Spent, int, int]:
    """Merge and return what it took, and the captures that came over and that were held."""
    sites: dict[str, Site] = {}
    spent = Spent()
    with spent.counted(), closing(open_whatever_age(shard)) as source:
        archive = Archive.open(home, holder="bench", sites=sites)
        try:
            told = merge(archive, sites, source, shard.name)
        finally:
            archive.close()
    return spent, told.kept, told.held


def _timed(kind: type[Any]) -> dict[str, Spent]:
    """Let the stages of a takeover be timed; return what each took."""
    took = {name: Spent() for name in STAGES}

    def timed(name: str, work: Any) -> Any:
        def run(*values: Any) -> Any:
            with took[name].counted():
                return work(*values)

        return run

    for name, spent in took.items():
        if spent is took.get("check"):
            takeover.damaged_bodies = timed(name, takeover.damaged_bodies)
        else:
            setattr(kind, name, timed(name, getattr(kind, name)))
    return took
