"""The reader processes that drain the queue.

A page may hang a parser, exhaust memory or crash a C library, so pages are read in processes that can be killed:
one per core, each with a limit on memory and on time, replaced when a page exceeds them. Never threads: they were
measured slower than reading inline. One writer, the process that holds the archive, records what they find.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import resource
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from archive.models import Found, Job, Outcome, Unreadable
from archive.reader import read_job
from archive.store import Archive

MEMORY_LIMIT = 1 << 30  # bytes of address space a reader may take
TIME_LIMIT = 10.0  # seconds for one job; then the reader is killed and a cheap reading is tried once
CHEAP_TIME_LIMIT = 10.0


@dataclass(slots=True)
class _Worker:
    """One reader process and the job it is at."""

    process: BaseProcess
    pipe: Connection
    job: Job | None = None
    cheap: bool = False
    until: float = 0.0


@dataclass(slots=True)
class Drain:
    """Reads what waits in an archive's queue. ``parse`` names the function that knows the sites, as module:name.

    ``step`` never blocks longer than its timeout, so that a crawl can run beside it.
    """

    archive: Archive
    parse: str
    processes: int = field(default_factory=lambda: os.cpu_count() or 1)
    time_limit: float = TIME_LIMIT
    rereads: Iterator[Job] | None = None
    outcomes: dict[str, int] = field(default_factory=dict)
    _workers: list[_Worker] = field(default_factory=list)
    _backlog: list[int] = field(default_factory=list)

    def step(self, timeout: float = 0.0) -> bool:
        """Hand out jobs, take in what was found; return whether anything was recorded."""
        self._hand_out()
        pipes = [worker.pipe for worker in self._workers if worker.job]
        if not pipes:
            return False
        ready = wait(pipes, timeout)
        for worker in [w for w in self._workers if w.pipe in ready]:
            self._take_in(worker)
        for worker in [w for w in self._workers if w.job and time.monotonic() > w.until]:
            self._give_up(worker, "reader_time")
        self._hand_out()
        return bool(ready)

    def run(self) -> None:
        """Read until nothing waits that can be read."""
        while not self.idle:
            self.step(0.5)

    @property
    def idle(self) -> bool:
        """Whether no job is under way and none could be handed out."""
        self._hand_out()
        return not any(worker.job for worker in self._workers)

    def close(self) -> None:
        """End the reader processes; what they were at stays in the queue."""
        for worker in self._workers:
            worker.process.kill()
            worker.pipe.close()
        for worker in self._workers:
            worker.process.join()
        self._workers.clear()

    def _hand_out(self) -> None:
        for _ in range(self.processes):
            idle = next((worker for worker in self._workers if worker.job is None), None)
            if idle is None and len(self._workers) >= self.processes:
                return
            job = self._next()
            if job is None:
                return
            if idle is None:
                idle = self._hire()
            self._send(idle, job, cheap=False)

    def _next(self) -> Job | None:
        under_way = [worker.job.capture for worker in self._workers if worker.job]
        if not self._backlog:
            self._backlog = self.archive.queue.ready(exclude=under_way, limit=64)
        while self._backlog:
            capture = self._backlog.pop(0)
            if capture not in under_way and self.archive.queue.holds(capture):
                return self.archive.job(capture)
        return next(self.rereads, None) if self.rereads else None

    def _send(self, worker: _Worker, job: Job, *, cheap: bool) -> None:
        worker.job, worker.cheap = job, cheap
        worker.until = time.monotonic() + (CHEAP_TIME_LIMIT if cheap else self.time_limit)
        try:
            worker.pipe.send((job, cheap))
        except OSError:
            self._give_up(worker, "reader_crash")

    def _take_in(self, worker: _Worker) -> None:
        try:
            found: Found | str = worker.pipe.recv()
        except (EOFError, OSError):
            self._give_up(worker, "reader_crash")
            return
        if isinstance(found, str):
            self._give_up(worker, found)
            return
        job, worker.job = worker.job, None
        assert job is not None
        self._record(job, found)

    def _give_up(self, worker: _Worker, reason: str) -> None:
        """Replace a reader that hung, died or ran out of memory; try its job once more, cheaply."""
        job, was_cheap = worker.job, worker.cheap
        assert job is not None
        worker.process.kill()
        worker.process.join()
        worker.pipe.close()
        self._workers.remove(worker)
        if was_cheap:
            self._record(job, Found(result=Unreadable(reason=reason)))
            return
        self._send(self._hire(), job, cheap=True)

    def _record(self, job: Job, found: Found) -> None:
        outcome: Outcome | None = self.archive.record(job, found)
        if outcome:
            self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1

    def _hire(self) -> _Worker:
        # Not fork: the crawling process has sockets and an open database that a child must not inherit.
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, self.parse), daemon=True)
        process.start()
        theirs.close()
        worker = _Worker(process, ours)
        self._workers.append(worker)
        return worker


def _serve(pipe: Connection, parse: str) -> None:
    """Read jobs from a pipe until it closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    module, name = parse.split(":")
    function = getattr(importlib.import_module(module), name)
    while True:
        try:
            job, cheap = pipe.recv()
        except EOFError:
            return
        try:
            found: Found | str = read_job(job, function, cheap=cheap)
        except MemoryError:
            found = "reader_memory"
        except Exception as error:  # noqa: BLE001 - the process boundary: a page must not end the drain
            found = f"reader_error: {type(error).__name__}: {error}"[:300]
        pipe.send(found)
