"""The reader processes that drain the queue.

A page may hang a parser, exhaust memory or crash a C library, so pages are read in processes that can be killed:
one per core, each with a limit on memory and on time, replaced when a page exceeds them. Never threads: they were
measured slower than reading inline. One writer, the process that holds the archive, records what they find.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from archive.errors import ReaderBroken
from archive.model import Job, Outcome, ReadingResult, Unreadable
from archive.reader import serve
from archive.store.archive import Archive

TIME_LIMIT = 10.0  # seconds of CPU for one job; then the reader is killed and a cheap reading is tried once
# A busy machine may give a reader little CPU, so the clock on the wall allows more, and more still for starting.
WALL_FACTOR = 6.0
# A file may have two thousand pages.
FILE_FACTOR = 3.0
START_LIMIT = 120.0


@dataclass(slots=True)
class _Worker:
    """One reader process and the job it is at."""

    process: BaseProcess
    pipe: Connection
    job: Job | None = None
    cheap: bool = False
    is_ready: bool = False
    until: float = 0.0

    @property
    def is_busy(self) -> bool:
        """Whether its time runs: it starts, or it is at a job."""
        return self.job is not None or not self.is_ready


@dataclass(slots=True)
class Drain:
    """Reads what waits in an archive's queue. ``parse`` names the function that knows the sites, as module:name.

    ``step`` never blocks longer than its timeout, so that a crawl can run beside it. With ``looking`` nothing is
    recorded and the queue is left alone: what is found of ``rereads`` is handed to it.
    """

    archive: Archive
    parse: str
    processes: int = field(default_factory=lambda: os.cpu_count() or 1)
    time_limit: float = TIME_LIMIT
    rereads: Iterator[Job] | None = None
    looking: Callable[[Job, ReadingResult], None] | None = None
    outcomes: dict[str, int] = field(default_factory=dict)
    _workers: list[_Worker] = field(default_factory=list)
    _backlog: list[int] = field(default_factory=list)
    _next: Job | None = None

    def step(self, timeout: float = 0.0) -> bool:
        """Hand out jobs, take in what was found; return whether anything came of it."""
        self._hand_out()
        ready = wait([worker.pipe for worker in self._workers], timeout) if self._workers else []
        for worker in [worker for worker in self._workers if worker.pipe in ready]:
            self._take_in(worker)
        now = time.monotonic()
        for worker in [worker for worker in self._workers if worker.is_busy and now > worker.until]:
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
        if not self.processes:
            return True
        return self._next is None and not self._look() and not any(worker.job for worker in self._workers)

    def close(self) -> None:
        """End the reader processes; what they were at stays in the queue."""
        for worker in self._workers:
            worker.process.kill()
            worker.pipe.close()
        for worker in self._workers:
            worker.process.join()
        self._workers.clear()

    def _hand_out(self) -> None:
        """Give jobs to readers that have none; only to those that listen, or a large page would hold us up."""
        for worker in [worker for worker in self._workers if worker.is_ready and worker.job is None]:
            if not self._look():
                return
            job, self._next = self._next, None
            assert job is not None
            self._send(worker, job)
        if len(self._workers) < self.processes and self._look():
            self._hire()

    def _look(self) -> bool:
        """Return whether there is a job to hand out next, after looking for one."""
        if self._next is None:
            waiting = None if self.looking else self._from_queue()
            self._next = waiting or (next(self.rereads, None) if self.rereads else None)
        return self._next is not None

    def _from_queue(self) -> Job | None:
        """Return the next job. Two looks at one document are read one after the other: the second is set against the first."""
        queue, jobs = self.archive.queue, self.archive.jobs
        under_way = [worker.job.capture for worker in self._workers if worker.job]
        shown = {jobs.shows(capture) for capture in under_way}
        if not self._backlog:
            self._backlog = queue.ready(exclude=under_way, limit=64)
        held_back: list[int] = []
        job = None
        while self._backlog and job is None:
            capture = self._backlog.pop(0)
            if capture in under_way or not queue.holds(capture):
                continue
            if shown and jobs.shows(capture) in shown:
                held_back.append(capture)
                continue
            job = jobs.of(capture)
        self._backlog[:0] = held_back
        return job

    def _send(self, worker: _Worker, job: Job) -> None:
        worker.job = job
        seconds = self.time_limit * (FILE_FACTOR if job.kind == "attachment" else 1.0)
        worker.until = time.monotonic() + seconds * WALL_FACTOR
        try:
            worker.pipe.send((job, worker.cheap, seconds))
        except OSError:
            self._give_up(worker, "reader_crash")

    def _take_in(self, worker: _Worker) -> None:
        try:
            found: ReadingResult | str | None = worker.pipe.recv()
        except (EOFError, OSError):
            worker.process.join()
            used_up = worker.process.exitcode == -signal.SIGXCPU
            self._give_up(worker, "reader_time" if used_up else "reader_crash")
            return
        if found is None:
            self._started(worker)
            return
        if isinstance(found, str):
            self._give_up(worker, found)
            return
        job, worker.job, worker.cheap = worker.job, None, False
        assert job is not None
        self._record(job, found)

    def _started(self, worker: _Worker) -> None:
        worker.is_ready = True
        if worker.job:
            self._send(worker, worker.job)

    def _give_up(self, worker: _Worker, reason: str) -> None:
        """Replace a reader that hung, died or ran out of memory; try its job once more, cheaply."""
        worker.process.kill()
        worker.process.join()
        worker.pipe.close()
        self._workers.remove(worker)
        if not worker.is_ready:
            raise ReaderBroken(
                f"a reader process does not start ({reason}) — run yuanben doctor, then run again"
            )
        if worker.job is None:
            return
        job = worker.job
        if not self.looking:
            trouble = {"capture": job.capture, "url": job.page.url, "reason": reason}
            self.archive.event("reader", site=job.site, details=trouble)
        if worker.cheap:
            self._record(job, ReadingResult(result=Unreadable(reason=reason)))
            return
        again = self._hire()
        again.job, again.cheap = worker.job, True

    def _record(self, job: Job, found: ReadingResult) -> None:
        if self.looking:
            self.looking(job, found)
            self.outcomes["read"] = self.outcomes.get("read", 0) + 1
            return
        outcome: Outcome | None = self.archive.record(job, found)
        if outcome:
            self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1

    def _hire(self) -> _Worker:
        # Not fork: the crawling process has sockets and an open database that a child must not inherit.
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=serve, args=(theirs, self.parse), daemon=True)
        # A signal to the whole group must not end a reader before it can say that it ignores it. The tracker that
        # every spawned process shares is started first: starting it lets the signals through again.
        resource_tracker.ensure_running()
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()
        worker = _Worker(process, ours, until=time.monotonic() + START_LIMIT)
        self._workers.append(worker)
        return worker
