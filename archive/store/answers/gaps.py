"""What we could not see: the looks that showed no document, and the runs that did not come.

Nothing is claimed of such a time. Between two looks that showed the same text it may have been another, too; that
interval is known by its ends, and is called a gap only when a look failed in it or a run was missed.
"""

from __future__ import annotations

import sqlite3
from itertools import pairwise
from statistics import median
from typing import Any

from archive.clock import seconds_between

# A site's runs have a rhythm after so many; a pause so many times as long, and no shorter than a day, is a missed run.
LEAST_RUNS, TIMES, SHORTEST = 5, 3.0, 86400.0
NO_RUN = "no run"
# A run tries a request so many times, all within an hour: they are one look.
TRIES, TRIED_WITHIN = 3, 3600.0


def looks(db: sqlite3.Connection, document: int) -> list[sqlite3.Row]:
    """Return each capture that was a look at the document, in order, and whether it showed a version."""
    return db.execute(
        "select c.id, c.crawl, c.captured_at, r.outcome, r.reason, r.flags, exists (select 1 from readings s "
        "  where s.capture = c.id and s.document = r.document and s.version is not null) as seen "
        "from readings r join captures c on c.id = r.capture where r.document = ? and r.again = 0 "
        "order by c.captured_at, c.id",
        (document,),
    ).fetchall()


def gaps(db: sqlite3.Connection, document: int) -> list[dict[str, Any]]:
    """Return the intervals over which looks were taken and none showed the document, or runs were missed, in order.

    ``reason`` says what came instead, ``looks`` how many looks were taken.
    """
    found = _failed(db, document) + _missed(db, document)
    return sorted(found, key=lambda gap: gap["from"])


def _failed(db: sqlite3.Connection, document: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    seen_at: str | None = None
    reasons: list[str] | None = None
    taken = looks(db, document)
    for place, look in enumerate(taken):
        if look["outcome"] == "failed" and any(
            _makes_up(look, one) for one in taken[place + 1 : place + TRIES]
        ):
            continue
        if look["seen"]:
            seen_at, reasons = look["captured_at"], None
            if found and found[-1]["to"] is None:
                found[-1]["to"] = seen_at
            continue
        said = f"{look['outcome']}: {look['reason']}" if look["reason"] else look["outcome"]
        if reasons is None:
            reasons = []
            found.append({"from": seen_at or look["captured_at"], "to": None, "reason": "", "looks": 0})
        if said not in reasons:
            reasons.append(said)
        found[-1] |= {"reason": ", ".join(reasons), "looks": found[-1]["looks"] + 1}
    return found


def _makes_up(failed: sqlite3.Row, other: sqlite3.Row) -> bool:
    """Return whether another try of the same look showed the document."""
    is_same_run = other["crawl"] == failed["crawl"]
    waited = seconds_between(failed["captured_at"], other["captured_at"])
    return bool(other["seen"]) and is_same_run and waited <= TRIED_WITHIN


def _missed(db: sqlite3.Connection, document: int) -> list[dict[str, Any]]:
    """Return the times between two runs over the document's site that were much longer than usual, while it was known."""
    runs = db.execute(
        "select c.started_at, coalesce(c.finished_at, c.started_at) as finished_at, d.first_seen from documents d "
        "join crawls c on c.site = d.site and c.command in ('watch', 'crawl') where d.id = ? order by c.started_at, c.id",
        (document,),
    ).fetchall()
    if len(runs) <= LEAST_RUNS:
        return []
    pauses = [seconds_between(one["started_at"], other["started_at"]) for one, other in pairwise(runs)]
    longest = max(SHORTEST, TIMES * median(pauses))
    return [
        {"from": one["finished_at"], "to": other["started_at"], "reason": NO_RUN, "looks": 0}
        for (one, other), pause in zip(pairwise(runs), pauses, strict=True)
        if pause > longest and one["finished_at"] >= one["first_seen"]
    ]
