"""Watches that are stopped on their way: what a stopped run left, and that the next ones come to the same end."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from archive.clock import later
from tests.crawler.watching import HOME, Ground
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


# Stops a run and waits for its end; returns the codes it may end with.
Stop = Callable[[subprocess.Popen[bytes]], tuple[int, ...]]


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


def killed(child: subprocess.Popen[bytes]) -> tuple[int, ...]:
    """Kill a run, readers and all."""
    os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    return (-signal.SIGKILL,)


def asked_to_end(child: subprocess.Popen[bytes]) -> tuple[int, ...]:
    """Ask a run to end, as a service manager does that knows its main process alone."""
    os.kill(child.pid, signal.SIGTERM)
    return _ended(child)


def all_asked_to_end(child: subprocess.Popen[bytes]) -> tuple[int, ...]:
    """Ask a run to end and its readers as well, as a service manager does that signals the whole group."""
    os.killpg(child.pid, signal.SIGTERM)
    return _ended(child)


def _ended(child: subprocess.Popen[bytes]) -> tuple[int, ...]:
    # Ten seconds are promised; a machine that does other things as well may take longer over them.
    child.wait(timeout=60)
    return (143, -signal.SIGTERM, 0)


def stopped(ground: Ground, moment: float, now: str, stop: Stop) -> bool:
    """Start a watch and stop it at a moment; return whether it was still at work."""
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(
            ground.words(*WORDS), cwd=HOME, env=ground.environment(now), start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=said,
        )  # fmt: skip
        allowed: tuple[int, ...] = (0,)
        was_at_work = False
        try:
            child.wait(timeout=moment)
        except subprocess.TimeoutExpired:
            allowed, was_at_work = stop(child), True
        said.seek(0)
        assert child.returncode in allowed, f"ended with {child.returncode}: {said.read().decode()[-2000:]}"
    return was_at_work


def stop_on_the_way(replicas: Replicas, folder: Path, stops: Sequence[Stop]) -> None:
    """Stop runs at random moments, one after the other, and hold what they come to against an undisturbed run.

    Nothing acknowledged is lost or asked again, nothing is left half done, and the end is the same.
    """
    whole = Ground(replicas, folder / "whole.db", readers=2)
    begun = time.monotonic()
    assert whole.run(*WORDS, now=NOW).code == 0
    length = time.monotonic() - begun
    expected = story(whole)
    assert len(expected["versions"]) > 25
    dice, left = random.Random(20260915), list(stops)
    while left:
        ground = Ground(replicas, folder / f"stopped{len(left)}.db", readers=2)
        seen: list[tuple[object, ...]] = []
        runs = 0
        while left and stopped(ground, length * dice.uniform(0.25, 0.9), started(runs), left[-1]):
            left.pop()
            runs += 1
            kept = acknowledged(ground)
            assert set(seen) <= set(kept), "what was acknowledged is gone"
            seen = kept
        assert ground.run(*WORDS, now=started(runs + 1)).code == 0
        assert set(seen) <= set(acknowledged(ground))
        _came_to_the_same_end(ground, expected)
        ground.path.unlink()


def _came_to_the_same_end(ground: Ground, expected: dict[str, list[tuple[object, ...]]]) -> None:
    assert story(ground) == expected
    asked = Counter(ground.column("select url from captures where kind != 'robots'"))
    assert max(asked.values()) == 1, "asked again although it was acknowledged"
    assert ground.column("pragma integrity_check") == ["ok"]
    assert ground.column("select capture from queue") == []
    assert ground.column("select 1 from captures c where not exists "
                         "(select 1 from readings r where r.capture = c.id)") == []  # fmt: skip
