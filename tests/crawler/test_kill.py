"""kill -9 at any moment: the next run goes on, and in the end nothing tells the killed runs from an undisturbed one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.crawler.stopping import NOW, SITE, WORDS, killed, stop_on_the_way
from tests.crawler.watching import Ground
from tests.replicas import Replicas


@pytest.fixture(scope="module")
def replicas() -> Iterator[Replicas]:
    with Replicas() as served:
        yield served


def test_a_watch_that_is_killed_at_random_moments_comes_to_the_same_end(
    replicas: Replicas, tmp_path: Path, rounds: Callable[[int, int], int]
) -> None:
    stop_on_the_way(replicas, tmp_path, [killed] * rounds(2, 500))


def test_readings_of_a_killed_run_are_made_by_the_next(replicas: Replicas, tmp_path: Path) -> None:
    """Everything was fetched and nothing read: the queue in the file is all that is needed."""
    ground = Ground(replicas, tmp_path / "unread.db", readers=2)
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
