"""A reader process, and what it does with a job: a job in, what was found out; no file, no network.

It knows nothing of the archive's file: what it would import of that each reader would wait for at its start.
``Parse`` is how the crawler hands over what it knows of sites: archive code never imports a spider.
"""

from __future__ import annotations

import gc
import importlib
import math
import resource
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection

from archive import CHEAP
from archive.attach import is_file, read_document, text_of
from archive.digests import file_name, prepare
from archive.extract import visible_digest
from archive.model import Article, Job, ReadingResult, Rows, TitleEvidence, Unreadable
from archive.relations import connections
from archive.text.folding import different_pieces
from archive.text.script import in_reading_order
from archive.trust import KINDS, change_signs, verdict, with_good_title

__all__ = ["Parse", "prepare", "read_job", "serve"]

MEMORY_LIMIT = 1 << 30  # bytes of address space a reader may take

Parse = Callable[[Job, bool], Article | Unreadable | Rows]


def read_job(job: Job, parse: Parse, *, cheap: bool = False) -> ReadingResult:
    """Return what a reader makes of a job; ``cheap`` asks for the reading that cannot take long."""
    if job.kind == "attachment":
        return _file(job, cheap=cheap)
    before = read_job(job.before, parse, cheap=cheap) if job.before else None
    if job.kind == "listing":
        return ReadingResult(result=in_reading_order(parse(job, cheap)))
    is_document = is_file(job.page)
    seen = None if job.page.parts or is_document else visible_digest(job.page)
    if seen is not None and seen == job.known_visible:
        return ReadingResult(result=None, visible_digest=seen, before=before)
    result = _document(job, cheap=cheap) if is_document else parse(job, cheap)
    if not isinstance(result, Article):
        return ReadingResult(result=in_reading_order(result), visible_digest=seen, before=before)
    result = with_good_title(in_reading_order(result), _witness(job, before))
    # What a page shows by itself the reader has flagged; what only a comparison can tell is added here.
    signs = [flag for flag in result.flags if flag in KINDS]
    previous = _previous(job, before)
    if previous:
        signs += change_signs(result.text, previous)
    prepared = prepare(result)
    if prepared.damage:
        result = replace(result, flags=(*result.flags, "damaged"))
    return ReadingResult(
        result=result,
        visible_digest=seen,
        prepared=prepared,
        signs=tuple(signs),
        trusted=verdict(sign for sign in signs if sign != "shrunken") != "quarantined",
        before=before,
        connections=None if cheap else connections(result.text, result.title),
    )


def _document(job: Job, *, cheap: bool) -> Article | Unreadable:
    found = read_document(job.page, cheap=cheap)
    return replace(found, flags=(*found.flags, CHEAP)) if cheap else found


def _file(job: Job, *, cheap: bool) -> ReadingResult:
    found = text_of(job.page.body, file_name(job.page.url), job.page.content_type, cheap=cheap)
    if cheap:
        found = replace(found, flags=(*found.flags, CHEAP))
    found = in_reading_order(found)
    return ReadingResult(result=found, grams=different_pieces(found.text or ""))


def _previous(job: Job, before: ReadingResult | None) -> str | None:
    if before and isinstance(before.result, Article):
        return before.result.text
    return job.previous


def _witness(job: Job, before: ReadingResult | None) -> TitleEvidence:
    if before and isinstance(before.result, Article):
        return replace(job.witness, title=before.result.title, text=before.result.text)
    return job.witness


def serve(pipe: Connection, parse: str) -> None:
    """Read jobs from a pipe until it closes."""
    # What stops the run (and its whole group) is the run's to answer: a reader ends when its pipe does.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    # What is imported stays, and a page's trees are freed as their last reference goes.
    gc.set_threshold(20_000, 20, 20)
    module, name = parse.split(":")
    function = getattr(importlib.import_module(module), name)
    pipe.send(None)
    while True:
        try:
            job, cheap, seconds = pipe.recv()
        except EOFError:
            return
        _allow_cpu(seconds)
        try:
            found: ReadingResult | str = read_job(job, function, cheap=cheap)
        except MemoryError:
            found = "reader_memory"
        except Exception as error:  # noqa: BLE001 - the process boundary: a page must not end the drain
            found = f"reader_error: {type(error).__name__}: {error}"[:300]
        pipe.send(found)


def _allow_cpu(seconds: float) -> None:
    """Let this process use so much CPU more; the kernel ends it with SIGXCPU when it wants more than that."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time() + seconds), hard))
