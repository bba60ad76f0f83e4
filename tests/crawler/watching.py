"""``scrapy …`` in a process of its own against the replicas, and what it left in its archive."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.replicas import Replicas

HOME = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    def crawl(self, site: str) -> dict[str, Any]:
        """Return what the command's JSON says of one site."""
        (found,) = [one for one in self.json["crawls"] if one["site"] == site]
        return dict(found)


@dataclass(frozen=True, slots=True)
class Ground:
    """Replicas and an archive that commands run against.

    Each reader process is a second and a half of a core; where readers side by side matter, two are asked for.
    """

    replicas: Replicas
    path: Path
    readers: int = 1
    delay: float = 0

    def words(self, *words: str) -> list[str]:
        command = [sys.executable, "-m", "scrapy", words[0], "-s", f"ARCHIVE_READERS={self.readers}"]
        command += [*words[1:], "--archive", str(self.path)]
        return (
            command if words[0] in ("replay", "reread") else [*command, "-s", f"ARCHIVE_DELAY={self.delay}"]
        )

    def environment(self, now: str | None = None, **more: str) -> Mapping[str, str]:
        told = {"SCRAPY_SETTINGS_MODULE": "crawler.settings", "YUANBEN_NOW": now or self.replicas.world.now}
        return {**os.environ, **self.replicas.env(), **told, **more}

    def run(self, *words: str, now: str | None = None, seconds: float = 120, **more: str) -> Done:
        done = subprocess.run(
            self.words(*words), cwd=HOME, env=self.environment(now, **more), capture_output=True, text=True,
            timeout=seconds,
        )  # fmt: skip
        return Done(done.returncode, done.stdout, done.stderr)

    def start(self, *words: str, now: str | None = None) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.words(*words), cwd=HOME, env=self.environment(now), text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        db = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)
        db.row_factory = sqlite3.Row
        try:
            return db.execute(query, values).fetchall()
        finally:
            db.close()

    def column(self, query: str, *values: Any) -> list[Any]:
        return [row[0] for row in self.rows(query, values)]

    def one(self, query: str, *values: Any) -> Any:
        (value,) = self.column(query, *values)
        return value

    def at(self, name: str) -> Ground:
        """Return the same ground with another archive beside this one."""
        return replace(self, path=self.path.with_name(name))


def sums_agree(ground: Ground) -> None:
    """Hold captures against outcomes, crawl by crawl: as many of the one as of the other, and none left waiting."""
    for row in ground.rows("select id, site, counts from crawls"):
        counts = json.loads(row["counts"])
        captures = ground.one("select count(*) from captures where crawl = ?", row["id"])
        outcomes = ground.one(
            "select count(*) from readings r join captures c on c.id = r.capture where c.crawl = ? and again = 0",
            row["id"],
        )
        assert counts.pop("captures") == captures == outcomes == sum(counts.values()), row["site"]
    assert ground.column("select capture from queue") == []
