"""A worker of the fleet: starts a process that asks some sites, and passes on its delta.

It has no archive of its own. The kernel ends the process. A small first stage sets the timer, checks that it
is not too late to start, and becomes the crawl. So a machine that was frozen in between, or whose clock
jumped, sends nothing after its lease. The process also ends when its worker does: the pipe on its stdin
closes.

A delta stays in the spool of its machine until the coordinator says that it is home. What a process captured
before it was killed, or while nobody could be reached, comes with the next bundle.
"""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import zstandard

from archive.drain import Drain
from archive.errors import ReaderBroken
from archive.model import Job, ReadingResult
from archive.store.archive import Archive
from archive.store.file.connection import write_back
from archive.store.file.lease import is_held

# The timer outlives exec; its default action ends the process, whatever that is doing.
STAGE = (
    "import os,signal,sys,time\n"
    "signal.signal(signal.SIGALRM, signal.SIG_DFL)\n"
    "signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})\n"
    "signal.setitimer(signal.ITIMER_REAL, float(sys.argv[2]))\n"
    "time.time() > float(sys.argv[1]) and sys.exit(3)\n"
    "os.execv(sys.executable, [sys.executable, *sys.argv[3:]])\n"
)
STALE = 3
# A frozen process cannot receive its alarm; it is killed this many seconds after its time.
_PATIENCE = 5.0
# Deltas of earlier bundles that come home with one receipt.
_MOST_LATE = 2
_SUFFIXES = (".db", ".db-wal", ".db-shm", ".db.lock", ".json", ".err")
_LOCAL = threading.local()


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """A bundle as it is sent: the packed baton, and its times by the coordinator's clock."""

    token: str
    baton: bytes
    sent_at: float
    start_by: float
    run_max: float
    margin: float
    landed: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The result of a bundle.

    It says why the bundle was not started, or how its process ended, with all deltas that wait on its
    machine.
    """

    token: str
    refused: str = ""
    code: int = 0
    says: str = ""
    deltas: dict[str, bytes] = field(default_factory=dict)


def spool() -> Path:
    """Return the folder for the waiting deltas of this machine.

    It is ``YUANBEN_SPOOL``, or a folder in the user's cache.
    """
    told = os.environ.get("YUANBEN_SPOOL")
    folder = Path(told) if told else Path.home() / ".cache" / "yuanben" / "fleet"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def fetch(errand: Errand) -> Receipt:
    """Ask a bundle's sites in a process of its own and return what it captured. Runs on a worker."""
    folder = spool()
    for token in errand.landed:
        _drop(folder, token)
    if errand.token in errand.landed or (folder / f"{errand.token}.json").exists():
        return Receipt(token=errand.token, refused="it was started before")
    if time.time() > errand.start_by:
        return Receipt(token=errand.token, refused="it came too late to be started")
    if time.time() < errand.sent_at - errand.margin:
        return Receipt(token=errand.token, refused="the clock of this machine is behind the coordinator's")
    (folder / f"{errand.token}.json").write_bytes(unpacked(errand.baton))
    code, says = _crawl(folder, errand)
    if code == STALE:
        _drop(folder, errand.token)
        return Receipt(token=errand.token, refused="it came too late to be started")
    return Receipt(token=errand.token, code=code, says=says, deltas=dict(_deltas(folder, errand.token)))


def left_behind(own: str, landed: Sequence[str]) -> dict[str, bytes]:
    """Return deltas that wait on this machine although their bundle is over. Runs on a worker."""
    folder = spool()
    for token in landed:
        _drop(folder, token)
    return dict(_deltas(folder, own))


def packed(octets: bytes) -> bytes:
    """Return bytes packed for transport."""
    return zstandard.ZstdCompressor(level=3).compress(octets)


def unpacked(octets: bytes) -> bytes:
    """Return bytes as they were before ``packed``."""
    return zstandard.ZstdDecompressor().decompress(octets)


def die_with_worker() -> None:
    """End this process at once when the worker that started it is gone: the pipe on stdin closes."""
    threading.Thread(target=lambda: (os.read(0, 1), os._exit(9)), daemon=True).start()


def _crawl(folder: Path, errand: Errand) -> tuple[int, str]:
    """Run the crawl of a bundle to its end; return its exit code and its last line on stderr."""
    words = ["-m", "scrapy", "fleet", "--carry", str(folder / f"{errand.token}.json")]
    words += ["--run-max", str(errand.run_max)]
    told = {"SCRAPY_SETTINGS_MODULE": "crawler.settings", **os.environ}
    with (folder / f"{errand.token}.err").open("w+", encoding="utf-8") as errors:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", STAGE, str(errand.start_by), str(errand.run_max), *words],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=errors, env=told,
            cwd=Path(__file__).resolve().parents[1],
        )  # fmt: skip
        try:
            process.wait(errand.run_max + _PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        assert process.stdin is not None
        process.stdin.close()
        errors.seek(0)
        lines = errors.read().strip().splitlines()
    return process.returncode, lines[-1][:300] if lines else ""


def _deltas(folder: Path, own: str) -> Iterator[tuple[str, bytes]]:
    """Yield the delta of a bundle, and finished earlier deltas of the same home."""
    home = own.partition("-")[0]
    late = sorted(one.stem for one in folder.glob(f"{home}-*.db") if one.stem != own)
    for token in [own, *late[:_MOST_LATE]]:
        path = folder / f"{token}.db"
        if path.exists() and not is_held(path) and (octets := _whole(path)):
            yield token, packed(octets)


def _whole(path: Path) -> bytes:
    """Return an archive's file with everything acknowledged: its log is written back first."""
    try:
        write_back(path)
    except sqlite3.DatabaseError:
        # It was killed before the file existed.
        return b""
    return path.read_bytes()


def _drop(folder: Path, token: str) -> None:
    for suffix in _SUFFIXES:
        with suppress(FileNotFoundError):
            (folder / f"{token}{suffix}").unlink()


def read_jobs(jobs: Sequence[Job], parse: str) -> list[ReadingResult]:
    """Return the reading of each job, in order, from a process that may be killed. Runs on a worker."""
    if multiprocessing.current_process().daemon:
        raise ReaderBroken(
            "a worker under a nanny cannot start readers — start it with dask worker --no-nanny"
        )
    drain: Drain | None = getattr(_LOCAL, "drain", None)
    if drain is None:
        # A preview is recorded nowhere: no archive is needed.
        drain = _LOCAL.drain = Drain(cast(Archive, None), parse, processes=1)
    found: list[ReadingResult] = []
    drain.looking = lambda job, one: found.append(one)
    drain.rereads = iter(jobs)
    drain.run()
    return found


def clock() -> float:
    """Return the time of this machine's clock."""
    return time.time()
