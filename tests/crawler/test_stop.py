"""SIGTERM and SIGKILL by turns, in any place: the next run goes on where the last one was stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.crawler.stopping import all_asked_to_end, asked_to_end, killed, stop_on_the_way
from tests.replicas import Replicas


@pytest.fixture(scope="module")
def replicas() -> Iterator[Replicas]:
    with Replicas() as served:
        yield served


def test_a_watch_that_is_stopped_in_many_places_comes_to_the_same_end(
    replicas: Replicas, tmp_path: Path, rounds: Callable[[int, int], int]
) -> None:
    stop_on_the_way(replicas, tmp_path, [killed, asked_to_end, all_asked_to_end] * rounds(1, 34))
