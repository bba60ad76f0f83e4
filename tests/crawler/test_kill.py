"""kill -9 at any moment: the next run goes on, and in the end nothing tells the killed runs from an undisturbed one."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive.clock import later
from tests.crawler.watching import Ground
from tests.replicas import Replicas

SITE = "chinanews"
NOW = "2026-09-15T01:00:00.000Z"
WORDS = ("watch", SITE, "--due", "--json")
# What an archive says in the end, without the numbers and the moments that no two runs share.
STORY = {
    "documents": "select url, site, publisher, role, kind, state, versions, flags from documents order by url",
    "versions": "select d.url, v.number, v.cause, v.title, v.text, v.published_at, v.source_line, v.state_digest, "
    "json_array_length(v.captures) from versions v join documents d on d.id = v.document order by d.url, v.number",
    "payloads": "select digest, length from payloads order by digest",
    "changes": "select url, from_version, to_version, summary from changes order by url",
    # Not ``why``: of two lists that show an article, either reader process may be done first.
    "frontier": "select kind, url, attempts, visits from frontier order by kind, url",
    "readings": "select distinct c.url, r.outcome from readings r join captures c on c.id = r.capture "
    "where c.kind != 'robots' order by c.url, r.outcome",
}


@pytest.fixture(scope="module")
def replicas() -> Iterator[Replicas]:
    with Replicas() as served:
        yield served


def story(ground: Ground) -> dict[str, list[tuple[object, ...]]]:
    return {name: [tuple(row) for row in ground.rows(query)] for name, query in STORY.items()}


def acknowledged(ground: Ground) -> list[tuple[object, ...]]:
    """Return the captures that are in the file: from here on they must stay there."""
    if not ground.path.exists():
        return []
    try:
        return [
            tuple(row) for row in ground.rows("select id, crawl, url, captured_at, payload from captures")
        ]
    except sqlite3.OperationalError:
        return []


def started(run: int) -> str:
    """Return when a run starts: after whatever the one before it wrote, before anything is due again."""
    return later(NOW, 30 * run)


def killed(ground: Ground, moment: float, now: str) -> bool:
    """Start a watch and kill it, readers and all; return whether it was still at work."""
    child = subprocess.Popen(
        ground.words(*WORDS), cwd=Path(__file__).parents[2], env=ground.environment(now), start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        child.wait(timeout=moment)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        return True
    assert child.returncode == 0
    return False


@pytest.mark.loop
def test_a_watch_that_is_killed_at_random_moments_comes_to_the_same_end(
    replicas: Replicas, tmp_path: Path, rounds: Callable[[int, int], int]
) -> None:
    whole = Ground(replicas, tmp_path / "whole.db")
    begun = time.monotonic()
    assert whole.run(*WORDS, now=NOW).code == 0
    length = time.monotonic() - begun
    expected = story(whole)
    assert len(expected["versions"]) > 25
    dice = random.Random(20260915)
    kills, number = 0, 0
    while kills < rounds(10, 500):
        ground = Ground(replicas, tmp_path / f"killed{number}.db")
        number += 1
        seen: list[tuple[object, ...]] = []
        runs = 0
        while kills < rounds(10, 500) and killed(ground, length * dice.uniform(0.25, 0.9), started(runs)):
            kills, runs = kills + 1, runs + 1
            kept = acknowledged(ground)
            assert set(seen) <= set(kept), "what was acknowledged is gone"
            seen = kept
        assert ground.run(*WORDS, now=started(runs + 1)).code == 0
        assert set(seen) <= set(acknowledged(ground))
        assert story(ground) == expected
        asked = Counter(ground.column("select url from captures where kind != 'robots'"))
        assert max(asked.values()) == 1, "asked again although it was acknowledged"
        assert ground.column("pragma integrity_check") == ["ok"]
        assert ground.column("select capture from queue") == []
        assert ground.column("select 1 from captures c where not exists "
                             "(select 1 from readings r where r.capture = c.id)") == []  # fmt: skip
        ground.path.unlink()


def test_readings_of_a_killed_run_are_made_by_the_next(replicas: Replicas, tmp_path: Path) -> None:
    """Everything was fetched and nothing read: the queue in the file is all that is needed."""
    ground = Ground(replicas, tmp_path / "unread.db")
    assert ground.run("watch", SITE, "-s", "ARCHIVE_READERS=0", "--limit", "5", now=NOW).code in (0, 1)
    waiting = ground.column("select capture from queue")
    assert waiting
    replicas.forget()
    assert ground.run(*WORDS, now=NOW).code == 0
    assert not set(waiting) & set(ground.column("select capture from queue"))
    fetched = set(
        ground.column("select url from captures where id in (select value from json_each(?))", str(waiting))
    )
    assert not fetched & {exchange.url for exchange in replicas.requests()}
