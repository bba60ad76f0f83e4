"""Replicas for the tests in this folder: started once a module, back at day one for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .control import Replicas


@pytest.fixture(scope="module")
def running() -> Iterator[Replicas]:
    """Replicas in a process of their own."""
    with Replicas() as replicas:
        yield replicas


@pytest.fixture
def replicas(running: Replicas) -> Replicas:
    """The running replicas as on the first day: all hosts well, nothing in the log."""
    running.day = 1
    running.mode("", "")
    running.forget()
    return running
