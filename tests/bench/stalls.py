"""A watchdog for the crawling thread: how long it was held, and by what.

A beat that comes late says that something held the thread, or that the machine gave it no time. So both clocks are
kept: that of the wall, and that of the thread's own processor time, which only our work moves. While a beat is late, a
thread beside looks where the crawling thread is.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Any

from scrapy import signals
from scrapy.crawler import Crawler
from twisted.internet import task

BEAT, LATE = 0.005, 0.05
OURS = ("/archive/", "/crawler/", "/spiders/")


class Stalls:
    """A Scrapy extension; the first crawler of a process starts it. It writes what it saw to ``$BENCH_STALLS``."""

    running: Stalls | None = None

    def __init__(self) -> None:
        self._main = threading.get_ident()
        self._wall, self._own = time.monotonic(), time.thread_time()
        self._gaps: list[tuple[float, float]] = []
        self._places: Counter[str] = Counter()
        self._is_over = False
        self._beat = task.LoopingCall(self._tick)
        self._beat.start(BEAT, now=False)
        threading.Thread(target=self._watch, daemon=True).start()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Stalls:
        if cls.running is None:
            cls.running = cls()
        crawler.signals.connect(cls.running.write, signals.spider_closed)
        return cls.running

    def _tick(self) -> None:
        wall, own = time.monotonic(), time.thread_time()
        self._gaps.append((wall - self._wall - BEAT, own - self._own))
        self._wall, self._own = wall, own

    def _watch(self) -> None:
        while not self._is_over:
            time.sleep(BEAT)
            if time.monotonic() - self._wall > LATE:
                self._places[_place(sys._current_frames().get(self._main))] += 1

    def write(self, *_: Any) -> None:
        """Write the beats so far: each crawler that closes may be the last."""
        told = {"gaps": self._gaps, "places": self._places.most_common(12)}
        Path(os.environ["BENCH_STALLS"]).write_text(json.dumps(told), encoding="utf-8")


def _place(frame: FrameType | None) -> str:
    """Return the function of ours that a thread is in, with the one that called it."""
    found: list[str] = []
    while frame is not None and len(found) < 2:
        if any(part in frame.f_code.co_filename for part in OURS):
            found.append(f"{Path(frame.f_code.co_filename).stem}.{frame.f_code.co_qualname}")
        frame = frame.f_back
    return " < ".join(found) or "elsewhere"


def summary(file: Path) -> str:
    """Return in one line how late beats came, by both clocks, and where the thread was when one was late."""
    told = json.loads(file.read_text("utf-8"))
    lines = []
    for name, at in (("by the clock", 0), ("by its own processor time", 1)):
        gaps = sorted(gap[at] for gap in told["gaps"])
        late = sum(gap > LATE for gap in gaps)
        lines.append(
            f"{name}: p50 {1e3 * gaps[len(gaps) // 2]:.0f}, p99 {1e3 * gaps[len(gaps) * 99 // 100]:.0f}, "
            f"longest {1e3 * gaps[-1]:.0f} ms, {late} of {len(gaps)} over {1e3 * LATE:.0f}"
        )
    held = ", ".join(f"{place} {count}" for place, count in told["places"][:5])
    return "\n    ".join([*lines, f"seen late in: {held or 'nothing'}"])
