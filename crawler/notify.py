"""Telling people: what a run found, handed to a command of theirs, one JSON document at a time on its stdin."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import asdict

from archive.store.answers.news import News, news
from crawler.run import Run

# A command that takes longer is given up; what it was to be told is said to have failed.
PATIENCE = 60.0
# New articles are told only when a standing query matches: everything else about them is the feed's.
_ONLY_WATCHED = "new"


def notify(run: Run, command: str) -> int:
    """Hand each finding and change of a run to a command, the weightiest first; return how many could not be handed over.

    A command that fails is said on stderr and kept as an event: what was not told can be read in the feed.
    """
    failed = 0
    for one in to_tell(news(run.archive.db, crawls=list(run.crawls.values()), limit=-1)):
        trouble = _hand_over(command, one)
        if trouble:
            failed += 1
            print(f"yuanben: --notify: {trouble} ({one.kind} {one.url or one.site})", file=sys.stderr)
            run.archive.event("notify_failed", site=one.site, details={"id": one.id, "reason": trouble})
    return failed


def to_tell(found: Iterable[News]) -> list[News]:
    """Return what is told, weightiest first; what matches a standing query comes before what does not."""
    told = [one for one in found if one.kind != _ONLY_WATCHED or one.watchwords]
    return sorted(told, key=lambda one: (not one.watchwords, -one.rank, one.at, one.id))


def as_json(one: News) -> str:
    """Return a piece of news as the JSON document a command gets."""
    told = asdict(one)
    del told["text"]
    return json.dumps(told, ensure_ascii=False)


def _hand_over(command: str, one: News) -> str | None:
    """Run the command once; return what went wrong, if anything did."""
    try:
        done = subprocess.run(
            command, shell=True, input=as_json(one).encode(), stdout=2, timeout=PATIENCE, check=False
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"the command did not end within {PATIENCE:.0f} seconds"
    except OSError as error:
        return f"the command cannot be run: {error}"
    return f"the command ended with {done.returncode}" if done.returncode else None
