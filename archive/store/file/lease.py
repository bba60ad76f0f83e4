"""One writer at a time: a lock on a file beside the archive, and a row in it that says who holds it.

The lock is the truth (it ends with its process, however that ends); the row is for people.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from pathlib import Path
from typing import IO
from urllib.parse import quote

from archive.errors import ArchiveBusy, ArchiveMissing


class Lease:
    """The right to write to one archive, held until ``release`` or the end of the process."""

    def __init__(self, path: Path, *, wait: float = 0) -> None:
        """Take the lease, waiting up to ``wait`` seconds; raise ArchiveBusy naming who holds it."""
        # Resolved: two names of one archive are one archive.
        lock = f"{path.resolve()}.lock"
        try:
            self._file = open(lock, "a", encoding="utf-8")  # noqa: SIM115 - held for the whole run
        except OSError as error:
            raise ArchiveMissing(
                f"{path} cannot be written ({error.strerror}) — check the path and its rights"
            ) from None
        until = time.monotonic() + wait
        while not _locked(self._file):
            if time.monotonic() >= until:
                self._file.close()
                raise ArchiveBusy(f"{path} is held by {_holder(path)} — wait for it, or pass --wait SECONDS")
            time.sleep(min(0.2, max(0.01, until - time.monotonic())))

    def sign(self, db: sqlite3.Connection, holder: str, since: str) -> None:
        """Write down who holds the lease."""
        db.execute(
            "insert or replace into leases (name, holder, pid, since) values ('writer', ?, ?, ?)",
            (holder, os.getpid(), since),
        )

    def release(self) -> None:
        """Give the lease back."""
        self._file.close()


def is_held(path: Path) -> bool:
    """Return whether a process holds the lease of an archive now. That nobody does proves nothing of the next moment."""
    try:
        with open(f"{path}.lock", encoding="utf-8") as lock:
            # Shared, and given back at once: two that look do not see each other.
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(path: Path) -> str:
    try:
        db = sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro", uri=True)
        row = db.execute("select holder, pid, since from leases where name = 'writer'").fetchone()
        db.close()
    except sqlite3.Error:
        row = None
    return f'"{row[0]}" (process {row[1]}, since {row[2]})' if row else "another run"
