"""What all tests share."""

from __future__ import annotations

import inspect
import os
import signal
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import FrameType
from unittest import mock

import pytest

# The files that take longest, these first: begun last, one of them would keep a single core busy at the end.
LONGEST = (
    "crawler/test_watch.py",
    "crawler/test_watch_sites.py",
    "crawler/test_kill.py",
    "crawler/test_watch_findings.py",
    "crawler/test_year.py",
    "crawler/test_stop.py",
    "crawler/test_watch_families.py",
    "archive/test_fuzz.py",
    "crawler/test_watch_files.py",
    "archive/test_edits.py",
    "crawler/test_fleet.py",
    "archive/test_reading_room_safety.py",
    "archive/test_reading_room_links.py",
    "archive/test_reading_room_browser.py",
)

Ends = Callable[[float], AbstractContextManager[None]]


@pytest.fixture(autouse=True)
def no_width(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tables be as wide as they need to be, however wide the terminal is that the tests run in."""
    monkeypatch.delenv("COLUMNS", raising=False)


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


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect with a short stack: to learn who imports it Scrapy reads the source of every frame, for four seconds."""
    with mock.patch.object(inspect, "stack", _two_frames):
        return (yield)


def _two_frames(context: int = 1) -> list[inspect.FrameInfo]:
    frames = (sys._getframe(1), sys._getframe(2))
    return [
        inspect.FrameInfo(one, one.f_code.co_filename, one.f_lineno, one.f_code.co_name, None, None)
        for one in frames
    ]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what goes round and round as a loop, and put the longest files first; the others stay in their order."""
    for item in items:
        if "rounds" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.loop)
    order = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get("/".join(item.path.parts[-2:]), len(order)))


def pytest_xdist_auto_num_workers() -> int:
    """Return one process more than there are cores, four at most: many tests wait for a process of their own."""
    return min(4, len(os.sched_getaffinity(0)) + 1)
