"""What all tests share."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import FrameType

import pytest

Ends = Callable[[float], AbstractContextManager[None]]


@pytest.fixture
def rounds() -> Callable[[int, int], int]:
    """Return how often a long loop goes round: the first number in ``./run test``, the second in ``./run soak``."""
    return lambda tested, soaked: soaked if os.environ.get("YUANBEN_SOAK") else tested


@pytest.fixture
def ends() -> Ends:
    """Return a guard around work that must end: ``with ends(60):`` fails when it takes that much processor time.

    No measurement: the allowance is many times what the work takes, so that only work that never ends, or
    grows with the square of what it is given, is caught. How fast something is, the benchmark commands say.
    """
    return _ends


@contextmanager
def _ends(seconds: float) -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise AssertionError(f"the work has not ended after {seconds:g} s of processor time")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
