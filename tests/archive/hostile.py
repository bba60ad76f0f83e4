"""A reader's function that goes wrong where a page tells it to. Named to the drain as ``module:function``."""

from __future__ import annotations

import os
import signal
import time

from archive import extract
from archive.model import Article, Job, Rows, Unreadable
from tests.archive.desk import SITE


def parse(job: Job, cheap: bool) -> Article | Unreadable | Rows:
    """Read the page, or do what it says first; the cheap reading is spared unless the page says ``always``."""
    body = job.page.body
    if not cheap or b"always" in body:
        _misbehave(body)
    return extract.read_cheaply(job.page) if cheap else extract.read(job.page, SITE)


def _misbehave(body: bytes) -> None:
    if b"sleep for ever" in body:
        time.sleep(3600)
    if b"spin for ever" in body:
        while True:
            pass
    if b"eat memory" in body:
        eaten = []
        while True:
            eaten.append(bytearray(64 << 20))
    if b"crash" in body:
        os.kill(os.getpid(), signal.SIGKILL)
    if b"raise" in body:
        raise RecursionError("this page is too deep")
